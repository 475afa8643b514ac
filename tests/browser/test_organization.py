"""The setup of the organization in a real browser: by mouse, by the keyboard alone, and at 360 px."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import expect_no_violations
from tests.browser.pages import WAYS, Hands, combobox, fits, sign_in, width_of
from tests.browser.parts import OBJECTS
from tests.server import EMAIL, PASSWORD, Server, manage

pytestmark = pytest.mark.slow

Open = Callable[..., Page]


def secret_of(page: Page) -> str:
    """The link, or the key, that the page shows once."""
    return page.locator("copy-text code").first.inner_text().strip()


def choose_password(page: Page, password: str, button: str) -> None:
    page.locator("#id_new_password1").fill(password)
    page.locator("#id_new_password2").fill(password)
    page.get_by_role("button", name=button).click()


def colleague(server: Server, token: str, email: str, role: str = "REP") -> str:
    """Somebody who has joined; the id."""
    status, made = server.send("POST", "/v1/invitations", {"email": email, "role": role}, token)
    assert status == 201, made
    manage(
        server.database_url,
        "shell",
        "-c",
        "from salesos.accounts.models import *; from salesos.accounts.links import *; "
        "from salesos.accounts.invitations import *; "
        f"one = Invitation.objects.get(email='{email}'); "
        f"accept_invitation(invitation_token(one), '{email.partition('@')[0]}', '{PASSWORD}')",
    )
    _status, found = server.send("GET", f"/v1/users?search={email}", token=token)
    return str(found["data"][0]["id"])


@pytest.mark.parametrize("way", WAYS)
def test_somebody_is_invited_joins_and_signs_in(open_page: Open, way: str) -> None:
    email = f"{way}@example.com"
    page = open_page("/setup/people/", width=width_of(way), permissions=["clipboard-read", "clipboard-write"])
    hands = Hands(page, way)
    hands.press(page.get_by_role("link", name="Invite people"))
    hands.type(page.locator("main").get_by_label("E-mail"), email)
    hands.press(page.get_by_role("button", name="Make links"))
    hands.press(page.get_by_role("button", name="Copy the link"))
    expect(page.locator(".toast")).to_contain_text("Copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == secret_of(page)
    assert fits(page)
    hands.press(page.get_by_role("link", name="Back to People"))
    expect(page.get_by_role("row").filter(has_text=email)).to_contain_text("invited")

    theirs = open_page(link, is_signed_in=False, width=width_of(way))
    expect_no_violations(theirs)
    theirs.get_by_label("Your name").fill(f"Kim {way}")
    choose_password(theirs, PASSWORD, "Join")
    expect(theirs.get_by_role("heading", name="Home")).to_be_visible()
    theirs.context.clear_cookies()
    theirs.goto("/sign-in/")
    sign_in(theirs, email)
    expect(theirs.get_by_role("heading", name="Home")).to_be_visible()
    # A representative sees no setup.
    expect(theirs.locator('a[href^="/setup/"]')).to_have_count(0)
    page.reload()
    expect(page.get_by_role("row").filter(has_text=email)).to_contain_text("Representative")


@pytest.mark.noted("the server responded with a status of 404")
def test_a_link_that_was_used_says_so(open_page: Open, server: Server, token: str) -> None:
    _status, made = server.send("POST", "/v1/invitations", {"email": "twice@example.com"}, token)
    first, second = (open_page(made["link"], is_signed_in=False) for _ in range(2))
    for page in (first, second):
        page.get_by_label("Your name").fill("Kim")
        choose_password(page, PASSWORD, "Join")
    expect(first.get_by_role("heading", name="Home")).to_be_visible()
    expect(second.get_by_role("heading", name="This link is not good")).to_be_visible()


@pytest.mark.parametrize("way", WAYS)
def test_who_is_deactivated_is_out_at_once(open_page: Open, server: Server, token: str, way: str) -> None:
    email = f"out-{way}@example.com"
    colleague(server, token, email)
    theirs = open_page("/sign-in/", is_signed_in=False)
    sign_in(theirs, email)
    expect(theirs.get_by_role("heading", name="Home")).to_be_visible()
    page = open_page(f"/setup/people/?search={email}", width=width_of(way))
    hands = Hands(page, way)
    hands.press(page.get_by_role("link", name=f"out-{way}"))
    hands.press(page.get_by_role("link", name="Deactivate"))
    hands.press(page.get_by_role("button", name="Deactivate"))
    expect(page.locator(".toast")).to_contain_text("is deactivated")
    theirs.reload()
    expect(theirs.get_by_role("button", name="Sign in")).to_be_visible()
    sign_in(theirs, email)
    expect(theirs.get_by_role("alert")).to_be_visible()
    hands.press(page.get_by_role("button", name="Reactivate"))
    expect(page.get_by_role("link", name="Deactivate")).to_be_visible()
    sign_in(theirs, email)
    expect(theirs.get_by_role("heading", name="Home")).to_be_visible()


def test_the_last_administrator_is_told_why_not(open_page: Open) -> None:
    page = open_page(f"/setup/people/?search={EMAIL}&role=ADMIN")
    page.get_by_role("link", name=EMAIL).click()
    page.get_by_label("Role").select_option("REP")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("form .error")).to_contain_text("no active administrator")
    expect_no_violations(page)


@pytest.mark.parametrize("way", WAYS)
def test_a_key_is_made_used_and_revoked(open_page: Open, server: Server, way: str) -> None:
    page = open_page("/setup/keys/", width=width_of(way))
    hands = Hands(page, way)
    hands.press(page.get_by_role("link", name="New key"))
    hands.type(page.get_by_label("Name"), f"Sync {way}")
    box = page.get_by_role("checkbox", name="Create and change records")
    hands.reach(box)
    if hands.is_keyboard:
        page.keyboard.press("Space")
    expect(box).to_be_checked()
    hands.press(page.get_by_role("button", name="Make the key"))
    key = secret_of(page)

    def status() -> int:
        return int(page.request.get(f"{server.url}/v1/custom-objects", headers={"X-API-Key": key}).status)

    assert status() == 200
    assert page.request.get(f"{server.url}/v1/users", headers={"X-API-Key": key}).status == 403
    hands.press(page.get_by_role("link", name="Back to API keys"))
    row = page.get_by_role("row").filter(has_text=f"Sync {way}")
    expect(row).to_contain_text("just now")
    assert key not in page.content()
    hands.press(row.get_by_role("link", name=f"Revoke Sync {way}"))
    hands.press(page.get_by_role("button", name="Revoke"))
    expect(row).to_contain_text("Revoked")
    assert fits(page)
    assert status() == 401


def test_records_are_handed_over_while_one_looks(open_page: Open, server: Server, token: str) -> None:
    of = colleague(server, token, "leaving@example.com", "MANAGER")
    to = colleague(server, token, "staying@example.com")
    server.send("POST", OBJECTS, {"name": "Parcel", "apiName": "parcel"}, token)
    for number in range(3):
        body = {"data": {"name": f"P{number}"}, "ownerId": of}
        assert server.send("POST", f"{OBJECTS}/parcel/records", body, token)[0] == 201
    page = open_page(f"/setup/people/{of}/")
    page.get_by_role("link", name="Hand over records").click()
    expect(page.locator(".owned")).to_contain_text("Parcels")
    expect_no_violations(page)
    Hands(page, "mouse").choose(combobox(page, "To"), "stay", "staying")
    page.get_by_role("button", name="Hand over 3 records").click()
    expect(page.get_by_role("progressbar", name="Handing over")).to_be_visible()
    expect_no_violations(page)
    manage(server.database_url, "worker", "--batch")
    expect(page.get_by_text("3 records handed over to staying.")).to_be_visible()
    _status, found = server.send("GET", f"{OBJECTS}/parcel/records?ownerId={to}", token=token)
    assert found["meta"]["total"] == 3


def test_what_was_done_is_in_the_audit_log(open_page: Open, server: Server, token: str) -> None:
    of = colleague(server, token, "noted@example.com")
    assert server.send("PATCH", f"/v1/users/{of}", {"role": "MANAGER"}, token)[0] == 200
    page = open_page("/setup/audit/")
    page.get_by_label("What", exact=True).select_option("role_changed")
    page.get_by_role("button", name="Filter").click()
    row = page.get_by_role("row").filter(has_text="changed the role of noted")
    expect(row).to_contain_text("from Representative to Manager")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    text = download.value.path().read_text("utf-8-sig")
    assert text.splitlines()[0] == "Time,What,Who,Through,Address,Details"
    assert "noted@example.com" in text
    row.get_by_role("link", name="noted").click()
    expect(page.get_by_role("heading", name="noted")).to_be_visible()


def test_the_name_and_the_colour_are_in_the_sidebar(open_page: Open) -> None:
    page = open_page("/setup/organization/", width=360)
    name = page.get_by_label("Name").input_value()
    page.get_by_label("Name").fill("Acme & Sons")
    page.get_by_label("Colour").select_option("Teal")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".topbar .brand")).to_contain_text("Acme & Sons")
    page.get_by_role("button", name="Menu").click()
    sidebar = page.get_by_role("navigation", name="Main")
    expect(sidebar.locator(".brand .avatar")).to_have_class(re.compile("hue-teal"))
    sidebar.get_by_role("link", name="Setup").click()
    expect(page.get_by_role("heading", name="Objects")).to_be_visible()
    page.goto("/setup/organization/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".topbar .brand")).to_contain_text(name)


def test_all_of_it_works_without_scripts(open_page: Open, server: Server) -> None:
    page = open_page("/setup/keys/new/", java_script_enabled=False)
    page.get_by_label("Name").fill("No scripts")
    page.get_by_role("button", name="Make the key").click()
    key = secret_of(page)
    assert page.request.get(f"{server.url}/v1/custom-objects", headers={"X-API-Key": key}).status == 200
    page.goto("/setup/people/")
    page.get_by_label("Role").select_option("ADMIN")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("row").filter(has_text=EMAIL)).to_be_visible()
