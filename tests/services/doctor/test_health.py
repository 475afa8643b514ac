"""A server that is well: the doctor finds nothing, whatever was written, and while others write."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from customobjects.models import CustomObject, Record, UniqueKey
from customobjects.services import doctor, heartbeat, searching
from salesos.accounts.models import User
from tests.background import work
from tests.conftest import OBJECTS, Api

MAKE = ["create_organization", "Acme", "--email", "boss@acme.example", "--password", "a-good-password"]


def all_found(mend: bool = False, **options: Any) -> list[str]:
    found = doctor.examine(lambda line: None, objects=doctor.examined_objects(), mend=mend, **options)
    return [str(finding) for finding in found]


@pytest.mark.django_db
def test_the_sample_data_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    call_command(*MAKE)
    call_command("load_sample_data", "boss@acme.example")
    heartbeat.start()
    capsys.readouterr()
    call_command("doctor")
    assert capsys.readouterr().out == "Nothing is wrong.\n"
    call_command("doctor", batch=50, object="asset", only=["rows", "keys"])
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Acme/asset: 50 records looked through"
    assert said[-1] == "Nothing is wrong."


@pytest.mark.django_db
@pytest.mark.damages
def test_the_command_says_what_it_found_and_mended(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    heartbeat.start()
    api.make_object("Box")
    first = api.make_record("box", name="First")["id"]
    Record.objects.update(name="Other")
    found = f"Acme/box: rows: 1 × the name is not what the primary field says: {first}"
    with pytest.raises(SystemExit) as ended:
        call_command("doctor")
    assert ended.value.code == 1
    said = capsys.readouterr().out.splitlines()
    assert said == [found, "Something is wrong. --mend mends what needs no person's choice."]
    call_command("doctor", object="box", organization="Acme", mend=True)
    said = capsys.readouterr().out.splitlines()
    assert said == [found.replace(": 01", " (mended): 01"), "All that was wrong is mended."]
    Record.objects.update(data={"nothing": 1})
    with pytest.raises(SystemExit):
        call_command("doctor", mend=True)
    assert capsys.readouterr().out.splitlines()[-1] == "Something is wrong."


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options",
    [{"object": "nothing"}, {"organization": "Nobody"}, {"batch": 0}],
    ids=["object", "organization", "batch"],
)
def test_the_command_refuses_what_is_not_there(api: Api, options: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        call_command("doctor", **options)


class Load:
    """Records and fields of two objects that come, change and go, in any order: always the same one."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.chance = random.Random(10)
        api.make_object("Site", {"label": "Code", "type": "TEXT", "isUnique": True})
        api.make_object(
            "Unit",
            {"label": "No", "type": "AUTO_NUMBER", "isUnique": True},
            {"label": "Site", "type": "LOOKUP", "options": {"target": "site"}},
            {"label": "Sites", "type": "LOOKUP", "options": {"target": "site", "multiple": True}},
            {"label": "Parent", "type": "LOOKUP", "options": {"target": "site", "onDelete": "cascade"}},
            {"label": "Kind", "type": "PICKLIST", "options": {"values": ["a", "b", "c"]}},
            *({"label": f"T{number}", "type": "TEXTAREA"} for number in range(12)),
            {"label": "Late", "type": "NUMBER", "isIndexed": False},
            uniqueKeys=[{"fields": ["site", "kind"]}],
        )
        more = {"label": "T3", "type": "TEXT", "defaultValue": "x", "fillDefault": True}
        # Changes of the schema, by the step before which they come.
        self.schema_changes: dict[int, tuple[str, str, Any]] = {
            40: ("PATCH", "unit/fields/late", {"isIndexed": True}),
            60: ("PATCH", "unit", {"primaryField": "site"}),
            80: ("DELETE", "unit/fields/t3", None),
            90: ("POST", "unit/fields", more),
            100: ("PATCH", "unit/fields/kind", {"options": {"values": [{"value": "a", "label": "Zoë"}]}}),
            120: ("PATCH", "unit", {"uniqueKeys": []}),
        }

    def step(self, number: int) -> None:
        """One write of records, refused or not, and maybe one of the schema."""
        if number in self.schema_changes:
            answer = self.api.send(*self.schema_changes[number])
            assert answer.status in (200, 201, 204), answer
        write = self.chance.choice(
            [self.make_site, self.make_unit, self.make_unit, self.change, self.rename, self.bulk]
        )
        write(number) if number % 8 else self.delete_site(number)

    def some(self, name: str, most: int = 1) -> list[str]:
        """The ids of some records that are there."""
        there = [record["id"] for record in self.api.get(f"{name}/records", limit=100).json["data"]]
        return self.chance.sample(there, min(most, len(there)))

    def values(self, number: int) -> dict[str, Any]:
        sites, chance = self.some("site", 2), self.chance
        return {
            "kind": chance.choice(["a", "b", "c", None]),
            "late": chance.choice([number, -1.5, None]),
            "t11": chance.choice(["Straße " * 60, "Zoë", None]),
            "sites": sites,
            "site": sites[0] if sites else None,
            "parent": chance.choice([sites[0] if sites else None, None, None]),
        }

    def make_site(self, number: int) -> None:
        self.api.post("site/records", {"data": {"name": f"Site {number % 7}", "code": f"c{number % 20}"}})

    def make_unit(self, number: int) -> None:
        self.api.post("unit/records", {"data": {"name": f"Unit {number}", **self.values(number)}})

    def change(self, number: int) -> None:
        for id_ in self.some("unit"):
            self.api.patch(f"unit/records/{id_}", {"data": self.values(number)})

    def rename(self, number: int) -> None:
        for id_ in self.some("site"):
            self.api.patch(f"site/records/{id_}", {"data": {"name": f"Renamed {number}"}})

    def delete_site(self, number: int) -> None:
        for id_ in self.some("site"):
            self.api.delete(f"site/records/{id_}")

    def bulk(self, number: int) -> None:
        ids = self.some("unit", 4)
        changes = [{"op": "update", "id": id_, "data": {"kind": "a"}} for id_ in ids[1:]]
        deletions = [{"op": "delete", "id": id_} for id_ in ids[: number % 3 == 0]]
        self.api.post("unit/records/bulk", {"operations": [*changes, *deletions]})


