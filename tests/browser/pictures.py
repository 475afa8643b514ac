"""Makes the pictures of docs/tour.md: ``script/screenshots``. Each in light, dark and at 360 px.

Not a test: what it shows is looked at by people.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesos.settings")

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.server import EMAIL, PASSWORD, ROOT, Server, fresh_database, with_company

FOLDER = ROOT / "docs" / "tour"
LOOKS = {"": ("light", 1280), "-dark": ("dark", 1280), "-narrow": ("light", 360)}


class Picture(NamedTuple):
    """A page, and what is done on it before the picture is taken."""

    name: str
    path: str
    steps: Callable[[Page], None] = lambda page: None


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search everything").fill("comp 15")
    expect(page.get_by_role("option", name="Compressor 150")).to_be_visible()


def _record(page: Page) -> None:
    page.get_by_role("rowheader").first.get_by_role("link").click()
    page.wait_for_timeout(500)


PICTURES = [
    Picture("list", "/o/asset/"),
    Picture("grouped", "/o/asset/?group=status"),
    Picture("palette", "/o/asset/", _palette),
    Picture("record", "/o/asset/", _record),
    Picture("new", "/o/asset/new/"),
    Picture("search", "/search/?q=compressor"),
    Picture("settings", "/me/"),
    Picture("fields", "/setup/objects/asset/"),
]


def take(browser: Browser, server: Server, folder: Path) -> None:
    """Take all pictures in all looks."""
    for suffix, (theme, width) in LOOKS.items():
        context = browser.new_context(
            base_url=server.url, locale="en-US", color_scheme=theme, viewport={"width": width, "height": 800}
        )
        page = context.new_page()
        page.goto("/sign-in/")
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("navigation").first).to_be_visible()
        for picture in PICTURES:
            page.goto(picture.path)
            picture.steps(page)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{picture.name}{suffix}.png")
        context.close()


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, fresh_database(Path(place)) as database, sync_playwright() as started:
        with_company(database, sample=True)
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with Server(database) as server:
            take(browser, server, folder)
        browser.close()


if __name__ == "__main__":
    main()
