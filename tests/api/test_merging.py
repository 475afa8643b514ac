"""Merging two values of a picklist: the records, the list, what names the value, and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from customobjects.services import merging
from salesos.accounts.models import User
from tests.conftest import Answer, Api

PATH = "lead/fields/status/merge-values"
VALUES = [
    {"value": "new", "label": "New"},
    {"value": "fresh", "color": "#15803d"},
    "won",
    {"value": "old", "isActive": False},
]


@pytest.fixture
def leads(api: Api) -> Api:
    api.make_object(
        "Lead",
        {"label": "Status", "type": "PICKLIST", "options": {"values": VALUES}, "defaultValue": "fresh"},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["a", "b", "c"]}},
    )
    for name, status, tags in (("A", "fresh", ["a", "c"]), ("B", "new", ["c"]), ("C", "fresh", ["a", "b"])):
        api.make_record("lead", name=name, status=status, tags=tags)
    return api


def merge(api: Api, path: str = PATH, **body: Any) -> Answer:
    return api.post(path, {"value": "fresh", "into": "new", **body})


def held(api: Api, field: str = "status") -> dict[str, Any]:
    return {record["name"]: record["data"][field] for record in api.get("lead/records").json["data"]}


def listed(api: Api, field: str = "status") -> list[tuple[str, bool]]:
    return [(one["value"], one["isActive"]) for one in api.get(f"lead/fields/{field}").json["options"]["values"]]


def run_background() -> None:
    """Do what waits, and what that leaves to do."""
    while task := DBTaskResult.objects.filter(status="READY").order_by("enqueued_at").first():
        DBTaskResult.objects.filter(id=task.id).update(status="SUCCESSFUL")
        if task.task_path.endswith("merge_in_background"):
            merging.merge_in_background.call(*task.args_kwargs["args"])


def test_records_list_and_default_follow_and_all_comes_back(leads: Api) -> None:
    before = leads.get("lead/fields/status").json
    told = merge(leads, dryRun=True)
    assert told.json == {"records": 2, "inBackground": False, "views": 0, "lookups": 0}
    assert held(leads) == {"A": "fresh", "B": "new", "C": "fresh"}
    done = merge(leads)
    assert done.json == {"records": 2, "inBackground": False, "views": 0, "lookups": 0}
    assert held(leads) == dict.fromkeys("ABC", "new")
    assert listed(leads) == [("new", True), ("won", True), ("old", False)]
    assert leads.get("lead/fields/status").json["defaultValue"] == "new"
    [record] = leads.get("lead/records", name="A").json["data"]
    history = leads.get(f"lead/records/{record['id']}/history").json["data"]
    assert history[0]["changes"]["status"] == ["fresh", "new"] or "fresh" in str(history[0]["changes"])
    back = leads.post(f"/v1/changes/{done.headers['X-Change-Id']}/undo")
    assert back.json == {"deleted": 0, "restored": 0, "changed": 2, "left": 0}
    assert held(leads) == {"A": "fresh", "B": "new", "C": "fresh"}
    after = leads.get("lead/fields/status").json
    assert (after["options"], after["defaultValue"]) == (before["options"], before["defaultValue"])


def test_what_was_changed_since_stands_in_the_way_of_undo(leads: Api) -> None:
    done = merge(leads)
    [record] = leads.get("lead/records", name="A").json["data"]
    leads.patch(f"lead/records/{record['id']}", {"data": {"status": "won"}})
    path = f"/v1/changes/{done.headers['X-Change-Id']}/undo"
    assert leads.post(path).status == 409
    assert listed(leads) == [("new", True), ("won", True), ("old", False)], "nothing is taken back"
    assert leads.post(f"{path}?force=fields").json["changed"] == 1
    assert held(leads) == {"A": "won", "B": "new", "C": "fresh"}


def test_of_several_values_one_is_another_once(leads: Api) -> None:
    assert merge(leads, "lead/fields/tags/merge-values", value="a", into="c").json["records"] == 2
    assert held(leads, "tags") == {"A": ["c"], "B": ["c"], "C": ["b", "c"]}
    assert listed(leads, "tags") == [("b", True), ("c", True)]


def test_saved_views_name_the_other_value(leads: Api) -> None:
    settings = {
        "filters": [{"field": "status", "operator": "in", "value": "fresh,won"}],
        "anyOf": [{"field": "status", "operator": "exact", "value": "fresh"}],
        "colors": [{"field": "status", "operator": "exact", "value": "won", "color": "#15803d"}],
    }
    view = leads.post("lead/views", {"name": "V", "kind": "grid", "settings": settings}).json
    options = {"target": "lead"}
    leads.make_object("Call", {"label": "Lead", "type": "LOOKUP", "options": options})
    through = {"filters": [{"field": "lead__status", "operator": "not", "value": "fresh"}]}
    other = leads.post("call/views", {"name": "W", "kind": "grid", "settings": through}).json
    name = {"filters": [{"field": "name", "operator": "exact", "value": "fresh"}]}
    third = leads.post("lead/views", {"name": "X", "kind": "grid", "settings": name}).json
    assert merge(leads).json["views"] == 2
    kept = leads.get(f"lead/views/{view['id']}").json["settings"]
    assert kept["filters"][0]["value"] == ["new", "won"]
    assert kept["anyOf"][0]["value"] == "new"
    assert kept["colors"] == view["settings"]["colors"]
    assert leads.get(f"call/views/{other['id']}").json["settings"]["filters"][0]["value"] == "new"
    assert leads.get(f"lead/views/{third['id']}").json["settings"] == third["settings"]


def test_of_many_records_the_background_changes_batch_by_batch(leads: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "MAX_AT_ONCE", 1)
    monkeypatch.setattr(merging, "BATCH_SIZE", 1)
    assert merge(leads).json == {"records": 2, "inBackground": True, "views": 0, "lookups": 0}
    assert ("fresh", False) in listed(leads), "whoever holds it keeps it"
    assert held(leads)["A"] == "fresh"
    # Nobody newly chooses it; whoever has it may be saved with it.
    assert leads.post("lead/records", {"data": {"name": "D", "status": "fresh"}}).problem("data.status") == "choice"
    [record] = leads.get("lead/records", name="A").json["data"]
    assert leads.patch(f"lead/records/{record['id']}", {"data": {"status": "fresh", "name": "A2"}}).status == 200
    run_background()
    assert held(leads) == {"A2": "new", "B": "new", "C": "new"}
    assert listed(leads) == [("new", True), ("won", True), ("old", False)]


def test_a_merge_in_the_background_ends_where_the_value_may_be_chosen_again(
    leads: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "MAX_AT_ONCE", 1)
    merge(leads)
    leads.patch("lead/fields/status", {"options": {"values": VALUES}})
    run_background()
    assert held(leads)["A"] == "fresh"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"value": "none"}, "value", "choice"),
        ({"into": "none"}, "into", "choice"),
        ({"into": "fresh"}, "into", "same"),
        ({"into": "old"}, "into", "inactive"),
        ({"value": "x" * 500}, "value", "max_length"),
        ({"value": "a\x00"}, "value", "null_characters_not_allowed"),
        ({"value": None}, "value", "null"),
        ({"more": 1}, "more", "unknown"),
    ],
)
def test_what_is_refused(leads: Api, body: dict[str, Any], field: str, code: str) -> None:
    refused = merge(leads, **body)
    assert refused.status == 400
    assert refused.problem(field) == code
    assert held(leads) == {"A": "fresh", "B": "new", "C": "fresh"}


def test_no_input_is_an_error_of_ours(leads: Api) -> None:
    hostile: list[Any] = [
        None,
        5,
        1.5,
        True,
        [],
        ["fresh"],
        {},
        {"a": {"a": {}}},
        "",
        " ",
        "\u202e",
        "<b>",
        "x" * 10_000,
    ]
    bodies = [{"value": one, "into": "new"} for one in hostile] + [{"value": "fresh", "into": one} for one in hostile]
    raw = ['{"value": "\\ud800", "into": "new"}', '{"value": NaN, "into": "new"}', "[" * 500, "{}", "[]", "null", ""]
    for body in [*bodies, *raw]:
        refused = leads.post(PATH, body)
        assert refused.status == 400, (body, refused)
        assert refused.json["errors"]
    assert held(leads) == {"A": "fresh", "B": "new", "C": "fresh"}


def test_fields_and_objects_that_cannot_be_merged(leads: Api) -> None:
    assert merge(leads, "lead/fields/name/merge-values").problem("value") == "type"
    assert merge(leads, "lead/fields/none/merge-values").status == 404
    leads.patch("lead/fields/status", {"isActive": False})
    assert merge(leads).problem() == "inactive"
    leads.patch("lead/fields/status", {"isActive": True, "defaultValue": None})
    leads.patch("lead", {"isActive": False})
    assert merge(leads).problem() == "archived"
    leads.patch("lead", {"isActive": True})
    leads.make_object("Seat", {"label": "Row", "type": "PICKLIST", "isUnique": True, "options": {"values": ["a", "b"]}})
    refused = merge(leads, "seat/fields/row/merge-values", value="a", into="b")
    assert (refused.status, refused.problem()) == (409, "unique")


def test_a_unique_key_of_several_fields_stands_in_the_way_and_nothing_changes(leads: Api) -> None:
    leads.patch("lead", {"uniqueKeys": [{"fields": ["name", "status"]}]})
    leads.make_record("lead", name="A", status="new")
    refused = merge(leads)
    assert refused.status == 409, refused
    assert listed(leads)[1] == ("fresh", True)


def test_who_may(leads: Api, rep: User, manager: User, admin: User, stranger: User) -> None:
    assert [merge(Api(user)).status for user in (rep, manager, stranger)] == [403, 403, 404]
    old = leads.get("lead").headers["ETag"]
    leads.patch("lead", {"description": "x"})
    assert leads.send("POST", PATH, {"value": "fresh", "into": "new"}, if_match=old).status == 412
    assert held(leads)["A"] == "fresh"


def test_it_takes_the_same_queries_for_any_number_of_records(leads: Api, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        leads.make_record("lead", name=f"N{number}", status="fresh")
    leads.get("lead")
    # The object, its fields before and after, and the revision of them (8); the records' ids and sizes, their lock and
    # UPDATE, and their revisions (5); objects that look here, twice, and views (4); who asks, and transactions.
    with django_assert_max_num_queries(32):
        assert merge(leads).json["records"] == 32
