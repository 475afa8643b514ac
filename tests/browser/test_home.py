"""Home in a browser: its chart, its first steps; and that all that the sample company has can be opened."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from customobjects.management.sample import VIEWS
from tests.browser.checks import problems
from tests.browser.pages import WAYS, Hands, fits, sign_in, width_of
from tests.browser.parts import OBJECTS
from tests.server import PASSWORD, Server, manage, wait_until

pytestmark = pytest.mark.slow

SAMPLE_VIEWS = [(name, view["name"]) for name, views in VIEWS.items() for view in views]


def is_drawn(page: Page) -> bool:
    """Whether there is anything but one colour on the chart."""
    return bool(
        page.locator("#home-chart canvas").evaluate(
            """canvas => new Set(new Uint32Array(
                canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size > 5"""
        )
    )


@pytest.mark.parametrize("way", WAYS)
def test_a_chart_is_chosen_shown_and_taken_away(open_page: Callable[..., Page], way: str) -> None:
    page = open_page(width=width_of(way))
    hands, section = Hands(page, way), page.locator("#home-chart")
    choice = section.get_by_role("combobox", name="Chart")
    # The sample company has one there.
    expect(section.get_by_role("link", name="Budget by stage")).to_be_visible()
    hands.press(section.get_by_role("link", name="Change the chart"))
    expect(choice).to_be_focused()
    expect(page).to_have_url(re.compile("/$"))
    hands.press(section.get_by_role("button", name="Take it away from Home"))
    expect(section).to_contain_text("A chart that you look at often can stand here.")
    expect(page.locator("canvas")).to_have_count(0)
    hands.press(section.get_by_role("link", name="Choose a chart"))
    expect(choice).to_be_focused()
    choice.select_option(label="Industries")
    hands.press(section.get_by_role("button", name="Show it on Home"))
    expect(section.get_by_role("link", name="Industries")).to_be_visible()
    expect(section.locator("canvas")).to_be_visible()
    wait_until(lambda: is_drawn(page), "nothing is drawn")
    assert fits(page)
    # The figures are there for who cannot see the chart.
    expect(section.locator("td").first).to_be_hidden()
    hands.press(section.get_by_text("Figures"))
    expect(section.locator("td").first).to_be_visible()
    hands.press(section.get_by_role("link", name="Change the chart"))
    choice.select_option(label="Budget by stage")
    hands.press(section.get_by_role("button", name="Show it on Home"))
    expect(section.get_by_role("link", name="Budget by stage")).to_be_visible()


@pytest.mark.parametrize(("name", "view"), SAMPLE_VIEWS, ids=[f"{name}-{view}" for name, view in SAMPLE_VIEWS])
def test_each_view_of_the_sample_opens(
    open_page: Callable[..., Page], server: Server, token: str, name: str, view: str
) -> None:
    listed = server.send("GET", f"{OBJECTS}/{name}/views", token=token)[1]["data"]
    [id_] = [one["id"] for one in listed if one["name"] == view]
    page = open_page(f"/o/{name}/v/{id_}/")
    expect(page.get_by_role("navigation", name="Views").get_by_role("link", name=view, exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    shown = page.locator("#list").locator("tbody tr, .board-card, a[href*='/r/'], .big-number")
    expect(shown.first).to_be_visible()
    page.wait_for_load_state("networkidle")
    # A kanban and a calendar scroll within themselves.
    assert fits(page)


@pytest.mark.parametrize("role", ["ADMIN", "REP"])
def test_an_empty_organization(open_page: Callable[..., Page], server: Server, role: str) -> None:
    email = f"{role.lower()}@empty.example"
    manage(
        server.database_url,
        "shell",
        "-c",
        "from salesos.accounts.models import Organization, User;"
        "make, there = User.objects.create_user, Organization.objects.get_or_create(name='Empty')[0];"
        f"make('boss-{role}@empty.example', None, name='Bo Boss', role='ADMIN', organization=there);"
        f"make('{email}', '{PASSWORD}', role='{role}', organization=there)",
    )
    page = open_page("/sign-in/", is_signed_in=False, reduced_motion="reduce")
    sign_in(page, email)
    main = page.locator("main")
    if role == "REP":
        expect(main.get_by_role("link", name="Bo Boss").first).to_be_visible()
        assert problems(page) == []
        return
    expect(main.get_by_role("link", name="From a table")).to_be_visible()
    expect(main.get_by_role("region", name="First steps")).to_be_visible()
    assert problems(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    main.get_by_role("button", name="Do not show this any more").click()
    expect(main.get_by_role("region", name="First steps")).to_have_count(0)
    expect(main.get_by_role("link", name="Blank")).to_be_visible()
