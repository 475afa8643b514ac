"""What the pages about one list share: what its address asks for, and the saved view that it begins with."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from customobjects.models import View, ViewKind
from customobjects.queries.pages import last_page
from customobjects.queries.preferences import list_preference
from customobjects.queries.steps import Steps
from customobjects.queries.views import OpenView, views_to_choose
from customobjects.services.naming import reference_of
from customobjects.web.lists.columns import Columns, columns_of, name_column, read_columns
from customobjects.web.lists.footer import wanted_figures
from customobjects.web.lists.saved import base_of, settings_of
from customobjects.web.lists.state import PAGE_SIZE, Base, ListState, asked, read_state, read_words
from customobjects.web.search_text import search_text
from customobjects.web.views.base import whole_number
from customobjects.web.views.records import RecordsPage
from salesos.accounts.profiles import profile_of

# The part of the page that a request for it replaces, by its id.
REGION = "list"
DENSITIES = ("compact", "comfortable")


class ListPage(RecordsPage):
    """A page about an object's list, in the state that an address gives it.

    With a ``view_reference`` in the path it is the list of that saved view, without one that of the default view.
    """

    @property
    def given(self) -> QueryDict:
        """The parameters of the list's address."""
        return self.request.GET

    @cached_property
    def _views(self) -> tuple[list[View], OpenView | None]:
        return views_to_choose(self.actor, self.schema, self.kwargs.get("view_reference", ""), self._steps)

    @cached_property
    def _steps(self) -> Steps:
        """What lookups lead to, looked for once for the view and the address."""
        return Steps(self.actor)

    @property
    def views(self) -> list[View]:
        """The saved views to choose from."""
        return self._views[0]

    @property
    def open_view(self) -> OpenView | None:
        """The saved view that the list begins with."""
        return self._views[1]

    @cached_property
    def base(self) -> Base:
        """What the saved view says."""
        return base_of(self.schema, self.open_view)

    @cached_property
    def asked(self) -> QueryDict:
        """What the address says, and the saved view where it is silent."""
        return asked(self.given, self.base)

    @property
    def address(self) -> str:
        """Where the list is, without its state."""
        reference = reference_of(self.schema)
        if view_reference := self.kwargs.get("view_reference"):
            return reverse("web:view", args=[reference, view_reference])
        return reverse("web:record-list", args=[reference])

    @cached_property
    def state(self) -> ListState:
        """What the list shows."""
        page = self.page_number(last_page(PAGE_SIZE, search_text(self.asked)))
        return read_state(self.actor, self.schema, self.given, page, self.base, self._steps)

    @cached_property
    def preference(self) -> dict[str, Any]:
        """How the list looks: as a saved grid says, or as the person likes it; and what the address has beside that.

        ``density`` is empty where it is that of all tables. No query where the view says all of it.
        """
        view = self.open_view
        is_grid = view is not None and view.view.kind == ViewKind.GRID
        found = dict(view.settings) if view is not None and is_grid and view.settings["columns"] else {}
        if not found:
            found = list_preference(self.actor, self.schema)
        if is_grid and view is not None:
            found["frozen"] = view.settings["frozen"]
        found["density"] = view.settings["density"] if is_grid and view is not None else ""
        if (frozen := whole_number(self.given.get("frozen", ""))) is not None:
            found["frozen"] = frozen
        if (density := self.given.get("density")) in DENSITIES:
            found["density"] = density
        return {name: found[name] for name in ("columns", "frozen", "density")}

    @cached_property
    def columns(self) -> Columns:
        """The columns that the address or the view names, or those that the person likes."""
        chosen = self.preference["columns"]
        if named := read_columns(self.asked.get("columns", "").split(",")):
            widths = {one["field"]: one.get("width") for one in chosen}
            name = name_column(self.schema).name
            # It always stands first, and its width may be the view's.
            named = [*([{"field": name}] if all(one["field"] != name for one in named) else []), *named]
            chosen = [{"width": widths.get(one["field"]), **one} for one in named]
        return columns_of(self.schema, chosen, self.preference["frozen"])

    @cached_property
    def wanted(self) -> dict[str, str]:
        """The functions whose figures stand below columns."""
        return wanted_figures(self.schema, read_words(self.asked.get("footer", "")))

    def settings(self) -> dict[str, Any]:
        """What the list shows, as the settings of a saved grid."""
        density = self.preference["density"] or profile_of(self.request).density
        return settings_of(self.state, self.columns, density, self.wanted)
