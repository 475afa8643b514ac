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
from customobjects.models import CustomObject, ImportState, TableImport
from customobjects.queries.table_imports import find_import
from customobjects.services import background, naming, objects
from customobjects.services.bulk import run_operations
from customobjects.services.operations import Kind, Operation
from customobjects.services.table_import.lookups import propose_lookups
from customobjects.services.table_import.plans import ColumnPlan, Plan, columns_of, planned, seems_header
from customobjects.services.table_import.readings import Reading
from customobjects.services.transactions import write
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.errors import Conflict, DomainError, PermissionDenied, Problem, ValidationError
from salesos.tables import NoTableError, read_file

BATCH_SIZE = 500
MAX_COLUMNS = 100
MAX_ROWS = 200_000
# Of so many rows it is told why they were refused.
MAX_TOLD = 1_000
# What nobody came back to is forgotten after so long.
KEPT_DAYS = 7


@write
def bring_table(actor: Actor, *, content: bytes, name: str, zone: str) -> TableImport:
    """Keep a table as a draft, with a plan of what its columns seem to be.

    ``content`` is a file called ``name``, or a pasted text without one; times in it are of the time ``zone``. Raises
    ``ValidationError`` at ``table``, ``PermissionDenied``.
    """
    access.require_define(actor)
    try:
        rows = read_file(content, name)
    except NoTableError as error:
        raise _refused(f"{name or 'The text'} {error}") from error
    _check_size(rows)
    has_header = seems_header(rows)
    columns = columns_of(rows, has_header=has_header)
    plan = planned(name, columns, zone)
    propose_lookups(actor, columns, plan.columns)
    return TableImport.objects.create(
        organization_id=actor.organization_id,
        made_by_id=actor.user_id,
        name=name[-255:],
        rows=rows,
        has_header=has_header,
        row_count=len(rows) - has_header,
        plan=plan.as_json(),
    )


def _check_size(rows: Sequence[Sequence[str]]) -> None:
    """Raises ``ValidationError`` for a table that is empty, or too large."""
    if not rows:
        raise _refused("There is no row in it")
    if len(rows[0]) > MAX_COLUMNS:
        raise _refused(f"It has {len(rows[0]):,} columns; at most {MAX_COLUMNS} are taken")
    if len(rows) > MAX_ROWS:
        raise _refused(f"It has {len(rows):,} rows; at most {MAX_ROWS:,} are taken at a time, the API takes more")


def _refused(message: str) -> ValidationError:
    return ValidationError.of(message, field="table", code="invalid")


@write
def save_plan(actor: Actor, import_id: UUID, plan: Plan, *, has_header: bool) -> TableImport:
    """Keep what somebody has changed of a draft's plan. Raises ``NotFound``, ``Conflict``, ``PermissionDenied``."""
    draft = _held(actor, import_id, ImportState.DRAFT)
    draft.plan, draft.has_header = plan.as_json(), has_header
    draft.row_count = len(draft.rows) - has_header
    draft.save(update_fields=["plan", "has_header", "row_count"])
    return draft


@write
def start_import(actor: Actor, import_id: UUID) -> CustomObject:
    """Make the object that a draft plans, and have the background make its records.

    Raises ``ValidationError`` with problems at ``name`` and ``columns.<place>.<property>``, ``NotFound``, ``Conflict``
    where it was started already, ``PermissionDenied``.
    """
    draft = _held(actor, import_id, ImportState.DRAFT)
    plan = Plan.from_json(draft.plan)
    used = [place for place, column in enumerate(plan.columns) if column.used]
    if not used:
        raise ValidationError.of("At least one column is needed", field="columns", code="required")
    definitions = [_definition(plan.columns[place], is_primary=place == plan.primary) for place in used]
    primary = next((made["api_name"] for made in definitions if "api_name" in made), None)
    try:
        made = objects.create_object(actor, name=plan.name, fields=definitions, primary_field=primary)
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
def undo_import(actor: Actor, import_id: UUID) -> TableImport:
    """Delete the object that an import made, with all its records; both can be restored from the trash.

    Raises ``NotFound``, ``Conflict`` where there is nothing to undo, or records of others point at these,
    ``PermissionDenied``.
    """
    held = _held(actor, import_id, ImportState.RUNNING, ImportState.DONE, ImportState.STOPPED)
    if held.custom_object is not None and held.custom_object.deleted_at is None:
        objects.delete_object(actor, str(held.custom_object_id))
    held.state = ImportState.UNDONE
    held.save(update_fields=["state"])
    return held


