"""Two organizations: whatever one of them owns does not exist for the other, on any endpoint or page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from customobjects.models import Record
from customobjects.services.table_import import into
from customobjects.web import urls as web_urls
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.db.noted_changes import change_reference
from tests.api.attaching import add_activity, write_note
from tests.api.test_users import CALLS as PEOPLE_CALLS
from tests.conftest import OBJECTS, Api

# Every text of the secret begins so. It is long enough to be in no token by chance.
MARK = "zqxjv"
SECRET = "zqxjvsecret"
# What nobody has: the ids and names that stand for the secret's in a request whose answer must be the same.
NOWHERE = "00000000-0000-7000-8000-000000000000"
NOTHING = "nothing"

# Every operation on an object, a field or a record, by its path in the OpenAPI document.
CALLS: list[tuple[str, str, Any]] = [
    ("GET", "{id}", None),
    ("PATCH", "{id}", {"name": "x"}),
    ("DELETE", "{id}", None),
    ("POST", "{id}/restore", {}),
    ("GET", "{id}/history", None),
    ("GET", "{id}/openapi.json", None),
    ("GET", "{id}/fields", None),
    ("POST", "{id}/fields", {"label": "x", "type": "TEXT"}),
    ("PUT", "{id}/fields/order", {"fields": ["name"]}),
    ("GET", "{id}/fields/{fieldId}", None),
    ("PATCH", "{id}/fields/{fieldId}", {"label": "x"}),
    ("DELETE", "{id}/fields/{fieldId}", None),
    ("POST", "{id}/fields/{fieldId}/merge-values", {"value": "a", "into": "b"}),
    ("POST", "{id}/fields/{fieldId}/restore", {}),
    ("GET", "{id}/records", None),
    ("POST", "{id}/records", {"data": {"name": "x"}}),
    ("GET", "{id}/records/aggregate", None),
    ("POST", "{id}/records/aggregate", {"filter": {}}),
    ("POST", "{id}/records/search", {"filter": {}}),
    ("GET", "{id}/records/export", None),
    ("POST", "{id}/records/export", {"filter": {}}),
    ("POST", "{id}/records/bulk", {"operations": [{"op": "create", "data": {"name": "x"}}]}),
    ("POST", "{id}/records/bulk-update", {"filter": {}, "data": {"name": "x"}}),
    ("POST", "{id}/records/bulk-delete", {"filter": {}}),
    ("GET", "{id}/records/{recordId}", None),
    ("PATCH", "{id}/records/{recordId}", {"data": {"name": "x"}}),
    ("DELETE", "{id}/records/{recordId}", None),
    ("POST", "{id}/records/{recordId}/restore", {}),
    ("GET", "{id}/records/{recordId}/history", None),
    ("POST", "{id}/records/{recordId}/revert", {"version": 1}),
    ("POST", "{id}/records/{recordId}/duplicate", {}),
    ("GET", "{id}/records/{recordId}/related/{objectApiName}", None),
    ("GET", "{id}/records/{recordId}/notes", None),
    ("POST", "{id}/records/{recordId}/notes", {"text": "x"}),
    ("GET", "{id}/records/{recordId}/notes/{noteId}", None),
    ("PATCH", "{id}/records/{recordId}/notes/{noteId}", {"text": "x"}),
    ("DELETE", "{id}/records/{recordId}/notes/{noteId}", None),
    ("POST", "{id}/records/{recordId}/notes/{noteId}/restore", {}),
    ("GET", "{id}/records/{recordId}/activities", None),
    ("POST", "{id}/records/{recordId}/activities", {"kind": "call", "title": "x"}),
    ("GET", "{id}/records/{recordId}/activities/{activityId}", None),
    ("PATCH", "{id}/records/{recordId}/activities/{activityId}", {"done": True}),
    ("DELETE", "{id}/records/{recordId}/activities/{activityId}", None),
    ("POST", "{id}/records/{recordId}/activities/{activityId}/restore", {}),
    ("GET", "{id}/views", None),
    ("POST", "{id}/views", {"name": "x", "kind": "grid"}),
    ("PUT", "{id}/views/order", {"views": [NOWHERE]}),
    ("GET", "{id}/views/{viewId}", None),
    ("PATCH", "{id}/views/{viewId}", {"name": "x"}),
    ("DELETE", "{id}/views/{viewId}", None),
    ("POST", "{id}/views/{viewId}/default", None),
    ("DELETE", "{id}/views/{viewId}/default", None),
]
# The same through an object of their own, which has a record.
CALLS_THROUGH_THEIR_OWN: list[tuple[str, str, Any]] = [
    ("GET", "own/fields/{fieldId}", None),
    ("PATCH", "own/fields/{fieldId}", {"label": "x"}),
    ("DELETE", "own/fields/{fieldId}", None),
    ("GET", "own/records/{recordId}", None),
    ("PATCH", "own/records/{recordId}", {"data": {"name": "x"}}),
    ("DELETE", "own/records/{recordId}", None),
    ("POST", "own/fields/{fieldId}/merge-values", {"value": "a", "into": "b"}),
    ("POST", "own/fields/{fieldId}/restore", {}),
    ("POST", "own/records/{recordId}/restore", {}),
    ("GET", "own/records/{recordId}/history", None),
    ("POST", "own/records/{recordId}/revert", {"version": 1}),
    ("POST", "own/records/{recordId}/duplicate", {}),
    ("GET", "own/records/{recordId}/related/own", None),
    ("GET", "own/records/{ownRecord}/related/{id}", None),
    ("GET", "own/records/{recordId}/notes", None),
    ("POST", "own/records/{recordId}/notes", {"text": "x"}),
    ("GET", "own/records/{recordId}/activities", None),
    ("POST", "own/records/{recordId}/activities", {"kind": "call", "title": "x"}),
    *(
        (method, f"own/records/{record}/{one}", body)
        for record in ("{recordId}", "{ownRecord}")
        for one in ("notes/{noteId}", "activities/{activityId}")
        for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None))
    ),
    ("POST", "own/records/{ownRecord}/notes/{noteId}/restore", {}),
    ("POST", "own/records/{ownRecord}/activities/{activityId}/restore", {}),
    ("GET", "own/views/{viewId}", None),
    ("PATCH", "own/views/{viewId}", {"name": "x"}),
    ("DELETE", "own/views/{viewId}", None),
    ("POST", "own/views/{viewId}/default", None),
    ("DELETE", "own/views/{viewId}/default", None),
]


@pytest.fixture
def secret(api: Api, actor: Actor) -> dict[str, Any]:
    """An object with a record and a view, of the first organization, each of whose texts can be recognized."""
    made = api.make_object(SECRET, {"label": "zqxjvcode", "type": "TEXT", "isUnique": True})
    record = api.make_record(SECRET, name="zqxjvname", zqxjvcode="zqxjvvalue")
    path = f"{SECRET}/records/{record['id']}"
    made_of = {
        "note": write_note(api, path, "zqxjvnote"),
        "activity": add_activity(api, path, title="zqxjvtitle", text="zqxjvtext"),
    }
    view = api.post(f"{SECRET}/views", {"name": "zqxjvview", "kind": "grid", "isShared": True}).json
    table = into.bring_into(actor, SECRET, content=b"name\nzqxjvcell\n", name="zqxjvfile.csv", zone="UTC")
    return {
        "object": made,
        "field": made["fields"][1],
        "record": record,
        "view": view,
        "import": {"id": table.id},
        **made_of,
    }


def ids_of(secret: dict[str, Any]) -> dict[str, str]:
    """The ids that stand in paths, by the paths' names for them."""
    names = ("field", "record", "note", "activity", "view")
    return {"{id}": secret["object"]["id"], **{f"{{{name}Id}}": secret[name]["id"] for name in names}}


