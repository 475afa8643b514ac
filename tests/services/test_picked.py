"""A selection of a list: changed, filled down and deleted in one change, and taken back at once."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.queries.picked import MAX_PICKED, picked
from customobjects.queries.selection import RecordRequest
from customobjects.services.bulk_by_filter import change_all, delete_all
from customobjects.services.undo import undo_change
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.db.noted_changes import take
from salesos.errors import ValidationError
from tests.conftest import Api


@pytest.fixture
def ids(api: Api) -> list[str]:
    """A thousand machines, of which some are picked."""
    api.make_object("Machine", {"label": "State", "type": "TEXT"}, {"label": "Size", "type": "NUMBER"})
    operations = [{"op": "create", "data": {"name": f"m{number:04}", "size": number}} for number in range(1_000)]
    return [one["id"] for one in api.post("machine/records/bulk", {"operations": operations}).json["data"]]


def of(ids: list[str], **more: Any) -> RecordRequest:
    return RecordRequest(within=picked(ids), **more)


def test_a_selection_is_changed_and_taken_back(api: Api, ids: list[str], actor: Actor) -> None:
    before = api.get("machine/records", sort="id", limit=100).json["data"]
    take()
    done = change_all(actor, "machine", of(ids), {"state": "sold", "size": None}, dry_run=False)
    assert (done.matched, done.changed) == (1_000, 1_000)
    reference = take()
    assert reference is not None
    assert api.get("machine/records", state="sold").json["meta"]["total"] == 1_000
    assert undo_change(actor, reference).changed == 1_000
    after = api.get("machine/records", sort="id", limit=100).json["data"]
    assert [record["data"] for record in after] == [record["data"] for record in before]


def test_only_what_is_picked(api: Api, ids: list[str], actor: Actor, stranger: User) -> None:
    some = [*ids[10:20], "00000000-0000-7000-8000-000000000000"]
    assert change_all(actor, "machine", of(some), {"state": "x"}, dry_run=True).matched == 10
    assert change_all(actor, "machine", of(some), {"state": "x"}, dry_run=False).changed == 10
    assert api.names("machine", state="x", sort="name") == [f"m{number:04}" for number in range(10, 20)]
    narrow = of(some, filters=(("size__gte", "15"),))
    assert change_all(actor, "machine", narrow, {"state": "y"}, dry_run=False).changed == 5
    other = Api(stranger)
    other.make_object("Machine", {"label": "State", "type": "TEXT"})
    assert change_all(Actor.of_user(stranger), "machine", of(some), {"state": "z"}, dry_run=False).matched == 0


def test_a_selection_is_deleted_and_taken_back(api: Api, ids: list[str], actor: Actor) -> None:
    take()
    assert delete_all(actor, "machine", of(ids[:500]), dry_run=False).changed == 500
    reference = take()
    assert reference is not None
    assert api.get("machine/records").json["meta"]["total"] == 500
    assert undo_change(actor, reference).restored == 500
    assert api.get("machine/records").json["meta"]["total"] == 1_000


def test_what_is_no_selection() -> None:
    for given, code in (([], "required"), (["x"], "invalid"), (["0" * 36] * (MAX_PICKED + 1), "too_many")):
        with pytest.raises(ValidationError) as error:
            picked(given)
        assert (error.value.problems[0].field, error.value.problems[0].code) == ("ids", code)
