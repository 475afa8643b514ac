"""Objects that an import makes beside its own: one of a column's texts, to whose records the column is a lookup then.

Such an object has a unique field Name, and a record for each different text. Columns that name the same object share
it. The records are made batch by batch, before the rows that are linked to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from customobjects.fieldtypes import DEFAULT_TYPE, ValueProblem
from customobjects.fieldtypes.folding import caseless
from customobjects.models import CustomObject
from customobjects.queries.objects import find_schema
from customobjects.services import naming, objects, uniqueness
from customobjects.services.bulk import MAX_OPERATIONS, run_operations
from customobjects.services.operations import Kind, Operation
from customobjects.services.table_import.plans import NAME_TYPE, ColumnPlan, Plan
from customobjects.services.table_import.proposals import Column
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, Problem

MAX_RECORDS = 10_000
NAME: Mapping[str, Any] = {"label": "Name", "type": DEFAULT_TYPE, "is_required": True, "is_unique": True}

# The icon and the colour of an object of some name, as ``objects.create_object`` takes them.
Look = Callable[[str], Mapping[str, Any]]


def no_look(_name: str) -> Mapping[str, Any]:
    """The look of every object, whatever its name."""
    return {}


@dataclass
class NewObject:
    """An object that is to be made of the columns at ``places``.

    ``names`` are what its records are called, by what tells them apart.
    """

    name: str
    plural: str
    places: list[int] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


def new_objects(plan: Plan, columns: Sequence[Column]) -> list[NewObject]:
    """The objects that a plan makes of columns, in their order; those of columns that are left out are none."""
    found: dict[str, NewObject] = {}
    for place, (column, planned) in enumerate(zip(columns, plan.columns, strict=True)):
        if not planned.used or not planned.new_object:
            continue
        of_name = NewObject(planned.new_object, planned.new_plural)
        made = found.setdefault(caseless(planned.new_object), of_name)
        made.places.append(place)
        for text in column.counts:
            if text not in planned.missing and (name := _name(text)):
                made.names.setdefault(NAME_TYPE.identity(name), name)
    return list(found.values())


def is_new(plan: Plan, column: ColumnPlan) -> bool:
    """Whether a column is a lookup to an object that the import made."""
    return column.options.get("target") in plan.objects


def _name(text: str) -> str | None:
    """What the record of a text is called; None where there can be none."""
    try:
        return NAME_TYPE.clean(text)
    except ValueProblem:
        return None


def problems_of(made: Sequence[NewObject], there: Mapping[str, str], name: str = "") -> Iterator[Problem]:
    """What keeps the objects of a plan from being made, at ``name`` and ``columns.<place>.new_object``.

    ``there`` are the names of the objects that there are, as ``queries.objects.names_taken`` gives them; ``name`` is
    that of the object that is to be made of the rows, if one is.
    """
    if holder := there.get(caseless(name)):
        yield naming.name_taken(holder, "name")
    for one in made:
        at = f"columns.{one.places[0]}.new_object"
        if holder := there.get(caseless(one.name)):
            yield naming.name_taken(holder, at)
        if caseless(one.name) == caseless(name):
            yield Problem(at, "duplicate", f"the rows are called {one.name}, too: choose another name")
        if len(one.names) > MAX_RECORDS:
            message = f"it would have {len(one.names):,} records; at most {MAX_RECORDS:,} are made of a column"
            yield Problem(at, "limit", message)


def make(actor: Actor, plan: Plan, made: Sequence[NewObject], look: Look) -> None:
    """Make the objects, and have the plan's columns be lookups to them. Raises as ``objects.create_object`` does."""
    for one in made:
        custom_object = objects.create_object(
            actor, name=one.name, plural_name=one.plural, fields=[NAME], **look(one.name)
        )
        plan.objects.append(str(custom_object.id))
        for place in one.places:
            plan.columns[place].look_up(str(custom_object.id), _name_field(custom_object))


def _name_field(custom_object: CustomObject) -> str:
    assert custom_object.primary_field is not None
    return custom_object.primary_field.api_name


def make_records(actor: Actor, plan: Plan, rows: Sequence[Sequence[str]]) -> None:
    """Make the records of the new objects that some rows name and that are not there yet.

    Raises ``DomainError`` where an object is gone, or none can be made.
    """
    for object_id in plan.objects:
        columns = {place: one for place, one in enumerate(plan.columns) if one.options.get("target") == object_id}
        texts = dict.fromkeys(
            row[place] for row in rows for place, one in columns.items() if row[place] not in one.missing
        )
        found_by = next(one.found_by for one in columns.values())
        _make_missing(actor, object_id, found_by, [*filter(None, map(_name, texts))])


def _make_missing(actor: Actor, object_id: str, api_name: str, names: Sequence[str]) -> None:
    schema = find_schema(actor, object_id)
    rule = uniqueness.find_rule(schema, [api_name])
    if rule is None:
        raise Conflict.of(f"the names of {schema.plural_name} are not unique any more", code="state")
    key = rule.fields[0].data_key
    by_key = {found: name for name in reversed(names) if (found := uniqueness.key_of(rule, {key: name}))}
    held = uniqueness.holders(schema.id, by_key)
    missing = [Operation(Kind.CREATE, {api_name: by_key[found]}) for found in reversed(by_key) if found not in held]
    for start in range(0, len(missing), MAX_OPERATIONS):
        run_operations(actor, object_id, missing[start : start + MAX_OPERATIONS], atomic=False)
