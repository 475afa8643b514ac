"""Columns of e-mail addresses that become fields of users, in new objects and in those that are there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from customobjects.models import TableImport
from customobjects.services.table_import import importing
from customobjects.services.table_import.lookups import propose_users
from customobjects.services.table_import.plans import ColumnPlan, Plan
from customobjects.services.table_import.proposals import Column, propose
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from tests.background import work
from tests.conftest import Api
from tests.services.table_import.test_importing import bring, finish
from tests.web.test_table_import import sent

JOBS = """\
job,assignee,reporter
J-1,Rep@acme.example,ann@else.example
J-2,admin@acme.example,bob@else.example
J-3,rep@acme.example,rep@acme.example
J-4,-,cy@else.example
"""


@pytest.fixture
def page(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def plan_of(draft: TableImport) -> Plan:
    return Plan.from_json(draft.plan)


def test_addresses_of_users_are_proposed_to_be_users(api: Api, actor: Actor, rep: User) -> None:
    draft = bring(actor, JOBS, "jobs.csv")
    assert [column.type for column in plan_of(draft).columns] == ["TEXT", "USER", "EMAIL"]
    importing.start_import(actor, draft.id)
    assert finish(draft.id).made == 4
    assigned = {record["name"]: record["data"]["assignee"] for record in api.get("job/records").json["data"]}
    assert assigned == {"J-1": str(rep.id), "J-2": str(actor.user_id), "J-3": str(rep.id), "J-4": None}


@pytest.mark.parametrize(("of_ten", "type_"), [(10, "USER"), (9, "USER"), (8, "EMAIL")])
def test_nearly_all_are_enough(actor: Actor, admin: User, of_ten: int, type_: str) -> None:
    for number in range(of_ten):
        User.objects.create(organization=admin.organization, email=f"u{number}@acme.example", name=f"U{number}")
    column = Column("Who", [f"u{number}@acme.example" for number in range(10)])
    plan = ColumnPlan.of(column, propose(column))
    propose_users(actor, [column], [plan])
    assert plan.type == type_


def test_those_who_left_and_those_of_others_are_no_users(
    actor: Actor, rep: User, stranger: User, django_assert_num_queries: Any
) -> None:
    User.objects.filter(id=rep.id).update(is_active=False)
    columns = [Column("A", ["rep@acme.example"]), Column("B", ["admin@globex.example"]), Column("C", ["text"])]
    plans = [ColumnPlan.of(column, propose(column)) for column in columns]
    # The addresses of all columns.
    with django_assert_num_queries(1):
        propose_users(actor, columns, plans)
    assert [plan.type for plan in plans] == ["EMAIL", "EMAIL", "TEXT"]
    with django_assert_num_queries(0):
        propose_users(actor, columns[2:], plans[2:])


def test_who_is_nobody_is_refused_with_the_reason(page: Client, api: Api, rep: User) -> None:
    address = page.post("/setup/tables/new/", {"text": f"{JOBS}J-5,Rep Person,\n"}).headers["Location"]
    text = page.post(address, sent(page, address, **{"c1-type": "USER", "c2-type": "USER"})).content.decode()
    assert "User, by e-mail or name" in text
    # Who is nobody, the plan tells.
    assert "1 will be refused:" in text
    assert "<q>Rep Person</q>" in text
    assert "3 will be refused:" in text
    page.post(address, sent(page, address, name="Job", start="on"))
    work()
    reasons = {row.number: row.reasons for row in TableImport.objects.get().refused.all()}
    assert reasons[2] == [
        "Reporter names nobody: nobody here has the address 'ann@else.example', and nobody is invited by it"
    ]
    assert reasons[6] == [
        "Assignee names nobody: nobody here is called 'Rep Person'; who is invited has only an address yet"
    ]
    assert api.names("job") == ["J-3"]


def test_people_are_named_by_their_names(page: Client, api: Api, rep: User) -> None:
    User.objects.filter(id=rep.id).update(name="Rep Person")
    table = "Name,Who\nOne,rep person\nTwo,-\nThree,Nobody Else\n"
    address = page.post("/setup/tables/new/", {"text": table}).headers["Location"]
    text = page.post(address, sent(page, address, **{"name": "Job", "c1-type": "USER"})).content.decode()
    assert "1 will be refused:" in text
    assert "<q>Nobody Else</q>" in text
    page.post(address, sent(page, address, start="on"))
    work()
    assert {one["name"]: one["data"]["who"] for one in api.get("job/records").json["data"]} == {
        "One": str(rep.id),
        "Two": None,
    }


def test_a_new_field_of_an_object_that_is_there(page: Client, api: Api, rep: User) -> None:
    api.make_object("Job")
    table = "name,assignee\nJ-1,rep@acme.example\nJ-2,admin@acme.example\nJ-3,nobody@acme.example\n"
    address = page.post("/o/job/import/", {"text": table}).headers["Location"]
    assert "User, by e-mail or name" in page.get(address).content.decode()
    page.post(address, sent(page, address, **{"c1-type": "new"}))
    assert plan_of(TableImport.objects.get()).columns[1].type == "EMAIL"
    page.post(address, sent(page, address, **{"c1-type": ""}))
    User.objects.create(organization=rep.organization, email="nobody@acme.example", name="Jo")
    page.post(address, sent(page, address, **{"c1-type": "new"}))
    assert plan_of(TableImport.objects.get()).columns[1].type == "USER"
    User.objects.filter(email="nobody@acme.example").update(is_active=False)
    page.post(address, sent(page, address, start="on"))
    work()
    field = api.get("job").json["fields"][1]
    assert (field["label"], field["type"]) == ("Assignee", "USER")
    assert api.names("job", sort="name") == ["J-1", "J-2"]
    [row] = TableImport.objects.get().refused.all()
    assert row.reasons[0].startswith("Assignee names nobody: nobody here has the address")
