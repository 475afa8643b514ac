"""Within one bulk: operations that refer to each other's records, and unique values that change hands."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.models import Record, RecordLink
from tests.background import work
from tests.conftest import OBJECTS, Answer, Api


@pytest.fixture
def people(api: Api) -> Api:
    api.make_object(
        "Person",
        {"label": "Code", "type": "TEXT", "isUnique": True},
        {"label": "Boss", "type": "LOOKUP", "options": {"target": "person"}},
        {"label": "Friends", "type": "LOOKUP", "options": {"target": "person", "multiple": True}},
    )
    return api


def create(ref: str | None = None, **data: Any) -> dict[str, Any]:
    return {"op": "create", "data": {"name": data.get("code", ref or "x"), **data}, **({"ref": ref} if ref else {})}


def bulk(api: Api, *operations: dict[str, Any], atomic: bool = True) -> Answer:
    return api.post("person/records/bulk", {"operations": operations, "atomic": atomic})


def ref(name: str) -> dict[str, str]:
    return {"ref": name}


def test_operations_point_at_each_other(people: Api) -> None:
    """Backwards, forwards, at themselves, and in a circle."""
    done = bulk(
        people,
        create("a", boss=ref("b")),
        create("b", boss=ref("a"), friends=[ref("c"), ref("a")]),
        create("c", boss=ref("c")),
        create(boss=ref("b")),
    )
    assert done.status == 200, done
    ids = [one["id"] for one in done.json["data"]]
    data = [one["record"]["data"] for one in done.json["data"]]
    assert [held["boss"] for held in data] == [ids[1], ids[0], ids[2], ids[1]]
    assert data[1]["friends"] == [ids[2], ids[0]]
    assert people.names("person") == ["x", "c", "b", "a"], "in the order of the operations"
    assert RecordLink.objects.count() == 6
    related = people.get(f"person/records/{ids[1]}/related/person", via="boss").json["data"]
    assert [record["id"] for record in related] == [ids[3], ids[0]]


def test_updates_and_upserts_have_names_too(people: Api) -> None:
    there = people.make_record("person", name="there", code="t")
    done = bulk(
        people,
        {"op": "upsert", "by": "code", "ref": "found", "data": {"code": "T", "name": "found"}},
        {"op": "upsert", "by": "code", "ref": "made", "data": {"code": "m", "name": "made", "boss": ref("found")}},
        create(boss=ref("made")),
    )
    found, made, last = done.json["data"]
    assert (found["id"], found["status"], made["status"]) == (there["id"], 200, 201)
    assert made["record"]["data"]["boss"] == there["id"]
    assert last["record"]["data"]["boss"] == made["id"]
    done = bulk(people, {"op": "update", "id": made["id"], "ref": "u"}, create(boss=ref("u")))
    assert done.json["data"][1]["record"]["data"]["boss"] == made["id"]


def test_behind_a_cut_a_name_is_still_known(people: Api) -> None:
    """A deletion, or a second change of one record, begins another batch."""
    there = people.make_record("person", name="there")
    change = {"op": "update", "id": there["id"], "data": {"name": "once"}}
    done = bulk(people, create("a"), change, {**change, "data": {"name": "twice", "boss": ref("a")}})
    assert done.json["data"][2]["record"]["data"]["boss"] == done.json["data"][0]["id"]
    done = bulk(people, create("b"), {"op": "delete", "id": there["id"]}, create(boss=ref("b")))
    assert done.json["data"][2]["record"]["data"]["boss"] == done.json["data"][0]["id"]
    # The other way round it cannot be: said, and nothing done.
    refused = bulk(people, create(boss=ref("b")), {"op": "delete", "id": done.json["data"][0]["id"]}, create("b"))
    assert refused.problem("operations.0.data.boss") == "ref"
    assert "send that operation before it" in refused.json["message"][0]


@pytest.mark.parametrize("atomic", [True, False])
def test_wrong_names_are_said(people: Api, atomic: bool) -> None:
    twice = bulk(people, create("a"), create("b"), create("a"), atomic=atomic)
    assert twice.problem("operations.2.ref") == "duplicate"
    before = Record.objects.count()
    unknown = bulk(people, create("a"), create(boss=ref("z")), create(friends=[ref("a"), {"ref": 5}]), atomic=atomic)
    if atomic:
        assert unknown.problem("operations.1.data.boss") == "ref"
        assert unknown.problem("operations.2.data.friends") == "ref"
        assert "'z' is none" in unknown.json["message"][0]
        assert Record.objects.count() == before
    else:
        assert [one["status"] for one in unknown.json["data"]] == [201, 400, 400]
    for wrong in ("", "x" * 101, 5, None):
        assert bulk(people, {**create(), "ref": wrong}, atomic=atomic).status == 400
    assert bulk(people, {"op": "delete", "id": "x", "ref": "a"}, atomic=atomic).status == 400


def test_a_name_is_of_this_object(people: Api) -> None:
    people.make_object("Team", {"label": "Head", "type": "LOOKUP", "options": {"target": "person"}})
    operation = {"op": "create", "ref": "a", "data": {"name": "x", "head": ref("a")}}
    refused = people.post("team/records/bulk", {"operations": [operation]})
    assert refused.problem("operations.0.data.head") == "not_found"


def test_who_refers_to_what_failed_fails_with_it(people: Api) -> None:
    people.make_record("person", code="taken")
    operations = [
        create("first", boss=ref("taken")),
        create("taken", code="TAKEN"),
        create("behind", boss=ref("first")),
        create("malformed", code=5),
        create(boss=ref("malformed"), code="free"),
        create(boss=ref("fine"), code="other"),
        create("fine"),
    ]
    done = bulk(people, *operations, atomic=False).json["data"]
    assert [one["status"] for one in done] == [400, 409, 400, 400, 400, 201, 201]
    codes = [one["error"]["errors"][0]["code"] for one in done[:5]]
    assert codes == ["lost", "duplicate", "lost", "type", "lost"]
    assert sorted(people.names("person")) == ["A record", "fine", "other"]
    # The unique value of one that failed along is free again.
    assert bulk(people, create(code="free")).status == 200
    assert RecordLink.objects.count() == 1
    refused = bulk(people, *operations)
    assert refused.problem("operations.0.data.boss") == "lost"
    assert refused.problem("operations.1.data.code") == "duplicate"


def test_what_failed_along_keeps_its_unique_value(people: Api) -> None:
    held = people.make_record("person", name="held", code="old")
    people.make_record("person", code="taken")
    change = {"op": "update", "id": held["id"], "data": {"code": "new", "boss": ref("a")}}
    done = bulk(people, create("a", code="taken"), change, atomic=False).json["data"]
    assert [one["status"] for one in done] == [409, 400]
    assert people.get("person/records", code="old").json["data"][0]["id"] == held["id"]
    assert people.post("person/records", {"data": {"name": "x", "code": "OLD"}}).problem("data.code") == "duplicate"
    assert people.post("person/records", {"data": {"name": "x", "code": "new"}}).status == 201


def test_a_value_that_a_record_did_not_get_is_still_the_others(people: Api) -> None:
    one, two = (people.make_record("person", name=code, code=code) for code in ("one", "two"))
    change = {"op": "update", "id": one["id"], "data": {"code": "two"}}
    for atomic in (False, True):
        done = bulk(people, change, create(boss={"code": "two"}), create(boss={"code": "one"}), atomic=atomic)
        if atomic:
            assert done.problem("operations.0.data.code") == "duplicate"
            continue
        assert [row["status"] for row in done.json["data"]] == [409, 201, 201]
        bosses = [row["record"]["data"]["boss"] for row in done.json["data"][1:]]
        assert bosses == [two["id"], one["id"]]


def test_records_that_name_each_other(people: Api) -> None:
    """Each is called what the one is called that it points at, in the same bulk or by the background."""
    lookup = {"label": "Up", "type": "LOOKUP", "options": {"target": "node"}}
    assert people.post(OBJECTS, {"name": "Node", "fields": [{"label": "Title", "type": "TEXT"}]}).status == 201
    assert people.post("node/fields", lookup).status == 201
    [root] = [people.post("node/records", {"data": {"title": "root"}}).json]
    people.patch("node", {"primaryField": "up"})
    operations = [
        {"op": "create", "data": {"up": ref("b")}},
        {"op": "create", "ref": "b", "data": {"up": ref("c")}},
        {"op": "create", "ref": "c", "data": {"up": root["id"]}},
    ]
    done = people.post("node/records/bulk", {"operations": operations})
    assert done.status == 200
    work()
    wanted = f"Record {root['id'][-6:]}"
    assert people.names("node") == [wanted, wanted, wanted, ""]


def test_two_records_swap_their_unique_values(people: Api) -> None:
    a, b, c = (people.make_record("person", name=code, code=code) for code in "abc")

    def codes() -> dict[str, str]:
        rows = people.get("person/records", sort="name").json["data"]
        return {row["name"]: row["data"]["code"] for row in rows}

    def move(record: dict[str, Any], code: str | None) -> dict[str, Any]:
        return {"op": "update", "id": record["id"], "data": {"code": code}}

    assert bulk(people, move(a, "b"), move(b, "a")).status == 200
    assert codes() == {"a": "b", "b": "a", "c": "c"}
    # Round in a circle, and one that takes what another gives up, whichever comes first.
    assert bulk(people, move(a, "a"), move(b, "c"), move(c, "b")).status == 200
    assert codes() == {"a": "a", "b": "c", "c": "b"}
    taken = create(code="c")
    assert bulk(people, taken, move(b, None)).status == 200
    assert people.get("person/records", code="c").json["data"][0]["name"] == "c"
    # Each holds its own, and nobody else's.
    for code in ("a", "b", "c"):
        assert people.post("person/records", {"data": {"name": "x", "code": code}}).problem("data.code") == "duplicate"
    # All or nothing: where one cannot be, all is as it was.
    before = codes()
    refused = bulk(people, move(a, "b"), move(c, "a"), move(b, "c"))
    assert refused.problem("operations.2.data.code") == "duplicate"
    assert codes() == before
    assert people.post("person/records", {"data": {"name": "x", "code": "a"}}).problem("data.code") == "duplicate"
    # Where each answers for itself, they are done in their order.
    done = bulk(people, move(a, "b"), move(c, "a"), atomic=False).json["data"]
    assert [one["status"] for one in done] == [409, 409]


def test_keys_of_several_fields_swap_too(people: Api) -> None:
    people.make_object(
        "Seat",
        {"label": "Row", "type": "NUMBER"},
        {"label": "Place", "type": "TEXT"},
        uniqueKeys=[{"fields": ["row", "place"]}],
    )
    one, two = (people.make_record("seat", row=row, place="A") for row in (1, 2))
    swap = [
        {"op": "update", "id": one["id"], "data": {"row": 2}},
        {"op": "update", "id": two["id"], "data": {"row": 1}},
    ]
    assert people.post("seat/records/bulk", {"operations": swap}).status == 200
    assert people.get(f"seat/records/{one['id']}").json["data"]["row"] == 2
    upsert = {"op": "upsert", "by": "row,place", "data": {"row": 1, "place": "a"}}
    assert people.post("seat/records/bulk", {"operations": [upsert]}).json["data"][0]["id"] == two["id"]
