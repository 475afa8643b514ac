"""Auto numbers: counted by a row for each field, which stays locked while a transaction takes numbers.

A number that another record of a unique field has already, as after a change of the format, is passed over. The
database's unique keys find it out, so nothing is asked where nothing is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import dropwhile
from typing import Any
from uuid import UUID

from customobjects.models import AutoNumberCounter, CustomObject, Field, Record
from customobjects.schema import Schema, SchemaField
from customobjects.services import uniqueness
from customobjects.services.pending_writes import PendingWrite, StoredRecord, good
from customobjects.services.uniqueness import KeyOf
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

# How many numbers are looked at together, where one was taken: first, and at most.
FIRST_WINDOW, MAX_WINDOW = 100, 2_000

# Calls a function with a field's next number, and keeps the one that it returns as the next.
Advance = Callable[[SchemaField, Callable[[int], int]], None]


def advance_counter(field: SchemaField, take: Callable[[int], int]) -> None:
    """Take numbers for new records. The counter's row stays locked until they are committed."""
    counter = AutoNumberCounter.objects.select_for_update().get(field_id=field.id)
    counter.next_number = take(counter.next_number)
    counter.save(update_fields=["next_number"])


def number(schema: Schema, writes: Sequence[PendingWrite]) -> None:
    """Give new records their auto numbers."""
    if not writes:
        return
    for field in schema.auto_numbers:
        advance_counter(field, partial(_give, field, writes))


def _give(field: SchemaField, writes: Sequence[PendingWrite], first: int) -> int:
    """Give writes the numbers from ``first`` on. Returns the one behind the last."""
    for count, pending in enumerate(writes, start=first):
        pending.data[field.data_key] = field.type.number(count)
        pending.counts[field.id] = count
    return first + len(writes)


def claim(
    actor: Actor,
    schema: Schema,
    writes: Sequence[PendingWrite],
    *,
    advance: Advance = advance_counter,
    all_or_nothing: bool = False,
) -> set[UUID]:
    """Take the unique keys of writes, as ``uniqueness.claim`` does, and other numbers for those that are taken.

    From the first write on whose number is taken, all get new ones in their order. Returns the ids of the records whose
    other values stood in the way.
    """
    in_the_way = uniqueness.claim(actor, schema, writes, all_or_nothing=all_or_nothing)
    if not schema.auto_numbers:
        return in_the_way
    while any(pending.taken_numbers for pending in good(writes)):
        again = {field: _from_first_taken(field, writes) for field in schema.auto_numbers}
        ids = {pending.id for behind in again.values() for pending in behind}
        anew = [pending for pending in writes if pending.id in ids]
        uniqueness.withdraw(schema, [pending for pending in anew if not pending.taken_numbers])
        for field, behind in again.items():
            if behind:
                advance(field, partial(_give_free, schema, field, behind))
        for pending in anew:
            pending.taken_numbers = frozenset()
        in_the_way |= uniqueness.claim(actor, schema, anew)
    return in_the_way


def _from_first_taken(field: SchemaField, writes: Sequence[PendingWrite]) -> list[PendingWrite]:
    """The writes that a field gives a number to, without those before the first whose number is taken."""
    numbered = [p for p in good(writes) if field.data_key in p.data and field.data_key not in p.current]
    return list(dropwhile(lambda pending: field.id not in pending.taken_numbers, numbered))


def _give_free(schema: Schema, field: SchemaField, writes: Sequence[PendingWrite], _next: int) -> int:
    """As ``_give``, from what the first of the writes was given, where numbers that others have are passed over."""
    free = _FreeNumbers(schema, field)
    first = writes[0].counts[field.id]
    for pending in writes:
        first = _give(field, [pending], free.first_for(pending, first))
    return first


class _FreeNumbers:
    """Which numbers of a field no record has yet: looked up many together, and remembered."""

    def __init__(self, schema: Schema, field: SchemaField) -> None:
        self.object_id = schema.id
        self.field = field
        self.rules = [rule for rule in schema.unique_rules if field in rule.fields]
        self.is_taken: dict[KeyOf, bool] = {}

    def first_for(self, pending: PendingWrite, first: int) -> int:
        """The first number from ``first`` on that a record with a write's other values can have."""
        window = FIRST_WINDOW
        while True:
            keys = self._keys(pending, first)
            if any(key not in self.is_taken for key in keys):
                self._look_up([key for count in range(first, first + window) for key in self._keys(pending, count)])
                window = min(window * 4, MAX_WINDOW)
            if not any(self.is_taken[key] for key in keys):
                return first
            first += 1

    def _keys(self, pending: PendingWrite, count: int) -> list[KeyOf]:
        data = {**pending.data, self.field.data_key: self.field.type.number(count)}
        return [key for rule in self.rules if (key := uniqueness.key_of(rule, data))]

    def _look_up(self, keys: list[KeyOf]) -> None:
        held = uniqueness.holders(self.object_id, keys)
        self.is_taken.update({key: key in held for key in keys})


def set_next_number(field: Field, next_number: int) -> None:
    """Make this the number of the next new record. The caller holds the object."""
    field.counter.next_number = next_number
    field.counter.save(update_fields=["next_number"])


def require_counter(field: Field, has_counter: bool, given: Mapping[str, Any]) -> None:
    """Raise ``ValidationError`` where what is ``given``, by the API's names, is for a field that numbers no records."""
    if has_counter:
        return
    for name, value in given.items():
        if value is not None and value is not False:
            message = f"{name} is for fields that number records, and {field.type} fields do not"
            raise ValidationError.of(message, field=name, code="type")


def reserve_for_existing(custom_object: CustomObject, field: Field) -> bool:
    """Set numbers aside for the records that have none, for the background to give; new ones get those behind them.

    The caller holds the object, saves the field, and starts the background where this returns True: where there are
    such records, and nobody is at it already.
    """
    if field.fill_number is not None:
        return False
    records = Record.objects.filter(custom_object=custom_object, deleted_at=None)
    # With a typed column both are counted in an index.
    with_one = records.exclude(**{field.column: None}) if field.column else records.filter(data__has_key=field.data_key)
    count = records.count() - with_one.count()
    if not count:
        return False
    field.fill_number = field.counter.next_number
    set_next_number(field, field.counter.next_number + count)
    return True


def number_existing(
    schema: Schema, field: SchemaField, records: Sequence[Record], first: int
) -> tuple[dict[UUID, Any], int]:
    """Numbers from ``first`` on for those of some locked records that have none, in their order.

    Returns them by the records' ids, with the number behind the last. The caller stores them.
    """
    writes = [
        PendingWrite(
            dict(record.data),
            record.owner_id,
            StoredRecord(record.id, record.version, record.owner_id, record.data, record.name),
        )
        for record in records
        if field.data_key not in record.data
    ]
    after = _give(field, writes, first)

    def advance(_field: SchemaField, take: Callable[[int], int]) -> None:
        nonlocal after
        after = take(after)

    claim(Actor.reader_in(schema.organization_id), schema, writes, advance=advance)
    return {pending.id: pending.data[field.data_key] for pending in writes}, after
