"""The history of an object's definition: what each kind of change leaves there."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from customobjects.api.fields import FieldSerializer
from customobjects.api.objects import ObjectSerializer
from customobjects.models import CustomObject, Field, SchemaRevision
from customobjects.services.schema_history import FIELD_PROPERTIES, OBJECT_PROPERTIES, definition_of
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.accounts.services import create_api_key
from salesos.rest.serializers import outer_names
from tests.conftest import OBJECTS, Api

AUTHORED = {"createdAt", "updatedAt", "createdBy", "updatedBy"}


@pytest.fixture
def box(api: Api) -> dict[str, Any]:
    return api.make_object("Box", {"label": "Size", "type": "NUMBER", "options": {"max": 9}})


def history(api: Api, reference: str = "box", **params: Any) -> list[dict[str, Any]]:
    answer = api.get(f"{reference}/history", **params)
    assert answer.status == 200, answer
    return list(answer.json["data"])


def newest(api: Api, reference: str = "box") -> list[tuple[str, str, dict[str, Any]]]:
    """Kind, field and changes of what the last request left."""
    found = history(api, reference)
    version = found[0]["schemaVersion"]
    return [(r["kind"], r["fieldApiName"], r["changes"]) for r in found if r["schemaVersion"] == version]


def test_it_knows_every_property_that_the_api_shows(api: Api) -> None:
    api.make_object("Box", {"label": "Size", "type": "NUMBER"})
    definition = definition_of(CustomObject.objects.get())
    # What the history has by itself, or what is no property of the definition.
    deleted = {"deletedAt", "deletedBy"}
    beside = {"id", "fields", "schemaVersion", "uniqueKeyFillings"} | AUTHORED | deleted
    assert set(definition.own.properties) == outer_names(ObjectSerializer) - beside
    properties = {name.partition(".")[0] for defined in definition.fields.values() for name in defined.properties}
    assert properties == outer_names(FieldSerializer) - {"id", "filling"} - AUTHORED - deleted
    assert set(OBJECT_PROPERTIES) <= set(definition.own.properties)
    assert set(FIELD_PROPERTIES) <= properties


def test_a_creation_is_one_revision_with_its_fields(api: Api, admin: User, box: dict[str, Any]) -> None:
    [made] = history(api)
    assert list(made) == [
        *("id", "at", "kind", "fieldId", "fieldApiName", "changes", "schemaVersion", "userId", "userEmail", "via")
    ]
    assert (made["kind"], made["fieldId"], made["fieldApiName"], made["schemaVersion"]) == ("create", None, "", 1)
    assert (made["userId"], made["userEmail"], made["via"]) == (str(admin.id), admin.email, "api")
    assert made["at"] == box["createdAt"]
    changes = made["changes"]
    assert changes["name"] == [None, "Box"]
    assert changes["primaryField"] == [None, "name"]
    assert [field["apiName"] for field in changes["fields"][1]] == ["name", "size"]
    assert changes["fields"][1][1]["options.max"] == 9


def test_properties_of_the_object(api: Api, box: dict[str, Any]) -> None:
    api.patch("box", {"name": "Crate", "color": "#112233", "icon": box["icon"]})
    assert newest(api) == [("update", "", {"name": ["Box", "Crate"], "color": [box["color"], "#112233"]})]
    api.patch("box", {"isActive": False})
    assert newest(api) == [("update", "", {"isActive": [True, False]})]
    before = len(history(api))
    api.patch("box", {"isActive": False})
    assert len(history(api)) == before, "nothing was changed"


def test_what_names_fields_has_their_apinames(api: Api, box: dict[str, Any]) -> None:
    api.post("box/fields", {"label": "Site", "type": "TEXT"})
    api.patch("box", {"primaryField": "site", "uniqueKeys": [{"fields": ["name", "size"]}]})
    assert newest(api) == [
        ("update", "", {"primaryField": ["name", "site"], "uniqueKeys": [[], [{"fields": ["name", "size"]}]]})
    ]


def test_a_field_added_changed_and_deleted(api: Api, box: dict[str, Any]) -> None:
    field = api.post("box/fields", {"label": "Cost", "type": "NUMBER", "options": {"min": 0}}).json
    [(kind, name, changes)] = newest(api)
    assert (kind, name) == ("create", "cost")
    assert changes["label"] == [None, "Cost"]
    assert changes["options.min"] == [None, 0]
    assert changes["isIndexed"] == [None, True]
    assert "defaultValue" not in changes, "what is nothing before and after"
    api.patch("box/fields/cost", {"label": "Price", "options": {"min": 1.50, "max": 100}, "isRequired": True})
    expected = {"label": ["Cost", "Price"], "options.min": [0, 1.5], "options.max": [None, 100]}
    [(kind, name, changes)] = newest(api)
    assert (kind, name, {key: [_plain(v) for v in both] for key, both in changes.items()}) == (
        "update",
        "cost",
        {**expected, "isRequired": [False, True]},
    )
    assert api.delete("box/fields/cost").status == 204
    [(kind, name, changes)] = newest(api)
    assert (kind, name) == ("delete", "cost")
    assert changes["label"] == ["Price", None]
    assert {revision["fieldId"] for revision in history(api, field="cost")} == {field["id"]}


def _plain(value: Any) -> Any:
    return float(value) if not isinstance(value, bool | str | None) else value


def test_a_name_that_is_taken_again_is_another_field(api: Api, box: dict[str, Any]) -> None:
    api.delete("box/fields/size")
    field = api.post("box/fields", {"label": "Size", "type": "TEXT"}).json
    assert [(r["kind"], r["fieldId"]) for r in history(api, field="size")] == [
        ("create", field["id"]),
        ("delete", box["fields"][1]["id"]),
    ]
    assert [r["kind"] for r in history(api, field=field["id"])] == ["create"]


def test_values_of_a_picklist(api: Api) -> None:
    values = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
    api.make_object("Box", {"label": "State", "type": "PICKLIST", "options": {"values": values}})
    api.patch("box/fields/state", {"options": {"values": [{**values[0], "label": "Good"}, values[1]]}})
    [(kind, name, changes)] = newest(api)
    assert (kind, name, list(changes)) == ("update", "state", ["options.values"])
    old, new = changes["options.values"]
    assert [value["label"] for value in old] == ["A", "B"]
    assert [value["label"] for value in new] == ["Good", "B"]


def test_an_order_is_one_revision_for_each_field_that_moved(api: Api, box: dict[str, Any]) -> None:
    api.post("box/fields", {"label": "Site", "type": "TEXT"})
    api.put("box/fields/order", {"fields": ["size", "name", "site"]})
    assert sorted(newest(api)) == [
        ("update", "name", {"order": [1, 2]}),
        ("update", "size", {"order": [2, 1]}),
    ]


def test_numbers_and_truths_are_two_values(api: Api, box: dict[str, Any]) -> None:
    api.post("box/fields", {"label": "Any", "type": "JSON", "defaultValue": 1})
    api.patch("box/fields/any", {"defaultValue": True})
    assert newest(api) == [("update", "any", {"defaultValue": [1, True]})]


def test_a_counter_that_is_set(api: Api) -> None:
    api.make_object("Bill", {"label": "No", "type": "AUTO_NUMBER"})
    api.make_record("bill")
    api.patch("bill/fields/no", {"nextNumber": 500})
    assert newest(api, "bill") == [("update", "no", {"nextNumber": [2, 500]})]


def test_a_deleted_object_takes_lookups_of_others_along(api: Api, actor: Actor, box: dict[str, Any]) -> None:
    lookups = [
        {"label": label, "type": "LOOKUP", "options": {"target": "box", "onDelete": "set_null"}} for label in ("A", "B")
    ]
    api.make_object("Shelf", *lookups)
    assert api.delete("box").status == 204
    gone = [(r["kind"], r["fieldApiName"]) for r in history(api, "shelf")]
    assert sorted(gone[:2]) == [("delete", "a"), ("delete", "b")]
    [revision] = SchemaRevision.objects.filter(custom_object_id=box["id"], kind="delete")
    assert revision.changes["name"] == ["Box", None]
    assert [field["apiName"] for field in revision.changes["fields"][0]] == ["name", "size"]
    assert api.get(f"{box['id']}/history").status == 404
    assert Field.objects.filter(custom_object_id=box["id"]).exists()
    call_command("purge", verbosity=0)
    assert SchemaRevision.objects.filter(custom_object_id=box["id"]).count() == 2, "it outlives the object"


def test_what_is_refused_leaves_nothing(api: Api, box: dict[str, Any]) -> None:
    assert api.patch("box", {"color": "red"}).status == 400
    assert api.post("box/fields", {"label": "Size", "type": "X"}).status == 400
    assert api.patch("box/fields/size", {"options": {"min": 10}}).status == 400
    assert api.post(OBJECTS, {"name": "Box", "apiName": "box"}).status == 409
    assert SchemaRevision.objects.count() == 1


def test_what_the_background_does_is_no_change(api: Api, box: dict[str, Any]) -> None:
    api.make_record("box", size=1)
    api.post("box/fields", {"label": "Later", "type": "TEXT", "isIndexed": False, "defaultValue": "x"})
    api.patch("box/fields/later", {"isIndexed": True, "fillDefault": True})
    assert newest(api) == [("update", "later", {"isIndexed": [False, True]})]
    before = history(api)
    call_command("fill", verbosity=0)
    call_command("purge", verbosity=0)
    assert history(api) == before
    assert Field.objects.get(api_name="later").column


def test_pages_are_noted_too(admin: User, api: Api, box: dict[str, Any]) -> None:
    browser = Client()
    browser.force_login(admin)
    browser.post("/setup/objects/box/archive/", {"archive": "1"})
    assert history(api)[0]["via"] == "page"
    assert newest(api) == [("update", "", {"isActive": [True, False]})]


def test_whoever_reads_the_object_reads_its_history(
    box: dict[str, Any], admin: User, rep: User, stranger: User
) -> None:
    assert history(Api(rep))
    _row, key = create_api_key(admin, "a program", ["write", "admin"])
    assert Api(None, x_api_key=key).get("box/history").problem() == "scope"
    assert Api(stranger).get(f"{box['id']}/history").problem() == "not_found"
    for method in ("POST", "PATCH", "DELETE"):
        assert Api(admin).send(method, "box/history", {}).status == 405


def test_filters(api: Api, admin: User, rep: User, box: dict[str, Any]) -> None:
    api.patch("box", {"name": "Crate"})
    api.patch("box/fields/size", {"label": "Volume"})
    moment = history(api)[0]["at"]
    api.post("box/fields", {"label": "Site", "type": "TEXT"})

    def labels(**params: Any) -> list[str]:
        return [f"{r['kind']} {r['fieldApiName']}".strip() for r in history(api, **params)]

    assert labels() == ["create site", "update size", "update", "create"]
    assert labels(kind="update") == ["update size", "update"]
    assert labels(kind__in="create,delete") == ["create site", "create"]
    assert labels(field="size") == labels(field=box["fields"][1]["id"]) == ["update size"]
    assert labels(field="nothing") == []
    assert labels(userId=admin.id) == labels()
    assert labels(userId=rep.id) == []
    assert labels(at__gt=moment) == ["create site"]
    assert labels(at__lte=moment) == ["update size", "update", "create"]
    for name, value in {"kind": "x", "userId": "x", "at": "x", "field": "", "objectId": "x", "page": "0"}.items():
        assert api.get("box/history", **{name: value}).problem(name)


def test_cursors(api: Api, box: dict[str, Any]) -> None:
    for number in range(5):
        api.patch("box", {"name": f"Crate {number}"})
    ids = [r["id"] for r in history(api)]
    first = api.get("box/history", limit=4)
    assert first.json["meta"]["total"] == 6
    rest = api.get("box/history", limit=4, cursor=first.json["meta"]["nextCursor"])
    assert [r["id"] for r in first.json["data"] + rest.json["data"]] == ids
    assert rest.json["meta"]["nextCursor"] is None
    api.make_object("Other")
    assert api.get("other/history", cursor=first.json["meta"]["nextCursor"]).problem("cursor") == "cursor"


def test_answers_are_bounded(api: Api, box: dict[str, Any], settings: Any) -> None:
    for text in ("a", "b"):
        api.patch("box", {"description": text * 5_000})
    settings.MAX_ANSWER_BYTES = 8 * 1024
    answer = api.get("box/history")
    assert answer.status == 400
    assert answer.problem("limit") == "max_size"
    assert len(history(api, limit=1)) == 1


@pytest.mark.parametrize("count", [1, 20])
def test_reading_takes_a_few_queries(api: Api, box: dict[str, Any], count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        api.patch("box", {"name": f"Crate {number}"})
    # 1. Who is asking.
    # 2. The object.
    # 3. The revisions with their users, and how large their changes are.
    # 4. How many there are.
    # 5. The changes.
    with django_assert_num_queries(5):
        history(api)


def test_noting_takes_two_reads_and_one_insert(
    api: Api, box: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        api.post("box/fields", {"label": f"Field {number}", "type": "TEXT"})
    names = [field["apiName"] for field in api.get("box").json["fields"]]
    # 1. Who is asking.
    # 2. The transaction.
    # 3. The object, held.
    # 4. Its fields, as they were.
    # 5. Its fields in their order.
    # 6. The fields' new places: one statement for all.
    # 7. The object's new version.
    # 8. Its fields, as they are.
    # 9. The number of the transaction.
    # 10. The revisions of all that moved: one statement.
    # 11. The end of the transaction.
    with django_assert_max_num_queries(11) as queries:
        assert api.put("box/fields/order", {"fields": names[::-1]}).status == 200
    inserts = [query for query in queries.captured_queries if "INSERT" in query["sql"]]
    assert len(inserts) == 1
    assert len(newest(api)) == 12


def test_what_is_restored(api: Api, box: dict[str, Any]) -> None:
    api.delete("box/fields/size")
    assert api.post("box/fields/size/restore").status == 200
    [(kind, field, changes)] = newest(api)
    assert (kind, field, changes["label"]) == ("restore", "size", [None, "Size"])
    api.delete("box")
    assert api.post(f"{box['id']}/restore").status == 200
    kind, field, changes = newest(api)[0]
    assert (kind, field, changes["name"]) == ("restore", "", [None, "Box"])
    assert [one["kind"] for one in api.get("/v1/audit").json["data"]][:2] == ["object_restored", "object_deleted"]
