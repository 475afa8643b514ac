"""Several requests at once, by threads with connections of their own, on the server that production uses."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from customobjects.models import CustomObject, Record, RecordLink, Revision, UniqueKey
from customobjects.services import backfill
from salesos.accounts.models import User
from tests.conftest import OBJECTS, Answer, Api

# Without transactions around the test, which would hide one connection's work from another's.
pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 8


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returns, or the exception it raises; all start together."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def deadlocks() -> int:
    """How many PostgreSQL has ended in this database."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def statuses(answers: list[Answer]) -> list[int]:
    return sorted(answer.status if isinstance(answer, Answer) else 0 for answer in answers)


@pytest.fixture
def part(api: Api) -> dict[str, Any]:
    api.make_object("Machine")
    return api.make_object(
        "Part",
        {"label": "Code", "type": "TEXT", "isUnique": True},
        {"label": "Serial", "type": "TEXT", "isUnique": True},
        {"label": "Machine", "type": "LOOKUP", "options": {"target": "machine", "onDelete": "restrict"}},
        {"label": "No", "type": "AUTO_NUMBER"},
        {"label": "Amount", "type": "NUMBER"},
    )


def test_one_of_many_equal_values_wins(api: Api, admin: User, part: dict[str, Any]) -> None:
    for attempt in range(3):
        code = {"data": {"name": "x", "code": f"A{attempt}", "serial": f"S{attempt}"}}
        answers = at_once(*[lambda: Api(admin).post("part/records", code)] * TIMES)
        assert statuses(answers) == [201] + [409] * (TIMES - 1), answers
    assert Record.objects.count() == 3
    assert UniqueKey.objects.count() == 6


def test_auto_numbers_are_given_once(api: Api, admin: User, part: dict[str, Any]) -> None:
    answers = at_once(*[lambda: Api(admin).post("part/records", {"data": {"name": "x"}})] * TIMES)
    assert statuses(answers) == [201] * TIMES, answers
    assert sorted(answer.json["data"]["no"] for answer in answers) == [f"{n:04d}" for n in range(1, TIMES + 1)]


def test_names_that_nobody_chose_are_free_for_each_of_many(api: Api, admin: User, part: dict[str, Any]) -> None:
    objects = at_once(*[lambda: Api(admin).post(OBJECTS, {"name": "Site"})] * TIMES)
    fields = at_once(*[lambda: Api(admin).post("part/fields", {"label": "Order", "type": "CHECKBOX"})] * TIMES)
    assert statuses([*objects, *fields]) == [201] * 2 * TIMES, (objects, fields)
    numbered = [f"_{number}" for number in range(2, TIMES + 1)]
    assert sorted(made.json["apiName"] for made in objects) == ["site", *(f"site{end}" for end in numbered)]
    assert sorted(made.json["apiName"] for made in fields) == [
        "order_value",
        *(f"order_value{end}" for end in numbered),
    ]


def test_no_change_of_a_record_is_lost(api: Api, admin: User, part: dict[str, Any]) -> None:
    record = api.make_record("part", code="c")
    path = f"part/records/{record['id']}"
    bodies = [{"data": {name: value}} for name, value in (("name", "n"), ("code", "d"), ("serial", "s"), ("amount", 1))]
    answers = at_once(*[lambda body=body: Api(admin).patch(path, body) for body in bodies])
    assert statuses(answers) == [200] * len(bodies), answers
    data = api.get(path).json
    assert {name: data["data"][name] for name in ("name", "code", "serial", "amount")} == {
        "name": "n",
        "code": "d",
        "serial": "s",
        "amount": 1,
    }
    assert data["version"] == 1 + len(bodies)


def test_one_of_many_with_the_same_version_wins(api: Api, admin: User, part: dict[str, Any]) -> None:
    record = api.make_record("part")

    def change(number: int) -> Answer:
        return Api(admin).send(
            "PATCH", f"part/records/{record['id']}", {"data": {"amount": number}}, **{"If-Match": '"1"'}
        )

    answers = at_once(*[lambda n=n: change(n) for n in range(TIMES)])
    assert statuses(answers) == [200] + [412] * (TIMES - 1), answers


CLIENTS = 50


