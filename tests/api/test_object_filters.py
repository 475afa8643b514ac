"""Filters, search and order of the lists of objects and fields."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.models import CustomObject
from tests.conftest import OBJECTS, Api


@pytest.fixture
def objects(api: Api) -> dict[str, CustomObject]:
    """Three objects, made a day after each other from the first of March; the second is archived."""
    for day, name in enumerate(("Asset", "Big Box", "Crate"), start=1):
        made = api.make_object(name, description="a box, too" if name == "Crate" else "")
        CustomObject.objects.filter(id=made["id"]).update(
            created_at=f"2026-03-0{day}T12:00:00Z", updated_at=f"2026-04-0{4 - day}T12:00:00Z", is_active=day != 2
        )
    return {row.api_name: row for row in CustomObject.objects.all()}


def names(api: Api, **params: Any) -> list[str]:
    answer = api.get(OBJECTS, **params)
    assert answer.status == 200, answer
    found = [row["name"] for row in answer.json["data"]]
    assert answer.json["meta"]["total"] == len(found)
    return found


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, "ABC"),
        ({"name": "Asset"}, "A"),
        ({"name": "asset"}, ""),
        ({"name": " Asset"}, ""),
        ({"name__iexact": "aSSet"}, "A"),
        ({"name__icontains": "B"}, "B"),
        ({"name__istartswith": "cr"}, "C"),
        ({"name__in": "Asset,Crate,Nothing"}, "AC"),
        ({"name__in": '"Asset", "Crate"'}, "AC"),
        ({"name__in": ["Asset", "Crate,Nothing"]}, "AC"),
        ({"apiName": "big_box"}, "B"),
        ({"apiName__in": "big_box,crate"}, "BC"),
        ({"apiName__icontains": "_BOX"}, "B"),
        ({"isActive": "true"}, "AC"),
        ({"isActive": "false"}, "B"),
        ({"createdAt": "2026-03-02T12:00:00Z"}, "B"),
        ({"createdAt": "2026-03-02T14:00:00+02:00"}, "B"),
        ({"createdAt__gt": "2026-03-02T12:00:00Z"}, "C"),
        ({"createdAt__gte": "2026-03-02T12:00:00Z"}, "BC"),
        ({"createdAt__gte": "2026-03-02"}, "BC"),
        ({"createdAt": "2026-03-02"}, "B"),
        ({"createdAt__gt": "2026-03-02"}, "C"),
        ({"createdAt__lt": "2026-03-02"}, "A"),
        ({"createdAt__lte": "2026-03-02"}, "AB"),
        ({"createdAt__range": "2026-03-02,2026-03-03"}, "BC"),
        ({"updatedAt": "2026-04-01"}, "C"),
        ({"updatedAt__lte": "2026-04-02"}, "BC"),
        ({"createdAt__lt": "2026-03-02T12:00:00"}, "A"),
        ({"createdAt__lte": "2026-03-02T12:00:00Z"}, "AB"),
        ({"createdAt__range": "2026-03-02T00:00:00Z,2026-03-03T00:00:00Z"}, "B"),
        ({"updatedAt__gte": "2026-04-02T12:00:00Z"}, "AB"),
        ({"search": "box"}, "BC"),
        ({"search": "BOX too"}, "C"),
        ({"search": ""}, "ABC"),
        ({"search": "box", "isActive": "true", "createdAt__gte": "2026-03-01"}, "C"),
        ({"sort": "-createdAt,name"}, "CBA"),
        ({"sort": "updatedAt"}, "CBA"),
        ({"sort": "-apiName"}, "CBA"),
        ({"sortBy": "updatedAt"}, "CBA"),
        ({"sortBy": "createdAt", "sortOrder": "desc"}, "CBA"),
        ({"sortOrder": "desc"}, "CBA"),
        ({"sort": "", "sortBy": "", "sortOrder": "", "search": ""}, "ABC"),
        ({"sortOrder": "asc"}, "ABC"),
        ({"sort": "name", "sortBy": "createdAt", "sortOrder": "desc"}, "ABC"),
    ],
)
def test_objects(api: Api, objects: Any, params: dict[str, str], found: str) -> None:
    assert [name[0] for name in names(api, **params)] == list(found)


@pytest.mark.parametrize(
    ("params", "field", "code"),
    [
        ({"colour": "red"}, "colour", "unknown"),
        ({"description": "x"}, "description", "unknown"),
        ({"name__regex": "(a+)+"}, "name__regex", "unknown"),
        ({"organization__name": "Globex"}, "organization__name", "unknown"),
        ({"is_active": "true"}, "is_active", "unknown"),
        ({"created_at__gte": "2026-03-02"}, "created_at__gte", "unknown"),
        ({"name": ""}, "name", "blank"),
        ({"name__in": ""}, "name__in", "blank"),
        ({"name": "x" * 4_001}, "name", "max_length"),
        ({"isActive": ""}, "isActive", "blank"),
        ({"isActive": "maybe"}, "isActive", "invalid_choice"),
        ({"isActive": "True"}, "isActive", "invalid_choice"),
        ({"createdAt": "yesterday"}, "createdAt", "invalid"),
        ({"createdAt": "2026-02-30"}, "createdAt", "invalid"),
        ({"createdAt__gt": " "}, "createdAt__gt", "invalid"),
        ({"createdAt__lt": "0001-01-01T00:00:00+14:00"}, "createdAt__lt", "invalid"),
        ({"createdAt__lt": "9999-12-31T23:59:59-14:00"}, "createdAt__lt", "invalid"),
        ({"createdAt__range": "2026-03-02"}, "createdAt__range", "invalid_values"),
        ({"createdAt__range": "2026-03-02,"}, "createdAt__range", "invalid"),
        ({"createdAt__range": "2026-03-02,x"}, "createdAt__range", "invalid"),
        ({"name__in": '"Asset'}, "name__in", "invalid_list"),
        ({"name__in": ["x" * 2_000] * 3}, "name__in", "max_length"),
        ({"search": "x" * 201}, "search", "max_length"),
        ({"sort": "description"}, "sort", "invalid_choice"),
        ({"sort": "--name"}, "sort", "invalid_choice"),
        ({"sortBy": "-name"}, "sortBy", "invalid_choice"),
        ({"sortOrder": "down"}, "sortOrder", "invalid_choice"),
        ({"limit": "0", "isActive": "true"}, "limit", "min_value"),
        *(
            ({name: "a\x00b"}, name, "null_characters_not_allowed")
            for name in ("name", "name__iexact", "name__icontains", "name__istartswith", "name__in", "search")
        ),
        ({"apiName": "\x00"}, "apiName", "null_characters_not_allowed"),
        ({"apiName__in": "a,\x00"}, "apiName__in", "null_characters_not_allowed"),
        ({"createdAt": "\x00"}, "createdAt", "invalid"),
        ({"isActive": "\x00"}, "isActive", "invalid_choice"),
        ({"sort": "\x00"}, "sort", "invalid_choice"),
        ({"\x00": "1"}, "\x00", "unknown"),
    ],
)
def test_wrong_parameters_of_objects(api: Api, params: dict[str, str], field: str, code: str) -> None:
    answer = api.get(OBJECTS, **params)
    assert answer.status == 400, answer
    assert answer.problem(field) == code


def test_all_wrong_values_are_named_at_once(api: Api) -> None:
    answer = api.get(OBJECTS, isActive="maybe", createdAt="x")
    assert {problem["field"] for problem in answer.json["errors"]} == {"isActive", "createdAt"}


def test_an_unknown_parameter_is_told_what_there_is(api: Api) -> None:
    assert "name__icontains" in api.get(OBJECTS, colour="red").json["message"][0]


def test_pages_of_filtered_objects(api: Api, objects: Any) -> None:
    page = api.get(OBJECTS, sort="-name", isActive="true", limit=1, page=2)
    assert [row["name"] for row in page.json["data"]] == ["Asset"]
    assert page.json["meta"]["total"] == 2
    assert "sort=-name&isActive=true&limit=1&page=1" in page.headers["Link"]


def test_other_organizations_are_not_found_by_filters(objects: Any, stranger: Any) -> None:
    assert names(Api(stranger), name__in="Asset,Crate", sort="name") == []


def test_filtering_objects_takes_the_same_queries(api: Api, objects: Any, django_assert_num_queries: Any) -> None:
    # Who is asking; the objects; their fields; the total.
    with django_assert_num_queries(4):
        api.get(OBJECTS, search="b", name__icontains="b", createdAt__gte="2026-03-01", sort="-createdAt,name")
    # Who is asking: a wrong parameter is refused before the objects are read.
    with django_assert_num_queries(1):
        api.get(OBJECTS, isActive="maybe")


class TestFields:
    @pytest.fixture(autouse=True)
    def box(self, api: Api) -> None:
        api.make_object(
            "Box",
            {"label": "Code", "type": "TEXT", "isUnique": True},
            {"label": "Size", "type": "NUMBER", "isIndexed": False},
            {"label": "Due", "type": "DATE"},
        )
        api.patch("box/fields/due", {"isActive": False})

    @pytest.mark.parametrize(
        ("params", "found"),
        [
            ({}, "name code size due"),
            ({"type": "TEXT"}, "name code"),
            ({"type__in": "NUMBER,DATE"}, "size due"),
            ({"isRequired": "true"}, "name"),
            ({"isRequired": "false"}, "code size due"),
            ({"isUnique": "true"}, "code"),
            ({"isIndexed": "false"}, "size"),
            ({"isIndexed": "true"}, "name code due"),
            ({"isActive": "false"}, "due"),
            ({"isActive": "true", "type__in": "TEXT,DATE", "isUnique": "false"}, "name"),
        ],
    )
    def test_found(self, api: Api, params: dict[str, str], found: str) -> None:
        answer = api.get("box/fields", **params)
        assert [field["apiName"] for field in answer.json["data"]] == found.split(), answer

    @pytest.mark.parametrize(
        ("params", "field", "code"),
        [
            ({"type": "BLOB"}, "type", "invalid_choice"),
            ({"type": "\x00"}, "type", "invalid_choice"),
            ({"type__in": "TEXT,BLOB"}, "type__in", "invalid_choice"),
            ({"type__in": ""}, "type__in", "blank"),
            ({"isUnique": "1"}, "isUnique", "invalid_choice"),
            ({"isIndexed": "maybe"}, "isIndexed", "invalid_choice"),
            ({"label": "Code"}, "label", "unknown"),
            ({"page": "1"}, "page", "unknown"),
        ],
    )
    def test_wrong_parameters(self, api: Api, params: dict[str, str], field: str, code: str) -> None:
        answer = api.get("box/fields", **params)
        assert answer.status == 400, answer
        assert answer.problem(field) == code

    def test_deleted_fields_are_not_found(self, api: Api) -> None:
        api.delete("box/fields/code")
        assert api.get("box/fields", isUnique="true").json["data"] == []

    def test_queries(self, api: Api, django_assert_num_queries: Any) -> None:
        # Who is asking; the object; its fields.
        with django_assert_num_queries(3):
            api.get("box/fields", type="TEXT", isIndexed="true")
