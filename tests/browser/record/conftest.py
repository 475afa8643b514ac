"""What tests of records share: objects of their own, and pages whose console is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from tests.browser.test_forms import sign_in
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
def open_page(chromium: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Opens signed-in pages; the test fails where the browser's console shows an error."""
    contexts, errors = [], []

    def open_(width: int = 1280, scheme: str = "light") -> Page:
        context = chromium.new_context(
            base_url=server.url,
            locale="en-US",
            color_scheme=scheme,
            viewport={"width": width, "height": 800},  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
        page.goto("/sign-in/")
        sign_in(page)
        return page

    yield open_
    for context in contexts:
        context.close()
    # A form that comes back with errors is a 422, with a clash a 409, where the session is over a 401: browsers log it.
    assert [error for error in errors if not re.search("422|409|401", error)] == []


def make(server: Server, token: str, **data: Any) -> str:
    status, made = server.send("POST", f"{OBJECTS}/tour/records", {"data": {"name": "A tour", **data}}, token)
    assert status == 201, made
    return str(made["id"])


def stored(server: Server, token: str, id_: str) -> dict[str, Any]:
    return dict(server.send("GET", f"{OBJECTS}/tour/records/{id_}", token=token)[1]["data"])


def combobox(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name, exact=True)


def assert_clean(page: Page) -> None:
    """Nothing that axe finds, and nothing wider than the screen."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
