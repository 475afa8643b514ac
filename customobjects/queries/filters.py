"""Reading filters: from ``purchase_cost__gte=500``, or the same as a JSON tree, to checked conditions.

What comes out is plain data with values that are ready for the database; ``queries.conditions`` makes queries of it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from customobjects.fieldtypes import TYPES, ColumnKind, FieldType, Operator, ValueProblem
from customobjects.fieldtypes.base import MATCHING, ORDERED
from customobjects.fieldtypes.keys import fold, search_fold
from customobjects.fieldtypes.options import storable
from customobjects.queries import periods
from customobjects.schema import Schema, SchemaField
from customobjects.storage.dialect import containing
from customobjects.storage.search_text import pattern_in
from salesos.errors import Problem, ValidationError

MAX_CONDITIONS = 50
MAX_OPERANDS = 200
MAX_OPERAND_LENGTH = 1_000
MAX_DEPTH = 5

PAIRS = {Operator.RANGE, Operator.NOT_RANGE}
LISTS = {Operator.IN, *PAIRS, Operator.HAS_ANY, Operator.HAS_ALL}
MEMBERSHIP = {Operator.HAS, Operator.HAS_ANY, Operator.HAS_ALL}
INSIDE_TEXT = {Operator.CONTAINS, Operator.ICONTAINS, Operator.STARTSWITH, Operator.IEXACT}
# What a period can be compared with.
OF_PERIODS = {Operator.EXACT, Operator.NOT, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE}
WORDS = ("and", "or", "not")
INSTANT = timedelta(microseconds=1)


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


@dataclass(frozen=True)
class Via:
    """The lookup that a condition looks through, and the schema at its other end."""

    field: SchemaField
    schema: Schema


@dataclass(frozen=True)
class Condition:
    """One comparison. ``operands`` are ready for the database; ``wanted`` is what ``isnull`` asks for."""

    subject: SchemaField | Property
    operator: Operator
    operands: tuple[Any, ...] = ()
    wanted: bool = True
    via: Via | None = None

    def shape(self) -> Hashable:
        """All but the operands' values: conditions of one shape are one query."""
        subject = self.subject.column if isinstance(self.subject, Property) else self.subject.id
        through = (self.via.field.id, self.via.schema.state) if self.via else None
        return subject, self.operator, len(self.operands), self.wanted, through

    def leaves(self) -> Iterator[Condition]:
        yield self


@dataclass(frozen=True)
class Group:
    """Conditions and groups that are all to hold (``and``), any of them (``or``), or not all of them (``not``)."""

    word: str
    parts: tuple[Condition | Group, ...] = ()

    def shape(self) -> Hashable:
        return self.word, tuple(part.shape() for part in self.parts)

    def leaves(self) -> Iterator[Condition]:
        """The conditions, in their order."""
        for part in self.parts:
            yield from part.leaves()


EVERYTHING = Group("and")


