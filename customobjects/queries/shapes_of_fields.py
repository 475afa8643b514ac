"""Shapes that name fields of an object: they are judged by what filters, sorts, groups and sums its records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from customobjects.fieldtypes import ColumnKind, FieldType, ReferenceKind
from customobjects.queries.aggregates import INTERVALS
from customobjects.queries.filter_reader import MAX_FILTERS
from customobjects.queries.groups import read_groups
from customobjects.queries.metrics import COUNT, FUNCTIONS, MAX_METRICS, read_metrics
from customobjects.queries.operators import OPERATORS
from customobjects.queries.ordering import MAX_SORT_KEYS, ordering
from customobjects.queries.shapes import GONE, Anything, ObjectOf, Property, Reading, Shape, Text, Word, told_at
from customobjects.queries.subjects import RECORD_PROPERTIES
from customobjects.schema import NAME
from salesos.errors import MAX_QUOTED, Problem, ValidationError, alternatives, quoted

MAX_NAME = 60
# A name that goes through lookups, as in ``account.industry`` and ``account__parent__industry``.
MAX_PATH = 200
NAME_TEXT, PATH_TEXT = Text(MAX_NAME), Text(MAX_PATH)
METRICS = (COUNT, *FUNCTIONS)


def is_any(_type: FieldType) -> bool:
    """Whether a field can be shown: each can."""
    return True


def is_number(type_: FieldType) -> bool:
    """Whether values can be summed."""
    return "sum" in type_.aggregates


def is_moment(type_: FieldType) -> bool:
    """Whether values lie in a calendar."""
    return type_.column is ColumnKind.MOMENT


def sorts_into_columns(type_: FieldType) -> bool:
    """Whether a record is in one of few columns by its value: of a list, or another record, or a person."""
    refers = type_.reference_kind in (ReferenceKind.RECORD, ReferenceKind.USER)
    return not type_.multiple and (refers or bool(type_.sorted_values))


@dataclass(frozen=True)
class FieldName(Shape):
    """The apiName or id of a field whose type fits; also a property of the record, where ``or_property``."""

    fits: Callable[[FieldType], bool] = is_any
    or_property: bool = False

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        name = NAME_TEXT.read(raw, path, reading)
        if name is GONE or (self.or_property and (name in RECORD_PROPERTIES or name == NAME)):
            return name
        found = reading.schema.find(name)
        if found is not None and self.fits(found.type):
            return name
        there = [one.api_name for one in reading.schema.fields if self.fits(one.type)]
        if self.or_property:
            there += RECORD_PROPERTIES
        message = f"{path} must name {alternatives(there)}, and {quoted(name)} is none of them"
        return reading.miss(name, path, [Problem(path, "choice", message)])

    def json_schema(self) -> dict[str, Any]:
        return NAME_TEXT.json_schema()


CONDITION: Mapping[str, Property] = {
    "field": Property(PATH_TEXT, is_required=True),
    "operator": Property(Text(MAX_NAME), is_required=True),
    "value": Property(Anything(), is_required=True),
}


@dataclass(frozen=True)
class Conditions(Shape):
    """A list of filters, each with a field, an operator and a value, and ``more``; judged as a list's filters are.

    They count together with the other filters of the same reading, unless they are ``apart``.
    """

    more: Mapping[str, Property] | None = None
    most: int = MAX_FILTERS
    apart: bool = False

    @property
    def _entry(self) -> ObjectOf:
        return ObjectOf({**CONDITION, **(self.more or {})})

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        if not isinstance(raw, list):
            return reading.refuse(path, "type", f"{path} must be a list")
        if len(raw) > self.most:
            return reading.refuse(path, "too_many", f"{path} must have at most {self.most} entries")
        reader = reading.new_reader() if self.apart else reading.reader
        entries: list[Any] = []
        filters = reading.filters.setdefault(path.rpartition(".")[2], [])
        for place, given in enumerate(raw):
            at = f"{path}.{place}"
            entry = self._entry.read(given, at, reading)
            if entry is GONE:
                continue
            known = len(reader.problems)
            operator = entry["operator"]
            one = reader.condition(f"{entry['field']}__{operator}", entry["value"], at)
            if one is None:
                reading.miss(entry["field"], at, reader.problems[known:])
            elif one.operator.key != operator:
                # Such as ``name__exact``, of what a lookup points at.
                message = f"{at}.operator must be one of {alternatives(OPERATORS)}"
                reading.refuse(f"{at}.operator", "operator", message)
            else:
                entries.append(entry)
                filters.append(one)
        return entries

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self._entry.json_schema(), "maxItems": self.most}


class SortNames(Shape):
    """What a list is sorted by: names, with a ``-`` for descending."""

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        if not isinstance(raw, list):
            return reading.refuse(path, "type", f"{path} must be a list")
        names = []
        for place, given in enumerate(raw[: MAX_SORT_KEYS + 1]):
            name = PATH_TEXT.read(given, f"{path}.{place}", reading)
            # A list's ``sort`` takes names with commas between them, and no notice of spaces around each.
            if name is not GONE and ("," in name or name != name.strip()):
                name = reading.refuse(f"{path}.{place}", "invalid", f"{path}.{place} must be one name")
            if name is not GONE:
                names.append(name)
        if (error := self._problem(names, reading)) is None:
            return names
        if reading.is_strict:
            return reading.miss("", path, told_at(error, path))
        usable = []
        for name in names:
            if self._problem([name], reading) is None:
                usable.append(name)
            else:
                reading.miss(name.removeprefix("-"), path, ())
        return usable

    @staticmethod
    def _problem(names: list[str], reading: Reading) -> ValidationError | None:
        try:
            ordering(reading.actor, reading.schema, ",".join(names), steps=reading.steps)
        except ValidationError as error:
            return error
        return None

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": PATH_TEXT.json_schema(), "maxItems": MAX_SORT_KEYS}


class GroupName(Shape):
    """What records are grouped by: a field or a property, also of what a lookup points at."""

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        name = PATH_TEXT.read(raw, path, reading)
        if name is GONE:
            return GONE
        problems = group_problems(name, "", path, reading)
        return reading.miss(name, path, problems) if problems else name

    def json_schema(self) -> dict[str, Any]:
        return PATH_TEXT.json_schema()


def group_problems(name: str, interval: str, path: str, reading: Reading) -> list[Problem]:
    """What keeps records from being grouped so, at ``path``."""
    try:
        read_groups(reading.actor, reading.schema, [name], interval, steps=reading.steps)
    except ValidationError as error:
        return told_at(error, path)
    return []


def metric_problems(function: str, name: str | None, path: str, reading: Reading) -> list[Problem]:
    """What keeps a function from being worked out of a field's values, at ``path``."""
    if function == COUNT and name is None:
        return []
    try:
        read_metrics(reading.schema, [f"{function}:{name}" if name is not None else function])
    except ValidationError as error:
        return told_at(error, path)
    return []


