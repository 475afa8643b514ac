"""What an answer costs is bounded by what was asked: problems, what messages name and quote, and what is expanded."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from customobjects.api import parameters
from customobjects.services.batches import BATCH_BYTES
from salesos.errors import MAX_PROBLEMS
from tests.conftest import OBJECTS, Answer, Api

MANY = 6_000
UNKNOWN = {f"unknown_{number}": number for number in range(MANY)}
LONG = "x" * 1_000_000
# What an error may take, and what it may take of memory to make one of a body of a megabyte.
MAX_ANSWER_BYTES = 64_000
MAX_MEMORY_BYTES = 30_000_000


def spent(act: Callable[[], Answer]) -> tuple[Answer, int]:
    """The answer, and the most memory that Python took meanwhile."""
    tracemalloc.start()
    try:
        return act(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def nested(parts: int, depth: int) -> dict[str, Any]:
    """A filter of groups in groups, in which nothing is a filter."""
    inner: list[Any] = [nested(parts, depth - 1)] * parts if depth else [1] * parts
    return {"and": inner}


@pytest.fixture
def wide(api: Api) -> Api:
    """An object of 30 fields."""
    fields = [{"label": f"A field with number {number}", "type": "TEXT"} for number in range(29)]
    api.make_object("Box", *fields)
    return api


REQUESTS: dict[str, tuple[str, str, Any]] = {
    "sign in": ("POST", "/v1/auth/login", UNKNOWN),
    "refresh": ("POST", "/v1/auth/refresh", UNKNOWN),
    "an object": ("POST", OBJECTS, UNKNOWN),
    "an object's fields": ("POST", OBJECTS, {"name": "Crate", "fields": [{}] * MANY}),
    "one of its fields": ("POST", OBJECTS, {"name": "Crate", "fields": [UNKNOWN]}),
    "its unique keys": ("POST", OBJECTS, {"name": "Crate", "uniqueKeys": [{}] * MANY}),
    "a unique key's fields": ("POST", OBJECTS, {"name": "Crate", "uniqueKeys": [{"fields": [1] * MANY}]}),
    "an object's name": ("POST", OBJECTS, {"name": {LONG: LONG}}),
    "a field": ("POST", "box/fields", UNKNOWN),
    "a field's options": ("POST", "box/fields", {"label": "A", "type": "TEXT", "options": UNKNOWN}),
    "a field's type": ("POST", "box/fields", {"label": "A", "type": LONG}),
    "a field's choices": (
        "POST",
        "box/fields",
        {"label": "A", "type": "PICKLIST", "options": {"values": [UNKNOWN] * 2}},
    ),
    "an order of fields": ("PUT", "box/fields/order", {"fields": [1] * MANY}),
    "a record's properties": ("POST", "box/records", UNKNOWN),
    "a record": ("POST", "box/records", {"data": UNKNOWN}),
    "a record with long names": ("POST", "box/records", {"data": {LONG: 1, f"{LONG}y": 2}}),
    "control characters": ("POST", "box/records", {"data": {"\x01" * 70 + str(number): 1 for number in range(100)}}),
    "operations": (
        "POST",
        "box/records/bulk",
        {"operations": [{"op": "create", "data": dict(list(UNKNOWN.items())[:100])}] * 200},
    ),
    "an operation": ("POST", "box/records/bulk", {"operations": [{"op": "create", "data": {}, **UNKNOWN}]}),
    "a change of all": ("POST", "box/records/bulk-update", {"filter": {}, "data": UNKNOWN}),
    "a filter": ("POST", "box/records/search", {"filter": UNKNOWN}),
    "groups of filters": ("POST", "box/records/search", {"filter": nested(50, 2)}),
    "empty groups": ("POST", "box/records/search", {"filter": {"and": [{"and": [{}] * 50}] * 50}}),
    "a filter's value": ("POST", "box/records/search", {"filter": {"name__in": [LONG]}}),
    "a count": ("POST", "box/records/search", {"count": LONG}),
    "an order": ("POST", "box/records/search", {"sort": ["x" * 4_000]}),
    "fields": ("POST", "box/records/search", {"fields": ["x" * 4_000]}),
    "references": ("POST", "box/records/search", {"expand": ["x" * 4_000]}),
    "parameters": ("GET", "box/records?" + "&".join(f"unknown_{n}=1" for n in range(900)), None),
    "parameters of objects": ("GET", f"{OBJECTS}?" + "&".join(f"unknown_{n}=1" for n in range(900)), None),
    "groups": ("GET", "box/records/aggregate?groupBy=" + "x" * 3_000, None),
    "metrics": ("GET", "box/records/aggregate?metrics=sum:" + "x" * 3_000, None),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_problems_are_bounded(wide: Api, request_: tuple[str, str, Any]) -> None:
    wide.make_record("box")
    answer, memory = spent(lambda: wide.send(*request_))
    assert answer.status == 400, answer
    problems = answer.json["errors"]
    assert 0 < len(problems) <= MAX_PROBLEMS
    assert len(answer.text.encode()) < MAX_ANSWER_BYTES
    assert memory < MAX_MEMORY_BYTES
    assert len(problems) < MAX_PROBLEMS or problems[-1]["code"] == "more"


def test_as_many_as_are_listed_are_all(api: Api) -> None:
    api.make_object("Box")
    for number, codes in ((MAX_PROBLEMS, {"unknown"}), (MAX_PROBLEMS + 1, {"unknown", "more"})):
        answer = api.post("box/records", {"data": {"name": "x", **dict(list(UNKNOWN.items())[:number])}})
        assert len(answer.json["errors"]) == MAX_PROBLEMS
        assert {problem["code"] for problem in answer.json["errors"]} == codes


def test_messages_name_ten_alternatives(wide: Api) -> None:
    for path in ("box/records?colour=red", "box/records?sort=colour", "box/records?fields=colour"):
        [message] = wide.get(path).json["message"]
        assert "a_field_with_number_8 and " in message, path
        assert "a_field_with_number_9" not in message, path
    [message] = wide.post("box/records", {"data": {"name": "x", "colour": 1}}).json["message"]
    assert message.startswith("box has no field 'colour'; it has name, a_field_with_number_0, ")
    assert message.endswith("a_field_with_number_8 and 20 more")


def test_each_operation_has_an_error_however_many_there_are(api: Api) -> None:
    api.make_object("Box")
    operations = [{"op": "create", "data": dict(list(UNKNOWN.items())[:40])} for _ in range(500)]
    answer = api.post("box/records/bulk", {"operations": operations, "atomic": False})
    assert answer.json["meta"] == {"succeeded": 0, "failed": 500}
    listed = [[problem["code"] for problem in result["error"]["errors"]] for result in answer.json["data"]]
    # A name is required, too.
    assert listed[0] == ["unknown"] * 40 + ["required"]
    assert listed[1] == ["unknown"] * 9 + ["more"]
    assert listed[2:] == [["unknown", "more"]] * 498


# Answers that multiply ------------------------------------------------------------------------------------------------


@pytest.fixture
def tangled(api: Api) -> Api:
    """Thirty records of 2 KB, each of which points at all of them by two lookups."""
    api.make_object("Node", {"label": "Note", "type": "TEXTAREA"})
    for label in ("Near", "Far"):
        options = {"target": "node", "multiple": True}
        assert api.post("node/fields", {"label": label, "type": "LOOKUP", "options": options}).status == 201
    ids = [api.make_record("node", note="x" * 2_000)["id"] for _ in range(30)]
    operations = [{"op": "update", "id": id_, "data": {"near": ids, "far": ids}} for id_ in ids]
    assert api.post("node/records/bulk", {"operations": operations}).status == 200
    return api


def test_what_is_expanded_is_bounded(tangled: Api, settings: Any) -> None:
    # 30 records with 60 others of 5 KB, each with 60 others: 500 MB.
    everything = {"expand": "near,far,near.near,near.far,far.near,far.far", "limit": 100}
    answer, memory = spent(lambda: tangled.get("node/records", **everything))
    assert answer.status == 400
    assert answer.problem("expand") == "max_size"
    assert memory < settings.MAX_ANSWER_BYTES * 3
    assert tangled.post("node/records/search", {**everything, "filter": {}}).problem("expand") == "max_size"
    id_ = tangled.get("node/records", limit=1).json["data"][0]["id"]
    one = tangled.get(f"node/records/{id_}", expand="near,far")
    assert [len(one.json["expanded"][name]) for name in ("near", "far")] == [30, 30]
    settings.MAX_ANSWER_BYTES = len(one.text)
    assert tangled.get(f"node/records/{id_}", expand="near,far").text == one.text
    settings.MAX_ANSWER_BYTES = len(one.text) // 2
    assert tangled.get(f"node/records/{id_}", expand="near,far").problem("expand") == "max_size"


def test_expanding_takes_as_many_queries_for_a_hundred(api: Api, django_assert_num_queries: Any) -> None:
    api.make_object("Account")
    api.make_object("Case", {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}})
    for count in (1, 100):
        for _ in range(count):
            api.make_record("case", account=api.make_record("account")["id"])
        # 1. Who is asking, and the object's version.
        # 2. The object that the lookup points at.
        # 3. The page.
        # 4. The accounts.
        # 5. The owners.
        with django_assert_num_queries(5):
            page = api.get("case/records", expand="account,ownerId", limit=count, count="none")
        assert all(record["expanded"]["account"]["name"] == "A record" for record in page.json["data"])


def test_what_a_bulk_returns_is_bounded(api: Api, settings: Any) -> None:
    api.make_object("Box", {"label": "Note", "type": "TEXTAREA", "options": {"maxLength": 100_000}})
    ids = [api.make_record("box", note="x" * 50_000)["id"] for _ in range(5)]
    settings.MAX_ANSWER_BYTES = 200_000
    operations = [{"op": "update", "id": id_, "data": {"name": "Changed"}} for id_ in ids]
    for atomic in (True, False):
        answer = api.post("box/records/bulk", {"operations": operations, "atomic": atomic})
        assert answer.status == 400
        assert answer.problem("operations") == "max_size"
        assert api.names("box", fields="name") == ["A record"] * 5
    assert api.post("box/records/bulk", {"operations": operations[:3]}).json["meta"]["succeeded"] == 3


@pytest.fixture
def heavy(api: Api) -> Api:
    """200 records of 150 KB: 30 MB."""
    api.make_object(
        "Box",
        {"label": "Note", "type": "TEXTAREA", "options": {"maxLength": 100_000}},
        {"label": "More", "type": "TEXTAREA", "options": {"maxLength": 100_000}},
    )
    for _ in range(10):
        data = {"name": "x", "note": "n" * 75_000, "more": "m" * 75_000}
        operations = [{"op": "create", "data": data} for _ in range(20)]
        assert api.post("box/records/bulk", {"operations": operations}).status == 200
    return api


def test_many_large_records_are_changed_in_batches(heavy: Api) -> None:
    body = {"filter": {}, "data": {"name": "Changed"}}
    answer, memory = spent(lambda: heavy.post("box/records/bulk-update", {**body, "dryRun": True}))
    assert answer.json == {"matched": 200, "changed": 200, "dryRun": True, "failures": []}
    assert memory < BATCH_BYTES * 15
    answer, memory = spent(lambda: heavy.post("box/records/bulk-update", body))
    assert (answer.json["changed"], heavy.get("box/records", name="Changed", limit=1).json["meta"]["total"]) == (
        200,
        200,
    )
    assert memory < BATCH_BYTES * 15
    ids = [record["id"] for page in (1, 2) for record in heavy.get("box/records", page=page, limit=100).json["data"]]
    operations = [{"op": "update", "id": id_, "data": {"name": "Again"}} for id_ in ids]
    answer, memory = spent(lambda: heavy.post("box/records/bulk", {"operations": operations}))
    assert answer.problem("operations") == "max_size"
    assert memory < BATCH_BYTES * 15
    answer, memory = spent(lambda: heavy.post("box/records/bulk-delete", {"filter": {}}))
    assert (answer.json["changed"], heavy.names("box")) == (200, [])
    assert memory < BATCH_BYTES


def test_what_goes_wrong_in_one_batch_undoes_all(heavy: Api) -> None:
    """All or nothing, and the first that do not fit are named, also where the work is cut into batches."""
    last = heavy.get("box/records", sort="-createdAt", limit=1, fields="name").json["data"][0]["id"]
    heavy.post("box/fields", {"label": "Code", "type": "TEXT", "isUnique": True})
    heavy.patch(f"box/records/{last}", {"data": {"code": "A"}})
    answer = heavy.post("box/records/bulk-update", {"filter": {}, "data": {"code": "A"}})
    assert answer.status == 409
    assert len({problem["field"] for problem in answer.json["errors"]}) == 10
    assert heavy.get("box/records", code="A", fields="code").json["meta"]["total"] == 1


def test_long_addresses_are_not_kept(api: Api) -> None:
    api.make_object("Box")
    for text, kept in (("x" * 100, 1), ("x" * 100_000, 0)):
        before = parameters._cached_split.cache_info().currsize
        api.get("box/records", name__contains=text)
        assert parameters._cached_split.cache_info().currsize == before + kept
