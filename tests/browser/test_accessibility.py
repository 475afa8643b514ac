"""Every page and state is for everybody: in light and dark, and on a narrow page; see ``states.py`` for them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import axe, problems
from tests.browser.pages import sign_in
from tests.browser.parts import FIELDS, OBJECTS
from tests.browser.states import INTO, OUTSIDE, REFUSED, STATES, TABLE, State
from tests.server import EMAIL, PASSWORD, Server, manage

# What axe finds in a page is the same whichever database its records are in.
pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

VIEWS = {
    "kanban": {"column": "stage"},
    "calendar": {"date": "due_on", "color": "stage", "cards": ["account", "progress"]},
    "chart": {"type": "bar", "group": "stage", "measure": {"function": "count", "field": None}},
}
COLLEAGUE = "rep@example.com"
# What stands in the way of a restored one, and what is unique together.
BOX = {
    "name": "Box",
    "apiName": "box",
    "fields": [
        {"label": "Name", "type": "TEXT", "isRequired": True},
        {"label": "Code", "type": "TEXT", "isUnique": True},
        {"label": "Shelf", "type": "TEXT"},
        {"label": "Place", "type": "NUMBER"},
    ],
    "uniqueKeys": [{"fields": ["shelf", "place"]}],
}


@pytest.fixture(scope="module")
def world(server: Server, token: str) -> dict[str, str]:
    """What the addresses name: views, and a record with a history, notes, activities and others that point at it."""

    def make(path: str, body: object, method: str = "POST") -> str:
        status, made = server.send(method, f"{OBJECTS}{path}", body, token)
        assert status in (200, 201), made
        return str(made["id"])

    lookup = {"label": "Other", "type": "LOOKUP", "options": {"target": "thing"}}
    options = {"enableHistory": True, "enableNotes": True, "enableActivities": True}
    make("", {"name": "Nothing", "apiName": "nothing"})
    make("", {"name": "Thing", "apiName": "thing", "fields": FIELDS, **options})
    make("/thing/fields", lookup)
    records = "/thing/records"
    known = {"record": make(records, {"data": {"name": "T0", "size": 1, "state": "New", "bought": "2026-12-31"}})}
    record = f"{records}/{known['record']}"
    for number in range(1, 5):
        make(records, {"data": {"name": f"T{number}", "size": number, "state": "Used", "other": known["record"]}})
    make(record, {"data": {"size": 7, "state": "Broken"}}, "PATCH")
    known["note"] = make(f"{record}/notes", {"text": f"Ask @{COLLEAGUE} about https://example.com"})
    known["activity"] = make(f"{record}/activities", {"kind": "call", "title": "Call them", "due": "2026-11-30"})
    make("", BOX)
    for name, path in (("gone", records), ("taken", "/box/records")):
        known[name] = make(path, {"data": {"name": "Gone"} | ({"code": "B-1"} if name == "taken" else {})})
        assert server.send("DELETE", f"{OBJECTS}{path}/{known[name]}", token=token)[0] == 204
    for number in (1, 2):
        make("/box/records", {"data": {"name": f"B{number}", "code": f"B-{number}"}})
    known |= _imports(server) | _people(server, token)
    for kind, settings in VIEWS.items():
        known[kind] = make("/project/views", {"name": f"My {kind}", "kind": kind, "settings": settings})
    return known


def _people(server: Server, token: str) -> dict[str, str]:
    """Who is invited, who is to choose a new password and who is deactivated, the tokens of their links, and a key."""

    def send(method: str, path: str, body: object = None) -> dict[str, Any]:
        status, answer = server.send(method, f"/v1/{path}", body, token)
        assert status in (200, 201), answer
        return dict(answer)

    person, left = (send("GET", f"users?search={email}")["data"][0]["id"] for email in ("mira@", "sam@"))
    send("PATCH", f"users/{left}", {"isActive": False})
    invited = send("POST", "invitations", {"email": "guest@example.com"})
    key = send("POST", "api-keys", {"name": "Sync", "scopes": ["read"]})
    code = (
        "from salesos.accounts import people; from salesos.accounts.actor import Actor;"
        f"from salesos.accounts.models import User; actor = Actor.of_user(User.objects.get(email='{EMAIL}'));"
        f"print(people.make_password_link(actor, '{person}')[1])"
    )
    return {
        "person": person,
        "left": left,
        "key": key["id"],
        "invitation": invited["id"],
        "join": invited["link"].rstrip("/").rpartition("/")[2],
        "reset": manage(server.database_url, "shell", "--no-imports", "-c", code).strip(),
    }


def _imports(server: Server) -> dict[str, str]:
    """Tables that were brought in, whose rows were refused in part: one made an object, one was for a thing's."""
    code = (
        "from customobjects.services.table_import import importing, into;"
        "from salesos.accounts.actor import Actor; from salesos.accounts.models import User;"
        f"actor = Actor.of_user(User.objects.get(email='{EMAIL}'));"
        f"table = importing.bring_table(actor, content={TABLE.encode()!r}, name='crates.csv', zone='UTC');"
        "table.plan['columns'][0]['is_unique'] = True; table.save();"
        "importing.start_import(actor, table.id); importing.import_batch(table.id);"
        f"other = into.bring_into(actor, 'thing', content={INTO.encode()!r}, name='things.csv', zone='UTC');"
        "importing.start_into(actor, other.id); importing.import_batch(other.id); print(table.id, other.id)"
    )
    finished, other = manage(server.database_url, "shell", "--no-imports", "-c", code).split()
    return {"finished": finished, "into": other}


