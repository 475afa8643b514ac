"""Bringing a table into an object that is there: each row is a new record, or changes the one that it matches.

The table is a draft first, as one that becomes an object is (``importing``), and its rows are taken by the same
background work. Each batch is a change; undoing the import takes them back, the last one first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction

from customobjects import access
from customobjects.fieldtypes import ValueProblem
from customobjects.models import ImportState, TableImport
from customobjects.queries.objects import find_schema, names_taken
from customobjects.queries.records import names_of_references
from customobjects.queries.table_imports import held_import
from customobjects.schema import Schema, SchemaField, UniqueRule
from customobjects.services import objects, uniqueness
from customobjects.services.bulk import bulk_schema, run_operations
from customobjects.services.bulk_by_filter import undo_all
from customobjects.services.current_change import current
from customobjects.services.fields import add_field
from customobjects.services.operations import Kind, Operation
from customobjects.services.table_import import new_objects
from customobjects.services.table_import.drafts import keep_draft, read_table
from customobjects.services.table_import.matching import matched, matches, references_of, value_for
from customobjects.services.table_import.new_objects import Look
from customobjects.services.table_import.plans import NAME_TYPE, ColumnPlan, Plan, columns_of, seems_header
from customobjects.services.table_import.proposals import Column
from customobjects.services.table_import.readings import Reading
from customobjects.services.transactions import write
from customobjects.services.values import cleaned
from customobjects.services.written import Writing
from salesos import json
from salesos.accounts.actor import Actor
from salesos.db.noted_changes import change_reference
from salesos.errors import Conflict, Problem, ValidationError

# So many rows show what will come of them.
PREVIEWED = 20
# So many different texts of a column are looked for among the records, so many at a time.
MAX_LOOKED_FOR, LOOKED_FOR = 10_000, 1_000


def bring_into(actor: Actor, object_reference: str, *, content: bytes, name: str, zone: str) -> TableImport:
    """Keep a table as a draft, with a plan of which field each column is for.

    ``content``, ``name`` and ``zone`` are as ``importing.bring_table`` takes them. Raises ``ValidationError`` at
    ``table``, ``Conflict`` where the object takes no bulk operations, ``NotFound``, ``PermissionDenied``.
    """
    # What takes long keeps nobody from writing.
    return _keep_into(actor, object_reference, name, read_table(content, name), zone)


@write
def _keep_into(actor: Actor, object_reference: str, name: str, rows: Sequence[Sequence[str]], zone: str) -> TableImport:
    schema = _schema(actor, object_reference)
    has_header = seems_header(rows)
    plan = plan_into(schema, columns_of(rows, has_header=has_header), zone)
    return keep_draft(actor, name, rows, plan, has_header=has_header, into=schema.id)


@write
def copy_into(actor: Actor, import_id: UUID, object_reference: str) -> TableImport:
    """Keep the table of a draft once more, with a plan of which field of an object that is there each column is for.

    The draft stays as it is. Raises ``NotFound``, ``PermissionDenied``, and ``Conflict`` where the draft is started by
    now, or the object takes no bulk operations.
    """
    draft = held_import(actor, import_id, ImportState.DRAFT)
    schema = _schema(actor, object_reference)
    plan = plan_into(schema, columns_of(draft.rows, has_header=draft.has_header), Plan.from_json(draft.plan).zone)
    return keep_draft(actor, draft.name, draft.rows, plan, has_header=draft.has_header, into=schema.id)


def plan_into(schema: Schema, columns: Sequence[Column], zone: str) -> Plan:
    """A plan of which field each column is for. Rows change records where a unique field has some of their values."""
    plan = matched(schema, columns, zone)
    places = {one.api_name: place for place, one in matches(schema, plan).items()}
    rules = [
        rule
        for rule in schema.unique_rules
        if rule.is_filled and len(rule.fields) == 1 and rule.fields[0].api_name in places
    ]
    for rule in sorted(rules, key=lambda rule: rule.fields[0] != schema.primary):
        name = rule.fields[0].api_name
        column = plan.columns[places[name]]
        if _are_there(schema, rule, columns[places[name]], column, column.reading_in(zone)):
            plan.by = [name]
            break
    return plan


def _are_there(schema: Schema, rule: UniqueRule, column: Column, plan: ColumnPlan, reading: Reading) -> bool:
    """Whether records have some of a column's values in a unique field. A query for each ``LOOKED_FOR`` values."""
    part = rule.fields[0]
    if part.type.reference_kind is not None:
        return False
    values = (_value(part, plan, reading, text) for text in islice(column.counts, MAX_LOOKED_FOR))
    keys = filter(None, (uniqueness.key_of(rule, {part.data_key: value}) for value in values))
    while some := list(islice(keys, LOOKED_FOR)):
        if uniqueness.holders(schema.id, some):
            return True
    return False


