"""A record in a real browser: its drawer over the list, its values, notes, and what is chosen in comboboxes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_forms import picture, sign_in
from tests.server import PASSWORD, Server

pytestmark = pytest.mark.slow

OBJECTS = "/v1/custom-objects"
SITE_FIELDS = [{"label": "Name", "type": "TEXT", "isRequired": True}]
VISIT_FIELDS = [
    {"label": "Name", "type": "TEXT", "isRequired": True},
    {"label": "Site", "type": "LOOKUP", "options": {"target": "place"}},
    {"label": "Sites", "type": "LOOKUP", "options": {"target": "place", "multiple": True}},
    {"label": "Kind", "type": "PICKLIST", "options": {"values": ["shop", "depot"]}},
    {"label": "Code", "type": "TEXT", "isUnique": True},
    {"label": "Size", "type": "NUMBER"},
]
LONG, HEBREW = "Werk " + "x" * 245, "מפעל צפון"


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    """With an object whose records point at another one's."""
    token = server.sign_in()
    settings = {"enableNotes": True, "enableHistory": True}
    for name, fields in (("Place", SITE_FIELDS), ("Tour", VISIT_FIELDS)):
        body = {"name": name, "apiName": name.lower(), "fields": fields, **settings}
        assert server.send("POST", OBJECTS, body, token)[0] == 201
    for name in ("North", "South", LONG, HEBREW):
        assert server.send("POST", f"{OBJECTS}/place/records", {"data": {"name": name}}, token)[0] == 201
    return token


