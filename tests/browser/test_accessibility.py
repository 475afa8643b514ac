"""Every page and state is for everybody: in light and dark, and on a narrow page; see ``states.py`` for them all."""

from __future__ import annotations

from collections.abc import Callable

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
    "calendar": {"date": "due_on", "color": "stage"},
    "chart": {"type": "bar", "group": "stage", "measure": {"function": "count", "field": None}},
}
COLLEAGUE = "rep@example.com"


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
    make(f"{record}/notes", {"text": f"Ask @{COLLEAGUE} about https://example.com"})
    make(f"{record}/activities", {"kind": "call", "title": "Call them", "due": "2026-11-30"})
    gone = make(records, {"data": {"name": "Gone"}})
    assert server.send("DELETE", f"{OBJECTS}{records}/{gone}", token=token)[0] == 204
    known |= _imports(server)
    for kind, settings in VIEWS.items():
        known[kind] = make("/project/views", {"name": f"My {kind}", "kind": kind, "settings": settings})
    return known


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
