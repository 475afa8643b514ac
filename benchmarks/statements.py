"""The statements that the limit runs: the very ones of the product, without anything around them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from benchmarks import data
from customobjects.models import CustomObject, Record
from customobjects.queries.documents import RecordDocument
from customobjects.queries.slices import SliceStatement
from customobjects.schema import Schema, schema_of
from customobjects.services import rows
from customobjects.services.drafts import Draft, new_row
from customobjects.services.values import merge
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.rest import exactjson

# Stands where the limit puts the id that it is asked for, or that it makes up.
ANY_ID = UUID("00000000-0000-7000-8000-000000000000")
FIRST_COLUMN = "text_1"


def write(object_name: str, path: str) -> None:
    """Write the statements on one object for ``benchmarks.limit``: by path, with their parameters."""
    schema = schema_of(CustomObject.objects.get(api_name=object_name))
    records = Record.objects.filter(custom_object_id=schema.id, deleted_at=None)
    shown = records.annotate(document=RecordDocument(schema))
    sorted_by = shown.filter(**{f"{FIRST_COLUMN}__isnull": False}).order_by(FIRST_COLUMN, "id")
    page = SliceStatement(lambda: sorted_by.values_list("document", "id"), keys=0, size=50)
    statements = {
        "/get": {"steps": [_compiled(shown.filter(id=ANY_ID).values_list("document"))]},
        "/page": {"steps": [_sent(*page.statement.text())]},
        "/create": _create(schema),
    }
    Path(path).write_text(json.dumps(statements))


def _create(schema: Schema) -> dict[str, Any]:
    """What a creation runs: who asks, the transaction, the object held, the record with its document."""
    user = User.objects.get()
    draft = Draft(merge(schema, None, exactjson.loads(json.dumps(data.record(1)))), user.id, id=ANY_ID)
    columns = (*rows.BASE, *schema.columns)
    row = new_row(Actor.of_user(user), schema, draft)
    sql, params = rows.insert_statement(schema, columns)
    is_postgresql = connection.vendor == "postgresql"
    state, given = _compiled(
        CustomObject.objects.filter(id=schema.id).values_list("id", "schema_version", "updated_at")
    )
    return {
        "row": rows.as_json([row], rows.writers_of(columns)),
        "steps": [
            _compiled(User.objects.filter(id=user.id)),
            ("BEGIN" if is_postgresql else "BEGIN IMMEDIATE", []),
            (f"{state} FOR KEY SHARE" if is_postgresql else state, given),
            (sql, [":row", *params]),
            ("COMMIT", []),
        ],
    }


def _compiled(queryset: Any) -> tuple[str, list[Any]]:
    return _sent(*queryset.query.sql_with_params())


def _sent(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    any_id = {str(ANY_ID), ANY_ID.hex}
    return sql, [":id" if str(p) in any_id else p if isinstance(p, int | list) else str(p) for p in params]
