"""Columns of a table that is brought into an object: which field each is for, and how its texts become values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from customobjects.fieldtypes import DEFAULT_TYPE, ReferenceKind, ValueProblem
from customobjects.fieldtypes.folding import caseless
from customobjects.schema import Schema, SchemaField
from customobjects.services.table_import.plans import ColumnPlan, Plan, label_of, replanned
from customobjects.services.table_import.proposals import Column, propose, propose_as, ways_of
from customobjects.services.table_import.readings import Amounts, Reading


def importable(schema: Schema) -> list[SchemaField]:
    """The fields that a column can be for: those whose values people give."""
    return [field for field in schema.fields if field.type.writable]


def matched(schema: Schema, columns: Sequence[Column], zone: str) -> Plan:
    """A plan in which each column is for the field that is called as it is; the others are left out."""
    by_name: dict[str, SchemaField] = {}
    for field in importable(schema):
        for name in (field.label, field.api_name):
            by_name.setdefault(_bare(name), field)
    plans = []
    for column in columns:
        field_ = by_name.get(_bare(column.name))
        if field_ is None:
            plans.append(left_out(column))
            continue
        plans.append(match(column, field_, zone))
        # Of two columns with one name, the first is for it.
        by_name = {name: other for name, other in by_name.items() if other is not field_}
    return Plan(schema.name, plans, zone)


def _bare(name: str) -> str:
    """A name without what people write differently: case, spaces, dashes and points."""
    return "".join(filter(str.isalnum, caseless(name)))


def left_out(column: Column) -> ColumnPlan:
    """The plan of a column that is for nothing."""
    return ColumnPlan(label_of(column.name), DEFAULT_TYPE, used=False)


def match(column: Column, field: SchemaField, zone: str) -> ColumnPlan:
    """The plan of a column that is for a field: read in the way that leaves the fewest texts unread."""
    proposal = propose_as(column, field.type.key, zone)
    reading = min(
        readings_for(column, field, zone),
        key=lambda way: sum(way.read(text) is None for text in column.counts if text not in proposal.missing),
    )
    # What the field has a value for stands for that.
    missing = [] if field.type.reference_kind else [word for word in proposal.missing if not _takes(field, word)]
    rivals = [way.label for way in proposal.rivals] if reading == proposal.reading else []
    return ColumnPlan(
        field.label,
        field.type.key,
        reading=reading.label,
        rivals=rivals,
        words=list(proposal.missing),
        missing=missing,
        field=field.api_name,
    )


def new_field(column: Column, zone: str) -> ColumnPlan:
    """The plan of a column that becomes a field of its own."""
    plan = ColumnPlan.of(column, propose(column, zone))
    plan.is_unique = False
    return plan


def new_field_as(column: Column, plan: ColumnPlan, type_: str, zone: str) -> ColumnPlan:
    """The plan of a column that becomes a field of its own, of a type that somebody chose."""
    changed = replanned(column, plan, type_, zone)
    changed.is_unique = False
    return changed


def readings_for(column: Column, field: SchemaField, zone: str) -> list[Reading]:
    """The ways in which a column may be written for a field: amounts in the field's own currency only."""
    currency = field.type.options.get("currency")
    found = ways_of(column, field.type.key, zone)
    return [way for way in found if not isinstance(way, Amounts) or way.currency == currency]


def _takes(field: SchemaField, text: str) -> bool:
    """Whether a word is one of the field's values, where people choose from a list."""
    if "values" not in field.type.options:
        return False
    try:
        field.type.clean(field.type.from_cell(text))
    except ValueProblem:
        return False
    return True


def value_for(field: SchemaField, plan: ColumnPlan, reading: Reading, text: str) -> object:
    """The input to a field that a text stands for, which is not empty. Raises ``ValueProblem``."""
    value = reading.read(text)
    if isinstance(value, bool):
        return value
    # Of what cannot be read, the type says best what is wrong with it.
    return field.type.from_cell(text if value is None else value)


def refused_texts(field: SchemaField, column: Column, plan: ColumnPlan, reading: Reading) -> Counter[str]:
    """The texts of a column that a field would refuse, with how often each occurs. References are not looked up."""
    refused: Counter[str] = Counter()
    if field.type.reference_kind is not None:
        return refused
    for text, count in column.counts.items():
        if text in plan.missing:
            continue
        try:
            field.type.clean(value_for(field, plan, reading, text))
        except ValueProblem:
            refused[text] = count
    return refused


def matches(schema: Schema, plan: Plan) -> Mapping[int, SchemaField]:
    """The fields that columns are for, by the columns' places; those that are gone by now are left out."""
    found = ((place, schema.by_name.get(one.field)) for place, one in enumerate(plan.columns) if one.used and one.field)
    return {place: field for place, field in found if field is not None}


def references_of(fields: Iterable[SchemaField]) -> list[SchemaField]:
    """Those of some fields whose texts are names of records or users."""
    return [field for field in fields if field.type.reference_kind in (ReferenceKind.RECORD, ReferenceKind.USER)]
