"""No. 2: numbers and dates are typed as people write them, and stored as they are meant, or refused with an example."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interactions.conftest import cell, edit
from tests.browser.pages import Hands, width_of
from tests.browser.parts import Parts
from tests.server import Server

pytestmark = pytest.mark.slow


class Profile(NamedTuple):
    """How somebody writes, and what the pages of theirs show of what is stored."""

    language: str
    zone: str
    typed: tuple[str, str, str]
    stored: tuple[float, str, str]
    shown: tuple[str, str, str]
    wrong: tuple[str, str]
    examples: tuple[str, str]


# Each profile is tried in a way of its own: what is typed has nothing to do with how.
PROFILES = {
    "mouse": Profile(
        "fr",
        "Europe/Paris",
        ("1 000", "31/12/26", "31/12/26 14h30"),
        (1000, "2026-12-31", "2026-12-31T13:30:00Z"),
        ("1 000", "31 déc. 2026", "14:30"),
        ("1.5", "12/31/26"),
        ("such as 12,5", "31/12/2026"),
    ),
    "keyboard": Profile(
        "de",
        "Europe/Berlin",
        ("1,5", "31.12.26", "31.12.26 14:30"),
        (1.5, "2026-12-31", "2026-12-31T13:30:00Z"),
        ("1,5", "31.12.2026", "31.12.2026, 14:30"),
        ("1.5", "12/31/26"),
        ("such as 12,5", "31.12.2026"),
    ),
    "narrow": Profile(
        "en",
        "America/New_York",
        ("1,000", "12/31/26", "12/31/26 2:30 PM"),
        (1000, "2026-12-31", "2026-12-31T19:30:00Z"),
        ("1,000", "Dec 31, 2026", "Dec 31, 2026, 2:30 PM"),
        ("1,5", "31/12/26"),
        ("such as 12.5", "12/31/2026"),
    ),
}


@pytest.fixture(autouse=True)
def _no_profile_afterwards(server: Server, token: str) -> Iterator[None]:
    yield
    server.send("PATCH", "/v1/auth/me", {"language": "", "timeZone": ""}, token)


@pytest.mark.parametrize("way", PROFILES)
def test_what_is_typed_is_meant(open_page: Callable[..., Page], parts: Parts, way: str) -> None:
    profile = PROFILES[way]
    page = open_page("/me/", locale="ja", width=width_of(way))
    hands = Hands(page, way)
    page.get_by_label("Numbers and dates").select_option(profile.language)
    page.get_by_label("Time zone").select_option(profile.zone)
    hands.press(page.get_by_role("main").get_by_role("button", name="Save", exact=True))
    expect(page.get_by_role("heading", name="Your settings")).to_be_visible()

    page.goto(f"{parts.page}new/")
    size, bought, seen = (page.get_by_label(label, exact=True) for label in ("Size", "Bought", "Seen"))
    expect(page.get_by_text(f"in {profile.zone}."), "whose time it is, is said").to_be_visible()
    hands.type(page.get_by_label("Name"), "Typed")
    for control, text in zip((size, bought), profile.wrong, strict=True):
        hands.type(control, text)
    save = page.get_by_role("main").get_by_role("button", name="Save", exact=True)
    hands.press(save)
    for control, text, example in zip((size, bought), profile.wrong, profile.examples, strict=True):
        expect(page.locator(".error").filter(has_text=example)).to_be_visible()
        expect(control).to_have_value(text)
    assert parts.all() == {}
    # A wheel over a control scrolls the page, and changes nothing.
    size.hover()
    page.mouse.wheel(0, 120)
    for control, text in zip((size, bought, seen), profile.typed, strict=True):
        hands.type(control, text)
    hands.press(save)
    expect(page.get_by_role("heading", name="Typed")).to_be_visible()
    [data] = parts.all().values()
    assert (float(data["size"]), data["bought"], data["seen"]) == profile.stored
    values = page.locator("dl.values")
    for text in profile.shown:
        expect(values).to_contain_text(text)
    title = values.locator("time").get_attribute("title")
    assert title is not None
    assert title.endswith(f", {profile.zone}")

    # In a cell, too, no text that is not understood changes or empties what is stored.
    page.goto(parts.list)
    edit(hands, 0, "bought")
    bought = cell(page, 0, "bought")
    expect(bought.get_by_role("textbox")).not_to_have_value("")
    page.keyboard.press("Control+a")
    page.keyboard.type(profile.wrong[1])
    page.keyboard.press("Enter")
    expect(bought.get_by_role("alert")).to_contain_text(profile.examples[1])
    assert parts.held("Typed", "bought") == profile.stored[1]
    page.keyboard.press("Escape")
    expect(bought).to_have_text(profile.shown[1])