class FilterReader:
    """Reads the filters on one object's records."""

    def __init__(self, schema: Schema, schema_behind: Callable[[SchemaField], Schema]) -> None:
        """``schema_behind`` gives the schema of the object that a lookup points at."""
        self.schema = schema
        self.schema_behind = schema_behind
        self.problems: list[Problem] = []
        self.count = 0

    def parameters(self, pairs: Iterable[tuple[str, str]]) -> Group:
        """The group that all of ``pairs`` (``name__operator`` and its operand as text) make together.

        Raises ``ValidationError`` that names each unknown field, operator the type lacks, and operand it refuses.
        """
        parts = [self._leaf(name, operand, name) for name, operand in pairs]
        return self._finished(Group("and", tuple(part for part in parts if part)))

    def tree(self, raw: object) -> Group:
        """The group that a JSON tree makes: ``{"and": [{"status": "active"}, {"not": {"cost__gte": 500}}]}``.

        Raises ``ValidationError`` as ``parameters`` does, with the path of each problem.
        """
        return self._finished(self._branch(raw, "filter", 1))

    def _finished(self, group: Group) -> Group:
        if self.count > MAX_CONDITIONS:
            raise ValidationError.of(f"at most {MAX_CONDITIONS} filters at a time", code="too_many")
        if self.problems:
            raise ValidationError(self.problems)
        return group

    def _branch(self, raw: object, path: str, depth: int) -> Group:
        if not isinstance(raw, dict):
            self.problems.append(Problem(path[:200], "type", f"{path[:200]} must be an object of conditions"))
            return EVERYTHING
        if depth > MAX_DEPTH:
            self.problems.append(Problem(path[:200], "depth", f"filters nest at most {MAX_DEPTH} levels deep"))
            return EVERYTHING
        parts: list[Condition | Group] = []
        for name, value in raw.items():
            here = f"{path}.{name[:80]}"
            if name in ("and", "or"):
                parts.append(Group(name, self._branches(value, here, depth)))
            elif name == "not":
                parts.append(Group("not", (self._branch(value, here, depth + 1),)))
            elif leaf := self._leaf(name, value, here):
                parts.append(leaf)
        return Group("and", tuple(parts))

    def _branches(self, raw: object, path: str, depth: int) -> tuple[Group, ...]:
        if not isinstance(raw, list) or not 0 < len(raw) <= MAX_CONDITIONS:
            message = f"{path[:200]} must be a list of 1 to {MAX_CONDITIONS} objects of conditions"
            self.problems.append(Problem(path[:200], "type", message))
            return ()
        return tuple(self._branch(part, f"{path}.{place}", depth + 1) for place, part in enumerate(raw))

    def _leaf(self, name: str, operand: object, path: str) -> Condition | None:
        self.count += 1
        if self.count > MAX_CONDITIONS:
            return None
        try:
            return self._condition(name, operand)
        except ValueProblem as problem:
            self.problems.append(Problem(path[:200], problem.code, f"{name[:80]} {problem.message}"))
            return None

    def _condition(self, name: str, operand: object) -> Condition:
        subject, _, suffix = name.partition("__")
        if subject in PROPERTIES:
            return _read(PROPERTIES[subject], suffix, operand)
        field = self.schema.by_name.get(subject)
        if field is None:
            there = ", ".join([*self.schema.by_name, *PROPERTIES])
            raise ValueProblem("unknown", f"is no parameter and no field to filter by; there is {there}")
        if field.target_id is not None and suffix and suffix not in field.type.operators:
            return self._through(field, suffix, operand)
        return _read(field, suffix, operand)

    def _through(self, lookup: SchemaField, name: str, operand: object) -> Condition:
        """A condition on the records that a lookup points at: ``account__industry=Retail``."""
        schema = self.schema_behind(lookup)
        subject, _, suffix = name.partition("__")
        found: SchemaField | Property | None = schema.by_name.get(subject) or PROPERTIES.get(subject)
        if found is None:
            operators = ", ".join(lookup.type.operators)
            fields = ", ".join([*schema.by_name, *PROPERTIES])
            message = f"is no filter that this field has; it has {operators}, and of {schema.api_name}: {fields}"
            raise ValueProblem("operator", message)
        inner = _read(found, suffix, operand)
        return Condition(inner.subject, inner.operator, inner.operands, inner.wanted, Via(lookup, schema))


def _read(subject: SchemaField | Property, suffix: str, operand: object) -> Condition:
    operators = subject.operators if isinstance(subject, Property) else subject.type.operators
    operator = _operator(suffix, operators)
    if isinstance(operand, str) and len(operand) > MAX_OPERAND_LENGTH * (MAX_OPERANDS if operator in LISTS else 1):
        raise ValueProblem("max_length", "has a value that is too long")
    if operator is Operator.ISNULL:
        return Condition(subject, operator, wanted=_boolean(operand))
    if subject.type.column is ColumnKind.MOMENT and operator in OF_PERIODS and isinstance(operand, str):
        found = periods.period(operand)
        if found is not None:
            return _of_period(subject, operator, found)
    if operator in MEMBERSHIP:
        return Condition(subject, operator, tuple(_members(subject, operator, operand)))
    if operator in INSIDE_TEXT:
        assert isinstance(subject, SchemaField)
        return Condition(subject, operator, _inside_text(subject, operator, operand))
    values = _values(subject.type, operator, operand)
    if isinstance(subject, Property):
        return Condition(subject, operator, tuple(subject.to_key(value) for value in values))
    keys = [subject.type.column_key(value) for value in values]
    matching = operator in (Operator.EXACT, Operator.NOT, Operator.IN)
    # Where the key is coarser than the value, both are compared: keys first, then values.
    return Condition(subject, operator, (*keys, *(values if matching and not subject.type.key_is_value else ())))


