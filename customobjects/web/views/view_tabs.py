"""The row of saved views above a list: which there are, which one is open, and what may be done with it."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.urls import reverse

from customobjects import access
from customobjects.models import View, ViewKind
from customobjects.services.naming import reference_of
from customobjects.services.views import ICONS, MAX_NAME
from customobjects.web.lists.saved import records_asked
from customobjects.web.views.list_page import ListPage

# What a view can be shown with, by the names of Material Symbols.
CHOICES = (
    "table", "star", "flag", "bolt", "person", "group", "schedule", "event", "check_circle", "warning", "inventory_2",
    "payments", "local_shipping", "build", "visibility",
)  # fmt: skip


class Tab(NamedTuple):
    """A saved view, and where it is. ``is_movable`` says whether the person may give it another place."""

    view: View
    address: str
    is_open: bool
    is_movable: bool


def view_tabs(page: ListPage) -> dict[str, Any]:
    """What the row shows: its ``tabs``, and what the person may do with the ``view`` that is open, if one is.

    ``all`` is where the list without a view is; it is empty where that begins with the default view.
    """
    reference, open_view = reference_of(page.schema), page.open_view
    view = open_view.view if open_view is not None else None
    home = reverse("web:record-list", args=[reference])
    can_keep, can_arrange = (
        access.can_keep_views(page.actor, page.schema),
        access.can_arrange_views(page.actor, page.schema),
    )
    tabs = [
        Tab(
            one,
            home if one.is_default else reverse("web:view", args=[reference, one.id]),
            one is view,
            can_arrange if one.owner_id is None else can_keep,
        )
        for one in page.views
    ]
    beside = [tab for tab in tabs if view is not None and tab.is_movable and tab.view.owner_id == view.owner_id]
    kind = view.kind if view is not None else ViewKind.GRID
    return {
        "tabs": tabs,
        "all": "" if any(one.is_default for one in page.views) else home,
        "view": view,
        "is_changed": view is not None and page.state.is_changed,
        # Where the one that is open is not at the end already.
        "can_move_left": bool(beside) and not beside[0].is_open,
        "can_move_right": bool(beside) and not beside[-1].is_open,
        "can_keep_views": can_keep,
        "can_change_view": view is not None and access.can_change_view(page.actor, page.schema, view),
        "can_arrange_views": can_arrange,
        "view_icons": list(dict.fromkeys([*([view.icon] if view is not None else []), ICONS[kind], *CHOICES])),
        "view_icon": ICONS[kind],
        "board_kinds": [(kind, ICONS[kind], kind.capitalize()) for kind in ("kanban", "calendar", "chart")],
        # A new board is of what the list shows.
        "records_asked": records_asked(page.asked),
        # What is saved as another view, in words.
        "shown_kind": "list" if kind == ViewKind.GRID else str(kind),
        "max_view_name": MAX_NAME,
        "list_address": page.address,
    }
