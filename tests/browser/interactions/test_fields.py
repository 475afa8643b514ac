"""No. 5, five fields in one drawer, and what else an administrator does to fields: from the first sign-in on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from customobjects.fieldtypes import TYPES, Widget
from tests.browser.pages import WAYS, Hands, Held, combobox, sign_in, take, width_of
from tests.browser.parts import OBJECTS, Parts
from tests.server import Server, fresh_database, with_company

pytestmark = pytest.mark.slow

# Counts what is activated: links and buttons, by a click or by a key; and documents that are loaded.
COUNT = """
    const count = (name) => sessionStorage.setItem(name, Number(sessionStorage.getItem(name) ?? 0) + 1);
    count("documents");
    const isOne = ({ target }) => target.closest?.("a, button, [role=option]");
    addEventListener("click", (event) => isOne(event) && count("activations"), true);
"""


def counted(page: Page, name: str) -> int:
    return int(page.evaluate("name => Number(sessionStorage.getItem(name) ?? 0)", name))


def fields_of(server: Server, token: str, name: str) -> list[dict[str, Any]]:
    """What the API says of an object's fields."""
    status, answer = server.send("GET", f"{OBJECTS}/{name}", token=token)
    assert status == 200, answer
    return list(answer["fields"])


def drawer_of(page: Page) -> Locator:
    return page.locator("dialog.drawer")


def open_fields(open_page: Callable[..., Page], name: str, **options: Any) -> Page:
    page = open_page(f"/setup/objects/{name}/fields/", **options)
    expect(page.locator("field-list:defined [data-row]").first).to_be_attached()
    return page


def choose_type(hands: Hands, label: str) -> None:
    """Choose the type of a new field: of the list, or by the letters that it begins with."""
    page = hands.page
    button = drawer_of(page).locator(".type-button")
    if hands.is_keyboard:
        hands.reach(button)
        page.keyboard.type(label)
    else:
        button.click()
        page.get_by_role("option").filter(has=page.get_by_text(label, exact=True)).click()
    expect(button).to_contain_text(label)
    # Its own controls are there.
    expect(drawer_of(page).locator(".of-type[aria-busy]")).to_have_count(0)


@pytest.mark.parametrize("way", WAYS)
def test_five_fields_in_one_drawer(open_page: Callable[..., Page], parts: Parts, way: str) -> None:
    page = open_fields(open_page, parts.name, width=width_of(way))
    page.evaluate(COUNT)
    hands, drawer = Hands(page, way), drawer_of(page)
    if hands.is_keyboard:
        page.keyboard.press("a")
    else:
        page.get_by_role("link", name="Add field").click()
    label = drawer.get_by_label("Label")
    types = [("Street", ""), ("Weight", "Number"), ("Paid", "Currency"), ("Due", "Date"), ("Done", "Checkbox")]
    for name, type_ in types:
        expect(label).to_be_focused()
        expect(label).to_have_value("")
        before = counted(page, "activations")
        page.keyboard.type(name)
        if type_:
            choose_type(hands, type_)
        if hands.is_keyboard:
            page.keyboard.press("Control+Enter")
        else:
            drawer.get_by_role("button", name="Add field").click()
        expect(page.locator(".toast").last).to_contain_text(f"{name} is added.")
        expect(page.locator(f"field-list [data-label='{name}']")).to_be_attached()
        assert counted(page, "activations") - before <= 3
    assert counted(page, "documents") == 1, "the page was never loaded anew"
    expect(label).to_be_focused()
    found = [(one["label"], one["type"]) for one in fields_of(parts.server, parts.token, parts.name)[-5:]]
    assert found == [
        ("Street", "TEXT"),
        ("Weight", "NUMBER"),
        ("Paid", "CURRENCY"),
        ("Due", "DATE"),
        ("Done", "CHECKBOX"),
    ]
    # What is typed stays where the last one is taken back.
    page.keyboard.type("Sixth")
    hands.press(page.locator(".toast").last.get_by_role("button", name="Undo"))
    expect(page.locator("field-list [data-label=Done]")).to_have_count(0)
    expect(label).to_have_value("Sixth")
    assert len(fields_of(parts.server, parts.token, parts.name)) == 10
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Discard", exact=True).click()
    expect(drawer).to_have_count(0)
    expect(page.get_by_role("link", name="Add field")).to_be_focused()