@pytest.fixture
def look(open_page: Callable[..., Page], world: dict[str, str]) -> Callable[..., None]:
    """Brings a page into a state, and fails where there is anything wrong with it."""

    def look_(state: State, **options: object) -> None:
        page = open_page(
            state.path.format(**world),
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
            **options,
        )
        state.steps(page)
        found = problems(page)
        assert not found, "\n".join(found)

    return look_


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_everybody_can_use(look: Callable[..., None], state: State) -> None:
    look(state)


@pytest.mark.parametrize("state", OUTSIDE, ids=lambda state: state.name)
def test_who_is_not_signed_in(look: Callable[..., None], state: State) -> None:
    look(state, is_signed_in=False)


@pytest.mark.noted(r"status of 40[14]|ERR_FAILED|htmx:(send|afterReq)")
@pytest.mark.parametrize("state", REFUSED, ids=lambda state: state.name)
def test_what_is_refused(look: Callable[..., None], state: State) -> None:
    look(state)


def test_two_values_of_one_field(
    open_page: Callable[..., Page], server: Server, token: str, world: dict[str, str]
) -> None:
    page = open_page(f"/o/thing/r/{world['record']}/edit/", reduced_motion="reduce")
    for label, value in (("Name", "T0"), ("Size", "8")):
        page.get_by_label(label).fill(value)
    server.send("PATCH", f"{OBJECTS}/thing/records/{world['record']}", {"data": {"size": 9}}, token)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator(".clash")).to_be_visible()
    assert problems(page) == []


@pytest.mark.noted(r"status of 403")
def test_no_right(open_page: Callable[..., Page], server: Server, world: dict[str, str]) -> None:
    manage(
        server.database_url,
        "shell",
        "-c",
        "from salesos.accounts.models import Organization, User;"
        f"User.objects.create_user('{COLLEAGUE}', '{PASSWORD}', role='REP', organization=Organization.objects.get())",
    )
    page = open_page("/sign-in/", is_signed_in=False, reduced_motion="reduce")
    sign_in(page, COLLEAGUE)
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    page.goto("/setup/objects/thing/fields/new/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert problems(page) == []


def test_the_document_of_an_objects_api(open_page: Callable[..., Page], world: dict[str, str]) -> None:
    """Swagger's own page: what else axe finds in it is Swagger's own."""
    page = open_page("/setup/objects/thing/api/swagger/", reduced_motion="reduce")
    expect(page.locator(".opblock").first).to_be_visible()
    rules = ["document-title", "button-name", "link-name", "image-alt"]
    assert axe(page, runOnly={"type": "rule", "values": rules}) == []
