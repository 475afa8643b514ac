"""The page of an object's API: programs to copy, a key for them, and the object's own document."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from drf_spectacular.views import SpectacularSwaggerSplitView

from customobjects.queries.objects import get_schema
from customobjects.queries.pages import list_records
from customobjects.queries.selection import RecordRequest
from customobjects.web.snippets import NO_KEY, calls
from customobjects.web.views.objects import ObjectPage
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
        newest = list_records(self.actor, schema, RecordRequest(limit=1)).records()
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
            for call in calls(schema, newest[0]["id"] if newest else None)
        ]
        context = {
            "object": self.custom_object,
            "calls": written,
            "key": key,
            "record": newest[0] if newest else None,
            "document": reverse("object-openapi", args=[schema.api_name]),
        }
        return render(self.request, "web/object_api.html", context)


class ObjectSwagger(ObjectPage):
    """The object's own document, to be read and tried out."""

    def get(self, request: HttpRequest, **named: str) -> HttpResponseBase:
        self.require()
        document = reverse("object-openapi", args=[self.custom_object.api_name])
        return SpectacularSwaggerSplitView.as_view(url=document)(request)
