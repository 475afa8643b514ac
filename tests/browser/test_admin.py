"""Django's admin in a real browser: what is not offered is found by typing, and two clicks make one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


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
