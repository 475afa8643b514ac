"""Tables that people have become objects: pasted or uploaded, looked at, brought in, and undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.afternoon.conftest import OBJECTS, records_of, types_of
from tests.browser.pages import WAYS, Hands, fits, width_of
from tests.server import Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("worker")]

AIRPORTS = {
    "Faa": "TEXT",
    "Name": "TEXT",
    "Lat": "NUMBER",
    "Lon": "NUMBER",
    "Alt": "NUMBER",
    "Tz": "NUMBER",
    "Dst": "PICKLIST",
    "Tzone": "PICKLIST",
}
PLANES = {
    "Tailnum": "TEXT",
    "Year": "NUMBER",
    "Type": "PICKLIST",
    "Manufacturer": "PICKLIST",
    "Model": "TEXT",
    "Engines": "NUMBER",
    "Seats": "NUMBER",
    "Speed": "NUMBER",
    "Engine": "PICKLIST",
    "Home": "LOOKUP",
}


def bring(hands: Hands, text: str, file: str, *, pasted: bool, heading: str = "What the columns become") -> None:
    """Paste a table, or choose its file, and go on to its columns, on a page with this heading."""
    page = hands.page
    if pasted:
        box = page.get_by_label("Paste a table")
        hands.reach(box)
        page.evaluate("text => navigator.clipboard.writeText(text)", text)
        page.keyboard.press("Control+v")
    else:
        # The dialog that a file is chosen in is the browser's own.
        page.get_by_label("Or choose a file").set_input_files(
            {"name": file, "mimeType": "text/csv", "buffer": text.encode()}
        )
    hands.press(page.get_by_role("button", name="Look at the columns"))
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="Columns")).to_be_visible()


def start(hands: Hands, name: str, rows: str) -> None:
    """Say what a row is called, have the records made, and wait for them."""
    hands.type(hands.page.get_by_label("What is one row called?"), name)
    hands.press(hands.page.get_by_role("button", name=f"Make the object and its {rows} records"))
    expect(hands.page.get_by_role("status").filter(has_text="rows are records now")).to_contain_text(
        f"{rows} of {rows} rows", timeout=120_000
    )


def undo(hands: Hands, plural: str, rows: str) -> None:
    """Undo the import whose page is open: it says first what that deletes."""
    page = hands.page
    hands.press(page.get_by_role("link", name="Undo the import"))
    expect(page.get_by_text(f"This deletes {plural}, with all fields and {rows} records")).to_be_visible()
    hands.press(page.get_by_role("button", name="Undo the import"))
    expect(page.get_by_text("The object and its records are in the trash").first).to_be_visible()


@pytest.mark.parametrize("way", WAYS)
def test_a_table_becomes_an_object_and_is_undone(
    open_page: Callable[..., Page], server: Server, token: str, airports: str, way: str
) -> None:
    page = open_page("/setup/objects/new/", width=width_of(way), permissions=["clipboard-read", "clipboard-write"])
    hands, name = Hands(page, way), f"{way}_airport"
    hands.press(page.get_by_role("link", name="From a table"))
    bring(hands, airports, "airports.csv", pasted=way != "mouse")
    expect(page.get_by_text("1,458 rows, 8 columns. Nothing is made yet.")).to_be_visible()
    assert fits(page)
    start(hands, f"{way.title()} Airport", "1,458")
    assert fits(page)
    assert types_of(server, token, name) == AIRPORTS
    found = records_of(server, token, name, "faa=JFK")
    assert [record["name"] for record in found["data"]] == ["John F Kennedy Intl"]
    assert float(found["data"][0]["data"]["lon"]) == pytest.approx(-73.778925)
    assert records_of(server, token, name)["meta"]["total"] == 1458
    undo(hands, f"{way.title()} Airports", "1,458")
    assert server.send("GET", f"{OBJECTS}/{name}", token=token)[0] == 404


def test_a_column_of_the_second_table_is_a_lookup_to_the_first(
    open_page: Callable[..., Page], server: Server, token: str, airports: str, planes: str
) -> None:
    page = open_page("/setup/tables/new/", permissions=["clipboard-read", "clipboard-write"])
    hands = Hands(page, "mouse")
    bring(hands, airports, "airports.csv", pasted=False)
    start(hands, "Airport", "1,458")
    first = page.url
    page.goto("/setup/tables/new/")
    bring(hands, planes, "planes.csv", pasted=True)
    expect(page.get_by_label("Type of home").locator("option:checked")).to_have_text("Airport by Faa")
    speed = page.get_by_role("row").filter(has=page.get_by_role("checkbox", name="Bring in of speed"))
    expect(speed.get_by_role("checkbox", name="NA", exact=True)).to_be_checked()
    start(hands, "Plane", "3,322")
    assert types_of(server, token, "plane") == PLANES
    assert records_of(server, token, "plane")["meta"]["total"] == 3322
    assert records_of(server, token, "plane", "home__isnull=true")["meta"]["total"] == 0
    assert records_of(server, token, "plane", "speed__isnull=false")["meta"]["total"] == 23
    assert records_of(server, token, "plane", "home__faa=04G")["meta"]["total"] > 0
    undo(hands, "Planes", "3,322")
    assert server.send("GET", f"{OBJECTS}/plane", token=token)[0] == 404
    page.goto(first)
    undo(hands, "Airports", "1,458")
    assert server.send("GET", f"{OBJECTS}/airport", token=token)[0] == 404


@pytest.mark.parametrize("way", WAYS)
def test_words_for_no_value_are_asked_about(open_page: Callable[..., Page], way: str) -> None:
    page = open_page("/setup/tables/new/", width=width_of(way), permissions=["clipboard-read", "clipboard-write"])
    hands = Hands(page, way)
    bring(hands, "name,weight\nA,12\nB,NA\nC,7\nD,-\nE,4\n", "", pasted=True)
    word = page.get_by_role("checkbox", name="NA", exact=True)
    expect(word).to_be_checked()
    hands.reach(word)
    if hands.is_keyboard:
        page.keyboard.press("Space")
    # It is still there, and says what becomes of it.
    expect(page.get_by_text("1 will be refused:")).to_be_visible()
    expect(word).not_to_be_checked()
    hands.reach(word)
    if hands.is_keyboard:
        page.keyboard.press("Space")
    expect(page.get_by_text("will be refused:")).to_have_count(0)
    expect(word).to_be_checked()


def test_refused_rows_are_told(open_page: Callable[..., Page]) -> None:
    page = open_page("/setup/tables/new/", permissions=["clipboard-read", "clipboard-write"])
    hands = Hands(page, "mouse")
    bring(hands, "code,name\nA-1,One\nA-2,Two\nA-1,Three\nA-4,Four\n", "", pasted=True)
    page.get_by_label("What is one row called?").fill("Crate")
    page.get_by_role("checkbox", name="Unique of code").check()
    page.get_by_role("button", name="Make the object and its 4 records").click()
    expect(page.get_by_text("3 of 4 rows are records now.")).to_be_visible()
    expect(page.get_by_role("region", name="Refused rows")).to_contain_text("has the Code A-1")
