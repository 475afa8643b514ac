"""The general page of an object's setup, and its pickers: by mouse, by the keyboard alone, and at 360 px."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import WAYS, Hands, fits, sign_in, undo, width_of
from tests.browser.parts import OBJECTS, Parts
from tests.server import PASSWORD, Server, manage

pytestmark = pytest.mark.slow
# Whether the draft of a form has the icon of the euro.
KEPT = """Object.entries(localStorage)
    .some(([key, value]) => key.startsWith("draft:") && value.includes("euro"))"""


@pytest.fixture
def parts(server: Server) -> Parts:
    return Parts(server)


@pytest.fixture
def setup(parts: Parts) -> str:
    return f"/setup/objects/{parts.name}/general/"


def icons(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Icons").get_by_role("option")


def held(parts: Parts) -> Any:
    return parts.server.send("GET", f"{OBJECTS}/{parts.name}", token=parts.token)[1]


def save(hands: Hands) -> None:
    hands.press(hands.page.get_by_role("main").get_by_role("button", name="Save", exact=True))
    expect(hands.page.locator(".toast").filter(has_text="Saved.")).to_be_visible()


@pytest.mark.parametrize("way", WAYS)
def test_an_icon_and_a_colour_are_chosen(open_page: Callable[..., Page], parts: Parts, setup: str, way: str) -> None:
    page = open_page(setup, width=width_of(way))
    hands = Hands(page, way)
    button = page.get_by_role("button", name="Icon:")
    hands.press(button)
    search = page.get_by_role("searchbox", name="Search icons")
    expect(search).to_be_focused()
    expect(icons(page).first).to_be_visible()
    assert fits(page)
    # By what it means: the name of the icon has no such word.
    page.keyboard.type("lorry")
    expect(page.get_by_text("No icon is called so.")).to_be_visible()
    search.fill("shipment")
    truck = icons(page).and_(page.get_by_label("Local shipping", exact=True))
    expect(truck).to_be_visible()
    if hands.is_keyboard:
        page.keyboard.press("ArrowDown")
        for _ in range(20):
            if truck.evaluate("option => option === document.activeElement"):
                break
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
    else:
        truck.click()
    expect(button).to_be_focused()
    expect(button).to_have_text(re.compile("Local shipping"))
    hue = page.get_by_role("radio", name="Teal")
    if hands.is_keyboard:
        hands.reach(page.get_by_role("radio", name="Blue"))
        while not hue.is_checked():
            page.keyboard.press("ArrowRight")
    else:
        page.get_by_text("Teal", exact=True).click()
    expect(page.locator("#words .badge.hue-teal")).to_be_visible()
    save(hands)
    assert (held(parts)["icon"], held(parts)["color"]) == ("local_shipping", "#0f766e")
    undo(page)
    assert (held(parts)["icon"], held(parts)["color"]) == ("deployed_code", "#2563eb")


def test_keys_in_the_list_of_icons(open_page: Callable[..., Page], setup: str) -> None:
    page = open_page(setup)
    page.get_by_role("button", name="Icon:").click()
    expect(icons(page).first).to_be_visible()
    at = "document.activeElement.dataset.icon ?? document.activeElement.type"
    page.keyboard.press("ArrowDown")
    first = page.evaluate(at)
    assert first == icons(page).first.get_attribute("data-icon")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(at) != first
    page.keyboard.press("ArrowUp")
    assert page.evaluate(at) == first
    page.keyboard.press("End")
    assert page.evaluate(at) == icons(page).last.get_attribute("data-icon")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(at) == "search"
    # A letter goes on with the search, from wherever one is.
    page.keyboard.press("ArrowDown")
    page.keyboard.type("wine")
    expect(page.get_by_role("searchbox", name="Search icons")).to_have_value("wine")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Icon: Wine bar")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Chosen before").get_by_label("Wine bar")).to_be_visible()
    page.get_by_role("combobox", name="Category").select_option("Money and trade")
    expect(page.get_by_role("group", name="Money and trade")).to_be_visible()
    expect(icons(page).and_(page.get_by_label("Wine bar"))).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Icon: Wine bar")).to_be_focused()


def test_a_new_object_has_icons_suggested_and_shows_how_its_names_read(open_page: Callable[..., Page]) -> None:
    page = open_page("/setup/objects/new/")
    fonts: list[str] = []
    page.on("request", lambda sent: fonts.append(sent.url) if "Material-Symbols" in sent.url else None)
    page.locator("#id_name").fill("Invoice Category")
    expect(page.locator("#words")).to_contain_text("New Invoice Category")
    expect(page.locator("#words")).to_contain_text("3 Invoice Categories")
    assert fonts == [], "the font is loaded where the picker is open"
    page.get_by_role("button", name="Icon:").click()
    suggested = page.get_by_role("group", name="Suggested")
    expect(suggested.get_by_label("Receipt", exact=True)).to_be_visible()
    suggested.get_by_label("Receipt", exact=True).click()
    assert len(fonts) == 1
    page.get_by_role("button", name="Create object").click()
    expect(page.get_by_role("heading", name="Invoice Category setup")).to_be_visible()
    # What is typed and not saved is there again.
    page.get_by_role("link", name="General").click()
    page.locator("#id_name").fill("Bill")
    page.get_by_role("button", name="Icon:").click()
    page.get_by_role("searchbox", name="Search icons").fill("euro")
    page.keyboard.press("Enter")
    while not page.evaluate(KEPT):
        page.wait_for_timeout(50)
    page.reload()
    expect(page.get_by_text("What you typed here before")).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("Bill")
    expect(page.get_by_role("button", name="Icon: Euro")).to_be_visible()


def test_without_scripts(open_page: Callable[..., Page], parts: Parts, setup: str) -> None:
    page = open_page(setup, java_script_enabled=False)
    page.get_by_label("Icon").fill("local_shipping")
    page.get_by_label("Pink").check()
    page.get_by_label("Notes").uncheck()
    page.get_by_role("main").get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert (held(parts)["icon"], held(parts)["color"]) == ("local_shipping", "#c0246f")
    assert held(parts)["enableNotes"] is False


@pytest.mark.parametrize("way", WAYS)
def test_a_unique_key_over_duplicates(open_page: Callable[..., Page], parts: Parts, setup: str, way: str) -> None:
    parts.make(2)
    records = parts.server.send("GET", parts.path, token=parts.token)[1]["data"]
    for record in records:
        parts.server.send("PATCH", f"{parts.path}/{record['id']}", {"data": {"size": 7, "state": "New"}}, parts.token)
    page = open_page(setup, width=width_of(way))
    hands = Hands(page, way)
    hands.press(page.get_by_role("link", name="Add a unique key"))
    for label in ("Size", "State"):
        box = page.get_by_role("checkbox", name=label)
        hands.reach(box)
        if hands.is_keyboard:
            page.keyboard.press("Space")
        expect(box).to_be_checked()
    hands.press(page.get_by_role("button", name="Add unique key"))
    told = page.locator(".error")
    expect(told).to_contain_text("Size and State cannot become unique, as two records have the Size 7")
    expect(told.get_by_role("link", name="P001")).to_be_visible()
    assert fits(page)
    parts.server.send("PATCH", f"{parts.path}/{records[0]['id']}", {"data": {"size": 8}}, parts.token)
    hands.press(page.get_by_role("button", name="Add unique key"))
    remove = page.get_by_role("button", name="Remove the key of Size and State")
    expect(remove).to_be_visible()
    hands.press(remove)
    expect(remove).to_have_count(0)
    undo(page)
    expect(remove).to_be_visible()


def test_switches_off_and_on_keep_what_exists(open_page: Callable[..., Page], parts: Parts, setup: str) -> None:
    parts.make(1)
    record = parts.server.send("GET", parts.path, token=parts.token)[1]["data"][0]["id"]
    parts.server.send("POST", f"{parts.path}/{record}/notes", {"text": "Loud at night"}, parts.token)
    page = open_page(setup)
    hands = Hands(page, "mouse")
    for label in ("Search", "Notes"):
        page.get_by_role("checkbox", name=label).uncheck()
    save(hands)
    page.goto(f"{parts.page}r/{record}/timeline/")
    expect(page.get_by_text("Loud at night")).to_be_visible()
    expect(page.get_by_role("link", name="Note", exact=True)).to_have_count(0)
    page.goto(setup)
    for label in ("Search", "Notes"):
        page.get_by_role("checkbox", name=label).check()
    save(hands)
    page.goto(f"{parts.page}?search=p000")
    expect(page.locator("tbody [data-record]")).to_have_count(1)


def test_archived_restored_deleted_and_brought_back(open_page: Callable[..., Page], parts: Parts, setup: str) -> None:
    parts.make(3)
    name = held(parts)["name"]
    page = open_page(setup)
    page.get_by_role("button", name=f"Archive {name}").click()
    expect(page.locator(".toast").filter(has_text=f"{name} is archived.")).to_be_visible()
    expect(
        page.get_by_role("navigation", name="Main").get_by_role("link", name=held(parts)["pluralName"])
    ).to_have_count(0)
    page.goto(parts.list)
    expect(page.locator("tbody [data-record]")).to_have_count(3)
    expect(page.get_by_role("link", name=f"New {name}")).to_have_count(0)
    page.goto(setup)
    page.get_by_role("button", name=f"Restore {name}").click()
    expect(page.get_by_role("button", name=f"Archive {name}")).to_be_visible()
    page.get_by_role("link", name=f"Delete {name}").click()
    expect(page.get_by_role("main")).to_contain_text("With it go all its fields and 3 records.")
    page.get_by_label(f"Type {name} to delete it").fill(name)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator(".toast").filter(has_text=f"{name} is deleted. Until")).to_be_visible()
    page.goto("/trash/")
    row = page.get_by_role("row").filter(has=page.locator("code", has_text=re.compile(f"^{parts.name}$")))
    expect(row).to_contain_text("goes for good on")
    row.get_by_role("button").click()
    expect(page.locator("tbody [data-record]")).to_have_count(3)


@pytest.mark.noted(r"status of 403")
@pytest.mark.parametrize("role", ["REP", "MANAGER"])
def test_who_is_no_administrator_sees_no_setup(
    open_page: Callable[..., Page], server: Server, setup: str, role: str
) -> None:
    email = f"{role.lower()}.setup@example.com"
    manage(
        server.database_url,
        "shell",
        "-c",
        "from salesos.accounts.models import Organization, User;"
        f"User.objects.create_user('{email}', '{PASSWORD}', role='{role}', organization=Organization.objects.get())",
    )
    page = open_page("/sign-in/", is_signed_in=False)
    sign_in(page, email)
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    for path in ("/", "/o/asset/"):
        page.goto(path)
        expect(page.locator("a[href^='/setup/']")).to_have_count(0)
    for path in (setup, f"{setup}keys/new/", setup.replace("general", "api"), setup.replace("general", "delete")):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 403
