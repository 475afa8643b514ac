"""What a record's row holds beside its values, against what ``storage.derivation`` makes of them now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from customobjects.models import Record
from customobjects.models.columns import ALL_COLUMNS
from customobjects.queries.records import names_behind
from customobjects.schema import NAME_KEY, Schema
from customobjects.services import background, following
from customobjects.services.batches import rewritten_row
from customobjects.services.doctor.base import Batch, Damage, RecordCheck
from customobjects.storage.derivation import derive
from customobjects.storage.dialect import IDENTITY_MARK
from customobjects.storage.rows import update_records
from customobjects.storage.search_text import segments

ORGANIZATION = "the record is another organization's than its object"


class Rows(RecordCheck):
    """Typed columns, overflow, names, search texts and the organization."""

    key = "rows"

    def find(self, subject: Batch) -> Iterable[Damage]:
        names = names_behind(subject.schema, (record.data for record in subject.sound))
        compared = _Compared(subject)
        for record in subject.sound:
            for what in compared.differences(record, rewritten_row(subject.schema, record, record.data, names)):
                yield Damage.of_record(what, record.id)

    def mend(self, subject: Batch, found: Sequence[Damage]) -> None:
        ids = {damage.record_id for damage in found}
        wrong = [record for record in subject.sound if record.id in ids]
        schema = subject.schema
        names = names_behind(schema, (record.data for record in wrong))
        rows = [rewritten_row(schema, record, record.data, names) for record in wrong]
        update_records(schema, rows)
        # Columns that no field has are not written with the others.
        others = dict.fromkeys((name for name in ALL_COLUMNS if name not in schema.columns), None)
        stored = Record.objects.filter(id__in=[row["id"] for row in rows])
        stored.update(organization_id=schema.organization_id, **others)
        before = {record.id: record.name for record in wrong}
        following.follow(schema, (row["id"] for row in rows if row["name"] != before[row["id"]]))


class _Compared:
    """How the rows of a batch are compared: what may differ, since nobody writes records when a schema changes.

    - What a record has of deleted fields stays until it is written again, or they are purged.
    - A field that got its column later leaves its key in ``overflow`` as well.
    - Segments of search texts lie in the order that fields had.
    - What the background is about to write is not missing yet.
    """

    def __init__(self, batch: Batch) -> None:
        self.schema = batch.schema
        deleted, kept = batch.definition.deleted_fields, self.schema.kept
        own = {name for field in kept for name in (field.column, field.filling)}
        self.columns = [name for name in ALL_COLUMNS if name in own or name not in {field.column for field in deleted}]
        self.filling = {field.filling for field in kept if field.filling}
        self.deleted_keys = {mark + field.data_key for field in deleted for mark in ("", IDENTITY_MARK)}
        self.deleted_numbers = {field.number for field in deleted}

    @cached_property
    def texts_wait(self) -> bool:
        """Whether the background is about to write names and search texts anew. At most one query."""
        if any(field.fills_text for field in self.schema.kept):
            return True
        primary = self.schema.primary
        if primary is None or not self.schema.names_follow:
            return False
        return any(args[0] == str(primary.id) for args, _kwargs in background.waiting(following.follow_in_background))

    @cached_property
    def _without_columns(self) -> Schema:
        kept = {field.id: replace(field, column="", filling="") for field in self.schema.kept}
        primary = self.schema.primary
        return replace(self.schema, kept=tuple(kept.values()), primary=kept.get(primary.id) if primary else None)

    def differences(self, record: Record, row: Mapping[str, Any]) -> Iterator[str]:
        """What of a record's row is not what it would be written as now."""
        for name in self.columns:
            there, wanted = getattr(record, name), row.get(name)
            if there != wanted and not (there is None and name in self.filling):
                how = "a wrong" if there is not None and wanted is not None else "no" if there is None else "a needless"
                yield f"the typed column {name} has {how} key"
        yield from self._in_overflow(record, row)
        if record.name != row["name"] and not self.texts_wait:
            yield "the name is not what the primary field says"
        without = self.deleted_numbers
        if segments(record.search_text, without=without) != segments(row["search_text"]) and not self.texts_wait:
            yield "the search text is not made of the values"
        if record.organization_id != self.schema.organization_id:
            yield ORGANIZATION

    def _in_overflow(self, record: Record, row: Mapping[str, Any]) -> Iterator[str]:
        there = record.overflow if isinstance(record.overflow, dict) else {}
        wanted = row["overflow"] or {}
        if there == wanted and (record.overflow is None or record.overflow == there):
            return
        if record.overflow is not None and not isinstance(record.overflow, dict):
            yield "overflow is no JSON object"
            return
        wrong = {key for key in there.keys() | wanted.keys() if there.get(key) != wanted.get(key)} - self.deleted_keys
        if wrong and wrong.isdisjoint(wanted):
            left = derive(self._without_columns, record.data, {})["overflow"] or {}
            wrong = {key for key in wrong if there[key] != left.get(key)}
        named = {NAME_KEY, IDENTITY_MARK + NAME_KEY}
        if wrong - named or (wrong and not self.texts_wait):
            yield "overflow does not have the keys of the values"
