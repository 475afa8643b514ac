"""A person's settings in a real browser, without scripts: what is chosen holds on the next page, and what is typed then
is meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_forms import picture, sign_in
from tests.server import Server

pytestmark = pytest.mark.slow

# By language and zone: what is typed, and how the record's page shows it.
TYPED = [
    ("German", "Europe/Berlin", ("1,5", "31.12.26", "31.12.26 14:30"), ("1,5", "31.12.2026", "31.12.2026, 14:30")),
    ("French", "Europe/Paris", ("1 000,5", "31/12/26", "31/12/26 14h30"), ("1 000,5", "31 déc. 2026", "14:30")),
    (
        "English (United States)",
        "America/New_York",
        ("1,000.5", "12/31/26", "12/31/26 2:30 PM"),
        ("1,000.5", "Dec 31, 2026", "Dec 31, 2026, 2:30 PM"),
    ),
]


@pytest.fixture(scope="module")
def visits(server: Server) -> Iterator[str]:
    fields: list[dict[str, Any]] = [
        {"label": "Name", "type": "TEXT"},
        {"label": "Size", "type": "NUMBER"},
        {"label": "Due", "type": "DATE"},
        {"label": "At", "type": "DATETIME"},
    ]
    token = server.sign_in()
    server.send("POST", "/v1/custom-objects", {"name": "Visit", "apiName": "chosen_visit", "fields": fields}, token)
    yield "chosen_visit"
    server.send("PATCH", "/v1/auth/me", {"language": "", "timeZone": ""}, token)


@pytest.fixture(params=[360, 1280])
def page(request: pytest.FixtureRequest, chromium: Browser, server: Server) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=server.url, locale="ja", java_script_enabled=False, viewport={"width": request.param, "height": 800}
    )
    page = context.new_page()
    page.goto("/sign-in/")
    sign_in(page)
    yield page
    context.close()


@pytest.mark.parametrize(("language", "zone", "typed", "shown"), TYPED)
def test_what_is_chosen_holds(
    page: Page, visits: str, language: str, zone: str, typed: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.goto("/me/")
    page.get_by_label("Language").select_option(label=language)
    page.get_by_label("Time zone").select_option(zone)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Your settings")).to_be_visible()
    picture(page, f"settings-{width}")
    page.goto(f"/o/{visits}/new/")
    expect(page.get_by_text(f"in {zone}.")).to_be_visible()
    for label, text in zip(("Size", "Due", "At"), typed, strict=True):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Name").fill("A visit")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="A visit")).to_be_visible()
    for text in shown:
        expect(page.locator("dl.values")).to_contain_text(text)
    expect(page.locator("dl.values time")).to_have_attribute("title", f"{shown[1]}, {_whole_time(shown)}, {zone}")
    page.goto("/me/password/")
    expect(page.get_by_label("Old password")).to_be_visible()
    picture(page, f"password-{width}")


def _whole_time(shown: tuple[str, ...]) -> str:
    return "2:30:00 PM" if shown[2].endswith("PM") else "14:30:00"
