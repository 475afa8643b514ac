"""Objects that are made of a column's texts when a table becomes one: records, links, limits and undoing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from customobjects.models import CustomObject, ImportState, Record, TableImport
from customobjects.services.definition_trash import restore_object
from customobjects.services.table_import import importing, into, new_objects
from customobjects.services.table_import.drafts import save_plan
from customobjects.services.table_import.plans import Plan
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.errors import Conflict, PermissionDenied, ValidationError
from tests.background import work
from tests.conftest import Api
from tests.services.table_import.test_importing import bring, finish

ASSETS = """\
name,location,built in
Pump,Berlin,Hamburg
Fan, berlin ,Berlin
Boiler,Hamburg,
Lift,BERLIN,Köln
Crane,-,n/a
"""


def planned(actor: Actor, text: str, *made: tuple[int, str], name: str = "assets.csv") -> UUID:
    """A draft in which the columns at some places become objects of these names."""
    draft = bring(actor, text, name)
    plan = Plan.from_json(draft.plan)
    for place, called in made:
        plan.columns[place].become_object(called, f"{called}s")
        plan.columns[place].missing = ["-", "n/a"]
    save_plan(actor, draft.id, plan, has_header=draft.has_header)
    return draft.id


def brought(actor: Actor, text: str, *made: tuple[int, str]) -> TableImport:
    import_id = planned(actor, text, *made)
    importing.start_import(actor, import_id)
    return finish(import_id)


def data(api: Api, name: str = "asset") -> dict[str, Any]:
    return {record["name"]: record["data"] for record in api.get(f"{name}/records?limit=100").json["data"]}


def ids(api: Api, name: str) -> dict[str, str]:
    return {record["name"]: record["id"] for record in api.get(f"{name}/records?limit=100").json["data"]}


def test_each_different_text_is_one_record_to_which_rows_are_linked(api: Api, actor: Actor) -> None:
    done = brought(actor, ASSETS, (1, "Location"))
    assert (done.state, done.made, done.refused_count) == (ImportState.DONE, 5, 0)
    locations = ids(api, "location")
    assert set(locations) == {"Berlin", "Hamburg"}
    assets = data(api)
    assert [assets[name]["location"] for name in ("Pump", "Fan", "Lift")] == [locations["Berlin"]] * 3
    assert assets["Boiler"]["location"] == locations["Hamburg"]
    assert assets["Crane"]["location"] is None
    [field] = api.get("location").json["fields"]
    assert (field["label"], field["type"], field["isRequired"], field["isUnique"]) == ("Name", "TEXT", True, True)
    assert api.get("location").json["pluralName"] == "Locations"


def test_columns_that_name_the_same_object_share_it(api: Api, actor: Actor) -> None:
    brought(actor, ASSETS, (1, "Place"), (2, "place"))
    places = ids(api, "place")
    assert set(places) == {"Berlin", "Hamburg", "Köln"}
    assert CustomObject.objects.count() == 2
    assert data(api)["Lift"] | {"name": ""} == {"name": "", "location": places["Berlin"], "built_in": places["Köln"]}


def test_the_records_come_over_several_batches_once_each(api: Api, actor: Actor) -> None:
    rows = "".join(f"A{number},P{number % 700}\n" for number in range(1_400))
    done = brought(actor, f"name,place\n{rows}", (1, "Place"))
    assert (done.state, done.made) == (ImportState.DONE, 1_400)
    assert Record.objects.filter(custom_object__api_name="place").count() == 700


def test_two_objects_of_two_columns(api: Api, actor: Actor) -> None:
    brought(actor, ASSETS, (1, "Location"), (2, "Works"))
    assert set(ids(api, "location")) == {"Berlin", "Hamburg"}
    assert set(ids(api, "works")) == {"Berlin", "Hamburg", "Köln"}


@pytest.mark.parametrize("text", ["x" * 300, "a\x01b", "\u200b", "<script>alert(1)</script>", "=1+1", "\U0001f600"])
def test_hostile_texts_are_records_or_refused_rows(api: Api, actor: Actor, text: str) -> None:
    done = brought(actor, f"name,place\nPump,Berlin\nFan,{text}\n", (1, "Place"))
    assert done.state == ImportState.DONE
    assert done.made + done.refused_count == 2
    names = set(ids(api, "place"))
    if text == "x" * 300:
        assert done.refused.get().reasons == ["Place must have at most 255 characters"]
    assert len(names) == done.made


def test_no_text_at_all_makes_an_object_without_records(api: Api, actor: Actor) -> None:
    done = brought(actor, "name,place\nPump,\nFan,\n", (1, "Place"))
    assert (done.made, ids(api, "place")) == (2, {})


def test_a_column_that_is_left_out_makes_nothing(api: Api, actor: Actor) -> None:
    import_id = planned(actor, ASSETS, (1, "Location"))
    plan = Plan.from_json(TableImport.objects.get(id=import_id).plan)
    plan.columns[1].used = False
    save_plan(actor, import_id, plan, has_header=True)
    importing.start_import(actor, import_id)
    assert [made.name for made in CustomObject.objects.all()] == ["Asset"]


def refusal(actor: Actor, import_id: UUID) -> list[tuple[str, str]]:
    with pytest.raises((ValidationError, Conflict)) as raised:
        importing.start_import(actor, import_id)
    return [(problem.field, problem.message) for problem in raised.value.problems]


def test_names_that_are_taken_are_refused_before_anything_is_made(api: Api, actor: Actor) -> None:
    api.make_object("LOCATION")
    api.make_object("asset")
    assert refusal(actor, planned(actor, ASSETS, (1, "Location"), (2, "Asset"))) == [
        ("name", "there is an object called asset already"),
        ("columns.1.new_object", "there is an object called LOCATION already"),
        ("columns.2.new_object", "there is an object called asset already"),
        ("columns.2.new_object", "the rows are called Asset, too: choose another name"),
    ]
    assert CustomObject.objects.count() == 2
    api.delete("asset")
    api.delete("location")
    importing.start_import(actor, planned(actor, ASSETS, (1, "Location")))


def test_too_many_texts_and_too_many_objects_are_refused(
    api: Api, actor: Actor, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_objects, "MAX_RECORDS", 2)
    import_id = planned(actor, ASSETS, (1, "Place"), (2, "Place"))
    assert refusal(actor, import_id) == [
        ("columns.1.new_object", "it would have 3 records; at most 2 are made of a column")
    ]
    monkeypatch.undo()
    settings.MAX_OBJECTS_PER_ORGANIZATION = 1
    assert refusal(actor, import_id) == [
        ("", "this would make 2 objects; the organization has 0, and 1 are the limit"),
    ]
    assert not CustomObject.objects.exists()


def test_undone_as_one_and_restored_in_either_order(api: Api, actor: Actor) -> None:
    for first, second in (("asset", "location"), ("location", "asset")):
        done = brought(actor, ASSETS, (1, "Location"))
        deleted = {name: api.get(name).json["id"] for name in (first, second)}
        assert importing.undo_import(actor, done.id).state == ImportState.UNDONE
        assert {api.get(name).status for name in deleted} == {404}
        for name in deleted:
            restore_object(actor, deleted[name])
        assert data(api)["Pump"]["location"] == ids(api, "location")["Berlin"]
        api.delete("asset")
        api.delete("location")


def test_undoing_is_refused_while_others_need_the_records(api: Api, actor: Actor) -> None:
    done = brought(actor, ASSETS, (1, "Location"))
    api.make_object(
        "Visit",
        {"label": "Name", "type": "TEXT"},
        {"label": "Where", "type": "LOOKUP", "options": {"target": "location", "onDelete": "restrict"}},
    )
    api.make_record("visit", name="First", where=ids(api, "location")["Berlin"])
    with pytest.raises(Conflict, match="Visits refer to its records as their Where"):
        importing.undo_import(actor, done.id)
    assert api.get("asset").status == 200


def test_an_import_whose_new_object_is_deleted_meanwhile_stops_and_says_why(api: Api, actor: Actor) -> None:
    import_id = planned(actor, ASSETS, (1, "Location"))
    importing.start_import(actor, import_id)
    api.delete("location")
    stopped = finish(import_id)
    assert stopped.state == ImportState.STOPPED
    assert stopped.problem
    importing.undo_import(actor, import_id)
    assert not CustomObject.objects.filter(deleted_at=None).exists()


@pytest.fixture
def machines(api: Api) -> Api:
    """An object that is there, with one of the records that the table names."""
    api.post("/v1/custom-objects", {"name": "Machine", "fields": [{"label": "Name", "type": "TEXT", "isUnique": True}]})
    api.make_record("machine", name="Pump")
    return api


def into_machines(actor: Actor, text: str = ASSETS) -> UUID:
    """A draft of an import into machines, of which the second column becomes an object."""
    draft = into.bring_into(actor, "machine", content=text.encode(), name="", zone="UTC")
    plan = Plan.from_json(draft.plan)
    plan.columns[1].used = True
    plan.columns[1].become_object("Location", "Locations")
    plan.columns[1].missing = ["-"]
    save_plan(actor, draft.id, plan, has_header=True)
    return draft.id


def test_a_new_field_of_an_object_that_is_there_is_a_lookup_to_a_new_one(machines: Api, actor: Actor) -> None:
    import_id = into_machines(actor)
    assert into.preview(actor, import_id)[1].cells[-1] == "berlin"
    importing.start_into(actor, import_id)
    done = finish(import_id)
    assert (done.state, done.made, done.changed, done.refused_count) == (ImportState.DONE, 4, 1, 0)
    locations = ids(machines, "location")
    assert set(locations) == {"Berlin", "Hamburg"}
    found = data(machines, "machine")
    assert [found[name]["location"] for name in ("Pump", "Fan", "Lift")] == [locations["Berlin"]] * 3
    assert found["Crane"]["location"] is None

    importing.undo_import(actor, import_id)
    work()
    done.refresh_from_db()
    assert (done.state, done.left, done.problem) == (ImportState.UNDONE, 0, "")
    assert machines.get("location").status == 404
    assert data(machines, "machine") == {"Pump": {"name": "Pump"}}


def test_a_name_that_is_taken_and_texts_that_are_too_long_in_an_import_into_an_object(
    machines: Api, actor: Actor
) -> None:
    import_id = into_machines(actor, f"name,location\nFan,{'x' * 300}\nPump,Berlin\n")
    machines.make_object("location")
    with pytest.raises(ValidationError, match="there is an object called location already"):
        importing.start_into(actor, import_id)
    machines.delete("location")
    importing.start_into(actor, import_id)
    done = finish(import_id)
    assert [row.reasons for row in done.refused.all()] == [["Location must have at most 255 characters"]]
    assert set(ids(machines, "location")) == {"Berlin"}


def test_who_defines_no_objects_makes_none_of_a_column(machines: Api, rep: User) -> None:
    theirs = Actor.of_user(rep)
    with pytest.raises(PermissionDenied):
        importing.start_into(theirs, into_machines(theirs))
    assert CustomObject.objects.count() == 1
