"""People who are invited and have not joined: fields name them, and they are the same people when they join."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from customobjects.models import TableImport
from customobjects.queries.people import people_to_choose
from salesos.accounts import invitations
from salesos.accounts.actor import Actor
from salesos.accounts.models import Invitation, User
from tests.api.test_export import export
from tests.background import work
from tests.conftest import PASSWORD, Api
from tests.web.forms import main_part, open_form, send, text
from tests.web.test_table_import import sent

JOBS = "Name,Assignee\nJ-1,Bea@acme.example\nJ-2,admin@acme.example\nJ-3,bea@acme.example\n"


@pytest.fixture
def page(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def bea(actor: Actor) -> tuple[Invitation, str]:
    """Who is invited, and the token of her link."""
    return invitations.invite(actor, "bea@acme.example", "REP")


def make_jobs(api: Api, **more: Any) -> None:
    api.make_object("Job", {"label": "Assignee", "type": "USER"}, **more)


def assigned(api: Api) -> dict[str, str | None]:
    return {one["data"]["name"]: one["data"]["assignee"] for one in api.get("job/records").json["data"]}


def test_a_table_names_who_is_invited_and_they_stay_who_they_are(
    page: Client, api: Api, bea: tuple[Invitation, str]
) -> None:
    invitation, token = bea
    address = page.post("/setup/tables/new/", {"text": JOBS}).headers["Location"]
    page.post(address, sent(page, address, name="Job", start="on"))
    work()
    assert TableImport.objects.get().refused_count == 0
    assert assigned(api)["J-1"] == assigned(api)["J-3"] == str(invitation.id)
    assert main_part(page.get("/o/job/")).count("bea@acme.example") == 2

    joined = invitations.accept_invitation(token, "Bea Braun", PASSWORD)
    assert str(joined.id) == assigned(api)["J-1"]
    shown = text(page.get("/o/job/"))
    assert "Bea Braun" in shown
    assert "bea@acme.example" not in shown
    assert len(api.names("job", assignee=str(joined.id))) == 2


def test_rows_for_an_object_that_is_there_name_who_is_invited(
    page: Client, api: Api, bea: tuple[Invitation, str]
) -> None:
    make_jobs(api)
    table = f"{JOBS}J-4,cy@acme.example\nJ-5,Bea Braun\n"
    address = page.post("/o/job/import/", {"text": table}).headers["Location"]
    shown = unescape(text(page.get(address)))
    assert "nobody here has the address 'cy@acme.example', and nobody is invited by it" in shown
    assert "nobody here is called 'Bea Braun'; who is invited has only an address yet" in shown
    page.post(address, sent(page, address, start="on"))
    work()
    assert sorted(assigned(api)) == ["J-1", "J-2", "J-3"]
    assert assigned(api)["J-3"] == str(bea[0].id)


def test_programs_name_them_by_address_or_id(api: Api, bea: tuple[Invitation, str]) -> None:
    make_jobs(api)
    by_address = api.post("job/records", {"data": {"name": "J-1", "assignee": "bea@acme.example"}})
    by_id = api.post("job/records", {"data": {"name": "J-2", "assignee": str(bea[0].id)}})
    assert (by_address.status, by_id.status) == (201, 201)
    assert by_address.json["data"]["assignee"] == by_id.json["data"]["assignee"] == str(bea[0].id)
    [one] = api.get("job/records", expand="assignee", name="J-1").json["data"]
    assert one["expanded"]["assignee"] == {"id": str(bea[0].id), "name": "", "email": "bea@acme.example"}
    for lookups in ("key", "name"):
        rows = export(api, "job", columns="assignee", lookups=lookups).rows
        assert rows[1:] == [["bea@acme.example"], ["bea@acme.example"]]


def test_whom_others_invite_is_nobody(api: Api, actor: Actor, stranger: User) -> None:
    make_jobs(api)
    other, _token = invitations.invite(Actor.of_user(stranger), "bea@acme.example", "REP")
    for assignee in ("bea@acme.example", str(other.id)):
        refused = api.post("job/records", {"data": {"name": "J-1", "assignee": assignee}})
        assert (refused.status, refused.problem("data.assignee")) == (400, "not_found")
    own, _token = invitations.invite(actor, "bea@acme.example", "REP")
    made = api.post("job/records", {"data": {"name": "J-1", "assignee": "bea@acme.example"}})
    assert made.json["data"]["assignee"] == str(own.id)


def test_forms_offer_them_and_say_that_they_are_invited(page: Client, api: Api, bea: tuple[Invitation, str]) -> None:
    make_jobs(api)
    offered = text(page.get("/o/job/new/", follow=True))
    assert "bea@acme.example (invited)" in offered
    assert page.get("/people/?field=on&search=bea").json() == {
        "data": [{"id": str(bea[0].id), "name": "bea@acme.example (invited)"}]
    }
    form = open_form(page, "/o/job/new/")
    send(page, "/o/job/new/", form, **{"data-name": "J-1", "data-assignee": str(bea[0].id)})
    assert assigned(api) == {"J-1": str(bea[0].id)}


def test_they_own_nothing_and_do_no_task(page: Client, api: Api, bea: tuple[Invitation, str]) -> None:
    make_jobs(api)
    refused = api.post("job/records", {"data": {"name": "J-1"}, "ownerId": str(bea[0].id)})
    assert (refused.status, refused.problem("ownerId")) == (400, "not_found")
    # Where owners are chosen.
    assert page.get("/people/?search=bea").json() == {"data": []}


def test_one_query_finds_who_can_be_chosen(
    actor: Actor, bea: tuple[Invitation, str], django_assert_num_queries: Any
) -> None:
    # Users and who is invited together.
    with django_assert_num_queries(1):
        found = people_to_choose(actor, "acme", 20, with_invitations=True)
    assert [name for _id, name in found] == ["admin", "bea@acme.example (invited)"]


def test_records_that_are_named_by_them_follow(api: Api, actor: Actor, bea: tuple[Invitation, str]) -> None:
    make_jobs(api, primaryField="assignee")
    api.make_record("job", name="J-1", assignee="bea@acme.example")
    assert api.names("job") == ["bea@acme.example"]
    invitations.accept_invitation(bea[1], "Bea Braun", PASSWORD)
    work()
    assert api.names("job") == ["Bea Braun"]
    cy, _token = invitations.invite(actor, "cy@acme.example", "REP")
    api.make_record("job", name="J-2", assignee="cy@acme.example")
    invitations.withdraw_invitation(actor, cy.id)
    work()
    assert api.get("job/records", name="J-2").json["data"][0]["name"] == ""


def test_who_is_withdrawn_is_there_no_longer(page: Client, api: Api, actor: Actor, bea: tuple[Invitation, str]) -> None:
    make_jobs(api)
    made = api.make_record("job", name="J-1", assignee="bea@acme.example")
    question = text(page.get(f"/setup/people/invitations/{bea[0].id}/withdraw/"))
    assert "records that name them name nobody" in question
    invitations.withdraw_invitation(actor, bea[0].id)
    assert "(no longer there)" in text(page.get("/o/job/"))
    # What is there already stays; nothing new can name them.
    assert api.patch(f"job/records/{made['id']}", {"data": {"name": "J-9"}}).status == 200
    refused = api.post("job/records", {"data": {"name": "J-2", "assignee": str(bea[0].id)}})
    assert refused.problem("data.assignee") == "not_found"


def test_whom_an_operator_adds_is_who_was_invited(
    operator: Client, admin: User, api: Api, bea: tuple[Invitation, str]
) -> None:
    make_jobs(api)
    api.make_record("job", name="J-1", assignee="bea@acme.example")
    form = {"email": "bea@acme.example", "organization": str(admin.organization_id), "name": "Bea", "role": "REP"}
    passwords = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    operator.post("/admin/accounts/user/add/", {**form, **passwords})
    assert str(User.objects.get(email="bea@acme.example").id) == assigned(api)["J-1"]
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("is_there", [False, True])
def test_rows_that_name_nobody_can_come_in_without(
    page: Client, api: Api, bea: tuple[Invitation, str], is_there: bool
) -> None:
    table = f"{JOBS}J-4,cy@acme.example\nJ-5,di@acme.example\nJ-6,cy@acme.example\n"
    if is_there:
        make_jobs(api)
        address = page.post("/o/job/import/", {"text": table}).headers["Location"]
    else:
        address = page.post("/setup/tables/new/", {"text": table}).headers["Location"]
        page.post(address, sent(page, address, **{"name": "Job", "c1-type": "USER"}))
    shown = text(page.get(address))
    assert "3 will be refused:" in shown
    assert "<q>cy@acme.example</q>" in shown
    assert "<q>bea@acme.example</q>" not in shown.lower()
    looked = text(page.post(address, sent(page, address, **{"c1-leave_empty": "on"})))
    assert "will be refused" not in looked
    # What was left empty can be taken back, text by text.
    assert re.search(r'value="di@acme\.example"[^>]* checked', looked)
    page.post(address, sent(page, address, start="on"))
    work()
    assert TableImport.objects.get().refused_count == 0
    found = assigned(api)
    assert [found["J-4"], found["J-5"], found["J-6"]] == [None, None, None]
    assert found["J-1"] == str(bea[0].id)


def test_equal_reasons_are_told_once_with_how_many_rows_have_them(
    page: Client, api: Api, django_assert_num_queries: Any
) -> None:
    make_jobs(api)
    rows = [*(f"J-{number},cy@acme.example" for number in range(40)), "J-x,di@acme.example"]
    table = "\n".join(["Name,Assignee", *rows])
    address = page.post("/o/job/import/", {"text": table}).headers["Location"]
    page.post(address, sent(page, address, start="on"))
    work()
    # The session, the user; the import; the object; the reasons, each once; the organization, the sidebar's objects.
    with django_assert_num_queries(7):
        shown = " ".join(unescape(text(page.get(address))).split())
    assert "41 rows refused" in shown
    assert shown.count("nobody here has the address 'cy@acme.example'") == 1
    assert '<th scope="row"> 2 and 39 more </th>' in shown
    assert '<th scope="row"> 42 </th>' in shown
