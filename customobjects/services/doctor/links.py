"""Links, against the lookups of their records, and lookups to what is not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from customobjects.models import Record, RecordLink
from customobjects.queries.records import names_behind
from customobjects.schema import SchemaField
from customobjects.services import changes, following, uniqueness
from customobjects.services.batches import rewritten_row
from customobjects.services.doctor.base import Batch, Damage, RecordCheck
from customobjects.services.references import links_of
from customobjects.services.transactions import share
from customobjects.storage.rows import update_records

MISSING = "a link is missing"
NEEDLESS = "there is a link that no lookup says"

# A field and a target.
Pair = tuple[UUID, UUID]


class Links(RecordCheck):
    """Whether each record has the links that its lookups say, and no others, to records that are there."""

    key = "links"
    needs_derived = False

    def find(self, subject: Batch) -> Iterable[Damage]:
        schema = subject.schema
        wanted = {(record.id, *pair) for record in subject.sound for pair in links_of(schema, record.data)}
        rows = RecordLink.objects.filter(source_id__in=[record.id for record in subject.sound])
        # Links of deleted fields stay until these are purged.
        rows = rows.exclude(field__in=[field.id for field in subject.definition.deleted_fields])
        held = set(rows.values_list("source_id", "field_id", "target_id"))
        for source, field_id, target in sorted(held - wanted):
            yield Damage.of_record(NEEDLESS, source, key=(field_id, target))
        fields = {field.id: field for field in schema.lookups}
        there = _objects_of(target for _source, _field_id, target in wanted)
        emptying = {field.id for field in subject.definition.fields if field.emptying}
        for source, field_id, target in sorted(wanted):
            field = fields[field_id]
            if there.get(target) == field.target_id:
                if (source, field_id, target) not in held:
                    yield Damage.of_record(MISSING, source, key=(field_id, target))
            elif field_id not in emptying or (source, field_id, target) not in held:
                # Otherwise the background is about to empty it.
                is_emptied = field.type.options["onDelete"] == "set_null"
                what = f"{field.api_name} refers to a record that is not there"
                what += "" if is_emptied else "; change it, as its lookup's rule is not to empty it"
                yield Damage.of_record(what, source, can_be_mended=is_emptied, key=(field_id, target))

    def mend(self, subject: Batch, found: Sequence[Damage]) -> None:
        by_what: dict[str, list[tuple[UUID, UUID, UUID]]] = defaultdict(list)
        for damage in found:
            if damage.record_id is not None:
                what = damage.what if damage.what in (MISSING, NEEDLESS) else "gone"
                by_what[what].append((damage.record_id, *damage.key))
        self._empty(subject, by_what["gone"])
        for source, field_id, target in [*by_what[NEEDLESS], *by_what["gone"]]:
            RecordLink.objects.filter(source_id=source, field_id=field_id, target_id=target).delete()
        # Who deletes a target waits for us, or we for them.
        targets = Record.objects.filter(id__in={target for *_rest, target in by_what[MISSING]}, deleted_at=None)
        held = {record.id for record in share(targets.order_by("id").only("id"))}
        RecordLink.objects.bulk_create(
            [
                RecordLink(source_id=source, field_id=field_id, target_id=target)
                for source, field_id, target in by_what[MISSING]
                if target in held
            ],
            ignore_conflicts=True,
        )

    def _empty(self, subject: Batch, gone: Sequence[tuple[UUID, UUID, UUID]]) -> None:
        """Take what is not there out of lookups: a change of the records, which the server itself makes."""
        schema = subject.schema
        fields = {field.id: field for field in schema.lookups}
        by_record: dict[UUID, list[Pair]] = defaultdict(list)
        for source, field_id, target in gone:
            by_record[source].append((field_id, target))
        records = [record for record in subject.sound if record.id in by_record]
        data = {record.id: _without(record, by_record[record.id], fields) for record in records}
        names = names_behind(schema, data.values())
        rows = [rewritten_row(schema, record, data[record.id], names, version=record.version + 1) for record in records]
        if not rows:
            return
        update_records(schema, rows)
        uniqueness.renew(schema, data)
        pairs = list(zip(records, rows, strict=True))
        changes.tell(changes.rewritten(schema, pairs))
        following.follow(schema, (record.id for record, row in pairs if row["name"] != record.name))


def _objects_of(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The objects of those of some records that are not deleted. At most one query."""
    wanted = set(ids)
    rows = Record.objects.filter(id__in=wanted, deleted_at=None).values_list("id", "custom_object_id")
    return dict(rows) if wanted else {}


def _without(record: Record, gone: Iterable[Pair], fields: dict[UUID, SchemaField]) -> dict[str, object]:
    """What a record holds without some targets."""
    data = dict(record.data)
    for field_id, target in gone:
        field = fields[field_id]
        value = field.type.without(data.pop(field.data_key, None), str(target))
        if value is not None:
            data[field.data_key] = value
    return data
