"""Deleting records that somebody picked: each for itself, a few at once and more in the background.

What something stands against, as a lookup that restricts, stays; the others go. The background may do it twice: what is
gone already is passed over.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django_tasks import task

from customobjects import access
from customobjects.models import CustomObject
from customobjects.services import background
from customobjects.services.bulk import note_deletion
from customobjects.services.records import delete_record
from salesos.accounts.actor import Actor
from salesos.errors import DomainError, NotFound

logger = logging.getLogger(__name__)

# More than these take longer than somebody should wait for a page.
MAX_AT_ONCE = 100
BATCH_SIZE = 100

# Records that stay, each with what is in its way.
Kept = dict[UUID, DomainError]


def delete_picked(actor: Actor, ids: Sequence[UUID]) -> Kept:
    """Put records into the trash, each in a transaction of its own. Returns those that stay, and why.

    What others of them point at goes after these: again and again, while there are fewer left.
    """
    deleted: Counter[UUID] = Counter()
    kept = _delete_each(actor, ids, deleted)
    while kept and len(kept) < len(ids):
        ids = list(kept)
        kept = _delete_each(actor, ids, deleted)
    for custom_object in CustomObject.objects.filter(id__in=deleted):
        note_deletion(actor, custom_object, deleted[custom_object.id], "list")
    return kept


def _delete_each(actor: Actor, ids: Sequence[UUID], deleted: Counter[UUID]) -> Kept:
    """Delete records, and count them by their objects. Returns those that stay."""
    kept: Kept = {}
    # The newest first: records mostly point at older ones.
    found = access.visible_records_of_all_objects(actor).filter(id__in=ids).order_by("-id")
    for id_, object_id in list(found.values_list("id", "custom_object_id")):
        try:
            delete_record(actor, str(object_id), str(id_))
            deleted[object_id] += 1
        except NotFound:
            continue  # It went along with another one.
        except DomainError as error:
            kept[id_] = error
    return kept


def delete_picked_later(actor: Actor, ids: Sequence[UUID]) -> None:
    """Have the background do what ``delete_picked`` does, with the rights that the actor has now."""
    delete_in_background.enqueue([str(id_) for id_ in sorted(ids, reverse=True)], *actor.texts())


@task()
def delete_in_background(ids: list[str], *who: str) -> None:
    """Delete records for the actor who picked them: what a worker runs."""
    actor = Actor.of_texts(*who)
    left = [UUID(id_) for id_ in ids]

    def step() -> bool:
        kept = delete_picked(actor, left[:BATCH_SIZE])
        for id_, error in kept.items():
            logger.info("Record %s stays: %s", id_, error)
        del left[:BATCH_SIZE]
        return bool(left)

    background.work(step, again=lambda: delete_picked_later(actor, left))
