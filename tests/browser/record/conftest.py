"""What tests of records share: objects of their own, and pages whose console is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.checks import expect_no_violations
from tests.browser.pages import fits
from tests.server import Server

OBJECTS = "/v1/custom-objects"
SITE_FIELDS = [{"label": "Name", "type": "TEXT", "isRequired": True}]
VISIT_FIELDS = [
    {"label": "Name", "type": "TEXT", "isRequired": True},
    {"label": "Site", "type": "LOOKUP", "options": {"target": "place"}},
    {"label": "Sites", "type": "LOOKUP", "options": {"target": "place", "multiple": True}},
    {"label": "Kind", "type": "PICKLIST", "options": {"values": ["shop", "depot"]}},
    {"label": "Code", "type": "TEXT", "isUnique": True},
    {"label": "Size", "type": "NUMBER"},
]
LONG, HEBREW = "Werk " + "x" * 245, "מפעל צפון"


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    """With an object whose records point at another one's."""
    token = server.sign_in()
    settings = {"enableNotes": True, "enableHistory": True}
    for name, fields in (("Place", SITE_FIELDS), ("Tour", VISIT_FIELDS)):
        body = {"name": name, "apiName": name.lower(), "fields": fields, **settings}
        assert server.send("POST", OBJECTS, body, token)[0] == 201
    for name in ("North", "South", LONG, HEBREW):
        assert server.send("POST", f"{OBJECTS}/place/records", {"data": {"name": name}}, token)[0] == 201
    return token


@pytest.fixture
def open_page(open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens signed-in pages of a width and in a theme."""

    def open_(width: int = 1280, scheme: str = "light") -> Page:
        return open_page(width=width, color_scheme=scheme)

    return open_


def make(server: Server, token: str, **data: Any) -> str:
    status, made = server.send("POST", f"{OBJECTS}/tour/records", {"data": {"name": "A tour", **data}}, token)
    assert status == 201, made
    return str(made["id"])


def stored(server: Server, token: str, id_: str) -> dict[str, Any]:
    return dict(server.send("GET", f"{OBJECTS}/tour/records/{id_}", token=token)[1]["data"])


def assert_clean(page: Page) -> None:
    """Nothing that axe finds, and nothing wider than the screen."""
    expect_no_violations(page)
    assert fits(page)
