"""Filters as an address writes them, ``status__in:running,in_repair``, and as people read them.

A condition names a field and an operator, as a parameter of the API does, and behind a colon what is compared with.
Without an operator it is ``exact``. With ``=`` in the place of the colon it is another field of the same record that
is compared with: ``due_on__lt=closed_on``. Lists are written as a line of a CSV file.

A condition that colours what fits it has the colour and what is coloured before it: ``dc2626.row.year__lt:1980``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from customobjects.fieldtypes import TYPES, ColumnKind, FieldType, ReferenceKind, ValueProblem
from customobjects.queries import periods
from customobjects.queries.filter_reader import OTHER_FIELD, FilterReader
from customobjects.queries.filters import NO_FILTERS, Filter, FilterGroup
from customobjects.queries.operands import listed
from customobjects.queries.operators import IsNull
from customobjects.queries.view_settings import MAX_COLORS
from customobjects.web.languages import Language
from customobjects.web.lists.columns import PROPERTIES
from customobjects.web.lists.operator_words import operator_word
from salesos import json
from salesos.errors import MAX_QUOTED, ValidationError

# The parameters of an address that have conditions: all of the ones hold, any of the others; the third ones colour.
ALL, ANY, COLOR = "filter", "any", "color"
WRITTEN = re.compile(r"([^:=]+)([:=])(.*)", re.DOTALL)
# What a colour is of: the whole row, or the cell of the field that the condition is about.
ROW, CELL = "row", "cell"
WRITTEN_COLOR = re.compile(r"([0-9a-fA-F]{6})\.(row|cell)\.(.+)", re.DOTALL)
IS_TRICKY = re.compile(r'[",]|^ | $')
# Operators that compare with a part of a text, and not with a value.
TEXT_OPERATORS = ("iexact", "contains", "icontains", "startswith")


@dataclass(frozen=True)
class Condition:
    """One filter that can be used: by its ``name`` (fields and operator), its ``operand``, and as it was checked.

    ``is_other`` says that the operand is the name of another field.
    """

    name: str
    operand: str
    filter: Filter
    is_other: bool = False

    def __str__(self) -> str:
        return f"{self.name}{'=' if self.is_other else ':'}{self.operand}"

    @property
    def type(self) -> FieldType:
        return self.filter.subject.type

    @property
    def label(self) -> str:
        """What is compared, as people call it: through lookups as in ``Account › Industry``."""
        subject = self.filter.subject
        own = subject.field.label if subject.field is not None else PROPERTIES.get(subject.name, subject.name)
        return " › ".join([*(step.lookup.label for step in self.filter.steps), own])

    @property
    def word(self) -> str:
        """The operator, as people call it."""
        return operator_word(self.type, self.filter.operator.key, self.operand)

    @property
    def parts(self) -> list[str]:
        """The single values that are compared with, as an address writes them."""
        if self.filter.operator.key == IsNull.key:
            return []
        return listed(self.operand) if self.filter.operator.takes_list and not self.is_other else [self.operand]

    @property
    def ids(self) -> list[str]:
        """What the values name, where they are ids of records or people."""
        if self.is_other or self.type.reference_kind is None:
            return []
        return [self.type.single().parse(part) for part in self.parts]

    def value(self, names: Mapping[str, str]) -> str:
        """What is compared with, as people read it. ``names`` has those of records and people by their ids."""
        if self.is_other and self.filter.other is not None:
            other = self.filter.other
            return other.field.label if other.field is not None else PROPERTIES.get(other.name, other.name)
        shown = [self._shown(part, names) for part in self.parts]
        return (" and " if self.filter.operator.key.endswith("range") else ", ").join(shown)

    def told(self, names: Mapping[str, str]) -> str:
        """The whole condition, as in ``Status is Active``. ``names`` is as ``value`` takes it."""
        return f"{self.label} {self.word} {self.value(names)}".strip()

    def _shown(self, part: str, names: Mapping[str, str]) -> str:
        type_ = self.type.single()
        if self.filter.operator.key in TEXT_OPERATORS:
            return part
        if type_.column is ColumnKind.MOMENT:
            if periods.period(part):
                return part.strip().lower().replace("_", " ")
            if type_.day(part):
                type_ = TYPES["DATE"]({})
        try:
            return ", ".join(map(Language.current().shown, type_.parts(type_.parse(part), names)))
        except ValueProblem:
            return part

    @property
    def setting(self) -> dict[str, Any]:
        """The condition as a saved view keeps it."""
        key = self.filter.operator.key
        value: Any = self.operand
        if self.is_other:
            value = {OTHER_FIELD: self.operand}
        elif self.filter.operator.takes_list:
            value = self.parts
        return {"field": self.name.removesuffix(f"__{key}"), "operator": key, "value": value}


@dataclass(frozen=True)
class Coloring(Condition):
    """A condition whose records have a ``color`` such as ``#dc2626``: their rows, or of each the cell of a field."""

    color: str = ""
    target: str = ROW

    def __str__(self) -> str:
        return f"{self.color.removeprefix('#')}.{self.target}.{super().__str__()}"

    @property
    def column(self) -> str:
        """The name of the column whose cell is coloured."""
        steps, subject = self.filter.steps, self.filter.subject
        return steps[0].lookup.api_name if steps else subject.name

    @property
    def setting(self) -> dict[str, Any]:
        return {**super().setting, "color": self.color, "target": self.target}


