"""Every page, and every state of one: its name, its address, and what is done there before it is looked at.

In an address ``{record}``, ``{thing}`` and the like are what ``world`` in test_accessibility.py has made.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser.interactions.conftest import cell
from tests.browser.pages import take
from tests.server import EMAIL


class State(NamedTuple):
    name: str
    path: str
    steps: Callable[[Page], object] = lambda page: None


def _press(*keys: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)

    return steps


def _click(name: str, role: Literal["button", "link"] = "button") -> Callable[[Page], None]:
    return lambda page: page.get_by_role(role, name=re.compile(name)).first.click()


def _choose_chart(page: Page) -> None:
    page.get_by_role("link", name="Change the chart").click()
    expect(page.get_by_role("combobox", name="Chart", exact=True)).to_be_focused()


def _object_menu(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^More of")).click()
    expect(page.get_by_role("button", name="Undo last change")).to_be_visible()


def _new_key(page: Page) -> None:
    page.get_by_label("Name").fill("Sync")
    page.get_by_role("main").get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("region", name="List the objects with curl")).to_be_visible()


def _new_view(page: Page) -> None:
    page.get_by_role("button", name="New view").click()
    page.get_by_role("button", name="Save this list as a view").click()


def _choices(page: Page) -> None:
    page.get_by_label("New value").fill("One more")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 added.")).to_be_visible()


def _colors(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Colour of")).first.click()
    expect(page.get_by_role("dialog", name="Colour")).to_be_visible()


def _grid(page: Page) -> None:
    expect(page.get_by_role("grid")).to_be_visible()


def _groups(page: Page) -> None:
    expect(page.locator(".group-head").first).to_be_visible()


def _select(page: Page) -> None:
    _grid(page)
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("form", name="What is selected")).to_contain_text("2 selected")


def _select_cells(page: Page) -> None:
    _grid(page)
    cell(page, 1, "size").click()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("form", name="What is selected")).to_contain_text("Sum")


def _edit_cell(field: str, role: str = "textbox") -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        _grid(page)
        cell(page, 1, field).click()
        page.keyboard.press("Enter")
        expect(page.locator(".cell-editor").get_by_role(role)).to_be_focused()  # type: ignore[arg-type]
        if role == "combobox":
            expect(page.get_by_role("option").first).to_be_visible()

    return steps


def _refused_cell(page: Page) -> None:
    _grid(page)
    cell(page, 1, "size").click()
    page.keyboard.type("x")
    page.keyboard.press("Enter")
    expect(page.locator(".cell-editor .error")).to_be_visible()


def _bulk(button: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        _select(page)
        page.get_by_role("form", name="What is selected").get_by_role("button", name=button).click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        if button == "Edit":
            dialog.get_by_role("checkbox", name="State").check()

    return steps


def _paste(page: Page) -> None:
    _grid(page)
    page.evaluate("navigator.clipboard.writeText('1\\n5000\\nmany')")
    cell(page, 1, "size").click()
    page.keyboard.press("Control+v")
    expect(page.get_by_role("dialog", name="Paste into")).to_contain_text("must not be greater")


def _filter(field: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        page.get_by_role("button", name="Add filter").click()
        panel = page.get_by_role("dialog", name="Filter")
        take(panel, "Field", field)
        expect(panel.get_by_role("combobox", name="Operator")).to_be_focused()

    return steps


def _drawer(page: Page) -> None:
    _grid(page)
    cell(page, 1, "name").get_by_role("link").click()
    expect(page.get_by_role("dialog").get_by_role("heading", level=1)).to_be_focused()


def _new_in_drawer(page: Page) -> None:
    page.get_by_role("link", name="New Thing", exact=True).click()
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()


def _edit_value(label: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        page.get_by_role("link", name=f"Edit {label}").click()
        expect(page.locator("dl.values .cell-form")).to_be_visible()

    return steps


def _wrong(page: Page) -> None:
    page.get_by_label("Size").fill("many")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".error").first).to_be_visible()


def _combobox(page: Page) -> None:
    page.get_by_role("combobox", name="State").click()
    expect(page.get_by_role("option").first).to_be_visible()


def _signed_out(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")
    cell(page, 1, "size").click()
    page.keyboard.press("Delete")
    expect(page.get_by_role("dialog", name="You are no longer signed in")).to_be_visible()


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search everything").fill("comp 15")
    expect(page.get_by_role("option", name="Compressor 150")).to_be_visible()


def _bring(text: str) -> Callable[[Page], None]:
    """Paste a table, and look at what its columns become."""

    def steps(page: Page) -> None:
        page.get_by_label("Paste a table").fill(text)
        page.get_by_role("button", name="Look at the columns").click()
        expect(page.get_by_role("region", name="Columns")).to_be_visible()

    return steps


def _started(text: str, name: str, status: str) -> Callable[[Page], None]:
    """Have a table brought in, which stays so while there is no worker."""

    def steps(page: Page) -> None:
        _bring(text)(page)
        page.get_by_label("What is one row called?").fill(name)
        page.locator("button[name=start]").click()
        expect(page.get_by_role("status").filter(has_text=status)).to_be_visible()

    return steps


def _no_picklist(page: Page) -> None:
    _bring("name,remarks\nOne,missing; ask Tom\nTwo,fine")(page)
    page.get_by_label("Type of remarks").select_option("Picklist")
    expect(page.locator(".error", has_text="Values must hold values without")).to_be_visible()


def _object_of_column(page: Page) -> None:
    _bring("name,place\nPump,Berlin\nFan,Rome\nLift,Rome")(page)
    page.get_by_label("Type of place").select_option("Lookup to a new object")
    expect(page.get_by_label("New object of place")).to_be_visible()
    expect(page.get_by_text("2 records, one for each different text")).to_be_visible()


def _undo_question(page: Page) -> None:
    page.get_by_role("link", name="Undo the import").click()
    expect(page.get_by_role("heading", name="Undo the import?")).to_be_visible()


def _fresh_key(page: Page) -> None:
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_text("This is your new key")).to_be_visible()


def _toast(page: Page) -> None:
    _grid(page)
    page.locator("tbody .pick input").first.check()
    page.get_by_role("form", name="What is selected").get_by_role("button", name="Duplicate").click()
    expect(page.locator(".toast").get_by_role("button", name="Undo")).to_be_visible()


def _sidebar(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def _refused_sign_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("nobody@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()


def _invite(page: Page) -> None:
    page.locator("main").get_by_label("E-mail").fill(f"{uuid4().hex}@example.com")
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_role("button", name="Copy the link")).to_be_visible()


def _of_person(link: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        page.get_by_role("link", name=EMAIL).first.click()
        page.get_by_role("link", name=link).click()
        expect(page.get_by_role("heading", level=1, name=re.compile("Deactivate|Hand over"))).to_be_visible()

    return steps


def _fields_drawer(name: str) -> Callable[[Page], None]:
    def steps(page: Page) -> None:
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator("dialog.drawer field-form")).to_be_visible()
        if name == "Add field":
            expect(page.locator("dialog.drawer").get_by_label("Label")).to_be_focused()

    return steps


def _refused_key(page: Page) -> None:
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator(".error").first).to_be_visible()


def _icons(page: Page) -> None:
    page.get_by_role("button", name="Icon:").click()
    expect(page.get_by_role("listbox", name="Icons").get_by_role("option").first).to_be_visible()


def _no_key(page: Page) -> None:
    page.get_by_role("button", name="Add unique key").click()
    expect(page.locator(".error")).to_be_visible()


def _types(page: Page) -> None:
    _fields_drawer("Add field")(page)
    page.locator(".type-button").click()
    expect(page.get_by_role("option", name="Long text")).to_be_visible()


def _conditions(page: Page) -> None:
    _fields_drawer("Add field")(page)
    drawer = page.locator("dialog.drawer")
    drawer.locator(".type-button").click()
    page.get_by_role("option", name="Lookup").click()
    drawer.get_by_label("Object").select_option(label="Asset")
    expect(drawer.locator("lookup-filter")).to_contain_text("each of the Assets")
    for field in ("Status", "Warranty Until"):
        take(drawer, "Add a condition on", field)
        expect(drawer.locator("input").and_(drawer.get_by_role("combobox", name="Operator")).last).to_be_focused()


def _fields_question(page: Page) -> None:
    page.get_by_role("link", name="Delete Size").click()
    expect(page.get_by_role("dialog", name="Delete the field Size?")).to_be_visible()


FILTERS = "filter=status__in:Running&any=purchase_cost__gt:5&any=name__isnull:true"
LIST, RECORD, SETUP = "/o/thing/?sort=name", "/o/thing/r/{record}/", "/setup/objects/thing/"
TABLE = (
    "code,name,bought,price,seen,state\nB-1,One,2026-01-31,12.5,01/02/2026,new\n"
    "B-2,Two,NA,3,03/04/2026,old\nB-1,Three,,4,,new"
)
INTO = "name,size,state,colour\nT0,5,New,red\nNine,many,Used,\nTen,9,Gone,blue"

STATES = [
    State("Home", "/"),
    State("chart on Home is chosen", "/", _choose_chart),
    State("chart on Home", "/home/chart/"),
    State("list", "/o/asset/?sort=-purchase_cost,name&footer=purchase_cost:avg&search=boiler", _grid),
    State(
        "list in groups",
        "/o/project/?group=stage&search=re",
        _groups,
    ),
    State("list with filters", f"/o/asset/?search=pump&{FILTERS}", _grid),
    State("list with a filter that is none", "/o/asset/?search=boiler&filter=nonsense__gt:5", _grid),
    State("empty list", "/o/nothing/"),
    State("list without hits", "/o/asset/?search=zzzz"),
    State("rows are selected", LIST, _select),
    State("cells are selected", LIST, _select_cells),
    State("a cell is edited", LIST, _edit_cell("size")),
    State("a choice in a cell", LIST, _edit_cell("state", "combobox")),
    State("a date in a cell", LIST, _edit_cell("bought")),
    State("a cell is refused", LIST, _refused_cell),
    State("rows are edited", LIST, _bulk("Edit")),
    State("rows are deleted", LIST, _bulk("Delete")),
    State("paste preview", LIST, _paste),
    State("columns panel", LIST, _click("^Columns$")),
    State("menu of a column", LIST, _click("Name: what to do")),
    State("menu of groups", LIST, _click("^Group$")),
    State("menu of figures", LIST, lambda page: page.locator("tfoot [data-field=size] button").click()),
    State("filter panel", LIST, _filter("State")),
    State("filter of a date", LIST, _filter("Bought")),
    State("filter of a lookup", LIST, _filter("Other")),
    State("menu of new views", LIST, _click("^New view$")),
    State("view form", LIST, _new_view),
    State(
        "menu of a view",
        "/o/project/v/{kanban}/",
        _click("what to do with it"),
    ),
    State("kanban", "/o/project/v/{kanban}/"),
    State(
        "a card is moved",
        "/o/project/v/{kanban}/",
        _click("^Move ", "link"),
    ),
    State("calendar by month", "/o/project/v/{calendar}/?span=month"),
    State("calendar by week", "/o/project/v/{calendar}/?span=week"),
    State("chart", "/o/project/v/{chart}/"),
    State("new kanban", "/o/project/v/new/?kind=kanban"),
    State("new calendar", "/o/project/v/new/?kind=calendar"),
    State("new chart", "/o/project/v/new/?kind=chart"),
    State("settings of a view", "/o/project/v/{chart}/settings/"),
    State("record", RECORD),
    State("menu of a record", RECORD, lambda page: page.get_by_label("More to do").click()),
    State("a value is edited", RECORD, _edit_value("Size")),
    State("a choice of a record", RECORD, _edit_value("State")),
    State("related", RECORD + "related/"),
    State("timeline", RECORD + "timeline/"),
    State("drawer", LIST, _drawer),
    State("new in the drawer", LIST, _new_in_drawer),
    State("new record", "/o/thing/new/"),
    State("choices of a form", "/o/thing/new/", _combobox),
    State("form with errors", "/o/thing/new/", _wrong),
    State("delete confirmation", RECORD + "delete/"),
    State("all versions", RECORD + "history/"),
    State("a version", RECORD + "history/1/"),
    State("back to a version", RECORD + "history/1/revert/"),
    State("trash of an object", "/o/thing/trash/"),
    State("trash", "/trash/"),
    State("search", "/search/?q=comp"),
    State("search with reasons", "/search/?q=case-010"),
    State("menu of an object", LIST, _object_menu),
    State("search without hits", "/search/?q=zzzz"),
    State("palette", "/o/asset/", _palette),
    State("keys", "/o/asset/", _press("?")),
    State("menu of the person", "/", lambda page: page.locator("[popovertarget=user-menu]").click()),
    State("sidebar over a narrow page", "/", _sidebar),
    State("toast", LIST, _toast),
    State("settings", "/me/"),
    State("password", "/me/password/"),
    State("picklist editor", SETUP + "fields/state/", _choices),
    State("picklist colours", SETUP + "fields/state/", _colors),
    State("merge values", SETUP + "fields/state/merge/"),
    State("new object", "/setup/objects/new/"),
    State("fields", SETUP + "fields/?filled=1"),
    State("new field in the drawer", SETUP + "fields/", _fields_drawer("Add field")),
    State("types in the drawer", SETUP + "fields/", _types),
    State("field in the drawer", SETUP + "fields/", _fields_drawer("State")),
    State("lookup in the drawer", SETUP + "fields/", _fields_drawer("Other")),
    State("lookup with conditions in the drawer", SETUP + "fields/", _conditions),
    State("question before a field is deleted", SETUP + "fields/", _fields_question),
    State("object form", SETUP + "general/"),
    State("icons to choose from", SETUP + "general/", _icons),
    State("icons of a new object", "/setup/objects/new/", _icons),
    State("unique key", SETUP + "general/keys/new/"),
    State("refused unique key", SETUP + "general/keys/new/", _no_key),
    State("object from templates", "/setup/templates/"),
    State("object from a table", "/setup/tables/new/"),
    State("refused table", "/setup/tables/new/", _click("Look at the columns")),
    State("plan of a table", "/setup/tables/new/", _bring(TABLE)),
    State("object of a column", "/setup/tables/new/", _object_of_column),
    State("column of a table that cannot be so", "/setup/tables/new/", _no_picklist),
    State("running import", "/setup/tables/new/", _started(TABLE, "Basket", "rows are taken")),
    State("finished import", "/setup/tables/{finished}/"),
    State("undoing an import", "/setup/tables/{finished}/", _undo_question),
    State("tables", "/setup/tables/"),
    State("import into an object", "/o/thing/import/"),
    State("plan of an import into an object", "/o/thing/import/", _bring(INTO)),
    State("finished import into an object", "/o/thing/import/{into}/"),
    State("diagram", "/setup/diagram/"),
    State("API of an object", SETUP + "api/"),
    State("API of an object with a key", SETUP + "api/", _fresh_key),
    State("object deletion", SETUP + "delete/"),
    State("types of fields", SETUP + "fields/new/"),
    State("new field", SETUP + "fields/new/?type=NUMBER"),
    State("field form", SETUP + "fields/size/"),
    State("field deletion", SETUP + "fields/size/delete/"),
    State("setup", "/setup/"),
    State("people", "/setup/people/"),
    State("people who are none", "/setup/people/?search=zzzz"),
    State("invitation", "/setup/people/invite/"),
    State("link of an invitation", "/setup/people/invite/", _invite),
    State("person", "/setup/people/", _click(f"^{EMAIL}", "link")),
    State("deactivation", "/setup/people/", _of_person("Deactivate")),
    State("hand over", "/setup/people/", _of_person("Hand over records")),
    State("keys", "/setup/keys/"),
    State("new key", "/setup/keys/new/"),
    State("key that is shown once", "/setup/keys/new/", _new_key),
    State("new key with errors", "/setup/keys/new/", _refused_key),
    State("audit log", "/setup/audit/"),
    State("limits", "/setup/limits/"),
    State("organization", "/setup/organization/"),
    State("styleguide", "/styleguide/"),
]
# Pages of who is not signed in.
OUTSIDE = [
    State("sign-in", "/sign-in/"),
    State("refused sign-in", "/sign-in/", _refused_sign_in),
]
# What the browser notes of these is meant.
REFUSED = [
    State("link that is not good", "/join/nonsense/"),
    State("not found", "/o/asset/r/019ac000-0000-7000-8000-000000000000/"),
    State("no such page", "/nowhere/"),
    State("sign-in again", LIST, _signed_out),
]
