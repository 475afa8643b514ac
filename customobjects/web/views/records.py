"""Pages of records: the list, one record, and its forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from customobjects import access
from customobjects.fieldtypes import ReferenceKind
from customobjects.queries import records as queries
from customobjects.queries.objects import get_schema
from customobjects.queries.ordering import is_sortable
from customobjects.queries.pages import list_records
from customobjects.queries.requests import RecordRequest
from customobjects.schema import Schema, SchemaField
from customobjects.services import records as services
from customobjects.services.records import Written
from customobjects.web.cells import cells, table_fields
from customobjects.web.forms.errors import attempt
from customobjects.web.forms.records import RecordForm
from customobjects.web.views.base import INVALID, DeletePage, Page, Question

PAGE_SIZE = 25
MOST_COLUMNS = 6
MOST_CHOICES = 100
LAST_PAGE = 100_000


class RecordList(Page):
    """An object's records as a table: searched, sorted, in pages."""

    def get(self, request: HttpRequest, object_reference: str) -> HttpResponse:
        schema = get_schema(self.actor, object_reference)
        asked = self._asked(schema)
        page = list_records(self.actor, schema, asked)
        records = page.records()
        shown = table_fields(schema, MOST_COLUMNS)
        names = queries.names_of_references(self.actor, schema, [record["data"] for record in records])
        context = {
            "schema": schema,
            "columns": [self._heading(field, asked) for field in shown],
            "name_heading": self._heading(schema.primary, asked) if schema.primary else None,
            "rows": [{"record": record, "cells": cells(shown, record["data"], names)} for record in records],
            "page": page,
            "search": asked.search,
            "first": (asked.page - 1) * PAGE_SIZE + 1,
            "last": (asked.page - 1) * PAGE_SIZE + len(records),
            "previous": self._link(asked, page=asked.page - 1) if asked.page > 1 else "",
            "next": self._link(asked, page=asked.page + 1) if page.next_cursor else "",
        }
        return self.show("record_list.html", context)

    def _asked(self, schema: Schema) -> RecordRequest:
        """What the address asks for; what makes no sense in it is passed over."""
        given = self.request.GET
        sort = given.get("sort", "")
        field = schema.by_name.get(sort.removeprefix("-"))
        known = field is not None and is_sortable(field.type)
        number = given.get("page", "1")
        page = min(int(number), LAST_PAGE) if number.isascii() and number.isdigit() and len(number) < 9 else 1
        return RecordRequest(
            page=max(page, 1),
            limit=PAGE_SIZE,
            search=given.get("search", "")[:200],
            sort=sort if known else "",
        )

    def _heading(self, field: SchemaField, asked: RecordRequest) -> dict[str, str]:
        """A column's label, the link that sorts by it, and the order it is in now."""
        if not is_sortable(field.type):
            return {"label": field.label, "kind": field.type.key, "link": "", "order": ""}
        order = {field.api_name: "ascending", f"-{field.api_name}": "descending"}.get(asked.sort, "")
        sort = f"-{field.api_name}" if order == "ascending" else field.api_name
        link = f"?{urlencode({'search': asked.search, 'sort': sort})}"
        return {"label": field.label, "kind": field.type.key, "link": link, "order": order}

    def _link(self, asked: RecordRequest, *, page: int) -> str:
        return f"?{urlencode({'search': asked.search, 'sort': asked.sort, 'page': page})}"


class RecordDetail(Page):
    """One record with all its values."""

    def get(self, request: HttpRequest, object_reference: str, record_reference: str) -> HttpResponse:
        schema = get_schema(self.actor, object_reference)
        record = queries.get_record(self.actor, schema, record_reference)
        names = queries.names_of_references(self.actor, schema, [record["data"]])
        people = queries.names_of_users(
            self.actor, filter(None, (record["ownerId"], record["createdBy"], record["updatedBy"]))
        )
        owner = record["ownerId"]
        context = {
            "schema": schema,
            "record": record,
            "cells": cells(schema.fields, record["data"], names),
            "people": people,
            "owner": people.get(owner, ""),
            "creator": people.get(record["createdBy"], ""),
            "can_delete": access.can_delete(self.actor, schema, UUID(owner) if owner else None),
        }
        return self.show("record.html", context)


