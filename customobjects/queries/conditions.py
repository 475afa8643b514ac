"""Making conditions of queries out of checked filters, with parameters for the values."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Expression,
    Field,
    Q,
    TextField,
    UUIDField,
    Value,
    When,
    lookups,
)
from django.db.models.functions import StrIndex

from customobjects import access
from customobjects.fieldtypes import Operator
from customobjects.fieldtypes.keys import sortable_text
from customobjects.models import RecordLink
from customobjects.models.record import column_field
from customobjects.queries.filters import Condition, Group, Property
from customobjects.schema import SchemaField
from customobjects.storage.dialect import Like, ListHas, Matches, overflow_key, stored_text
from salesos.accounts.actor import Actor
from salesos.db.compiled_queries import Param

TEXT = TextField()
ID = UUIDField()
COMPARISONS: dict[Operator, type[lookups.BuiltinLookup[Any]]] = {
    Operator.EXACT: lookups.Exact,
    Operator.GT: lookups.GreaterThan,
    Operator.GTE: lookups.GreaterThanOrEqual,
    Operator.LT: lookups.LessThan,
    Operator.LTE: lookups.LessThanOrEqual,
    Operator.IN: lookups.In,
}


def operand_values(group: Group) -> Iterator[tuple[Hashable, Any]]:
    """What goes into the parameters of ``condition_of(group)``."""
    for number, leaf in enumerate(group.leaves()):
        keeps_keys = isinstance(leaf.subject, SchemaField) and not leaf.subject.column and leaf.subject.type.column
        for place, operand in enumerate(leaf.operands):
            # Keys of a field without a typed column are compared as texts.
            is_key = keeps_keys and place < _key_count(leaf)
            yield ("filter", number, place), sortable_text(operand) if is_key else operand


def _key_count(leaf: Condition) -> int:
    if leaf.operator in (Operator.CONTAINS, Operator.ICONTAINS):
        return 0
    if leaf.operator is Operator.STARTSWITH:
        return 2
    has_values = leaf.operator in (Operator.EXACT, Operator.NOT, Operator.IN) and not leaf.subject.type.key_is_value
    return len(leaf.operands) // 2 if has_values else len(leaf.operands)


def condition_of(actor: Actor, group: Group) -> Q:
    """The condition that a group makes, with a slot for each operand."""
    numbers = {id(leaf): number for number, leaf in enumerate(group.leaves())}
    return _of_group(actor, group, numbers)


def _of_group(actor: Actor, group: Group, numbers: dict[int, int]) -> Q:
    parts = [
        _of_group(actor, part, numbers) if isinstance(part, Group) else _of_leaf(actor, part, numbers[id(part)])
        for part in group.parts
    ]
    found = Q()
    for part in parts:
        found = found | part if group.word == "or" else found & part
    if group.word != "not":
        return found
    # "Not" is everything else: a comparison with an empty value, which SQL leaves open, does not hold.
    if not found:
        return Q(pk__in=[])
    holds = Case(When(found, then=Value(True)), default=Value(False), output_field=BooleanField())
    return Q(lookups.Exact(holds, False))


def _of_leaf(actor: Actor, leaf: Condition, number: int) -> Q:
    own = _Comparison(leaf, number).condition()
    if leaf.via is None:
        return own
    targets = access.visible_records(actor, leaf.via.schema).filter(own)
    links = RecordLink.objects.filter(field_id=leaf.via.field.id, target_id__in=targets.values("id"))
    return Q(id__in=links.values("source_id"))


class _Comparison:
    """One comparison on the way to a condition."""

    def __init__(self, leaf: Condition, number: int) -> None:
        self.leaf = leaf
        self.number = number

    def slot(self, place: int, field: Field) -> Param:
        return Param(("filter", self.number, place), field)

    def parameters(self, places: Sequence[int], field: Field) -> list[Param]:
        return [self.slot(place, field) for place in places]

    def condition(self) -> Q:
        subject, operator = self.leaf.subject, self.leaf.operator
        if operator is Operator.ISNULL:
            null = _is_null(subject)
            return null if self.leaf.wanted else ~null
        if operator is Operator.NOT:
            # What has no value at all is also "not active".
            return ~self._equal() | _is_null(subject)
        if operator is Operator.NOT_RANGE:
            return self._by_key(Operator.LT, 0) | self._by_key(Operator.GT, 1) | _is_null(subject)
        if operator in (Operator.EXACT, Operator.IN):
            return self._equal()
        if operator is Operator.RANGE:
            return self._by_key(Operator.GTE, 0) & self._by_key(Operator.LTE, 1)
        if isinstance(subject, SchemaField):
            if operator in (Operator.HAS, Operator.HAS_ANY, Operator.HAS_ALL):
                return self._membership(subject)
            if operator in (Operator.CONTAINS, Operator.ICONTAINS, Operator.STARTSWITH, Operator.IEXACT):
                return self._inside_text(subject)
        return self._by_key(operator, 0)

    def _by_key(self, operator: Operator, *places: int) -> Q:
        """A comparison of the key: in its column, or where the field has none, in ``overflow``."""
        column = self.leaf.subject.column
        field = column_field(column) if column else TEXT
        parameters: Any = self.parameters(places, field)
        operand = parameters if operator is Operator.IN else parameters[0]
        if column:
            return Q(**{f"{column}__{operator}": operand})
        assert isinstance(self.leaf.subject, SchemaField)
        return Q(COMPARISONS[operator](overflow_key(self.leaf.subject.data_key), operand))

    def _equal(self) -> Q:
        """Records whose value is one of the operands: by the key first, and by the value where the key is coarser."""
        count = _key_count(self.leaf)
        found = self._by_key(Operator.IN if count > 1 else Operator.EXACT, *range(count))
        if count < len(self.leaf.operands):
            assert isinstance(self.leaf.subject, SchemaField)
            values: list[Expression] = [*self.parameters(range(count, len(self.leaf.operands)), TEXT)]
            found &= Q(lookups.In(stored_text(self.leaf.subject.data_key), values))
        return found

    def _inside_text(self, field: SchemaField) -> Q:
        operator = self.leaf.operator
        if operator is Operator.IEXACT:
            return self._by_key(Operator.EXACT, 0)
        stored = stored_text(field.data_key)
        if operator is Operator.STARTSWITH:
            starts = Q(lookups.Exact(StrIndex(stored, self.slot(2, TEXT)), 1))
            return self._by_key(Operator.GTE, 0) & self._by_key(Operator.LT, 1) & starts
        found = Q(Like("search_text", self.slot(0, TEXT))) & Q(Matches("search_text", self.slot(1, TEXT)))
        if operator is Operator.CONTAINS:
            found &= Q(lookups.GreaterThan(StrIndex(stored, self.slot(2, TEXT)), 0))
        return found

    def _membership(self, field: SchemaField) -> Q:
        found = [self._has(field, place) for place in range(len(self.leaf.operands))]
        result = found[0]
        for other in found[1:]:
            result = result | other if self.leaf.operator is Operator.HAS_ANY else result & other
        return result

    def _has(self, field: SchemaField, place: int) -> Q:
        if field.target_id is None:
            return Q(ListHas(field.data_key, self.slot(place, CharField())))
        links = RecordLink.objects.filter(field_id=field.id, target_id=self.slot(place, ID))
        return Q(id__in=links.values("source_id"))


def _is_null(subject: SchemaField | Property) -> Q:
    if subject.column:
        return Q(**{f"{subject.column}__isnull": True})
    assert isinstance(subject, SchemaField)
    return ~Q(data__has_key=subject.data_key)
