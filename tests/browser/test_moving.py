"""Cards of kanbans and entries of calendars are moved in a real browser: by mouse, by keyboard, and by touch."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.boards import column, counts, expect_counts, filled_columns, labels, new_kanban, new_view
from tests.browser.pages import Held, undo

pytestmark = pytest.mark.slow

# What says of an element that it is a place of a board, and which.
PLACES = {"calendar": "day", "kanban": "column"}


def test_a_card_is_dragged_and_taken_back(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    source, target, before, card, name = new_kanban(page)
    card.drag_to(column(page, target))
    expect(page.locator(".toast").last).to_contain_text(f"{name} is moved to {target}.")
    expect(column(page, target).locator(".board-card").filter(has_text=name)).to_be_visible()
    at = labels(page).index(source)
    moved = [*before[:at], before[at] - 1, before[at + 1] + 1, *before[at + 2 :]]
    expect_counts(page, moved)
    page.reload()
    expect(column(page, target).locator(".board-card").filter(has_text=name)).to_be_visible()
    expect_counts(page, moved)


def test_a_card_is_moved_by_keys(open_page: Callable[..., Page]) -> None:
    page = open_page("/", width=1600)
    source, target, before, card, name = new_kanban(page)
    said = page.locator("[data-said]")
    card.focus()
    page.keyboard.press("Space")
    expect(said).to_contain_text(f"Picked up {name}.")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text(target)
    page.keyboard.press("Escape")
    expect(said).to_contain_text(f"{name} is back in {source}")
    expect_counts(page, before)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(said).to_contain_text(f"{name} is moved to {target}.")
    moved = column(page, target).locator(".board-card").filter(has_text=name)
    expect(moved, "the focus stays on the card").to_be_focused()
    undo(page)
    expect_counts(page, before)


def test_a_card_is_moved_by_its_menu_on_a_narrow_page(open_page: Callable[..., Page]) -> None:
    page = open_page("/", width=360)
    _source, target, before, card, name = new_kanban(page)
    card.get_by_role("link", name=f"Move {name} to").click()
    page.locator("#move-menu").get_by_role("button", name=target, exact=True).click()
    expect(page.locator(".toast").last).to_contain_text(f"{name} is moved to {target}.")
    expect(column(page, target).locator(".board-card").filter(has_text=name)).to_have_count(1)
    undo(page)
    expect_counts(page, before)


def test_what_is_refused_goes_back_with_the_reason(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    source, target, before, card, name = new_kanban(page)
    column(page, target).evaluate("column => { column.dataset.column = 'gone' }")
    card.drag_to(column(page, target))
    expect(page.locator(".toast.error")).to_contain_text("must be one of")
    expect(column(page, source).locator(".board-card").first).to_contain_text(name)
    expect_counts(page, before)


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
    # It is told when the month is read anew: until then entries may shift beneath the mouse.
    expect(page.locator("[data-said]")).to_contain_text(f"{name} is moved to")
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


@pytest.mark.parametrize(("kind", "choices"), [("calendar", {"Dates": "Due On"}), ("kanban", {"Columns_by": "Stage"})])
def test_what_is_held_is_not_replaced(open_page: Callable[..., Page], kind: str, choices: dict[str, str]) -> None:
    """A board reads itself anew after a move. Who holds an entry when the answer comes, can drag it on."""
    page = open_page("/", width=1600)
    new_view(page, kind, **choices)
    reading = Held(page, "/o/project/v/")
    card = page.locator(".entry, .board-card").first
    name = card.locator("a").first.inner_text()
    card = page.locator(".entry, .board-card").filter(has_text=name)
    places = page.locator("[data-day]:visible, .kanban-column").filter(has_not_text=name)
    first, second = (element.get_attribute(f"data-{PLACES[kind]}") for element in places.element_handles()[:2])
    card.drag_to(page.locator(f"[data-{PLACES[kind]}='{first}']"))
    expect(page.locator(".toast").last).to_contain_text(f"{name} is moved to")
    card.hover()
    page.mouse.down()
    with page.expect_response(re.compile("/o/project/v/")):
        reading.let_go()
    page.evaluate("new Promise(requestAnimationFrame)")
    there = page.locator(f"[data-{PLACES[kind]}='{second}']")
    page.mouse.move(*middle(there), steps=5)
    page.mouse.up()
    expect(there).to_contain_text(name)
    expect(page.locator(".toast").filter(has_text=name)).to_have_count(2)


def finger(page: Page, start: tuple[float, float], *moves: tuple[float, float], rests: int) -> None:
    """A finger is put down, rests for so many milliseconds, moves, and is lifted."""
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": start[0], "y": start[1]}]})
    page.wait_for_timeout(rests)
    at = start
    for to in moves:
        for step in range(1, 9):
            point = {"x": at[0] + (to[0] - at[0]) * step / 8, "y": at[1] + (to[1] - at[1]) * step / 8}
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
            page.wait_for_timeout(20)
        at = to
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"], 60) / 2


def test_a_card_is_dragged_by_touch_and_the_board_scrolls_by_touch(open_page: Callable[..., Page]) -> None:
    page = open_page("/", viewport={"width": 1400, "height": 700}, has_touch=True, is_mobile=True)
    new_view(page, "kanban", Columns_by="Stage")
    source, target = filled_columns(page)
    before = counts(page)
    board = page.locator(".kanban")
    # A finger that moves at once scrolls.
    start = middle(column(page, source).locator(".board-card").first)
    finger(page, start, (start[0] - 200, start[1]), rests=0)
    page.wait_for_function("() => document.querySelector('.kanban').scrollLeft > 50")
    expect_counts(page, before)
    # It scrolls on for a while after the finger is lifted.
    page.wait_for_timeout(1500)
    board.evaluate("board => { board.scrollLeft = 0 }")
    card = column(page, source).locator(".board-card").first
    name = card.locator("a").first.inner_text()
    there = middle(column(page, target))
    finger(page, middle(card), there, rests=700)
    expect(page.locator(".toast").last).to_contain_text(f"{name} is moved to {target}.")
    expect(column(page, target).locator(".board-card").filter(has_text=name)).to_be_visible()
    expect(page.locator(".drag-ghost")).to_have_count(0)
    undo(page)
    expect_counts(page, before)
    # Let go where no column is, it stays where it was.
    card = column(page, source).locator(".board-card").first
    finger(page, middle(card), (500, 20), rests=700)
    expect(page.locator(".drag-ghost")).to_have_count(0)
    expect_counts(page, before)


def test_moves_are_undone_by_keys(open_page: Callable[..., Page]) -> None:
    page = open_page("/", width=1600)
    source, target, before, card, name = new_kanban(page)
    card.drag_to(column(page, target))
    expect(page.locator(".toast").last).to_contain_text(f"{name} is moved to {target}.")
    page.keyboard.press("Control+z")
    expect(page.locator(".toast").last).to_contain_text("Undone.")
    expect(column(page, source).locator(".board-card").filter(has_text=name)).to_be_visible()
    expect_counts(page, before)
    page.keyboard.press("Control+y")
    expect(page.locator(".toast").last).to_contain_text("Done again.")
    expect(column(page, target).locator(".board-card").filter(has_text=name)).to_be_visible()
    page.keyboard.press("Control+z")
    expect(column(page, source).locator(".board-card").filter(has_text=name)).to_be_visible()


def test_moves_are_undone_by_the_menu(open_page: Callable[..., Page]) -> None:
    page = open_page("/", width=1600)
    new_view(page, "kanban", Columns_by="Stage")
    source, target = filled_columns(page)
    before = counts(page)
    names = []
    for _ in range(2):
        card = column(page, source).locator(".board-card").first
        names.append(card.locator("a").first.inner_text())
        card.drag_to(column(page, target))
        expect(page.locator(".toast").last).to_contain_text(f"{names[-1]} is moved to {target}.")
    # What keys have taken back is not taken back by the menu.
    page.keyboard.press("Control+z")
    expect(page.locator(".toast").last).to_contain_text("Undone.")
    page.reload()
    last = page.get_by_role("button", name="Undo last change")
    page.get_by_role("button", name="More of Projects").click()
    expect(last).to_contain_text(f"{names[0]} is moved to {target}.")
    last.click()
    expect(page.locator(".toast").last).to_contain_text("Undone.")
    expect_counts(page, before)
    more, redo = page.get_by_role("button", name="More of Projects"), page.get_by_role("button", name="Redo")
    more.click()
    expect(last).to_contain_text("There is nothing to undo")
    # What was undone last is done again, and can be undone once more; then nothing is left to be done again.
    expect(redo).to_contain_text(f"{names[0]} is moved to {target}.")
    redo.click()
    expect(page.locator(".toast").last).to_contain_text("Done again.")
    expect(column(page, target).locator(".board-card").filter(has_text=names[0])).to_be_visible()
    more.click()
    expect(last).to_contain_text("Done again.")
    expect(redo).to_be_hidden()
    last.click()
    expect(page.locator(".toast").last).to_contain_text("Undone.")
    expect_counts(page, before)
    # Who does something else has nothing to do again.
    column(page, source).locator(".board-card").first.drag_to(column(page, target))
    expect(page.locator(".toast").last).to_contain_text(f"is moved to {target}.")
    more.click()
    expect(last).to_contain_text(f"is moved to {target}.")
    expect(redo).to_be_hidden()
