"""Reading the audit log."""

from __future__ import annotations

from django.db.models import QuerySet

from customobjects import access
from salesos.accounts.actor import Actor
from salesos.accounts.models import AuditEntry


def list_audit_entries(actor: Actor) -> QuerySet[AuditEntry]:
    """The entries of the actor's organization, each with its user. Raises ``PermissionDenied``."""
    access.require_audit(actor)
    return access.visible_audit_entries(actor).select_related("user")