@pytest.fixture
def open_page(chromium: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Opens signed-in pages; the test fails where the browser's console shows an error."""
    contexts, errors = [], []

    def open_(width: int = 1280, scheme: str = "light") -> Page:
        context = chromium.new_context(
            base_url=server.url,
            locale="en-US",
            color_scheme=scheme,
            viewport={"width": width, "height": 800},  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
        page.goto("/sign-in/")
        sign_in(page)
        return page

    yield open_
    for context in contexts:
        context.close()
    # A form that comes back with errors is a 422, with a clash a 409, where the session is over a 401: browsers log it.
    assert [error for error in errors if not re.search("422|409|401", error)] == []


def make(server: Server, token: str, **data: Any) -> str:
    status, made = server.send("POST", f"{OBJECTS}/tour/records", {"data": {"name": "A tour", **data}}, token)
    assert status == 201, made
    return str(made["id"])


def stored(server: Server, token: str, id_: str) -> dict[str, Any]:
    return dict(server.send("GET", f"{OBJECTS}/tour/records/{id_}", token=token)[1]["data"])


def combobox(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name, exact=True)


def assert_clean(page: Page) -> None:
    """Nothing that axe finds, and nothing wider than the screen."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "by_keys"), [(1280, False), (1280, True), (360, False)])
def test_comboboxes(open_page: Callable[..., Page], server: Server, token: str, width: int, by_keys: bool) -> None:
    page = open_page(width, "dark" if by_keys else "light")
    page.goto("/o/tour/new/")
    name = f"Tour {width} {by_keys}"
    page.get_by_label("Name").fill(name)

    def choose(control: str, typed: str, option: str) -> None:
        box = combobox(page, control)
        if by_keys:
            box.focus()
            page.keyboard.type(typed)
            # Enter waits for what was typed to be found.
            page.keyboard.press("Enter")
        else:
            box.click()
            box.press_sequentially(typed)
            page.get_by_role("option", name=option).first.click()
        expect(box).not_to_have_value(typed)

    choose("Site", "sou", "South")
    expect(combobox(page, "Site")).to_have_value("South")
    choose("Kind", "dep", "depot")
    expect(combobox(page, "Kind")).to_have_value("depot")
    choose("Sites", "wer", "Werk")
    choose("Sites", HEBREW[:4], HEBREW)
    chosen = page.get_by_role("list", name="Sites: chosen").get_by_role("listitem")
    expect(chosen).to_have_count(2)
    picture(page, f"chips-{width}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    made = f"New place {width} {by_keys}"
    choose("Sites", made, f"Create ‘{made}’")
    expect(chosen).to_have_count(3)
    expect(page.get_by_text(f"{made} is made.")).to_be_visible()
    if by_keys:
        combobox(page, "Site").press("ArrowDown")
        expect(page.get_by_role("option", name="South")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("option")).to_have_count(0)
    else:
        page.get_by_role("button", name=f"Remove {HEBREW}").click()
        expect(chosen).to_have_count(2)
    assert_clean(page)
    expect(page.get_by_label("Name")).to_have_value(name)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    listed = server.send("GET", f"{OBJECTS}/tour/records?code__isnull=true&sort=-createdAt", token=token)[1]["data"]
    data = next(one["data"] for one in listed if one["name"] == name)
    assert data["kind"] == "depot"
    assert data["site"]
    assert len(data["sites"]) == (3 if by_keys else 2)


def test_answers_out_of_order_never_win(open_page: Callable[..., Page], token: str) -> None:
    page = open_page()
    page.goto("/o/tour/new/")
    slow = re.compile(r"choices/\?search=nor$")
    page.route(slow, lambda route: (page.wait_for_timeout(800), route.continue_()))
    box = combobox(page, "Site")
    box.click()
    box.press_sequentially("nor")
    page.wait_for_timeout(250)
    box.fill("sou")
    expect(page.get_by_role("option")).to_have_text(["South", "Create ‘sou’"])
    page.wait_for_timeout(1_200)
    expect(page.get_by_role("option")).to_have_text(["South", "Create ‘sou’"])


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light")])
def test_the_drawer(open_page: Callable[..., Page], server: Server, token: str, width: int, scheme: str) -> None:
    ids = [make(server, token, name=f"Drawn {scheme} {width} {letter}") for letter in "ab"]
    page = open_page(width, scheme)
    page.goto(f"/o/tour/?search={scheme}%20{width}&sort=name")
    row = page.locator(f"tr[data-record='{ids[0]}']")
    row.get_by_role("link").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name=f"Drawn {scheme} {width} a")).to_be_focused()
    expect(page).to_have_url(re.compile(f"/r/{ids[0]}/"))
    picture(page, f"drawer-{scheme}-{width}")
    assert_clean(page)
    page.keyboard.press("j")
    expect(drawer.get_by_role("heading", name=f"Drawn {scheme} {width} b")).to_be_visible()
    page.keyboard.press("k")
    expect(drawer.get_by_role("heading", name=f"Drawn {scheme} {width} a")).to_be_visible()
    for tab in ("Related", "History", "Details"):
        drawer.get_by_role("link", name=tab).click()
        expect(drawer.get_by_role("link", name=tab)).to_have_attribute("aria-current", "page")
        assert_clean(page)
    # A value is edited where it stands; the list below shows it then.
    drawer.get_by_role("link", name="Edit Size").focus()
    page.keyboard.press("Enter")
    drawer.get_by_role("textbox", name="Size").fill("many")
    page.keyboard.press("Enter")
    expect(drawer.get_by_text("Size must be a number such as")).to_be_visible()
    drawer.get_by_role("textbox", name="Size").fill("1,234.5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Size is saved.")).to_be_visible()
    expect(drawer.get_by_role("link", name="Edit Size")).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(page).to_have_url(f"{server.url}/o/tour/?search={scheme}%20{width}&sort=name")
    assert page.evaluate("document.activeElement.closest('tr').dataset.record") == ids[0]
    expect(row).to_contain_text("1,234.5")


def test_a_new_record_in_the_drawer(open_page: Callable[..., Page], server: Server, token: str) -> None:
    make(server, token, name="Compressor 12", code="C-1")
    page = open_page()
    page.goto("/o/tour/")
    page.get_by_role("link", name="New Tour").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_label("Name")).to_be_focused()
    assert_clean(page)
    page.keyboard.type("One of two")
    drawer.get_by_label("Code").fill("c-1")
    expect(drawer.get_by_text("Another Tour has the Code c-1: Compressor 12.")).to_be_visible()
    drawer.get_by_role("button", name="Save", exact=True).click()
    expect(drawer.get_by_role("alert")).to_be_visible()
    drawer.get_by_label("Code").fill("C-2")
    drawer.get_by_role("button", name="Save and add another").click()
    expect(page.get_by_text("One of two is saved.")).to_be_visible()
    expect(drawer.get_by_label("Name")).to_have_value("")
    page.go_back()
    expect(drawer).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_note_and_the_way_back(open_page: Callable[..., Page], server: Server, token: str, width: int) -> None:
    id_ = make(server, token)
    page = open_page(width)
    page.goto(f"/o/tour/r/{id_}/timeline/")
    note = page.get_by_role("textbox", name="Note")
    note.press_sequentially("Ask @adm")
    page.locator(".combo-list [role=option]").first.click()
    note.press_sequentially("about https://example.com")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_text("The note is saved.")).to_be_visible()
    expect(page.locator(".mention")).to_be_visible()
    expect(page.get_by_role("link", name="https://example.com")).to_be_visible()
    assert_clean(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The note is deleted.")).to_be_visible()
    expect(page.locator(".note")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".note")).to_have_count(1)


def test_two_people_at_one_value(open_page: Callable[..., Page], server: Server, token: str) -> None:
    id_ = make(server, token, kind="shop", size=1)
    page = open_page()
    page.goto(f"/o/tour/r/{id_}/")
    page.get_by_role("link", name="Edit Size").focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Size").fill("2")
    body = {"data": {"size": 3, "kind": "depot"}}
    assert server.send("PATCH", f"{OBJECTS}/tour/records/{id_}", body, token)[0] == 200
    page.keyboard.press("Enter")
    expect(page.get_by_text("Size was changed by somebody else meanwhile.")).to_be_visible()
    page.get_by_role("button", name="Keep mine").click()
    expect(page.get_by_text("Size is saved.")).to_be_visible()
    data = stored(server, token, id_)
    assert (data["size"], data["kind"]) == (2, "depot")


def sample(server: Server, token: str, name: str) -> str:
    """The id of a record of the sample company."""
    return str(server.send("GET", f"{OBJECTS}/{name}/records?limit=1", token=token)[1]["data"][0]["id"])


def test_groups_stay_as_one_left_them(open_page: Callable[..., Page], server: Server, token: str) -> None:
    address = f"/o/asset/r/{sample(server, token, 'asset')}/"
    page = open_page()
    page.goto(address)
    purchase = page.locator("details.group", has_text="Purchase")
    expect(purchase.get_by_text("Installed On")).to_be_visible()
    purchase.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(purchase.get_by_text("Installed On")).to_be_hidden()
    page.reload()
    expect(purchase.get_by_text("Installed On")).to_be_hidden()
    expect(page.get_by_text("Last Reading")).to_be_visible()
    assert_clean(page)
    # What is printed is the whole.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(purchase.get_by_text("Installed On")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(purchase.get_by_text("Installed On")).to_be_hidden()
    page.goto(f"{address}edit/")
    expect(page.get_by_label("Installed On")).to_be_hidden()
    purchase.locator("summary").click()
    page.get_by_label("Installed On").fill("soon")
    purchase.locator("summary").click()
    page.get_by_role("button", name="Save", exact=True).click()
    # A mistake is never out of sight.
    expect(page.get_by_label("Installed On")).to_have_value("soon")
    expect(page.get_by_label("Installed On")).to_be_visible()
    assert_clean(page)


@pytest.mark.parametrize(("width", "columns"), [(1600, 2), (1280, 2), (1000, 1), (360, 1)])
def test_forms_have_two_columns_where_there_is_room(
    open_page: Callable[..., Page], server: Server, token: str, width: int, columns: int
) -> None:
    page = open_page(width)
    page.goto(f"/o/asset/r/{sample(server, token, 'asset')}/edit/")
    name, number = (page.get_by_label(label).bounding_box() for label in ("Name", "Serial Number"))
    assert name is not None
    assert number is not None
    assert (name["y"] == number["y"]) == (columns == 2)
    form = page.locator(".record-form").bounding_box()
    assert form is not None
    assert form["width"] <= 720
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [1280, 360])
def test_activities_by_keys(open_page: Callable[..., Page], server: Server, token: str, width: int) -> None:
    id_ = make(server, token, kind="shop")
    server.send("PATCH", f"{OBJECTS}/tour/records/{id_}", {"data": {"kind": "depot", "size": 2}}, token)
    page = open_page(width)
    page.goto(f"/o/tour/r/{id_}/timeline/")
    page.get_by_text("Add activity").focus()
    page.keyboard.press("Enter")
    page.get_by_label("What").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("What is required.")).to_be_visible()
    expect(page.get_by_label("What")).to_be_focused()
    page.keyboard.type("Call them")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The activity is saved.")).to_be_visible()
    expect(page.locator("summary", has_text="Add activity")).to_be_focused()
    page.get_by_role("button", name="Done: Call them").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Not done: Call them")).to_be_focused()
    expect(page.locator(".activity.done")).to_have_count(1)
    assert_clean(page)
    page.get_by_role("button", name="Bring back Kind").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kind is as it was before.")).to_be_visible()
    assert stored(server, token, id_)["kind"] == "shop"
    assert stored(server, token, id_)["size"] == 2
    page.get_by_role("button", name="Delete Call them").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".activity")).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body"), "one goes on where one was"


def test_what_points_here_is_made_and_parted(open_page: Callable[..., Page], server: Server, token: str) -> None:
    place = server.send("POST", f"{OBJECTS}/place/records", {"data": {"name": "East <b>"}}, token)[1]["id"]
    page = open_page()
    page.goto(f"/o/place/r/{place}/related/")
    new = page.get_by_role("region", name="Tours Site · 0 records").get_by_role("link", name="New Tour")
    new.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog")
    expect(combobox(page, "Site")).to_have_value("East <b>")
    drawer.get_by_label("Name").fill("To the east")
    page.keyboard.press("Enter")
    expect(drawer.get_by_role("heading", name="To the east")).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(page).to_have_url(re.compile("/related/$"))
    tours = page.get_by_role("region", name="Tours Site · 1 record")
    expect(tours.get_by_role("link", name="New Tour")).to_be_focused()
    tours.get_by_role("link", name="See all").click()
    expect(page.locator(".filter-text")).to_have_text(re.compile(r"Site\s+is\s+East <b>"))
    expect(page.locator("record-grid tr[data-record]")).to_have_count(1)
    page.go_back()
    page.get_by_role("button", name="Unlink To the east").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("To the east is no longer at East <b>.")).to_be_visible()
    expect(page.get_by_role("button", name="Unlink To the east")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Unlink To the east")).to_have_count(1)


def type_into(page: Page, control: Locator, text: str) -> None:
    control.focus()
    page.keyboard.type(text)


# What a script asks for where the session is over: the page, what one does, and what is there when it goes on.
ASKED: dict[str, tuple[str, Callable[[Page], object], Callable[[Page], Locator]]] = {
    "a search in a combobox": (
        "/o/tour/new/",
        lambda page: type_into(page, combobox(page, "Site"), "sou"),
        lambda page: page.get_by_role("option", name="South"),
    ),
    "a value that others have": (
        "/o/tour/new/",
        lambda page: page.get_by_label("Code").fill("taken"),
        lambda page: page.get_by_text("Another Tour has the Code taken"),
    ),
    "a value where it stands": (
        "",
        lambda page: (page.get_by_role("textbox", name="Size").fill("12"), page.keyboard.press("Enter")),
        lambda page: page.get_by_text("Size is saved."),
    ),
    "a note": (
        "timeline/",
        lambda page: (
            page.get_by_role("textbox", name="Note").fill("Never lost"),
            page.get_by_role("button", name="Save note").click(),
        ),
        lambda page: page.locator(".note", has_text="Never lost"),
    ),
    "a person who is mentioned": (
        "timeline/",
        lambda page: type_into(page, page.get_by_role("textbox", name="Note"), "Ask @adm"),
        lambda page: page.get_by_role("textbox", name="Note"),
    ),
    "what a list looks like": (
        "/o/tour/",
        lambda page: page.get_by_role("button", name="Comfortable rows").click(),
        lambda page: page.locator("html[data-density=comfortable]"),
    ),
    "the palette": (
        "/o/tour/",
        lambda page: (page.keyboard.press("Control+k"), page.keyboard.type("Compressor")),
        lambda page: page.get_by_role("option", name="Compressor").first,
    ),
}


@pytest.mark.parametrize("kind", ASKED)
def test_a_session_that_is_over(open_page: Callable[..., Page], server: Server, token: str, kind: str) -> None:
    id_ = make(server, token, size=1)
    server.send("POST", f"{OBJECTS}/tour/records", {"data": {"name": "First", "code": "taken"}}, token)
    path, act, goes_on = ASKED[kind]
    page = open_page()
    page.goto(path if path.startswith("/") else f"/o/tour/r/{id_}/{path}")
    if not path:
        page.get_by_role("link", name="Edit Size").click()
        expect(page.get_by_role("textbox", name="Size")).to_be_focused()
    page.context.clear_cookies(name="sessionid")
    act(page)
    dialog = page.get_by_role("dialog", name="You are no longer signed in")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(goes_on(page)).to_be_visible()
    expect(dialog).to_be_hidden()
    if kind == "a person who is mentioned":
        expect(page.get_by_role("textbox", name="Note")).to_have_value("Ask @adm")
