"""The page of an object's fields: in their order and groups, with what each is and how much of it is filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from customobjects.fieldtypes import TYPES
from customobjects.models import Field
from customobjects.queries import objects as queries
from customobjects.queries.filled import Filled, filled
from customobjects.queries.filling import key_fillings_of
from customobjects.queries.totals import records_in_words
from customobjects.schema import schema_of
from customobjects.services import field_order
from customobjects.services.naming import reference_of
from customobjects.web.field_groups import Group
from customobjects.web.languages import Language
from customobjects.web.views.objects import ObjectPage

# The parameter that asks for how much of each field is filled in.
FILLED = "filled"


@dataclass(frozen=True)
class FieldRow:
    """A field in the list. ``percent`` is None while nobody has counted."""

    field: Field
    icon: str
    type_label: str
    target: str
    percent: int | None
    told: str


class FieldList(ObjectPage):
    """An object's fields. With ``?filled`` it says how much of each is filled in, for which records are looked at."""

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        self.require()
        custom_object = self.custom_object
        fields = list(custom_object.fields.all())
        targets = queries.names_of_objects(self.actor, [field.target_id for field in fields if field.target_id])
        counted = filled(self.actor, schema_of(custom_object)) if FILLED in request.GET else None
        rows = [self._row(field, targets, counted) for field in field_order.by_groups(fields)]
        context = {
            "object": custom_object,
            "groups": _in_groups(rows),
            "fields": fields,
            "is_counted": counted is not None,
            "key_fillings": key_fillings_of(custom_object),
        }
        return render(request, "web/object_setup.html", context)

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        """Put the ``field`` into a ``group``, ``before`` or ``after`` another one: where it was dropped."""
        given = request.POST
        field_order.place_field(
            self.actor,
            self.kwargs["object_reference"],
            given.get("field", ""),
            group=given.get("group", ""),
            before=given.get("before", ""),
            after=given.get("after", ""),
        )
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204)
        return redirect("web:object-setup", reference_of(self.custom_object))

    def _row(self, field: Field, targets: dict[Any, str], counted: Filled | None) -> FieldRow:
        type_ = TYPES[field.type]
        percent, told = None, ""
        if counted is not None and counted.records:
            # A single one of many is not none, and all but one are not all.
            share = counted.share(field.id)
            percent = min(max(round(100 * share), 1 if share else 0), 100 if share == 1 else 99)
            write = Language.current().number
            about = "about " if counted.is_sample else ""
            sample = "a sample of " if counted.is_sample else ""
            told = f"Filled in on {about}{percent} % of {sample}{records_in_words(counted.records, write)}"
        return FieldRow(field, type_.icon, type_.label, targets.get(field.target_id, ""), percent, told)


def _in_groups(rows: list[FieldRow]) -> list[Group[FieldRow]]:
    groups: dict[str, list[FieldRow]] = {}
    for row in rows:
        groups.setdefault(row.field.group, []).append(row)
    return [Group(name, items) for name, items in groups.items()]