@pytest.fixture
def other(stranger: User) -> Api:
    return Api(stranger)


@pytest.fixture
def unchanged(api: Api, secret: dict[str, Any]) -> Iterator[None]:
    """Fails where the test has changed what the first organization owns."""
    yield
    assert api.get(SECRET).json == secret["object"]
    assert api.get(f"{SECRET}/records").json["data"] == [secret["record"]]
    path = f"{SECRET}/records/{secret['record']['id']}"
    assert api.get(f"{path}/notes").json["data"] == [secret["note"]]
    assert api.get(f"{path}/activities").json["data"] == [secret["activity"]]
    assert api.get(f"{SECRET}/views").json["data"] == [secret["view"]]


def test_every_operation_is_tried() -> None:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    documented = {(method.upper(), path) for path, methods in paths.items() for method in methods if "{" in path}
    tried = {(method, f"{OBJECTS}/{path}") for method, path, _body in CALLS}
    of_people = {(method, path) for method, path, _body in PEOPLE_CALLS}
    assert documented == {*tried, *of_people, ("POST", "/v1/changes/{changeId}/undo")}


@pytest.mark.usefixtures("unchanged")
def test_their_changes_are_taken_back_by_nobody_else(secret: dict[str, Any], other: Api) -> None:
    change = Record.objects.get(id=secret["record"]["id"])
    reference = change_reference(change.created_in or UUID(int=0), change.created_transaction or 0)
    for unknown in (reference, "0-" + "0" * 32, "x", "1-", "%00"):
        answer = other.post(f"/v1/changes/{unknown}/undo")
        assert (answer.status, answer.problem()) == (404, "not_found"), unknown


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("by", ["id", "apiName"])
def test_every_operation_answers_404(secret: dict[str, Any], other: Api, by: str) -> None:
    other.make_object("Own")
    own = {"{ownRecord}": other.make_record("own")["id"], "{objectApiName}": "own"}
    theirs = {**ids_of(secret), "{id}": secret["object"][by]}
    absent = {**dict.fromkeys(theirs, NOWHERE), "{id}": NOWHERE if by == "id" else NOTHING}
    for method, path, body in CALLS + CALLS_THROUGH_THEIR_OWN:
        answer = other.send(method, replaced(path, own | theirs), body)
        assert answer.status == 404, (method, path, answer)
        assert answer.problem() == "not_found"
        # The answer says no more than the one about what nobody has.
        expected = other.send(method, replaced(path, own | absent), body)
        assert replaced(answer.text, {value: absent[name] for name, value in theirs.items()}) == expected.text
        assert MARK not in expected.text


