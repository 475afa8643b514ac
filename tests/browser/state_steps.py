"""What is done on a page to bring it into a state of ``states.py``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser.interactions.conftest import cell
from tests.browser.pages import combobox, sign_in, take
from tests.server import EMAIL


def press(*keys: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)

    return steps


def click(name: str, role: Literal["button", "link"] = "button") -> Callable[[Page], None]:
    return lambda page: page.get_by_role(role, name=re.compile(name)).first.click()


def view_as(path: str, opened: str = "") -> Callable[[Page], None]:
    """Look at a page as a representative, and maybe open something there. The session is the state's own."""

    def steps(page: Page) -> None:
        # The session of the file's other tests stays as it is.
        page.context.clear_cookies()
        page.goto("/sign-in/")
        sign_in(page)
        page.goto("/setup/roles/")
        page.get_by_role("main").get_by_role("button", name="View as a Representative").click()
        expect(page.get_by_role("region", name="Viewing as a Representative")).to_be_visible()
        page.goto(path)
        if opened:
            page.locator(opened).click()

    return steps


def choose_chart(page: Page) -> None:
    page.get_by_role("link", name="Change the chart").click()
    expect(page.get_by_role("combobox", name="Chart", exact=True)).to_be_focused()


def object_menu(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^More of")).click()
    expect(page.get_by_role("button", name="Undo last change")).to_be_visible()


def redo_menu(page: Page) -> None:
    page.locator("tbody tr[data-record] input[type=checkbox]").first.check()
    page.get_by_role("form", name="What is selected").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator(".toast").last).to_contain_text("deleted")
    object_menu(page)
    page.get_by_role("button", name="Undo last change").click()
    expect(page.locator(".toast").last).to_contain_text("Undone")
    object_menu(page)
    expect(page.get_by_role("button", name="Redo")).to_be_visible()


def new_key(page: Page) -> None:
    page.get_by_label("Name").fill("Sync")
    page.get_by_role("main").get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("region", name="List the objects with curl")).to_be_visible()


def new_view(page: Page) -> None:
    page.get_by_role("button", name="New view").click()
    page.get_by_role("button", name="Save this list as a view").click()


def choices(page: Page) -> None:
    page.get_by_label("New value").fill("One more")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 added.")).to_be_visible()


def colors(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Colour of")).first.click()
    expect(page.get_by_role("dialog", name="Colour")).to_be_visible()


def grid(page: Page) -> None:
    expect(page.get_by_role("grid")).to_be_visible()


def groups(page: Page) -> None:
    expect(page.locator(".group-head").first).to_be_visible()


def select(page: Page) -> None:
    grid(page)
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("form", name="What is selected")).to_contain_text("2 selected")


def select_cells(page: Page) -> None:
    grid(page)
    cell(page, 1, "size").click()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("form", name="What is selected")).to_contain_text("Sum")


def edit_cell(field: str, role: str = "textbox") -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        grid(page)
        cell(page, 1, field).click()
        page.keyboard.press("Enter")
        expect(page.locator(".cell-editor").get_by_role(role)).to_be_focused()  # type: ignore[arg-type]
        if role == "combobox":
            expect(page.get_by_role("option").first).to_be_visible()

    return steps


def refused_cell(page: Page) -> None:
    grid(page)
    cell(page, 1, "size").click()
    page.keyboard.type("x")
    page.keyboard.press("Enter")
    expect(page.locator(".cell-editor .error")).to_be_visible()