@write
def resume_import(actor: Actor, import_id: UUID) -> TableImport:
    """Have the background go on with an import that was stopped, at the batch of which it has kept nothing.

    Raises ``NotFound``, ``PermissionDenied``, and ``Conflict`` where it was not stopped, or its object is gone.
    """
    held = _held(actor, import_id, ImportState.STOPPED)
    if held.custom_object is None or held.custom_object.deleted_at is not None:
        raise Conflict.of("the object of this import is deleted", code="gone")
    held.state, held.problem = ImportState.RUNNING, ""
    held.save(update_fields=["state", "problem"])
    import_in_background.enqueue(str(held.id))
    return held


def _held(actor: Actor, import_id: UUID, *states: ImportState) -> TableImport:
    """An import in one of some states, held until this transaction ends. Raises ``NotFound``, ``Conflict``."""
    find_import(actor, import_id)
    held = TableImport.objects.select_for_update().get(id=import_id)
    if held.state not in states:
        raise Conflict.of(f"this import is {held.get_state_display().lower()} by now", code="state")
    return held


@task()
def import_in_background(import_id: str) -> None:
    """Make the records of an import: what a worker runs."""
    background.work(lambda: import_batch(UUID(import_id)), again=lambda: import_in_background.enqueue(import_id))


@write
def import_batch(import_id: UUID) -> bool:
    """Make the records of the next rows, in one transaction. Returns whether there are more."""
    running = TableImport.objects.select_for_update().filter(id=import_id, state=ImportState.RUNNING).first()
    if running is None:
        return False
    try:
        with transaction.atomic():
            _make_records(running)
    except DomainError as error:
        # Nothing of the batch is kept, and nothing of the next would be.
        running.refresh_from_db()
        running.state, running.problem = ImportState.STOPPED, str(error)
    if running.state == ImportState.RUNNING and running.next_row >= len(running.rows):
        running.state = ImportState.DONE
    running.save(update_fields=["state", "problem", "next_row", "made", "refused", "refused_count"])
    return running.state == ImportState.RUNNING


def _make_records(running: TableImport) -> None:
    """Make the records of one batch, and note how far the import is. Raises ``DomainError`` where none can be made."""
    user = User.objects.get(id=running.made_by_id)
    if not user.is_active:
        raise PermissionDenied.of("whoever started this import is no longer active", code="inactive")
    plan = Plan.from_json(running.plan)
    readings = plan.readings()
    rows = running.rows[running.next_row : running.next_row + BATCH_SIZE]
    numbered = list(enumerate(rows, running.next_row + 1))
    operations: dict[int, Operation] = {}
    refused: dict[int, list[str]] = {}
    for number, row in numbered:
        try:
            operations[number] = Operation(Kind.CREATE, _values(plan, readings, row))
        except ValueProblem as problem:
            refused[number] = [problem.message]
    run_operations(Actor.of_user(user), str(running.custom_object_id), list(operations.values()), atomic=False)
    for number, operation in operations.items():
        if operation.error:
            refused[number] = [problem.message for problem in operation.error.problems]
    running.next_row += len(numbered)
    running.made += len(numbered) - len(refused)
    running.refused_count += len(refused)
    running.refused = [*running.refused, *sorted(refused.items())][:MAX_TOLD]


def _values(plan: Plan, readings: Sequence[Reading], row: Sequence[str]) -> dict[str, Any]:
    """A row's values by their fields' apiNames. Raises ``ValueProblem``."""
    values = {}
    for place, api_name in plan.fields.items():
        column = plan.columns[int(place)]
        try:
            values[api_name] = column.value_of(row[int(place)], readings[int(place)])
        except ValueProblem as problem:
            raise ValueProblem(problem.code, f"{column.label} {problem.message}") from problem
    return values


def forget_old() -> int:
    """Forget the tables that were brought ``KEPT_DAYS`` ago, but for what is being imported. Returns how many."""
    old = TableImport.objects.filter(made_at__lte=timezone.now() - timedelta(days=KEPT_DAYS))
    return old.exclude(state=ImportState.RUNNING).delete()[0]
