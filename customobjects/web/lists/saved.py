"""Saved views as lists show them: their settings as parameters of an address, and a list's state as settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from customobjects.models import ViewKind
from customobjects.queries.views import OpenView
from customobjects.schema import Schema
from customobjects.web.lists.columns import Columns
from customobjects.web.lists.conditions import ALL, ANY, COLOR, write_color, write_setting
from customobjects.web.lists.state import Base, ListState

# The parameters of an address that say what settings of all kinds say.
PARAMETERS = {"search": "search", "filters": ALL, "anyOf": ANY, "sort": "sort", "colors": COLOR}


def base_of(schema: Schema, shown: OpenView | None) -> Base:
    """What a view says, by the parameters of a list's address. Views of other kinds are silent on columns."""
    if shown is None:
        return {}
    settings = shown.settings
    found = {
        ALL: [write_setting(one) for one in settings["filters"]],
        ANY: [write_setting(one) for one in settings["anyOf"]],
        "search": [settings["search"]],
        "sort": [",".join(settings["sort"])],
    }
    if "columns" in settings:
        columns = ((_api_name(schema, one["field"]), one.get("width")) for one in settings["columns"])
        footer = ((_api_name(schema, name), function) for name, function in settings["footer"].items())
        found |= {
            "columns": [",".join(f"{name}:{width}" if width else name for name, width in columns)],
            "frozen": [str(settings["frozen"])],
            "group": [settings["group"] or ""],
            "density": [settings["density"]],
            "footer": [",".join(f"{name}:{function}" for name, function in footer)],
        }
    if "colors" in settings:
        found[COLOR] = [write_color(one) for one in settings["colors"]]
    return {name: tuple(filter(None, values)) for name, values in found.items() if any(values)}


def _api_name(schema: Schema, reference: str) -> str:
    """Views may name fields by their ids."""
    field = schema.find(reference)
    return field.api_name if field is not None else reference


def asked_settings(settings: Mapping[str, Any], state: ListState) -> dict[str, Any]:
    """The settings of a view of any kind, with what the address of its page says beside them."""
    given = {name: value for name, value in _records(state).items() if PARAMETERS[name] in state.given}
    return {**settings, **{name: value for name, value in given.items() if name in settings}}


def records_asked(asked: QueryDict) -> str:
    """Which records a list shows, in what order and with which colours, of all that is ``asked`` of it, as a query."""
    found = asked.copy()
    for name in set(found) - set(PARAMETERS.values()):
        del found[name]
    return found.urlencode()


def records_settings(state: ListState, kind: str) -> dict[str, Any]:
    """What a list says of its records, as settings of a view of a kind."""
    settings = _records(state)
    if kind == ViewKind.CHART:
        # Its parts have colours of their own.
        del settings["colors"]
    return settings


def settings_of(state: ListState, columns: Columns, density: str, figures: Mapping[str, str]) -> dict[str, Any]:
    """What a list shows, as the settings of a grid."""
    return {
        **_records(state),
        "columns": [{"field": one.name, "width": one.width} for one in columns.all],
        "frozen": columns.frozen,
        "group": state.grouping.name if state.grouping else None,
        "density": density,
        "footer": dict(figures),
    }


def _records(state: ListState) -> dict[str, Any]:
    """Which records are asked for, in what order and with which colours, as settings have it."""
    return {
        "search": state.search,
        "filters": [one.setting for one in state.conditions.all_of],
        "anyOf": [one.setting for one in state.conditions.any_of],
        "sort": list(state.sort),
        "colors": [one.setting for one in state.conditions.colors],
    }