def revisions_of(record: dict[str, Any]) -> list[int]:
    """The versions of a record that its history tells of."""
    return list(Revision.objects.filter(record_id=record["id"]).order_by("version").values_list("version", flat=True))


@pytest.mark.postgresql
def test_many_add_to_one_value_and_none_is_lost(api: Api, admin: User, part: dict[str, Any]) -> None:
    record = api.make_record("part", amount=0)
    path = f"part/records/{record['id']}"

    def add() -> list[int]:
        mine, refused = Api(admin), []
        while True:
            read = mine.get(path)
            body = {"data": {"amount": read.json["data"]["amount"] + 1}}
            answer = mine.send("PATCH", path, body, **{"If-Match": read.headers["ETag"]})
            if answer.status == 200:
                return refused
            refused.append(answer.status)

    refused = at_once(*[add] * CLIENTS)
    assert {status for one in refused for status in one} == {412}, refused
    after = api.get(path).json
    assert (after["data"]["amount"], after["version"]) == (CLIENTS, CLIENTS + 1)
    assert revisions_of(record) == list(range(2, CLIENTS + 2))
    changes = Revision.objects.order_by("version").values_list("changes", flat=True)
    assert [one["amount"] for one in changes] == [[number, number + 1] for number in range(CLIENTS)]


@pytest.mark.postgresql
def test_many_change_a_field_each_and_all_are_merged(api: Api, admin: User) -> None:
    names = [f"n{number}" for number in range(CLIENTS)]
    api.make_object("Wide", *({"label": name, "type": "TEXT"} for name in names))
    record = api.make_record("wide")
    path = f"wide/records/{record['id']}"
    answers = at_once(*[lambda name=name: Api(admin).patch(path, {"data": {name: f"by {name}"}}) for name in names])
    assert statuses(answers) == [200] * CLIENTS, answers
    after = api.get(path).json
    assert {name: after["data"][name] for name in names} == {name: f"by {name}" for name in names}
    assert after["version"] == CLIENTS + 1
    assert revisions_of(record) == list(range(2, CLIENTS + 2))
    changed = [key for one in Revision.objects.values_list("changes", flat=True) for key in one]
    assert sorted(changed) == sorted(names), "each is in the history once"


def test_a_record_is_linked_to_or_deleted_never_both(api: Api, admin: User, part: dict[str, Any]) -> None:
    for _ in range(6):
        machine = api.make_record("machine")
        body = {"data": {"name": "x", "machine": machine["id"]}}
        linking = [lambda: Api(admin).post("part/records", body)] * 3
        *links, deletion = at_once(*linking, lambda: Api(admin).delete(f"machine/records/{machine['id']}"))
        there = RecordLink.objects.filter(target_id=machine["id"]).count()
        if deletion.status == 204:
            assert statuses(links) == [400] * 3, "nobody links to what is gone"
            assert there == 0
        else:
            assert deletion.status == 409
            assert there == statuses(links).count(201) > 0


def test_two_objects_of_one_name(api: Api, admin: User) -> None:
    answers = at_once(*[lambda: Api(admin).post(OBJECTS, {"name": "Box", "apiName": "box"})] * TIMES)
    assert statuses(answers) == [201] + [409] * (TIMES - 1), answers
    assert CustomObject.objects.count() == 1


def test_fields_added_at_once_get_columns_of_their_own(api: Api, admin: User, part: dict[str, Any]) -> None:
    def add(number: int) -> Answer:
        return Api(admin).post("part/fields", {"label": f"N{number}", "type": "NUMBER"})

    answers = at_once(*[lambda n=n: add(n) for n in range(TIMES)])
    assert statuses(answers) == [201] * TIMES, answers
    columns = list(CustomObject.objects.get(api_name="part").fields.exclude(column="").values_list("column", flat=True))
    assert len(columns) == len(set(columns))
    assert {column for column in columns if column.startswith("number")} == {f"number_{n}" for n in range(1, 9)}


def test_becoming_unique_while_others_write_duplicates(api: Api, admin: User, part: dict[str, Any]) -> None:
    api.post("part/fields", {"label": "Late", "type": "TEXT"})
    writes = [lambda: Api(admin).post("part/records", {"data": {"name": "x", "late": "same"}})] * 4
    *written, turned = at_once(*writes, lambda: Api(admin).patch("part/fields/late", {"isUnique": True}))
    records = Record.objects.filter(data__late="same").count()
    keys = UniqueKey.objects.filter(record__data__late="same").count()
    if turned.status == 200:
        assert records == keys == statuses(written).count(201) == 1
    else:
        assert turned.status == 409
        assert (records, keys) == (4, 0)


