"""Boards that are searched, filtered and coloured, as their addresses say and as their views keep it."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from customobjects.models import View
from tests.conftest import Api
from tests.web.forms import open_form
from tests.web.test_boards import cards, deals, entries, heads, page, view

__all__ = ["deals"]

LIST = {"HX-Request": "true", "HX-Target": "list"}


@pytest.fixture
def three(deals: Api) -> Api:
    for number, stage in enumerate(["lead", "lead", "won"]):
        deals.make_record("deal", name=f"D{number}", stage=stage, amount=number, due="2026-11-18")
    return deals


def kept(address: str) -> View:
    return View.objects.get(id=address.split("/")[-2])


def test_a_kanban_is_searched_and_filtered(three: Api, browser: Client) -> None:
    address = view(three, "kanban", column="stage")
    html = page(browser, f"{address}?filter=amount__gte:1&sort=-name")
    assert cards(html) == ["D1", "D2"]
    assert heads(html) == [("Lead", "1", ""), ("Won", "1", ""), ("No Stage", "0", "")]
    assert 'aria-label="Search Deals"' in html
    assert "is at least" in html, "the filter is a chip"
    assert cards(page(browser, f"{address}?search=D2")) == ["D2"]
    assert cards(page(browser, f"{address}?any=amount__exact:0&any=amount__exact:2")) == ["D0", "D2"]
    assert "cannot be used" in page(browser, f"{address}?filter=nonsense__x:1")
    part = page(browser, f"{address}?filter=amount__gte:1&column=lead", **{"HX-Request": "true"})
    assert cards(part) == ["D1"], "so is a column that is read for itself"
    answer = browser.get(f"{address}?search=D2", headers=LIST)
    assert answer["HX-Reselect"] == "#list", "as a part of the page, it takes the place of the list"


def test_calendars_and_charts_are_filtered(three: Api, browser: Client) -> None:
    calendar = view(three, "calendar", date="due")
    html = page(browser, f"{calendar}?on=2026-11-01&filter=amount__gte:1")
    assert entries(html, "2026-11-18") == ["D1", "D2"]
    assert "?filter=amount__gte:1&amp;span=week" in html.replace("%3A", ":"), "other spans are filtered, too"
    chart = view(three, "chart", type="bar", group="stage")
    html = page(browser, f"{chart}?filter=amount__gte:1")
    assert re.findall(r'<tr data-value="(.*?)">', html) == ["1", "1"]
    assert "filter=amount__gte%3A1&amp;filter=stage" in html, "a bar leads to its records among them"
    assert 'id="add-color"' not in html, "a chart has no colours by conditions"


@pytest.mark.parametrize("kind", ["kanban", "calendar"])
def test_a_view_keeps_filters_and_colours(three: Api, browser: Client, kind: str) -> None:
    own = {"column": "stage"} if kind == "kanban" else {"date": "due"}
    address = view(three, kind, **own)
    state = "filter=amount__gte:1&color=2563eb.row.amount__gte:2&sort=-name&on=2026-11-01"
    html = page(browser, f"{address}?{state}")
    assert "Update this view" in html
    assert len(re.findall(r'class="(?:board-card tinted|entry) hue-blue', html)) == 1
    browser.post(f"{address}save/?{state}", {"state": state, "version": "1"})
    settings = kept(address).settings
    assert [one["field"] for one in (*settings["filters"], *settings["colors"])] == ["amount", "amount"]
    assert settings["sort"] == ["-name"]
    assert own.items() <= settings.items()
    html = page(browser, f"{address}?on=2026-11-01")
    assert "Update this view" not in html
    assert (cards(html) if kind == "kanban" else entries(html, "2026-11-18")[::-1]) == ["D1", "D2"]
    assert "hue-blue" in html.split('id="list"')[1].split("toolbar")[-1]


def test_queries_of_a_coloured_kanban(
    three: Api, browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = view(three, "kanban", column="stage", cards=["amount"])
    page(browser, address)
    # 1-2. The session, and who asks.
    # 3. The object's version.
    # 4. The view.
    # 5. The columns with their counts.
    # 6-7. The cards of the two columns that have any.
    # 8. Which colours hold for them.
    # 9-10. The sidebar: the objects, and the organization.
    with django_assert_num_queries(10):
        html = page(browser, f"{address}?color=2563eb.cell.amount__gte:1&color=15803d.row.stage:won")
    assert html.count('<div class="tinted hue-blue">') == 2, "values that cards show"
    assert html.count('class="board-card tinted hue-green"') == 1


def test_new_records_begin_in_the_column_or_on_the_day(deals: Api, browser: Client) -> None:
    html = page(browser, view(deals, "kanban", column="stage"))
    found = re.findall(r'href="(/o/deal/new/[^"]*)"\s+aria-label="New Deal in (.*?)"', html)
    assert found == [
        ("/o/deal/new/?stage=lead", "Lead"),
        ("/o/deal/new/?stage=won", "Won"),
        ("/o/deal/new/", "No Stage"),
    ]
    assert re.search(r'<option value="lead"\s+selected', browser.get(found[0][0], follow=True).content.decode())
    browser.post("/me/", {"time_zone": "Asia/Tokyo", "language": "en", "theme": "system", "density": "compact"})
    html = page(browser, f"{view(deals, 'calendar', date='due')}?on=2026-11-01")
    assert "/o/deal/new/?due=2026-11-18" in html
    html = page(browser, f"{view(deals, 'calendar', date='call')}?on=2026-11-01")
    assert "/o/deal/new/?call=2026-11-18T00%3A00%3A00%2B00%3A00" in html, "at nine in Tokyo"


def test_a_new_board_is_of_the_stages_first(api: Api, browser: Client) -> None:
    values = [{"value": "a", "label": "A"}]
    api.make_object("Account")
    api.make_object(
        "Deal",
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Size", "type": "PICKLIST", "options": {"values": values}},
        {"label": "Deal Status", "apiName": "status", "type": "PICKLIST", "options": {"values": values}},
        {"label": "Due", "type": "DATE"},
    )
    assert open_form(browser, "/o/deal/v/new/?kind=kanban")["column"] == ["status"]
    assert open_form(browser, "/o/deal/v/new/?kind=chart")["group"] == ["status"]
    assert open_form(browser, "/o/deal/v/new/?kind=calendar")["date"] == ["due"]
    assert api.delete("deal/fields/status").status == 204
    assert open_form(browser, "/o/deal/v/new/?kind=kanban")["column"] == ["size"]
    assert api.delete("deal/fields/size").status == 204
    assert open_form(browser, "/o/deal/v/new/?kind=kanban")["column"] == ["account"]
