"""What tests of pages share: signing in, reading a list, and the ways in which people use a page."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, Route, expect

from tests.server import EMAIL, PASSWORD

# Where pictures go, for who wants to look at them.
PICTURES = os.environ.get("TEST_PICTURES", "")
# How people use a page: by mouse, by the keyboard alone, and on a screen of 360 px.
WAYS = ["mouse", "keyboard", "narrow"]
MAX_TABS = 250
# How long requests are waited for: thirty seconds, as in ``conftest.py``.
MAX_WAITS, WAIT_MS = 1_500, 20


def sign_in(page: Page, email: str = EMAIL) -> None:
    """Fill in the form for it, and send it."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def picture(page: Page, name: str) -> None:
    """Take a picture of the whole page, where pictures are wanted."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def cells_of(page: Page, field: str) -> list[str]:
    """What a list shows of a field, row by row."""
    return page.locator(f"tbody [data-field={field}]").all_inner_texts()


def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def combobox(place: Page | Locator, name: str, *, exact: bool = False) -> Locator:
    """Where one types into a combobox. Until its script is there it is a plain select, which this is not."""
    return place.locator("input").and_(place.get_by_role("combobox", name=name, exact=exact))


def take(panel: Locator, control: str, text: str) -> None:
    """Search in a combobox, and choose what is called so."""
    combobox(panel, control).fill(text)
    panel.get_by_role("option", name=text, exact=True).click()


def copied(page: Page, copy: Callable[[], None]) -> str:
    """What comes onto the clipboard when somebody copies. The page may read the clipboard."""
    page.evaluate("navigator.clipboard.writeText('')")
    copy()
    page.wait_for_function("async () => await navigator.clipboard.readText() !== ''")
    return str(page.evaluate("navigator.clipboard.readText()"))


def undo(page: Page) -> None:
    """Take back what the last toast tells."""
    page.locator(".toast").last.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast").filter(has_text="Undone")).to_be_visible()


def width_of(way: str) -> int:
    """The width of somebody's screen."""
    return 360 if way == "narrow" else 1280


class Held:
    """Requests of a page that the server does not get before they are let go."""

    def __init__(self, page: Page, address: str, method: str = "GET") -> None:
        """``address`` is a regular expression of theirs."""
        self.page, self.address, self.method = page, re.compile(address), method
        self.routes: list[Route] = []
        page.route(self.address, self._hold)

    def _hold(self, route: Route) -> None:
        if route.request.method == self.method:
            self.routes.append(route)
        else:
            route.fallback()

    def wait(self, number: int = 1) -> None:
        """Wait until so many are held: a page that shows something already may not have asked yet."""
        # Playwright hears of requests only while it is asked for something, so that sleeping would not do.
        for _ in range(MAX_WAITS):
            if len(self.routes) >= number:
                return
            self.page.wait_for_timeout(WAIT_MS)
        raise AssertionError(f"{len(self.routes)} requests, not {number}, ask for {self.address.pattern}.")

    def let_go(self, number: int = 1) -> None:
        """Let them go when so many are held; those that come later are not held any more."""
        self.wait(number)
        self.page.unroute(self.address, self._hold)
        for route in self.routes:
            # The page may have given it up.
            with suppress(Error):
                route.continue_()


class Hands:
    """Somebody who uses a page in one of ``WAYS``. By the keyboard alone nothing is focused but by Tab."""

    def __init__(self, page: Page, way: str) -> None:
        self.page, self.way = page, way

    @property
    def is_keyboard(self) -> bool:
        return self.way == "keyboard"

    def reach(self, target: Locator) -> None:
        """Have the focus on something: by Tab, or by a click."""
        if not self.is_keyboard:
            target.click()
            return
        expect(target).to_be_visible()
        self.page.wait_for_load_state("domcontentloaded")
        for _ in range(MAX_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {target}.")

    def press(self, target: Locator) -> None:
        """Use a button or a link."""
        self.reach(target)
        if self.is_keyboard:
            self.page.keyboard.press("Enter")

    def type(self, control: Locator, text: str) -> None:
        """Type something in place of what a control holds."""
        self.reach(control)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, control: Locator, text: str, option: str) -> None:
        """Find something by typing, and choose it in a combobox."""
        self.type(control, text)
        found = self.page.get_by_role("option", name=option).first
        expect(found).to_be_visible()
        if self.is_keyboard:
            for _ in range(MAX_TABS):
                if found.get_attribute("aria-selected") == "true":
                    break
                self.page.keyboard.press("ArrowDown")
            self.page.keyboard.press("Enter")
        else:
            found.click()