BODIES = [
    {},
    [],
    7,
    "not JSON",
    {"zqxjv": 1},
    {"data": 7},
    {"filter": []},
    {"operations": [{"op": "x"}]},
    {"fields": [1]},
]


@pytest.mark.usefixtures("unchanged")
def test_what_is_not_there_is_a_404_whatever_is_said(secret: dict[str, Any], other: Api) -> None:
    other.make_object("Own")
    own = {"{ownRecord}": other.make_record("own")["id"], "{objectApiName}": "own"}
    theirs = ids_of(secret)
    for method, path, _body in CALLS + CALLS_THROUGH_THEIR_OWN:
        address = replaced(path, own | theirs)
        if method in ("POST", "PUT", "PATCH"):
            for body in BODIES:
                answer = other.send(method, address, body)
                assert (answer.status, answer.problem()) == (404, "not_found"), (method, path, body, answer)
            assert other.send(method, address, "x" * 100, content_type="text/plain").status == 404, (method, path)
        answer = other.send(
            method, f"{address}?limit=x&page=0&fields=zqxjv&expand=zqxjv&count=x&zqxjv=1&groupBy=zqxjv", {}
        )
        assert answer.status == 404, (method, path, answer)
        assert other.send(method, address, {}, if_match="nonsense").status == 404, (method, path)
    # Who asks is looked at first, and what is there is judged.
    assert Api(None).post(f"{secret['object']['id']}/records", []).status == 401
    assert other.post("own/records", []).status == 400


def replaced(text: str, values: dict[str, str]) -> str:
    """``text`` with each key of ``values`` replaced by its value."""
    for old, new in values.items():
        text = text.replace(old, new)
    return text


@pytest.mark.usefixtures("unchanged")
def test_bulk_operations_do_not_reach_records_of_others(secret: dict[str, Any], other: Api) -> None:
    other.make_object("Own")
    id_ = secret["record"]["id"]
    operations = [{"op": "update", "id": id_, "data": {"name": "x"}}, {"op": "delete", "id": id_}]
    answer = other.post("own/records/bulk", {"operations": operations, "atomic": False})
    assert [result["status"] for result in answer.json["data"]] == [404, 404]
    assert MARK not in answer.text


def test_nothing_leaks_into_lists_and_counts(secret: dict[str, Any], other: Api) -> None:
    other.make_object("Own")
    for path in (
        OBJECTS,
        f"{OBJECTS}?search={SECRET}",
        "stats",
        "own/records",
        "own/records?search=zqxjvname",
        "own/views",
        "own/records/aggregate?groupBy=name",
        "/v1/search?q=zqxjvname",
        "/v1/notes",
        f"/v1/notes?customObjectId={secret['object']['id']}&author={secret['note']['author']['id']}",
        "/v1/activities",
        f"/v1/activities?customObjectId={SECRET}&assignee={secret['activity']['assignee']['id']}",
    ):
        answer = other.get(path)
        assert answer.status == 200, answer
        assert MARK not in answer.text
        assert secret["object"]["id"] not in answer.text
        assert secret["record"]["id"] not in answer.text
    assert other.get("stats").json["records"]["total"] == 0


