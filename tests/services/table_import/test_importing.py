"""Tables that become objects with records: planned, started, made in the background, undone."""

from __future__ import annotations

from uuid import UUID

from customobjects.models import CustomObject, ImportState, TableImport
from customobjects.services.table_import import importing
from customobjects.services.table_import.plans import Plan
from salesos.accounts.actor import Actor
from tests.conftest import Api

MACHINES = """\
serial_no;machine name;bought;price;insured;site;weight
00123;Compressor;31.12.2024;1.234,50 €;ja;North;12,5
00124;Pump;01.02.2025;99,00 €;nein;North;-
00125;Conveyor;05.03.2025;10.000,00 €;ja;South;7
00126;Chiller;;5,00 €;ja;North;1.200
"""


def bring(actor: Actor, text: str, name: str = "machines.csv") -> TableImport:
    return importing.bring_table(actor, content=text.encode(), name=name, zone="Europe/Berlin")


def finish(import_id: UUID) -> TableImport:
    while importing.import_batch(import_id):
        pass
    return TableImport.objects.get(id=import_id)


def test_a_table_becomes_an_object_with_records(api: Api, actor: Actor) -> None:
    draft = bring(actor, MACHINES)
    assert draft.state == ImportState.DRAFT
    assert draft.row_count == 4
    plan = Plan.from_json(draft.plan)
    assert plan.name == "Machine"
    assert [(column.label, column.type) for column in plan.columns] == [
        ("Serial No", "TEXT"),
        ("Machine Name", "TEXT"),
        ("Bought", "DATE"),
        ("Price", "CURRENCY"),
        ("Insured", "CHECKBOX"),
        ("Site", "TEXT"),
        ("Weight", "NUMBER"),
    ]
    assert not CustomObject.objects.exists()

    importing.start_import(actor, draft.id)
    done = finish(draft.id)
    assert (done.state, done.made, done.refused.count()) == (ImportState.DONE, 4, 0)
    records = {record["name"]: record for record in api.get("machine/records").json["data"]}
    assert records["Chiller"]["data"] == {
        "serial_no": "00126",
        "machine_name": "Chiller",
        "bought": None,
        "price": 5,
        "insured": True,
        "site": "North",
        "weight": 1200,
    }


def naming(actor: Actor, text: str) -> str:
    plan = Plan.from_json(bring(actor, text, "jobs.csv").plan)
    assert plan.primary is not None
    return plan.columns[plan.primary].label


def test_records_are_named_by_what_people_call_them(api: Api, actor: Actor) -> None:
    api.make_object("Site", {"label": "Code", "type": "TEXT", "isUnique": True})
    for code in ("N-1", "S-1", "W-1"):
        api.make_record("site", code=code)
    sites = ["N-1", "S-1", "W-1"] * 4
    rows = [
        f"2026-01-{day:02},{site},{'yes' if day % 2 else 'no'},{day}.5,{'open' if day % 3 else 'done'}"
        for day, site in enumerate(sites, 1)
    ]

    def table(names: str, *more: str) -> str:
        return "\n".join([names, *(",".join([row, *(f"{text}{n}" for text in more)]) for n, row in enumerate(rows))])

    names = "due,site,urgent,hours,state"
    # Neither the day, which is the first, nor a number.
    assert naming(actor, table(names)) == "Site"
    assert naming(actor, "due,urgent,hours\n2026-01-01,yes,1.5\n2026-01-02,no,2\n") == "Due"
    assert naming(actor, table(f"{names},remark", "see note ")) == "Remark"
    assert naming(actor, table(f"{names},remark,number", "see note ", "J-")) == "Number"
    assert naming(actor, table(f"{names},number,title", "J-", "Job ")) == "Title"
