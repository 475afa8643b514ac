"""What comboboxes offer: records and people that are found as one types, and records that are made by their name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from customobjects import access
from customobjects.queries.lookup_filters import lookup_filter
from customobjects.queries.objects import get_schema
from customobjects.queries.people import people_to_choose
from customobjects.queries.records import find_choices, nameless
from customobjects.schema import Schema
from customobjects.services.naming import reference_of
from customobjects.services.records import create_record
from customobjects.web.forms.combobox import FOR_FIELD
from customobjects.web.forms.records import LOOKUP
from customobjects.web.lists.filter_words import filter_in_words
from customobjects.web.search_text import search_text
from customobjects.web.sentences import plain_sentences
from customobjects.web.views.base import Page, status_for_scripts, told_to_script
from customobjects.web.words import record_in_words
from salesos import errors

MAX_CHOICES = 20


class ForComboboxes(Page):
    """Answers JSON. What goes wrong is ``{"text"}``, a sentence for the person."""

    def handle_no_permission(self) -> HttpResponse:  # type: ignore[override]
        return JsonResponse({"text": "Your session is over. Sign in again."}, status=HTTPStatus.UNAUTHORIZED)

    def refused(self, error: errors.DomainError) -> HttpResponse:
        return JsonResponse({"text": plain_sentences(error.problems)}, status=status_for_scripts(error))

    @property
    def search(self) -> str:
        return search_text(self.request.GET).strip()


class People(ForComboboxes):
    """The people of the organization: ``{"data": [{"id", "name"}]}``.

    Where they are to be the value of a field, those who are invited are among them.
    """

    def get(self, request: HttpRequest) -> JsonResponse:
        is_for_field = FOR_FIELD in request.GET
        found = people_to_choose(self.actor, self.search, MAX_CHOICES, with_invitations=is_for_field)
        return JsonResponse({"data": _pairs(found)})


class Choices(ForComboboxes):
    """Records of an object, and making one by its name alone.

    ``{"data": [{"id", "name"}], "object", "create", "new"}``: what one record is called; whether it can be made by a
    name; else, where it may be made at all, the address of its form, with the name behind it. With the id of a
    ``lookup`` that is filtered, those that fit, and a ``note`` that says what these are.
    """

    @cached_property
    def schema(self) -> Schema:
        return get_schema(self.actor, self.kwargs["object_reference"])

    def get(self, request: HttpRequest, **named: str) -> JsonResponse:
        schema = self.schema
        lookup = request.GET.get(LOOKUP, "")
        tree = lookup_filter(self.actor, schema, lookup) if lookup else None
        found = find_choices(self.actor, schema, self.search, MAX_CHOICES, tree)
        may_make = schema.is_active and access.can_write(self.actor, schema)
        primary = schema.primary
        form = reverse("web:record-new", args=[reference_of(schema)])
        is_named = may_make and primary is not None and primary.type.writable and not primary.type.reference_kind
        answer = {
            "data": _pairs(found),
            "object": schema.name,
            # What has a name alone would hardly fit.
            "create": is_named and not tree and set(schema.required) <= {primary},
            "new": f"{form}?{primary.api_name}=" if is_named and primary else form if may_make else "",
        }
        if tree:
            answer["note"] = f"Only {schema.plural_name} that fit: {filter_in_words(self.actor, schema, tree)}."
        return JsonResponse(answer)

    def post(self, request: HttpRequest, **named: str) -> JsonResponse:
        """Make a record by the ``name`` that is sent: ``{"id", "name", "text", "change"}``."""
        schema = self.schema
        if schema.primary is None:
            raise errors.Conflict.of(f"{schema.name} has no field that names its records", code="unnamed")
        made = create_record(self.actor, str(schema.id), {schema.primary.api_name: request.POST.get("name", "")})
        name, said = made.name or nameless(made.id), f"{record_in_words(schema.name, made.name)} is made."
        return told_to_script(said, status=HTTPStatus.CREATED, id=str(made.id), name=name)


def _pairs(found: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"id": id_, "name": name} for id_, name in found]
