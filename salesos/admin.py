"""What the operations pages of all models share."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import DataError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from salesos.accounts.actor import actor_of
from salesos.accounts.models import Organization
from salesos.admin_lists import BoundedChangeList, BoundedPaginator, Suggestions, called, offered_by
from salesos.errors import DomainError

# What Django's admin raises where an address, or a form that nobody filled in by hand, has nonsense in it.
NONSENSE = (ValidationError, ValueError, OverflowError, FieldDoesNotExist, FieldError, DataError)
# What Django's own filters add to the name of what they filter by.
FILTER_SUFFIXES = ("", "__exact", "__isnull", "__id__exact")
TOKEN = "token"


def suggestions(request: HttpRequest) -> HttpResponseBase:
    """The answer to somebody who types into a list to choose from."""
    return Suggestions.as_view(admin_site=admin.site)(request)


admin.site.autocomplete_view = suggestions  # type: ignore[method-assign,assignment]


class NothingMadeError(Exception):
    """A form that makes something was refused."""


class OperationsAdmin(ModelAdmin):
    """Django's admin, whose lists are filtered by what they offer, and by nothing else; a form makes one thing.

    As on pages, a form for something new has a token in its address: who clicks Save twice, or goes back and saves
    again, is led to what was made the first time.
    """

    # Each would count all rows, on a click.
    show_facets = admin.ShowFacets.NEVER
    # What is typed into a filter needs a button.
    list_filter_submit = True
    # Lists of all organizations may have a million rows: none is counted to its end.
    show_full_result_count = False
    paginator: Any = BoundedPaginator
    list_per_page = 50

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Who may change rows by actions: who has the right to change the model, be it by services alone."""
        return super().has_change_permission(request)

    def has_remove_permission(self, request: HttpRequest) -> bool:
        """Who may delete rows by actions, in the same way."""
        return super().has_delete_permission(request)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BoundedChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows with what lists and pages show beside them."""
        rows = super().get_queryset(request)
        return rows.select_related(*self.list_select_related) if self.list_select_related else rows

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # Django's own deletion would pass the services by.
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def page_of(self, row: Any) -> str | None:
        """The address of the page that people of the organization see of a row. Nobody else may open it."""
        return None

    def get_view_on_site_url(self, obj: Any = None) -> None:
        # What people see takes the request to know (``render_change_form``).
        return None

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """A page whose title says of which organization it is."""
        is_stored = obj is not None and not add
        if is_stored:
            context["title"] = called(obj)
            context["subtitle"] = None
        response: Any = super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)
        if is_stored:
            organization = obj if isinstance(obj, Organization) else getattr(obj, "organization", None)
            user: Any = request.user
            if organization is not None and organization.pk == user.organization_id and (address := self.page_of(obj)):
                response.context_data.update(has_absolute_url=True, absolute_url=address)
        return response

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        forms = import_module(settings.FORM_TOKENS)
        text = request.GET.get(TOKEN, "")
        token = forms.usable_token(text)
        if request.method != "POST":
            if token is None and self.has_add_permission(request):
                return redirect(_address(request, forms.new_token()))
            return super().add_view(request, request.get_full_path(), extra_context)
        if token is None:
            return self._again(request, forms.TOO_OLD) if text else super().add_view(request, form_url, extra_context)
        response: Any = None

        def make() -> Any:
            nonlocal response
            response = super(OperationsAdmin, self).add_view(request, request.get_full_path(), extra_context)
            made = getattr(request, "made", None)
            if made is None:
                raise NothingMadeError
            return forms.Made(
                str(made), reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[made.pk])
            )

        try:
            sent = forms.make_once(actor_of(request), token, forms.digest_of(_content(request.POST)), make)
        except NothingMadeError:
            return response
        if sent.is_new:
            return response
        if not sent.is_same:
            return self._again(request, sent.made.otherwise)
        return self.made_already(request, sent.made)

    def made_already(self, request: HttpRequest, made: Any) -> HttpResponse:
        """The answer to a form that is sent a second time: what it ``made`` has a ``name`` and an ``address``."""
        if IS_POPUP_VAR in request.POST:
            # The first answer, which was to hand the new row over to the page behind, nobody has seen.
            return self.response_add(request, self.get_object(request, resolve(made.address).kwargs["object_id"]))
        messages.info(request, made.already)
        return redirect(made.address)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        request.made = obj  # type: ignore[attr-defined]
        return super().log_addition(request, obj, message)

    def _again(self, request: HttpRequest, problem: str) -> HttpResponse:
        """The form that was sent, with a new token, and with what is to be said."""
        request.problem = problem  # type: ignore[attr-defined]
        address = _address(request, import_module(settings.FORM_TOKENS).new_token())
        return super().add_view(request, address)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        problem = getattr(request, "problem", "")
        return _refusing(form, problem) if problem else form

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        names = offered_by(self.list_filter)
        return lookup in {f"{name}{suffix}" for name in names for suffix in FILTER_SUFFIXES}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What an address fills a new form with. Raises ``ValidationError`` for what a field cannot hold."""
        columns = {field.name: field for field in self.model._meta.concrete_fields}
        given = super().get_changeform_initial_data(request)
        return {name: columns[name].to_python(value) if name in columns else value for name, value in given.items()}


class ReadOnly(OperationsAdmin):
    """Pages that show; what they change, services change."""

    compressed_fields = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Django's own deletion would pass the services by; the action "Delete" does not.
        return False


def link_to_list(model: str, text: str, **filters: object) -> SafeString:
    """A link to a list of the operations pages, filtered. ``model`` is as in ``accounts_apikey``."""
    return format_html('<a href="{}?{}">{}</a>', reverse(f"admin:{model}_changelist"), urlencode(filters), text)


def add_problems(form: Any, error: DomainError, controls: Mapping[str, str] = MappingProxyType({})) -> None:
    """Have a form say what a service refuses, each problem at its control, where it has one.

    ``controls`` has those that are called otherwise than the property.
    """
    for problem in error.problems:
        name = controls.get(problem.field, problem.field)
        form.add_error(name if name in form.fields else None, capfirst(problem.message))


def _address(request: HttpRequest, token: str) -> str:
    """The address of a form, with another token."""
    query = request.GET.copy()
    query[TOKEN] = token
    return f"{request.path}?{query.urlencode()}"


def _content(sent: QueryDict) -> list[tuple[str, list[str]]]:
    """What was filled in; not which of the buttons was clicked."""
    return [(name, values) for name, values in sent.lists() if name != "csrfmiddlewaretoken" and name[:1] != "_"]


def _refusing(form: Any, problem: str) -> Any:
    """A form that is never valid, and says why."""

    class Refusing(form):  # type: ignore[misc]
        def clean(self) -> Any:
            cleaned = super().clean()
            self.add_error(None, problem)
            return cleaned

    return Refusing


def is_nonsense(request: HttpRequest, exception: Exception) -> bool:
    """Whether a page of the admin failed by what it was asked."""
    match = request.resolver_match
    return match is not None and match.app_name == "admin" and isinstance(exception, NONSENSE)
