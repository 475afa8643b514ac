"""Kanbans, calendars and charts in a real browser: by mouse, by keyboard, and on a narrow page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import undo

pytestmark = pytest.mark.slow


def new_view(page: Page, kind: str, **choices: str) -> None:
    """Make a view of projects by its form; the page is that of the view then."""
    page.goto(f"/o/project/v/new/?kind={kind}")
    page.get_by_label("Name").fill(f"My {kind}")
    for label, option in choices.items():
        page.get_by_label(label.replace("_", " "), exact=True).select_option(label=option)
    page.get_by_role("button", name="Create view").click()
    expect(page.get_by_role("heading", name="Projects", exact=True, level=1)).to_be_visible()
    tab = page.get_by_role("navigation", name="Views").locator("[aria-current=page]")
    expect(tab, "one tab is open").to_have_count(1)
    expect(tab, "it is the view's").to_contain_text(f"My {kind}")
    expect(tab, "it is in sight").to_be_in_viewport()


def column(page: Page, label: str) -> Locator:
    return page.locator(".kanban-column").filter(has=page.get_by_role("heading", name=label, exact=True))


def counts(page: Page) -> list[int]:
    return [int(text) for text in page.locator("[data-count]").all_inner_texts()]


def labels(page: Page) -> list[str]:
    return page.locator("[data-label]").all_inner_texts()


def filled_columns(page: Page) -> tuple[str, str]:
    """The labels of two neighbouring columns, of which the first has cards."""
    names, numbers = labels(page), counts(page)
    at = next(place for place, number in enumerate(numbers[:-1]) if number)
    return names[at], names[at + 1]


def test_a_card_is_dragged_and_taken_back(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    new_view(page, "kanban", Columns_by="Stage")
    source, target = filled_columns(page)
    before = counts(page)
    card = column(page, source).locator(".board-card").first
    name = card.locator("a").first.inner_text()
    card.drag_to(column(page, target))
    expect(page.locator(".toast").last).to_contain_text(f"{name} is moved to {target}.")
    expect(column(page, target).locator(".board-card").filter(has_text=name)).to_be_visible()
    at = labels(page).index(source)
    assert counts(page) == [*before[:at], before[at] - 1, before[at + 1] + 1, *before[at + 2 :]]
    page.reload()
    expect(column(page, target).locator(".board-card").filter(has_text=name)).to_be_visible()
    assert counts(page)[at] == before[at] - 1


def test_a_card_is_moved_by_keys(open_page: Callable[..., Page]) -> None:
    page = open_page("/", width=1600)
    new_view(page, "kanban", Columns_by="Stage")
    source, target = filled_columns(page)
    before = counts(page)
    card = column(page, source).locator(".board-card").first
    name = card.locator("a").first.inner_text()
    said = page.locator("[data-said]")
    card.focus()
    page.keyboard.press("Space")
    expect(said).to_contain_text(f"Picked up {name}.")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text(target)
    page.keyboard.press("Escape")
    expect(said).to_contain_text(f"{name} is back in {source}")
    assert counts(page) == before
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(said).to_contain_text(f"{name} is moved to {target}.")
    moved = column(page, target).locator(".board-card").filter(has_text=name)
    expect(moved, "the focus stays on the card").to_be_focused()
    undo(page)
    assert counts(page) == before


def test_a_card_is_moved_by_its_menu_on_a_narrow_page(open_page: Callable[..., Page]) -> None:
    page = open_page("/", width=360)
    new_view(page, "kanban", Columns_by="Stage")
    source, target = filled_columns(page)
    before = counts(page)
    card = column(page, source).locator(".board-card").first
    name = card.locator("a").first.inner_text()
    card.get_by_role("link", name=f"Move {name} to").click()
    page.locator("#move-menu").get_by_role("button", name=target, exact=True).click()
    expect(page.locator(".toast").last).to_contain_text(f"{name} is moved to {target}.")
    expect(column(page, target).locator(".board-card").filter(has_text=name)).to_have_count(1)
    undo(page)
    assert counts(page) == before


def test_what_is_refused_goes_back_with_the_reason(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    new_view(page, "kanban", Columns_by="Stage")
    source, target = filled_columns(page)
    before = counts(page)
    card = column(page, source).locator(".board-card").first
    name = card.locator("a").first.inner_text()
    column(page, target).evaluate("column => { column.dataset.column = 'gone' }")
    card.drag_to(column(page, target))
    expect(page.locator(".toast.error")).to_contain_text("must be one of")
    expect(column(page, source).locator(".board-card").first).to_contain_text(name)
    assert counts(page) == before


def test_an_entry_is_dragged_to_another_day(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    new_view(page, "calendar", Dates="Due On")
    day = datetime.now(UTC).date().replace(day=10)
    target, other = (page.locator(f"[data-day='{day.replace(day=number)}']") for number in (10, 11))
    place = page.locator(".without .entry, .calendar .entry").first
    if not place.count():
        pytest.skip("no project is due this month")
    name = place.locator("a").first.inner_text()
    place.drag_to(target)
    expect(page.locator(".toast").last).to_contain_text(f"{name} is moved to")
    expect(target).to_contain_text(name)
    target.locator(".entry").filter(has_text=name).drag_to(other)
    expect(page.locator(".toast").last).to_contain_text(" 11, ")
    expect(other).to_contain_text(name)
    undo(page)
    expect(target).to_contain_text(name)
    target.locator(".entry").filter(has_text=name).hover()
    target.get_by_role("link", name=f"Move {name} to").click()
    page.get_by_label("Due On").fill(day.replace(day=11).isoformat())
    page.get_by_role("button", name="Move").click()
    expect(other).to_contain_text(name)


@pytest.mark.parametrize("kind", ["Bars", "A line", "A pie"])
def test_a_chart_is_drawn_and_its_bars_lead_to_records(open_page: Callable[..., Page], kind: str) -> None:
    page = open_page("/")
    new_view(page, "chart", Shown_as=kind, For_each="Stage")
    canvas = page.locator("canvas")
    expect(canvas).to_be_visible()
    drawn = "canvas => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size"
    assert canvas.evaluate(drawn) > 10, "something is drawn"
    rows = page.locator("tbody tr")
    box = canvas.bounding_box()
    assert box
    bar = canvas.evaluate("canvas => Chart.getChart(canvas).getDatasetMeta(0).data[0].getCenterPoint()")
    page.mouse.click(box["x"] + bar["x"], box["y"] + bar["y"])
    page.wait_for_url(re.compile(r"/o/project/\?filter=stage"))
    assert rows.count()
