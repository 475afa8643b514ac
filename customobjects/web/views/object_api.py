"""The page of an object's API: programs to copy, a key for them, and the object's own document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from drf_spectacular.views import SpectacularSwaggerSplitView

from customobjects.queries.objects import get_schema
from customobjects.queries.pages import list_records
from customobjects.queries.selection import Count, RecordRequest
from customobjects.schema import Schema
from customobjects.web.snippets import NO_KEY, Unique, calls, unique_fields, unique_of
from customobjects.web.views.objects import ObjectPage
from customobjects.web.views.organization.base import shown_once
from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key

# What the programs on the page do.
SCOPES = (ApiKey.Scope.READ, ApiKey.Scope.WRITE, ApiKey.Scope.DELETE)


class ObjectApi(ObjectPage):
    """How programs work with the object's records."""

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        self.require()
        return self._page()

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        """Make a key for the person, which the page shows once, in all programs."""
        self.require()
        assert isinstance(request.user, User)
        name = f"For {self.custom_object.plural_name}"[: ApiKey._meta.get_field("name").max_length]
        _row, key = create_api_key(request.user, name, SCOPES, actor=self.actor)
        return self._page(key)

    def _page(self, key: str = "") -> HttpResponse:
        schema = get_schema(self.actor, self.kwargs["object_reference"])
        newest = self._record(schema)
        base = f"{self.request.scheme}://{self.request.get_host()}"
        written = [
            {
                "call": call,
                "programs": [
                    ("curl", call.curl(base, key or NO_KEY)),
                    ("Python", call.python(base, key or NO_KEY)),
                    ("JavaScript", call.javascript(base, key or NO_KEY)),
                ],
            }
            for call in calls(schema, newest, self._unique(schema, newest))
        ]
        context = {
            "object": self.custom_object,
            "calls": written,
            "key": key,
            "record": newest,
            "document": reverse("object-openapi", args=[schema.api_name]),
        }
        if key:
            return shown_once(self.request, "web/object_api.html", **context)
        return render(self.request, "web/object_api.html", context)

    def _record(self, schema: Schema, *filters: tuple[str, str]) -> Mapping[str, Any] | None:
        """The newest record that filters find. One query."""
        request = RecordRequest(limit=1, filters=filters, total=Count.NONE)
        return next(iter(list_records(self.actor, schema, request).records()), None)

    def _unique(self, schema: Schema, newest: Mapping[str, Any] | None) -> Unique | None:
        """A unique field with a value that a record has, else with an example. A query, where the newest has none."""
        fields = unique_fields(schema)
        found = unique_of(fields, newest)
        if found is None and fields:
            other = self._record(schema, (f"{fields[0].api_name}__isnull", "false"))
            found = unique_of(fields, other) if other else None
        return found or unique_of(fields, None)


class ObjectSwagger(ObjectPage):
    """The object's own document, to be read and tried out."""

    def get(self, request: HttpRequest, **named: str) -> HttpResponseBase:
        self.require()
        document = reverse("object-openapi", args=[self.custom_object.api_name])
        return SpectacularSwaggerSplitView.as_view(url=document)(request)
