"""Tables as people bring them, before anything is made: read, measured and kept with a plan."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from customobjects.models import ImportState, TableImport
from customobjects.queries.table_imports import held_import
from customobjects.services.table_import.plans import Plan
from customobjects.services.transactions import write
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError
from salesos.spreadsheets import unescaped
from salesos.tables import Most, NoTableError, read_file

MOST = Most(columns=100, rows=200_000)


def read_table(content: bytes, name: str) -> list[list[str]]:
    """The rows of a file called ``name``, or of a pasted text without one. Raises ``ValidationError`` at ``table``."""
    try:
        # Of files that this product has written, texts that spreadsheet programs would take for formulas are marked.
        rows = [[unescaped(cell) for cell in row] for row in read_file(content, name, MOST)]
    except NoTableError as error:
        raise _refused(f"{name or 'The text'} {error}") from error
    if not rows:
        raise _refused("There is no row in it")
    return rows


def _refused(message: str) -> ValidationError:
    return ValidationError.of(message, field="table", code="invalid")


@write
def keep_draft(
    actor: Actor,
    name: str,
    rows: Sequence[Sequence[str]],
    plan: Plan,
    *,
    has_header: bool,
    into: UUID | None = None,
) -> TableImport:
    """Keep a table with its plan; ``into`` is the id of the object that its rows are for, where it is there already."""
    return TableImport.objects.create(
        organization_id=actor.organization_id,
        made_by_id=actor.user_id,
        name=name[-255:],
        rows=rows,
        has_header=has_header,
        row_count=len(rows) - has_header,
        plan=plan.as_json(),
        custom_object_id=into,
        is_into=into is not None,
    )


@write
def save_plan(actor: Actor, import_id: UUID, plan: Plan, *, has_header: bool) -> TableImport:
    """Keep what somebody has changed of a draft's plan. Raises ``NotFound``, ``Conflict``, ``PermissionDenied``."""
    draft = held_import(actor, import_id, ImportState.DRAFT)
    draft.plan, draft.has_header = plan.as_json(), has_header
    draft.row_count = len(draft.rows) - has_header
    draft.save(update_fields=["plan", "has_header", "row_count"])
    return draft
