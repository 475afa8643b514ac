"""Filters: conditions such as ``purchase_cost__gte=500`` on an object's fields and on records' own properties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, Value, lookups
from django.db.models.functions import StrIndex

from customobjects.fieldtypes import TYPES, FieldType, Operator, ValueProblem
from customobjects.fieldtypes.base import MATCHING, ORDERED, Key
from customobjects.fieldtypes.keys import fold, search_fold, sortable_text
from customobjects.models import RecordLink
from customobjects.queries.dialect import ListHas, overflow_key, stored_text
from customobjects.queries.search import in_fields
from customobjects.schema import Schema, SchemaField
from salesos.problems import InvalidError, Problem

MAX_CONDITIONS = 50
MAX_OPERANDS = 200
MAX_OPERAND_LENGTH = 1_000

COMPARISONS: dict[Operator, type[lookups.BuiltinLookup[Any]]] = {
    Operator.EXACT: lookups.Exact,
    Operator.GT: lookups.GreaterThan,
    Operator.GTE: lookups.GreaterThanOrEqual,
    Operator.LT: lookups.LessThan,
    Operator.LTE: lookups.LessThanOrEqual,
    Operator.IN: lookups.In,
    Operator.STARTSWITH: lookups.StartsWith,
}
LISTS = {Operator.IN, Operator.RANGE, Operator.HAS_ANY, Operator.HAS_ALL}
INSIDE_TEXT = {Operator.CONTAINS, Operator.ICONTAINS, Operator.STARTSWITH, Operator.IEXACT}


@dataclass(frozen=True)
class Property:
    """One of a record's own properties, as filters and orders name it."""

    column: str
    type: FieldType
    operators: Sequence[Operator]
    to_key: Callable[[Any], Any]


PROPERTIES: Mapping[str, Property] = {
    **{
        name: Property(column, TYPES["USER"]({}), MATCHING, UUID)
        for name, column in (
            ("id", "id"),
            ("ownerId", "owner_id"),
            ("createdBy", "created_by_id"),
            ("updatedBy", "updated_by_id"),
        )
    },
    **{
        name: Property(column, TYPES["DATETIME"]({}), ORDERED, datetime.fromisoformat)
        for name, column in (("createdAt", "created_at"), ("updatedAt", "updated_at"))
    },
}


def conditions(schema: Schema, params: Iterable[tuple[str, str]]) -> Q:
    """The condition that all of ``params`` make together: pairs of ``name__operator`` and its operand as text.

    Raises ``InvalidError`` that names each unknown field, operator the type lacks, and operand it refuses.
    """
    found, problems = Q(), []
    pairs = list(params)
    if len(pairs) > MAX_CONDITIONS:
        raise InvalidError.of(f"at most {MAX_CONDITIONS} filters at a time", code="too_many")
    for name, operand in pairs:
        try:
            found &= condition(schema, name, operand)
        except ValueProblem as problem:
            problems.append(Problem(name[:80], problem.code, f"{name[:80]} {problem.message}"))
    if problems:
        raise InvalidError(problems)
    return found


def condition(schema: Schema, name: str, operand: str) -> Q:
    """The condition of one parameter. Raises ``ValueProblem``."""
    subject, _, suffix = name.partition("__")
    if len(operand) > MAX_OPERAND_LENGTH * (MAX_OPERANDS if suffix in LISTS else 1):
        raise ValueProblem("max_length", "has a value that is too long")
    if subject in PROPERTIES:
        owned = PROPERTIES[subject]
        operator = _operator(suffix, owned.operators)
        return _of_property(owned, operator, operand)
    field = schema.by_name.get(subject)
    if field is None:
        there = ", ".join([*schema.by_name, *PROPERTIES])
        raise ValueProblem("unknown", f"is no parameter and no field to filter by; there is {there}")
    return _of_field(field, _operator(suffix, field.type.operators), operand)


def _operator(suffix: str, allowed: Sequence[Operator]) -> Operator:
    if not suffix and Operator.EXACT in allowed:
        return Operator.EXACT
    operator = next((known for known in allowed if known == suffix), None)
    if operator is None:
        raise ValueProblem("operator", f"is no filter that this field has; it has {', '.join(allowed)}")
    return operator


def _boolean(operand: str) -> bool:
    if operand.lower() not in {"true", "false", "1", "0"}:
        raise ValueProblem("type", "must be true or false")
    return operand.lower() in {"true", "1"}


def _operands(operator: Operator, operand: str) -> list[str]:
    """The single operands of a list, or the only one. Raises ``ValueProblem`` for the wrong number of them."""
    if operator not in LISTS:
        return [operand]
    parts = [part for part in operand.split(",") if part]
    if not 0 < len(parts) <= MAX_OPERANDS:
        raise ValueProblem("operands", f"must have 1 to {MAX_OPERANDS} values, separated by commas")
    if operator is Operator.RANGE and len(parts) != 2:
        raise ValueProblem("operands", "must have two values, separated by a comma")
    return parts


