"""A table is brought into an object that is there: by whoever keeps its records, in every way, and undone as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.afternoon.conftest import OBJECTS, records_of
from tests.browser.afternoon.test_tables import bring
from tests.browser.pages import WAYS, Hands, fits, width_of
from tests.server import Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("worker")]

TABLE = "serial no,name,size,colour\nS-1,Pump one,8,red\nS-2,Fan,9000,blue\nS-3,Lift,3,\nS-4,Boiler,NA,\n"


@pytest.fixture
def machine(server: Server, token: str, request: pytest.FixtureRequest) -> str:
    """An object with a record that a row of the table matches; its apiName."""
    name = f"machine_{request.node.callspec.params['way']}"
    fields: list[dict[str, Any]] = [
        {"label": "Name", "type": "TEXT", "isRequired": True},
        {"label": "Serial No", "type": "TEXT", "isUnique": True},
        {"label": "Size", "type": "NUMBER", "options": {"max": 1000}},
    ]
    body = {"name": "Machine", "apiName": name, "fields": fields}
    assert server.send("POST", OBJECTS, body, token)[0] == 201
    data = {"name": "Pump", "serial_no": "S-1", "size": 7}
    assert server.send("POST", f"{OBJECTS}/{name}/records", {"data": data}, token)[0] == 201
    return name


def names(server: Server, token: str, machine: str) -> list[str]:
    return [record["name"] for record in records_of(server, token, machine, "sort=name&limit=100")["data"]]


def choose(hands: Hands, label: str, option: str) -> None:
    """Choose something in a list of the browser's own: by typing its name, where it has the focus."""
    box = hands.page.get_by_label(label)
    if hands.is_keyboard:
        hands.reach(box)
        hands.page.keyboard.type(option)
        hands.page.keyboard.press("Tab")
    else:
        box.select_option(label=option)


@pytest.mark.parametrize("way", WAYS)
def test_rows_change_and_make_records(
    open_as: Callable[..., Page], server: Server, token: str, machine: str, way: str
) -> None:
    page = open_as("REP", width=width_of(way), permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/o/{machine}/")
    hands = Hands(page, way)
    hands.press(page.get_by_role("button", name="More of Machines"))
    hands.press(page.get_by_role("link", name="Import"))
    bring(hands, TABLE, "machines.csv", pasted=way != "mouse", heading="Import into Machines")
    assert fits(page)
    choose(hands, "Rows change the record that has the same", "Serial No")
    preview = page.get_by_role("region", name="What comes of the first rows")
    expect(preview.get_by_text("Changes it")).to_be_visible()
    expect(preview).to_contain_text("Size must not be greater than 1000.")
    expect(page.get_by_label("Field for colour")).to_have_value("")
    hands.press(page.get_by_role("button", name="Import 4 rows"))
    expect(page.get_by_text("The import of 4 rows is done.")).to_be_visible()
    expect(page.get_by_text("2 made, 1 changed, 0 with nothing new, 1 refused.")).to_be_visible()
    assert fits(page)
    assert names(server, token, machine) == ["Boiler", "Lift", "Pump one"]
    done = page.url

    with page.expect_download() as download:
        hands.press(page.get_by_role("link", name="The refused rows as a file"))
    text = download.value.path().read_text("utf-8-sig")
    assert text.splitlines()[1] == "S-2,Fan,9000,blue,Size must not be greater than 1000."
    hands.press(page.get_by_role("link", name="import it again"))
    bring(hands, text.replace("9000", "90"), "mended.csv", pasted=True, heading="Import into Machines")
    hands.press(page.get_by_role("button", name="Import 1 row"))
    expect(page.get_by_text("1 made, 0 changed")).to_be_visible()
    assert names(server, token, machine) == ["Boiler", "Fan", "Lift", "Pump one"]

    page.goto(done)
    hands.press(page.get_by_role("link", name="Undo the import"))
    expect(
        page.get_by_text("This deletes 2 records that it made and puts back 1 record that it changed.")
    ).to_be_visible()
    hands.press(page.get_by_role("button", name="Undo the import"))
    expect(page.get_by_text("It is undone.")).to_be_visible()
    found = records_of(server, token, machine, "sort=name&limit=100")["data"]
    assert [record["name"] for record in found] == ["Fan", "Pump"]
    assert int(found[1]["data"]["size"]) == 7


@pytest.mark.parametrize("way", ["mouse"])
def test_an_administrator_makes_a_column_a_field(
    open_page: Callable[..., Page], server: Server, token: str, way: str
) -> None:
    assert server.send("POST", OBJECTS, {"name": "Crate"}, token)[0] == 201
    page = open_page("/setup/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Tables").click()
    page.get_by_label("Import into an object that is there").select_option(label="Crates")
    page.get_by_role("button", name="Choose the table").click()
    hands = Hands(page, way)
    bring(hands, "name,weight\nA,12\nB,7\nC,9\n", "", pasted=True, heading="Import into Crates")
    page.get_by_label("Field for weight").select_option(label="Its type from the data")
    expect(page.get_by_text("A new field")).to_be_visible()
    expect(page.get_by_label("Field for weight")).to_have_value("NUMBER")
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_text("The import of 3 rows is done.")).to_be_visible()
    assert records_of(server, token, "crate", "weight=12")["meta"]["total"] == 1
