"""Exporting records: what leaves is noted in the audit log before its first byte does."""

from __future__ import annotations

import re

from django.utils import timezone

from customobjects.queries.export import Export, ExportRequest, export_records
from customobjects.queries.selection import RecordRequest
from customobjects.schema import Schema
from customobjects.services.definitions import note_act
from salesos import json
from salesos.accounts import audit
from salesos.accounts.actor import Actor

# What file systems do not take in a name.
NO_FILE_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
# How much of what somebody filtered by an entry keeps.
MAX_KEPT_CHARACTERS = 1_000


def file_name(schema: Schema) -> str:
    """What an export of an object's records is called today, in UTC."""
    return NO_FILE_NAME.sub("-", f"{schema.plural_name} {timezone.now().date().isoformat()}.csv")


def export(actor: Actor, schema: Schema, asked: ExportRequest) -> Export:
    """The export of records of an object that the actor may read (``queries.export``), which is noted.

    Its entry has the number of records there were when it began, the filters and the search. Raises as
    ``export_records`` does; then nothing is noted.
    """
    begun = export_records(actor, schema, asked)
    note_act(actor, audit.Kind.RECORDS_EXPORTED, schema, count=begun.number, **_asked(asked.records, asked.ids))
    return begun


def _asked(records: RecordRequest, ids: tuple[str, ...] | None) -> dict[str, object]:
    """What was asked for, as far as anything was."""
    filters = "&".join(f"{name}={value}" for name, value in records.filters)
    if records.tree:
        filters = json.dumps(records.tree)
    found = {"filters": filters[:MAX_KEPT_CHARACTERS], "search": records.search, "picked": len(ids or ())}
    return {name: value for name, value in found.items() if value}
