"""The history of a record in sentences, with what people have attached to it, and the ways back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from customobjects.queries import records as queries
from customobjects.queries.history import OWNER_ID
from customobjects.queries.timeline import TimelineKind, TimelineRow, timeline
from customobjects.schema import Schema
from customobjects.services.history import revert_record
from customobjects.services.naming import reference_of
from customobjects.web.revisions import THROUGH, changed_cells, held_in, people_in
from customobjects.web.views.beside import shown_attached
from customobjects.web.views.record_page import RecordTab
from customobjects.web.views.records import RecordsPage
from customobjects.web.words import record_in_words
from salesos import errors
from salesos.accounts.actor import Via

PAGE_SIZE = 30
DONE = {
    TimelineKind.CREATE: "made it",
    TimelineKind.DELETE: "deleted it",
    TimelineKind.RESTORE: "restored it",
    TimelineKind.NOTE: "wrote",
}


class RecordTimeline(RecordTab):
    """What happened to a record, the newest first, and the forms for more."""

    route = "record-timeline"

    def context(self) -> dict[str, Any]:
        schema, record = self.schema, self.record
        before = self.request.GET.get("before") or None
        try:
            found = timeline(self.actor, schema, record["id"], before=before, limit=PAGE_SIZE)
        except errors.ValidationError:
            # A cursor of another record leads nowhere: its history begins anew.
            found = timeline(self.actor, schema, record["id"], limit=PAGE_SIZE)
        return {
            **self.shared(),
            "entries": list(self._entries(found.rows)),
            "next": found.next_cursor,
            "is_first_page": not before,
            "compose": {} if before else self.beside.forms,
        }

    def _entries(self, rows: list[TimelineRow]) -> Iterator[dict[str, Any]]:
        schema = self.schema
        changes = [row.changes for row in rows if row.changes]
        names = queries.names_of_references(self.actor, schema, held_in(schema, changes), people=people_in(changes))
        for row in rows:
            yield {
                "row": row,
                "did": DONE.get(row.kind, ""),
                "through": THROUGH[Via(row.via)] if row.via and row.via != Via.PAGE else "",
                **self._changes(schema, row, names),
                **self._attached(row),
            }

    def _changes(self, schema: Schema, row: TimelineRow, names: Mapping[str, str]) -> dict[str, Any]:
        if row.kind is not TimelineKind.UPDATE:
            return {}
        shown = changed_cells(schema, row.changes or {}, names)
        known = [field.api_name for field in schema.fields if field.api_name in (row.changes or {})]
        named = [*known, OWNER_ID] if OWNER_ID in (row.changes or {}) else known
        gone = [_gone(schema, row, name) for name in named]
        return {"changes": list(zip(named, shown, gone, strict=True)), "before": (row.version or 1) - 1}

    def _attached(self, row: TimelineRow) -> dict[str, Any]:
        attached = row.note or row.activity
        return shown_attached(self.actor, attached, can_write=self.can_write) if attached else {}


def _gone(schema: Schema, row: TimelineRow, name: str) -> list[str]:
    """The names of the records that a field lost, as they were deleted in the same change, and got nothing instead."""
    if name == OWNER_ID or not row.gone:
        return []
    ids = schema.by_name[name].type.ids
    changed = (row.changes or {})[name]
    held, left = ids(changed["old"]), set(ids(changed["new"]))
    return [row.gone[id_] for id_ in held if id_ in row.gone and id_ not in left] if left <= set(held) else []


class BringBack(RecordsPage):
    """Gives a record what it held at a version: the fields that are sent, or all."""

    def post(self, request: HttpRequest, version: int, **named: str) -> HttpResponse:
        schema = self.schema
        fields = request.POST.getlist("field") or None
        reference, before = named["record_reference"], self.record["version"]
        try:
            written = revert_record(self.actor, str(schema.id), reference, str(version), names=fields)
        except errors.ValidationError as error:
            # It is the state of the record that stands in the way, and no control of a form.
            raise errors.Conflict(error.problems) from error
        labels = [schema.by_name[name].label if name in schema.by_name else "Owner" for name in fields or ()]
        record = record_in_words(schema.name, written.name)
        what = f"{' and '.join(labels)} of {record}" if labels else record
        text = f"{what} is as it was before." if written.version != before else "Nothing was changed."
        return self.done(text, "web:record-timeline", reference_of(schema), UUID(reference))
