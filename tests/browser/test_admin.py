"""Django's admin in a real browser: everybody can use each of its pages, and destroying asks first.

Unfold has no place in its templates for what keyboards and screen readers need; ``static/js/admin.js`` and
``static/css/admin.css`` say it from outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import problems
from tests.server import Server, manage

pytestmark = pytest.mark.slow

# What Chromium tells of forms for passwords that have no name of a user in them: unfold's form has none.
USERNAME = r"autocomplete attributes \(suggested: \"username\"\)"
# Prints an id for each kind of row, of those that a page of one shows.
IDS = """
from customobjects.models import *; from customobjects.services import purge; from salesos.accounts.models import *
from salesos.accounts.services import create_api_key
other, _ = Organization.objects.get_or_create(name="Other Company")
user = User.objects.get(email="admin@example.com"); create_api_key(user, "Key", ["read"])
User.objects.create_user("somebody@other.example", "x", organization=other, role="ADMIN", name="Some Body")
purge.begin()
for name, model in [("user", User), ("key", ApiKey), ("entry", AuditEntry), ("object", CustomObject),
                    ("record", Record), ("task", BackgroundTask)]:
    print(name, model.objects.first().pk)
print("organization", other.pk)
"""
PAGES = {
    "dashboard": "",
    "organizations": "accounts/organization/",
    "new organization": "accounts/organization/add/",
    "organization": "accounts/organization/{organization}/change/",
    "deleting an organization": "accounts/organization/{organization}/delete/",
    "users": "accounts/user/",
    "new user": "accounts/user/add/",
    "user": "accounts/user/{user}/change/",
    "password of a user": "accounts/user/{user}/password/",
    "deleting a user": "accounts/user/{user}/delete/",
    "history of a user": "accounts/user/{user}/history/",
    "keys": "accounts/apikey/",
    "new key": "accounts/apikey/add/",
    "key": "accounts/apikey/{key}/change/",
    "audit log": "accounts/auditentry/",
    "audit entry": "accounts/auditentry/{entry}/change/",
    "objects": "customobjects/customobject/",
    "object": "customobjects/customobject/{object}/change/",
    "records": "customobjects/record/",
    "record": "customobjects/record/{record}/change/",
    "tasks": "customobjects/backgroundtask/",
    "task": "customobjects/backgroundtask/{task}/change/",
    "purge": "customobjects/backgroundtask/purge/",
    "imports": "customobjects/tableimport/",
}


@pytest.fixture(scope="module")
def world(server: Server) -> dict[str, str]:
    """The ids that addresses name."""
    printed = manage(server.database_url, "shell", "--no-imports", "--command", IDS)
    return dict(line.split() for line in printed.splitlines() if line)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.mark.noted(USERNAME)
@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use(open_page: Callable[..., Page], world: dict[str, str], name: str) -> None:
    page = open_page(f"/admin/{PAGES[name].format(**world)}", reduced_motion="reduce")
    expect(page.get_by_role("main")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert problems(page) == []


def test_filters_of_the_admin_are_typed_into(page: Page) -> None:
    page.goto("/admin/customobjects/record/")
    page.get_by_text("Filters").first.click()
    page.locator(".select2-selection").first.click()
    page.locator(".select2-search__field").fill("asset exam")
    page.get_by_text("Asset (Example)").click()
    page.get_by_role("button", name="Apply Filters").click()
    page.wait_for_url("**custom_object__id__exact=**")
    rows = page.locator("#result_list tbody tr")
    expect(rows.first).to_be_visible()
    expect(rows.filter(has_text="Asset")).to_have_count(rows.count())


def test_filters_are_opened_by_keyboard(page: Page) -> None:
    page.goto("/admin/accounts/user/")
    opener = page.get_by_role("button", name="Filters").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Apply Filters")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Apply Filters")).to_be_hidden()


def test_a_double_click_in_the_admin_makes_one(page: Page) -> None:
    page.goto("/admin/accounts/organization/add/")
    page.locator("input[name=name]").fill("Twice")
    page.locator("[name=_save]").first.dblclick()
    expect(page).to_have_url(re.compile(r"/organization/([0-9a-f-]+/change/)?$"))
    page.wait_for_load_state("networkidle")
    page.goto("/admin/accounts/organization/?q=Twice")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)


def test_an_organization_is_deleted_by_keyboard(page: Page, world: dict[str, str]) -> None:
    page.goto(f"/admin/accounts/organization/{world['organization']}/change/")
    page.get_by_role("link", name="Delete").first.focus()
    page.keyboard.press("Enter")
    typed = page.get_by_label("Type Other Company to delete it")
    typed.focus()
    page.keyboard.type("Other")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("nothing was deleted")
    typed.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("Other Company")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Other Company is being deleted in the background")).to_be_visible()
