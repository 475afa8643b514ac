"""Objects through the API: making, reading, changing, archiving and deleting them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import OBJECTS, Api


def test_only_a_name_is_needed(api: Api) -> None:
    answer = api.post(OBJECTS, {"name": "Support Case"})
    assert answer.status == 201
    made = answer.json
    assert answer.headers["Location"] == f"{OBJECTS}/{made['id']}"
    assert made["apiName"] == "support_case"
    assert made["pluralName"] == "Support Cases"
    assert made["primaryField"] == "name"
    assert [(f["label"], f["type"], f["isRequired"]) for f in made["fields"]] == [("Name", "TEXT", True)]
    assert made["isActive"] is True
    assert set(made) == set(
        "id apiName name pluralName description icon color primaryField enableSearch enableHistory historyDays "
        "enableNotes "
        "enableActivities enableBulkOperations isActive uniqueKeys uniqueKeyFillings schemaVersion fields "
        "createdAt updatedAt createdBy updatedBy".split()
    )


def test_with_fields_the_first_text_field_is_primary(api: Api) -> None:
    fields = [{"label": "Weight", "type": "NUMBER"}, {"label": "Title", "type": "TEXT"}]
    made = api.post(OBJECTS, {"name": "Box", "fields": fields}).json
    assert made["primaryField"] == "title"
    assert [f["apiName"] for f in made["fields"]] == ["weight", "title"]


def test_the_primary_field_can_be_said(api: Api) -> None:
    fields = [{"label": "Title", "type": "TEXT"}, {"label": "Mail", "type": "EMAIL"}]
    assert api.post(OBJECTS, {"name": "Box", "fields": fields, "primaryField": "mail"}).json["primaryField"] == "mail"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "name", "required"),
        ({"name": ""}, "name", "blank"),
        ({"name": 5}, "name", "invalid"),
        ({"name": "x" * 81}, "name", "max_length"),
        ({"name": "a\x00b"}, "name", "null_characters_not_allowed"),
        ({"name": "Box", "size": 1}, "size", "unknown"),
        ({"name": "Box", "apiName": "Box"}, "apiName", "pattern"),
        ({"name": "Box", "apiName": "a__b"}, "apiName", "pattern"),
        ({"name": "Stats", "apiName": "stats"}, "apiName", "reserved"),
        ({"name": "Box", "color": "red"}, "color", "invalid"),
        ({"name": "Box", "icon": "<b>"}, "icon", "invalid"),
        ({"name": "Box", "isActive": "yes"}, "isActive", "invalid"),
        ({"name": "Box", "fields": {}}, "fields", "not_a_list"),
        ({"name": "Box", "fields": [{"label": "A"}]}, "fields.0.type", "required"),
        ({"name": "Box", "fields": [{"label": "A", "type": "BLOB"}]}, "fields.0.type", "invalid_choice"),
        ({"name": "Box", "fields": [{"label": "A", "type": "TEXT", "x": 1}]}, "fields.0.x", "unknown"),
        ({"name": "Box", "fields": [{"label": "A", "type": "TEXT", "isActive": False}]}, "fields", "primary"),
        (
            {
                "name": "Box",
                "fields": [{"label": "A", "type": "TEXT"}, {"label": "B", "type": "TEXT", "apiName": "id"}],
            },
            "fields.1.apiName",
            "reserved",
        ),
        (
            {"name": "Box", "fields": [{"label": "A", "type": "TEXT", "options": {"maxLength": 0}}]},
            "fields.0.options.maxLength",
            "invalid",
        ),
        ({"name": "Box", "primaryField": "size"}, "primaryField", "not_found"),
    ],
)
def test_refused(api: Api, body: dict[str, Any], field: str, code: str) -> None:
    answer = api.post(OBJECTS, body)
    assert answer.status == 400
    assert answer.problem(field) == code
    assert api.get(OBJECTS).json["meta"]["total"] == 0, "nothing is half-made"


def test_a_duplicate_is_refused_with_a_suggestion(api: Api) -> None:
    api.make_object("Box")
    answer = api.post(OBJECTS, {"name": "Box", "apiName": "box"})
    assert answer.status == 409
    assert answer.problem("apiName") == "duplicate"
    assert "'box_2' would do" in answer.json["message"][0]


def test_read_by_id_and_by_api_name(api: Api) -> None:
    made = api.make_object("Box")
    assert api.get(made["id"]).json == api.get("box").json == made


def test_list_search_and_pages(api: Api) -> None:
    for name in ("Asset", "Box", "Crate"):
        api.make_object(name)
    page = api.get(OBJECTS, page=2, limit=2)
    assert [row["name"] for row in page.json["data"]] == ["Crate"]
    assert page.json["meta"] == {
        "total": 3,
        "totalIsEstimate": False,
        "totalIsLowerBound": False,
        "page": 2,
        "limit": 2,
        "totalPages": 2,
        "nextCursor": None,
    }
    assert page.headers["X-Total-Count"] == "3"
    assert [row["name"] for row in api.get(OBJECTS, search="BO").json["data"]] == ["Box"]
    api.patch("box", {"isActive": False})
    assert [row["name"] for row in api.get(OBJECTS, isActive="false").json["data"]] == ["Box"]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"page": 0}, "page"),
        ({"page": "x"}, "page"),
        ({"page": 10**30}, "page"),
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"isActive": "maybe"}, "isActive"),
        ({"colour": "red"}, "colour"),
        ({"search": "\x00"}, "search"),
    ],
)
def test_list_parameters_are_checked(api: Api, params: dict[str, Any], field: str) -> None:
    answer = api.get(OBJECTS, **params)
    assert answer.status == 400
    assert answer.problem(field)


def test_listing_takes_the_same_queries_for_any_number(api: Api, django_assert_num_queries: Any) -> None:
    for number in range(3):
        api.make_object(f"Thing {number}", *({"label": f"F{n}", "type": "TEXT"} for n in range(number)))
        # 1. Who is asking.
        # 2. The objects.
        # 3. Their fields.
        # 4. The total.
        with django_assert_num_queries(4):
            assert len(api.get(OBJECTS).json["data"]) == 1 + number


def test_change(api: Api) -> None:
    api.make_object("Box")
    changed = api.patch("box", {"name": "Crate", "pluralName": "Crates", "color": "#000000", "enableSearch": False})
    assert changed.status == 200
    assert changed.json["name"] == "Crate"
    assert changed.json["apiName"] == "box"
    assert changed.json["schemaVersion"] == 2
    assert api.get("box").json == changed.json


def test_the_api_name_never_changes(api: Api) -> None:
    api.make_object("Box")
    assert api.patch("box", {"apiName": "box"}).status == 200
    answer = api.patch("box", {"apiName": "crate"})
    assert answer.status == 400
    assert answer.problem("apiName") == "immutable"


def test_another_primary_field_renames_the_records(api: Api) -> None:
    api.make_object("Box", {"label": "Code", "type": "TEXT"})
    api.make_record("box", name="Big", code="B-1")
    api.make_record("box", name="Bare")
    assert api.patch("box", {"primaryField": "code"}).json["primaryField"] == "code"
    assert api.names("box", sortBy="name", sortOrder="desc") == ["B-1", ""]
    assert api.patch("box", {"primaryField": "nothing"}).problem("primaryField") == "not_found"


def test_archived_records_are_read_and_not_written(api: Api) -> None:
    api.make_object("Box")
    record = api.make_record("box")
    api.patch("box", {"isActive": False})
    assert api.get(f"box/records/{record['id']}").status == 200
    for answer in (
        api.post("box/records", {"data": {"name": "x"}}),
        api.patch(f"box/records/{record['id']}", {"data": {"name": "x"}}),
        api.delete(f"box/records/{record['id']}"),
    ):
        assert answer.status == 409
        assert answer.problem() == "archived"
    api.patch("box", {"isActive": True})
    assert api.post("box/records", {"data": {"name": "x"}}).status == 201


def test_delete_and_make_again(api: Api) -> None:
    first = api.make_object("Box")
    record = api.make_record("box")
    assert api.delete("box").status == 204
    for path in ("box", first["id"], f"{first['id']}/records", f"{first['id']}/records/{record['id']}"):
        assert api.get(path).status == 404
    assert api.get(OBJECTS).json["data"] == []
    second = api.make_object("Box")
    assert second["id"] != first["id"]
    assert api.names("box") == []


def test_limit_of_objects(api: Api, settings: Any) -> None:
    settings.MAX_OBJECTS_PER_ORGANIZATION = 1
    api.make_object("Box")
    answer = api.post(OBJECTS, {"name": "Crate"})
    assert answer.status == 409
    assert answer.problem() == "limit"


def test_stats(api: Api, django_assert_num_queries: Any) -> None:
    api.make_object("Box", {"label": "Size", "type": "NUMBER"})
    api.make_object("Crate")
    api.make_record("box")
    api.make_record("box")
    deleted = api.make_record("box")
    api.delete(f"box/records/{deleted['id']}")
    api.patch("crate", {"isActive": False})
    # 1. Who is asking.
    # 2. The objects.
    # 3. The fields, counted by type.
    # 4. The records, counted by object.
    # 5. The records of the last days, counted.
    with django_assert_num_queries(5):
        stats = api.get("stats").json
    assert stats["objects"] == {"total": 2, "active": 1}
    assert stats["fields"] == {"total": 3, "byType": {"TEXT": 2, "NUMBER": 1}}
    assert stats["records"]["total"] == 2
    assert stats["records"]["createdLast7Days"] == stats["records"]["createdLast30Days"] == 2
    assert [(row["apiName"], row["count"]) for row in stats["records"]["byObject"]] == [("box", 2), ("crate", 0)]


def test_trailing_slashes_change_nothing(api: Api) -> None:
    made = api.send("POST", f"{OBJECTS}/", {"name": "Box"})
    assert made.status == 201
    for path in ("", "stats", "box", "box/fields", "box/records"):
        plain, slashed = api.get(f"{OBJECTS}/{path}".rstrip("/")), api.get(f"{OBJECTS}/{path}".rstrip("/") + "/")
        assert (plain.status, plain.json) == (200, slashed.json)
