"""Lists to choose from in a real browser: what is not offered is found by typing, and two clicks make one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_forms import sign_in
from tests.server import EMAIL, Server

pytestmark = pytest.mark.slow


@pytest.fixture
def page(chromium: Browser, server: Server) -> Iterator[Page]:
    context = chromium.new_context(base_url=server.url, locale="en-US")
    page = context.new_page()
    page.goto("/sign-in/")
    sign_in(page)
    yield page
    context.close()


def test_people_are_found_as_one_types(page: Page, server: Server) -> None:
    fields = [{"label": "Name", "type": "TEXT"}, {"label": "Keeper", "type": "USER"}]
    token = server.sign_in()
    assert server.send("POST", "/v1/custom-objects", {"name": "Ward", "fields": fields}, token)[0] == 201
    page.goto("/o/ward/new/")
    keeper = page.get_by_role("combobox", name="Keeper")
    keeper.fill("nobody is called so")
    expect(page.get_by_role("paragraph").filter(has_text="Nothing fits")).to_be_visible()
    keeper.fill(EMAIL)
    page.get_by_role("option").click()
    page.get_by_label("Name").fill("North")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("North is saved.")).to_be_visible()
    [made] = server.send("GET", "/v1/custom-objects/ward/records", token=token)[1]["data"]
    assert made["data"]["keeper"] == made["ownerId"]


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


def test_a_double_click_in_the_admin_makes_one(page: Page) -> None:
    page.goto("/admin/accounts/organization/add/")
    page.locator("input[name=name]").fill("Twice")
    page.locator("[name=_save]").first.dblclick()
    expect(page).to_have_url(re.compile(r"/organization/([0-9a-f-]+/change/)?$"))
    page.wait_for_load_state("networkidle")
    page.goto("/admin/accounts/organization/?q=Twice")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
