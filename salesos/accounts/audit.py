"""The audit log: who signed in, made a key, changed a user, deleted much. It is written where these things happen.

No entry ever has a password, a token or a key. What people type is cut to what its column would hold.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from salesos.accounts.actor import Actor, Via
from salesos.accounts.addresses import address_of
from salesos.accounts.models import AuditEntry, User, normalized_email
from salesos.db.append_only import purging

Kind = AuditEntry.Kind
MAX_EMAIL_LENGTH = 254
API_PATH, ADMIN_PATH = "/v1/", "/admin/"


def note(
    kind: Kind,
    *,
    organization_id: UUID | None,
    user_id: UUID | None,
    via: Via,
    address: str = "",
    **details: Any,
) -> None:
    """Write an entry, within the caller's transaction where there is one. ``details`` are named as the API has them."""
    AuditEntry.objects.create(
        organization_id=organization_id, user_id=user_id, kind=kind, via=via, ip=_ip(address), details=details
    )


def note_act(actor: Actor | None, kind: Kind, *, organization_id: UUID, **details: Any) -> None:
    """Note what an actor did to something that an organization owns; None is the server itself, as on a command."""
    if actor is None:
        note(kind, organization_id=organization_id, user_id=None, via=Via.SYSTEM, **details)
        return
    note(kind, organization_id=organization_id, user_id=actor.user_id, via=actor.via, address=actor.address, **details)


def note_session(request: Any, kind: Kind, user: User) -> None:
    """Note that somebody signed in or out."""
    address = address_of(request)
    note(kind, organization_id=user.organization_id, user_id=user.id, via=via_of(request), address=address)


def note_attempt(request: Any, kind: Kind, email: str) -> None:
    """Note an attempt to sign in that led nowhere, in the organization of the one who has that e-mail, if anybody does.

    What is no e-mail may be a password in the wrong control: it is not kept.
    """
    tried = normalized_email(email)[:MAX_EMAIL_LENGTH]
    # Neither a NUL nor half a character can be stored.
    tried = tried.replace("\x00", "").encode("utf-8", "replace").decode()
    user = User.objects.filter(email=tried).only("organization_id").first() if "@" in tried else None
    note(
        kind,
        organization_id=user.organization_id if user else None,
        user_id=user.id if user else None,
        via=via_of(request),
        address=address_of(request) if request is not None else "",
        **({"email": tried} if "@" in tried else {}),
    )


def via_of(request: Any) -> Via:
    """What somebody signs in or out through."""
    path = "" if request is None else request.path_info
    if path.startswith(ADMIN_PATH):
        return Via.ADMIN
    return Via.SYSTEM if request is None else Via.API if path.startswith(API_PATH) else Via.PAGE


def purge(report: Callable[[str], None], *, batch: int) -> None:
    """Remove the entries that are older than the setting AUDIT_DAYS; 0 keeps them for ever."""
    if not settings.AUDIT_DAYS:
        return
    old = AuditEntry.objects.filter(at__lt=timezone.now() - timedelta(days=settings.AUDIT_DAYS)).order_by("at")
    done = 0
    while ids := list(old.values_list("id", flat=True)[:batch]):
        with purging(AuditEntry._meta.db_table):
            AuditEntry.objects.filter(id__in=ids).delete()
        done += len(ids)
        report(f"{done} audit entries purged")


def _ip(text: str) -> str | None:
    """An address as it is stored; None where it is none. What stands behind ``%`` is an interface of this machine."""
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return None
