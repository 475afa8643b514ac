"""What the ViewSets and their routes share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from rest_framework.request import Request
from rest_framework.views import APIView

from customobjects.api import parameters
from tests.conftest import OBJECTS, Api


@pytest.fixture
def only_collected() -> Iterator[None]:
    """The garbage collector runs when the test says so, and keeps what it finds in ``gc.garbage``."""
    gc.disable()
    yield
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


def test_a_request_leaves_nothing_to_the_garbage_collector(api: Api, only_collected: None) -> None:
    api.make_object("Box")
    path = f"box/records/{api.make_record('box')['id']}"
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    for method, asked, body in (
        ("GET", path, None),
        ("GET", "box/records?limit=50&sort=name", None),
        ("POST", "box/records", {"data": {"name": "x"}}),
        ("PATCH", path, {"data": {"name": "y"}}),
        ("GET", "box/records/aggregate", None),
        ("POST", "box/records/bulk", {"operations": [{"op": "create", "data": {"name": "z"}}]}),
    ):
        for headers in ({}, {"Idempotency-Key": asked}, {"Idempotency-Key": asked}):
            assert api.send(method, asked, body, **headers).status in (200, 201)
    assert api.send("POST", "box/records", "{", **{"Idempotency-Key": "refused"}).status == 400
    gc.collect()
    assert [left for left in gc.garbage if isinstance(left, Request | APIView)] == []


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (OBJECTS, "GET, POST, HEAD, OPTIONS"),
        (f"{OBJECTS}/stats", "GET, HEAD, OPTIONS"),
        (f"{OBJECTS}/box", "GET, PATCH, DELETE, HEAD, OPTIONS"),
        (f"{OBJECTS}/box/records", "GET, POST, HEAD, OPTIONS"),
        (f"{OBJECTS}/box/records/bulk-update", "POST, OPTIONS"),
        (f"{OBJECTS}/box/records/x/related/box", "GET, HEAD, OPTIONS"),
        (f"{OBJECTS}/box/fields/order", "PUT, OPTIONS"),
        ("/v1/field-types", "GET, HEAD, OPTIONS"),
        ("/v1/auth/login", "POST, OPTIONS"),
    ],
)
def test_other_methods_are_refused_and_told_what_there_is(api: Api, path: str, allowed: str) -> None:
    for given in (path, f"{path}/"):
        answer = api.send("TRACE", given)
        assert answer.status == 405
        assert answer.problem() == "method_not_allowed"
        assert answer.headers["Allow"] == allowed


def test_head_is_answered_as_get_is(api: Api) -> None:
    api.make_object("Box")
    for path in (OBJECTS, "box/records", "stats"):
        got, head = api.send("GET", path), api.send("HEAD", path)
        assert (head.status, head.text) == (200, "")
        assert head.headers.get("X-Total-Count") == got.headers.get("X-Total-Count")


def test_only_short_queries_are_cached(api: Api) -> None:
    api.make_object("Box")
    caches = (parameters._cached_split, parameters._cached_validate)
    for cache in caches:
        cache.cache_clear()
    for query in (
        f"name__in={'x' * parameters.MAX_CACHED_QUERY_CHARACTERS}",
        f"search={'x' * 150}&name__in={'x' * parameters.MAX_CACHED_QUERY_CHARACTERS}",
    ):
        assert api.get(f"box/records?{query}").status == 200
    assert api.get("box/records?cursor=x&limit=3").status == 400
    assert [cache.cache_info().currsize for cache in caches] == [0, 0]
    assert api.get("box/records?name=x&limit=3").status == 200
    assert [cache.cache_info().currsize for cache in caches] == [1, 1]


def test_too_many_parameters(api: Api) -> None:
    api.make_object("Box")
    query = "&".join(f"a{number}=1" for number in range(1_001))
    record = api.make_record("box")["id"]
    for path in (OBJECTS, "box/fields", "box/records", f"box/records/{record}", "box/records/aggregate", "/v1/search"):
        answer = api.get(f"{path}?{query}")
        assert answer.status == 400
        assert answer.problem() == "parse_error"
