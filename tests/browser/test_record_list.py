"""An object's list in a real browser: columns, order, pages, figures and groups, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import MAX_TABS, Hands, Held, cells_of, fits, picture
from tests.browser.parts import Parts
from tests.server import Server

pytestmark = pytest.mark.slow


def heads(page: Page) -> Locator:
    return page.locator("thead th[data-field]")


def fields(page: Page) -> list[str]:
    return [str(head.get_attribute("data-field")) for head in heads(page).all()]


def use_menu(page: Page, column: str, action: str) -> None:
    """Choose what to do with a column, by its menu."""
    page.get_by_role("columnheader", name=column).hover()
    page.get_by_role("button", name=f"{column}: what to do with the column").click()
    page.locator("#column-menu").get_by_role("button", name=action, exact=True).click()


def test_columns_are_chosen_moved_sized_and_kept(open_page: Callable[..., Page]) -> None:
    page = open_page("/o/project/", viewport={"width": 1900, "height": 800})
    before = fields(page)
    use_menu(page, "Stage", "Hide")
    expect(heads(page)).to_have_count(len(before) - 1)
    assert "stage" not in fields(page)
    page.get_by_role("button", name="Columns").click()
    panel = page.locator("#columns-panel")
    panel.get_by_role("checkbox", name="Owner").check()
    expect(page.get_by_role("columnheader", name="Owner")).to_be_visible()
    expect(panel.get_by_role("checkbox", name="Owner"), "the panel stays open, at what was ticked").to_be_focused()
    panel.get_by_role("button", name="Move Owner up").click()
    last = before[-1]
    expect(heads(page).last).to_have_attribute("data-field", last)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    # By dragging the edge of its head.
    edge = page.get_by_role("columnheader", name="Owner").locator("[data-edge]").bounding_box()
    assert edge is not None
    width = page.locator("thead [data-field=ownerId]").bounding_box()["width"]  # type: ignore[index]
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.mouse.move(edge["x"] + 3, edge["y"] + 9)
        page.mouse.down()
        page.mouse.move(edge["x"] + 63, edge["y"] + 9)
        page.mouse.up()
    use_menu(page, "Owner", "Freeze up to here")
    expect(page.locator("list-columns")).to_have_attribute("data-frozen", str(len(before) - 1))
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="Higher rows").click()
    page.reload()
    assert fields(page) == [*[name for name in before if name not in ("stage", last)], "ownerId", last]
    expect(page.locator("thead [data-field=ownerId]")).to_have_css("position", "sticky")
    expect(page.locator("html")).to_have_attribute("data-density", "comfortable")
    kept = page.locator("col[data-field=ownerId]").get_attribute("width")
    assert abs(float(kept or 0) - width - 60) <= 2
    page.get_by_role("button", name="Higher rows").click()
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    use_menu(page, "Name", "Freeze up to here")
    expect(page.locator("list-columns")).to_have_attribute("data-frozen", "1")
    page.get_by_role("button", name="Columns").click()
    panel.get_by_role("button", name="Reset").click()
    expect(heads(page)).to_have_count(len(before))
    assert fields(page) == before


def test_sorted_by_two_and_back(open_page: Callable[..., Page]) -> None:
    page = open_page("/o/asset/")
    page.get_by_role("link", name="Status").click()
    status = page.get_by_role("columnheader", name="Status")
    expect(status).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("link", name="Name").click(modifiers=["Shift"])
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
    expect(page).to_have_url(re.compile(r"sort=status(,|%2C)name"))
    names = [
        name for name, state in zip(cells_of(page, "name"), cells_of(page, "status"), strict=True) if state == "Running"
    ]
    assert len(names) > 5
    assert names == sorted(names, key=str.lower)
    use_menu(page, "Name", "Do not sort by it")
    expect(page).to_have_url(re.compile(r"sort=status$"))
    page.go_back()
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
    page.go_back()
    expect(page.get_by_role("columnheader", name="Name")).not_to_have_attribute("aria-sort", "ascending")
    page.go_back()
    expect(status).not_to_have_attribute("aria-sort", "ascending")


def test_sorted_by_three_by_keyboard(open_page: Callable[..., Page], server: Server) -> None:
    parts = Parts(server)
    parts.make(6)
    parts.change("P004", state="Used")
    page = open_page(parts.page)
    hands, menu = Hands(page, "keyboard"), page.locator("#column-menu")
    expect(page.get_by_role("grid")).to_be_visible()
    for column, action, direction in (
        ("State", "Sort ascending", "ascending"),
        ("Sold", "Then by it, descending", "descending"),
        ("Size", "Then by it, ascending", "ascending"),
    ):
        button = page.get_by_role("button", name=f"{column}: what to do with the column")
        hands.press(button)
        expect(menu.get_by_role("button", name="Sort ascending")).to_be_focused()
        for _ in range(MAX_TABS):
            if page.evaluate("document.activeElement.textContent.trim()") == action:
                break
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("columnheader", name=column)).to_have_attribute("aria-sort", direction)
        expect(button, "one goes on where one was").to_be_focused()
    expect(page).to_have_url(re.compile(r"sort=state(,|%2C)-sold(,|%2C)size$"))
    expect(page.locator("tbody [data-field=name]")).to_have_text(["P000", "P002", "P001", "P003", "P005", "P004"])
    # What is sorted by already is not offered once more.
    hands.press(page.get_by_role("button", name="Size: what to do with the column"))
    expect(menu.get_by_role("button", name="Do not sort by it")).to_be_visible()
    expect(menu.get_by_role("button", name="Then by it")).to_have_count(0)


def test_going_back_twice_at_once_shows_the_first_list(open_page: Callable[..., Page]) -> None:
    page = open_page("/o/asset/")
    status = page.get_by_role("columnheader", name="Status")
    for direction in ("ascending", "descending"):
        page.get_by_role("link", name="Status").click()
        expect(status).to_have_attribute("aria-sort", direction)
    held = Held(page, r"/o/asset/\?sort=")
    page.evaluate("history.back()")
    page.wait_for_url(re.compile(r"sort=status$"))
    held.wait()
    page.evaluate("history.back()")
    expect(status).not_to_have_attribute("aria-sort", re.compile("ascending|descending"))
    # The list between comes late.
    held.let_go()
    page.evaluate("fetch('/o/asset/?page=2').then((answer) => answer.text())")
    expect(status).not_to_have_attribute("aria-sort", re.compile("ascending|descending"))


def test_more_rows_and_pages_by_number(open_page: Callable[..., Page]) -> None:
    page = open_page("/o/asset/?sort=name")
    rows = page.locator("tbody tr[data-record]")
    expect(rows).to_have_count(100)
    # More come by themselves, when one is at the end.
    page.locator(".table-frame").evaluate("frame => frame.scrollTo(0, frame.scrollHeight)")
    expect(rows).to_have_count(150)
    expect(page.get_by_text("1–150 of 150")).to_be_visible()
    names = cells_of(page, "name")
    assert len(set(names)) == 150
    expect(page.get_by_role("link", name="Load more")).to_have_count(0)
    page.get_by_label("Page", exact=True).fill("2")
    page.get_by_role("button", name="Go").click()
    expect(rows).to_have_count(50)
    assert cells_of(page, "name") == names[100:]
    page.get_by_role("link", name="Previous").click()
    expect(rows).to_have_count(100)
    page.get_by_role("link", name="Next", exact=True).click()
    expect(rows).to_have_count(50)


def test_figures_below_columns(open_page: Callable[..., Page]) -> None:
    page = open_page("/o/asset/?search=pump")
    foot = page.locator("tfoot [data-field=purchase_cost]")
    foot.get_by_role("button").click()
    menu = page.locator("#figure-menu")
    expect(menu.get_by_role("button", name="None")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(foot.get_by_role("button")).to_be_focused()
    costs = [
        float(cost.strip("$").replace(",", "")) for cost in cells_of(page, "purchase_cost") if cost.startswith("$")
    ]
    expect(foot).to_contain_text(f"Sum ${sum(costs):,.2f}")
    page.reload()
    expect(foot, "it is in the address").to_contain_text(f"Sum ${sum(costs):,.2f}")
    foot.get_by_role("button").click()
    menu.get_by_role("button", name="Filled").click()
    expect(foot).to_contain_text(f"Filled {len(costs)}")


def test_groups(open_page: Callable[..., Page]) -> None:
    page = open_page("/o/asset/?footer=purchase_cost:sum")
    page.get_by_role("button", name="Group").click()
    page.locator("#group-menu").get_by_role("link", name="Status").click()
    expect(page).to_have_url(re.compile("group=status"))
    groups = page.locator("tbody.group")
    expect(groups).to_have_count(3)
    first = groups.first
    count = int(first.locator(".group-head .muted").inner_text())
    expect(first.locator("tr[data-record]")).to_have_count(count)
    expect(first.locator(".group-head")).to_contain_text("Sum $")
    third = groups.nth(2)
    expect(third.locator("tr[data-record]"), "it is not in view").to_have_count(0)
    first.get_by_role("button").press("Enter")
    expect(first.get_by_role("button")).to_have_attribute("aria-expanded", "false")
    expect(first.locator("tr[data-record]").first).to_be_hidden()
    groups.nth(1).get_by_role("button").click()
    expect(third.locator("tr[data-record]").first).to_be_visible()


def test_searched_as_one_types(open_page: Callable[..., Page]) -> None:
    page = open_page("/o/asset/?sort=name")
    box = page.get_by_role("searchbox")
    box.press_sequentially("boiler", delay=120)
    expect(page).to_have_url(re.compile("search=boiler"))
    expect(page.locator("tbody tr[data-record]").first).to_contain_text("Boiler")
    expect(box).to_be_focused()
    expect(box).to_have_value("boiler")
    expect(page).to_have_url(re.compile("sort=name"))
    box.fill("zzzz")
    expect(page.get_by_text("Nothing matches “zzzz”")).to_be_visible()
    expect(box).to_be_focused()


def test_what_is_marked_in_the_search_stays_so(open_page: Callable[..., Page]) -> None:
    """The answer brings another box; who marks all before it comes replaces what they searched for."""
    page = open_page("/o/asset/?sort=-name")
    box = page.get_by_role("searchbox")
    held = Held(page, "search=boiler")
    box.press_sequentially("boiler")
    held.wait()
    page.keyboard.press("Control+a")
    held.let_go()
    expect(page.locator("tbody tr[data-record]").first).to_contain_text("Boiler")
    page.keyboard.type("zzzz")
    expect(box).to_have_value("zzzz")


def test_menus_by_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page("/o/asset/")
    page.get_by_role("link", name="Serial Number").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Serial Number: what to do with the column")).to_be_focused()
    page.keyboard.press("Enter")
    menu = page.locator("#column-menu")
    expect(menu.get_by_role("button", name="Sort ascending")).to_be_focused()
    page.keyboard.press("End")
    expect(menu.get_by_role("link", name="Insert field after")).to_be_focused()
    picture(page, "column-menu")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Serial Number: what to do with the column")).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("button", name="Sort ascending")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Serial Number")).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("button", name="Serial Number: what to do with the column")).to_be_focused()


def test_head_and_foot_of_every_type_stay(open_page: Callable[..., Page], server: Server) -> None:
    parts = Parts(server)
    parts.make(60)
    page = open_page(parts.list)
    cells = page.locator("thead th[data-field], tfoot td[data-field]")
    expect(cells.first).to_be_visible()
    places = [cell.bounding_box() for cell in cells.all()]
    assert places
    page.locator(".table-frame").evaluate("frame => frame.scrollTo(0, 400)")
    assert [cell.bounding_box() for cell in cells.all()] == places


@pytest.mark.parametrize("width", [1280, 360])
def test_head_foot_and_name_stay(open_page: Callable[..., Page], width: int) -> None:
    page = open_page("/o/asset/?sort=-purchase_cost,name&footer=purchase_cost:avg", width=width)
    expect(page.locator("tfoot [data-field=purchase_cost]")).to_contain_text("Average $")
    frame = page.locator(".table-frame")
    assert fits(page)
    # However far one scrolls.
    places = [page.locator(part).first.bounding_box() for part in ("thead th.name", "tfoot th.name")]
    frame.evaluate("frame => frame.scrollTo(300, 900)")
    after = [page.locator(part).first.bounding_box() for part in ("thead th.name", "tfoot th.name")]
    if width < 640:
        # What ticks rows leaves its room to the names.
        assert [(box["y"], box["width"]) for box in after if box] == [(box["y"], box["width"]) for box in places if box]
        assert all(box and 0 <= box["x"] < 20 for box in after)
    else:
        assert after == places
