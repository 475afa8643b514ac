"""A column of repeated texts becomes an object of its own, in the same import as the table that it stands in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.afternoon.conftest import OBJECTS, records_of, types_of
from tests.browser.afternoon.test_tables import bring
from tests.browser.pages import WAYS, Hands, Held, fits, width_of
from tests.server import Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("worker")]

PLACES = ["Berlin", "Hamburg", "Köln", "Leipzig", "Munich", "Paris", "Rome", "Vienna"]
REGISTER = "\n".join(
    ["name\tserial no\tLocation", *(f"Pump {number}\tP-{number}\t{PLACES[number % 8]}" for number in range(24))]
)


def fits_inside(frame: Locator) -> bool:
    """Whether nothing in a frame is wider than it."""
    return bool(frame.evaluate("element => element.scrollWidth <= element.clientWidth"))


@pytest.mark.parametrize("way", WAYS)
def test_a_register_with_its_places_in_one_sitting(
    open_page: Callable[..., Page], server: Server, token: str, way: str
) -> None:
    page = open_page("/setup/objects/new/", width=width_of(way), permissions=["clipboard-read", "clipboard-write"])
    hands, pump, place = Hands(page, way), f"{way} pump", f"{way} place"
    hands.press(page.get_by_role("link", name="From a table"))
    bring(hands, REGISTER, "", pasted=True)
    assert fits(page)
    assert fits_inside(page.get_by_role("region", name="Columns"))

    kind = page.get_by_label("Type of Location")
    hands.reach(kind)
    kind.select_option("Lookup to a new object")
    expect(page.get_by_text("8 records, one for each different text")).to_be_visible()
    expect(page.get_by_label("New object of Location")).to_have_value("Location")
    expect(page.get_by_label("Plural of Location")).to_have_value("Locations")
    assert fits_inside(page.get_by_role("region", name="Columns"))
    hands.type(page.get_by_label("New object of Location"), place)
    hands.type(page.get_by_label("Plural of Location"), f"{place}s")
    hands.type(page.get_by_label("What is one row called?"), place)
    hands.press(page.get_by_role("button", name="Make 2 objects and their 32 records"))
    expect(page.get_by_role("alert")).to_contain_text(f"The rows are called {place}, too: choose another name.")
    hands.type(page.get_by_label("What is one row called?"), pump)
    hands.press(page.get_by_role("button", name="Make 2 objects and their 32 records"))
    expect(page.get_by_text("24 of 24 rows are records now.")).to_be_visible()
    expect(page.get_by_role("link", name=f"{place}s").last).to_be_visible()
    assert fits(page)

    name, of_places = pump.replace(" ", "_"), place.replace(" ", "_")
    assert types_of(server, token, name)["Location"] == "LOOKUP"
    assert types_of(server, token, of_places) == {"Name": "TEXT"}
    assert records_of(server, token, of_places)["meta"]["total"] == 8
    assert records_of(server, token, name, "location__name=Rome")["meta"]["total"] == 3

    hands.press(page.get_by_role("link", name="Undo the import"))
    expect(page.get_by_text(f"This deletes {pump}s and {place}s, with all fields and 32 records")).to_be_visible()
    hands.press(page.get_by_role("button", name="Undo the import"))
    expect(page.get_by_text("The objects and their records are in the trash").first).to_be_visible()
    assert server.send("GET", f"{OBJECTS}/{name}", token=token)[0] == 404
    assert server.send("GET", f"{OBJECTS}/{of_places}", token=token)[0] == 404


@pytest.mark.noted("htmx:(afterRequest|sendAbort)")
def test_what_is_chosen_while_the_plan_is_drawn_anew_stays(open_page: Callable[..., Page]) -> None:
    page = open_page("/setup/objects/new/", permissions=["clipboard-read", "clipboard-write"])
    hands = Hands(page, "mouse")
    hands.press(page.get_by_role("link", name="From a table"))
    bring(hands, REGISTER, "", pasted=True)
    held = Held(page, "", "POST")
    page.get_by_label("Type of Location").select_option("Lookup to a new object")
    page.get_by_label("Type of serial no").select_option("Long text")
    # The browser has given up the first one.
    held.let_go(2)
    expect(page.get_by_text("8 records, one for each different text")).to_be_visible()
    expect(page.get_by_label("Type of serial no").locator("option:checked")).to_have_text("Long text")