def test_cross_changes_end(api: Api, admin: User, part: dict[str, Any]) -> None:
    """Two records that exchange unique values with each other: both orders at once must not wait for ever."""
    first, second = api.make_record("part", code="a"), api.make_record("part", code="b")
    for _ in range(4):
        answers = at_once(
            lambda: Api(admin).patch(f"part/records/{first['id']}", {"data": {"code": "b"}}),
            lambda: Api(admin).patch(f"part/records/{second['id']}", {"data": {"code": "a"}}),
        )
        assert all(answer.status in (200, 409) for answer in answers), answers
    codes = [api.get(f"part/records/{record['id']}").json["data"]["code"] for record in (first, second)]
    assert len(set(codes)) == 2
    assert UniqueKey.objects.filter(record_id__in=[first["id"], second["id"]]).count() == 2


def test_bulks_that_move_unique_values_crosswise(api: Api, admin: User, part: dict[str, Any]) -> None:
    """Each takes two records in its own order, and gives each the value of the other by way of a third."""
    ids = [api.make_record("part", code=code)["id"] for code in "ab"]

    def exchange(first: str, second: str, spare: str) -> Answer:
        now = {id_: api_of.get(f"part/records/{id_}").json["data"]["code"] for id_ in (first, second)}
        moves = [(first, spare), (second, now[first]), (first, now[second])]
        operations = [{"op": "update", "id": id_, "data": {"code": code}} for id_, code in moves]
        return api_of.post("part/records/bulk", {"operations": operations, "atomic": True})

    api_of = Api(admin)
    before = deadlocks()
    for _ in range(10):
        answers = at_once(
            lambda: exchange(*ids, "x"),
            lambda: exchange(*reversed(ids), "y"),
            lambda: exchange(*ids, "z"),
            lambda: exchange(*reversed(ids), "x"),
        )
        assert set(statuses(answers)) <= {200, 409}, answers
        assert 200 in statuses(answers), answers
    codes = [api.get(f"part/records/{id_}").json["data"]["code"] for id_ in ids]
    assert sorted(codes) == ["a", "b"]
    assert deadlocks() == before, "all lock the records in one order"


def test_taken_numbers_are_passed_over_by_all_at_once(api: Api, admin: User) -> None:
    no = {"label": "No", "type": "AUTO_NUMBER", "isUnique": True, "options": {"format": "A1{0}"}}
    api.make_object("Ticket", no)
    taken = {api.make_record("ticket")["data"]["no"] for _ in range(40)}
    assert api.patch("ticket/fields/no", {"options": {"format": "A{0}"}, "nextNumber": 1}).status == 200

    def one() -> list[Answer]:
        mine = Api(admin)
        return [mine.post("ticket/records", {"data": {"name": "x"}}) for _ in range(TIMES)]

    def many() -> list[Answer]:
        mine = Api(admin)
        operations = [{"op": "create", "data": {"name": "x"}}] * 30
        return [mine.post("ticket/records/bulk", {"operations": operations}) for _ in range(2)]

    def again() -> list[Answer]:
        mine = Api(admin)
        # Back to where all are taken, time and again.
        return [mine.patch("ticket/fields/no", {"nextNumber": 10}) for _ in range(3)]

    answers = [answer for answers in at_once(one, one, one, many, many, again) for answer in answers]
    assert statuses(answers) == [200] * 7 + [201] * 3 * TIMES
    numbers = list(Record.objects.values_list("data__no", flat=True))
    assert len(numbers) == len(set(numbers)) == 40 + 3 * TIMES + 4 * 30
    assert taken <= set(numbers)
    assert UniqueKey.objects.count() == len(numbers)