class _RecordForm(Page):
    """What making and changing a record share."""

    def form(self, schema: Schema, record: dict[str, Any] | None = None, data: Any = None) -> RecordForm:
        return RecordForm(data, schema=schema, record=record, choices_of=self._choices)

    def _choices(self, field: SchemaField, value: Any) -> list[tuple[str, str]]:
        held = field.type.ids(value)
        if field.type.reference_kind is ReferenceKind.USER:
            offered = [(str(user.id), str(user)) for user in access.visible_users(self.actor)]
            names = queries.names_of_users(self.actor, held)
        else:
            target = get_schema(self.actor, str(field.target_id))
            offered = queries.choices_of(self.actor, target, "", MOST_CHOICES)
            names = queries.names_of_records(self.actor, held)
        return [*((id_, names.get(id_, id_)) for id_ in held), *(pair for pair in offered if pair[0] not in held)]

    def save(self, form: RecordForm, by: Callable[[dict[str, Any]], Written]) -> Written | None:
        """The record that the service ``by`` stores; None where it is refused, and the form says why."""

        def act() -> Written | None:
            values = form.values()
            return None if form.errors else by(values)

        return attempt(form, form.controls(), act)


class RecordNew(_RecordForm):
    """A form for a new record."""

    def get(self, request: HttpRequest, object_reference: str) -> HttpResponse:
        schema = get_schema(self.actor, object_reference)
        access.require_write(self.actor, schema)
        return self.show("record_form.html", {"schema": schema, "record": None, "form": self.form(schema)})

    def post(self, request: HttpRequest, object_reference: str) -> HttpResponse:
        schema = get_schema(self.actor, object_reference)
        form = self.form(schema, data=request.POST)
        made = self.save(form, lambda values: services.create_record(self.actor, str(schema.id), values))
        if made is None:
            return self.show("record_form.html", {"schema": schema, "record": None, "form": form}, status=INVALID)
        messages.success(request, f"{made.name or schema.name} is saved.")
        return redirect("web:record", schema.api_name, made.id)


class RecordEdit(_RecordForm):
    """A form for an existing record. Whoever saves a copy that has become stale is told so, and loses nothing."""

    def get(self, request: HttpRequest, object_reference: str, record_reference: str) -> HttpResponse:
        schema = get_schema(self.actor, object_reference)
        access.require_write(self.actor, schema)
        record = queries.get_record(self.actor, schema, record_reference)
        return self.show("record_form.html", {"schema": schema, "record": record, "form": self.form(schema, record)})

    def post(self, request: HttpRequest, object_reference: str, record_reference: str) -> HttpResponse:
        schema = get_schema(self.actor, object_reference)
        record = queries.get_record(self.actor, schema, record_reference)
        form = self.form(schema, record, data=request.POST)

        def change(values: dict[str, Any]) -> Written:
            version = form.cleaned_data["version"]
            return services.change_record(self.actor, str(schema.id), record_reference, values, if_version=version)

        if self.save(form, change) is None:
            return self.show("record_form.html", {"schema": schema, "record": record, "form": form}, status=INVALID)
        messages.success(request, "Saved.")
        return redirect("web:record", schema.api_name, record_reference)


class RecordDelete(DeletePage):
    """Asks, and deletes a record."""

    def question(self, **named: str) -> Question:
        schema = get_schema(self.actor, named["object_reference"])
        record = queries.get_record(self.actor, schema, named["record_reference"])
        return Question(
            title=f"Delete {record['name'] or 'this record'}?",
            text="It goes to the trash. Records that point at it follow the rules of their lookups.",
            back=reverse("web:record", args=[schema.api_name, record["id"]]),
            done=f"{record['name'] or schema.name} is deleted.",
            on=reverse("web:record-list", args=[schema.api_name]),
        )

    def remove(self, **named: str) -> None:
        services.delete_record(self.actor, named["object_reference"], named["record_reference"])
