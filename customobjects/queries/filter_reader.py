"""Reading filters: from ``purchase_cost__gte=500``, or the same as a JSON tree, to checked filters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from customobjects.fieldtypes import ValueProblem
from customobjects.queries.field_pairs import require_pair
from customobjects.queries.filters import NO_FILTERS, Filter, FilterGroup
from customobjects.queries.operators import (
    OPERATORS,
    Comparison,
    IsNull,
    Operator,
    find_operator,
    operators_of,
)
from customobjects.queries.related import find_related_list
from customobjects.queries.steps import Step, Steps
from customobjects.queries.subjects import RECORD_PROPERTIES, Subject, find_subject
from customobjects.schema import Schema, SchemaField
from salesos.accounts.actor import Actor
from salesos.errors import MAX_PROBLEMS, MAX_QUOTED, Problem, ValidationError, alternatives

MAX_FILTERS = 50
# As many characters as the longest text that is compared as a whole has.
MAX_OPERAND_LENGTH = 4_000
MAX_LIST_LENGTH = 200_000
MAX_DEPTH = 5
MAX_GROUPS = 200
MAX_PATH_LENGTH = 200
# How many lookups a filter goes through, and all filters together.
MAX_STEPS = 2
MAX_ALL_STEPS = 50
# What a condition of a tree has in the place of a value that is another field's.
OTHER_FIELD = "field"
# What joins the conditions of a tree.
CONNECTORS = ("and", "or", "not")


class FilterReader:
    """Reads the filters on one object's records, as an actor may filter them.

    Readers of one request may share their ``steps`` through lookups.
    """

    def __init__(self, actor: Actor, schema: Schema, steps: Steps | None = None) -> None:
        self.actor = actor
        self.schema = schema
        self.problems: list[Problem] = []
        self.steps = steps or Steps(actor)
        self.step_count = 0
        self.count = 0
        self.group_count = 0

    def parameters(self, pairs: Iterable[tuple[str, str]]) -> FilterGroup:
        """The group that all of ``pairs`` (``name__operator`` and its operand as text) make together.

        Where an operator that takes a list comes again, all its values are one list: ``name__in=a&name__in=b``.
        Raises ``ValidationError`` that names each unknown field, operator the type lacks, and operand it refuses.
        """
        parts = [self.condition(name, operand, name) for name, operand in _joined(pairs)]
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
            elif one := self.condition(name, value, inner):
                parts.append(one)
        return FilterGroup("and", tuple(parts))

    def _groups(self, connector: Literal["and", "or"], raw: object, path: str, depth: int) -> FilterGroup:
        if not isinstance(raw, list) or not 0 < len(raw) <= MAX_FILTERS:
            shown = path[:MAX_PATH_LENGTH]
            self._refuse(path, "type", f"{shown} must be a list of 1 to {MAX_FILTERS} objects of conditions")
            return FilterGroup(connector)
        groups = [self._group(part, f"{path}.{place}", depth + 1) for place, part in enumerate(raw)]
        return FilterGroup(connector, tuple(groups))

    def condition(self, name: str, operand: object, path: str) -> Filter | None:
        """The filter that a name, as in ``cost__gte``, and an operand make; or None, and ``problems`` say why.

        Raises ``ValidationError`` where there are more filters, or problems, than there may be.
        """
        self.count += 1
        if self.count > MAX_FILTERS:
            raise ValidationError.of(f"at most {MAX_FILTERS} filters at a time", code="too_many")
        try:
            return self._compared(name, operand)
        except ValueProblem as problem:
            self._refuse(path, problem.code, f"{name[:MAX_QUOTED]} {problem.message}")
            return None

    def _compared(self, name: str, operand: object) -> Filter:
        """The filter that a name of fields and an operator makes, through lookups as in ``account__parent__name``."""
        schema, rest = self.schema, name
        steps: tuple[Step, ...] = ()
        lookup: Subject | None = None
        while True:
            first, _, rest = rest.partition("__")
            subject = find_subject(schema, first) or self._related_list(schema, first, rest)
            if subject is None:
                raise self._unknown(schema, lookup)
            if not _leads_on(subject, rest):
                return _filter_of(schema, subject, rest, operand, steps)
            assert subject.field is not None
            step = self._step(subject.field)
            if step is None or len(steps) == MAX_STEPS:
                raise _no_operator(subject, deep=step is not None)
            lookup, schema, steps = subject, step.schema, (*steps, step)

    def _step(self, lookup: SchemaField) -> Step | None:
        self.step_count += 1
        if self.step_count > MAX_ALL_STEPS:
            message = f"filters go through at most {MAX_ALL_STEPS} lookups at a time"
            raise ValidationError.of(message, code="too_many")
        return self.steps.through(lookup)

    def _related_list(self, schema: Schema, name: str, rest: str) -> Subject | None:
        # Nothing but whether there are any can be asked, so that other names need no query.
        return find_related_list(self.actor, schema, name) if rest == IsNull.key else None

    def _unknown(self, schema: Schema, lookup: Subject | None) -> ValueProblem:
        """What is refused where a name, of the object itself or behind a lookup, names nothing."""
        fields = alternatives([*schema.by_name, *RECORD_PROPERTIES])
        if lookup is None:
            return ValueProblem("unknown", f"is no parameter and no field to filter by; there is {fields}")
        operators = alternatives(operators_of(lookup.type))
        message = f"is no filter that this field has; it has {operators}, and of {schema.api_name}: {fields}"
        return ValueProblem("operator", message)


def _leads_on(subject: Subject, rest: str) -> bool:
    """Whether what follows a subject's name is of the records that it points at, and not an operator of its own."""
    is_lookup = subject.field is not None and subject.field.target_id is not None
    return is_lookup and bool(rest) and find_operator(subject, rest) is None


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


def _no_operator(subject: Subject, *, deep: bool = False) -> ValueProblem:
    there = alternatives(operators_of(subject.type))
    if deep:
        return ValueProblem("depth", f"goes through more than {MAX_STEPS} lookups; the last one has {there}")
    return ValueProblem("operator", f"is no filter that this field has; it has {there}")


def _filter_of(schema: Schema, subject: Subject, suffix: str, operand: Any, steps: tuple[Step, ...]) -> Filter:
    operator = find_operator(subject, suffix)
    if operator is None:
        raise _no_operator(subject)
    if isinstance(operand, dict) and OTHER_FIELD in operand:
        return Filter(subject, operator, Comparison(), steps, _other(schema, subject, operator, operand))
    most = MAX_LIST_LENGTH if operator.takes_list else MAX_OPERAND_LENGTH
    is_long = isinstance(operand, str) and len(operand) > most
    if isinstance(operand, list):
        is_long = any(isinstance(part, str) and len(part) > MAX_OPERAND_LENGTH for part in operand)
    if is_long:
        raise ValueProblem("max_length", "has a value that is too long")
    return Filter(subject, operator, operator.parse(subject, operand), steps)


def _other(schema: Schema, subject: Subject, operator: Operator, operand: dict[str, Any]) -> Subject:
    """The field of the same record that ``{"field": "due_on"}`` names."""
    name = operand[OTHER_FIELD]
    other = find_subject(schema, name) if isinstance(name, str) and len(operand) == 1 else None
    if other is None:
        there = alternatives([*schema.by_name, *RECORD_PROPERTIES])
        message = f"must have a value, or only the {OTHER_FIELD} of the same record that it is compared with: {there}"
        raise ValueProblem(OTHER_FIELD, message)
    require_pair(subject, operator, other)
    return other
