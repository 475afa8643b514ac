"""Roles in a real browser: what each may do, and looking at the pages as a lesser one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import expect_no_violations
from tests.browser.pages import WAYS, Hands, fits, sign_in, width_of

pytestmark = pytest.mark.slow

Open = Callable[..., Page]


@pytest.mark.noted("the server responded with a status of 403")
@pytest.mark.parametrize("way", WAYS)
def test_an_administrator_looks_at_the_pages_as_a_representative(open_page: Open, way: str) -> None:
    # A session of its own, as the other tests go on with theirs.
    page = open_page("/sign-in/", width=width_of(way), is_signed_in=False)
    sign_in(page)
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    page.goto("/setup/roles/")
    hands = Hands(page, way)
    hands.press(page.get_by_role("main").get_by_role("button", name="View as a Representative"))
    bar = page.get_by_role("region", name="Viewing as a Representative")
    expect(bar).to_contain_text("You see what a Representative sees")
    expect(page.locator('a[href^="/setup/"]')).to_have_count(0)
    page.goto("/o/asset/")
    expect(bar).to_be_visible()
    assert fits(page)
    expect_no_violations(page)
    page.goto("/setup/people/")
    expect(page.get_by_role("heading", name="Forbidden")).to_be_visible()
    hands.press(bar.get_by_role("button", name="Stop viewing as a Representative"))
    # Back at the page, with all rights.
    expect(page.get_by_role("heading", name="People", level=1)).to_be_visible()
    expect(bar).to_have_count(0)


def test_it_stops_by_the_menu_of_the_person(open_page: Open) -> None:
    page = open_page("/sign-in/", is_signed_in=False)
    sign_in(page)
    for name in ("View as a Manager", "Stop viewing as a Manager"):
        page.locator("[popovertarget=user-menu]").click()
        page.locator("#user-menu").get_by_role("button", name=name).click()
        expect(page.get_by_role("heading", name="Home")).to_be_visible()
        is_there = name.startswith("View")
        expect(page.get_by_role("region", name="Viewing as a Manager")).to_have_count(int(is_there))
    expect(page.get_by_role("link", name="Setup")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
def test_rights_are_a_table_at_every_width(open_page: Open, width: int) -> None:
    page = open_page("/setup/roles/", width=width)
    table = page.get_by_role("table", name="What each role may do")
    for role in ("Administrator", "Manager", "Representative"):
        expect(table.get_by_role("columnheader", name=role)).to_have_count(1)
    row = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Delete records of others"))
    expect(row.get_by_role("cell")).to_contain_text([re.compile("yes"), re.compile("yes"), re.compile("no")])
    assert fits(page)
    page.get_by_role("link", name=re.compile("with the role Manager")).click()
    expect(page.get_by_role("heading", name="People", level=1)).to_be_visible()
    expect(page.get_by_label("Role")).to_have_value("MANAGER")
