"""The counters of auto numbers, SQLite's search index, and what deleted records still hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Model, QuerySet

from customobjects.models import AutoNumberCounter, Record, RecordLink, UniqueKey
from customobjects.services.doctor.base import Batch, Damage, Definition, ObjectCheck, RecordCheck
from customobjects.storage import search_index

MOST_AT_ONCE = 1_000


class Counters(RecordCheck):
    """Whether the next number of an auto number lies behind all that records have, in the format of now.

    Who has set it back on purpose, to number anew, does not want that mended.
    """

    key = "counters"
    needs_derived = False

    def find(self, subject: Batch) -> Iterable[Damage]:
        fields = subject.schema.auto_numbers
        if not fields:
            return
        counters = AutoNumberCounter.objects.filter(field__in=[field.id for field in fields])
        next_numbers = dict(counters.values_list("field_id", "next_number"))
        for field in fields:
            # One without a counter ``definition`` tells of.
            next_number = next_numbers.get(field.id)
            if next_number is None:
                continue
            for record in subject.sound:
                count = field.type.count_of(record.data.get(field.data_key))
                if count is not None and count >= next_number:
                    what = f"the next number of {field.api_name} is not behind one that was given"
                    yield Damage.of_record(what, record.id, key=(field.id, count))

    def mend(self, subject: Batch, found: Sequence[Damage]) -> None:
        greatest: dict[UUID, int] = {}
        for damage in found:
            field_id, count = damage.key
            greatest[field_id] = max(count, greatest.get(field_id, 0))
        for counter in AutoNumberCounter.objects.select_for_update().filter(field__in=greatest).order_by("field"):
            counter.next_number = max(counter.next_number, greatest[counter.field_id] + 1)
            counter.save(update_fields=["next_number"])


class SearchTexts(RecordCheck):
    """Whether SQLite's search index knows each record's search text, or has it wait."""

    key = "search"

    def find(self, subject: Batch) -> Iterable[Damage]:
        ids = [record.id.hex for record in subject.records]
        for id_ in search_index.unknown(subject.definition.id.hex, ids):
            yield Damage.of_record("the search index does not know the record's text, and it does not wait", UUID(id_))

    def mend(self, subject: Batch, found: Sequence[Damage]) -> None:
        ids = [damage.record_id.hex for damage in found if damage.record_id is not None]
        search_index.wait(subject.definition.id.hex, ids)


class Trash(ObjectCheck):
    """Whether deleted records have given up their unique keys and their links."""

    key = "trash"
    KEYS, LINKS = "a deleted record still has unique keys", "a deleted record still has links"

    def find(self, subject: Definition) -> Iterable[Damage]:
        for what, rows, column in self._rows(subject):
            for record_id in rows.order_by(column).values_list(column, flat=True).distinct()[:MOST_AT_ONCE]:
                yield Damage(what, str(record_id), key=record_id)

    def mend(self, subject: Definition, found: Sequence[Damage]) -> None:
        for what, rows, column in self._rows(subject):
            ids = [damage.key for damage in found if damage.what == what]
            list(Record.objects.select_for_update().filter(id__in=ids).order_by("id").only("id"))
            rows.filter(**{f"{column}__in": ids}).delete()

    def _rows(self, subject: Definition) -> Iterable[tuple[str, QuerySet[Model], str]]:
        deleted = {"custom_object": subject.id, "deleted_at__isnull": False}
        keys = {f"record__{name}": value for name, value in deleted.items()}
        links = {f"source__{name}": value for name, value in deleted.items()}
        yield self.KEYS, UniqueKey.objects.filter(**keys), "record_id"
        yield self.LINKS, RecordLink.objects.filter(**links), "source_id"
