"""What tests of saved views begin with."""

from __future__ import annotations

from typing import Any

from tests.conftest import Api

EMPTY_GRID = {
    "search": "",
    "filters": [],
    "anyOf": [],
    "sort": [],
    "columns": [],
    "frozen": 1,
    "group": None,
    "density": "compact",
    "footer": {},
    "colors": [],
}


def define_deals(api: Api) -> None:
    """Deals, with fields of many types, and the accounts that they are to."""
    api.make_object("Account", {"label": "Industry", "type": "TEXT"})
    api.make_object(
        "Deal",
        {"label": "Amount", "type": "CURRENCY", "options": {"currency": "EUR"}},
        {"label": "Stage", "type": "PICKLIST", "options": {"values": ["open", "won", "lost"]}},
        {"label": "Closes", "type": "DATE"},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["a", "b"]}},
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Notes", "type": "TEXTAREA"},
    )


def make(api: Api, name: str = "Mine", kind: str = "grid", **more: Any) -> dict[str, Any]:
    """A view of the deals."""
    answer = api.post("deal/views", {"name": name, "kind": kind, **more})
    assert answer.status == 201, answer
    return dict(answer.json)


def condition(field: str, operator: str, value: Any) -> dict[str, Any]:
    """One of a view's filters."""
    return {"field": field, "operator": operator, "value": value}
