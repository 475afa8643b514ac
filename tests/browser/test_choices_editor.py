"""The values of a picklist in their editor: by mouse, by the keyboard alone and at 360 px, and a thousand of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from customobjects.fieldtypes.palette import TURNS
from tests.browser.pages import WAYS, Hands, combobox, fits, picture, take, undo, width_of
from tests.server import Server, wait_until

pytestmark = pytest.mark.slow

OBJECTS = "/v1/custom-objects"
VALUES = [{"value": "new", "label": "New", "color": "#2563eb"}, {"value": "won", "label": "Won"}, "lost"]
PASTE = """([control, text]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  control.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def field_of(server: Server, token: str, name: str) -> dict[str, Any]:
    return dict(server.send("GET", f"{OBJECTS}/{name}/fields/stage", token=token)[1])


def make(server: Server, token: str, name: str) -> None:
    fields = [
        {"label": "Name", "type": "TEXT", "isRequired": True},
        {"label": "Stage", "type": "PICKLIST", "options": {"values": VALUES}},
    ]
    assert server.send("POST", OBJECTS, {"name": name, "apiName": name, "fields": fields}, token)[0] == 201
    for place, stage in enumerate(["new", "won", "won"]):
        body = {"data": {"name": str(place), "stage": stage}}
        assert server.send("POST", f"{OBJECTS}/{name}/records", body, token)[0] == 201


def paste(page: Page, control: Locator, text: str) -> None:
    """Paste, as a browser tells of it."""
    control.focus()
    page.evaluate(PASTE, [control.element_handle(), text])


def labels(page: Page) -> list[str]:
    return page.eval_on_selector_all("choices-editor [data-label]", "controls => controls.map((one) => one.value)")


def expect_labels(page: Page, expected: list[str]) -> None:
    wait_until(lambda: labels(page) == expected, f"the values are not {expected}")


@pytest.mark.parametrize("way", WAYS)
def test_what_one_does_with_values(open_page: Callable[..., Page], server: Server, token: str, way: str) -> None:
    name = f"stages_{way}"
    make(server, token, name)
    page = open_page(f"/setup/objects/{name}/fields/stage/", width=width_of(way))
    hands = Hands(page, way)
    rows = page.get_by_role("list", name="Values").get_by_role("listitem")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("2 records")
    expect(page.get_by_role("textbox", name="Values")).to_be_hidden()
    # A label is another one; what programs call it stays.
    hands.type(page.get_by_label("Label of won"), "Won at last")
    # A colour by its name, with the arrow keys or a click.
    hands.press(page.get_by_role("button", name="Colour of Won at last"))
    expect(page.get_by_role("dialog", name="Colour")).to_be_visible()
    if hands.is_keyboard:
        for _ in range(2):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    else:
        page.get_by_role("radio", name="Red").click()
    expect(page.get_by_role("dialog", name="Colour")).to_be_hidden()
    # Order by buttons, and by keys.
    hands.press(page.get_by_role("button", name="Move Won at last up"))
    expect_labels(page, ["Won at last", "New", "lost"])
    hands.reach(page.get_by_label("Label of lost"))
    page.keyboard.press("Alt+ArrowUp")
    expect_labels(page, ["Won at last", "lost", "New"])
    # A row behind the one that one is in, and rows at the end.
    page.keyboard.press("Enter")
    page.keyboard.type("Asleep")
    hands.type(page.get_by_label("New value"), "Later")
    page.keyboard.press("Enter")
    expect_labels(page, ["Won at last", "lost", "Asleep", "New", "Later"])
    # What nobody holds goes; what records hold is only chosen no more.
    hands.press(page.get_by_role("button", name="Delete lost"))
    expect(page.get_by_text("lost is taken out.")).to_be_visible()
    hands.press(page.get_by_role("button", name="Delete New"))
    expect(page.get_by_text("1 record holds New, so it stays")).to_be_visible()
    assert fits(page)
    picture(page, f"choices-{way}")
    hands.press(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("Saved.")).to_be_visible()
    found = field_of(server, token, name)["options"]["values"]
    assert [(one["value"], one["label"], one["color"], one["isActive"]) for one in found] == [
        ("won", "Won at last", "#c42b1c", True),
        # New ones get colours that no other value has.
        ("Asleep", "Asleep", TURNS[1], True),
        ("new", "New", "#2563eb", False),
        ("Later", "Later", TURNS[2], True),
    ]


def test_rows_are_dragged(open_page: Callable[..., Page], server: Server, token: str) -> None:
    make(server, token, "stages_dragged")
    page = open_page("/setup/objects/stages_dragged/fields/stage/")
    rows = page.get_by_role("list", name="Values").get_by_role("listitem")
    expect(rows).to_have_count(3)
    rows.nth(2).locator("[data-handle]").drag_to(rows.nth(0), target_position={"x": 20, "y": 4})
    expect_labels(page, ["lost", "New", "Won"])
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert [one["value"] for one in field_of(server, token, "stages_dragged")["options"]["values"]] == [
        "lost",
        "new",
        "won",
    ]


@pytest.mark.parametrize("width", [360, 700, 1280])
def test_columns_have_headings(open_page: Callable[..., Page], server: Server, token: str, width: int) -> None:
    name = f"stages_headed_{width}"
    make(server, token, name)
    page = open_page(f"/setup/objects/{name}/fields/stage/", width=width)
    editor = page.locator("choices-editor")
    editor.get_by_label("New value").fill("Later")
    editor.get_by_role("button", name="Add", exact=True).click()
    for heading, control in (("Label", "Label of Later"), ("For programs", "Value of Later for programs")):
        above = editor.locator(".choices-names").get_by_text(heading, exact=True)
        expect(above).to_be_visible()
        over, under = above.bounding_box(), page.get_by_label(control).bounding_box()
        assert over
        assert under
        assert over["y"] < under["y"]
        assert abs(over["x"] - under["x"]) <= 1, "each stands above its column"
    expect(editor.locator("label").get_by_text("New value")).to_be_visible()
    assert fits(page)


def test_a_thousand_values(open_page: Callable[..., Page], server: Server, token: str) -> None:
    make(server, token, "stages_many")
    page = open_page("/setup/objects/stages_many/fields/stage/")
    adding = page.get_by_label("New value")
    expect(adding).to_be_visible()
    # The first column of a spreadsheet; what is there already is passed over, and what is too much left out.
    lines = [f"Place {number:04}\tmore" for number in range(997)]
    paste(page, adding, "\r\n".join([*lines, "new\t", "PLACE 0001", "One too many"]) + "\r\n")
    expect(page.get_by_text("997 added. 2 there already: new, PLACE 0001.")).to_be_visible()
    expect(page.get_by_text("1 did not fit: a picklist has at most 1,000 values.")).to_be_visible()
    expect(page.get_by_text("1,000 values", exact=True)).to_be_visible()
    page.get_by_label("Find a value").fill("ace 0777")
    expect(page.get_by_text("1 of 1,000 values")).to_be_visible()
    page.get_by_label("Label of Place 0777").fill("Elsewhere")
    picture(page, "choices-many")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.goto("/setup/objects/stages_many/fields/stage/")
    expect(page.get_by_text("1,000 values", exact=True)).to_be_visible()
    assert labels(page)[780] == "Elsewhere"
    values = field_of(server, token, "stages_many")["options"]["values"]
    assert len(values) == 1_000
    # All colours in turn: those that none had first.
    assert [one["color"] for one in values[3:14]] == [*TURNS[1:], TURNS[0]]
    page.goto("/o/stages_many/new/")
    page.get_by_label("Name").fill("There")
    take(page.locator("form"), "Stage", "Elsewhere")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Elsewhere").first).to_be_visible()


@pytest.mark.parametrize("way", WAYS)
def test_two_values_are_merged_and_come_back(
    open_page: Callable[..., Page], server: Server, token: str, way: str
) -> None:
    name = f"stages_merged_{way}"
    make(server, token, name)
    page = open_page(f"/setup/objects/{name}/fields/stage/", width=width_of(way))
    hands = Hands(page, way)
    hands.press(page.get_by_role("link", name="Merge two values"))
    hands.choose(combobox(page, "Merge"), "won", "Won")
    hands.choose(combobox(page, "Into"), "new", "New")
    hands.press(page.get_by_role("button", name="Go on"))
    expect(page.get_by_text("2 records with Won will have New")).to_be_visible()
    assert fits(page)
    picture(page, f"merge-{way}")
    hands.press(page.get_by_role("button", name="Merge"))
    expect(page.locator(".toast").filter(has_text="Won is merged into New: 2 records.")).to_be_visible()
    expect_labels(page, ["New", "lost"])
    expect(page.get_by_role("list", name="Values").get_by_role("listitem").first).to_contain_text("3 records")
    undo(page)
    assert len(field_of(server, token, name)["options"]["values"]) == 3
    found = server.send("GET", f"{OBJECTS}/{name}/records?stage=won", token=token)[1]
    assert found["meta"]["total"] == 2


def test_new_values_of_a_list_without_colors_have_none(
    open_page: Callable[..., Page], server: Server, token: str
) -> None:
    make(server, token, "stages_gray")
    page = open_page("/setup/objects/stages_gray/fields/stage/")
    page.get_by_role("button", name="Colour of New").click()
    page.get_by_role("radio", name="None").click()
    paste(page, page.get_by_label("New value"), "Later\nNever\n")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    values = field_of(server, token, "stages_gray")["options"]["values"]
    assert [(one["label"], one["color"]) for one in values[3:]] == [("Later", None), ("Never", None)]


def test_without_scripts_the_lines_are_there(open_page: Callable[..., Page], server: Server, token: str) -> None:
    make(server, token, "stages_plain")
    page = open_page("/setup/objects/stages_plain/fields/stage/", java_script_enabled=False)
    lines = page.get_by_role("textbox", name="Values")
    assert lines.input_value() == "New; new; #2563eb\nWon; won\nlost"
    lines.fill("Won; won; ; inactive\nNew; new\nNext")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    found = field_of(server, token, "stages_plain")["options"]["values"]
    assert [(one["value"], one["color"], one["isActive"]) for one in found] == [
        ("won", None, False),
        ("new", None, True),
        ("Next", None, True),
    ]


def test_values_in_the_drawer_of_fields(open_page: Callable[..., Page], server: Server, token: str) -> None:
    make(server, token, "stages_drawer")
    page = open_page("/setup/objects/stages_drawer/fields/")
    hands, drawer = Hands(page, "mouse"), page.locator("dialog.drawer")
    hands.press(page.get_by_role("link", name="Stage", exact=True))
    expect(drawer.get_by_role("list", name="Values").get_by_role("listitem")).to_have_count(3)
    expect(drawer.get_by_role("textbox", name="Values")).to_be_hidden()
    drawer.get_by_label("New value").fill("Asleep")
    page.keyboard.press("Enter")
    hands.press(drawer.get_by_role("button", name="Save"))
    expect(page.locator(".toast")).to_contain_text("Saved")
    values = field_of(server, token, "stages_drawer")["options"]["values"]
    assert [one["label"] for one in values] == ["New", "Won", "lost", "Asleep"]
    # And where another type is chosen.
    page.keyboard.press("Escape")
    hands.press(page.get_by_role("link", name="Add field"))
    drawer.locator(".type-button").click()
    page.get_by_role("option", name="Picklist One of").click()
    expect(drawer.get_by_label("New value")).to_be_visible()
