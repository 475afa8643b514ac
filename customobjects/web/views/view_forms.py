"""Forms of saved views that are no tables: a new one of a kind, and the settings of one."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse

from customobjects import access
from customobjects.models import View
from customobjects.queries.views import OpenView, get_view
from customobjects.services import views as services
from customobjects.services.forms import Made
from customobjects.services.naming import reference_of
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.views import CONTROLS, ViewForm
from customobjects.web.lists.filter_words import names_in
from customobjects.web.lists.saved import records_settings
from customobjects.web.lists.state import ListState, read_state
from customobjects.web.lists.taken import taken_over
from customobjects.web.views.form_pages import FormPage, saved
from customobjects.web.views.records import RecordsPage
from salesos import errors


class ViewEdit(RecordsPage, FormPage):
    """A form for a view's name and settings. The parameter ``kind`` says what a new one is."""

    template = "web/view_form.html"

    @cached_property
    def opened(self) -> OpenView:
        found = get_view(self.actor, self.schema, self.kwargs["view_reference"])
        if found.view.kind not in CONTROLS:
            raise errors.NotFound.named("view", self.kwargs["view_reference"])
        return found

    @property
    def existing(self) -> View | None:
        return self.opened.view if "view_reference" in self.kwargs else None

    @property
    def kind(self) -> str:
        """Raises ``NotFound`` for a kind that has no form."""
        if self.existing is not None:
            return self.existing.kind
        kind = self.request.GET.get("kind", "")
        if kind not in CONTROLS:
            raise errors.NotFound.named("kind of view", kind)
        return kind

    @cached_property
    def list_state(self) -> ListState | None:
        """What the list that one came from showed: the parameter ``of`` has it, as an address. None of no list."""
        given = QueryDict(self.request.GET.get("of", ""))
        return read_state(self.actor, self.schema, given, 1) if given else None

    @cached_property
    def start(self) -> dict[str, Any]:
        """What the list that one came from says of its records, as settings."""
        return records_settings(self.list_state, self.kind) if self.list_state else {}

    @cached_property
    def taken(self) -> dict[str, list[tuple[str, str]]]:
        """What of that the form names, each to be left out. At most two queries."""
        state = self.list_state
        return taken_over(state, names_in(self.actor, state.conditions), self.kind) if state else {}

    def require(self) -> None:
        if self.existing is not None:
            access.require_change_view(self.actor, self.schema, self.existing)
        elif self.kind:
            access.require_keep_views(self.actor, self.schema)

    def form(self, data: QueryDict | None = None) -> ViewForm:
        existing = self.existing
        is_new = existing is None
        settings = self.opened.settings if existing is not None else None
        return ViewForm(
            data,
            language=self.language,
            schema=self.schema,
            kind=self.kind,
            organization=str(self.request.user.organization),  # type: ignore[union-attr]
            existing=existing,
            settings=settings,
            start=self.start if is_new else None,
            taken=self.taken if is_new else None,
        )

    def context(self) -> dict[str, Any]:
        is_of_list = self.existing is None and any(self.start.values())
        return {"schema": self.schema, "view": self.existing, "kind": self.kind, "is_of_list": is_of_list}

    def create(self, form: ServiceForm) -> Made:
        made = services.create_view(self.actor, str(self.schema.id), kind=self.kind, **form.values())
        return Made(made.name, reverse("web:view", args=[reference_of(self.schema), made.id]))

    def created(self, name: str) -> str:
        return f"{self.kind.capitalize()} created"

    def change(self, form: ServiceForm) -> HttpResponse:
        view = self.opened.view
        if values := form.values():
            services.change_view(self.actor, str(self.schema.id), str(view.id), values, if_version=view.version)
        return self.done(saved(form), "web:view", reference_of(self.schema), view.id)

    def forget(self) -> None:
        vars(self).pop("opened", None)