# What an option of each kind is filled in with.
TYPED = {
    "maxLength": ("40", 40),
    "minLength": ("2", 2),
    "pattern": ("[a-z]+", "[a-z]+"),
    "min": ("-5", -5),
    "max": ("90", 90),
    "precision": ("1", 1),
    "format": ("X-{000}", "X-{000}"),
    "start": ("7", 7),
    "values": ("red\ngreen", ["red", "green"]),
    "filter": ("1/1/2020", {"createdAt__gte": "2020-01-01"}),
}
CHANGED = {
    "maxLength": ("50", 50),
    "minLength": ("3", 3),
    "pattern": ("[a-y]+", "[a-y]+"),
    "min": ("-6", -6),
    "max": ("91", 91),
    "precision": ("2", 2),
    "format": ("Y-{0000}", "Y-{0000}"),
    "values": ("blue", ["red", "green", "blue"]),
    "filter": ("1/1/2021", {"createdAt__gte": "2021-01-01"}),
}


@pytest.mark.parametrize("key", TYPES)
def test_every_type_with_every_option(open_page: Callable[..., Page], parts: Parts, key: str) -> None:
    type_ = TYPES[key]
    page = open_fields(open_page, parts.name)
    hands, drawer = Hands(page, "mouse"), drawer_of(page)
    page.get_by_role("link", name="Add field").click()
    drawer.get_by_label("Label").fill("Made")
    if key != "TEXT":
        choose_type(hands, type_.label)
    expected = {option.name: fill(drawer, option, TYPED) for option in type_.option_list}
    drawer.get_by_role("button", name="Add field").click()
    expect(page.locator(".toast").last).to_contain_text("Made is added.")
    assert stored(parts, "made") == expected
    # And changed, as far as it can be.
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Made", exact=True).click()
    expect(drawer.get_by_role("heading", name="Made")).to_be_visible()
    changed = {
        option.name: expected[option.name] if option.fixed else fill(drawer, option, CHANGED)
        for option in type_.option_list
    }
    drawer.get_by_role("textbox", name="Label", exact=True).fill("Other")
    drawer.get_by_role("button", name="Save").click()
    expect(page.locator(".toast").last).to_contain_text("Saved.")
    expect(drawer.get_by_role("heading", name="Other")).to_be_visible()
    assert stored(parts, "made") == changed


PREFIX = "option_"


def fill(drawer: Locator, option: Any, typed: dict[str, tuple[str, Any]]) -> Any:
    """Give an option another value than it has, and say what is to be stored."""
    name = f"[name={PREFIX}{option.name}]"
    match option.form_control().widget:
        case Widget.CHECKBOX:
            box = drawer.locator(name)
            box.set_checked(not box.is_checked())
            return box.is_checked()
        case Widget.SELECT:
            # The last of the list, or another one than is chosen.
            select = drawer.locator(name)
            values = select.evaluate("select => [...select.options].map(({ value }) => value)")
            chosen = next(value for value in reversed(values) if value and value != select.input_value())
            select.select_option(chosen)
            return chosen
    text, value = typed[option.name]
    if option.name == "values":
        add_values(drawer, text)
    elif option.name == "filter":
        # It is of the object that was chosen before.
        expect(drawer.locator("lookup-filter[aria-busy]")).to_have_count(0)
        if not drawer.locator(".condition:not(.is-new)").count():
            add_condition(drawer, "Created", "is on or after")
        drawer.get_by_label("Value").fill(text)
    else:
        drawer.locator(name).fill(text)
    return value


def add_values(drawer: Locator, lines: str) -> None:
    """Add values to those that a picklist's editor has."""
    adding = drawer.get_by_label("New value")
    for line in lines.splitlines():
        adding.fill(line)
        adding.press("Enter")
        expect(drawer.get_by_label(f"Label of {line}")).to_be_visible()


def add_condition(drawer: Locator, field: str, operator: str = "") -> Locator:
    """Add a condition to those of a lookup's filter."""
    take(drawer, "Add a condition on", field)
    row = drawer.locator(".condition:not(.is-new)").last
    expect(combobox(row, "Operator")).to_be_focused()
    if operator:
        take(row, "Operator", operator)
        expect(row.get_by_label("Value")).to_be_focused()
    return row


