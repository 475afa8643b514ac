"""Kanbans, calendars and charts in a real browser: what they show, and what leads from them to records."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.boards import column, filled_columns, labels, new_view
from tests.browser.checks import expect_no_violations
from tests.browser.pages import cells_of, combobox, take
from tests.server import wait_until

pytestmark = pytest.mark.slow


def test_a_column_is_added(open_page: Callable[..., Page]) -> None:
    page = open_page("/", viewport={"width": 1600, "height": 900})
    new_view(page, "kanban", Columns_by="Account")
    labels_before = labels(page)
    page.get_by_role("button", name="Add column…").click()
    combobox(page, "Account").fill("a")
    options = page.get_by_role("option").filter(has_not_text="Create")
    expect(options.nth(5)).to_be_visible()
    label = next(name for name in map(str.strip, options.all_inner_texts()) if name and name not in labels_before)
    take(page.locator("body"), "Account", label)
    page.wait_for_url(re.compile(r"add="))
    expect(column(page, label)).to_be_visible()
    page.wait_for_load_state()
    assert set(labels(page)) >= set(labels_before)
    expect_no_violations(page)


def test_tabs_are_moved_by_menu_and_by_drag_and_boards_saved_as_boards(open_page: Callable[..., Page]) -> None:
    # Wide enough for the tabs of all that the tests before have made.
    page = open_page("/", viewport={"width": 2600, "height": 900})
    for kind, choices in (("chart", {"For_each": "Stage"}), ("calendar", {"Dates": "Due On"})):
        new_view(page, kind, **choices)
    # Own views come behind those that are shared, and are moved among themselves.
    tabs = page.locator("#views .tab[data-among=own]")
    page.get_by_role("button", name="New view").click()
    page.get_by_role("button", name="Save this calendar as a view").click()
    page.get_by_role("dialog", name="Save as view").get_by_label("Name").fill("The same")
    page.get_by_role("dialog", name="Save as view").get_by_role("button", name="Save").click()
    expect(tabs.filter(has_text="The same")).to_have_attribute("aria-current", "page")
    expect(page.locator("table.calendar")).to_be_visible()
    count = tabs.count()
    page.keyboard.press("Tab")
    page.get_by_role("button", name="The view The same: what to do with it").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move left").press("Enter")
    expect(page.locator(".toast").last).to_contain_text("The view The same is moved.")
    expect(tabs.nth(count - 2)).to_contain_text("The same")
    with page.expect_response(re.compile(r"/place/$")):
        tabs.nth(count - 2).drag_to(tabs.nth(0))
    expect(tabs.nth(0)).to_contain_text("The same")
    page.reload()
    expect(tabs.nth(0)).to_contain_text("The same")
    expect_no_violations(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_rows_are_coloured_and_right_again_after_an_edit(open_page: Callable[..., Page], theme: str) -> None:
    page = open_page("/o/project/?columns=name,stage,budget&sort=name", color_scheme=theme)
    page.get_by_role("link", name="Colour", exact=True).click()
    expect(page.get_by_role("group", name="Colour")).to_be_visible()
    panel = page.get_by_role("dialog", name="Filter")
    take(panel, "Field", "Budget")
    expect(panel.get_by_role("combobox", name="Operator")).to_be_focused()
    take(panel, "Operator", "is at least")
    expect(panel.get_by_label("Value")).to_be_focused()
    panel.get_by_label("Value").fill("1")
    page.get_by_label("Red", exact=True).check(force=True)
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(re.compile(r"color=c42b1c\.row\.budget__gte"))
    row = page.locator("tr[data-record].tinted").first
    expect(row).to_have_class(re.compile("hue-red"))
    expect_no_violations(page)
    record = row.get_attribute("data-record")
    cell = page.locator(f"tr[data-record='{record}'] [data-field='budget']")
    cell.click()
    page.keyboard.press("Delete")
    expect(page.locator(f"tr[data-record='{record}']")).not_to_have_class(re.compile("tinted"))
    page.keyboard.press("Control+z")
    expect(page.locator(f"tr[data-record='{record}']")).to_have_class(re.compile("tinted"))
    page.get_by_role("link", name=re.compile("Remove the colour of Budget")).click()
    expect(page.locator(".tinted")).to_have_count(0)


@pytest.mark.parametrize("kind", ["Bars", "A line", "A pie"])
def test_a_chart_is_drawn_and_its_bars_lead_to_records(open_page: Callable[..., Page], kind: str) -> None:
    page = open_page("/")
    new_view(page, "chart", Shown_as=kind, For_each="Stage")
    canvas = page.locator("canvas")
    expect(canvas).to_be_visible()
    drawn = "canvas => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size"
    wait_until(lambda: canvas.evaluate(drawn) > 10, "nothing is drawn")
    # The table beneath the drawing has its figures; the first bar is that of the first row.
    first = page.locator("record-chart tbody tr").first
    stage, figure = first.locator("a").inner_text(), int(first.get_attribute("data-value") or "")
    box = canvas.bounding_box()
    assert box
    bar = canvas.evaluate("canvas => Chart.getChart(canvas).getDatasetMeta(0).data[0].getCenterPoint()")
    page.mouse.click(box["x"] + bar["x"], box["y"] + bar["y"])
    page.wait_for_url(re.compile(r"/o/project/\?filter=stage"))
    records = page.locator("tr[data-record]")
    expect(records).to_have_count(figure)
    assert figure > 0
    assert cells_of(page, "stage") == [stage] * figure


def test_cards_open_in_the_drawer(open_page: Callable[..., Page]) -> None:
    page = open_page("/", width=1600)
    new_view(page, "kanban", Columns_by="Stage")
    address = page.url
    source, _target = filled_columns(page)
    column(page, source).locator(".board-card dl").first.click()
    drawer = page.locator("dialog.drawer")
    names = column(page, source).locator(".card-head a:first-child").all_inner_texts()
    expect(drawer.get_by_role("heading", level=1)).to_have_text(names[0])
    page.keyboard.press("j")
    expect(drawer.get_by_role("heading", level=1)).to_have_text(names[1])
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(page).to_have_url(address)
    expect(page.locator(".board-card").filter(has_text=names[1])).to_be_focused()
    page.get_by_role("link", name=re.compile(f"^New Project in {source}$")).click()
    expect(drawer.get_by_role("combobox", name="Stage")).to_have_value(source)
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_boards_are_searched_and_coloured(open_page: Callable[..., Page], theme: str) -> None:
    page = open_page("/", color_scheme=theme)
    new_view(page, "kanban", Columns_by="Stage")
    name = page.locator(".card-head a").first.inner_text()
    page.get_by_role("searchbox", name="Search Projects").fill(name)
    expect(page.locator(".board-card")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"search="))
    page.get_by_role("link", name="Colour", exact=True).click()
    panel = page.get_by_role("dialog", name="Filter")
    take(panel, "Field", "Name")
    expect(panel.get_by_role("combobox", name="Operator")).to_be_focused()
    panel.get_by_label("Value").fill(name)
    page.get_by_label("Red", exact=True).check(force=True)
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".board-card.tinted")).to_have_count(1)
    expect_no_violations(page)
    page.get_by_role("button", name="Update this view").click()
    expect(page).to_have_url(re.compile(r"/v/[^/]+/$"))
    expect(page.locator(".board-card.tinted")).to_have_count(1)


def test_a_narrow_board_begins_with_cards(open_page: Callable[..., Page]) -> None:
    page = open_page("/", width=360)
    new_view(page, "kanban", Columns_by="Stage")
    first = page.locator(".board-card").first
    expect(first).to_be_in_viewport()
    expect(column(page, labels(page)[-1]), "who have no stage come last").to_contain_text("No Stage")


def test_a_click_on_a_day_makes_a_new_one_there(open_page: Callable[..., Page]) -> None:
    page = open_page("/", width=1600)
    new_view(page, "calendar", Dates="Due On")
    day = datetime.now(UTC).date().replace(day=10)
    page.locator(f"td[data-day='{day}']").click(position={"x": 40, "y": 80})
    drawer = page.locator("dialog.drawer")
    expect(drawer.get_by_label("Due On")).to_have_value(re.compile(str(day.year)))
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
