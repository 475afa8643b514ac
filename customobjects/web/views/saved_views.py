"""What is done with saved views: they are made, kept as a list shows them, renamed, copied, chosen and deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect

from customobjects import access
from customobjects.models import View
from customobjects.queries.views import get_view
from customobjects.services import views as services
from customobjects.services.naming import reference_of
from customobjects.web.sentences import sentences
from customobjects.web.views.base import DeletePage, status_for_scripts, whole_number
from customobjects.web.views.boards import BOARDS, board_settings
from customobjects.web.views.list_page import ListPage
from customobjects.web.views.records import RecordsPage
from salesos import errors

GRID = "grid"
# The choice of who sees a view.
SHARED = "shared"


class ViewAction(ListPage):
    """A button of a list. ``state`` is what the list's address said, and ``view_reference`` the view that it is of.

    It leads to the list, which says what was done; or what keeps it from being done, and then nothing is lost there.
    """

    def act(self) -> HttpResponse:
        """Do it, and lead on. Raises ``DomainError``."""
        raise NotImplementedError

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        try:
            return self.act()
        except (errors.NotFound, errors.PermissionDenied):
            raise
        except errors.DomainError as error:
            messages.error(request, str(sentences(error.problems)))
            return redirect(self.address + self.state.link())

    @property
    def given(self) -> QueryDict:
        return QueryDict(self.request.POST.get("state", ""))

    @property
    def object_reference(self) -> str:
        return str(self.kwargs["object_reference"])

    @property
    def view_reference(self) -> str:
        return str(self.kwargs["view_reference"])

    @property
    def version(self) -> int | None:
        """The version of the view that the page showed."""
        return whole_number(self.request.POST.get("version", ""))

    def settings(self) -> dict[str, Any]:
        """What the list or the board shows, as settings of a view."""
        opened = self.open_view
        if opened is not None and opened.view.kind in BOARDS:
            return board_settings(opened, self.state)
        return super().settings()

    def names(self) -> dict[str, Any]:
        """What the form about a view says."""
        sent = self.request.POST
        return {
            "name": sent.get("name", ""),
            "icon": sent.get("icon", ""),
            "is_shared": sent.get("sharing") == SHARED,
        }

    def led_to(self, view: View, message: str) -> HttpResponse:
        """Lead to a view, which says what was done."""
        return self.done(message, "web:view", reference_of(self.schema), view.id)


class ViewNew(ViewAction):
    """Saves what a list shows as a new view, and what a board shows as one of its kind.

    The list or board may be that of the view with the id ``of``.
    """

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.kwargs["view_reference"] = request.POST.get("of", "")

    def act(self) -> HttpResponse:
        opened = self.open_view
        kind = opened.view.kind if opened is not None and opened.view.kind in BOARDS else GRID
        made = services.create_view(
            self.actor, self.object_reference, kind=kind, settings=self.settings(), **self.names()
        )
        return self.led_to(made, f"The view {made.name} is saved.")


class ViewSave(ViewAction):
    """Keeps what a list or a board shows in its view."""

    def act(self) -> HttpResponse:
        changes = {"settings": self.settings()}
        view = services.change_view(
            self.actor, self.object_reference, self.view_reference, changes, if_version=self.version
        )
        return self.led_to(view, f"The view {view.name} is saved.")


class ViewEdit(ViewAction):
    """Gives a view another name, another icon, or other people who see it."""

    def act(self) -> HttpResponse:
        view = services.change_view(
            self.actor, self.object_reference, self.view_reference, self.names(), if_version=self.version
        )
        return self.led_to(view, f"The view {view.name} is saved.")


class ViewCopy(ViewAction):
    """Makes a copy of a view, for oneself."""

    def act(self) -> HttpResponse:
        found = get_view(self.actor, self.schema, self.view_reference)
        name = f"{found.view.name[: services.MAX_NAME - 7]} (copy)"
        made = services.create_view(
            self.actor,
            self.object_reference,
            name=name,
            kind=found.view.kind,
            icon=found.view.icon,
            settings=found.settings,
        )
        return self.led_to(made, f"The view {made.name} is saved.")


class ViewDefault(ViewAction):
    """Has the object's list begin with a view, or not any more with it."""

    def act(self) -> HttpResponse:
        is_default = self.request.POST.get("default") == "true"
        view = services.choose_default(self.actor, self.object_reference, self.view_reference, is_default=is_default)
        begins = "begins" if is_default else "does not begin any more"
        return self.led_to(view, f"The list {begins} with the view {view.name}.")


class ViewPlace(ViewAction):
    """Moves a view among the tabs: ``by`` a place to the left or right, or ``to`` a place among those of its kind.

    Scripts ask for JSON: ``{"text"}``.
    """

    def act(self) -> HttpResponse:
        given = self.request.POST
        to = whole_number(given.get("to", ""))
        by = {"left": -1, "right": 1}.get(given.get("by", ""), 0)
        view = services.move_view(self.actor, self.object_reference, self.view_reference, by=by, to=to)
        said = f"The view {view.name} is moved."
        if not self.request.accepts("text/html"):
            return JsonResponse({"text": said})
        messages.success(self.request, said)
        return redirect(self.address + self.state.link())

    def refused(self, error: errors.DomainError) -> HttpResponse:
        if self.request.accepts("text/html"):
            return super().refused(error)
        return JsonResponse({"text": str(sentences(error.problems))}, status=status_for_scripts(error))


class ViewDelete(RecordsPage, DeletePage):
    """Asks, and deletes a view."""

    def question(self) -> dict[str, str]:
        view = get_view(self.actor, self.schema, self.kwargs["view_reference"]).view
        access.require_change_view(self.actor, self.schema, view)
        shared = " Nobody else will have it either." if view.owner_id is None else ""
        return {
            "title": f"Delete the view {view.name}?",
            "text": f"Its filters, order and columns are gone then; the records stay.{shared}",
            "back": f"../../{view.id}/",
        }

    def remove(self) -> HttpResponse:
        reference = self.kwargs["view_reference"]
        name = get_view(self.actor, self.schema, reference).view.name
        services.delete_view(self.actor, self.kwargs["object_reference"], reference)
        return self.done(f"The view {name} is deleted.", "web:record-list", reference_of(self.schema))