def test_old_records_are_numbered_beside_writers(api: Api, admin: User) -> None:
    api.make_object("Ticket")
    for start in range(0, 60, 20):
        operations = [{"op": "create", "data": {"name": f"{start + n:02}"}} for n in range(20)]
        assert api.post("ticket/records/bulk", {"operations": operations}).status == 200
    no = {"label": "No", "type": "AUTO_NUMBER", "isUnique": True, "numberExisting": True}
    assert api.post("ticket/fields", no).json["nextNumber"] == 61
    old = [str(id_) for id_ in Record.objects.order_by("id").values_list("id", flat=True)]

    def change() -> list[Answer]:
        mine = Api(admin)
        return [mine.patch(f"ticket/records/{id_}", {"data": {"name": "changed"}}) for id_ in old[::6]]

    def create() -> list[Answer]:
        mine = Api(admin)
        return [mine.post("ticket/records", {"data": {"name": "new"}}) for _ in range(TIMES)]

    def fill() -> list[Answer]:
        backfill.fill_all(lambda _line: None, batch=7)
        return []

    answers = [answer for answers in at_once(change, create, create, fill) for answer in answers]
    assert statuses(answers) == [200] * 10 + [201] * 2 * TIMES
    rows = list(Record.objects.order_by("id").values_list("data__no", flat=True))
    assert rows[:60] == [f"{number:04}" for number in range(1, 61)]
    assert sorted(rows[60:]) == [f"{number:04}" for number in range(61, 61 + 2 * TIMES)]


def test_restored_against_created(api: Api, admin: User, part: dict[str, Any]) -> None:
    """One of them has the unique value, whoever comes first."""
    for attempt in range(6):
        body = {"data": {"name": "x", "code": f"R{attempt}"}}
        record = api.post("part/records", body).json
        api.delete(f"part/records/{record['id']}")
        path = f"part/records/{record['id']}/restore"
        *restored, created = at_once(
            lambda path=path: Api(admin).post(path),
            lambda path=path: Api(admin).post(path),
            lambda body=body: Api(admin).post("part/records", body),
        )
        there = Record.objects.filter(data__code=f"R{attempt}", deleted_at=None).count()
        assert there == UniqueKey.objects.filter(record__data__code=f"R{attempt}").count() == 1
        if created.status == 201:
            assert statuses(restored) == [409, 409], restored
        else:
            assert (created.status, statuses(restored)) == (409, [200, 404]), (created, restored)


def test_restored_while_its_parent_is_deleted(api: Api, admin: User) -> None:
    """A child is never there without its parent."""
    api.make_object("Parent")
    lookup = {"label": "Parent", "type": "LOOKUP", "options": {"target": "parent", "onDelete": "cascade"}}
    api.make_object("Child", lookup)
    for _ in range(6):
        parent = api.make_record("parent")
        child = api.make_record("child", parent=parent["id"])
        api.delete(f"child/records/{child['id']}")
        restored, deleted = at_once(
            lambda child=child: Api(admin).post(f"child/records/{child['id']}/restore"),
            lambda parent=parent: Api(admin).delete(f"parent/records/{parent['id']}"),
        )
        assert deleted.status == 204, deleted
        assert restored.status in (200, 409), restored
        assert not Record.objects.filter(id=child["id"], deleted_at=None).exists()
        assert RecordLink.objects.count() == 0
        # Restored first, it has gone along.
        root = Record.objects.get(id=child["id"]).deleted_with
        assert str(root) == (parent["id"] if restored.status == 200 else child["id"])


def test_restored_with_its_parent_and_alone_at_once(api: Api, admin: User) -> None:
    api.make_object("Parent")
    lookup = {"label": "Parent", "type": "LOOKUP", "options": {"target": "parent", "onDelete": "cascade"}}
    api.make_object("Child", lookup)
    for _ in range(6):
        parent = api.make_record("parent")
        children = [api.make_record("child", parent=parent["id"])["id"] for _ in range(3)]
        api.delete(f"parent/records/{parent['id']}")
        paths = [f"parent/records/{parent['id']}", *(f"child/records/{id_}" for id_ in children)]
        whole, *alone = at_once(*[lambda path=path: Api(admin).post(f"{path}/restore") for path in paths])
        assert whole.status == 200, whole
        assert set(statuses(alone)) <= {200, 404, 409}, alone
        assert Record.objects.filter(deleted_at=None, id__in=[parent["id"], *children]).count() == 4
        assert RecordLink.objects.filter(target_id=parent["id"]).count() == 3