def _schema(actor: Actor, object_reference: str) -> Schema:
    return bulk_schema(actor, object_reference, access.require_write, access.require_read)


@write
def start_into(actor: Actor, import_id: UUID, look: Look) -> TableImport:
    """Make the fields that a draft plans, and check what it is to do; then its rows can be taken.

    ``look`` says which icon and colour an object of some name gets that is made of a column. Raises ``ValidationError``
    with problems at ``columns``, ``columns.<place>.<property>`` and ``by``, ``NotFound``, ``Conflict`` where it was
    started already or the organization has no room, ``PermissionDenied``.
    """
    draft = held_import(actor, import_id, ImportState.DRAFT)
    schema = _schema(actor, str(draft.custom_object_id))
    plan = Plan.from_json(draft.plan)
    found = matches(schema, plan)
    _check(schema, plan, found)
    plan.fields = {str(place): one.api_name for place, one in found.items()}
    if along := new_objects.new_objects(plan, columns_of(draft.rows, has_header=draft.has_header)):
        if problems := list(new_objects.problems_of(along, names_taken(actor))):
            raise ValidationError(problems)
        objects.require_room_for(actor, len(along))
        new_objects.make(actor, plan, along, look)
    for place, column in enumerate(plan.columns):
        if column.used and not column.field:
            plan.fields[str(place)] = _new_field(actor, schema, place, column)
    plan.repeated = _repeated(schema, plan, draft)
    draft.plan, draft.state, draft.next_row = plan.as_json(), ImportState.RUNNING, int(draft.has_header)
    note_change(draft)
    draft.save(update_fields=["plan", "state", "next_row", "changes"])
    return draft


def note_change(running: TableImport) -> None:
    """Note the change that is being made, if anything of it is kept, as one that undoing takes back."""
    change = current()
    if change.transaction is not None:
        running.changes = [*running.changes, change_reference(change.id, change.transaction)]


def _check(schema: Schema, plan: Plan, found: Mapping[int, SchemaField]) -> None:
    problems = []
    if not any(column.used for column in plan.columns):
        problems.append(Problem("columns", "required", "No column is for a field: choose one for at least one column"))
    times = Counter(one.api_name for one in found.values())
    problems += [
        Problem(
            "columns", "duplicate", f"{times[name]} columns are for {schema.by_name[name].label}: choose one of them"
        )
        for name in times
        if times[name] > 1
    ]
    problems += [
        Problem(f"columns.{place}.field", "unknown", f"{column.label} is not a field of {schema.name} any more")
        for place, column in enumerate(plan.columns)
        if column.used and column.field and place not in found
    ]
    missing = [schema.by_name[name].label for name in plan.by if name in schema.by_name and name not in times]
    if plan.by and (missing or uniqueness.find_rule(schema, plan.by) is None):
        what = " and ".join(missing) or "what records are found by"
        problems.append(Problem("by", "required", f"Records are found by {what}, for which there is no column"))
    if problems:
        raise ValidationError(problems)


def _new_field(actor: Actor, schema: Schema, place: int, column: ColumnPlan) -> str:
    """The apiName of the field that is made of a column. Raises ``ValidationError``, ``PermissionDenied``."""
    try:
        made = add_field(actor, str(schema.id), label=column.label, type=column.type, options=column.options)
    except ValidationError as error:
        raise ValidationError(replace(one, field=f"columns.{place}.{one.field}") for one in error.problems) from error
    return made.api_name


