"""The tables that people bring in."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from customobjects import access
from customobjects.models import TableImport
from salesos.accounts.actor import Actor
from salesos.errors import NotFound

# All but the rows, which may take megabytes.
LIGHT = ("rows",)


def imports_of(actor: Actor) -> QuerySet[TableImport]:
    """The organization's imports, the newest first, without their rows. Raises ``PermissionDenied``."""
    access.require_define(actor)
    return access.visible_imports(actor).defer(*LIGHT).select_related("custom_object").order_by("-made_at")


def find_import(actor: Actor, import_id: UUID) -> TableImport:
    """An import without its rows, which are read when they are asked for. Raises ``PermissionDenied``, ``NotFound``."""
    found = imports_of(actor).filter(id=import_id).first()
    if found is None:
        raise NotFound.named("import", str(import_id))
    return found
