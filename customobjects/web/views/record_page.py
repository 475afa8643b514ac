"""The pages of one record. What they share stands above each: its name, how it stands, what can be done with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from customobjects import access
from customobjects.fieldtypes.choices import Picklist
from customobjects.queries import records as queries
from customobjects.schema import SchemaField
from customobjects.services.naming import reference_of
from customobjects.web.cells import Cell, cells
from customobjects.web.field_groups import in_groups, is_wide
from customobjects.web.lists.neighbours import FROM, MAX_QUERY, neighbours
from customobjects.web.views.beside import Beside
from customobjects.web.views.records import RecordsPage
from salesos import errors

TABS = {"record": "Details", "record-related": "Related", "record-timeline": "Activity"}


class ShownField(NamedTuple):
    """A field on the record's page: what it is called, its value, and whether people may give it another one."""

    name: str
    cell: Cell
    is_writable: bool
    is_wide: bool


class RecordTab(RecordsPage):
    """One of the pages of a record. One that is gone has a page that says what to do."""

    route = "record"

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        # What the path names of an object that is not there is a 404 as everywhere.
        schema = self.schema
        try:
            context = self.context()
        except errors.NotFound:
            return render(request, "web/record_gone.html", {"schema": schema}, status=404)
        return render(request, f"web/{self.route.replace('-', '_')}.html", context)

    def context(self) -> dict[str, Any]:
        """What the template needs. Raises ``NotFound`` for the record."""
        raise NotImplementedError

    @property
    def can_write(self) -> bool:
        return self.schema.is_active and access.can_write(self.actor, self.schema)

    @property
    def status_field(self) -> SchemaField | None:
        """The field that says how the record stands: the first picklist with colors, or else the first one."""
        picklists = [field for field in self.schema.fields if isinstance(field.type, Picklist)]
        colored = (field for field in picklists if any(field.type.colors.values()))  # type: ignore[attr-defined]
        return next(colored, picklists[0] if picklists else None)

    @cached_property
    def beside(self) -> Beside:
        """What people have attached to the record."""
        return Beside(self.actor, self.schema, UUID(self.record["id"]), self.can_write)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names of all that the record refers to, and of its people. At most two queries."""
        return queries.names_of_references(self.actor, self.schema, [self.record["data"]], people=self.people)

    @property
    def people(self) -> Collection[str]:
        """The ids of the people whose names the page tells, beside those in values."""
        return [self.record[name] for name in ("ownerId", "createdBy", "updatedBy") if self.record[name]]

    def shared(self) -> dict[str, Any]:
        """What the head of each page shows."""
        schema, record = self.schema, self.record
        owner = record["ownerId"]
        query = self.request.GET.get(FROM, "")[:MAX_QUERY]
        # Of a list that is as it comes, the parameter is empty.
        ending = f"?{urlencode({FROM: query})}" if FROM in self.request.GET else ""
        reference = reference_of(schema)
        tabs = [
            {
                "label": label,
                "address": reverse(f"web:{route}", args=[reference, record["id"]]) + ending,
                "route": route,
            }
            for route, label in TABS.items()
        ]
        found = None
        if FROM in self.request.GET:
            found = neighbours(self.actor, schema, query, record["id"], self.route)
        status = (self.status_field,) if self.status_field else ()
        return {
            "schema": schema,
            "record": record,
            "name": record["name"] or queries.nameless(UUID(record["id"])),
            "status_cells": cells(status, record["data"], self.names),
            "owner": self.names.get(owner, "") if owner else "",
            "can_write": self.can_write,
            "can_delete": schema.is_active and access.can_delete(self.actor, schema, UUID(owner) if owner else None),
            "tabs": tabs,
            "activity_tab": tabs[-1]["address"],
            "route": self.route,
            "neighbours": found,
            "open_count": self.beside.open_count,
            "list_query": f"?{query}" if query else "",
        }


class RecordDetail(RecordTab):
    """One record with all its values, each of which is changed where it stands."""

    def context(self) -> dict[str, Any]:
        record = self.record
        held = cells(self.schema.fields, record["data"], self.names)
        shown = [
            (field, ShownField(field.api_name, cell, self.can_write and field.type.writable, is_wide(field)))
            for field, cell in zip(self.schema.fields, held, strict=True)
        ]
        beside = {
            "activities": self.beside.activities,
            "newest": self.beside.note,
            "compose": self.beside.forms,
        }
        return {
            # When the open activities are read, none of them is counted again.
            **beside,
            **self.shared(),
            "groups": in_groups(shown),
            "creator": self.names.get(record["createdBy"], ""),
            "changer": self.names.get(record["updatedBy"], ""),
        }
