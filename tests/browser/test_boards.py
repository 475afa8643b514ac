"""Kanbans, calendars and charts in a real browser: by mouse, by keyboard, and on a narrow page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.checks import expect_no_violations
from tests.browser.pages import take, undo

pytestmark = pytest.mark.slow

# What says of an element that it is a place of a board, and which.
PLACES = {"calendar": "day", "kanban": "column"}


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
    waiting: list[Route] = []

    def hold_reading(route: Route) -> None:
        if route.request.resource_type == "fetch" and route.request.method == "GET":
            waiting.append(route)
        else:
            route.fallback()

    page.route(re.compile("/o/project/v/"), hold_reading)
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
        waiting.pop().continue_()
    page.unroute_all()
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
    page.wait_for_function("document.querySelector('.kanban').scrollLeft > 50")
    assert counts(page) == before
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
    assert counts(page) == before
    # Let go where no column is, it stays where it was.
    card = column(page, source).locator(".board-card").first
    finger(page, middle(card), (500, 20), rests=700)
    expect(page.locator(".drag-ghost")).to_have_count(0)
    assert counts(page) == before


def test_a_column_is_added(open_page: Callable[..., Page]) -> None:
    page = open_page("/", viewport={"width": 1600, "height": 900})
    new_view(page, "kanban", Columns_by="Account")
    labels_before = labels(page)
    page.get_by_role("button", name="Add column…").click()
    page.get_by_role("combobox", name="Account").fill("a")
    options = page.get_by_role("option").filter(has_not_text="Create")
    expect(options.nth(5)).to_be_visible()
    label = next(name for name in map(str.strip, options.all_inner_texts()) if name and name not in labels_before)
    options.filter(has_text=label).first.click()
    page.wait_for_url(re.compile(r"add="))
    assert set(labels(page)) >= set(labels_before)
    expect(column(page, label)).to_be_visible()
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
    assert canvas.evaluate(drawn) > 10, "something is drawn"
    rows = page.locator("tbody tr")
    box = canvas.bounding_box()
    assert box
    bar = canvas.evaluate("canvas => Chart.getChart(canvas).getDatasetMeta(0).data[0].getCenterPoint()")
    page.mouse.click(box["x"] + bar["x"], box["y"] + bar["y"])
    page.wait_for_url(re.compile(r"/o/project/\?filter=stage"))
    assert rows.count()


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


def test_moves_are_undone_by_keys(open_page: Callable[..., Page]) -> None:
    page = open_page("/", width=1600)
    new_view(page, "kanban", Columns_by="Stage")
    source, target = filled_columns(page)
    before = counts(page)
    card = column(page, source).locator(".board-card").first
    name = card.locator("a").first.inner_text()
    card.drag_to(column(page, target))
    expect(page.locator(".toast").last).to_contain_text(f"{name} is moved to {target}.")
    page.keyboard.press("Control+z")
    expect(page.locator(".toast").last).to_contain_text("Undone.")
    expect(column(page, source).locator(".board-card").filter(has_text=name)).to_be_visible()
    assert counts(page) == before
    page.keyboard.press("Control+y")
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
    assert counts(page) == before
    page.get_by_role("button", name="More of Projects").click()
    expect(last).to_contain_text("Nothing was changed here")


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
