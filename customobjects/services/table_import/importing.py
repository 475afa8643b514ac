"""Bringing a table in: a draft, whose plan people look at and change; then the object, and its records batch by batch.

The background makes the records. A batch and the note of how far the import is are one transaction, so that a row
becomes a record once, however often a worker is killed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from customobjects import access
from customobjects.fieldtypes import ValueProblem
from customobjects.models import CustomObject, ImportState, RefusedRow, TableImport
from customobjects.queries.objects import find_schema, names_taken
from customobjects.queries.table_imports import held_import, objects_made
from customobjects.schema import Schema
from customobjects.services import background, naming, objects
from customobjects.services.bulk import run_operations
from customobjects.services.current_change import current
from customobjects.services.operations import Kind, Operation
from customobjects.services.table_import import into, new_objects
from customobjects.services.table_import.drafts import keep_draft, read_table
from customobjects.services.table_import.lookups import propose_lookups, propose_users
from customobjects.services.table_import.new_objects import Look, no_look
from customobjects.services.table_import.plans import (
    NAME_TYPE,
    ColumnPlan,
    Plan,
    columns_of,
    naming_place,
    planned,
    seems_header,
)
from customobjects.services.table_import.proposals import Column
from customobjects.services.table_import.readings import Reading
from customobjects.services.transactions import write
from customobjects.services.undo import undo_change
from customobjects.services.written import Writing
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.errors import Conflict, DomainError, NotFound, PermissionDenied, Problem, ValidationError

BATCH_SIZE = 500
# What nobody came back to is forgotten after so long.
KEPT_DAYS = 7


def bring_table(actor: Actor, *, content: bytes, name: str, zone: str) -> TableImport:
    """Keep a table as a draft, with a plan of what its columns seem to be.

    ``content`` is a file called ``name``, or a pasted text without one; times in it are of the time ``zone``. Raises
    ``ValidationError`` at ``table``, ``PermissionDenied``.
    """
    access.require_define(actor)
    # What takes long keeps nobody from writing.
    rows = read_table(content, name)
    has_header = seems_header(rows)
    plan = plan_table(actor, name, columns_of(rows, has_header=has_header), zone)
    return keep_draft(actor, name, rows, plan, has_header=has_header)


def plan_table(actor: Actor, name: str, columns: Sequence[Column], zone: str) -> Plan:
    """What a table's columns seem to be, also by what users and records their texts name."""
    plan = planned(name, columns, zone)
    propose_users(actor, columns, plan.columns)
    propose_lookups(actor, columns, plan.columns)
    plan.primary = naming_place(columns, plan.columns)
    return plan


@write
def start_import(actor: Actor, import_id: UUID, look: Look = no_look) -> CustomObject:
    """Make the object that a draft plans, and those of its columns; the background makes the records.

    ``look`` says which icon and colour an object of some name gets. Raises ``ValidationError`` with problems at
    ``name`` and ``columns.<place>.<property>``, ``NotFound``, ``Conflict`` where it was started already or the
    organization has no room, ``PermissionDenied``.
    """
    access.require_define(actor)
    draft = held_import(actor, import_id, ImportState.DRAFT)
    plan = Plan.from_json(draft.plan)
    used = [place for place, column in enumerate(plan.columns) if column.used]
    if not used:
        raise ValidationError.of("At least one column is needed", field="columns", code="required")
    along = new_objects.new_objects(plan, columns_of(draft.rows, has_header=draft.has_header))
    if problems := list(new_objects.problems_of(along, names_taken(actor), plan.name)):
        raise ValidationError(problems)
    objects.require_room_for(actor, len(along) + 1)
    new_objects.make(actor, plan, along, look)
    definitions = [_definition(plan.columns[place], is_primary=place == plan.primary) for place in used]
    primary = next((made["api_name"] for made in definitions if "api_name" in made), None)
    try:
        made = objects.create_object(
            actor, name=plan.name, fields=definitions, primary_field=primary, **look(plan.name)
        )
    except DomainError as error:
        raise type(error)(_at_columns(error, used)) from error
    fields = dict(zip(used, made.fields.filter(deleted_at=None).order_by("order", "number"), strict=True))
    plan.fields = {str(place): field.api_name for place, field in fields.items()}
    draft.plan = plan.as_json()
    draft.custom_object, draft.state, draft.next_row = made, ImportState.RUNNING, int(draft.has_header)
    draft.save(update_fields=["plan", "custom_object", "state", "next_row"])
    import_in_background.enqueue(str(draft.id))
    return made