@dataclass(frozen=True)
class Conditions:
    """The conditions of a list that can be used, those that colour, and the others, which were ``left_out``."""

    all_of: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()
    left_out: tuple[str, ...] = ()
    colors: tuple[Coloring, ...] = ()

    @property
    def group(self) -> FilterGroup:
        """The filters that they make together."""
        parts: list[Filter | FilterGroup] = [one.filter for one in self.all_of]
        if self.any_of:
            parts.append(FilterGroup("or", tuple(one.filter for one in self.any_of)))
        return FilterGroup("and", tuple(parts)) if parts else NO_FILTERS

    def of(self, parameter: str) -> tuple[Condition, ...]:
        return {ALL: self.all_of, ANY: self.any_of, COLOR: self.colors}[parameter]

    def ids(self, kind: ReferenceKind) -> set[str]:
        """The ids in them, of records or of people."""
        every = (*self.all_of, *self.any_of, *self.colors)
        return {id_ for one in every if one.type.reference_kind is kind for id_ in one.ids}


NO_CONDITIONS = Conditions()


def read_condition(reader: FilterReader, text: str) -> Condition:
    """What a text of an address says. Raises ``ValidationError`` for what cannot be used."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise ValidationError.of("a filter is a field, an operator and a value: status__exact:active", code="invalid")
    name, is_other, operand = found[1], found[2] == "=", found[3]
    known = len(reader.problems)
    one = reader.condition(name, {OTHER_FIELD: operand} if is_other else operand, name)
    if one is None:
        raise ValidationError(reader.problems[known:])
    key = one.operator.key
    name = name if name.endswith(f"__{key}") else f"{name}__{key}"
    return Condition(name, operand, one, is_other)


def condition_of(reader: FilterReader, name: str, operand: Any) -> Condition:
    """A condition of a filter that is kept as JSON. Raises ``ValidationError`` for what cannot be used, or not told."""
    known = len(reader.problems)
    one = reader.condition(name, operand, name)
    if one is None:
        raise ValidationError(reader.problems[known:])
    is_other = one.other is not None
    if isinstance(operand, dict) and not is_other:
        raise ValidationError.of("a description of a record is told by no word", code="invalid")
    key = one.operator.key
    return Condition(f"{name.removesuffix(f'__{key}')}__{key}", _operand(operand), one, is_other)


def read_conditions(reader: FilterReader, all_of: Iterable[str], any_of: Iterable[str]) -> Conditions:
    """What the two parameters of an address say, without what cannot be used."""
    found: dict[str, list[Condition]] = {ALL: [], ANY: []}
    left_out: list[str] = []
    for parameter, texts in ((ALL, all_of), (ANY, any_of)):
        for text in filter(None, dict.fromkeys(texts)):
            try:
                found[parameter].append(read_condition(reader, text))
            except ValidationError:
                left_out.append(text[:MAX_QUOTED])
    return Conditions(tuple(found[ALL]), tuple(found[ANY]), tuple(dict.fromkeys(left_out)))


def with_colors(conditions: Conditions, reader: FilterReader, texts: Iterable[str]) -> Conditions:
    """The same conditions, and those that colour; at most as many of these as a view keeps."""
    found: list[Coloring] = []
    left_out: list[str] = []
    for text in filter(None, dict.fromkeys(texts)):
        written = WRITTEN_COLOR.fullmatch(text)
        try:
            one = read_condition(reader, written[3]) if written and len(found) < MAX_COLORS else None
        except ValidationError:
            one = None
        if written is None or one is None:
            left_out.append(text[:MAX_QUOTED])
        else:
            color = f"#{written[1].lower()}"
            found.append(Coloring(one.name, one.operand, one.filter, one.is_other, color, written[2]))
    return replace(conditions, colors=tuple(found), left_out=(*conditions.left_out, *left_out))


def write_color(setting: Mapping[str, Any]) -> str:
    """A colour of a saved view as an address writes it."""
    return f"{setting['color'].removeprefix('#').lower()}.{setting['target']}.{write_setting(setting)}"


def write_setting(setting: Mapping[str, Any]) -> str:
    """A condition of a saved view as an address writes it."""
    name, value = f"{setting['field']}__{setting['operator']}", setting["value"]
    return f"{name}{'=' if isinstance(value, dict) else ':'}{_operand(value)}"


def _operand(value: Any) -> str:
    """What is compared with, as an address writes it: a value, a list of some, or the name of another field."""
    if isinstance(value, dict):
        return str(value.get(OTHER_FIELD, ""))
    return join_list(map(_text, value)) if isinstance(value, list) else _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def join_list(parts: Iterable[str]) -> str:
    """Single values as one operand: with commas between them, and quotes around those that have some."""
    return ",".join('"' + part.replace('"', '""') + '"' if IS_TRICKY.search(part) else part for part in parts)
