"""Deleting an organization with all that it has: its people are refused at once, the rest the background removes.

Each step is a transaction that finds in the database what is left, so that it may be killed, and run twice. What the
operators have to account for stays: that the organization was deleted, by whom, and how much it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from django_tasks import task

from customobjects.models import CustomObject, Field, Record, Revision, SchemaRevision, TableImport
from customobjects.models.of_object import BY_ID, OfObject
from customobjects.queries.leftovers import left_of
from customobjects.services import background
from customobjects.services.purge import BATCH_SIZE, purge_batch
from salesos.accounts import audit
from salesos.accounts.actor import Actor
from salesos.accounts.models import AuditEntry, Organization, User
from salesos.db.append_only import purging
from salesos.db.transactions import write
from salesos.errors import Conflict, NotFound

logger = logging.getLogger(__name__)

# For each user that goes the database looks through what users are named by, which has no index for it.
USERS_AT_ONCE = 10


@write
def begin(actor: Actor, organization_id: UUID) -> Organization:
    """Refuse an organization's people from now on, and have the background delete all that it has.

    Where that has begun already, the background is told again, should it have failed. Raises ``NotFound``, and
    ``Conflict`` for the organization of whoever asks.
    """
    organization = Organization.objects.select_for_update().filter(id=organization_id).first()
    if organization is None:
        raise NotFound.named("organization", str(organization_id))
    if User.objects.filter(id=actor.user_id, organization=organization).exists():
        message = "you belong to this organization; an operator of another one deletes it"
        raise Conflict.of(message, code="own_organization")
    if organization.deletion_began_at is None:
        organization.deletion_began_at = timezone.now()
        organization.save(update_fields=["deletion_began_at"])
        _note(actor, organization, phase="began", left={left.several: left.number for left in left_of(organization.id)})
    # First, so that whoever accepts one at this moment is refused, or is among the people.
    organization.invitations.all().delete()
    organization.users.filter(is_active=True).update(is_active=False)
    if [str(organization.id)] not in [args[:1] for args, _kwargs in background.waiting(delete_in_background)]:
        delete_in_background.enqueue(str(organization.id), *actor.texts())
    return organization


@task()
def delete_in_background(organization_id: str, *who: str) -> None:
    """Delete an organization for the operator who said so: what a worker runs."""
    actor = Actor.of_texts(*who)
    background.work(
        lambda: delete_batch(actor, UUID(organization_id)),
        again=lambda: delete_in_background.enqueue(organization_id, *who),
    )


def delete_batch(actor: Actor, organization_id: UUID, *, batch: int = BATCH_SIZE) -> bool:
    """Remove some of what is left of an organization, and in the end itself. Returns whether there is more to do."""
    organization = Organization.objects.filter(id=organization_id, deletion_began_at__isnull=False).first()
    if organization is None:
        return False
    if any(remove(organization, batch) for remove in PARTS):
        return True
    _delete_itself(actor, organization)
    return False


def _records(organization: Organization, batch: int) -> int:
    """Records with their links, keys, notes, activities and histories."""
    for object_id in CustomObject.objects.filter(organization=organization).values_list("id", flat=True):
        records = Record.objects.filter(OfObject(object_id)).order_by(*BY_ID)
        # Each has an index of its own.
        there, in_trash = records.filter(deleted_at=None), records.filter(deleted_at__isnull=False)
        if count := purge_batch(there, batch) or purge_batch(in_trash, batch):
            return count
    return 0


def _histories(organization: Organization, batch: int) -> int:
    return _purge(Revision.objects.filter(organization_id=organization.id).order_by("transaction"), batch)


def _definitions(organization: Organization, _batch: int) -> int:
    """An object with its fields and views."""
    custom_object = CustomObject.objects.filter(organization=organization).first()
    if custom_object is None:
        return 0
    with transaction.atomic():
        # Lookups keep what they lead to, and an object its primary field.
        Field.objects.filter(target=custom_object).update(target=None)
        CustomObject.objects.filter(id=custom_object.id).update(primary_field=None)
        custom_object.delete()
    return 1


def _histories_of_definitions(organization: Organization, batch: int) -> int:
    return _purge(SchemaRevision.objects.filter(organization=organization).order_by("id"), batch)


def _imports(organization: Organization, _batch: int) -> int:
    return TableImport.objects.filter(organization=organization).delete()[0]


def _people(organization: Organization, _batch: int) -> int:
    """Users with their keys, tokens, views and preferences."""
    ids = list(User.objects.filter(organization=organization).order_by("id").values_list("id", flat=True))
    with transaction.atomic():
        return User.objects.filter(id__in=ids[:USERS_AT_ONCE]).delete()[0]


def _audit_entries(organization: Organization, batch: int) -> int:
    return _purge(AuditEntry.objects.filter(organization=organization).order_by("-at", "-id"), batch)


# In this order: nothing that is left refers to what is gone.
PARTS: tuple[Callable[[Organization, int], int], ...] = (
    _records,
    _histories,
    _definitions,
    _histories_of_definitions,
    _imports,
    _people,
    _audit_entries,
)


def _purge(found: QuerySet[Model], batch: int) -> int:
    """Remove the first of some rows of a table that is append-only."""
    ids = list(found.values_list("id", flat=True)[:batch])
    if ids:
        with purging(found.model._meta.db_table):
            found.model._default_manager.filter(id__in=ids).delete()
    return len(ids)


@write
def _delete_itself(actor: Actor, organization: Organization) -> None:
    held = Organization.objects.select_for_update().filter(id=organization.id).first()
    if held is not None:
        held.delete()
        _note(actor, organization, phase="ended")
        logger.info("The organization %s is deleted", organization.id)


def _note(actor: Actor, organization: Organization, **details: object) -> None:
    """Note it where it is not deleted along: among the entries that belong to no organization."""
    audit.note(
        AuditEntry.Kind.ORGANIZATION_DELETED,
        organization_id=None,
        user_id=actor.user_id,
        via=actor.via,
        address=actor.address,
        targetOrganizationId=str(organization.id),
        targetOrganizationName=organization.name,
        **details,
    )
