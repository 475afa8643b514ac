"""Every function that writes records tells what it did, in its transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from customobjects.models import Record
from customobjects.services import backfill
from customobjects.services.changes import Change, records_changed
from salesos.accounts.actor import Via
from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key
from tests.conftest import Api


class Told:
    """What was told: each batch, and whether it was within a transaction."""

    def __init__(self) -> None:
        self.batches: list[list[Change]] = []
        self.refuses = False

    def __call__(self, changes: list[Change], **_signal: Any) -> None:
        assert connection.in_atomic_block
        self.batches.append(list(changes))
        if self.refuses:
            raise RuntimeError("a receiver that fails")

    def taken(self) -> list[tuple[str, str, Any, Any, str]]:
        """Kind, name, data before and after, and through what: of all changes since the last time, one batch."""
        assert len(self.batches) <= 1, self.batches
        changes = self.batches.pop() if self.batches else []
        return [
            (
                one.kind.value,
                (one.after or one.before).name,  # type: ignore[union-attr]
                dict(one.before.data) if one.before else None,
                dict(one.after.data) if one.after else None,
                one.via.value,
            )
            for one in changes
        ]


@pytest.fixture
def told() -> Iterator[Told]:
    told = Told()
    records_changed.connect(told)
    yield told
    records_changed.disconnect(told)


@pytest.fixture
def boxes(api: Api) -> Api:
    api.make_object("Box", {"label": "Size", "type": "NUMBER"})
    for label, on_delete in (("Inside", "cascade"), ("Beside", "set_null")):
        options = {"target": "box", "onDelete": on_delete}
        assert api.post("box/fields", {"label": label, "type": "LOOKUP", "options": options}).status == 201
    return api


def test_creating_changing_and_deleting(boxes: Api, told: Told) -> None:
    id_ = boxes.make_record("box", name="A", size=1)["id"]
    assert told.taken() == [("create", "A", None, {"name": "A", "size": 1}, "api")]
    boxes.patch(f"box/records/{id_}", {"data": {"size": 2}})
    assert told.taken() == [("update", "A", {"name": "A", "size": 1}, {"name": "A", "size": 2}, "api")]
    boxes.patch(f"box/records/{id_}", {"data": {"size": 2}})
    assert told.taken() == [], "nothing has changed"
    assert boxes.patch(f"box/records/{id_}", {"data": {"size": "x"}}).status == 400
    assert told.taken() == [], "nothing was written"
    boxes.patch(f"box/records/{id_}", {"ownerId": None})
    [change] = told.batches.pop()
    assert change.before is not None
    assert change.after is not None
    assert (change.before.owner_id, change.after.owner_id) == (boxes.user and boxes.user.id, None)
    assert (change.before.version, change.after.version) == (2, 3)
    assert change.actor is not None
    assert (change.schema.api_name, str(change.record_id)) == ("box", id_)
    boxes.delete(f"box/records/{id_}")
    assert told.taken() == [("delete", "A", {"name": "A", "size": 2}, None, "api")]


def test_a_deletion_tells_all_that_goes_along(boxes: Api, told: Told) -> None:
    outer = boxes.make_record("box", name="Outer")["id"]
    inner = boxes.make_record("box", name="Inner", inside=outer)["id"]
    boxes.make_record("box", name="Innermost", inside=inner)
    boxes.make_record("box", name="Neighbour", beside=inner)
    told.batches.clear()
    boxes.delete(f"box/records/{outer}")
    emptied, deleted = told.batches
    assert [(one.kind.value, one.after and one.after.name) for one in emptied] == [("update", "Neighbour")]
    assert emptied[0].after is not None
    assert "beside" not in emptied[0].after.data
    gone = [(one.kind.value, one.before and one.before.name, one.after) for one in deleted]
    assert gone == [("delete", name, None) for name in ("Outer", "Inner", "Innermost")]


def test_bulk_is_told_at_once(boxes: Api, told: Told) -> None:
    operations = [{"op": "create", "data": {"name": f"{number}", "size": number}} for number in range(50)]
    boxes.post("box/records/bulk", {"operations": operations})
    [batch] = told.batches
    assert [one.after and one.after.data["size"] for one in batch] == list(range(50))
    told.batches.clear()
    boxes.post("box/records/bulk-update", {"filter": {"size__lt": 10}, "data": {"size": 99}})
    [batch] = told.batches
    assert [(one.before and one.before.data["size"]) for one in batch] == list(range(10))
    told.batches.clear()
    boxes.post("box/records/bulk-delete", {"filter": {"size": 99}})
    [batch] = told.batches
    assert {one.kind.value for one in batch} == {"delete"}
    assert len(batch) == 10


def test_a_backfill_tells_what_records_got(boxes: Api, told: Told) -> None:
    boxes.make_record("box", name="A")
    told.batches.clear()
    field = {"label": "Status", "type": "TEXT", "defaultValue": "new", "fillDefault": True}
    assert boxes.post("box/fields", field).status == 201
    backfill.fill_all(lambda line: None)
    assert told.taken() == [("update", "A", {"name": "A"}, {"name": "A", "status": "new"}, "system")]


def test_through_what(boxes: Api, admin: User, told: Told) -> None:
    _row, key = create_api_key(admin, "a program", [ApiKey.Scope.READ, ApiKey.Scope.WRITE])
    program = Api(None, **{"x-api-key": key})
    assert program.post("box/records", {"data": {"name": "By key"}}).status == 201
    assert [one[-1] for one in told.taken()] == [Via.KEY]
    browser = Client()
    browser.force_login(admin)
    assert browser.post("/o/box/new/", {"data-name": "By page"}).status_code == 302
    assert [one[-1] for one in told.taken()] == [Via.PAGE]


def test_a_receiver_that_fails_undoes_the_write(boxes: Api, told: Told) -> None:
    told.refuses = True
    assert boxes.post("box/records", {"data": {"name": "A"}}).status == 500
    assert not Record.objects.exists()


def test_statements_of_a_deletion_that_nobody_listens_to(boxes: Api, django_assert_num_queries: Any) -> None:
    id_ = boxes.make_record("box", name="A")["id"]
    # 1. Who is asking, and the object's version.
    # 2. The transaction begins (within a test, a savepoint).
    # 3. The object, locked.
    # 4. The record, locked.
    # 5. The record as the deletion locks it.
    # 6. The records that go with it by cascade.
    # 7. The lookups that restrict it.
    # 8. The lookups to empty.
    # 9. Its links.
    # 10. Its unique keys.
    # 11. Its object, for its history.
    # 12. The revision.
    # 13. The record, deleted.
    # 14. The transaction ends.
    with django_assert_num_queries(14):
        assert boxes.delete(f"box/records/{id_}").status == 204
