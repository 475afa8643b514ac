"""Many records in one request, and unique keys of several fields."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from salesos.accounts.models import User
from tests.conftest import Answer, Api


@pytest.fixture
def parts(api: Api) -> Api:
    api.make_object(
        "Part",
        {"label": "Serial", "type": "TEXT", "isUnique": True},
        {"label": "Site", "type": "TEXT"},
        {"label": "Row", "type": "NUMBER"},
        {"label": "Size", "type": "NUMBER", "options": {"max": 100}},
        {"label": "Number", "type": "AUTO_NUMBER"},
        uniqueKeys=[{"fields": ["site", "row"]}],
    )
    api.post("part/fields", {"label": "Above", "type": "LOOKUP", "options": {"target": "part", "onDelete": "restrict"}})
    return api


def bulk(api: Api, *operations: dict[str, Any], atomic: bool = True) -> Answer:
    return api.post("part/records/bulk", {"operations": list(operations), "atomic": atomic})


def create(name: str, **data: Any) -> dict[str, Any]:
    return {"op": "create", "data": {"name": name, **data}}


def upsert(by: Any, **data: Any) -> dict[str, Any]:
    return {"op": "upsert", "by": by, "data": data}


def statuses(answer: Answer) -> list[int]:
    assert answer.status == 200, answer
    return [result["status"] for result in answer.json["data"]]


def test_all_kinds_in_one_request(parts: Api) -> None:
    first = parts.make_record("part", name="first", serial="A", size=1)
    second = parts.make_record("part", name="second", serial="B")
    answer = bulk(
        parts,
        create("third", serial="C", above=first["id"]),
        {"op": "update", "id": first["id"], "data": {"size": 7}, "version": 1},
        upsert("serial", name="fourth", serial="D"),
        upsert(["serial"], serial="b", size=9),
        {"op": "upsert", "data": {"name": "fifth"}},
        {"op": "update", "id": second["id"], "data": {}},
        create("sixth"),
    )
    assert statuses(answer) == [201, 200, 201, 200, 201, 200, 201]
    assert answer.json["meta"] == {"succeeded": 7, "failed": 0}
    results = answer.json["data"]
    assert [result["index"] for result in results] == list(range(7))
    assert results[1]["record"]["data"]["size"] == 7
    assert results[1]["record"]["version"] == 2
    assert results[3]["id"] == second["id"]
    assert (results[3]["record"]["data"]["serial"], results[3]["record"]["data"]["size"]) == ("b", 9)
    assert [results[n]["record"]["data"]["number"] for n in (0, 2, 4, 6)] == ["0003", "0004", "0005", "0006"]
    for result in results:
        stored = parts.get(f"part/records/{result['id']}").json
        assert result.get("record", stored) == stored
    assert [result["index"] for result in results if "record" not in result] == [5], "where nothing has changed"
    assert parts.names("part", above=first["id"]) == ["third"]
    assert parts.get("part/records", search="fourth").json["meta"]["total"] == 1
    gone = bulk(parts, {"op": "delete", "id": second["id"]}, {"op": "delete", "id": results[0]["id"], "version": 1})
    assert statuses(gone) == [204, 204]
    assert len(parts.names("part")) == 4


def test_all_or_nothing(parts: Api) -> None:
    held = parts.make_record("part", name="held", serial="A")
    before = parts.get("part/records").json
    answer = bulk(
        parts,
        create("fine"),
        create("x", serial="a"),
        {"op": "delete", "id": held["id"]},
        create("y", size=101, colour="red"),
        {"op": "update", "id": "nothing", "data": {}},
    )
    assert answer.status == 409
    assert [(problem["field"], problem["code"]) for problem in answer.json["errors"]] == [
        ("operations.1.data.serial", "duplicate"),
        ("operations.3.data.colour", "unknown"),
        ("operations.3.data.size", "max"),
        ("operations.4", "not_found"),
    ]
    assert answer.json["message"][0].endswith(": held")
    assert parts.get("part/records").json == before


def test_each_for_itself(parts: Api, manager: User) -> None:
    held = parts.make_record("part", name="held", serial="A")
    answer = bulk(
        parts,
        create("one"),
        create("two", serial="a"),
        create("three", size=101),
        {"op": "create", "data": {}},
        {"op": "update", "id": held["id"], "data": {"size": 1}, "version": 9},
        {"op": "update", "id": "00000000-0000-7000-8000-000000000000", "data": {"size": 1}},
        upsert(["row"], row=1),
        upsert(["serial"], name="no serial"),
        {**create("stranger's"), "ownerId": "00000000-0000-7000-8000-000000000000"},
        {**create("manager's"), "ownerId": str(manager.id)},
        {**create("nobody's"), "ownerId": None},
        create("last", above="00000000-0000-7000-8000-000000000000"),
        atomic=False,
    )
    assert statuses(answer) == [201, 409, 400, 400, 412, 404, 400, 400, 400, 201, 201, 400]
    assert answer.json["meta"] == {"succeeded": 3, "failed": 9}
    error = answer.json["data"][2]["error"]
    assert error["statusCode"] == 400
    assert error["errors"][0] == {"field": "data.size", "code": "max", "message": "size must not be greater than 100"}
    assert sorted(parts.names("part")) == ["held", "manager's", "nobody's", "one"]
    assert "site and row" in answer.json["data"][6]["error"]["message"][0], "the keys that there are"


def test_operations_that_touch_the_same_come_one_after_the_other(parts: Api) -> None:
    first = parts.make_record("part", name="first", serial="A")
    answer = bulk(
        parts,
        upsert("serial", serial="X", name="new"),
        upsert("serial", serial="x", size=1),
        upsert("serial", serial="X", size=2),
        {"op": "update", "id": first["id"], "data": {"serial": "B"}},
        create("takes what was given up", serial="A"),
        {"op": "update", "id": first["id"], "data": {"size": 3}},
        {"op": "delete", "id": first["id"]},
        create("takes it from the trash", serial="b"),
        create("too late", serial="B"),
        atomic=False,
    )
    assert statuses(answer) == [201, 200, 200, 200, 201, 200, 204, 201, 409]
    found = {record["name"]: record["data"] for record in parts.get("part/records").json["data"]}
    assert set(found) == {"new", "takes what was given up", "takes it from the trash"}
    assert (found["new"]["size"], found["new"]["serial"]) == (2, "X")


def test_values_can_change_hands(parts: Api) -> None:
    a, b, c = (parts.make_record("part", serial=serial)["id"] for serial in "ABC")
    moved = [{"op": "update", "id": id_, "data": {"serial": s}} for id_, s in ((c, "D"), (b, "C"), (a, "B"))]
    assert statuses(bulk(parts, *moved)) == [200, 200, 200]
    found = {record["id"]: record["data"]["serial"] for record in parts.get("part/records").json["data"]}
    assert found == {a: "B", b: "C", c: "D"}


def test_restricted_deletions_answer_for_themselves(parts: Api) -> None:
    above = parts.make_record("part", name="above")["id"]
    below = parts.make_record("part", name="below", above=above)["id"]
    free = parts.make_record("part", name="free")["id"]
    deletions = [{"op": "delete", "id": id_} for id_ in (above, free)]
    assert bulk(parts, *deletions).status == 409
    assert statuses(bulk(parts, *deletions, atomic=False)) == [409, 204]
    assert statuses(bulk(parts, {"op": "delete", "id": above}, {"op": "delete", "id": below})) == [204, 204]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "operations"),
        ({"operations": []}, "operations"),
        ({"operations": [{"op": "create", "data": {"name": "x"}}] * 1001}, "operations"),
        ({"operations": [{"op": "replace"}]}, "operations"),
        ({"operations": [7]}, "operations"),
        ({"operations": [{"op": "create"}]}, "operations"),
        ({"operations": [{"op": "create", "data": []}]}, "operations"),
        ({"operations": [{"op": "delete", "id": 7}]}, "operations"),
        ({"operations": [{"op": "delete", "id": "x", "data": {}}]}, "operations"),
        ({"operations": [{"op": "upsert", "id": "x", "by": "serial", "data": {}}]}, "operations"),
        ({"operations": [{"op": "create", "data": {"name": "x"}, "ownerId": "me"}]}, "operations"),
        ({"operations": [{"op": "create", "data": {"name": "x"}}], "atomic": "yes"}, "atomic"),
    ],
)
def test_malformed_requests(parts: Api, body: dict[str, Any], field: str) -> None:
    answer = parts.post("part/records/bulk", body)
    assert answer.status == 400
    answer.problem(field)
    assert parts.names("part") == []


def test_roles_and_switches(parts: Api, rep: User) -> None:
    mine = parts.make_record("part", name="mine")["id"]
    theirs = Api(rep)
    own = theirs.make_record("part", name="own")["id"]
    answer = bulk(theirs, {"op": "delete", "id": mine}, {"op": "delete", "id": own}, create("x"), atomic=False)
    assert statuses(answer) == [403, 204, 201]
    assert theirs.post("part/records/bulk-delete", {"filter": {}}).status == 403
    parts.patch("part", {"enableBulkOperations": False})
    assert bulk(parts, create("x")).problem() == "disabled"
    parts.patch("part", {"enableBulkOperations": True, "isActive": False})
    assert bulk(parts, create("x")).problem() == "archived"


def test_a_thousand_take_as_many_queries_as_ten(parts: Api, django_assert_num_queries: Any) -> None:
    above = parts.make_record("part")["id"]
    for count in (10, 1_000):
        operations = [
            create(f"{n}", serial=f"{count}-{n}", site="S", row=count * 10_000 + n, above=above) for n in range(count)
        ]
        # 1. Who is asking, and the object's version.
        # 2. The transaction begins (within a test, a savepoint).
        # 3. The object, locked.
        # 4. The savepoint of the operations begins.
        # 5. The records that lookups point at, locked.
        # 6. The counter of automatic numbers, locked.
        # 7. The counter, moved on.
        # 8. The unique keys.
        # 9. The records.
        # 10. The links. SQLite takes 333 of them at a time: three more for a thousand.
        # 11. The savepoint ends.
        # 12. The transaction ends.
        # In SQLite, before the records, the number of the transaction.
        is_sqlite = connection.vendor == "sqlite"
        with django_assert_num_queries(12 + is_sqlite + 3 * (is_sqlite and count == 1_000)):
            assert set(statuses(bulk(parts, *operations))) == {201}


# All that a filter finds ---------------------------------------------------------------------------------------------


def test_changing_and_deleting_by_filter(parts: Api) -> None:
    for number in range(6):
        parts.make_record("part", name=f"P{number}", size=number, serial=f"{number}")
    body = {"filter": {"size__gte": 3}, "data": {"site": "Ulm"}}
    dry = parts.post("part/records/bulk-update", {**body, "dryRun": True})
    assert dry.json == {"matched": 3, "changed": 3, "dryRun": True, "failures": []}
    assert parts.names("part", site="Ulm") == []
    assert parts.post("part/records/bulk-update", body).json["changed"] == 3
    assert parts.post("part/records/bulk-update", body).json == {
        "matched": 3,
        "changed": 0,
        "dryRun": False,
        "failures": [],
    }
    assert sorted(parts.names("part", site="Ulm")) == ["P3", "P4", "P5"]
    clash = {"filter": {"site": "Ulm"}, "data": {"serial": "same"}}
    refused = parts.post("part/records/bulk-update", clash)
    assert refused.status == 409
    assert refused.json["errors"][0]["field"].startswith("records.")
    judged = parts.post("part/records/bulk-update", {**clash, "dryRun": True}).json
    assert (judged["matched"], judged["changed"], len(judged["failures"])) == (3, 1, 2)
    assert parts.names("part", serial="same") == []
    assert parts.post("part/records/bulk-update", {"filter": {}, "data": {"size": 101}}).status == 400
    dry = parts.post("part/records/bulk-delete", {"filter": {"not": {"site": "Ulm"}}, "dryRun": True})
    assert dry.json["matched"] == 3
    assert len(parts.names("part")) == 6
    assert parts.post("part/records/bulk-delete", {"filter": {"not": {"site": "Ulm"}}}).json["changed"] == 3
    assert sorted(parts.names("part")) == ["P3", "P4", "P5"]
    assert parts.post("part/records/bulk-delete", {"filter": {}, "search": "P4"}).json["changed"] == 1
    assert parts.post("part/records/bulk-delete", {}).problem("filter") == "required"


def test_more_than_fit_into_one_request(parts: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customobjects.services.deletion.MAX_AT_ONCE", 2)
    for _ in range(3):
        parts.make_record("part")
    assert parts.post("part/records/bulk-delete", {"filter": {}}).problem() == "too_many"
    assert "3 records fit" in parts.post("part/records/bulk-update", {"filter": {}, "data": {}}).json["message"][0]


# Unique keys of several fields ---------------------------------------------------------------------------------------


def test_keys_of_several_fields(parts: Api) -> None:
    first = parts.make_record("part", name="North", site="Ulm", row=1)
    parts.make_record("part", site="Ulm", row=2)
    parts.make_record("part", site="Bonn", row=1)
    parts.make_record("part", site="Ulm")
    parts.make_record("part", site="Ulm")
    answer = parts.post("part/records", {"data": {"name": "x", "site": "ULM", "row": "1.0"}})
    assert answer.problem("data.site") == "duplicate"
    assert answer.json["message"] == ["another Part has the Site ULM and the Row 1: North"]
    assert parts.patch(f"part/records/{first['id']}", {"data": {"row": 2}}).status == 409
    assert parts.patch(f"part/records/{first['id']}", {"data": {"row": 3}}).status == 200
    assert parts.post("part/records", {"data": {"name": "x", "site": "ulm", "row": 1}}).status == 201
    found = bulk(parts, upsert(["row", "site"], site="bonn", row=1, size=5))
    assert statuses(found) == [200]


def test_keys_are_kept_and_changed(parts: Api) -> None:
    assert parts.get("part").json["uniqueKeys"] == [{"fields": ["site", "row"]}]
    assert parts.delete("part/fields/row").problem() == "unique_key"
    parts.make_record("part", name="North", site="Ulm", row=1, size=1)
    parts.make_record("part", name="South", site="Ulm", row=2, size=1)
    refused = parts.patch("part", {"uniqueKeys": [{"fields": ["site", "row"]}, {"fields": ["size", "site"]}]})
    assert refused.problem("uniqueKeys") == "duplicate"
    assert refused.json["message"][0].endswith(": North and South")
    assert parts.patch("part", {"uniqueKeys": []}).json["uniqueKeys"] == []
    parts.make_record("part", site="Ulm", row=2)
    assert parts.patch("part", {"uniqueKeys": [{"fields": ["site", "row"]}]}).status == 409
    assert parts.delete("part/fields/row").status == 204


@pytest.mark.parametrize(
    "fields", [["site"], ["site", "site"], ["site", "colour"], ["site", "above"], [], list("abcdef")]
)
def test_keys_that_cannot_be(parts: Api, fields: list[str]) -> None:
    answer = parts.patch("part", {"uniqueKeys": [{"fields": fields}]})
    if fields == ["site", "above"]:
        assert answer.status == 200, "a lookup to one record can be part of a key"
        return
    assert answer.status == 400
    assert parts.get("part").json["uniqueKeys"] == [{"fields": ["site", "row"]}]
