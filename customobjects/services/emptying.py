"""Emptying the lookups to records that are deleted, where the lookups' rule is ``set_null``.

So many as a request can do, in the transaction that deletes. Where there are more, the background does all of them,
batch by batch, so that nobody waits. Until it has come by, such a lookup names a record that is gone: its link, which
stays, is what is left to do. ``Field.emptying`` says meanwhile how far it is.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django_tasks import task
from uuid_utils.compat import uuid7

from customobjects.models import CustomObject, Field, Record, RecordLink
from customobjects.queries.records import STORED_COLUMNS
from customobjects.schema import schema_of
from customobjects.services import background, following, references, uniqueness
from customobjects.services.pending_writes import PendingWrite, StoredRecord, store
from customobjects.services.transactions import share, write
from salesos.accounts.actor import Actor

logger = logging.getLogger(__name__)

BATCH_SIZE = 1_000


def live_links() -> QuerySet[RecordLink]:
    """The links from records that are there, by lookups that are there."""
    return RecordLink.objects.filter(field__deleted_at=None, source__deleted_at=None)


def emptied_links() -> QuerySet[RecordLink]:
    """Those of lookups that are emptied when their target is deleted."""
    return live_links().filter(field__options__onDelete="set_null")


def empty_lookups(actor: Actor, deleted: Collection[UUID]) -> QuerySet[RecordLink]:
    """Take records that are being deleted out of the lookups of those that stay; the caller deletes all other links.

    At most ``BATCH_SIZE`` now; more in the background. Returns the links that are left to it.
    """
    pointing = _pointing(deleted)
    links = list(pointing.order_by("source_id")[: BATCH_SIZE + 1])
    if len(links) <= BATCH_SIZE:
        _empty(actor, links)
        return RecordLink.objects.none()
    targets = pointing.values_list("target_id", flat=True).distinct()
    deletion = str(uuid7())
    _note(deletion, dict.fromkeys(pointing.values_list("field_id", flat=True).distinct(), 0))
    empty_in_background.enqueue([str(id_) for id_ in targets], *actor.texts(), deletion=deletion)
    return pointing


def are_left_to_background(deleted: Collection[UUID]) -> bool:
    """Whether deleting these records would leave lookups to the background to be emptied. One query."""
    return _pointing(deleted)[: BATCH_SIZE + 1].count() > BATCH_SIZE


def _pointing(deleted: Collection[UUID]) -> QuerySet[RecordLink]:
    """The links that are emptied when these records are deleted: from those that stay."""
    return emptied_links().filter(target_id__in=deleted).exclude(source_id__in=deleted)


@task()
def empty_in_background(targets: list[str], *who: str, deletion: str = "") -> None:
    """Empty the lookups to deleted records for the actor who deleted them: what a worker runs.

    ``deletion`` is what their fields know it by.
    """
    actor = Actor.of_texts(*who)
    ids = [UUID(target) for target in targets]
    background.work(
        lambda: empty_batch(actor, ids, deletion),
        again=lambda: empty_in_background.enqueue(targets, *who, deletion=deletion),
    )


@write
def empty_batch(actor: Actor, targets: Sequence[UUID], deletion: str = "") -> bool:
    """Empty the next lookups to deleted records, in one transaction. Returns whether there may be more to do.

    Those to a record that was restored meanwhile keep it.
    """
    pointing = emptied_links().filter(target_id__in=targets, target__deleted_at__isnull=False)
    links = list(pointing.order_by("source_id")[:BATCH_SIZE])
    _empty(actor, links)
    logger.info("%d lookups to deleted records emptied", len(links))
    is_done = len(links) < BATCH_SIZE
    if is_done:
        _forget(deletion)
    else:
        _note(deletion, Counter(link.field_id for link in links))
    return not is_done


def _held(fields: QuerySet[Field]) -> list[Field]:
    """Some lookups, held. Whoever changes their objects' schemas waits for this transaction to end, or we for them."""
    list(share(CustomObject.objects.filter(id__in=fields.values("custom_object")).order_by("id")))
    return list(fields.select_for_update().order_by("id"))


def _note(deletion: str, done: Mapping[UUID, int]) -> None:
    """Say at each lookup, by id, that so many more of a deletion's are done."""
    for field in _held(Field.objects.filter(id__in=done)):
        field.emptying[deletion] = field.emptying.get(deletion, 0) + done[field.id]
        field.save(update_fields=["emptying"])


def _forget(deletion: str) -> None:
    """Say nothing more of a deletion whose lookups are all done."""
    for field in _held(Field.objects.filter(emptying__has_key=deletion)):
        del field.emptying[deletion]
        field.save(update_fields=["emptying"])


def _empty(actor: Actor, links: Sequence[RecordLink]) -> None:
    emptied: dict[UUID, list[RecordLink]] = defaultdict(list)
    for link in links:
        emptied[link.source_id].append(link)
    fields = Field.objects.filter(id__in={link.field_id for link in links})
    objects = CustomObject.objects.filter(id__in=fields.values("custom_object"))
    schemas = {custom_object.id: schema_of(custom_object) for custom_object in share(objects.order_by("id"))}
    writes: dict[UUID, list[PendingWrite]] = defaultdict(list)
    held = Record.objects.select_for_update().filter(id__in=list(emptied), deleted_at=None).order_by("id")
    for object_id, *columns in held.values_list("custom_object_id", *STORED_COLUMNS):
        existing = StoredRecord(*columns)
        pending = PendingWrite(dict(existing.data), existing.owner_id, existing)
        compiled = {field.id: field for field in schemas[object_id].kept}
        for link in emptied[existing.id]:
            field = compiled[link.field_id]
            value = field.type.without(pending.data.pop(field.data_key, None), str(link.target_id))
            if value is not None:
                pending.data[field.data_key] = value
        writes[object_id].append(pending)
    for object_id, of_object in writes.items():
        uniqueness.claim(actor, schemas[object_id], of_object)
        if refused := [pending.error for pending in of_object if pending.error]:
            raise refused[0].anew()
        references.name(schemas[object_id], of_object)
        store(actor, schemas[object_id], of_object)
        renamed = (pending.id for pending in of_object if pending.renames(schemas[object_id]))
        following.follow(schemas[object_id], renamed)
    RecordLink.objects.filter(id__in=[link.id for link in links]).delete()
