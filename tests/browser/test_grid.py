"""Cells, ranges and rows of a list under somebody's hands, by mouse and by keyboard, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Route, expect

from tests.browser.test_forms import sign_in
from tests.server import Server

pytestmark = pytest.mark.slow

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
MAX_SHOWN_MS = 100


@pytest.fixture
def parts(server: Server) -> Parts:
    return Parts(server)


class Parts:
    """An object with some records, made anew, and what the API says of it."""

    made = 0

    def __init__(self, server: Server) -> None:
        Parts.made += 1
        self.server, self.token = server, server.sign_in()
        fields = [
            {"label": "Name", "type": "TEXT", "isRequired": True},
            {"label": "Size", "type": "NUMBER", "options": {"max": 1000}},
            {"label": "Bought", "type": "DATE"},
            {"label": "State", "type": "PICKLIST", "options": {"values": ["New", "Used", "Broken"]}},
            {"label": "Sold", "type": "CHECKBOX"},
        ]
        _status, made = server.send(
            "POST", "/v1/custom-objects", {"name": f"Part {Parts.made}", "fields": fields}, self.token
        )
        self.name = made["apiName"]
        self.list = f"/o/{self.name}/?sort=name"
        self.path = f"/v1/custom-objects/{self.name}/records"

    def make(self, count: int) -> None:
        records = [
            {
                "op": "create",
                "data": {"name": f"P{number:03}", "size": number, "state": "New", "sold": number % 2 == 0},
            }
            for number in range(count)
        ]
        status, answer = self.server.send("POST", f"{self.path}/bulk", {"operations": records}, self.token)
        assert status == 200, answer

    def all(self) -> dict[str, dict[str, Any]]:
        """What each record holds, by its id."""
        _status, answer = self.server.send("GET", f"{self.path}?limit=100", token=self.token)
        return {record["id"]: record["data"] for record in answer["data"]}

    def held(self, name: str, field: str) -> Any:
        return next(data[field] for data in self.all().values() if data["name"] == name)

    def versions(self) -> int:
        """How often all records were changed, together."""
        _status, answer = self.server.send("GET", f"{self.path}?limit=100", token=self.token)
        return sum(record["version"] - 1 for record in answer["data"])


@pytest.fixture
def open_page(chromium: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    contexts, noise = [], []

    def note(message: ConsoleMessage) -> None:
        # What is refused is a 422, which is logged.
        if not any(expected in message.text for expected in ("422", "409", "ERR_INTERNET_DISCONNECTED")):
            noise.append(message.text)

    def open_(path: str, **options: Any) -> Page:
        context = chromium.new_context(**{"base_url": server.url, "locale": "en-US", **options})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.goto("/sign-in/")
        sign_in(page)
        page.goto(path)
        expect(page.get_by_role("grid")).to_be_visible()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert noise == []


def cell(page: Page, row: int, field: str) -> Locator:
    return page.locator("tbody tr[data-record]").nth(row).locator(f"[data-field={field}]")


class HeldWrites:
    """Writes that the server does not get before they are let go."""

    def __init__(self, page: Page) -> None:
        self.page, self.held, self.are_let_go = page, list[Route](), False
        page.route("**/cell/**", self._hold)

    def _hold(self, route: Route) -> None:
        if route.request.method == "POST" and not self.are_let_go:
            self.held.append(route)
        else:
            route.continue_()

    def release_after_a_second(self) -> None:
        self.page.wait_for_timeout(1_000)
        self.are_let_go = True
        assert self.held
        for route in self.held:
            route.continue_()


def note_time(target: Locator, wanted: str) -> None:
    """Have the page measure how long after the last key a cell shows something."""
    target.evaluate(
        """(cell, wanted) => {
            let pressed;
            document.addEventListener("keydown", () => (pressed = performance.now()), true);
            const look = () => cell.textContent.includes(wanted) && !cell.querySelector(".cell-editor")
                ? (window.shownAfter = performance.now() - pressed) : requestAnimationFrame(look);
            requestAnimationFrame(look);
        }""",
        wanted,
    )


def shown_after(page: Page) -> float:
    # The page's Content-Security-Policy refuses `wait_for_function` with a text.
    for _ in range(100):
        if (after := page.evaluate("window.shownAfter")) is not None:
            return float(after)
        page.wait_for_timeout(50)
    raise AssertionError("The cell never showed what was typed.")


@pytest.mark.parametrize("how", ["keyboard", "mouse", "narrow"])
def test_a_cell_is_edited(open_page: Callable[..., Page], parts: Parts, how: str) -> None:
    parts.make(3)
    page = open_page(parts.list, viewport={"width": 360 if how == "narrow" else 1280, "height": 800})
    size = cell(page, 1, "size")
    writes = HeldWrites(page)
    if how == "mouse":
        size.dblclick()
        expect(size.get_by_role("textbox")).to_have_value("1")
        page.keyboard.press("Control+a")
    else:
        cell(page, 1, "name").focus()
        page.keyboard.press("ArrowRight")
        expect(size).to_be_focused()
        page.keyboard.press("Enter")
    note_time(size, "42")
    page.keyboard.type("42")
    page.keyboard.press("Tab")
    # Long before the server has it.
    assert shown_after(page) < MAX_SHOWN_MS
    expect(size).to_have_attribute("aria-busy", "true")
    expect(cell(page, 1, "bought")).to_be_focused()
    writes.release_after_a_second()
    expect(size).not_to_have_attribute("aria-busy", "true")
    assert parts.held("P001", "size") == 42

    # A refusal comes back into the cell, with its reason and the text.
    size.click()
    page.keyboard.type("4200")
    page.keyboard.press("Enter")
    control = size.get_by_role("textbox")
    expect(control).to_be_focused()
    expect(control).to_have_value("4200")
    expect(size.get_by_role("alert")).to_have_text("Size must not be greater than 1000.")
    assert parts.held("P001", "size") == 42
    page.keyboard.press("Escape")
    expect(size).to_have_text("42")
    expect(size).to_be_focused()

    page.keyboard.press("Control+z")
    expect(size).to_have_text("1")
    expect(size).not_to_have_attribute("aria-busy", "true")
    assert parts.held("P001", "size") == 1
    page.keyboard.press("Control+Shift+z")
    expect(size).not_to_have_attribute("aria-busy", "true")
    expect(size).to_have_text("42")
    assert parts.held("P001", "size") == 42


def test_keys_of_a_spreadsheet(open_page: Callable[..., Page], parts: Parts) -> None:
    parts.make(30)
    page = open_page(parts.list)
    cell(page, 0, "size").click()
    for key, row, field in (
        ("ArrowDown", 1, "size"),
        ("Tab", 1, "bought"),
        ("Shift+Tab", 1, "size"),
        ("End", 1, "sold"),
        ("Control+Home", 0, ""),
        ("ArrowRight", 0, "name"),
        ("Control+ArrowDown", 29, "name"),
        ("PageUp", 14, "name"),
    ):
        page.keyboard.press(key)
        expect(cell(page, row, field) if field else page.locator("tbody tr").nth(row).locator(".pick")).to_be_focused()
    # A list by its letters, a box by the space bar, an empty cell by Delete.
    cell(page, 2, "state").click()
    page.keyboard.press("F2")
    page.keyboard.type("bro")
    page.keyboard.press("Enter")
    expect(cell(page, 2, "state")).to_have_text("Broken")
    expect(cell(page, 3, "state")).to_be_focused()
    page.keyboard.press("Delete")
    cell(page, 3, "sold").click()
    page.keyboard.press("Space")
    expect(cell(page, 3, "sold")).to_have_text("Yes")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    held = [(data["state"], data["sold"]) for data in parts.all().values() if data["name"] in ("P002", "P003")]
    assert sorted(held, key=str) == [("Broken", True), (None, True)]
    # Each is taken back for itself, the last one first.
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(cell(page, 2, "state")).to_have_text("New")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert {data["state"] for data in parts.all().values()} == {"New"}


def test_a_choice_is_made_by_keys(open_page: Callable[..., Page], parts: Parts) -> None:
    parts.make(3)
    page = open_page(parts.list)
    state = cell(page, 0, "state")
    control = page.locator(".cell-editor").get_by_role("combobox")
    options = page.get_by_role("option")
    # Escape leaves the cell as it was, whatever was typed.
    state.click()
    page.keyboard.type("us")
    expect(options).to_have_text(["Used"])
    page.keyboard.press("Escape")
    expect(state).to_have_text("New")
    expect(state).to_be_focused()
    # Tab takes what was found, and what is still to be found.
    for typed, chosen, is_awaited in (("us", "Used", True), ("bro", "Broken", False)):
        state.focus()
        page.keyboard.type(typed)
        if is_awaited:
            expect(options).to_have_text([chosen])
        page.keyboard.press("Tab")
        expect(state).to_have_text(chosen)
        expect(cell(page, 0, "sold")).to_be_focused()
    # Without a choice Tab and Enter only go on.
    for key, row, field in (("Tab", 0, "sold"), ("Shift+Tab", 0, "bought"), ("Enter", 1, "state")):
        state.focus()
        page.keyboard.press("F2")
        expect(control).to_be_focused()
        expect(options).to_have_count(3)
        page.keyboard.press(key)
        expect(cell(page, row, field)).to_be_focused()
    # A choice by the arrows, one by the mouse, and none at all.
    state.focus()
    page.keyboard.press("Enter")
    expect(options).to_have_count(3)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(state).to_have_text("Used")
    expect(cell(page, 1, "state")).to_be_focused()
    cell(page, 1, "state").dblclick()
    page.get_by_role("option", name="Broken").click()
    expect(cell(page, 1, "state")).to_have_text("Broken")
    expect(cell(page, 1, "state")).to_be_focused()
    cell(page, 2, "state").click()
    page.keyboard.press("Enter")
    expect(control).to_be_focused()
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(cell(page, 2, "state")).to_have_text("–")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert [parts.held(name, "state") for name in ("P000", "P001", "P002")] == ["Used", "Broken", None]


def test_a_lost_connection_loses_nothing(open_page: Callable[..., Page], parts: Parts) -> None:
    parts.make(2)
    page = open_page(parts.list)
    size = cell(page, 0, "size")
    size.click()
    page.keyboard.press("Enter")
    expect(size.get_by_role("textbox")).to_have_value("0")
    page.context.set_offline(True)
    page.keyboard.type("77")
    page.keyboard.press("Enter")
    expect(size).to_have_attribute(
        "title", "There is no connection. Nothing is lost: it is saved when you are connected again."
    )
    expect(size).to_have_text("77")
    page.context.set_offline(False)
    expect(size).not_to_have_attribute("aria-busy", "true")
    assert parts.held("P000", "size") == 77


def test_two_people_at_one_cell(open_page: Callable[..., Page], parts: Parts) -> None:
    parts.make(2)
    page = open_page(parts.list)
    size = cell(page, 0, "size")
    size.click()
    page.keyboard.press("Enter")
    expect(size.get_by_role("textbox")).to_have_value("0")
    id_ = next(id_ for id_, data in parts.all().items() if data["name"] == "P000")
    parts.server.send("PATCH", f"{parts.path}/{id_}", {"data": {"size": 7, "state": "Used"}}, parts.token)
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(size.locator(".clash")).to_contain_text("has 7 here now")
    expect(size.get_by_role("textbox")).to_have_value("5")
    size.get_by_role("button", name="Keep mine").click()
    expect(size).to_have_text("5")
    expect(cell(page, 0, "state")).to_have_text("Used")
    assert parts.held("P000", "size") == 5


def test_a_range_is_pasted_and_taken_back(open_page: Callable[..., Page], parts: Parts) -> None:
    parts.make(8)
    before = parts.all()
    page = open_page(parts.list)
    table = [[f"N{number}", str(number * 10), "12/31/2026"] for number in range(10)]
    page.evaluate("text => navigator.clipboard.writeText(text)", "\n".join("\t".join(row) for row in table))
    cell(page, 2, "name").click()
    page.keyboard.press("Control+v")
    dialog = page.get_by_role("dialog", name="Paste into")
    expect(dialog.get_by_role("status")).to_contain_text("6 will be changed, 4 will be made.")
    assert parts.all() == before
    dialog.get_by_role("button", name="Paste").press("Enter")
    expect(page.get_by_role("status").filter(has_text="6 changed, 4 made.")).to_be_visible()
    expect(page.locator("tbody tr[data-record]")).to_have_count(12)
    names = sorted(data["name"] for data in parts.all().values())
    assert names == ["N0", "N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9", "P000", "P001"]
    assert {data["bought"] for data in parts.all().values()} == {None, "2026-12-31"}
    # What is copied is what a spreadsheet takes.
    cell(page, 2, "name").click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "N0\t0\nN1\t10"
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("tbody tr[data-record]")).to_have_count(8)
    expect(cell(page, 2, "name")).to_have_text("P002")
    assert parts.all() == before

    # One cell is refused, and said why; fill down needs no question.
    page.evaluate("navigator.clipboard.writeText('1\\n5000')")
    cell(page, 0, "size").click()
    page.keyboard.press("Control+v")
    expect(dialog).to_contain_text("Size must not be greater than 1000.")
    dialog.get_by_role("link", name="Cancel").click()
    cell(page, 3, "size").click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    expect(cell(page, 5, "size")).to_have_text("3")
    assert parts.held("P005", "size") == 3
    page.keyboard.press("Control+z")
    expect(cell(page, 5, "size")).to_have_text("5")
    assert parts.all() == before


def test_fifty_are_changed_and_restored(open_page: Callable[..., Page], parts: Parts) -> None:
    parts.make(60)
    before = parts.all()
    page = open_page(parts.list)
    page.keyboard.press("x")
    for _ in range(49):
        page.keyboard.press("Shift+ArrowDown")
    bar = page.get_by_role("form", name="What is selected")
    expect(bar).to_contain_text("50 selected")
    bar.get_by_role("button", name="Edit").press("Enter")
    dialog = page.get_by_role("dialog", name="Edit 50 records")
    dialog.get_by_role("checkbox", name="State").check()
    state = dialog.get_by_role("combobox", name="New value of State")
    state.click()
    dialog.get_by_role("option", name="Used").click()
    expect(state).to_have_value("Used")
    # A second click is no second change.
    dialog.get_by_role("button", name="Change 50 records").dblclick()
    expect(page.get_by_role("status").filter(has_text="50 changed.")).to_be_visible()
    expect(cell(page, 49, "state")).to_have_text("Used")
    assert [data["state"] for data in parts.all().values()].count("Used") == 50
    assert parts.versions() == 50
    page.get_by_role("button", name="Undo").click()
    expect(cell(page, 49, "state")).to_have_text("New")
    assert parts.all() == before

    # Copies are made, and deleted.
    page.locator("tbody .pick input").nth(0).check()
    bar.get_by_role("button", name="Duplicate").click()
    expect(page.locator("tbody tr[data-record]")).to_have_count(61)
    page.locator("tbody .pick input").nth(60).check()
    bar.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog", name="Delete 1 record?").get_by_role("button", name="Delete").press("Enter")
    expect(page.locator("tbody tr[data-record]")).to_have_count(60)
    assert parts.all() == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_cells_are_edited(open_page: Callable[..., Page], parts: Parts, scheme: str) -> None:
    parts.make(5)
    page = open_page(parts.list, color_scheme=scheme)

    def look() -> None:
        found = Axe().run(page, options={"runOnly": RULES})
        assert found.violations_count == 0, found.generate_report()

    look()
    for field in ("size", "state", "bought"):
        cell(page, 1, field).click()
        page.keyboard.press("Enter")
        control = page.locator(".cell-editor").get_by_role("combobox" if field == "state" else "textbox")
        expect(control).to_be_focused()
        if field == "state":
            expect(page.get_by_role("option")).to_have_count(3)
        look()
        page.keyboard.press("Escape")
        expect(page.locator(".cell-editor")).to_have_count(0)
        expect(cell(page, 1, field)).to_be_focused()
    cell(page, 1, "size").click()
    page.keyboard.type("x")
    page.keyboard.press("Enter")
    expect(page.locator(".cell-editor .error")).to_be_visible()
    look()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("form", name="What is selected")).to_contain_text("Sum 3")
    look()
    cell(page, 0, "name").focus()
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("dialog").get_by_role("checkbox", name="State").check()
    look()


def test_without_scripts_what_is_ticked_is_asked_for(
    open_page: Callable[..., Page], parts: Parts, chromium: Browser
) -> None:
    parts.make(3)
    context = chromium.new_context(base_url=parts.server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in/")
    sign_in(page)
    page.goto(parts.list)
    page.get_by_role("checkbox", name="Select P001").check()
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("checkbox", name="Size").check()
    page.get_by_label("New value of Size").fill("9")
    page.get_by_role("button", name="Change 1 record").click()
    expect(page.get_by_text("1 changed.")).to_be_visible()
    assert parts.held("P001", "size") == 9
    page.get_by_role("checkbox", name="Select P002").check()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("1 deleted.")).to_be_visible()
    assert len(parts.all()) == 2
    context.close()