def _definition(column: ColumnPlan, *, is_primary: bool) -> dict[str, Any]:
    """A column's field, as ``fields.insert_field`` takes it. The one that names the records says its apiName."""
    definition = {
        "label": column.label,
        "type": column.type,
        "options": column.options,
        "is_unique": column.is_unique,
    }
    return {**definition, "api_name": naming.choose("field", None, column.label, ())} if is_primary else definition


def _at_columns(error: DomainError, used: Sequence[int]) -> list[Problem]:
    """The problems of fields, each at the column that the field is made of."""
    problems = []
    for problem in error.problems:
        first, _, rest = problem.field.partition(".")
        place, _, name = rest.partition(".")
        is_of_field = first == "fields" and place.isdigit()
        problems.append(replace(problem, field=f"columns.{used[int(place)]}.{name}") if is_of_field else problem)
    return problems


@write
def start_into(actor: Actor, import_id: UUID, look: Look = no_look) -> TableImport:
    """Have the background take the rows of a draft into its object: as ``into.start_into``, with what that raises."""
    draft = into.start_into(actor, import_id, look)
    import_in_background.enqueue(str(draft.id))
    return draft


@write
def undo_import(actor: Actor, import_id: UUID) -> TableImport:
    """Take back what an import did.

    The objects that it made are deleted with all their records, and can be restored from the trash. In one that was
    there already, the background deletes the records that it made, and puts back what it changed, but for what has been
    changed since. Raises ``NotFound``, ``Conflict`` where there is nothing to undo, or records of others point at
    these, ``PermissionDenied``.
    """
    held = held_import(actor, import_id, ImportState.RUNNING, ImportState.DONE, ImportState.STOPPED)
    if held.is_into:
        held.state, held.problem = ImportState.UNDOING, ""
        undo_in_background.enqueue(str(held.id), str(actor.user_id))
    else:
        # Of one moment, they are linked to each other again, whichever is restored first.
        now = timezone.now()
        for made in objects_made(actor, held):
            objects.delete_object(actor, str(made.id), at=now)
        held.state = ImportState.UNDONE
    held.save(update_fields=["state", "problem"])
    return held


@write
def resume_import(actor: Actor, import_id: UUID) -> TableImport:
    """Have the background go on with an import that was stopped, at the batch of which it has kept nothing.

    Raises ``NotFound``, ``PermissionDenied``, and ``Conflict`` where it was not stopped, or its object is gone.
    """
    held = held_import(actor, import_id, ImportState.STOPPED)
    if held.custom_object is None or held.custom_object.deleted_at is not None:
        raise Conflict.of("the object of this import is deleted", code="gone")
    held.state, held.problem = ImportState.RUNNING, ""
    held.save(update_fields=["state", "problem"])
    import_in_background.enqueue(str(held.id))
    return held


@task()
def undo_in_background(import_id: str, user_id: str) -> None:
    """Take an import back, as a user who asked for it: what a worker runs."""
    background.work(
        lambda: undo_batch(UUID(import_id), UUID(user_id)),
        again=lambda: undo_in_background.enqueue(import_id, user_id),
    )


@write
def undo_batch(import_id: UUID, user_id: UUID) -> bool:
    """Take the last batch of an import back that is being undone. Returns whether there are more."""
    held = TableImport.objects.select_for_update().filter(id=import_id, state=ImportState.UNDOING).defer("rows").first()
    if held is None:
        return False
    if held.changes:
        *earlier, last = held.changes
        try:
            with transaction.atomic():
                held.left += undo_change(_whoever(user_id), last, only_untouched=True).left
            held.changes = earlier
        except NotFound:
            # Nothing of it is there any more.
            held.changes = earlier
        except DomainError as error:
            # What was taken back before stays so; the rest can be tried again.
            current().forget()
            held.state, held.problem = ImportState.DONE, str(error)
    if held.state == ImportState.UNDOING and not held.changes:
        held.state = ImportState.UNDONE
    held.save(update_fields=["state", "problem", "changes", "left"])
    return held.state == ImportState.UNDOING


@task()
def import_in_background(import_id: str) -> None:
    """Make the records of an import: what a worker runs."""
    background.work(lambda: import_batch(UUID(import_id)), again=lambda: import_in_background.enqueue(import_id))


