"""Handing the records of one person over to another."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.models import HandOver, Record, Revision
from customobjects.models.revision import OWNER
from customobjects.queries.ownership import owned_by_object
from customobjects.services import hand_over as services
from customobjects.services.hand_over import hand_over, hand_over_batch
from salesos.accounts.actor import Actor
from salesos.accounts.models import AuditEntry, User
from salesos.errors import Conflict, DomainError, NotFound, PermissionDenied, ValidationError
from tests.background import work
from tests.conftest import Api


@pytest.fixture
def owned(api: Api, rep: User) -> list[str]:
    """The records of a representative: two Boxes and a Part, beside a Box of somebody else's."""
    api.make_object("Box")
    api.make_object("Part", {"label": "Must", "type": "TEXT"}, enableBulkOperations=False)
    api.make_record("box", name="Not theirs")
    theirs = Api(rep)
    made = [theirs.make_record(name)["id"] for name in ("box", "box", "part")]
    # Nobody could write it so now; what was there before is nobody's fault.
    api.patch("part/fields/must", {"isRequired": True})
    return made


def test_all_records_get_another_owner(
    actor: Actor, owned: list[str], rep: User, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "BATCH_SIZE", 2)
    assert [(one.name, count) for one, count in owned_by_object(actor, rep.id)] == [("Box", 2), ("Part", 1)]
    made = hand_over(actor, rep.id, manager.id)
    assert (made.total, made.state) == (3, "running")
    with pytest.raises(Conflict) as error:
        hand_over(actor, rep.id, manager.id)
    assert error.value.problems[0].code == "busy"
    work()
    made.refresh_from_db()
    assert (made.state, made.done, made.refused, made.problem) == ("done", 3, 0, "")
    assert set(map(str, Record.objects.filter(owner=manager).values_list("id", flat=True))) == set(owned)
    assert owned_by_object(actor, rep.id) == []
    for revision in Revision.objects.filter(record_id__in=owned):
        assert revision.changes == {OWNER: [str(rep.id), str(manager.id)]}
    assert Revision.objects.filter(record_id__in=owned, by_id=actor.user_id).count() == 3
    [entry] = AuditEntry.objects.filter(kind="records_handed_over")
    assert (entry.details["count"], entry.details["toUserId"]) == (3, str(manager.id))


def test_a_killed_worker_leaves_nothing_half_done(
    actor: Actor, owned: list[str], rep: User, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "BATCH_SIZE", 2)
    made = hand_over(actor, rep.id, manager.id)
    assert hand_over_batch(made.id)
    # Another worker takes it up from what is stored, and a task that runs twice does nothing more.
    assert not hand_over_batch(made.id)
    assert not hand_over_batch(made.id)
    made.refresh_from_db()
    assert (made.state, made.done) == ("done", 3)
    assert Revision.objects.filter(record_id__in=owned).count() == 3


def test_records_of_archived_objects_stay_and_it_is_told(
    api: Api, actor: Actor, owned: list[str], rep: User, manager: User
) -> None:
    api.patch("box", {"isActive": False})
    made = hand_over(actor, rep.id, manager.id)
    work()
    made.refresh_from_db()
    assert (made.state, made.done, made.refused) == ("done", 1, 2)
    assert "archived" in made.problem


def test_what_is_in_the_trash_stays(api: Api, actor: Actor, owned: list[str], rep: User, manager: User) -> None:
    api.delete(f"box/records/{owned[0]}")
    made = hand_over(actor, rep.id, manager.id)
    work()
    made.refresh_from_db()
    assert (made.total, made.done) == (2, 2)
    assert Record.objects.get(id=owned[0]).owner == rep


@pytest.mark.parametrize("who", ["to", "made_by", "role"])
def test_it_stops_where_nobody_may_do_it_any_more(
    actor: Actor, owned: list[str], rep: User, manager: User, who: str
) -> None:
    made = hand_over(actor, rep.id, manager.id)
    if who == "role":
        User.objects.filter(id=actor.user_id).update(role="REP")
    else:
        User.objects.filter(id=manager.id if who == "to" else actor.user_id).update(is_active=False)
    work()
    made.refresh_from_db()
    assert (made.state, made.done) == ("stopped", 0)
    assert made.problem


def test_refused(actor: Actor, owned: list[str], rep: User, manager: User, stranger: User) -> None:
    User.objects.filter(id=manager.id).update(is_active=False)
    cases: list[tuple[Any, type[DomainError]]] = [
        ((actor, rep.id, rep.id), ValidationError),
        ((actor, rep.id, manager.id), ValidationError),
        ((actor, rep.id, stranger.id), ValidationError),
        ((actor, stranger.id, rep.id), NotFound),
        ((actor, manager.id, rep.id), Conflict),
        ((Actor.of_user(rep), rep.id, actor.user_id), PermissionDenied),
        ((Actor.of_user(stranger), rep.id, actor.user_id), NotFound),
    ]
    for given, kind in cases:
        with pytest.raises(kind):
            hand_over(*given)
    assert not HandOver.objects.exists()
