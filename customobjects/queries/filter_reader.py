"""Reading filters: from ``purchase_cost__gte=500``, or the same as a JSON tree, to checked filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from customobjects.fieldtypes import ValueProblem
from customobjects.queries.filters import NO_FILTERS, Filter, FilterGroup, Through
from customobjects.queries.operators import MAX_LIST_LENGTH, MAX_OPERAND_LENGTH, OPERATORS, find_operator, operators_of
from customobjects.queries.subjects import RECORD_PROPERTIES, Subject, find_subject
from customobjects.schema import Schema, SchemaField
from salesos.errors import MAX_PROBLEMS, MAX_QUOTED, Problem, ValidationError, alternatives

MAX_FILTERS = 50
MAX_DEPTH = 5
MAX_GROUPS = 200
MAX_PATH_LENGTH = 200
# What joins the conditions of a tree.
CONNECTORS = ("and", "or", "not")


class FilterReader:
    """Reads the filters on one object's records."""

    def __init__(self, schema: Schema, schema_behind: Callable[[SchemaField], Schema]) -> None:
        """``schema_behind`` gives the schema of the object that a lookup points at."""
        self.schema = schema
        self.schema_behind = schema_behind
        self.problems: list[Problem] = []
        self.count = 0
        self.group_count = 0

    def parameters(self, pairs: Iterable[tuple[str, str]]) -> FilterGroup:
        """The group that all of ``pairs`` (``name__operator`` and its operand as text) make together.

        Where an operator that takes a list comes again, all its values are one list: ``name__in=a&name__in=b``.
        Raises ``ValidationError`` that names each unknown field, operator the type lacks, and operand it refuses.
        """
        parts = [self._filter(name, operand, name) for name, operand in _joined(pairs)]
        return self._finished(FilterGroup("and", tuple(part for part in parts if part)))

    def tree(self, raw: object) -> FilterGroup:
        """The group that a JSON tree makes: ``{"and": [{"status": "active"}, {"not": {"cost__gte": 500}}]}``.

        Raises ``ValidationError`` as ``parameters`` does, with the path of each problem.
        """
        return self._finished(self._group(raw, "filter", 1))

    def _finished(self, group: FilterGroup) -> FilterGroup:
        if self.problems:
            raise ValidationError(self.problems)
        return group

    def _refuse(self, path: str, code: str, message: str) -> None:
        self.problems.append(Problem(path[:MAX_PATH_LENGTH], code, message))
        if len(self.problems) > MAX_PROBLEMS:
            raise ValidationError(self.problems)

    def _group(self, raw: object, path: str, depth: int) -> FilterGroup:
        self.group_count += 1
        if self.group_count > MAX_GROUPS:
            raise ValidationError.of(f"at most {MAX_GROUPS} groups of filters at a time", code="too_many")
        if not isinstance(raw, dict):
            self._refuse(path, "type", f"{path[:MAX_PATH_LENGTH]} must be an object of conditions")
            return NO_FILTERS
        if depth > MAX_DEPTH:
            self._refuse(path, "depth", f"filters nest at most {MAX_DEPTH} levels deep")
            return NO_FILTERS
        parts: list[Filter | FilterGroup] = []
        for name, value in raw.items():
            inner = f"{path}.{name[:MAX_QUOTED]}"
            if name in ("and", "or"):
                parts.append(self._groups(name, value, inner, depth))
            elif name == "not":
                parts.append(FilterGroup("not", (self._group(value, inner, depth + 1),)))
            elif one := self._filter(name, value, inner):
                parts.append(one)
        return FilterGroup("and", tuple(parts))

    def _groups(self, connector: Literal["and", "or"], raw: object, path: str, depth: int) -> FilterGroup:
        if not isinstance(raw, list) or not 0 < len(raw) <= MAX_FILTERS:
            shown = path[:MAX_PATH_LENGTH]
            self._refuse(path, "type", f"{shown} must be a list of 1 to {MAX_FILTERS} objects of conditions")
            return FilterGroup(connector)
        groups = [self._group(part, f"{path}.{place}", depth + 1) for place, part in enumerate(raw)]
        return FilterGroup(connector, tuple(groups))

    def _filter(self, name: str, operand: object, path: str) -> Filter | None:
        self.count += 1
        if self.count > MAX_FILTERS:
            raise ValidationError.of(f"at most {MAX_FILTERS} filters at a time", code="too_many")
        try:
            return self._compared(name, operand)
        except ValueProblem as problem:
            self._refuse(path, problem.code, f"{name[:MAX_QUOTED]} {problem.message}")
            return None

    def _compared(self, name: str, operand: object) -> Filter:
        first, _, rest = name.partition("__")
        subject = find_subject(self.schema, first)
        if subject is None:
            there = alternatives([*self.schema.by_name, *RECORD_PROPERTIES])
            raise ValueProblem("unknown", f"is no parameter and no field to filter by; there is {there}")
        lookup = subject.field
        if lookup is not None and lookup.target_id is not None and rest and find_operator(subject, rest) is None:
            return self._compared_through(lookup, subject, rest, operand)
        return _filter_of(subject, rest, operand)

    def _compared_through(self, lookup: SchemaField, subject: Subject, name: str, operand: object) -> Filter:
        """A filter on the records that a lookup points at: ``account__industry=Retail``."""
        schema = self.schema_behind(lookup)
        first, _, rest = name.partition("__")
        found = find_subject(schema, first)
        if found is None:
            operators = alternatives(operators_of(subject.type))
            fields = alternatives([*schema.by_name, *RECORD_PROPERTIES])
            message = f"is no filter that this field has; it has {operators}, and of {schema.api_name}: {fields}"
            raise ValueProblem("operator", message)
        return _filter_of(found, rest, operand, Through(lookup, schema))


def _joined(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """The same filters; the lists of those that come again are one, with commas."""
    every = list(pairs)
    if len({name for name, _operand in every}) == len(every):
        return every
    lists: dict[str, list[str]] = {}
    others = []
    for name, operand in every:
        _name, separator, suffix = name.rpartition("__")
        operator = OPERATORS.get(suffix) if separator else None
        if operator is not None and operator.takes_list:
            lists.setdefault(name, []).append(operand)
        else:
            others.append((name, operand))
    return [*((name, ",".join(operands)) for name, operands in lists.items()), *others]


def _filter_of(subject: Subject, suffix: str, operand: Any, through: Through | None = None) -> Filter:
    operator = find_operator(subject, suffix)
    if operator is None:
        there = alternatives(operators_of(subject.type))
        raise ValueProblem("operator", f"is no filter that this field has; it has {there}")
    most = MAX_LIST_LENGTH if operator.takes_list else MAX_OPERAND_LENGTH
    is_long = isinstance(operand, str) and len(operand) > most
    if isinstance(operand, list):
        is_long = any(isinstance(part, str) and len(part) > MAX_OPERAND_LENGTH for part in operand)
    if is_long:
        raise ValueProblem("max_length", "has a value that is too long")
    return Filter(subject, operator, operator.parse(subject, operand), through)
