"""The pages of a record's history in a real browser, also without scripts, on a phone, and by the keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import fits, picture
from tests.server import Server

pytestmark = pytest.mark.slow


def looked_at(page: Page, name: str) -> None:
    """Nothing sticks out of the page at any width."""
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert fits(page), name
        picture(page, f"{name}-{width}")


@pytest.mark.parametrize(("scripts", "scheme"), [(True, "light"), (False, "dark")])
def test_a_record_is_seen_as_it_was_and_goes_back(
    open_page: Callable[..., Page], server: Server, token: str, scripts: bool, scheme: str
) -> None:
    fields = [
        {"label": "Name", "type": "TEXT", "isRequired": True},
        {"label": "State", "type": "PICKLIST", "options": {"values": [{"value": "new", "color": "#15803d"}, "used"]}},
        {"label": "Notes", "type": "TEXTAREA"},
    ]
    _status, made = server.send("POST", "/v1/custom-objects", {"name": f"Thing {scheme}", "fields": fields}, token)
    path = f"/v1/custom-objects/{made['apiName']}/records"
    body = {"data": {"name": "First <b>", "state": "new", "notes": "one\ntwo"}}
    _status, record = server.send("POST", path, body, token)
    for data in (
        {"state": "used", "notes": "x" * 3_000},
        {"name": "مضخة المياه", "notes": "<script>alert(1)</script>"},
        {"notes": "שלום עולם abc " * 40},
    ):
        assert server.send("PATCH", f"{path}/{record['id']}", {"data": data}, token)[0] == 200

    page = open_page(f"/o/{made['apiName']}/r/{record['id']}/", java_script_enabled=scripts, color_scheme=scheme)
    page.get_by_role("link", name="Activity").click()
    page.get_by_role("link", name="All versions").click()
    expect(page.get_by_role("heading", name="Created")).to_be_visible()
    looked_at(page, f"history-{scheme}")
    page.get_by_role("link", name="See version 1").click()
    expect(page.get_by_role("heading", name="First <b>")).to_be_visible()
    looked_at(page, f"version-{scheme}")
    page.get_by_role("link", name="Go back to this version").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("This changes, and all else stays")).to_be_visible()
    looked_at(page, f"revert-{scheme}")
    page.get_by_role("button", name="Go back to version 1").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("“First <b>” is as it was at version 1.")
    status, now = server.send("GET", f"{path}/{record['id']}", token=token)
    assert (status, now["data"], now["version"]) == (200, record["data"], 5)