def stored(parts: Parts, name: str) -> dict[str, Any]:
    """The options of a field; of a list of choices, the values."""
    field = next(one for one in fields_of(parts.server, parts.token, parts.name) if one["apiName"] == name)
    options = dict(field["options"])
    if "values" in options:
        options["values"] = [one["value"] for one in options["values"]]
    return options


@pytest.mark.parametrize("way", WAYS)
def test_fields_are_put_into_order(open_page: Callable[..., Page], parts: Parts, way: str) -> None:
    page = open_fields(open_page, parts.name, width=width_of(way))
    rows = page.locator("field-list [data-row]")
    names = ["Name", "Size", "Bought", "Seen", "State", "Sold"]
    expect(rows.locator(".field-name a")).to_have_text(names)
    if way == "keyboard":
        hands = Hands(page, way)
        hands.reach(page.get_by_role("link", name="State", exact=True))
        for _ in range(3):
            page.keyboard.press("Alt+ArrowUp")
    elif way == "narrow":
        for _ in range(3):
            page.get_by_role("button", name="Move State up").click()
    else:
        rows.nth(4).drag_to(rows.nth(1), target_position={"x": 20, "y": 3})
    moved = ["Name", "State", "Size", "Bought", "Seen", "Sold"]
    expect(rows.locator(".field-name a")).to_have_text(moved)
    expect(page.locator("[data-said]")).to_have_text("State is 2 of 6.")
    if way == "keyboard":
        expect(page.get_by_role("link", name="State", exact=True)).to_be_focused()
    assert [one["label"] for one in fields_of(parts.server, parts.token, parts.name)] == moved


def test_next_refused_and_deleted(open_page: Callable[..., Page], parts: Parts) -> None:
    parts.make(3)
    page = open_fields(open_page, parts.name)
    drawer = drawer_of(page)
    page.get_by_role("link", name="Size", exact=True).click()
    expect(drawer.get_by_role("heading", name="Size")).to_be_focused()
    for key, name in (("j", "Bought"), ("j", "Seen"), ("j", "State"), ("k", "Seen"), ("j", "State")):
        page.keyboard.press(key)
        expect(drawer.get_by_role("heading", name=name)).to_be_focused()
    # All of them are new: the records are named, and lead there.
    drawer.get_by_label("Unique").check()
    expect(drawer.get_by_text("If two records have the same value already")).to_be_visible()
    drawer.get_by_role("button", name="Save").click()
    expect(drawer.locator(".wrong .error").first).to_contain_text("cannot become unique")
    expect(drawer.locator(".wrong .error").first.get_by_role("link", name="P000")).to_be_visible()
    drawer.get_by_label("Unique").uncheck()
    expect(drawer.get_by_text("If two records have the same value already")).to_be_hidden()
    drawer.get_by_role("link", name="Delete").click()
    question = page.get_by_role("dialog", name="Delete the field State?")
    expect(question).to_contain_text("State is filled in on 3 records")
    question.get_by_role("button", name="Delete").click()
    expect(page.locator("field-list [data-label=State]")).to_have_count(0)
    expect(drawer).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator("field-list [data-label=State]")).to_be_visible()
    assert parts.held("P000", "state") == "New"


def test_nothing_is_asked_of_a_field_that_goes(open_page: Callable[..., Page], parts: Parts) -> None:
    page = open_fields(open_page, parts.name)
    drawer = drawer_of(page)
    page.get_by_role("link", name="Size", exact=True).click()
    drafts, deletion = Held(page, "/draft/", "POST"), Held(page, "/delete/", "POST")

    def is_draft(request: Request) -> bool:
        return "/draft/" in request.url

    drawer.get_by_label("Label").fill("Width")
    drafts.wait()
    # Who leaves a control has changed it once more: that takes the place of what was asked before.
    with page.expect_event("requestfailed", is_draft):
        drawer.get_by_role("link", name="Delete").click()
        drafts.wait(2)
    with page.expect_event("requestfailed", is_draft):
        page.get_by_role("dialog", name="Delete the field Size?").get_by_role("button", name="Delete").click()
    deletion.let_go()
    expect(page.locator("field-list [data-label=Size]")).to_have_count(0)
    drafts.let_go(2)


