"""The diagram of many objects: moved and zoomed in every way, led on from, and saved."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.afternoon.conftest import OBJECTS
from tests.browser.pages import Hands, fits
from tests.server import Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("many")]

COUNT = 60
BOXES = "object-diagram a.box"


@pytest.fixture(scope="module")
def many(server: Server, token: str) -> None:
    """Sixty objects with lookups: each to one or two before it, and one to itself."""
    for number in range(COUNT):
        targets = {number // 3, number // 2} - {number} if number else {0}
        fields: list[dict[str, Any]] = [{"label": "Name", "type": "TEXT"}]
        for target in sorted(targets) if number else ():
            fields.append({"label": f"To {target}", "type": "LOOKUP", "options": {"target": f"part_{target:02}"}})
        body = {"name": f"Part {number:02}", "apiName": f"part_{number:02}", "fields": fields}
        status, made = server.send("POST", OBJECTS, body, token)
        assert status == 201, made
    itself = {"label": "Itself", "type": "LOOKUP", "options": {"target": "part_00"}}
    assert server.send("POST", f"{OBJECTS}/part_00/fields", itself, token)[0] == 201


def rect_of(box: Locator) -> FloatRect:
    found = box.locator("rect").bounding_box()
    assert found
    return found


def test_no_two_boxes_overlap(open_page: Callable[..., Page]) -> None:
    page = open_page("/setup/diagram/")
    boxes = page.locator(BOXES)
    places: list[dict[str, float]] = boxes.locator("rect").evaluate_all(
        "all => all.map((one) => one.getBBox()).map(({x, y, width, height}) => ({x, y, width, height}))"
    )
    assert len(places) >= COUNT
    for one, other in combinations(places, 2):
        apart = abs(one["x"] - other["x"]) >= one["width"] or abs(one["y"] - other["y"]) >= one["height"]
        assert apart, (one, other)


@pytest.mark.parametrize("width", [1280, 360])
def test_by_mouse(open_page: Callable[..., Page], width: int) -> None:
    page = open_page("/setup/diagram/", width=width)
    assert fits(page)
    box = page.get_by_role("link", name="Part 00, points at")
    page.get_by_role("button", name="Fit").click()
    before = rect_of(box)
    page.get_by_role("button", name="Zoom in").click()
    assert rect_of(box)["width"] > before["width"]
    page.get_by_role("button", name="Zoom out").click()
    frame = page.locator(".diagram-frame").bounding_box()
    assert frame
    here = rect_of(box)
    page.mouse.move(frame["x"] + 20, frame["y"] + frame["height"] - 20)
    page.mouse.down()
    page.mouse.move(frame["x"] + 70, frame["y"] + frame["height"] - 60, steps=4)
    page.mouse.up()
    moved = rect_of(box)
    assert (moved["x"] - here["x"], moved["y"] - here["y"]) == (pytest.approx(50, abs=2), pytest.approx(-40, abs=2))
    page.mouse.wheel(0, 30)
    expect(box).to_be_visible()
    page.get_by_role("button", name="Fit").click()
    page.mouse.move(frame["x"] + 40, frame["y"] + frame["height"] / 2)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    page.wait_for_function(
        "([box, width]) => box.getBoundingClientRect().width > width",
        arg=[box.locator("rect").element_handle(), before["width"]],
    )


@pytest.mark.parametrize("width", [1280, 360])
def test_names_can_be_read_from_the_start(open_page: Callable[..., Page], width: int) -> None:
    page = open_page("/setup/diagram/", width=width)
    expect(page.locator(".diagram-frame.is-live")).to_be_visible()
    shown = page.locator(".diagram-frame").bounding_box()
    assert shown
    places = [found for box in page.locator(BOXES).all() if (found := rect_of(box))]
    assert places[0]["width"] > 100
    right, bottom = shown["x"] + shown["width"], shown["y"] + shown["height"]
    assert any(
        shown["x"] <= one["x"] <= right - one["width"] and shown["y"] <= one["y"] <= bottom - one["height"]
        for one in places
    )


def test_by_the_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page("/setup/diagram/")
    hands = Hands(page, "keyboard")
    frame = page.locator(".diagram-frame")
    hands.reach(frame)
    box = page.locator(BOXES).first
    page.keyboard.press("0")
    before = rect_of(box)
    page.keyboard.press("+")
    larger = rect_of(box)
    assert larger["width"] > before["width"]
    page.keyboard.press("ArrowRight")
    assert rect_of(box)["x"] < larger["x"]
    page.keyboard.press("-")
    assert rect_of(box)["width"] == pytest.approx(before["width"], abs=1)
    last = page.get_by_role("link", name="Part 59, points at")
    hands.reach(last)
    inside, around = rect_of(last), frame.bounding_box()
    assert around
    assert around["x"] <= inside["x"] <= around["x"] + around["width"]
    assert around["y"] <= inside["y"] <= around["y"] + around["height"]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Part 59 setup")).to_be_visible()


def test_a_click_leads_to_the_object_and_a_drag_does_not(open_page: Callable[..., Page]) -> None:
    page = open_page("/setup/diagram/")
    box = page.get_by_role("link", name="Part 00, points at")
    page.get_by_role("button", name="Fit").click()
    place = rect_of(box)
    page.mouse.move(place["x"] + 5, place["y"] + 5)
    page.mouse.down()
    page.mouse.move(place["x"] + 60, place["y"] + 40, steps=4)
    page.mouse.up()
    assert page.url.endswith("/setup/diagram/")
    box.click()
    expect(page.get_by_role("heading", name="Part 00 setup")).to_be_visible()


def test_the_file_opens_by_itself(open_page: Callable[..., Page], chromium: Any, tmp_path: Path) -> None:
    page = open_page("/setup/diagram/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as SVG").click()
    file = tmp_path / download.value.suggested_filename
    assert file.name == "objects.svg"
    download.value.save_as(file)
    ElementTree.parse(file)
    alone = chromium.new_page()
    alone.goto(file.as_uri())
    assert alone.locator("svg").evaluate("svg => svg.getBoundingClientRect().width") > 500
    assert alone.locator("svg > g > text", has_text="Part 59").first.is_visible()
    assert alone.locator("a").count() == 0
    alone.close()
