"""Mentions of people in notes and activities."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.models import Note
from salesos.accounts.models import Organization, User
from tests.api.attaching import add_activity, listed, make_deal, texts, write_note
from tests.conftest import Api, make_user


@pytest.fixture
def deal(api: Api) -> str:
    return make_deal(api)


def mentioned(note: dict[str, Any]) -> list[str]:
    return [one["name"] for one in note["mentions"]]


def test_people_are_mentioned_by_address_and_by_id(api: Api, deal: str, rep: User, manager: User) -> None:
    written = f"Ask @{rep.email.upper()}, or @[Anybody at all]({manager.id}). (@{rep.email})"
    note = write_note(api, deal, written)
    assert note["text"] == f"Ask @{{{rep.id}}}, or @{{{manager.id}}}. (@{{{rep.id}}})"
    assert note["mentions"] == [
        {"id": str(rep.id), "name": "rep"},
        {"id": str(manager.id), "name": "manager"},
    ]
    same = api.patch(f"{deal}/notes/{note['id']}", {"text": note["text"]})
    assert same.json == note, "what is read can be sent"
    less = api.patch(f"{deal}/notes/{note['id']}", {"text": f"@{{{str(manager.id).upper()}}}"}).json
    assert (less["text"], mentioned(less)) == (f"@{{{manager.id}}}", ["manager"])
    assert listed(api, "/v1/notes", mentioning=str(rep.id)) == []


def test_names_are_those_of_now(api: Api, deal: str, rep: User) -> None:
    note = write_note(api, deal, f"@{rep.email}")
    User.objects.filter(id=rep.id).update(name="Kim Lee", is_active=False)
    assert mentioned(api.get(f"{deal}/notes/{note['id']}").json) == ["Kim Lee"]
    assert mentioned(api.patch(f"{deal}/notes/{note['id']}", {"text": note["text"] + " left"}).json) == ["Kim Lee"]


def test_nobody_else_is_mentioned(api: Api, deal: str, stranger: User, admin: User) -> None:
    for text in (
        f"@{stranger.email} @[Admin]({stranger.id}) @{{{stranger.id}}}",
        "@nobody@acme.example @admin @ @@ @{} @[]() @{x} @[x](y) @@acme.example",
        f"x@{admin.email} write to {admin.email}",
        f"@[two\nlines]({admin.id}) @[{'x' * 201}]({admin.id}) @{{{str(admin.id).replace('-', '')}}}",
        "@{00000000-0000-7000-8000-000000000000} @{------------------------------------}",
    ):
        note = write_note(api, deal, text)
        assert (note["text"], note["mentions"]) == (text, []), text
    assert listed(Api(stranger), "/v1/notes", mentioning="me") == []
    assert Note.mentioned.through.objects.count() == 0


def test_where_one_is_mentioned(api: Api, deal: str, rep: User) -> None:
    write_note(api, deal, f"@{rep.email} first")
    write_note(api, deal, "nobody")
    second = write_note(api, deal, f"@{rep.email} @{rep.email} second")
    own = Api(rep)
    assert [one.rpartition(" ")[2] for one in texts(own, "/v1/notes", mentioning="me")] == ["second", "first"]
    assert texts(own, f"{deal}/notes", mentioning="me") == texts(api, "/v1/notes", mentioning=str(rep.id))
    assert texts(api, "/v1/notes", mentioning="me") == []
    api.delete(f"{deal}/notes/{second['id']}")
    assert len(texts(own, "/v1/notes", mentioning="me")) == 1
    api.delete(deal)
    assert texts(own, "/v1/notes", mentioning="me") == []
    assert api.get("/v1/notes", mentioning="them").problem("mentioning") == "invalid"


def test_activities_mention_people_too(api: Api, deal: str, rep: User) -> None:
    activity = add_activity(api, deal, text=f"with @{rep.email}", title=f"@{rep.email}")
    assert activity["text"] == f"with @{{{rep.id}}}"
    assert activity["title"] == f"@{rep.email}", "a title mentions nobody"
    assert mentioned(activity) == ["rep"]
    assert [one["id"] for one in listed(Api(rep), "/v1/activities", mentioning="me")] == [activity["id"]]


def test_a_text_fits_as_it_is_stored(api: Api, deal: str, rep: User) -> None:
    """An address is shorter than the id in its place."""
    text = f"@{rep.email} " + "x" * (10_000 - len(rep.email) - 2)
    assert len(text) == 10_000
    answer = api.post(f"{deal}/notes", {"text": text})
    assert (answer.status, answer.problem("text")) == (400, "max_length")
    assert len(write_note(api, deal, text[:-30])["text"]) == 10_000 - 30 - len(rep.email) + 38


def test_how_many_are_mentioned_is_bounded(
    api: Api, deal: str, organization: Organization, django_assert_num_queries: Any
) -> None:
    people = [make_user(organization, f"p{number}@x.example") for number in range(51)]
    answer = api.post(f"{deal}/notes", {"text": " ".join(f"@{user.email}" for user in people)})
    assert (answer.status, answer.problem("text")) == (400, "too_many")
    note = write_note(api, deal, " ".join(f"@{user.email}" for user in people[:50]))
    assert len(note["mentions"]) == 50
    # Many that are nobody's are looked for together, and stay what they are.
    text = " ".join(f"@n{number}@x.y" for number in range(900))
    assert write_note(api, deal, text)["mentions"] == []
    assert write_note(api, deal, "@" * 10_000)["mentions"] == []
    assert write_note(api, deal, "@[" * 5_000)["mentions"] == []
