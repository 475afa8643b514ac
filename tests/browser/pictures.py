"""Makes the pictures of docs/tour.md: ``script/screenshots``. Each in light, in dark and at 360 px.

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

from customobjects.management.sample import VIEWS
from tests.browser.pages import sign_in
from tests.browser.pages import take as take_option
from tests.server import ROOT, Server, fresh_database, with_company

FOLDER = ROOT / "docs" / "tour"
LOOKS = {"": ("light", 1280), "-dark": ("dark", 1280), "-narrow": ("light", 360)}
OBJECTS = "/v1/custom-objects"
TABLE = """\
Tag;Machine;Bought;Price;Insured;Weight
00123;Lathe;31.12.2024;1.234,50 €;ja;12,5
00124;Mill;01.02.2025;99,00 €;nein;-
00125;Press;05.03.2025;10.000,00 €;ja;7
00126;Saw;17.04.2025;5,00 €;ja;1.200
"""


class Picture(NamedTuple):
    """A page, and what is done on it before the picture is taken. Paths name views by what they are called."""

    name: str
    path: str
    steps: Callable[[Page], None] = lambda page: None


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search everything").fill("comp 15")
    expect(page.get_by_role("option", name="Compressor 150")).to_be_visible()


def _first_record(page: Page) -> None:
    page.get_by_role("rowheader").first.get_by_role("link").click()
    expect(page.get_by_role("dialog").get_by_role("heading").first).to_be_visible()


def _record_page(page: Page) -> None:
    page.goto(page.get_by_role("rowheader").first.get_by_role("link").get_attribute("href") or "")


def _edited_cell(page: Page) -> None:
    page.locator("tbody td[data-field=status]").nth(2).click()
    page.keyboard.press("Enter")
    expect(page.locator("record-grid").locator(".cell-editor, .combobox, [role=listbox]").first).to_be_visible()


def _selected(page: Page) -> None:
    for number in range(3):
        page.locator("tbody input[name=ids]").nth(number).check()


def _filter_panel(page: Page) -> None:
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Apply")).to_be_visible()


def _icons(page: Page) -> None:
    page.get_by_role("button", name="Icon:").click()
    expect(page.get_by_role("listbox", name="Icons").get_by_role("option").first).to_be_visible()


def _plan(page: Page) -> None:
    page.get_by_label("Paste a table").fill(TABLE)
    page.get_by_role("button", name="Look at the columns").click()
    expect(page.get_by_role("heading", name="What the columns become")).to_be_visible()


def _filtered_lookup(page: Page) -> None:
    page.get_by_role("link", name="Add field").click()
    drawer = page.locator("dialog.drawer")
    drawer.get_by_label("Label").fill("Replaced by")
    drawer.locator(".type-button").click()
    page.get_by_role("option", name="Lookup").click()
    drawer.get_by_label("Object").select_option(label="Asset")
    expect(drawer.locator("lookup-filter")).to_contain_text("each of the Assets")
    take_option(drawer, "Add a condition on", "Status")
    drawer.get_by_label("Running").check()
    expect(drawer.get_by_text("Only Assets can be chosen that fit")).to_be_visible()


PICTURES = [
    Picture("home", "/"),
    Picture("list", "/o/asset/"),
    Picture("colours", "/o/asset/v/Needs attention/"),
    Picture("grouped", "/o/account/v/Customers by industry/"),
    Picture("cell", "/o/asset/", _edited_cell),
    Picture("selection", "/o/asset/", _selected),
    Picture("filters", "/o/asset/?filter=status__exact:Running", _filter_panel),
    Picture("drawer", "/o/asset/", _first_record),
    Picture("record", "/o/asset/", _record_page),
    Picture("new", "/o/asset/new/"),
    Picture("kanban", "/o/support_case/v/Board/"),
    Picture("calendar", "/o/project/v/Due dates/"),
    Picture("chart", "/o/project/v/Budget by stage/"),
    Picture("palette", "/o/asset/", _palette),
    Picture("search", "/search/?q=compressor"),
    Picture("settings", "/me/"),
    Picture("fields", "/setup/objects/asset/fields/"),
    Picture("field", "/setup/objects/support_case/fields/", _filtered_lookup),
    Picture("general", "/setup/objects/asset/general/"),
    Picture("icons", "/setup/objects/asset/general/", _icons),
    Picture("templates", "/setup/templates/"),
    Picture("table", "/setup/tables/new/", _plan),
    Picture("diagram", "/setup/diagram/"),
    Picture("api", "/setup/objects/asset/api/"),
    Picture("setup", "/setup/"),
    Picture("people", "/setup/people/"),
    Picture("roles", "/setup/roles/"),
    Picture("limits", "/setup/limits/"),
]


def addresses_of_views(server: Server) -> dict[str, str]:
    """The addresses of the sample company's views, by the paths that name them."""
    token = server.sign_in()
    addresses = {}
    for name in VIEWS:
        status, listed = server.send("GET", f"{OBJECTS}/{name}/views", token=token)
        assert status == 200, listed
        addresses |= {f"/o/{name}/v/{view['name']}/": f"/o/{name}/v/{view['id']}/" for view in listed["data"]}
    return addresses


def take(browser: Browser, server: Server, addresses: dict[str, str], folder: Path, names: list[str]) -> None:
    """Take the pictures with these names, or all, in all looks."""
    for suffix, (theme, width) in LOOKS.items():
        context = browser.new_context(
            base_url=server.url, locale="en-US", color_scheme=theme, viewport={"width": width, "height": 800}
        )
        page = context.new_page()
        page.goto("/sign-in/")
        sign_in(page)
        expect(page.locator("#content")).to_be_visible()
        for picture in PICTURES:
            if names and picture.name not in names:
                continue
            path, mark, query = picture.path.partition("?")
            page.goto(addresses.get(path, path) + mark + query)
            picture.steps(page)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{picture.name}{suffix}.png")
        context.close()


def main() -> None:
    folder = FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, fresh_database(Path(place)) as database, sync_playwright() as started:
        with_company(database, sample=True)
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with Server(database) as server:
            take(browser, server, addresses_of_views(server), folder, sys.argv[1:])
        browser.close()


if __name__ == "__main__":
    main()
