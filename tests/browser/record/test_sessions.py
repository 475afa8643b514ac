"""What scripts ask for where the session is over: one signs in over it, and it goes on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import combobox, sign_in
from tests.browser.record.conftest import make
from tests.server import PASSWORD, Server

# The session is over on purpose.
pytestmark = [pytest.mark.slow, pytest.mark.noted("status of 401")]


def type_into(page: Page, control: Locator, text: str) -> None:
    control.focus()
    page.keyboard.type(text)


# What a script asks for where the session is over: the page, what one does, and what is there when it goes on.
ASKED: dict[str, tuple[str, Callable[[Page], object], Callable[[Page], Locator]]] = {
    "a search in a combobox": (
        "/o/tour/new/",
        lambda page: type_into(page, combobox(page, "Site", exact=True), "sou"),
        lambda page: page.get_by_role("option", name="South"),
    ),
    "a value where it stands": (
        "",
        lambda page: (page.get_by_role("textbox", name="Size").fill("12"), page.keyboard.press("Enter")),
        lambda page: page.get_by_text(re.compile("^Size of .+ is saved.$")),
    ),
    "a note": (
        "timeline/",
        lambda page: (
            page.get_by_role("textbox", name="Note").fill("Never lost"),
            page.get_by_role("button", name="Save note").click(),
        ),
        lambda page: page.locator(".note", has_text="Never lost"),
    ),
    "what a list looks like": (
        "/o/tour/",
        lambda page: page.get_by_role("button", name="Higher rows").click(),
        lambda page: page.locator("html[data-density=comfortable]"),
    ),
    "the palette": (
        "/o/tour/",
        lambda page: page.keyboard.press("Control+k"),
        lambda page: page.get_by_role("option", name="Go to Tours"),
    ),
}


@pytest.mark.parametrize("kind", ASKED)
def test_a_session_that_is_over(open_page: Callable[..., Page], server: Server, token: str, kind: str) -> None:
    id_ = make(server, token, size=1)
    path, act, goes_on = ASKED[kind]
    page = open_page()
    page.goto(path if path.startswith("/") else f"/o/tour/r/{id_}/{path}")
    if not path:
        page.get_by_role("link", name="Edit Size").click()
        expect(page.get_by_role("textbox", name="Size")).to_be_focused()
    page.context.clear_cookies(name="sessionid")
    act(page)
    dialog = page.get_by_role("dialog", name="You are no longer signed in")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(goes_on(page)).to_be_visible()
    expect(dialog).to_be_hidden()


def test_what_is_looked_up_beside_asks_nobody_to_sign_in(
    open_page: Callable[..., Page], server: Server, token: str
) -> None:
    id_ = make(server, token)
    page = open_page()
    for path, label, typed, asked in (
        ("/o/tour/new/", "Code", "taken", "/duplicates/"),
        (f"/o/tour/r/{id_}/timeline/", "Note", "Ask @adm", "/people/"),
    ):
        page.goto(path)
        page.context.clear_cookies(name="sessionid")
        with page.expect_response(lambda answer, asked=asked: asked in answer.url) as told:  # type: ignore[misc]
            page.get_by_label(label, exact=True).press_sequentially(typed)
        assert told.value.status == 401
        expect(page.get_by_label(label, exact=True)).to_be_focused()
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.goto("/sign-in/")
        sign_in(page)
