"""Tables that are brought into objects that are there: matched, looked at, taken in the background, undone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from customobjects.models import ImportState, RefusedRow, TableImport
from customobjects.queries.objects import find_schema
from customobjects.services.table_import import importing, into
from customobjects.services.table_import.drafts import save_plan
from customobjects.services.table_import.matching import match, new_field
from customobjects.services.table_import.plans import Plan, columns_of
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.errors import Conflict, NotFound, PermissionDenied, ValidationError
from tests.background import work
from tests.conftest import Api

TABLE = """\
Serial-No;name;price;bought;site;kind;colour
S-1;Pump one;1.200,50;31.12.2025;North;used;red
S-2;Fan;;01.02.2026;South;;
S-3;Lift;NA;;North;New;blue
S-9;Boiler;2,00;;Nowhere;;
"""


@pytest.fixture
def machines(api: Api) -> Api:
    """Two machines, one of which the table names, and the sites that it names."""
    api.make_object("Site")
    for name in ("North", "South"):
        api.make_record("site", name=name)
    api.make_object(
        "Machine",
        {"label": "Serial No.", "type": "TEXT", "isUnique": True},
        {"label": "Price", "type": "CURRENCY", "options": {"currency": "EUR", "max": 5000}},
        {"label": "Bought", "type": "DATE"},
        {"label": "Site", "type": "LOOKUP", "options": {"target": "site"}},
        {"label": "Kind", "type": "PICKLIST", "options": {"values": [{"value": "new"}, {"value": "used"}]}},
    )
    api.make_record("machine", name="Pump", serial_no="S-1", kind="new", price=7)
    api.make_record("machine", name="Other", serial_no="S-4")
    return api


def bring(actor: Actor, text: str = TABLE, *, by: list[str] | None = None) -> TableImport:
    draft = into.bring_into(actor, "machine", content=text.encode(), name="machines.csv", zone="Europe/Berlin")
    plan = Plan.from_json(draft.plan)
    plan.by = by or []
    return save_plan(actor, draft.id, plan, has_header=draft.has_header)


def finish(import_id: UUID) -> TableImport:
    while importing.import_batch(import_id):
        pass
    return TableImport.objects.get(id=import_id)


def machines_of(api: Api) -> dict[str, Any]:
    return {record["name"]: record["data"] for record in api.get("machine/records").json["data"]}


def refused(import_id: UUID) -> dict[int, list[str]]:
    return dict(RefusedRow.objects.filter(table_import_id=import_id).values_list("number", "reasons"))


def test_columns_are_matched_by_what_they_are_called(machines: Api, actor: Actor) -> None:
    plan = Plan.from_json(bring(actor).plan)
    assert [column.field for column in plan.columns] == ["serial_no", "name", "price", "bought", "site", "kind", ""]
    assert [column.used for column in plan.columns] == [True] * 6 + [False]
    assert plan.columns[2].reading == "1.234,5"
    assert plan.columns[2].missing == ["NA"]


@pytest.mark.parametrize(
    ("table", "by"),
    [
        (TABLE, ["serial_no"]),
        ("name,serial no\nA,S-8\nB,s-4\n", ["serial_no"]),
        ("name,serial no\nPump,S-8\nOther,S-9\n", []),
        ("name,price\nPump,1\n", []),
    ],
)
def test_rows_whose_keys_are_there_change_records(machines: Api, actor: Actor, table: str, by: list[str]) -> None:
    draft = into.bring_into(actor, "machine", content=table.encode(), name="", zone="UTC")
    assert Plan.from_json(draft.plan).by == by


def test_the_field_that_names_records_is_the_first_key(machines: Api, actor: Actor) -> None:
    assert machines.patch("machine/fields/name", {"isUnique": True}).status == 200
    work()
    draft = into.bring_into(actor, "machine", content=b"serial no,name\nS-1,Pump\nS-5,New\n", name="", zone="UTC")
    assert Plan.from_json(draft.plan).by == ["name"]


def test_rows_change_what_they_match_and_make_the_others(machines: Api, actor: Actor) -> None:
    draft = bring(actor, by=["serial_no"])
    rows = into.preview(actor, draft.id)
    assert [(row.number, row.outcome) for row in rows] == [(2, "changed"), (3, "new"), (4, "new"), (5, "refused")]
    assert rows[3].reasons == ["Site names none of the records there are: nothing is called 'Nowhere'"]
    assert rows[0].cells == ["S-1", "Pump one", "€1,200.50", "Dec 31, 2025", "North", "used"]
    assert set(machines_of(machines)) == {"Pump", "Other"}, "nothing is done by looking"

    importing.start_into(actor, draft.id)
    done = finish(draft.id)
    assert (done.state, done.made, done.changed, done.refused_count) == (ImportState.DONE, 2, 1, 1)
    there = machines_of(machines)
    assert set(there) == {"Pump one", "Other", "Fan", "Lift"}
    assert (there["Pump one"]["price"], there["Pump one"]["kind"]) == (1200.5, "used")
    assert there["Lift"]["price"] is None
    assert machines.names("machine", site__name="North", sort="name") == ["Lift", "Pump one"]
    # A colour is nobody's field, so it was left out.
    assert set(there["Fan"]) == {"name", "serial_no", "price", "bought", "site", "kind"}


def test_an_import_is_undone_as_one(machines: Api, actor: Actor) -> None:
    draft = bring(actor, by=["serial_no"])
    importing.start_into(actor, draft.id)
    work()
    fan = next(one for one in machines.get("machine/records").json["data"] if one["name"] == "Fan")
    assert machines.patch(f"machine/records/{fan['id']}", {"data": {"price": 3}}).status == 200
    importing.undo_import(actor, draft.id)
    work()
    undone = TableImport.objects.get(id=draft.id)
    assert (undone.state, undone.changes, undone.left) == (ImportState.UNDONE, [], 1)
    there = machines_of(machines)
    assert set(there) == {"Pump", "Other", "Fan"}, "what somebody has changed since stays"
    assert (there["Pump"]["price"], there["Pump"]["kind"], there["Pump"]["bought"]) == (7, "new", None)
    with pytest.raises(Conflict):
        importing.undo_import(actor, draft.id)


def test_what_stands_in_the_way_of_undoing_is_told(machines: Api, actor: Actor) -> None:
    draft = bring(actor, by=["serial_no"])
    importing.start_into(actor, draft.id)
    work()
    lookup = {"label": "Machine", "type": "LOOKUP", "options": {"target": "machine", "onDelete": "restrict"}}
    machines.make_object("Visit", lookup)
    lift = next(one for one in machines.get("machine/records").json["data"] if one["name"] == "Lift")
    visit = machines.make_record("visit", machine=lift["id"])
    importing.undo_import(actor, draft.id)
    work()
    held = TableImport.objects.get(id=draft.id)
    assert held.state == ImportState.DONE
    assert "a record of Visit" in held.problem
    assert "Fan" in machines_of(machines), "nothing of the batch is taken back"
    assert machines.delete(f"visit/records/{visit['id']}").status == 204
    importing.undo_import(actor, draft.id)
    work()
    assert TableImport.objects.get(id=draft.id).state == ImportState.UNDONE
    assert set(machines_of(machines)) == {"Pump", "Other"}


def test_empty_cells_change_nothing(machines: Api, actor: Actor) -> None:
    draft = bring(actor, "serial no,price,kind\nS-1,,\nS-4,9,\n", by=["serial_no"])
    importing.start_into(actor, draft.id)
    done = finish(draft.id)
    assert (done.made, done.changed, done.refused_count) == (0, 1, 0)
    assert machines_of(machines)["Pump"]["price"] == 7


def test_a_key_that_comes_again_is_refused(machines: Api, actor: Actor) -> None:
    draft = bring(actor, "serial no,name\nS-7,One\nS-8,Two\ns-7,Three\n,Four\n", by=["serial_no"])
    importing.start_into(actor, draft.id)
    finish(draft.id)
    assert refused(draft.id) == {
        4: ["Row 2 has the same Serial No."],
        5: ["Serial No. is what the record is found by, and must have a value"],
    }


def test_what_the_fields_refuse_is_told_with_their_labels(machines: Api, actor: Actor) -> None:
    table = "serial no,name,price,bought\nS-5,A,9000,\nS-6,,1,\nS-4,B,1,\nS-7,C,1,soon\n,,,\n"
    draft = bring(actor, table)
    importing.start_into(actor, draft.id)
    assert finish(draft.id).made == 0
    told = refused(draft.id)
    assert told[2] == ["Price must not be greater than 5000"]
    assert told[3] == ["Name is required"]
    assert told[4] == ["another Machine has the Serial No. S-4: Other"]
    assert told[5][0].startswith("Bought must be a date")


def test_a_column_becomes_a_field_for_who_may_define(machines: Api, actor: Actor, rep: User) -> None:
    draft = bring(actor, by=["serial_no"])
    plan = Plan.from_json(draft.plan)
    column = columns_of(draft.rows, has_header=True)[6]
    plan.columns[6] = new_field(column, plan.zone)
    save_plan(actor, draft.id, plan, has_header=True)
    assert [row.cells[-1] for row in into.preview(actor, draft.id)][:1] == ["red"]
    importing.start_into(actor, draft.id)
    finish(draft.id)
    assert {one["colour"] for one in machines_of(machines).values()} == {"red", "blue", None}
    importing.undo_import(actor, draft.id)
    work()
    assert "colour" not in machines_of(machines)["Pump"]

    theirs = Actor.of_user(rep)
    draft = bring(theirs)
    plan.columns[0] = match(
        columns_of(draft.rows, has_header=True)[0], find_schema(actor, "machine").by_name["serial_no"], "UTC"
    )
    save_plan(theirs, draft.id, plan, has_header=True)
    with pytest.raises(PermissionDenied):
        importing.start_into(theirs, draft.id)


def test_who_writes_records_brings_tables(machines: Api, rep: User, manager: User, stranger: User) -> None:
    theirs = Actor.of_user(rep)
    draft = bring(theirs)
    for other in (manager, stranger):
        with pytest.raises(NotFound):
            into.preview(Actor.of_user(other), draft.id)
    importing.start_into(theirs, draft.id)
    work()
    assert TableImport.objects.get(id=draft.id).made == 2
    importing.undo_import(theirs, draft.id)
    work()
    assert set(machines_of(machines)) == {"Pump", "Other"}
    with pytest.raises(NotFound):
        into.bring_into(Actor.of_user(stranger), "machine", content=b"a\n1\n", name="", zone="UTC")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"used": False}, "No column is for a field"),
        ({"field": "name"}, "7 columns are for Name"),
        ({"field": "gone"}, "is not a field of Machine any more"),
    ],
)
def test_a_plan_that_cannot_be(machines: Api, actor: Actor, change: dict[str, Any], message: str) -> None:
    draft = bring(actor)
    plan = Plan.from_json(draft.plan)
    for column in plan.columns:
        vars(column).update({"used": True, **change})
    save_plan(actor, draft.id, plan, has_header=True)
    with pytest.raises(ValidationError, match=message):
        importing.start_into(actor, draft.id)


def test_a_key_needs_its_columns(machines: Api, actor: Actor) -> None:
    draft = bring(actor, "name,price\nA,1\n", by=["serial_no"])
    with pytest.raises(ValidationError, match="Records are found by Serial No"):
        importing.start_into(actor, draft.id)


def test_an_object_that_takes_no_bulk_operations(machines: Api, actor: Actor) -> None:
    assert machines.patch("machine", {"enableBulkOperations": False}).status == 200
    with pytest.raises(Conflict):
        bring(actor)


def test_a_field_that_goes_meanwhile_stops_it(machines: Api, actor: Actor) -> None:
    draft = bring(actor)
    importing.start_into(actor, draft.id)
    assert machines.delete("machine/fields/price").status == 204
    stopped = finish(draft.id)
    assert (stopped.state, stopped.made) == (ImportState.STOPPED, 0)
    assert stopped.problem == "price is not a field of Machine any more"


def test_batches_go_on_where_a_worker_was_killed(machines: Api, actor: Actor) -> None:
    rows = [f"T-{number},Tool {number},{number % 50}" for number in range(1_250)]
    draft = bring(actor, "\n".join(["serial no,name,price", *rows]), by=["serial_no"])
    importing.start_into(actor, draft.id)
    assert importing.import_batch(draft.id)
    half = TableImport.objects.get(id=draft.id)
    assert (half.made, half.next_row, len(half.changes)) == (500, 501, 1)
    # The task that the killed worker held is taken up by another one, and a second one does the same.
    work()
    importing.import_in_background.call(str(draft.id))
    done = TableImport.objects.get(id=draft.id)
    assert (done.state, done.made, len(done.changes)) == (ImportState.DONE, 1_250, 3)
    assert machines.get("machine/records", limit=1).json["meta"]["total"] == 1_252
    importing.undo_import(actor, draft.id)
    assert importing.undo_batch(draft.id, actor.user_id)
    work()
    assert TableImport.objects.get(id=draft.id).state == ImportState.UNDONE
    assert set(machines_of(machines)) == {"Pump", "Other"}


@pytest.mark.parametrize("rows", [100, 300])
def test_a_batch_takes_as_many_queries_for_more_rows(
    machines: Api, actor: Actor, rows: int, django_assert_num_queries: Any
) -> None:
    lines = [f"T-{number},Tool {number},North" for number in range(rows)]
    draft = bring(actor, "\n".join(["serial no,name,site", *lines]), by=["serial_no"])
    importing.start_into(actor, draft.id)
    # 1. The import, with its rows. 2. Who started it. 3. The object. 4., 5. The sites' object, and those called so.
    # 6. The object, locked. 7., 8. The records that hold the keys, before the batch and in it. 9. The sites, locked.
    # 10. The keys. 11. The records; on SQLite the number of the transaction before that. 12. Their links.
    # 13. How far the import is. Beside them, four savepoints begin and end.
    with django_assert_num_queries(21 + (connection.vendor == "sqlite")):
        importing.import_batch(draft.id)