@write
def import_batch(import_id: UUID) -> bool:
    """Take the next rows of an import, in one transaction. Returns whether there are more."""
    running = TableImport.objects.select_for_update().filter(id=import_id, state=ImportState.RUNNING).first()
    if running is None:
        return False
    try:
        with transaction.atomic():
            _take_rows(running)
    except DomainError as error:
        # Nothing of the batch is kept, and nothing of the next would be.
        current().forget()
        running.refresh_from_db()
        running.state, running.problem = ImportState.STOPPED, str(error)
    if running.state == ImportState.RUNNING and running.next_row >= len(running.rows):
        running.state = ImportState.DONE
    running.save(
        update_fields=["state", "problem", "next_row", "made", "changed", "changes", "refused_count"],
    )
    return running.state == ImportState.RUNNING


def _whoever(user_id: UUID) -> Actor:
    """Who started something. Raises ``PermissionDenied`` where they have left."""
    user = User.objects.get(id=user_id)
    if not user.is_active:
        raise PermissionDenied.of("whoever started it is no longer active", code="inactive")
    return Actor.of_user(user)


def _take_rows(running: TableImport) -> None:
    """Do what the rows of one batch say, and note how far the import is. Raises ``DomainError`` where none can be."""
    actor = _whoever(running.made_by_id)
    plan = Plan.from_json(running.plan)
    rows = running.rows[running.next_row : running.next_row + BATCH_SIZE]
    numbered = list(enumerate(rows, running.next_row + 1))
    take = into.take_rows if running.is_into else _make_records
    refused = take(actor, running, plan, numbered)
    running.next_row += len(numbered)
    running.refused_count += len(refused)
    RefusedRow.objects.bulk_create(
        RefusedRow(table_import=running, number=number, reasons=reasons) for number, reasons in sorted(refused.items())
    )


def _make_records(
    actor: Actor, running: TableImport, plan: Plan, numbered: Sequence[tuple[int, Sequence[str]]]
) -> dict[int, list[str]]:
    """Make the records of some rows of a new object. Returns the reasons why rows were refused, by their numbers."""
    readings = plan.readings()
    rows = [row for _number, row in numbered]
    new_objects.make_records(actor, plan, rows)
    schema = find_schema(actor, str(running.custom_object_id))
    people = _People(actor, schema, plan, rows)
    operations: dict[int, Operation] = {}
    refused: dict[int, list[str]] = {}
    for number, row in numbered:
        try:
            operations[number] = Operation(Kind.CREATE, _values(plan, readings, row, people))
        except ValueProblem as problem:
            refused[number] = [problem.message]
    run_operations(actor, str(schema.id), list(operations.values()), atomic=False)
    for number, operation in operations.items():
        if operation.error:
            refused[number] = [into.told(schema, problem) for problem in operation.error.problems]
    running.made += len(numbered) - len(refused)
    return refused


class _People:
    """The people that some rows name, by their addresses or names. One query, or none where no column names people."""

    def __init__(self, actor: Actor, schema: Schema, plan: Plan, rows: Sequence[Sequence[str]]) -> None:
        self._plan = plan
        self._fields = {
            int(place): schema.by_name[name]
            for place, name in plan.fields.items()
            if plan.columns[int(place)].names_users and name in schema.by_name
        }
        cells = [[(field, row[place]) for place, field in self._fields.items()] for row in rows]
        self._writing = Writing(actor, schema, lambda _field, text: text, cells)

    def are_named_by(self, place: int) -> bool:
        """Whether the texts of a column name people."""
        return place in self._fields

    def id_of(self, place: int, text: str) -> Any:
        """The input that a text of such a column stands for. Raises ``ValueProblem``."""
        is_missing = text in self._plan.columns[place].missing
        return None if is_missing else self._writing.input(self._fields[place], text, None)


def _values(plan: Plan, readings: Sequence[Reading], row: Sequence[str], people: _People) -> dict[str, Any]:
    """A row's values by their fields' apiNames. Raises ``ValueProblem``."""
    values = {}
    for place, api_name in plan.fields.items():
        column = plan.columns[int(place)]
        try:
            if new_objects.is_new(plan, column):
                # Of a text that no record was made of, it is said why.
                NAME_TYPE.clean(row[int(place)])
            if people.are_named_by(int(place)):
                values[api_name] = people.id_of(int(place), row[int(place)])
            else:
                values[api_name] = column.value_of(row[int(place)], readings[int(place)])
        except ValueProblem as problem:
            raise ValueProblem(problem.code, f"{column.label} {problem.message}") from problem
    return values


def forget_old() -> int:
    """Forget the tables that were brought ``KEPT_DAYS`` ago, but for what is being done. Returns how many."""
    old = TableImport.objects.filter(made_at__lte=timezone.now() - timedelta(days=KEPT_DAYS))
    return old.exclude(state__in=[ImportState.RUNNING, ImportState.UNDOING]).delete()[0]
