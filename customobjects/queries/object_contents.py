"""What there is of an object beside its fields: what its records are called, and what goes when it is deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from customobjects import access
from customobjects.fieldtypes import ReferenceKind
from customobjects.models import Activity, CustomObject, Field, Note, RecordLink, View
from customobjects.queries.pages import list_records
from customobjects.queries.records import names_of_records, names_of_users
from customobjects.queries.selection import Count, RecordRequest
from customobjects.queries.totals import Total
from customobjects.schema import Schema, SchemaField
from salesos.accounts.actor import Actor

# Examples are looked for in so many records, the newest ones.
LOOKED_AT = 10
MAX_EXAMPLE = 60
# Up to so many are counted; of more it is told that they are at least so many.
MAX_COUNTED = 10_000


@dataclass(frozen=True)
class LookupHere:
    """A lookup of another object to one: what a deletion does to its holders, and how many records hold one."""

    label: str
    holder: str
    on_delete: str
    records: Total


@dataclass(frozen=True)
class Contents:
    """What goes with an object, beside its records: fields, views, notes, activities, and lookups to it."""

    fields: int
    views: int
    notes: Total
    activities: Total
    lookups: Sequence[LookupHere]


def contents_of(actor: Actor, custom_object: CustomObject) -> Contents:
    """What goes with an object, counted as far as that is cheap. Five queries, and one for each lookup to it.

    Raises ``PermissionDenied`` unless the actor may define the object.
    """
    access.require_define(actor, custom_object)
    pointing = Field.objects.filter(target=custom_object, deleted_at=None).exclude(custom_object=custom_object)
    return Contents(
        fields=custom_object.fields.filter(deleted_at=None).count(),
        views=View.objects.filter(custom_object=custom_object).count(),
        notes=counted_rows(access.visible_attached(actor, Note).filter(custom_object=custom_object)),
        activities=counted_rows(access.visible_attached(actor, Activity).filter(custom_object=custom_object)),
        lookups=[
            LookupHere(field.label, field.custom_object.plural_name, field.options["onDelete"], _holders_of(field))
            for field in pointing.select_related("custom_object").order_by("custom_object__name", "order", "number")
        ],
    )


def _holders_of(field: Field) -> Total:
    links = RecordLink.objects.filter(field=field, source__deleted_at=None, target__deleted_at=None)
    return counted_rows(links.order_by().values("source").distinct())


def counted_rows(rows: QuerySet[Any, Any]) -> Total:
    """How many rows there are, counted up to ``MAX_COUNTED``. One query."""
    count = rows.order_by()[: MAX_COUNTED + 1].count()
    return Total(min(count, MAX_COUNTED), is_lower_bound=count > MAX_COUNTED)


def naming_examples(actor: Actor, schema: Schema, fields: Iterable[UUID]) -> dict[UUID, str]:
    """What one of the newest records would be called by each of these fields, where one has a value. One query.

    One more where values refer to records, and one where they refer to users. Raises ``PermissionDenied``.
    """
    wanted = [field for field in schema.fields if field.id in set(fields)]
    request = RecordRequest(limit=LOOKED_AT, fields=tuple(f.api_name for f in wanted), total=Count.NONE)
    data = [record["data"] for record in list_records(actor, schema, request).records()]
    found = {}
    for field in wanted:
        value = next((held[field.api_name] for held in data if held[field.api_name] is not None), None)
        if value is not None:
            found[field] = value
    names = _names(actor, found)
    shown = {field.id: field.type.record_name(value, names)[:MAX_EXAMPLE] for field, value in found.items()}
    return {id_: text for id_, text in shown.items() if text}


def _names(actor: Actor, values: dict[SchemaField, object]) -> dict[str, str]:
    """The names of what values refer to, by id."""
    ids: dict[ReferenceKind, set[str]] = {kind: set() for kind in ReferenceKind}
    for field, value in values.items():
        if field.type.reference_kind is not None:
            ids[field.type.reference_kind] |= set(field.type.ids(value))
    return {
        **(names_of_records(actor, ids[ReferenceKind.RECORD]) if ids[ReferenceKind.RECORD] else {}),
        **(names_of_users(actor, ids[ReferenceKind.USER]) if ids[ReferenceKind.USER] else {}),
    }
