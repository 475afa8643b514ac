"""Pasting a range of a spreadsheet into a table of records: what it would change, and doing it as one change.

The range lies over the table from one cell on: its rows are the records from there on, in the order in which somebody
sees them, its columns the fields. Rows behind the last record make new ones. Each cell is read as people write
(``services.written``). Those that are refused are told one by one; the others can be pasted without them.

What is refused by more than the cell itself, such as a unique value that is taken, is found by doing it, and taking it
back: so what a preview says is what happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from customobjects import access
from customobjects.fieldtypes import ValueProblem
from customobjects.queries.named import Read
from customobjects.queries.objects import as_uuid
from customobjects.queries.records import documents_of, names_of_references
from customobjects.schema import Schema, SchemaField
from customobjects.services.bulk import MAX_OPERATIONS, bulk_schema, run_operations
from customobjects.services.bulk_by_filter import undo_all
from customobjects.services.current_change import current
from customobjects.services.operations import Kind, Operation
from customobjects.services.transactions import write
from customobjects.services.values import at
from customobjects.services.written import Writing
from salesos import json
from salesos.accounts.actor import Actor
from salesos.db.noted_changes import change_reference
from salesos.errors import Conflict, DomainError, Problem, ValidationError, alternatives, quoted
from salesos.spreadsheets import read_tab_separated

MAX_CELLS = 10_000
# A cell has more than any field takes.
MAX_TEXT_CHARACTERS = 5_000_000
# How often what is refused is left out, and the rest tried again.
MAX_ATTEMPTS = 4
GONE = "this record is no longer there"


class Outcome(StrEnum):
    """What comes of a cell."""

    UNCHANGED = "unchanged"
    CHANGES = "changes"
    REFUSED = "refused"


@dataclass
class Cell:
    """A cell of the range: what is there now and what would be, as people see it, and why not, where it is refused."""

    field: SchemaField
    old: str
    new: str
    outcome: Outcome = Outcome.UNCHANGED
    problem: Problem | None = None

    @property
    def reason(self) -> str:
        """Why it is refused, in a sentence."""
        return self.problem.message if self.problem else ""

    def refuse(self, problem: Problem) -> None:
        """Note what is wrong with it."""
        self.outcome, self.problem = Outcome.REFUSED, problem


@dataclass
class Row:
    """A row of the range: the record that it is for, or None where it makes one. ``id`` is that of what is stored;
    of a preview, the one that a new record would have had means nothing. ``name`` is what the record is called now.

    ``reason`` says what is wrong with the row beside its cells, such as a field that is required and not in the range.
    Then nothing of it can be pasted.
    """

    record_id: UUID | None
    cells: list[Cell] = field(default_factory=list)
    reason: str = ""
    id: UUID | None = None
    name: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)

    def refuse(self, problem: Problem) -> None:
        """Note a problem at its cell, or at the row where it is about something else."""
        name = problem.field.removeprefix("data.").split(".")[0]
        cell = next((cell for cell in self.cells if cell.field.api_name == name), None)
        if cell is None or name not in self.inputs:
            self.reason = self.reason or problem.message
            return
        del self.inputs[name]
        cell.refuse(problem)

    @property
    def has_changes(self) -> bool:
        """Whether anything of it is pasted."""
        return not self.reason and any(cell.outcome is Outcome.CHANGES for cell in self.cells)


@dataclass(frozen=True)
class Pasted:
    """What comes of a range: its rows, how many records are made and changed, and how many cells are refused.

    ``cells`` is how many cells of records that are there are changed.

    ``change_id`` is what undoes all of it (``services.undo``); none, where nothing was changed or only looked at.
    """

    rows: list[Row]
    made: int
    changed: int
    refused: int
    cells: int = 0
    change_id: str | None = None


def parse_clipboard(text: str) -> list[list[str]]:
    """The rows of what a spreadsheet program puts on the clipboard. Raises ``ValidationError`` for what is no table."""
    if len(text) > MAX_TEXT_CHARACTERS:
        message = f"text must have at most {MAX_TEXT_CHARACTERS:,} characters"
        raise ValidationError.of(message, field="text", code="max_length")
    try:
        return read_tab_separated(text)
    except ValueError as error:
        raise ValidationError.of(f"text {error}", field="text", code="invalid") from error


@write
def preview(
    actor: Actor,
    object_reference: str,
    *,
    records: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    read: Read,
) -> Pasted:
    """What pasting ``rows`` of texts would do, and nothing is done.

    ``records`` are the ids of the records from the first row on, ``columns`` the apiNames of the fields from the first
    column on; both may go on behind the range. ``read`` gives the program form of what somebody wrote in their own
    language, or raises ``ValueError`` with a sentence that begins with the field's name.

    Raises ``ValidationError`` for a range that is empty, larger than ``MAX_CELLS`` or wider than the columns are, and
    for columns and records that are named wrongly; ``Conflict`` where the object takes no bulk operations;
    ``NotFound``, ``PermissionDenied``.
    """
    schema, made = _range(actor, object_reference, records, columns, rows, read)
    with transaction.atomic():
        _settle(actor, schema, made)
        undo_all()
    return _pasted(actor, schema, made)


@write
def apply(
    actor: Actor,
    object_reference: str,
    *,
    records: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    read: Read,
    skip_refused: bool = False,
) -> Pasted:
    """Paste ``rows`` of texts: all in one change, or, where anything is refused, nothing.

    With ``skip_refused`` what is refused is left out instead. Raises as ``preview`` does, and ``ValidationError`` with
    what is refused, at ``rows.<number>.<apiName>``.
    """
    schema, made = _range(actor, object_reference, records, columns, rows, read)
    _settle(actor, schema, made)
    pasted = _pasted(actor, schema, made)
    if not skip_refused and (problems := list(_problems(made))):
        raise ValidationError(problems)
    change = current()
    return Pasted(
        pasted.rows,
        pasted.made,
        pasted.changed,
        pasted.refused,
        pasted.cells,
        None if change.transaction is None else change_reference(change.id, change.transaction),
    )


def _range(
    actor: Actor,
    object_reference: str,
    records: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    read: Read,
) -> tuple[Schema, list[Row]]:
    """The rows of a range, their cells read, before anything is written. Raises ``ValidationError``."""
    schema = bulk_schema(actor, object_reference, access.require_write, access.require_read)
    width = max(map(len, rows), default=0)
    if not width:
        raise ValidationError.of("rows must have a cell", field="rows", code="required")
    if sum(map(len, rows)) > MAX_CELLS:
        message = f"at most {MAX_CELLS:,} cells are pasted at a time, and these are {sum(map(len, rows)):,}"
        raise ValidationError.of(message, field="rows", code="too_many")
    fields = _fields(schema, columns[:width])
    if width > len(fields):
        message = f"rows are {width} columns wide, and there are only {len(fields)} from here on"
        raise ValidationError.of(message, field="rows", code="too_wide")
    ids = _record_ids(records[: len(rows)])
    # What is empty behind the last record makes none.
    filled = [
        (id_, texts)
        for id_, texts in zip([*ids, *[None] * (len(rows) - len(ids))], rows, strict=True)
        if id_ is not None or any(text.strip() for text in texts)
    ]
    writing = Writing(actor, schema, read, [zip(fields, texts, strict=False) for _id, texts in filled])
    held = documents_of(actor, schema, filter(None, ids), fields)
    return schema, [_row(writing, fields, held, id_, texts) for id_, texts in filled]


def _fields(schema: Schema, columns: Sequence[str]) -> list[SchemaField]:
    fields = []
    for name in columns:
        found = schema.find(name)
        if found is None or found in fields:
            message = (
                f"columns must name fields of {schema.api_name}, each once, and {quoted(name)} is none; it has "
                f"{alternatives(schema.by_name)}"
            )
            raise ValidationError.of(message, field="columns", code="unknown" if found is None else "duplicate")
        fields.append(found)
    return fields


def _record_ids(records: Sequence[str]) -> list[UUID]:
    ids = []
    for given in records:
        id_ = as_uuid(str(given))
        if id_ is None:
            message = f"records must be ids, and {quoted(given)} is none"
            raise ValidationError.of(message, field="records", code="invalid")
        ids.append(id_)
    if len(set(ids)) < len(ids):
        raise ValidationError.of("records must name each record once", field="records", code="duplicate")
    return ids


def _row(
    writing: Writing,
    fields: Sequence[SchemaField],
    held: dict[str, dict[str, Any]],
    id_: UUID | None,
    texts: Sequence[str],
) -> Row:
    row = Row(id_, [Cell(field, "", text) for field, text in zip(fields, texts, strict=False)])
    if id_ is not None:
        if str(id_) not in held:
            row.reason = GONE
            return row
        row.before, row.name = held[str(id_)]["data"], held[str(id_)]["name"] or ""
    for cell, text in zip(row.cells, texts, strict=True):
        if id_ is None and not text.strip():
            # A new record starts with its defaults.
            continue
        try:
            row.inputs[cell.field.api_name] = writing.input(cell.field, text, row.before.get(cell.field.api_name))
        except ValueProblem as problem:
            cell.refuse(at(cell.field, problem.code, problem.message))
    return row


def _settle(actor: Actor, schema: Schema, rows: list[Row]) -> None:
    """Store what is not refused, and note on rows and cells what is. Raises ``Conflict`` where that does not end.

    All together first, where unique values may change hands; then, to find what is in the way, each for itself.
    """
    for _ in range(MAX_ATTEMPTS):
        if not any(row.reason == "" and row.inputs for row in rows):
            return
        try:
            with transaction.atomic():
                stored = [
                    one for batch, operations in _batches(rows) for one in _store(actor, schema, batch, operations)
                ]
            for row, id_, values in stored:
                row.id, row.inputs = id_, values
            return
        except DomainError:
            current().forget()
        with transaction.atomic():
            for batch, operations in _batches(rows):
                run_operations(actor, str(schema.id), operations, atomic=False)
                for row, operation in zip(batch, operations, strict=True):
                    for problem in operation.error.problems if operation.error else ():
                        row.refuse(problem)
            undo_all()
    raise Conflict.of("others are changing the same records at this moment; try again", code="busy")


def _batches(rows: Iterable[Row]) -> Iterator[tuple[list[Row], list[Operation]]]:
    """The rows that something is pasted of, with what is to be done, as many as are done at once."""
    wanted = [row for row in rows if not row.reason and row.inputs]
    for start in range(0, len(wanted), MAX_OPERATIONS):
        batch = wanted[start : start + MAX_OPERATIONS]
        yield batch, [_operation(row) for row in batch]


def _operation(row: Row) -> Operation:
    if row.record_id is None:
        return Operation(Kind.CREATE, row.inputs)
    return Operation(Kind.UPDATE, row.inputs, record_id=str(row.record_id))


def _store(
    actor: Actor, schema: Schema, batch: Sequence[Row], operations: Sequence[Operation]
) -> Iterator[tuple[Row, UUID | None, dict[str, Any]]]:
    """Store some rows, and tell what each holds now, of the columns that were pasted. Raises ``DomainError``."""
    run_operations(actor, str(schema.id), operations, atomic=True)
    for row, operation in zip(batch, operations, strict=True):
        # One that has not changed has none.
        data = json.loads(operation.document)["data"] if operation.document else row.before
        yield row, operation.id, {name: data.get(name) for name in row.inputs}


def _pasted(actor: Actor, schema: Schema, rows: list[Row]) -> Pasted:
    """What came of rows, each cell as people see it. Two queries at most, for the names of what they refer to."""
    values = [row.before for row in rows] + [row.inputs for row in rows if row.id is not None]
    names = names_of_references(actor, schema, values)
    for row in rows:
        for cell in row.cells:
            _show(row, cell, names)
    there = [row for row in rows if row.has_changes]
    return Pasted(
        rows,
        made=sum(row.record_id is None for row in there),
        changed=sum(row.record_id is not None for row in there),
        refused=sum(cell.problem is not None or bool(row.reason) for row in rows for cell in row.cells),
        cells=sum(cell.outcome is Outcome.CHANGES for row in there if row.record_id is not None for cell in row.cells),
    )


def _show(row: Row, cell: Cell, names: dict[str, str]) -> None:
    type_, name = cell.field.type, cell.field.api_name
    before = row.before.get(name)
    cell.old = "" if before is None else type_.display(before, names)
    if cell.problem is not None or row.id is None or name not in row.inputs:
        return
    after = row.inputs[name]
    cell.new = "" if after is None else type_.display(after, names)
    is_same = after is None if before is None else after is not None and type_.is_same(after, before)
    cell.outcome = Outcome.UNCHANGED if is_same else Outcome.CHANGES


def _problems(rows: Iterable[Row]) -> Iterator[Problem]:
    for number, row in enumerate(rows):
        if row.reason:
            yield Problem(f"rows.{number}", "refused", row.reason)
        for cell in row.cells:
            if cell.problem is not None:
                yield replace(cell.problem, field=f"rows.{number}.{cell.field.api_name}")
