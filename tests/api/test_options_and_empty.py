"""OPTIONS, and parameters without a value."""

from __future__ import annotations

import pytest

from tests.conftest import OBJECTS, Api

METHODS = [
    (OBJECTS, ["GET", "POST", "HEAD", "OPTIONS"]),
    (f"{OBJECTS}/stats", ["GET", "HEAD", "OPTIONS"]),
    (f"{OBJECTS}/thing", ["GET", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
    (f"{OBJECTS}/thing/fields/name", ["GET", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
    (f"{OBJECTS}/thing/fields/order", ["PUT", "OPTIONS"]),
    (f"{OBJECTS}/thing/records", ["GET", "POST", "HEAD", "OPTIONS"]),
    (f"{OBJECTS}/thing/records/", ["GET", "POST", "HEAD", "OPTIONS"]),
    (f"{OBJECTS}/thing/records/bulk", ["POST", "OPTIONS"]),
    (f"{OBJECTS}/thing/records/aggregate", ["GET", "POST", "HEAD", "OPTIONS"]),
    ("/v1/auth/login", ["POST", "OPTIONS"]),
    ("/v1/auth/me", ["GET", "PATCH", "HEAD", "OPTIONS"]),
    ("/v1/schema", ["GET", "HEAD", "OPTIONS"]),
    ("/v1/schema/swagger/", ["GET", "HEAD", "OPTIONS"]),
    ("/v1/schema/redoc/", ["GET", "HEAD", "OPTIONS"]),
]


@pytest.mark.parametrize(("path", "methods"), METHODS)
def test_options_tells_everybody_the_methods(api: Api, path: str, methods: list[str]) -> None:
    for who in (api, Api(None)):
        answer = who.send("OPTIONS", path)
        assert (answer.status, answer.json) == (200, {"methods": methods})
        assert answer.headers["Allow"] == ", ".join(methods)


def test_there_are_no_options_of_nothing(api: Api) -> None:
    assert api.send("OPTIONS", "/v1/nothing").status == 404


def test_an_empty_parameter_is_as_none(api: Api) -> None:
    api.make_object("Thing", {"label": "Size", "type": "NUMBER"})
    for size in (2, 1):
        api.make_record("thing", name=str(size), size=size)
    whole = api.get("thing/records").json
    for name in ("sort", "sortBy", "sortOrder", "search", "cursor", "count", "expand"):
        assert api.get("thing/records", **{name: ""}).json == whole, name
    assert api.names("thing", sort="", sortBy="size", sortOrder="") == ["1", "2"]
    counted = api.get("thing/records/aggregate").json
    for name in ("search", "groupBy", "metrics", "interval"):
        assert api.get("thing/records/aggregate", **{name: ""}).json == counted, name
        assert api.post("thing/records/aggregate", {name: ""}).json == counted, name
    for name in ("sort", "search", "cursor", "count", "expand"):
        assert api.post("thing/records/search", {name: ""}).json == whole, name
    # A filter on a field is none of these: what is empty is asked for with __isnull.
    assert api.get("thing/records", size="").problem("size") == "operands"


def test_an_empty_via_is_as_none(api: Api) -> None:
    api.make_object("Site")
    api.make_object("Part", {"label": "Site", "type": "LOOKUP", "options": {"target": "site"}})
    site = api.make_record("site")["id"]
    api.make_record("part", name="P", site=site)
    found = api.get(f"site/records/{site}/related/part", via="").json["data"]
    assert [record["name"] for record in found] == ["P"]