def test_whatever_was_written(api: Api) -> None:
    """With what the background has done, and has yet to do."""
    heartbeat.start()
    load = Load(api)
    for number in range(150):
        load.step(number)
        if number % 5 == 0:
            work()
        if number % 7 == 0:
            assert all_found(batch=7) == []
    work()
    call_command("purge", batch=5)
    assert Record.objects.filter(custom_object__api_name="unit", deleted_at=None).count() > 10
    assert UniqueKey.objects.count() > 10
    assert Record.objects.exclude(deleted_at=None).exists()
    assert all_found(batch=7) == []


@pytest.mark.django_db(transaction=True)
def test_it_runs_beside_writers(api: Api) -> None:
    """Records that are changed while they are looked at are not taken for damaged ones; nor are they damaged."""
    heartbeat.start()
    api.make_object("Site", {"label": "Code", "type": "TEXT", "isUnique": True})
    api.make_object("Unit", {"label": "Site", "type": "LOOKUP", "options": {"target": "site"}})
    sites = [api.make_record("site", name=f"S{number}", code=f"s{number}")["id"] for number in range(4)]
    units = [api.make_record("unit", name=f"U{number}", site=sites[0])["id"] for number in range(20)]
    user, is_over, failed = User.objects.get(), threading.Event(), []

    def change(seed: int) -> None:
        chance, own = random.Random(seed), Api(user)
        while not is_over.is_set():
            answers = [
                own.patch(
                    f"unit/records/{chance.choice(units)}", {"data": {"name": "n", "site": chance.choice(sites)}}
                ),
                own.patch(f"site/records/{chance.choice(sites)}", {"data": {"code": f"{seed}{chance.random()}"}}),
            ]
            failed.extend(answer for answer in answers if answer.status != 200)
        connection.close()

    writers = [threading.Thread(target=change, args=[seed]) for seed in range(2)]
    for writer in writers:
        writer.start()
    try:
        found = [line for _ in range(15) for line in all_found(mend=True, batch=5)]
    finally:
        is_over.set()
        for writer in writers:
            writer.join()
    assert found == []
    assert failed == []
    assert all_found() == []


@pytest.mark.damages
def test_what_is_derived_anew_is_left_to_the_background(api: Api) -> None:
    heartbeat.start()
    api.make_object("Box", {"label": "Code", "type": "TEXT", "isUnique": True})
    api.make_record("box", code="x")
    Record.objects.update(search_text="", overflow={"code": "y"})
    UniqueKey.objects.update(digest=b"1" * 32)
    searching.take_in_all(lambda line: None)
    assert len(all_found()) == 4
    CustomObject.objects.update(derivation=1)
    assert all_found() == []
    call_command("fill")
    assert all_found() == []


def test_objects_in_the_trash_are_left_alone(api: Api) -> None:
    heartbeat.start()
    api.make_object("Box")
    api.make_record("box")
    Record.objects.update(name="Other")
    assert api.delete("box").status == 204
    assert api.get(OBJECTS).json["data"] == []
    assert all_found() == []