def _values(type_: FieldType, operator: Operator, operand: str) -> list[Any]:
    values = []
    for part in _operands(operator, operand):
        if type_.is_empty(part):
            raise ValueProblem("operands", "must have a value; use __isnull to find empty ones")
        values.append(type_.parse(part))
    return values


def _of_property(owned: Property, operator: Operator, operand: str) -> Q:
    if operator is Operator.ISNULL:
        return Q(**{f"{owned.column}__isnull": _boolean(operand)})
    keys = [owned.to_key(value) for value in _values(owned.type, operator, operand)]
    if operator is Operator.NOT:
        return ~Q(**{owned.column: keys[0]})
    return _compare(operator, keys, lambda lookup, key: Q(**{f"{owned.column}__{lookup}": key}))


def _compare(operator: Operator, keys: Sequence[Any], by: Callable[[Operator, Any], Q]) -> Q:
    """The condition that ``operator`` is, said with the few comparisons that ``by`` knows."""
    if operator is Operator.IN:
        return by(Operator.IN, list(keys))
    if operator is Operator.RANGE:
        return by(Operator.GTE, keys[0]) & by(Operator.LTE, keys[1])
    return by(operator, keys[0])


def _of_field(field: SchemaField, operator: Operator, operand: str) -> Q:
    if operator is Operator.ISNULL:
        return _is_null(field) if _boolean(operand) else ~_is_null(field)
    if operator in (Operator.HAS, Operator.HAS_ANY, Operator.HAS_ALL):
        return _membership(field, operator, operand)
    if operator in INSIDE_TEXT:
        return _inside_text(field, operator, operand)
    values = _values(field.type, operator, operand)
    if operator is Operator.NOT:
        # What has no value at all is also "not active".
        return ~_equal(field, values) | _is_null(field)
    if operator in (Operator.EXACT, Operator.IN):
        return _equal(field, values)
    keys = [field.type.column_key(value) for value in values]
    return _compare(operator, keys, lambda lookup, key: _by_key(field, lookup, key))


def _is_null(field: SchemaField) -> Q:
    if field.column:
        return Q(**{f"{field.column}__isnull": True})
    return ~Q(data__has_key=field.data_key)


def _by_key(field: SchemaField, operator: Operator, key: Any) -> Q:
    """A comparison of the field's key: in its typed column, or where it has none, in ``overflow``."""
    if field.column:
        return Q(**{f"{field.column}__{operator}": key})
    text: Any = [sortable_text(part) for part in key] if isinstance(key, list) else sortable_text(key)
    return Q(COMPARISONS[operator](overflow_key(field.data_key), text))


def _equal(field: SchemaField, values: list[Any]) -> Q:
    """Records whose value is one of ``values``: by the key first, and by the value where the key is coarser."""
    keys: list[Key | None] = [field.type.column_key(value) for value in values]
    found = _by_key(field, Operator.IN, keys) if len(keys) > 1 else _by_key(field, Operator.EXACT, keys[0])
    if not field.type.key_is_value:
        found &= Q(lookups.In(stored_text(field.data_key), values))
    return found


def _inside_text(field: SchemaField, operator: Operator, operand: str) -> Q:
    if not operand or "\x00" in operand:
        raise ValueProblem("operands", "must have a text")
    if operator is Operator.IEXACT:
        return _by_key(field, Operator.EXACT, field.type.column_key(operand))
    if operator is Operator.STARTSWITH:
        starts = Q(lookups.Exact(StrIndex(stored_text(field.data_key), Value(operand)), 1))
        return _by_key(field, Operator.STARTSWITH, fold(operand)[:100]) & starts
    folded = search_fold(operand)
    if operator is Operator.ICONTAINS and not folded:
        raise ValueProblem("operands", "must have more than spaces")
    found = in_fields([field], folded)
    if operator is Operator.CONTAINS:
        found &= Q(lookups.GreaterThan(StrIndex(stored_text(field.data_key), Value(operand)), 0))
    return found


def _membership(field: SchemaField, operator: Operator, operand: str) -> Q:
    found = []
    for part in _operands(operator, operand):
        parsed = field.type.parse(part)
        if len(parsed) != 1:
            raise ValueProblem("operands", "must name single values, separated by commas")
        found.append(_has(field, parsed[0]))
    result = found[0]
    for other in found[1:]:
        result = result | other if operator is Operator.HAS_ANY else result & other
    return result


def _has(field: SchemaField, value: str) -> Q:
    if field.target_id is None:
        return Q(ListHas(field.data_key, value))
    links = RecordLink.objects.filter(field_id=field.id, target_id=UUID(value))
    return Q(id__in=links.values("source_id"))
