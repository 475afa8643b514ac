"""No. 7: what was typed is never lost: a session that ends, a connection that is lost, a record that is deleted, a page
that is left, two clicks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import WAYS, Hands, width_of
from tests.browser.parts import Parts
from tests.server import PASSWORD

pytestmark = pytest.mark.slow

# Pages can be made to believe that they have been open for long, and ask whether the session is still there.
CLOCK = "window.now = Date.now; window.late = 0; Date.now = () => window.now() + window.late;"
AN_HOUR = "window.late = 3_600_000"


@pytest.fixture
def open_form(open_page: Callable[..., Page]) -> Callable[..., tuple[Page, Hands]]:
    """Opens a page whose clock can be put on, for somebody who works in one of ``WAYS``."""

    def open_(path: str, way: str) -> tuple[Page, Hands]:
        page = open_page("/me/", width=width_of(way))
        page.add_init_script(CLOCK)
        page.goto(path)
        return page, Hands(page, way)

    return open_


def save(hands: Hands) -> None:
    hands.press(hands.page.get_by_role("main").get_by_role("button", name="Save", exact=True))


# The session is asked for, and is not there; the password is wrong.
@pytest.mark.noted(r"status of 40[13]")
@pytest.mark.parametrize("way", WAYS)
def test_a_session_that_ends(open_form: Callable[..., tuple[Page, Hands]], parts: Parts, way: str) -> None:
    page, hands = open_form(f"{parts.page}new/", way)
    hands.type(page.get_by_label("Name"), "Kept over the end of a session")
    page.context.clear_cookies(name="sessionid")
    page.evaluate(AN_HOUR)
    save(hands)
    dialog = page.get_by_role("dialog", name="You are no longer signed in")
    for password in ("wrong", PASSWORD):
        expect(dialog.get_by_label("Password")).to_be_focused()
        page.keyboard.press("Control+a")
        page.keyboard.type(password)
        hands.press(dialog.get_by_role("button", name="Sign in"))
        if password == "wrong":
            expect(dialog.get_by_role("alert")).to_have_text("The password is wrong.")
            hands.reach(dialog.get_by_label("Password"))
    expect(page.get_by_role("heading", name="Kept over the end of a session")).to_be_visible()
    assert parts.names() == ["Kept over the end of a session"]


@pytest.mark.noted("ERR_INTERNET_DISCONNECTED")
@pytest.mark.parametrize("way", WAYS)
def test_a_lost_connection(open_form: Callable[..., tuple[Page, Hands]], parts: Parts, way: str) -> None:
    page, hands = open_form(f"{parts.page}new/", way)
    hands.type(page.get_by_label("Name"), "Kept without a connection")
    page.context.set_offline(True)
    page.evaluate(AN_HOUR)
    save(hands)
    expect(page.locator(".toasts")).to_contain_text("What you typed is still here")
    page.context.set_offline(False)
    save(hands)
    expect(page.get_by_role("heading", name="Kept without a connection")).to_be_visible()
    assert parts.names() == ["Kept without a connection"]


@pytest.mark.noted("status of 410")
@pytest.mark.parametrize("way", WAYS)
def test_a_record_that_is_deleted(open_form: Callable[..., tuple[Page, Hands]], parts: Parts, way: str) -> None:
    parts.make(1)
    page, hands = open_form(f"{parts.page}r/{parts.id_of('P000')}/edit/", way)
    hands.type(page.get_by_label("Size"), "77")
    parts.delete("P000")
    save(hands)
    expect(page.get_by_text("has been deleted meanwhile")).to_be_visible()
    save(hands)
    expect(page.get_by_role("heading", name="P000")).to_be_visible()
    assert [data["size"] for data in parts.all().values()] == [77]


def test_a_page_that_is_left(open_page: Callable[..., Page], parts: Parts) -> None:
    page = open_page(f"{parts.page}new/")
    page.get_by_label("Name").fill("Typed yesterday")
    while page.evaluate("localStorage.length") == 0:
        page.wait_for_timeout(50)
    page.goto("/")
    page.goto(f"{parts.page}new/")
    expect(page.get_by_label("Name")).to_have_value("Typed yesterday")
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_label("Name")).to_have_value("")
    page.get_by_label("Name").fill("Saved today")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Saved today")).to_be_visible()
    page.goto(f"{parts.page}new/")
    expect(page.get_by_label("Name")).to_have_value("")


@pytest.mark.parametrize("way", WAYS)
def test_a_second_save_makes_nothing(open_page: Callable[..., Page], parts: Parts, way: str) -> None:
    page = open_page(f"{parts.page}new/", width=width_of(way))
    hands, button = Hands(page, way), page.get_by_role("main").get_by_role("button", name="Save", exact=True)
    hands.type(page.get_by_label("Name"), "Once")
    if hands.is_keyboard:
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
    else:
        button.dblclick()
    expect(page.get_by_role("heading", name="Once")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Name")).to_have_value("Once")
    hands.press(button)
    expect(page.locator(".toasts")).to_contain_text("“Once” was saved already, and is here once.")
    assert parts.names() == ["Once"]
