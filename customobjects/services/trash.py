"""Restoring records from the trash: with all that went along, their links and their unique values.

One that a person restores gets back the lookups to it that its deletion emptied, too (``services.relinking``).

All that stands in the way is found first, and told together. Fields that the caller names (``without``) give up values
that stand in the way: unique ones that another record has by now, and lookups to records that are gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from customobjects import access
from customobjects.models import CustomObject, Record
from customobjects.queries.objects import as_uuid
from customobjects.queries.records import STORED_COLUMNS, get_document, nameless
from customobjects.schema import Schema, SchemaField, schema_of
from customobjects.services import following, references, relinking, uniqueness
from customobjects.services.batches import cut_by_size, stored_sizes
from customobjects.services.pending_writes import PendingWrite, StoredRecord, store
from customobjects.services.records import Written, writable_schema
from customobjects.services.relinking import Restored
from customobjects.services.transactions import share, write
from customobjects.services.uniqueness import MAX_SHOWN, KeyOf
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, NotFound, Problem, ValidationError, alternatives, quoted

# What one request restores at most: as much as one deletes.
MAX_AT_ONCE = 10_000


@write
def restore_record(
    actor: Actor, object_reference: str, record_reference: str, *, without: Collection[str] = ()
) -> Written:
    """Take a record out of the trash, with all that went along when it was deleted.

    One that went along itself comes back alone. Lookups of other records that the deletion emptied point there again,
    as far as the histories tell. ``without`` has names of fields (apiNames or ids) whose values are dropped where they
    stand in the way. Raises ``NotFound``, ``PermissionDenied``, ``ValidationError`` for a name in ``without``, and
    ``Conflict`` with all that stands in the way.
    """
    schema = writable_schema(actor, object_reference, access.require_restore)
    id_ = as_uuid(record_reference)
    if id_ is None or not access.deleted_records(actor, schema).filter(id=id_).exists():
        raise NotFound.named("record", record_reference)
    restored = _restore(actor, Q(id=id_) | Q(deleted_with=id_), {id_}, without)
    relinking.bring_back_links(actor, restored)
    document, version = get_document(actor, schema, str(id_))
    name = Record.objects.values_list("name", flat=True).get(id=id_)
    return Written(id_, schema.id, name, version, document)


def restore_records(actor: Actor, ids: Collection[UUID], *, without: Collection[str] = ()) -> list[Restored]:
    """Take exactly these records out of the trash, within the caller's transaction. Raises as ``restore_record``.

    ``NotFound`` where one of them is not in the trash. Lookups that were emptied are left to the caller.
    """
    return _restore(actor, Q(id__in=list(ids)), set(ids), without)


def _restore(actor: Actor, condition: Q, needed: Collection[UUID], without: Collection[str]) -> list[Restored]:
    """Restore the records in the trash that fit a condition; ``needed`` ones must be among them. Returns which."""
    deleted = access.deleted_records_of_all_objects(actor).filter(condition)
    object_ids = set(deleted.values_list("custom_object_id", flat=True))
    objects = share(CustomObject.objects.filter(id__in=object_ids, deleted_at=None).order_by("id"))
    schemas = {row.id: access.visible_schema(actor, schema_of(row)) for row in objects}
    records = Record.objects.filter(condition, custom_object_id__in=list(schemas), deleted_at__isnull=False)
    held = records.select_for_update().order_by("id").values_list("id", "custom_object_id", "owner_id", "deleted_in")
    rows = list(held[: MAX_AT_ONCE + 1])
    if len(rows) > MAX_AT_ONCE:
        message = f"more than {MAX_AT_ONCE:,} records would be restored with it; restore those that went along first"
        raise Conflict.of(message, code="too_many")
    if missing := set(needed) - {row[0] for row in rows}:
        raise NotFound.named("record", min(missing))
    for schema in schemas.values():
        access.require_restore(actor, schema, {row[2] for row in rows if row[1] == schema.id})
        if not schema.is_active:
            raise Conflict.of(f"{schema.api_name} is archived; restore it to change its records", code="archived")
    dropped = _Dropped.of(schemas.values(), without)
    # From now on they are there, for each other as well.
    Record.objects.filter(id__in=[row[0] for row in rows]).update(deleted_at=None, deleted_in=None, deleted_with=None)
    problems: list[Problem] = []
    for schema in schemas.values():
        ids = [row[0] for row in rows if row[1] == schema.id]
        sizes: dict[UUID, int] = defaultdict(int, stored_sizes(actor, schema, ids))
        for batch in cut_by_size(ids, sizes.__getitem__):
            problems += _Batch(actor, schema, dropped, batch).restore()
    if problems:
        raise Conflict(problems)
    return [Restored(id_, object_id, deleted_in) for id_, object_id, _owner, deleted_in in rows]


@dataclass(frozen=True)
class _Dropped:
    """The fields that give up values which stand in the way."""

    ids: frozenset[UUID]

    @classmethod
    def of(cls, schemas: Iterable[Schema], names: Collection[str]) -> _Dropped:
        """Those with these names (apiNames or ids) in any of some objects. Raises ``ValidationError``."""
        if not names:
            return cls(frozenset())
        fields = [field for schema in schemas for field in _that_can_stand_in_the_way(schema)]
        known = {str(field.id) for field in fields} | {field.api_name for field in fields}
        if unknown := [name for name in names if name not in known]:
            there = alternatives(sorted({field.api_name for field in fields}))
            message = f"without must name unique fields and lookups, and {quoted(unknown[0])} is none; there is {there}"
            raise ValidationError.of(message, field="without", code="unknown")
        return cls(frozenset(field.id for field in fields if not {field.api_name, str(field.id)}.isdisjoint(names)))

    def __contains__(self, field: SchemaField) -> bool:
        return field.id in self.ids


def _that_can_stand_in_the_way(schema: Schema) -> Iterator[SchemaField]:
    yield from schema.lookups
    for rule in schema.unique_rules:
        yield from rule.fields


@dataclass
class _Batch:
    """Some records of one object that are being restored."""

    actor: Actor
    schema: Schema
    dropped: _Dropped
    ids: Sequence[UUID]

    @cached_property
    def writes(self) -> list[PendingWrite]:
        rows = Record.objects.filter(id__in=self.ids).order_by("id").values_list(*STORED_COLUMNS)
        stored = (StoredRecord(*row) for row in rows)
        return [PendingWrite(dict(one.data), one.owner_id, one, restores=True) for one in stored]

    def restore(self) -> list[Problem]:
        """Store the records, with their unique keys and links, or return what stands in the way."""
        problems = list(self._gone())
        self._drop_taken()
        problems += self._emptied()
        uniqueness.claim(self.actor, self.schema, self.writes)
        problems += (
            replace(problem, message=f"{_name(pending)}: {problem.message}")
            for pending in self.writes
            for problem in (pending.error.problems if pending.error else ())
        )
        if not problems:
            references.name(self.schema, self.writes)
            store(self.actor, self.schema, self.writes)
            references.link(self.schema, self.writes)
            following.follow(self.schema, (p.id for p in self.writes if p.renames(self.schema)))
        return problems

    def _gone(self) -> Iterator[Problem]:
        """Lookups to what is not there, where they are not dropped. What is there stays until this transaction ends."""
        pairs = [(p, field, id_) for p in self.writes for field in self.schema.lookups for id_ in field.ids(p.data)]
        object_of = references.objects_of(self.actor, {id_ for _pending, _field, id_ in pairs})
        gone = [(p, field, id_) for p, field, id_ in pairs if object_of.get(id_) != field.target_id]
        left = [(pending, field, id_) for pending, field, id_ in gone if field not in self.dropped]
        for pending, field, id_ in gone:
            if field in self.dropped:
                value = field.type.without(pending.data.pop(field.data_key), id_)
                if value is not None:
                    pending.data[field.data_key] = value
        trash = access.deleted_records_of_all_objects(self.actor).filter(id__in={id_ for _p, _f, id_ in left})
        names = {str(id_): name or nameless(id_) for id_, name in trash.values_list("id", "name")} if left else {}
        for pending, field, id_ in left:
            message = f"{_name(pending)}: its {field.label} is no longer there"
            if id_ in names:
                message = f"{_name(pending)}: its {field.label} is in the trash, too: {names[id_][:MAX_SHOWN]}"
            yield Problem(f"data.{field.api_name}", "gone", message)

    def _drop_taken(self) -> None:
        """Drop unique values that another record has, where that is wished for."""
        if not any(field in self.dropped for rule in self.schema.unique_rules for field in rule.fields):
            return
        keys = {key for pending in self.writes for key in uniqueness.keys_of(self.schema, pending.data)}
        taken = set(uniqueness.holders(self.schema.id, keys))
        for pending in self.writes:
            while field := self._to_drop(pending, taken):
                del pending.data[field.data_key]
            taken |= uniqueness.keys_of(self.schema, pending.data).keys()

    def _to_drop(self, pending: PendingWrite, taken: Collection[KeyOf]) -> SchemaField | None:
        """A field of a write that gives up its value, as the value is taken."""
        rules = [rule for key, rule in uniqueness.keys_of(self.schema, pending.data).items() if key in taken]
        return next((field for rule in rules for field in rule.fields if field in self.dropped), None)

    def _emptied(self) -> Iterator[Problem]:
        """Required fields that have lost their values. One that was empty already comes back as it was."""
        for pending in self.writes:
            assert pending.existing is not None
            for field in self.schema.required:
                if field.data_key in pending.existing.data and field.data_key not in pending.data:
                    message = f"{_name(pending)}: {field.api_name} is required, and would be empty"
                    yield Problem(f"data.{field.api_name}", "required", message)


def _name(pending: PendingWrite) -> str:
    """What a record in the trash is called in messages."""
    assert pending.existing is not None
    return pending.existing.name[:MAX_SHOWN] or nameless(pending.id)
