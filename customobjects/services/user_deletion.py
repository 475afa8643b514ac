"""Deleting a user: who it was is forgotten, and what they have written stays, as a deleted user's.

Records, notes and histories say by whom they are; so the row of the user stays, without a name and an address.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from django_tasks import task

from customobjects.models import FormUse, HomePreference, ListPreference, ObjectOrder, TableImport, View
from customobjects.services import background
from salesos.accounts import audit
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey, AuditEntry, TokenFamily, User
from salesos.accounts.profiles import Density, Theme
from salesos.accounts.users import hold_organizations, require_nobody_locked_out
from salesos.db.transactions import write
from salesos.errors import Conflict, NotFound
from salesos.idempotency.models import KeptAnswer

DELETED_NAME = "Deleted user"
BATCH_SIZE = 500


@write
def begin(actor: Actor, user_id: UUID) -> User:
    """Refuse a user from now on, and have the background forget who it was.

    Where that has begun already, the background is told again. Raises ``NotFound``, and ``Conflict`` for whoever asks,
    and for the only administrator of an organization.
    """
    user = User.objects.select_for_update().filter(id=user_id).first()
    if user is None:
        raise NotFound.named("user", str(user_id))
    if user.id == actor.user_id:
        raise Conflict.of("nobody deletes themselves; another operator does", code="own_user")
    if user.deleted_at is None:
        before = User.objects.get(id=user_id)
        hold_organizations({user.organization_id})
        user.is_active, user.is_staff, user.is_superuser = False, False, False
        require_nobody_locked_out(user, before)
        user.deleted_at = timezone.now()
        user.save(update_fields=["is_active", "is_staff", "is_superuser", "deleted_at"])
        # Not the e-mail: it is to be forgotten.
        audit.note_act(
            actor, AuditEntry.Kind.USER_DELETED, organization_id=user.organization_id, targetUserId=str(user.id)
        )
    if [str(user.id)] not in [args[:1] for args, _kwargs in background.waiting(delete_in_background)]:
        delete_in_background.enqueue(str(user.id))
    return user


@task()
def delete_in_background(user_id: str) -> None:
    """Forget who a user was: what a worker runs."""
    background.work(lambda: delete_batch(UUID(user_id)), again=lambda: delete_in_background.enqueue(user_id))


@write
def delete_batch(user_id: UUID, *, batch: int = BATCH_SIZE) -> bool:
    """Remove some of what is a user's alone, and in the end who it was. Returns whether there is more to do."""
    user = User.objects.select_for_update().filter(id=user_id, deleted_at__isnull=False).first()
    if user is None:
        return False
    own: tuple[Any, ...] = (
        TokenFamily.objects.filter(user=user),
        ApiKey.objects.filter(user=user),
        View.objects.filter(owner=user),
        ListPreference.objects.filter(user=user),
        ObjectOrder.objects.filter(user=user),
        HomePreference.objects.filter(user=user),
        FormUse.objects.filter(user=user),
        KeptAnswer.objects.filter(user=user),
        TableImport.objects.filter(made_by=user),
    )
    for rows in own:
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[:batch])
        if ids:
            rows.model._default_manager.filter(pk__in=ids).delete()
            return True
    user.name, user.email = DELETED_NAME, f"{user.id}@deleted.invalid"
    user.language = user.time_zone = ""
    user.density, user.theme, user.last_login = Density.COMPACT, Theme.SYSTEM, None
    user.set_unusable_password()
    # Records that are named by the user follow: they hear of it as it is saved.
    user.save()
    return False
