"""Unique keys, against the values of their records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from customobjects.models import Record, UniqueKey
from customobjects.services import background, uniqueness
from customobjects.services.doctor.base import Batch, Damage, RecordCheck
from customobjects.services.unique_rules import drop_keys_in_background
from customobjects.services.uniqueness import KeyOf

MISSING = "a unique key is missing"
NEEDLESS = "there is a unique key that is none of the record's"
SHARED = "two records share what is to be unique; change one of them"


class Keys(RecordCheck):
    """Whether each record has the unique keys that its values make, and no others."""

    key = "keys"

    def find(self, subject: Batch) -> Iterable[Damage]:
        schema = subject.schema
        filled = {rule.name for rule in schema.unique_rules if rule.is_filled}
        wanted = {(record.id, key) for record in subject.sound for key in uniqueness.keys_of(schema, record.data)}
        held: set[tuple[UUID, KeyOf]] = set()
        needless: list[tuple[int, UUID, str]] = []
        rows = UniqueKey.objects.filter(record_id__in=[record.id for record in subject.sound])
        for id_, object_id, record_id, name, digest in rows.values_list(
            "id", "custom_object_id", "record_id", "name", "digest"
        ):
            pair = (record_id, (name, bytes(digest)))
            if object_id == schema.id and pair in wanted:
                held.add(pair)
            else:
                needless.append((id_, record_id, name if object_id == schema.id else ""))
        yield from self._needless(subject, needless)
        missing = sorted(pair for pair in wanted - held if pair[1][0] in filled)
        yield from self._missing(subject, missing)

    def _needless(self, subject: Batch, needless: Sequence[tuple[int, UUID, str]]) -> Iterable[Damage]:
        if not needless:
            return
        # Keys of what is no longer unique, which are yet to be deleted.
        ended = {field.key_name for field in subject.definition.deleted_fields}
        tasks = background.waiting(drop_keys_in_background)
        ended |= {name for (object_id, name), _kwargs in tasks if object_id == str(subject.schema.id)}
        for id_, record_id, name in needless:
            if name not in ended:
                yield Damage.of_record(NEEDLESS, record_id, key=id_)

    def _missing(self, subject: Batch, missing: Sequence[tuple[UUID, KeyOf]]) -> Iterable[Damage]:
        holders = _holders(subject, (key for _id, key in missing))
        for record_id, key in missing:
            holder = holders.get(key)
            if holder is None:
                yield Damage.of_record(MISSING, record_id, key=key)
                # The next one with the same values.
                holders[key] = record_id
            else:
                first, second = sorted((str(record_id), str(holder)))
                yield Damage(SHARED, f"{first} and {second}", record_id, can_be_mended=False, key=key)

    def mend(self, subject: Batch, found: Sequence[Damage]) -> None:
        schema = subject.schema
        UniqueKey.objects.filter(id__in=[damage.key for damage in found if damage.what == NEEDLESS]).delete()
        wanted = {
            damage.key: damage.record_id for damage in found if damage.what == MISSING and damage.record_id is not None
        }
        # Who has a key without the values for it gives it up.
        others = uniqueness.holders(schema.id, wanted)
        list(Record.objects.select_for_update().filter(id__in=set(others.values())).order_by("id").only("id"))
        rightful = _holders(subject, wanted)
        for key, holder in others.items():
            if key not in rightful:
                name, digest = key
                UniqueKey.objects.filter(
                    custom_object_id=schema.id, name=name, digest=digest, record_id=holder
                ).delete()
        uniqueness.take(schema.id, wanted)


def _holders(subject: Batch, keys: Iterable[KeyOf]) -> dict[KeyOf, UUID]:
    """The records that hold some keys, and have the values for them. Two queries, where there are keys."""
    found: Mapping[KeyOf, UUID] = uniqueness.holders(subject.schema.id, keys)
    if not found:
        return {}
    records = Record.objects.filter(
        id__in=set(found.values()), custom_object_id=subject.schema.id, deleted_at=None
    ).only("data")
    data = {record.id: record.data for record in records}
    return {
        key: id_
        for key, id_ in found.items()
        if isinstance(data.get(id_), dict) and key in uniqueness.keys_of(subject.schema, data[id_])
    }