def _repeated(schema: Schema, plan: Plan, draft: TableImport) -> dict[str, int]:
    """The numbers of rows that have the key of an earlier one, with that one's number.

    Else the later one would silently win, and undoing could not tell them apart.
    """
    rule = uniqueness.find_rule(schema, plan.by) if plan.by else None
    if rule is None:
        return {}
    names = {
        one.api_name: int(place)
        for place, one in ((p, schema.by_name[n]) for p, n in plan.fields.items() if n in schema.by_name)
    }
    readings = plan.readings()
    first: dict[Any, int] = {}
    repeated = {}
    for number, row in enumerate(draft.rows[draft.has_header :], draft.has_header + 1):
        key = []
        for part in rule.fields:
            place = names[part.api_name]
            key.append(_identity(part, plan.columns[place], readings[place], row[place]))
        if None in key:
            continue
        if (before := first.setdefault(tuple(key), number)) != number:
            repeated[str(number)] = before
    return repeated


def _identity(part: SchemaField, column: ColumnPlan, reading: Reading, text: str) -> str | None:
    """What tells whether two texts mean the same; None where a text is no value."""
    if part.type.reference_kind is not None:
        return None if not text or text in column.missing else text.casefold()
    value = _value(part, column, reading, text)
    return None if value is None else part.type.identity(value)


def _value(part: SchemaField, column: ColumnPlan, reading: Reading, text: str) -> Any:
    """The value that a text stands for in a field; None where it is none."""
    if not text or text in column.missing:
        return None
    try:
        return cleaned(part, value_for(part, column, reading, text))
    except ValueProblem:
        return None


class Rows:
    """Some rows of an import into an object as what is to be done, by their numbers, and what is wrong with the others.

    Two queries or three for each object that lookups point at, and one for people, however many rows there are.
    """

    def __init__(self, actor: Actor, schema: Schema, plan: Plan, numbered: Sequence[tuple[int, Sequence[str]]]) -> None:
        self.operations: dict[int, Operation] = {}
        self.refused: dict[int, list[str]] = {}
        self._plan, self._readings = plan, plan.readings()
        fields = {int(place): schema.by_name[name] for place, name in plan.fields.items() if name in schema.by_name}
        named = {place: one for place, one in fields.items() if one in references_of(fields.values())}
        cells = [[(one, row[place]) for place, one in named.items() if self._text(place, row)] for _n, row in numbered]
        self._writing = Writing(actor, schema, lambda _field, text: text, cells)
        for number, row in numbered:
            if str(number) in plan.repeated:
                what = " and ".join(schema.by_name[name].label for name in plan.by)
                self.refused[number] = [f"Row {plan.repeated[str(number)]} has the same {what}"]
                continue
            self._read(number, row, fields)

    def _text(self, place: int, row: Sequence[str]) -> str:
        """A cell's text; nothing where it stands for no value."""
        return "" if row[place] in self._plan.columns[place].missing else row[place]

    def _read(self, number: int, row: Sequence[str], fields: Mapping[int, SchemaField]) -> None:
        values: dict[str, Any] = {}
        problems = []
        for place, one in fields.items():
            text = self._text(place, row)
            # An empty cell changes nothing, and leaves a new record its default.
            if not text:
                continue
            try:
                if new_objects.is_new(self._plan, self._plan.columns[place]):
                    # Of a text that no record was made of, it is said why.
                    NAME_TYPE.clean(text)
                if one.type.reference_kind is not None:
                    values[one.api_name] = self._writing.input(one, text, None)
                else:
                    values[one.api_name] = value_for(one, self._plan.columns[place], self._readings[place], text)
            except ValueProblem as problem:
                problems.append(f"{one.label} {problem.message}")
        if problems:
            self.refused[number] = problems
        elif not values:
            self.refused[number] = ["There is nothing in the columns that are brought in"]
        elif self._plan.by:
            self.operations[number] = Operation(Kind.UPSERT, values, by=self._plan.by)
        else:
            self.operations[number] = Operation(Kind.CREATE, values)

    def run(self, actor: Actor, schema: Schema) -> None:
        """Do what is to be done; what fails is refused. Raises ``DomainError`` where none can be done."""
        run_operations(actor, str(schema.id), list(self.operations.values()), atomic=False)
        for number, operation in self.operations.items():
            if operation.error:
                self.refused[number] = [told(schema, problem) for problem in operation.error.problems]


