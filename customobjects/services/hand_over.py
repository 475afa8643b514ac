"""Handing all records of one person over to another: in the background, each change in its record's history.

A batch is one transaction, and looks at the next records by their ids; so it may be killed, and run again.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from uuid import UUID

from django.db import transaction
from django_tasks import task

from customobjects import access
from customobjects.models import HandOver, HandOverState
from customobjects.queries.ownership import owned_records
from customobjects.services import background
from customobjects.services.batches import cut_by_size, stored_sizes
from customobjects.services.pending_writes import PendingWrite, lock_records
from customobjects.services.records import store_pending, writable_schema
from customobjects.services.transactions import write
from salesos.accounts import audit
from salesos.accounts.access import require_change
from salesos.accounts.actor import Actor, Via
from salesos.accounts.models import User
from salesos.accounts.people import find_person
from salesos.errors import Conflict, DomainError, NotFound, PermissionDenied, ValidationError

logger = logging.getLogger(__name__)

BATCH_SIZE = 500


@write
def hand_over(actor: Actor, of_id: UUID, to_id: UUID) -> HandOver:
    """Have the background make all records of one person another's. Those in the trash stay as they are.

    Raises ``NotFound``, ``PermissionDenied``, ``ValidationError`` for who cannot own them, and ``Conflict`` where it is
    being done already, or there is none.
    """
    require_change(actor)
    of = find_person(actor, of_id, lock=True)
    try:
        to = find_person(actor, to_id)
    except NotFound as error:
        raise ValidationError.of("to must be one of the people", field="to", code="not_found") from error
    if to.id == of.id:
        raise ValidationError.of("to must be somebody else", field="to", code="same")
    if not to.is_active:
        raise ValidationError.of(f"to must be somebody who is active, and {to} is not", field="to", code="inactive")
    if HandOver.objects.filter(of=of, state=HandOverState.RUNNING).exists():
        raise Conflict.of(f"the records of {of} are being handed over already", code="busy")
    total = owned_records(actor, of.id).count()
    if not total:
        raise Conflict.of(f"{of} owns no records", code="nothing")
    made = HandOver.objects.create(
        organization_id=actor.organization_id, of=of, to=to, made_by_id=actor.user_id, total=total
    )
    audit.note_act(
        actor,
        audit.Kind.RECORDS_HANDED_OVER,
        organization_id=actor.organization_id,
        handOverId=str(made.id),
        count=total,
        targetUserId=str(of.id),
        targetUserEmail=of.email,
        toUserId=str(to.id),
        toUserEmail=to.email,
    )
    hand_over_in_background.enqueue(str(made.id))
    return made


@task()
def hand_over_in_background(hand_over_id: str) -> None:
    """Hand records over: what a worker runs."""
    background.work(
        lambda: hand_over_batch(UUID(hand_over_id)), again=lambda: hand_over_in_background.enqueue(hand_over_id)
    )


@write
def hand_over_batch(hand_over_id: UUID) -> bool:
    """Hand over the next records, in one transaction. Returns whether there are more."""
    running = HandOver.objects.select_for_update(of=("self",)).select_related("to", "made_by")
    found = running.filter(id=hand_over_id, state=HandOverState.RUNNING).first()
    if found is None:
        return False
    try:
        with transaction.atomic():
            _hand_over_next(found)
    except DomainError as error:
        found.refresh_from_db()
        found.state, found.problem = HandOverState.STOPPED, str(error)
    found.save(update_fields=["state", "problem", "after", "done", "refused"])
    return found.state == HandOverState.RUNNING


def _hand_over_next(running: HandOver) -> None:
    """Hand over the records of one batch, and note how far it is. Raises ``DomainError`` where none can be."""
    actor = _actor(running)
    if not running.to.is_active:
        raise Conflict.of(f"{running.to} was deactivated meanwhile", code="inactive")
    owned = owned_records(actor, running.of_id).order_by("id")
    if running.after:
        owned = owned.filter(id__gt=running.after)
    found = list(owned.values_list("id", "custom_object_id")[:BATCH_SIZE])
    by_object: dict[UUID, list[UUID]] = defaultdict(list)
    for id_, object_id in found:
        by_object[object_id].append(id_)
    # In one order, as whoever writes records of several objects holds these so.
    for object_id in sorted(by_object):
        _hand_over_records(actor, running, object_id, by_object[object_id])
    if found:
        running.after = found[-1][0]
    if len(found) < BATCH_SIZE:
        running.state = HandOverState.DONE
    logger.info("%d records handed over", running.done)


def _hand_over_records(actor: Actor, running: HandOver, object_id: UUID, ids: list[UUID]) -> None:
    try:
        # Whether an object takes bulk operations is for people who choose records, and not asked here.
        schema = writable_schema(actor, str(object_id))
    except Conflict as error:
        _refuse(running, error, len(ids))
        return
    sizes = stored_sizes(actor, schema, ids)
    for batch in cut_by_size(ids, lambda id_: sizes.get(id_, 0)):
        held = lock_records(actor, schema, sorted(batch)).values()
        # Their values stay as they are, and are not judged by rules that came later.
        writes = [
            PendingWrite(dict(existing.data), running.to_id, existing)
            for existing in held
            if existing.owner_id == running.of_id
        ]
        store_pending(actor, schema, writes)
        for pending in writes:
            if pending.error is not None:
                _refuse(running, pending.error)
            else:
                running.done += 1


def _refuse(running: HandOver, error: DomainError, number: int = 1) -> None:
    running.refused += number
    running.problem = running.problem or str(error)


def _actor(running: HandOver) -> Actor:
    """Who has asked for it, with the rights that they have now. Raises ``PermissionDenied``."""
    user: User = running.made_by
    if not user.is_active:
        raise PermissionDenied.of("whoever started this is no longer active", code="inactive")
    actor = Actor(user.organization_id, user.id, user.role, via=Via.PAGE)
    access.require_administer(actor)
    return actor
