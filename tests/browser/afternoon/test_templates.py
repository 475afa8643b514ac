"""Ready-made objects, several at once, which point at each other."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.afternoon.conftest import OBJECTS
from tests.browser.pages import WAYS, Hands, fits, width_of
from tests.server import Server

pytestmark = pytest.mark.slow

# Three each, so that each way has objects that are not there yet: the one in the middle points at the first.
SETS = {
    "mouse": (["Vendor", "Contract", "Subscription"], "contract", "vendor"),
    "keyboard": (["Site", "Event", "Candidate"], "event", "site"),
    "narrow": (["Task", "Certification", "Expense"], "task", "project"),
}


@pytest.mark.parametrize("way", WAYS)
def test_three_of_them(open_page: Callable[..., Page], server: Server, token: str, way: str) -> None:
    page = open_page("/setup/objects/new/", width=width_of(way))
    hands = Hands(page, way)
    hands.press(page.get_by_role("link", name="From templates"))
    names, source, target = SETS[way]
    for name in names:
        box = page.get_by_role("checkbox", name=re.compile(f"^{name} "))
        hands.reach(box)
        if hands.is_keyboard:
            page.keyboard.press("Space")
        expect(box).to_be_checked()
    assert fits(page)
    hands.press(page.get_by_role("button", name="Make the chosen ones"))
    expect(page.locator(".toast")).to_contain_text("are there.")
    made = {name: server.send("GET", f"{OBJECTS}/{name.lower()}", token=token)[1] for name in names}
    assert all(one["fields"] for one in made.values())
    status, looked_at = server.send("GET", f"{OBJECTS}/{target}", token=token)
    assert status == 200
    fields = server.send("GET", f"{OBJECTS}/{source}", token=token)[1]["fields"]
    assert looked_at["id"] in [field["options"].get("target") for field in fields]