@pytest.mark.parametrize("way", WAYS)
def test_fields_are_made_and_changed_from_the_list(open_page: Callable[..., Page], parts: Parts, way: str) -> None:
    parts.make(2)
    page = open_page(parts.list, width=width_of(way))
    expect(page.get_by_role("grid")).to_be_visible()
    page.evaluate(COUNT)
    hands, drawer, heads = Hands(page, way), drawer_of(page), page.locator("thead th[data-field]")
    hands.press(page.get_by_role("button", name="Size: what to do"))
    hands.press(page.get_by_role("link", name="Insert field after"))
    expect(drawer.get_by_label("Label")).to_be_focused()
    page.keyboard.type("Weight")
    page.keyboard.press("Enter")
    expect(page.locator(".toast").last).to_contain_text("Weight is added.")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(heads.nth(2)).to_have_attribute("data-field", "weight")
    assert [one["label"] for one in fields_of(parts.server, parts.token, parts.name)][:3] == ["Name", "Size", "Weight"]
    hands.press(page.get_by_role("button", name="Weight: what to do"))
    hands.press(page.get_by_role("link", name="Edit field"))
    expect(drawer.get_by_role("heading", name="Weight")).to_be_focused()
    hands.type(drawer.get_by_label("Label"), "Mass")
    page.keyboard.press("Enter")
    expect(page.locator(".toast").last).to_contain_text("Saved.")
    page.keyboard.press("Escape")
    expect(heads.nth(2)).to_contain_text("Mass")
    hands.press(page.get_by_role("link", name="Add field"))
    expect(drawer.get_by_label("Label")).to_be_focused()
    page.keyboard.type("Last")
    page.keyboard.press("Enter")
    expect(page.locator(".toast").last).to_contain_text("Last is added.")
    page.keyboard.press("Escape")
    expect(heads.last).to_have_attribute("data-field", "last")
    expect(page.get_by_role("link", name="Add field")).to_be_focused()
    assert counted(page, "documents") == 1


def test_from_the_first_sign_in_to_a_first_record(
    open_page: Callable[..., Page], chromium: Any, noise: list[str], tmp_path: Any
) -> None:
    with fresh_database(tmp_path) as database:
        with_company(database)
        with Server(database) as server:
            context = chromium.new_context(base_url=server.url, locale="en-US")
            context.add_init_script(COUNT)
            page = context.new_page()
            page.goto("/sign-in/")
            sign_in(page)
            expect(page.get_by_role("heading", name="Home")).to_be_visible()
            page.evaluate("sessionStorage.clear()")
            page.get_by_role("main").get_by_role("link", name="Blank").click()
            page.get_by_role("textbox", name="Name", exact=True).fill("Machine")
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", name="Machine setup")).to_be_visible()
            page.get_by_role("link", name="Add field").click()
            drawer = drawer_of(page)
            label = drawer.get_by_label("Label")
            for name in ("Maker", "Serial number"):
                expect(label).to_be_focused()
                page.keyboard.type(name)
                page.keyboard.press("Enter")
                expect(page.locator(".toast").last).to_contain_text(f"{name} is added.")
            hands = Hands(page, "keyboard")
            for name, type_, control in (("State", "Picklist", "values"), ("Part of", "Lookup", "target")):
                expect(label).to_be_focused()
                page.keyboard.type(name)
                choose_type(hands, type_)
                if control == "values":
                    add_values(drawer, "Running\nBroken")
                else:
                    drawer.locator(f"[name=option_{control}]").select_option(label="Machine")
                page.keyboard.press("Control+Enter")
                expect(page.locator(".toast").last).to_contain_text(f"{name} is added.")
            page.keyboard.press("Escape")
            page.get_by_role("link", name="New Machine").click()
            expect(drawer.get_by_label("Name")).to_be_focused()
            page.keyboard.type("Press 1")
            page.keyboard.press("Enter")
            expect(drawer.get_by_role("heading", name="Press 1")).to_be_visible()
            assert counted(page, "activations") <= 10
            assert counted(page, "documents") <= 2
            token = server.sign_in()
            assert [one["type"] for one in fields_of(server, token, "machine")] == [
                "TEXT",
                "TEXT",
                "TEXT",
                "PICKLIST",
                "LOOKUP",
            ]
            context.close()
    assert noise == []
