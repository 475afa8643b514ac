"""Whatever takes longer than half a second shows that it goes on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.interactions.conftest import cell
from tests.browser.interactions.test_fields import drawer_of, open_fields
from tests.browser.pages import WAYS, Hands, Held, take, width_of
from tests.browser.parts import Parts

pytestmark = pytest.mark.slow

# The connection is lost when an answer has begun: of what is asked at addresses that fit, nothing more comes.
BREAKS_OFF = """(part) => {
  const asked = window.fetch;
  window.fetch = async (address, options) => {
    const answer = await asked(address, options);
    if (!new RegExp(part).test(address)) return answer;
    const begun = new ReadableStream({ pull: (stream) => stream.error(new TypeError("network error")) });
    return new Response(begun, answer);
  };
  window.mend = () => void (window.fetch = asked);
}"""
# The draft of a field is there, and given up when it is read.
GIVEN_UP = """() => {
  const { text } = Response.prototype;
  Response.prototype.text = async function read() {
    if (!this.url.includes("/draft/")) return text.call(this);
    window.isGivenUp = true;
    throw new DOMException("given up", "AbortError");
  };
  window.mend = () => void (Response.prototype.text = text);
}"""


@pytest.fixture
def bar() -> Callable[[Page], Locator]:
    return lambda page: page.locator("#progress")


def test_another_list(open_list: Callable[..., Page], parts: Parts, bar: Callable[[Page], Locator]) -> None:
    parts.make(3)
    page = open_list(parts.list)
    expect(bar(page)).to_be_hidden()
    held = Held(page, "sort=size")
    page.get_by_role("link", name="Size", exact=True).click()
    expect(bar(page)).to_be_visible()
    held.let_go()
    expect(page.get_by_role("columnheader", name="Size")).to_have_attribute("aria-sort", "ascending")
    expect(bar(page)).to_be_hidden()


def test_the_palette(open_list: Callable[..., Page], parts: Parts, bar: Callable[[Page], Locator]) -> None:
    page = open_list(parts.list)
    held = Held(page, "/palette/")
    page.keyboard.press("Control+k")
    expect(bar(page)).to_be_visible()
    held.let_go()
    expect(page.get_by_role("option").first).to_be_visible()
    expect(bar(page)).to_be_hidden()


def test_a_value_of_a_record(open_page: Callable[..., Page], parts: Parts, bar: Callable[[Page], Locator]) -> None:
    parts.make(1)
    page = open_page(f"{parts.page}r/{parts.id_of('P000')}/")
    page.get_by_role("link", name="Edit Size").click()
    page.get_by_role("textbox", name="Size").fill("12")
    held = Held(page, "/cell/", "POST")
    page.keyboard.press("Enter")
    expect(page.locator("form.cell-form[aria-busy=true]")).to_be_visible()
    expect(bar(page)).to_be_visible()
    held.let_go()
    expect(page.get_by_text("Size of “P000” is saved.")).to_be_visible()
    expect(bar(page)).to_be_hidden()
    expect(page.locator("[aria-busy]")).to_have_count(0)


@pytest.mark.parametrize("way", WAYS)
def test_a_drawer(open_list: Callable[..., Page], parts: Parts, bar: Callable[[Page], Locator], way: str) -> None:
    parts.make(3)
    page = open_list(parts.list, width=width_of(way))
    hands, drawer = Hands(page, way), page.locator("dialog.drawer")
    held = Held(page, r"/r/[^/]+/")
    if hands.is_keyboard:
        hands.reach(cell(page, 0, "name"))
        page.keyboard.press("Control+Enter")
    else:
        cell(page, 0, "name").get_by_role("link").click()
    expect(drawer.locator("[aria-busy=true] .skeleton").first).to_be_visible()
    expect(drawer.get_by_role("status").filter(has_text="Loading…")).to_have_count(1)
    expect(page.get_by_role("dialog", name="Details")).to_be_visible()
    expect(bar(page)).to_be_visible()
    held.let_go()
    expect(drawer.get_by_role("heading", name="P000")).to_be_visible()
    expect(drawer.locator(".skeleton, [aria-busy]")).to_have_count(0)
    expect(drawer.get_by_text("Loading…")).to_have_count(0)
    expect(bar(page)).to_be_hidden()


@pytest.mark.noted("ERR_INTERNET_DISCONNECTED")
def test_a_drawer_that_does_not_come(open_list: Callable[..., Page], parts: Parts) -> None:
    parts.make(3)
    page = open_list(parts.list)
    drawer, link = page.locator("dialog.drawer"), cell(page, 0, "name").get_by_role("link")
    # What it needs is there.
    link.click()
    expect(drawer.get_by_role("heading", name="P000")).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    page.context.set_offline(True)
    link.click()
    expect(page.locator(".toast.error")).to_contain_text("There is no connection. Nothing is lost: try again.")
    expect(drawer).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?sort=name$"))
    page.context.set_offline(False)
    link.click()
    expect(drawer.get_by_role("heading", name="P000")).to_be_visible()


def test_a_drawer_that_breaks_off(open_list: Callable[..., Page], parts: Parts) -> None:
    parts.make(3)
    page = open_list(parts.list)
    drawer, link = page.locator("dialog.drawer"), cell(page, 0, "name").get_by_role("link")
    page.evaluate(BREAKS_OFF, r"/r/[^/]+/")
    link.click()
    expect(page.locator(".toast.error")).to_contain_text("There is no connection. Nothing is lost: try again.")
    expect(drawer).to_be_hidden()
    page.evaluate("mend()")
    link.click()
    expect(drawer.get_by_role("heading", name="P000")).to_be_visible()


def test_what_is_looked_up_beside_breaks_off(open_list: Callable[..., Page], parts: Parts) -> None:
    """Nobody hears of it, and it is looked up the next time."""
    parts.make(1)
    page = open_list(parts.list)
    page.evaluate(BREAKS_OFF, "/live/|/rows/")
    asked = re.compile("/live/")
    for size in (8, 9):
        with page.expect_response(asked):
            parts.change("P000", size=size)
    page.evaluate("mend()")
    expect(cell(page, 0, "size")).to_have_text("9")


def test_a_draft_of_a_field_breaks_off(open_page: Callable[..., Page], parts: Parts) -> None:
    page = open_fields(open_page, parts.name)
    page.get_by_role("link", name="Add field").click()
    label = drawer_of(page).get_by_label("Label")
    page.evaluate(BREAKS_OFF, "/draft/")
    with page.expect_response(re.compile("/draft/")):
        label.fill("Weight")
    page.evaluate("mend()")
    label.fill("Weight of all")
    expect(drawer_of(page).locator("[data-draft-place]")).to_contain_text("Weight of all")


def test_a_draft_of_a_field_is_given_up_when_it_is_there(open_page: Callable[..., Page], parts: Parts) -> None:
    page = open_fields(open_page, parts.name)
    page.get_by_role("link", name="Add field").click()
    label = drawer_of(page).get_by_label("Label")
    page.evaluate(GIVEN_UP)
    label.fill("Weight")
    page.wait_for_function("() => window.isGivenUp")
    page.evaluate("mend()")
    label.fill("Weight of all")
    expect(drawer_of(page).locator("[data-draft-place]")).to_contain_text("Weight of all")


def test_records_that_are_changed_at_once(
    open_list: Callable[..., Page], parts: Parts, bar: Callable[[Page], Locator]
) -> None:
    parts.make(50)
    page = open_list(parts.list)
    page.get_by_role("checkbox", name="Select all rows").check()
    page.get_by_role("form", name="What is selected").get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="State").check()
    take(dialog, "New value of State", "Used")
    held = Held(page, "/edit/", "POST")
    dialog.get_by_role("button", name="Change").click()
    expect(dialog.get_by_role("progressbar", name="Changing")).to_be_visible()
    expect(bar(page)).to_be_visible()
    held.let_go()
    toast = page.locator(".toast").filter(has_text="50")
    expect(toast.get_by_role("button", name="Undo")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(bar(page)).to_be_hidden()
    assert {data["state"] for data in parts.all().values()} == {"Used"}


def test_what_is_asked_beside_what_one_does(
    open_page: Callable[..., Page], parts: Parts, bar: Callable[[Page], Locator]
) -> None:
    page = open_page()
    page.clock.install()
    live = Held(page, "/live/")
    with page.expect_request(re.compile("/live/")):
        page.goto(parts.list)
    expect(page.get_by_role("grid")).to_be_visible()
    page.clock.run_for(2_000)
    expect(bar(page)).to_be_hidden()
    # What one asks for oneself has shown it by then.
    asked = Held(page, "sort=size")
    page.get_by_role("link", name="Size", exact=True).click()
    page.clock.run_for(2_000)
    expect(bar(page)).to_be_visible()
    asked.let_go()
    live.let_go()
