"""Notes of records: written, read, changed, deleted and restored through the API."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from django.utils import timezone

from customobjects.models import Note, Record, Revision
from salesos.accounts.models import User
from salesos.accounts.services import create_api_key
from tests.api.attaching import make_deal, texts, write_note
from tests.conftest import Api

NOWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def deal(api: Api) -> str:
    return make_deal(api)


def test_a_note(api: Api, admin: User, deal: str) -> None:
    answer = api.post(f"{deal}/notes", {"text": "  First line\r\nsecond line\n"})
    assert answer.status == 201
    note = answer.json
    assert answer.headers["Location"] == f"/v1/custom-objects/{note['customObjectId']}/records/{note['recordId']}" + (
        f"/notes/{note['id']}"
    )
    assert list(note) == (
        "id customObjectId recordId recordName text mentions author isEdited version createdAt updatedAt".split()
    )
    assert note["text"] == "First line\nsecond line"
    assert note["recordName"] == "Big one"
    assert deal.endswith(note["recordId"])
    assert note["author"] == {"id": str(admin.id), "name": "admin"}
    assert (note["mentions"], note["isEdited"], note["version"]) == ([], False, 1)
    assert note["createdAt"] == note["updatedAt"]
    read = api.get(f"{deal}/notes/{note['id']}")
    assert (read.json, read.headers["ETag"]) == (note, answer.headers["ETag"])
    assert api.get(answer.headers["Location"]).json == note
    assert api.get(f"{deal}/notes").json["data"] == [note]


def test_the_record_does_not_change(api: Api, deal: str) -> None:
    before, revisions = api.get(deal).json, Revision.objects.count()
    answer = api.post(f"{deal}/notes", {"text": "x"})
    path = f"{deal}/notes/{answer.json['id']}"
    answers = [answer, api.patch(path, {"text": "y"}), api.delete(path), api.post(f"{path}/restore")]
    assert [one.status for one in answers] == [201, 200, 204, 200]
    assert not any("X-Change-Id" in one.headers for one in answers), "it is no change of a record"
    assert api.get(deal).json == before
    assert Revision.objects.count() == revisions


def test_a_change_is_told_as_one(api: Api, deal: str) -> None:
    note = write_note(api, deal, "x")
    path = f"{deal}/notes/{note['id']}"
    assert api.patch(path, {"text": "x "}).json == note, "nothing has changed"
    assert api.patch(path, {}).json == note
    changed = api.patch(path, {"text": "y"}).json
    assert changed == {
        **note,
        "text": "y",
        "isEdited": True,
        "version": 2,
        "updatedAt": changed["updatedAt"],
    }
    assert changed["updatedAt"] > note["updatedAt"]


def test_the_newest_first_page_by_page(api: Api, deal: str) -> None:
    written = [write_note(api, deal, f"n{number}")["text"] for number in range(5)]
    # Of one moment, the id decides.
    Note.objects.update(created_at=timezone.now())
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get(f"{deal}/notes", limit=2, **({"cursor": cursor} if cursor else {}))
        assert (page.json["meta"]["total"], page.headers["X-Total-Count"]) == (5, "5")
        found += [note["text"] for note in page.json["data"]]
        cursor = page.json["meta"]["nextCursor"]
    assert found == written[::-1]
    assert texts(api, f"{deal}/notes", limit=2, page=3) == ["n0"]
    cursor = api.get(f"{deal}/notes", limit=2).json["meta"]["nextCursor"]
    other = f"deal/records/{api.make_record('deal')['id']}"
    for path, params in (
        (f"{other}/notes", {}),
        (f"{deal}/notes", {"author": "me"}),
        (f"{deal}/activities", {}),
        ("/v1/notes", {}),
    ):
        assert api.get(path, limit=2, cursor=cursor, **params).problem("cursor") == "cursor", path


def test_versions(api: Api, deal: str) -> None:
    note = write_note(api, deal)
    path = f"{deal}/notes/{note['id']}"
    tag = api.get(path).headers["ETag"]
    assert api.send("GET", path, None, if_none_match=tag).status == 304
    assert api.send("PATCH", path, {"text": "y"}, if_match=tag).status == 200
    for method, body in (("PATCH", {"text": "z"}), ("DELETE", None)):
        stale = api.send(method, path, body, if_match=tag)
        assert (stale.status, stale.problem()) == (412, "stale")
        assert "the note is at version 2" in stale.json["message"][0]
        assert api.send(method, path, body, if_match="2").problem() == "invalid"
    assert api.send("POST", f"{deal}/notes", {"text": "x"}, if_match='"1"').status == 412
    assert api.send("DELETE", path, None, if_match='"2"').status == 204


def test_a_request_that_comes_again_is_done_once(api: Api, deal: str) -> None:
    first, again = (api.send("POST", f"{deal}/notes", {"text": "once"}, idempotency_key="1f0e") for _time in range(2))
    assert (first.status, again.text) == (201, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert texts(api, f"{deal}/notes") == ["once"]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "text", "required"),
        ({"text": ""}, "text", "blank"),
        ({"text": " \n\t "}, "text", "required"),
        ({"text": None}, "text", "null"),
        ({"text": 7}, "text", "invalid"),
        ({"text": ["x"]}, "text", "invalid"),
        ({"text": "x" * 10_001}, "text", "max_length"),
        ({"text": "a\x00b"}, "text", "null_characters_not_allowed"),
        ({"text": "x", "author": NOWHERE}, "author", "unknown"),
        ({"text": "x", "createdAt": "2026-01-01"}, "createdAt", "unknown"),
    ],
)
def test_what_is_refused(api: Api, deal: str, body: Any, field: str, code: str) -> None:
    answer = api.post(f"{deal}/notes", body)
    assert (answer.status, answer.problem(field)) == (400, code)
    note = write_note(api, deal)
    if body:
        answer = api.patch(f"{deal}/notes/{note['id']}", body)
        assert (answer.status, answer.problem(field)) == (400, code)
    assert texts(api, f"{deal}/notes") == [note["text"]]


def test_hostile_input(api: Api, deal: str) -> None:
    for raw in ('{"text": "\\ud800"}', '{"text": "x"', "[" * 100_000, b"\xff"):
        answer = api.send("POST", f"{deal}/notes", raw)
        assert answer.status == 400, raw[:20]
        assert answer.json["statusCode"] == 400
    assert api.send("POST", f"{deal}/notes", '{"text": "' + "x" * 10_000_000 + '"}').status == 413
    for reference in ("x", NOWHERE, "%00", "%F0%9F%98%80", "1" * 5_000, "..%2f"):
        for method, body in (("GET", None), ("PATCH", {"text": "x"}), ("DELETE", None)):
            answer = api.send(method, f"{deal}/notes/{reference}", body)
            assert (answer.status, answer.problem()) == (404, "not_found"), reference
        assert api.post(f"{deal}/notes/{reference}/restore", {}).status == 404
    for params in (
        {"zqx": "1"},
        {"limit": "0"},
        {"page": "101"},
        {"author": "x"},
        {"mentioning": ""},
        {"author": "\x00"},
    ):
        assert api.get(f"{deal}/notes", **params).problem(next(iter(params))), params
    assert api.get(f"{deal}/notes/{write_note(api, deal)['id']}", zqx="1").problem("zqx") == "unknown"


def test_every_text_comes_back(api: Api, deal: str) -> None:
    for text in (
        "<script>alert(1)</script>",
        "אבג",
        "\U0001f9ed 👩‍👩‍👧",
        "a" * 10_000,
        "=1+1",
        "{{ 7*7 }}",
        "\\' OR 1=1 --",
    ):
        assert write_note(api, deal, text)["text"] == text
    assert write_note(api, deal, unicodedata.normalize("NFD", "Zoë"))["text"] == "Zoë"


def test_who_may(api: Api, deal: str, admin: User, rep: User, manager: User) -> None:
    note = write_note(Api(rep), deal, "a rep's")
    path = f"{deal}/notes/{note['id']}"
    for method, body in (("PATCH", {"text": "x"}), ("DELETE", None)):
        answer = Api(manager).send(method, path, body)
        assert (answer.status, answer.problem()) == (403, "author")
    assert Api(manager).get(path).json == note
    assert Api(rep).patch(path, {"text": "their own"}).status == 200
    changed = api.patch(path, {"text": "an administrator's"})
    assert changed.status == 200
    assert changed.json["author"] == note["author"]
    assert Api(rep).delete(path).status == 204
    assert Api(manager).post(f"{path}/restore").problem() == "author"
    assert api.post(f"{path}/restore").json == changed.json
    assert Api(None).get(path).status == 401


def test_what_a_key_may(api: Api, deal: str, admin: User) -> None:
    def program(*scopes: str) -> Api:
        return Api(None, x_api_key=create_api_key(admin, "a program", list(scopes))[1])

    made = program("write").post(f"{deal}/notes", {"text": f"@{admin.email}"})
    assert (made.status, set(made.json), made.headers.get("ETag")) == (201, {"id"}, None)
    path = f"{deal}/notes/{made.json['id']}"
    assert set(program("write").patch(path, {"text": "x"}).json) == {"id"}
    assert program("write").send("PATCH", path, {"text": "y"}, if_match='"1"').problem() == "scope"
    for scopes, method, body in (
        (["read"], "PATCH", {"text": "x"}),
        (["read"], "DELETE", None),
        (["write"], "GET", None),
        (["read", "write"], "DELETE", None),
        (["delete"], "PATCH", {"text": "x"}),
    ):
        answer = program(*scopes).send(method, path, body)
        assert (answer.status, answer.problem()) == (403, "scope"), (scopes, method)
    assert program("read").post(f"{deal}/notes", {"text": "x"}).status == 403
    assert program("write").get("/v1/notes").problem() == "scope"
    assert program("delete").delete(path).status == 204
    assert program("delete").post(f"{path}/restore").problem() == "scope"
    assert program("delete", "read").post(f"{path}/restore").status == 200


def test_deleted_and_restored(api: Api, deal: str) -> None:
    note = write_note(api, deal, "mistake")
    path = f"{deal}/notes/{note['id']}"
    assert api.post(f"{path}/restore").status == 404, "it is not deleted"
    assert api.delete(path).status == 204
    assert api.get(f"{deal}/notes").json["data"] == api.get("/v1/notes").json["data"] == []
    for method, body in (("GET", None), ("PATCH", {"text": "x"}), ("DELETE", None)):
        assert api.send(method, path, body).status == 404
    assert api.post(f"{path}/restore", {"zqx": 1}).problem("zqx") == "unknown"
    assert api.post(f"{path}/restore", {}).json == note, "with its id, its author and its times"
    assert api.get(f"{deal}/notes").json["data"] == [note]


def test_where_an_object_takes_no_notes(api: Api, deal: str) -> None:
    note, deleted = write_note(api, deal, "old"), write_note(api, deal, "gone")
    path = f"{deal}/notes/{note['id']}"
    api.delete(f"{deal}/notes/{deleted['id']}")
    assert api.patch("deal", {"enableNotes": False}).status == 200
    for method, address, body in (
        ("POST", f"{deal}/notes", {"text": "x"}),
        ("PATCH", path, {"text": "x"}),
        ("DELETE", path, None),
        ("POST", f"{deal}/notes/{deleted['id']}/restore", None),
    ):
        answer = api.send(method, address, body)
        assert (answer.status, answer.problem()) == (409, "disabled")
        assert answer.json["message"] == [
            "deal takes no notes: its enableNotes is off; what there is can still be read"
        ]
    assert api.get(path).json == note
    assert texts(api, f"{deal}/notes") == texts(api, "/v1/notes") == ["old"]
    assert api.post(f"{deal}/activities", {"kind": "call", "title": "x"}).status == 201
    assert api.post(f"deal/records/{NOWHERE}/notes", {"text": "x"}).status == 404, "what is not there comes first"
    api.patch("deal", {"enableNotes": True, "isActive": False})
    assert api.post(f"{deal}/notes", {"text": "x"}).problem() == "archived"
    assert api.get(path).json == note


def test_records_in_the_trash_hide_their_notes(api: Api, deal: str) -> None:
    note = write_note(api, deal)
    path = f"{deal}/notes/{note['id']}"
    api.delete(deal)
    assert api.get(f"{deal}/notes").status == api.get(path).status == 404
    assert api.post(f"{deal}/notes", {"text": "x"}).status == api.patch(path, {"text": "x"}).status == 404
    assert api.get("/v1/notes").json["data"] == []
    api.post(f"{deal}/restore")
    assert api.get(path).json == note
    api.delete("deal")
    assert api.get("/v1/notes").json["data"] == []
    api.post("deal/restore")
    assert api.get("/v1/notes").json["data"] == [note]


def test_notes_of_all_records(api: Api, deal: str, admin: User, rep: User) -> None:
    api.make_object("Site")
    site = f"site/records/{api.make_record('site')['id']}"
    write_note(api, deal, "one")
    write_note(Api(rep), site, "two")
    assert texts(api, "/v1/notes") == ["two", "one"]
    assert texts(api, "/v1/notes", customObjectId="site") == ["two"]
    assert texts(api, "/v1/notes", customObjectId="nothing") == []
    assert texts(api, "/v1/notes", author="me") == texts(Api(rep), "/v1/notes", author=str(admin.id)) == ["one"]
    assert texts(api, "/v1/notes", createdAt__lte="2020-01-01") == []
    assert texts(api, "/v1/notes", createdAt__gte="2020-01-01", limit=1) == ["two"]
    for params in ({"zqx": "1"}, {"author": "us"}, {"createdAt": "x"}, {"customObjectId": ""}):
        assert api.get("/v1/notes", **params).status == 400, params
    assert api.post("/v1/notes", {"text": "x"}).status == 405


def test_an_author_who_is_gone(api: Api, deal: str, rep: User) -> None:
    note = write_note(Api(rep), deal, f"Ask @{rep.email}")
    rep.delete()
    read = api.get(f"{deal}/notes/{note['id']}").json
    assert read == {**note, "author": None, "mentions": []}
    assert api.patch(f"{deal}/notes/{note['id']}", {"text": "x"}).status == 200, "administrators may"


@pytest.mark.parametrize("count", [1, 20])
def test_queries(api: Api, deal: str, rep: User, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        write_note(Api(rep) if number % 2 else api, deal, f"@{rep.email} {number}")
    api.get(f"{deal}/notes")
    # 1. Who is asking, and the object.
    # 2. The record.
    # 3. The notes, with their authors.
    # 4. Whom they mention.
    # 5. How many there are.
    with django_assert_num_queries(5):
        assert len(api.get(f"{deal}/notes", limit=100).json["data"]) == count
    # 1. Who is asking.
    # 2. The notes, with their records and authors.
    # 3. Whom they mention.
    # 4. How many there are.
    with django_assert_num_queries(4):
        assert len(api.get("/v1/notes", limit=100, mentioning=str(rep.id)).json["data"]) == count
    id_ = Note.objects.values_list("id", flat=True)[0]
    # 1. Who is asking, and the object.
    # 2. The note.
    # 3. Whom it mentions.
    with django_assert_num_queries(3):
        assert api.get(f"{deal}/notes/{id_}").status == 200


def test_records_keep_their_notes_apart(api: Api, deal: str) -> None:
    note = write_note(api, deal)
    other = f"deal/records/{api.make_record('deal')['id']}"
    assert api.get(f"{other}/notes").json["data"] == []
    path = f"{other}/notes/{note['id']}"
    for method, body in (("GET", None), ("PATCH", {"text": "x"}), ("DELETE", None)):
        assert api.send(method, path, body).status == 404
    assert Record.objects.count() == 2