def bulk(button: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        select(page)
        page.get_by_role("form", name="What is selected").get_by_role("button", name=button).click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        if button == "Edit":
            dialog.get_by_role("checkbox", name="State").check()

    return steps


def paste(page: Page) -> None:
    grid(page)
    page.evaluate("navigator.clipboard.writeText('1\\n5000\\nmany')")
    cell(page, 1, "size").click()
    page.keyboard.press("Control+v")
    expect(page.get_by_role("dialog", name="Paste into")).to_contain_text("must not be greater")


def filter(field: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        page.get_by_role("button", name="Add filter").click()
        panel = page.get_by_role("dialog", name="Filter")
        take(panel, "Field", field)
        expect(panel.get_by_role("combobox", name="Operator")).to_be_focused()

    return steps


def drawer(page: Page) -> None:
    grid(page)
    cell(page, 1, "name").get_by_role("link").click()
    expect(page.get_by_role("dialog").get_by_role("heading", level=1)).to_be_focused()


def slow_drawer(page: Page) -> None:
    """The record does not come."""
    page.route(re.compile(r"/r/[^/]+/"), lambda route: None)
    page.locator("tbody th").first.get_by_role("link").click()
    expect(page.locator("dialog.drawer .skeleton").first).to_be_visible()
    expect(page.locator("#progress")).to_be_visible()


def list_that_fails(page: Page) -> None:
    """Another order is asked for, and no answer comes."""
    page.route(re.compile("sort=size"), lambda route: route.abort())
    page.get_by_role("link", name="Size", exact=True).click()
    expect(page.locator(".toast.error")).to_be_visible()


def new_in_drawer(page: Page) -> None:
    page.get_by_role("link", name="New Thing", exact=True).click()
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()


def edit_value(label: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        page.get_by_role("link", name=f"Edit {label}").click()
        expect(page.locator("dl.values .cell-form")).to_be_visible()

    return steps


def wrong(page: Page) -> None:
    page.get_by_label("Size").fill("many")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".error").first).to_be_visible()


def open_combobox(page: Page) -> None:
    combobox(page, "State").click()
    expect(page.get_by_role("option").first).to_be_visible()


def signed_out(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")
    cell(page, 1, "size").click()
    page.keyboard.press("Delete")
    expect(page.get_by_role("dialog", name="You are no longer signed in")).to_be_visible()


def palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search everything").fill("comp 15")
    expect(page.get_by_role("option", name="Compressor 150")).to_be_visible()


def bring(text: str) -> Callable[[Page], None]:
    """Paste a table, and look at what its columns become."""

    def steps(page: Page) -> None:
        page.get_by_label("Paste a table").fill(text)
        page.get_by_role("button", name="Look at the columns").click()
        expect(page.get_by_role("region", name="Columns")).to_be_visible()

    return steps


def started(text: str, name: str, status: str) -> Callable[[Page], None]:
    """Have a table brought in, which stays so while there is no worker."""

    def steps(page: Page) -> None:
        bring(text)(page)
        page.get_by_label("What is one row called?").fill(name)
        page.locator("button[name=start]").click()
        expect(page.get_by_role("status").filter(has_text=status)).to_be_visible()

    return steps


def name_taken(page: Page) -> None:
    bring("name;bought;price\nPump;31.12.2026;1.550,95\nFan;30.12.2026;3,50")(page)
    page.get_by_label("What is one row called?").fill("Thing")
    page.locator("button[name=start]").click()
    expect(page.get_by_role("button", name="Bring the rows into Things")).to_be_visible()
    expect(page.get_by_text("is shown to you as")).to_be_visible()


def no_picklist(page: Page) -> None:
    bring("name,remarks\nOne,missing; ask Tom\nTwo,fine")(page)
    page.get_by_label("Type of remarks").select_option("Picklist")
    expect(page.locator(".error", has_text="Values must hold values without")).to_be_visible()


def object_of_column(page: Page) -> None:
    bring("name,place\nPump,Berlin\nFan,Rome\nLift,Rome")(page)
    page.get_by_label("Type of place").select_option("Lookup to a new object")
    expect(page.get_by_label("New object of place")).to_be_visible()
    expect(page.get_by_text("2 records, one for each different text")).to_be_visible()


def undo_question(page: Page) -> None:
    page.get_by_role("link", name="Undo the import").click()
    expect(page.get_by_role("heading", name="Undo the import?")).to_be_visible()


def fresh_key(page: Page) -> None:
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_text("This is your new key")).to_be_visible()


def toast(page: Page) -> None:
    grid(page)
    page.locator("tbody .pick input").first.check()
    page.get_by_role("form", name="What is selected").get_by_role("button", name="Duplicate").click()
    expect(page.locator(".toast").get_by_role("button", name="Undo")).to_be_visible()


def sidebar(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def refused_sign_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("nobody@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()


def invite(page: Page) -> None:
    page.locator("main").get_by_label("E-mail").fill(f"{uuid4().hex}@example.com")
    page.get_by_role("button", name="Make links").click()
    expect(page.get_by_role("button", name="Copy the link")).to_be_visible()


def invite_several(page: Page) -> None:
    emails = [f"{uuid4().hex}@example.com" for _ in range(3)]
    page.locator("main").get_by_label("E-mail").fill("\n".join(emails))
    page.get_by_role("button", name="Make links").click()
    expect(page.get_by_role("button", name="Copy the link of")).to_have_count(3)


def of_person(link: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        page.get_by_role("link", name=EMAIL).first.click()
        page.get_by_role("link", name=link).click()
        expect(page.get_by_role("heading", level=1, name=re.compile("Deactivate|Hand over"))).to_be_visible()

    return steps


def fields_drawer(name: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator("dialog.drawer field-form")).to_be_visible()
        if name == "Add field":
            expect(page.locator("dialog.drawer").get_by_label("Label")).to_be_focused()

    return steps


def refused_key(page: Page) -> None:
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator(".error").first).to_be_visible()


def icons(page: Page) -> None:
    page.get_by_role("button", name="Icon:").click()
    expect(page.get_by_role("listbox", name="Icons").get_by_role("option").first).to_be_visible()


def no_key(page: Page) -> None:
    page.get_by_role("button", name="Add unique key").click()
    expect(page.locator(".error")).to_be_visible()


def types(page: Page) -> None:
    fields_drawer("Add field")(page)
    page.locator(".type-button").click()
    expect(page.get_by_role("option", name="Long text")).to_be_visible()


def conditions(page: Page) -> None:
    fields_drawer("Add field")(page)
    drawer = page.locator("dialog.drawer")
    drawer.locator(".type-button").click()
    page.get_by_role("option", name="Lookup").click()
    drawer.get_by_label("Object").select_option(label="Asset")
    expect(drawer.locator("lookup-filter")).to_contain_text("each of the Assets")
    for field in ("Status", "Warranty Until"):
        take(drawer, "Add a condition on", field)
        expect(combobox(drawer, "Operator").last).to_be_focused()


def fields_question(page: Page) -> None:
    page.get_by_role("link", name="Delete Size").click()
    expect(page.get_by_role("dialog", name="Delete the field Size?")).to_be_visible()


def refused_restore(page: Page) -> None:
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_label("Without the Code that stands in the way")).to_be_visible()


def removed_key(page: Page) -> None:
    page.get_by_role("button", name="Remove the key of Shelf and Place").click()
    expect(page.get_by_role("status").filter(has_text="may have the same Shelf and Place now")).to_be_visible()


def gone_meanwhile(page: Page) -> None:
    """Open a record from its list that was deleted in another tab, of which no news has come yet."""
    page.route("**/live/**", lambda route: None)
    grid(page)
    link = cell(page, 0, "name").get_by_role("link")
    other = page.context.new_page()
    other.goto(f"{link.get_attribute('href')}delete/")
    other.get_by_role("button", name="Delete").click()
    other.wait_for_url(re.compile(r"/o/box/(\?|$)"))
    other.close()
    link.click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="This Box is not here")).to_be_visible()
