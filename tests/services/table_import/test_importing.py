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