def told(schema: Schema, problem: Problem) -> str:
    """A problem with a record, said with the field's label."""
    name = problem.field.removeprefix("data.").split(".")[0]
    known = schema.by_name.get(name)
    rest = problem.message.removeprefix(f"{name} ")
    return problem.message if known is None or rest == problem.message else f"{known.label} {rest}"


@dataclass
class PreviewedRow:
    """What will come of a row: its ``outcome`` is ``new``, ``changed``, ``same`` or ``refused``, for these reasons.

    ``cells`` are what the record will show, or the row's texts where it is refused.
    """

    number: int
    outcome: str
    name: str = ""
    cells: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


@write
def preview(actor: Actor, import_id: UUID) -> list[PreviewedRow]:
    """What will come of the first rows of a draft, by doing it and taking it back. New fields show their texts.

    Raises ``NotFound``, ``Conflict``, ``PermissionDenied``.
    """
    draft = held_import(actor, import_id, ImportState.DRAFT)
    schema = _schema(actor, str(draft.custom_object_id))
    plan = Plan.from_json(draft.plan)
    found = matches(schema, plan)
    plan.fields = {str(place): one.api_name for place, one in found.items()}
    if plan.by and (not set(plan.by) <= set(plan.fields.values()) or uniqueness.find_rule(schema, plan.by) is None):
        plan.by = []
    plan.repeated = _repeated(schema, plan, draft)
    start = int(draft.has_header)
    numbered = list(enumerate(draft.rows[start : start + PREVIEWED], start + 1))
    rows = Rows(actor, schema, plan, numbered)
    with transaction.atomic():
        rows.run(actor, schema)
        undo_all()
    documents = {
        number: json.loads(operation.document)
        for number, operation in rows.operations.items()
        if operation.document and number not in rows.refused
    }
    names = names_of_references(actor, schema, [document["data"] for document in documents.values()])
    return list(_previewed(plan, found, rows, numbered, documents, names))


def _previewed(
    plan: Plan,
    found: Mapping[int, SchemaField],
    rows: Rows,
    numbered: Sequence[tuple[int, Sequence[str]]],
    documents: Mapping[int, Mapping[str, Any]],
    names: dict[str, str],
) -> Iterator[PreviewedRow]:
    used = [place for place, column in enumerate(plan.columns) if column.used]
    for number, row in numbered:
        texts = [row[place] for place in used]
        if number in rows.refused:
            yield PreviewedRow(number, "refused", cells=texts, reasons=rows.refused[number])
            continue
        if (document := documents.get(number)) is None:
            yield PreviewedRow(number, "same", cells=texts)
            continue
        cells = []
        for place in used:
            value = document["data"].get(found[place].api_name) if place in found else None
            shown = (
                row[place] if place not in found else "" if value is None else found[place].type.display(value, names)
            )
            cells.append(shown)
        outcome = "new" if rows.operations[number].is_new else "changed"
        yield PreviewedRow(number, outcome, document["name"] or "", cells)


def take_rows(
    actor: Actor, running: TableImport, plan: Plan, numbered: Sequence[tuple[int, Sequence[str]]]
) -> dict[int, list[str]]:
    """Do what a batch of rows says, and count it. Returns the reasons why rows were refused, by their numbers.

    Raises ``DomainError`` where none can be done.
    """
    schema = find_schema(actor, str(running.custom_object_id))
    if gone := [name for name in plan.fields.values() if name not in schema.by_name]:
        raise Conflict.of(f"{gone[0]} is not a field of {schema.name} any more", code="state")
    new_objects.make_records(actor, plan, [row for _number, row in numbered])
    rows = Rows(actor, schema, plan, numbered)
    rows.run(actor, schema)
    kept = [operation for operation in rows.operations.values() if not operation.error]
    running.made += sum(operation.is_new for operation in kept)
    running.changed += sum(not operation.is_new and bool(operation.document) for operation in kept)
    note_change(running)
    return rows.refused
