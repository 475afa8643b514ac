"""Forms in a real browser: what people type is meant, kept, and saved once, also without scripts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.server import EMAIL, PASSWORD, Server

pytestmark = pytest.mark.slow

# Where pictures go, for who wants to look at them.
PICTURES = os.environ.get("TEST_PICTURES", "")


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.fixture
def open_page(chromium: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Opens signed-in pages, each in a browser of its own."""
    contexts = []

    def open_(**options: Any) -> Page:
        context = chromium.new_context(**{"base_url": server.url, "locale": "en-US", **options})
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in/")
        sign_in(page)
        return page

    yield open_
    for context in contexts:
        context.close()


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    return server.sign_in()


@pytest.fixture
def visits(server: Server, token: str, request: pytest.FixtureRequest) -> str:
    """The apiName of an object with a control for numbers and times."""
    fields = [
        {"label": "Name", "type": "TEXT", "isRequired": True},
        {"label": "Size", "type": "NUMBER"},
        {"label": "Due", "type": "DATE"},
        {"label": "At", "type": "DATETIME"},
        {"label": "Notes", "type": "TEXTAREA"},
    ]
    status, made = server.send(
        "POST", "/v1/custom-objects", {"name": f"Visit {request.node.name}"[:60], "fields": fields}, token
    )
    assert status == 201, made
    return str(made["apiName"])


def records(server: Server, token: str, visits: str) -> list[dict[str, Any]]:
    _status, answer = server.send("GET", f"/v1/custom-objects/{visits}/records?sort=name", token=token)
    return [record["data"] for record in answer["data"]]


def make(server: Server, token: str, visits: str, **data: Any) -> str:
    status, made = server.send(
        "POST", f"/v1/custom-objects/{visits}/records", {"data": {"name": "North", **data}}, token
    )
    assert status == 201, made
    return str(made["id"])


@pytest.mark.parametrize("scripts", [True, False])
def test_numbers_and_times_in_german(
    open_page: Callable[..., Page], server: Server, token: str, visits: str, scripts: bool
) -> None:
    page = open_page(
        locale="de-DE", java_script_enabled=scripts, color_scheme="dark", viewport={"width": 360, "height": 800}
    )
    page.goto(f"/o/{visits}/new/")
    page.get_by_label("Name").fill("Nord")
    page.get_by_label("Size").fill("1.5")
    page.get_by_label("Due").fill("12/31/26")
    page.get_by_label("At", exact=True).fill("31.12.26 14:30")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Size must be a number such as 1.234,5.")).to_be_visible()
    expect(page.get_by_text("Due must be a date such as 31.12.2026.")).to_be_visible()
    expect(page.get_by_label("Size")).to_have_value("1.5")
    expect(page.get_by_label("Due")).to_have_value("12/31/26")
    picture(page, f"refused-{scripts}")
    assert records(server, token, visits) == []
    page.get_by_label("Size").fill("1.234,5")
    page.get_by_label("Due").fill("31.12.26")
    # A wheel over a control scrolls the page, and changes nothing.
    page.get_by_label("Size").hover()
    page.mouse.wheel(0, 120)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Nord")).to_be_visible()
    [data] = records(server, token, visits)
    assert (float(data["size"]), data["due"], data["at"]) == (1234.5, "2026-12-31", "2026-12-31T14:30:00Z")
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(page.get_by_label("Size")).to_have_value("1.234,5")
    expect(page.get_by_label("At", exact=True)).to_have_value("31.12.2026 14:30")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Nothing was changed.")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_second_click_and_back_make_nothing(
    open_page: Callable[..., Page], server: Server, token: str, visits: str, scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts)
    page.goto(f"/o/{visits}/new/")
    page.get_by_label("Name").fill("Once")
    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Once")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Name")).to_have_value("Once")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Once was saved already, and is here once.")
    picture(page, f"once-{scripts}")
    assert [data["name"] for data in records(server, token, visits)] == ["Once"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_people_change_one_record(
    open_page: Callable[..., Page], server: Server, token: str, visits: str, scheme: str
) -> None:
    id_ = make(server, token, visits, size=1, notes="old")
    page = open_page(color_scheme=scheme, viewport={"width": 1280, "height": 800})
    page.goto(f"/o/{visits}/r/{id_}/edit/")
    page.get_by_label("Name").fill("Mine")
    page.get_by_label("Size").fill("2")
    body = {"data": {"name": "Theirs", "notes": "new"}}
    assert server.send("PATCH", f"/v1/custom-objects/{visits}/records/{id_}", body, token)[0] == 200
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Name was changed by somebody else meanwhile.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Mine")
    expect(page.get_by_label("Notes")).to_have_value("new")
    picture(page, f"clash-{scheme}")
    page.set_viewport_size({"width": 360, "height": 800})
    picture(page, f"clash-{scheme}-narrow")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if scheme == "light":
        page.get_by_role("button", name="Use “Theirs”").click()
    else:
        # Enter saves, and takes nothing away.
        page.get_by_label("Name").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("What others have changed meanwhile is kept")
    [data] = records(server, token, visits)
    assert (data["name"], data["size"], data["notes"]) == ("Theirs" if scheme == "light" else "Mine", 2, "new")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_session_ends_in_the_middle_of_a_form(
    open_page: Callable[..., Page], server: Server, token: str, visits: str, scripts: bool
) -> None:
    id_ = make(server, token, visits)
    page = open_page(java_script_enabled=scripts, viewport={"width": 360, "height": 800})
    page.goto(f"/o/{visits}/r/{id_}/edit/")
    page.get_by_label("Notes").fill("a long text\nof two lines")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    picture(page, f"signed-out-{scripts}")
    sign_in(page)
    expect(page.get_by_label("Notes")).to_have_value("a long text\nof two lines")
    picture(page, f"signed-in-{scripts}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    assert records(server, token, visits)[0]["notes"] == "a long text\nof two lines"


def test_the_record_is_deleted_in_the_middle_of_a_form(
    open_page: Callable[..., Page], server: Server, token: str, visits: str
) -> None:
    id_ = make(server, token, visits)
    page = open_page()
    page.goto(f"/o/{visits}/r/{id_}/edit/")
    page.get_by_label("Notes").fill("a long text")
    assert server.send("DELETE", f"/v1/custom-objects/{visits}/records/{id_}", token=token)[0] == 204
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("has been deleted meanwhile")).to_be_visible()
    picture(page, "deleted")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="North")).to_be_visible()
    assert [data["notes"] for data in records(server, token, visits)] == ["a long text"]
