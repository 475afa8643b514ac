"""Exporting the audit log: that it was, is noted in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from customobjects import access
from customobjects.services.transactions import write
from salesos import json
from salesos.accounts import audit
from salesos.accounts.actor import Actor
from salesos.accounts.models import AuditEntry

# So many of the newest; a filter by time leads to older ones.
MAX_ENTRIES = 10_000
HEADINGS = ("Time", "What", "Who", "Through", "Address", "Details")


@write
def export_audit(actor: Actor, entries: QuerySet[AuditEntry]) -> Iterator[Sequence[str]]:
    """The rows of a file of some entries, the newest first, at most ``MAX_ENTRIES``. Raises ``PermissionDenied``."""
    access.require_audit(actor)
    found = list(entries.order_by("-at", "-id")[:MAX_ENTRIES])
    kind = audit.Kind.AUDIT_EXPORTED
    audit.note_act(actor, kind, organization_id=actor.organization_id, count=len(found))
    return _rows(found)


def _rows(entries: Sequence[AuditEntry]) -> Iterator[Sequence[str]]:
    yield HEADINGS
    for entry in entries:
        who = entry.user.email if entry.user else ""
        details = json.dumps(entry.details) if entry.details else ""
        yield entry.at.isoformat(timespec="seconds"), entry.get_kind_display(), who, entry.via, entry.ip or "", details
