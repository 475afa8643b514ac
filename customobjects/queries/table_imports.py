"""The tables that people bring in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from customobjects import access
from customobjects.models import CustomObject, ImportState, RefusedRow, TableImport
from customobjects.schema import Schema
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, NotFound

# All but the rows, which may take megabytes.
LIGHT = ("rows", "plan")
# So many are listed.
NEWEST = 20


def newest_imports(actor: Actor, schema: Schema | None = None) -> Sequence[TableImport]:
    """The newest imports that exist for the actor, or those into one object. One query. Raises ``PermissionDenied``."""
    access.require_read(actor, schema)
    found = access.visible_imports(actor).defer(*LIGHT).select_related("custom_object", "made_by")
    if schema is not None:
        found = found.filter(custom_object_id=schema.id, is_into=True)
    return list(found.exclude(state=ImportState.DRAFT).order_by("-made_at", "-id")[:NEWEST])


def find_import(actor: Actor, import_id: UUID) -> TableImport:
    """An import without its rows, which are read when they are asked for. Raises ``NotFound``."""
    return _found(access.visible_imports(actor).defer("rows").select_related("custom_object"), import_id)


def held_import(actor: Actor, import_id: UUID, *states: ImportState) -> TableImport:
    """An import in one of some states, held until this transaction ends. Raises ``NotFound``, ``Conflict``."""
    held = _found(access.visible_imports(actor).select_for_update(of=("self",)), import_id)
    if held.state not in states:
        raise Conflict.of(f"this import is {held.get_state_display().lower()} by now", code="state")
    return held


def _found(imports: QuerySet[TableImport], import_id: UUID) -> TableImport:
    found = imports.filter(id=import_id).first()
    if found is None:
        raise NotFound.named("import", str(import_id))
    return found


def objects_made(actor: Actor, brought: TableImport) -> list[CustomObject]:
    """The objects that an import made, as far as they are there: that of its rows, then those of columns. One query."""
    along: list[str] = brought.plan.get("objects", [])
    is_its = Q(id__in=along) if brought.is_into else Q(id__in=along) | Q(id=brought.custom_object_id)
    found = access.visible_objects(actor).filter(is_its).order_by("name", "id")
    return sorted(found, key=lambda made: str(made.id) in along)


class Refusal(NamedTuple):
    """Why some rows were refused, how many, and the number of the first."""

    reasons: list[str]
    rows: int
    first: int

    @property
    def others(self) -> int:
        return self.rows - 1


def refusals(brought: TableImport, limit: int) -> list[Refusal]:
    """Why rows were refused, each reason once, those of most rows first. One query."""
    found = brought.refused.values_list("reasons").annotate(rows=Count("id"), first=Min("number"))
    return list(map(Refusal._make, found.order_by("-rows", "first")[:limit]))


def refused_rows(brought: TableImport) -> Sequence[RefusedRow]:
    """The rows of which nothing was taken, in their order. One query."""
    return list(brought.refused.order_by("number"))
