"""The records that point at a record: some of each list, with ways to all of them, to new ones, and to part them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from customobjects import access
from customobjects.fieldtypes import ReferenceKind
from customobjects.queries import records as queries
from customobjects.queries.objects import get_schema
from customobjects.queries.operators import Exact, Has
from customobjects.queries.pages import RecordPage, list_records
from customobjects.queries.related import pointing_by, pointing_lookups
from customobjects.queries.selection import RecordRequest
from customobjects.queries.totals import total_in_words
from customobjects.schema import Schema, SchemaField
from customobjects.services import records as services
from customobjects.services.naming import reference_of
from customobjects.web.cells import Cell, cells
from customobjects.web.lists.conditions import ALL
from customobjects.web.views.record_page import RecordTab
from customobjects.web.views.records import RecordsPage
from salesos import errors

# So many lists are shown, so many records of each, and so many of its fields.
MAX_LISTS, MAX_RECORDS, MAX_FIELDS = 20, 5, 3


@dataclass(frozen=True)
class Related:
    """A list of records that point here by one lookup. ``rows`` are documents with the cells of the first fields.

    ``headings`` are pairs of a field's and what its column is called, where ``name`` is what that of the names is.
    """

    schema: Schema
    lookup: SchemaField
    total: str
    name: str
    headings: list[tuple[SchemaField, str]]
    rows: list[tuple[Mapping[str, Any], list[Cell]]]
    new: str
    all: str
    has_more: bool
    can_unlink: bool


class RecordRelated(RecordTab):
    """The related lists of a record."""

    route = "record-related"

    def context(self) -> dict[str, Any]:
        context = self.shared()
        id_ = UUID(self.record["id"])
        lookups = pointing_lookups(self.actor, self.schema, MAX_LISTS + 1)
        read = [
            (
                schema,
                lookup,
                list_records(self.actor, schema, RecordRequest(limit=MAX_RECORDS, within=pointing_by(lookup, id_))),
            )
            for schema, lookup in lookups[:MAX_LISTS]
        ]
        pages = [(schema, lookup, page, page.records()) for schema, lookup, page in read]
        names = self._names([(schema, [one["data"] for one in records]) for schema, _lookup, _page, records in pages])
        lists = [self._list(*one, names) for one in pages]
        return {**context, "lists": lists, "has_more": len(lookups) > MAX_LISTS}

    def _names(self, held: list[tuple[Schema, list[dict[str, Any]]]]) -> dict[str, str]:
        """The names of all that the shown records refer to. At most two queries."""
        ids: dict[ReferenceKind | None, set[str]] = {ReferenceKind.RECORD: set(), ReferenceKind.USER: set()}
        for schema, values in held:
            for field in schema.references:
                for data in values:
                    ids[field.type.reference_kind].update(field.type.ids(data.get(field.api_name)))
        records = queries.names_of_records(self.actor, ids[ReferenceKind.RECORD])
        return {**records, **queries.names_of_users(self.actor, ids[ReferenceKind.USER])}

    def _list(
        self,
        schema: Schema,
        lookup: SchemaField,
        page: RecordPage,
        records: list[dict[str, Any]],
        names: Mapping[str, str],
    ) -> Related:
        shown = [f for f in schema.fields if f not in (schema.primary, lookup) and not f.type.is_long][:MAX_FIELDS]
        fields, reference = tuple(shown), reference_of(schema)
        can_write = schema.is_active and access.can_write(self.actor, schema)
        given = f"?{urlencode({lookup.api_name: self.record['id']})}"
        points_here = Has.key if lookup.type.multiple else Exact.key
        condition = f"{lookup.api_name}__{points_here}:{self.record['id']}"
        return Related(
            schema=schema,
            lookup=lookup,
            total=total_in_words(page.total),
            name=schema.primary.label if schema.primary else "Name",
            headings=_headings(schema, fields),
            rows=[(record, cells(fields, record["data"], names)) for record in records],
            new=reverse("web:record-new", args=[reference]) + given if can_write else "",
            all=reverse("web:record-list", args=[reference]) + f"?{urlencode({ALL: condition})}",
            has_more=page.next_cursor is not None,
            can_unlink=can_write and not lookup.is_required,
        )


def _headings(schema: Schema, fields: tuple[SchemaField, ...]) -> list[tuple[SchemaField, str]]:
    """What the columns of fields are called: one that has the label of another also says of which type it is."""
    labels = Counter(field.label.casefold() for field in fields)
    labels[(schema.primary.label if schema.primary else "Name").casefold()] += 1
    return [
        (field, f"{field.label} ({field.type.label})" if labels[field.label.casefold()] > 1 else field.label)
        for field in fields
    ]


class RecordUnlink(RecordsPage):
    """Has another record point at this one no longer, by the lookup that is sent."""

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        """``object``, ``record`` and ``field`` name what points here. Raises as ``change_record`` does."""
        target = self.record
        source = get_schema(self.actor, request.POST.get("object", ""))
        lookup = source.by_name.get(request.POST.get("field", ""))
        if lookup is None or lookup.target_id != self.schema.id:
            raise errors.NotFound.named("field", request.POST.get("field", ""))
        held = queries.get_record(self.actor, source, request.POST.get("record", ""))
        value = held["data"][lookup.api_name]
        if target["id"] in lookup.type.ids(value):
            left = lookup.type.without(value, target["id"])
            services.change_record(
                self.actor, str(source.id), held["id"], {lookup.api_name: left}, if_version=held["version"]
            )
        text = f"{held['name'] or source.name} is no longer at {target['name'] or self.schema.name}."
        return self.done(text, "web:record-related", reference_of(self.schema), target["id"])