def _operator(suffix: str, allowed: Sequence[Operator]) -> Operator:
    if not suffix and Operator.EXACT in allowed:
        return Operator.EXACT
    operator = next((known for known in allowed if known == suffix), None)
    if operator is None:
        raise ValueProblem("operator", f"is no filter that this field has; it has {', '.join(allowed)}")
    return operator


def _boolean(operand: object) -> bool:
    word = {True: "true", False: "false"}[operand] if isinstance(operand, bool) else operand
    if not isinstance(word, str) or word.lower() not in {"true", "false", "1", "0"}:
        raise ValueProblem("type", "must be true or false")
    return word.lower() in {"true", "1"}


def _of_period(subject: SchemaField | Property, operator: Operator, found: periods.Period) -> Condition:
    """A comparison with a whole period: ``gt`` is after its end, ``lte`` before or within."""
    begin, end = found
    last = end - INSTANT
    if operator is Operator.EXACT:
        return Condition(subject, Operator.RANGE, (begin, last))
    if operator is Operator.NOT:
        return Condition(subject, Operator.NOT_RANGE, (begin, last))
    return Condition(subject, operator, (begin if operator in (Operator.LT, Operator.GTE) else last,))


def _operands(operator: Operator, operand: object) -> list[Any]:
    """The single operands of a list, or the only one. Raises ``ValueProblem`` for the wrong number of them."""
    if operator not in LISTS:
        return [operand]
    parts = [part for part in operand.split(",") if part] if isinstance(operand, str) else operand
    if not isinstance(parts, list) or not 0 < len(parts) <= MAX_OPERANDS:
        raise ValueProblem("operands", f"must have 1 to {MAX_OPERANDS} values, separated by commas, or a list")
    if operator in PAIRS and len(parts) != 2:
        raise ValueProblem("operands", "must have two values, separated by a comma")
    return parts


def _values(type_: FieldType, operator: Operator, operand: object) -> list[Any]:
    values = []
    for part in _operands(operator, operand):
        if type_.is_empty(part):
            raise ValueProblem("operands", "must have a value; use __isnull to find empty ones")
        try:
            values.append(type_.parse(part))
        except ValueProblem as problem:
            if type_.column is not ColumnKind.MOMENT or operator not in OF_PERIODS:
                raise
            raise ValueProblem(problem.code, f"{problem.message}, or a period such as {periods.WORDS}") from problem
    return values


def _inside_text(field: SchemaField, operator: Operator, operand: object) -> tuple[Any, ...]:
    if not isinstance(operand, str) or not operand or not storable(operand):
        raise ValueProblem("operands", "must have a text")
    if operator is Operator.IEXACT:
        return (field.type.column_key(operand),)
    if operator is Operator.STARTSWITH:
        start = fold(operand)[:100]
        return start, _behind(start), operand
    folded = search_fold(operand)
    if operator is Operator.ICONTAINS and not folded:
        raise ValueProblem("operands", "must have more than spaces")
    found = (containing(folded), pattern_in([field], folded))
    return found if operator is Operator.ICONTAINS else (*found, operand)


def _behind(start: str) -> str:
    """The least text that is greater, byte by byte, than every text that begins with ``start``."""
    for place in range(len(start) - 1, -1, -1):
        code = ord(start[place]) + 1
        if code <= 0x10FFFF:
            # Half of a surrogate pair is no character.
            return start[:place] + chr(0xE000 if 0xD800 <= code <= 0xDFFF else code)
    return "\U0010ffff" * 255


def _members(subject: SchemaField | Property, operator: Operator, operand: object) -> Iterator[Any]:
    assert isinstance(subject, SchemaField)
    for part in _operands(operator, operand):
        parsed = subject.type.parse(part if isinstance(part, list) else [part] if not isinstance(part, str) else part)
        if len(parsed) != 1:
            raise ValueProblem("operands", "must name single values, separated by commas")
        yield UUID(parsed[0]) if subject.target_id is not None else parsed[0]