class Footer(Shape):
    """What stands below columns: functions by the fields' names. ``count`` is how many records there are."""

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        if not isinstance(raw, dict):
            return reading.refuse(path, "type", f"{path} must be an object")
        if len(raw) > MAX_METRICS:
            return reading.refuse(path, "too_many", f"{path} must have at most {MAX_METRICS} entries")
        found = {}
        for name, given in raw.items():
            at = f"{path}.{name[:MAX_QUOTED]}"
            function = Word(METRICS).read(given, at, reading)
            if function is GONE:
                continue
            if function == COUNT:
                name_or_gone = FieldName(or_property=True).read(name, at, reading)
            elif problems := metric_problems(function, name, at, reading):
                name_or_gone = reading.miss(name, at, problems)
            else:
                name_or_gone = name
            if name_or_gone is not GONE:
                found[name] = function
        return found

    def json_schema(self) -> dict[str, Any]:
        functions = Word(METRICS).json_schema()
        return {"type": "object", "additionalProperties": functions, "maxProperties": MAX_METRICS}


class Measure(Shape):
    """One figure: ``count``, or a function of a field's values."""

    _shape = ObjectOf(
        {"function": Property(Word(METRICS), is_required=True), "field": Property(NAME_TEXT, default=None)}
    )

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        found = self._shape.read(raw, path, reading)
        if found is GONE:
            return GONE
        name = found["field"]
        if found["function"] == COUNT:
            if name is not None:
                reading.refuse(f"{path}.field", "invalid", f"{path}.field must be null for {COUNT}")
            return {"function": COUNT, "field": None}
        problems = metric_problems(found["function"], name, f"{path}.field", reading)
        return reading.miss(name or "", f"{path}.field", problems) if problems else found

    def json_schema(self) -> dict[str, Any]:
        return self._shape.json_schema()


@dataclass(frozen=True)
class Chart(ObjectOf):
    """An object whose ``type`` says whether it needs a ``group``, and whose ``period`` the group must have."""

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        found = super().read(raw, path, reading)
        if found is GONE:
            return GONE
        group, period = found.get("group"), found.get("period")
        is_named = isinstance(raw.get("group"), str)
        if found.get("type") not in (None, "number") and not is_named:
            reading.refuse(f"{path}.group", "required", f"{path}.group is required for this type of chart")
        if period is not None and group is not None:
            problems = group_problems(group, period, f"{path}.period", reading)
        elif period is not None and not is_named:
            problems = [Problem(path, "type", f"{path}.period is for grouping by a date, and there is no group")]
        else:
            problems = []
        if problems or group is None:
            for problem in problems:
                reading.refuse(f"{path}.period", problem.code, problem.message)
            found["period"] = None
        return found


PERIODS = Word(tuple(INTERVALS))