def test_names_are_free_in_each_organization(secret: dict[str, Any], other: Api) -> None:
    same = other.make_object(SECRET, {"label": "zqxjvcode", "type": "TEXT", "isUnique": True})
    assert same["apiName"] == secret["object"]["apiName"]
    assert same["id"] != secret["object"]["id"]
    record = other.make_record(SECRET, zqxjvcode="zqxjvvalue")
    assert record["data"]["zqxjvcode"] == "zqxjvvalue", "no duplicate of the other organization's"


def test_lookups_and_people_do_not_cross(secret: dict[str, Any], other: Api, admin: User) -> None:
    other.make_object("Own", {"label": "Who", "type": "USER"})
    target = {"label": "L", "type": "LOOKUP", "options": {"target": secret["object"]["id"]}}
    for answer in (
        other.post("own/fields", target),
        other.post("own/fields", {**target, "options": {"target": SECRET}}),
        other.post("own/records", {"data": {"name": "x", "who": str(admin.id)}}),
        other.post("own/records", {"data": {"name": "x"}, "ownerId": str(admin.id)}),
    ):
        assert answer.status == 400
        assert admin.email not in answer.text
    other.post("own/fields", {"label": "Own", "type": "LOOKUP", "options": {"target": "own"}})
    answer = other.post("own/records", {"data": {"name": "x", "own": secret["record"]["id"]}})
    assert answer.status == 400
    assert answer.problem("data.own") == "not_found"
    assert MARK not in answer.text


@pytest.mark.usefixtures("unchanged")
def test_every_page_answers_404(secret: dict[str, Any], stranger: User) -> None:
    browser = Client()
    browser.force_login(stranger)
    field, record_id = secret["field"]["apiName"], secret["record"]["id"]
    body = {
        "name": "x",
        "label": "x",
        "data-name": "x",
        "ids": record_id,
        "columns": "name",
        "text": "x",
        "change": "name",
    }
    for reference in (secret["object"]["id"], SECRET):
        told = {"object_reference": reference, "record_reference": record_id, "field_reference": field, "version": 1}
        told |= {f"{kind}_reference": secret[kind]["id"] for kind in ("note", "activity", "view")}
        told["import_id"] = secret["import"]["id"]
        told["key_reference"] = secret["object"]["id"]
        for route in web_urls.urlpatterns:
            named = getattr(route.pattern, "converters", {})
            if named.keys().isdisjoint({"object_reference", "import_id"}):
                continue
            page = reverse(f"web:{route.name}", kwargs={name: told[name] for name in named})
            answers = [browser.get(page), browser.post(page, {**body, "confirmed": "yes"})]
            # Some are there to be read only, and some only to do something.
            statuses = sorted(answer.status_code for answer in answers)
            assert statuses in ([404, 404], [404, 405]), (page, statuses)
            for answer in answers:
                # What was asked for may be said again.
                assert MARK not in answer.content.decode().replace(reference, ""), page
    for path in ("/", "/trash/"):
        assert MARK not in browser.get(path).content.decode()


def test_what_is_deleted_does_not_exist_for_others(secret: dict[str, Any], api: Api, other: Api) -> None:
    """What can be restored is as hidden as what is there."""
    other.make_object("Own")
    object_id, record_id = secret["object"]["id"], secret["record"]["id"]
    browser = Client()
    browser.force_login(other.user)
    api.delete(f"{SECRET}/records/{record_id}")
    api.delete(f"{SECRET}/fields/zqxjvcode")
    for path in (
        "/v1/trash",
        f"/v1/trash?customObjectId={SECRET}",
        "own/records?deleted=true",
        "own/fields?deleted=true",
    ):
        answer = other.get(path)
        assert (answer.status, answer.json["data"]) == (200, []), path
    for path in (f"{SECRET}/records/{record_id}", f"{SECRET}/fields/zqxjvcode", f"own/records/{record_id}"):
        assert other.post(f"{path}/restore").status == 404, path
    api.delete(SECRET)
    assert other.get(OBJECTS, deleted="true").json["data"] == []
    for reference in (object_id, SECRET):
        assert other.post(f"{reference}/restore").status == 404
        assert browser.post(f"/trash/objects/{reference}/").status_code == 404
    assert MARK not in browser.get("/trash/").content.decode()
    assert api.post(f"{SECRET}/restore").status == 200
