"""Every page, and every state of one: its name, its address, and what is done there before it is looked at.

In an address ``{record}``, ``{thing}`` and the like are what ``world`` in test_accessibility.py has made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Page

from tests.browser import state_steps as steps
from tests.server import EMAIL


class State(NamedTuple):
    name: str
    path: str
    steps: Callable[[Page], object] = lambda page: None


FILTERS = "filter=status__in:Running&any=purchase_cost__gt:5&any=name__isnull:true"
LIST, RECORD, SETUP = "/o/thing/?sort=name", "/o/thing/r/{record}/", "/setup/objects/thing/"
BOX = "/setup/objects/box/"
TABLE = (
    "code,name,bought,price,seen,state\nB-1,One,2026-01-31,12.5,01/02/2026,new\n"
    "B-2,Two,NA,3,03/04/2026,old\nB-1,Three,,4,,new"
)
INTO = "name,size,state,colour\nT0,5,New,red\nNine,many,Used,\nTen,9,Gone,blue"

STATES = [
    State("Home", "/"),
    State("chart on Home is chosen", "/", steps.choose_chart),
    State("chart on Home", "/home/chart/"),
    State("list", "/o/asset/?sort=-purchase_cost,name&footer=purchase_cost:avg&search=boiler", steps.grid),
    State(
        "list in groups",
        "/o/project/?group=stage&search=re",
        steps.groups,
    ),
    State("list with filters", f"/o/asset/?search=pump&{FILTERS}", steps.grid),
    State("list with a filter that is none", "/o/asset/?search=boiler&filter=nonsense__gt:5", steps.grid),
    State("empty list", "/o/nothing/"),
    State("list without hits", "/o/asset/?search=zzzz"),
    State("rows are selected", LIST, steps.select),
    State("cells are selected", LIST, steps.select_cells),
    State("a cell is edited", LIST, steps.edit_cell("size")),
    State("a choice in a cell", LIST, steps.edit_cell("state", "combobox")),
    State("a date in a cell", LIST, steps.edit_cell("bought")),
    State("a cell is refused", LIST, steps.refused_cell),
    State("rows are edited", LIST, steps.bulk("Edit")),
    State("rows are deleted", LIST, steps.bulk("Delete")),
    State("paste preview", LIST, steps.paste),
    State("columns panel", LIST, steps.click("^Columns$")),
    State("menu of a column", LIST, steps.click("Name: what to do")),
    State("menu of groups", LIST, steps.click("^Group$")),
    State("menu of figures", LIST, lambda page: page.locator("tfoot [data-field=size] button").click()),
    State("filter panel", LIST, steps.filter("State")),
    State("filter of a date", LIST, steps.filter("Bought")),
    State("filter of a lookup", LIST, steps.filter("Other")),
    State("menu of new views", LIST, steps.click("^New view$")),
    State("view form", LIST, steps.new_view),
    State(
        "menu of a view",
        "/o/project/v/{kanban}/",
        steps.click("what to do with it"),
    ),
    State("kanban", "/o/project/v/{kanban}/"),
    State(
        "a card is moved",
        "/o/project/v/{kanban}/",
        steps.click("^Move ", "link"),
    ),
    State("calendar by month", "/o/project/v/{calendar}/?span=month"),
    State("calendar by week", "/o/project/v/{calendar}/?span=week"),
    State("chart", "/o/project/v/{chart}/"),
    State("new kanban", "/o/project/v/new/?kind=kanban"),
    State("new calendar", "/o/project/v/new/?kind=calendar"),
    State(
        "new calendar of a filtered list",
        "/o/project/v/new/?kind=calendar&of=search%3Da%26filter%3Dname__isnull%3Afalse",
    ),
    State("new chart", "/o/project/v/new/?kind=chart"),
    State("settings of a view", "/o/project/v/{chart}/settings/"),
    State("view deletion", "/o/project/v/{chart}/delete/"),
    State("record", RECORD),
    State("menu of a record", RECORD, lambda page: page.get_by_label("More to do").click()),
    State("a value is edited", RECORD, steps.edit_value("Size")),
    State("a choice of a record", RECORD, steps.edit_value("State")),
    State("related", RECORD + "related/"),
    State("timeline", RECORD + "timeline/"),
    State("note form", RECORD + "notes/{note}/edit/"),
    State("activity form", RECORD + "activities/{activity}/edit/"),
    State("drawer", LIST, steps.drawer),
    State("drawer that is slow", LIST, steps.slow_drawer),
    State("new in the drawer", LIST, steps.new_in_drawer),
    State("new record", "/o/thing/new/"),
    State("choices of a form", "/o/thing/new/", steps.open_combobox),
    State("form with errors", "/o/thing/new/", steps.wrong),
    State("delete confirmation", RECORD + "delete/"),
    State("all versions", RECORD + "history/"),
    State("a version", RECORD + "history/1/"),
    State("back to a version", RECORD + "history/1/revert/"),
    State("trash of an object", "/o/thing/trash/"),
    State("trash", "/trash/"),
    State("restore", "/o/thing/trash/{gone}/"),
    State("refused restore", "/o/box/trash/{taken}/", steps.refused_restore),
    State("search", "/search/?q=comp"),
    State("search with reasons", "/search/?q=case-010"),
    State("menu of an object", LIST, steps.object_menu),
    State("menu of an object with what is done again", "/o/contact/", steps.redo_menu),
    State("search without hits", "/search/?q=zzzz"),
    State("palette", "/o/asset/", steps.palette),
    State("keys", "/o/asset/", steps.press("?")),
    State("menu of the person", "/", lambda page: page.locator("[popovertarget=user-menu]").click()),
    State("sidebar over a narrow page", "/", steps.sidebar),
    State("toast", LIST, steps.toast),
    State("settings", "/me/"),
    State("password", "/me/password/"),
    State("order of objects", "/me/objects/"),
    State("picklist editor", SETUP + "fields/state/", steps.choices),
    State("picklist colours", SETUP + "fields/state/", steps.colors),
    State("merge values", SETUP + "fields/state/merge/"),
    State("new object", "/setup/objects/new/"),
    State("fields", SETUP + "fields/?filled=1"),
    State("new field in the drawer", SETUP + "fields/", steps.fields_drawer("Add field")),
    State("types in the drawer", SETUP + "fields/", steps.types),
    State("field in the drawer", SETUP + "fields/", steps.fields_drawer("State")),
    State("lookup in the drawer", SETUP + "fields/", steps.fields_drawer("Other")),
    State("lookup with conditions in the drawer", SETUP + "fields/", steps.conditions),
    State("question before a field is deleted", SETUP + "fields/", steps.fields_question),
    State("object form", SETUP + "general/"),
    State("icons to choose from", SETUP + "general/", steps.icons),
    State("icons of a new object", "/setup/objects/new/", steps.icons),
    State("unique key", SETUP + "general/keys/new/"),
    State("refused unique key", SETUP + "general/keys/new/", steps.no_key),
    State("unique keys", BOX + "general/"),
    State("a unique key is removed", BOX + "general/", steps.removed_key),
    State("object from templates", "/setup/templates/"),
    State("object from a table", "/setup/tables/new/"),
    State("refused table", "/setup/tables/new/", steps.click("Look at the columns")),
    State("plan of a table", "/setup/tables/new/", steps.bring(TABLE)),
    State("plan of a table whose name is taken", "/setup/tables/new/", steps.name_taken),
    State("object of a column", "/setup/tables/new/", steps.object_of_column),
    State("column of a table that cannot be so", "/setup/tables/new/", steps.no_picklist),
    State("running import", "/setup/tables/new/", steps.started(TABLE, "Basket", "rows are taken")),
    State("finished import", "/setup/tables/{finished}/"),
    State("undoing an import", "/setup/tables/{finished}/", steps.undo_question),
    State("tables", "/setup/tables/"),
    State("import into an object", "/o/thing/import/"),
    State("plan of an import into an object", "/o/thing/import/", steps.bring(INTO)),
    State("finished import into an object", "/o/thing/import/{into}/"),
    State("diagram", "/setup/diagram/"),
    State("access to an object", SETUP + "access/"),
    State("API of an object", SETUP + "api/"),
    State("API of an object with a key", SETUP + "api/", steps.fresh_key),
    State("object deletion", SETUP + "delete/"),
    State("types of fields", SETUP + "fields/new/"),
    State("new field", SETUP + "fields/new/?type=NUMBER"),
    State("field form", SETUP + "fields/size/"),
    State("field deletion", SETUP + "fields/size/delete/"),
    State("setup", "/setup/"),
    State("people", "/setup/people/"),
    State("people who are none", "/setup/people/?search=zzzz"),
    State("invitation", "/setup/people/invite/"),
    State("link of an invitation", "/setup/people/invite/", steps.invite),
    State("links of several invitations", "/setup/people/invite/", steps.invite_several),
    State("renewal of an invitation", "/setup/people/invitations/{invitation}/renew/"),
    State("withdrawal of an invitation", "/setup/people/invitations/{invitation}/withdraw/"),
    State("person", "/setup/people/", steps.click(f"^{EMAIL}", "link")),
    State("person who is deactivated", "/setup/people/{left}/"),
    State("new password by link", "/setup/people/{person}/password/"),
    State("deactivation", "/setup/people/", steps.of_person("Deactivate")),
    State("hand over", "/setup/people/", steps.of_person("Hand over records")),
    State("roles", "/setup/roles/"),
    State("a list as a lesser role sees it", "/setup/roles/", steps.view_as("/o/asset/")),
    State("menu of who views as a lesser role", "/setup/roles/", steps.view_as("/", "[popovertarget=user-menu]")),
    State("keys", "/setup/keys/"),
    State("new key", "/setup/keys/new/"),
    State("key that is shown once", "/setup/keys/new/", steps.new_key),
    State("revocation of a key", "/setup/keys/{key}/revoke/"),
    State("new key with errors", "/setup/keys/new/", steps.refused_key),
    State("audit log", "/setup/audit/"),
    State("limits", "/setup/limits/"),
    State("organization", "/setup/organization/"),
    State("styleguide", "/styleguide/"),
]
# Pages of who is not signed in.
OUTSIDE = [
    State("sign-in", "/sign-in/"),
    State("refused sign-in", "/sign-in/", steps.refused_sign_in),
    State("join", "/join/{join}/"),
    State("choose a new password", "/reset/{person}/{reset}/"),
]
# What the browser notes of these is meant.
REFUSED = [
    State("link that is not good", "/join/nonsense/"),
    State("not found", "/o/asset/r/019ac000-0000-7000-8000-000000000000/"),
    State("a record is deleted meanwhile", "/o/box/?sort=-name", steps.gone_meanwhile),
    State("no such page", "/nowhere/"),
    State("sign-in again", LIST, steps.signed_out),
    State("list without a connection", LIST, steps.list_that_fails),
]
