"""What is done with views that boards are of: saved anew with what they show, put into an order, columns added."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from customobjects.models import View
from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import open_form
from tests.web.test_boards import cards, deals, entries, filled, heads, page, view

__all__ = ["deals"]

JSON = {"Accept": "application/json"}


def save_as(browser: Client, of: str, state: str = "") -> View:
    """What a board is saved as."""
    sent = {"of": of.split("/")[-2], "state": state, "name": "Copy", "icon": "star", "sharing": "private"}
    address = browser.post("/o/deal/v/", sent)["Location"]
    return View.objects.get(id=address.split("/")[-2])


def test_a_board_is_saved_as_one_of_its_kind(deals: Api, browser: Client) -> None:
    filters = [{"field": "amount", "operator": "gt", "value": 1}]
    kanban = view(deals, "kanban", column="stage", sum="amount", cards=["due"], filters=filters, sort=["-name"])
    made = save_as(browser, kanban, "add=x")
    assert (made.kind, made.icon) == ("kanban", "star")
    assert made.settings == View.objects.get(id=kanban.split("/")[-2]).settings
    calendar = save_as(browser, view(deals, "calendar", date="due", color="stage"), "span=week&on=2026-01-01")
    assert (calendar.kind, calendar.settings["span"], calendar.settings["color"]) == ("calendar", "week", "stage")
    chart = save_as(browser, view(deals, "chart", type="pie", group="stage"))
    assert (chart.kind, chart.settings["type"]) == ("chart", "pie")
    assert "view_kanban" in page(browser, kanban), "the icon of its kind is offered"


@pytest.mark.parametrize(
    ("kind", "chosen"),
    [
        ("kanban", {"column": "stage"}),
        ("calendar", {"date": "due", "span": "month"}),
        ("chart", {"type": "bar", "measure": "count", "group": "stage"}),
    ],
)
def test_a_new_board_is_of_what_the_list_shows(deals: Api, browser: Client, kind: str, chosen: dict[str, str]) -> None:
    filters = [{"field": "amount", "operator": "gt", "value": 1}]
    grid = deals.post("deal/views", {"name": "Big", "kind": "grid", "settings": {"filters": filters}}).json
    html = browser.get(f"/o/deal/v/{grid['id']}/?sort=-name&columns=name,amount&search=a").content.decode()
    (address,) = re.findall(rf'"(/o/deal/v/new/\?kind={kind}[^"]*)"', html)
    address = unescape(address)
    says = "It begins with what the list shows."
    assert says in browser.get(address, follow=True).content.decode()
    answer = filled(browser, address, name="Big ones", **chosen)
    assert answer.status_code == 302, answer.content.decode()
    made = View.objects.get(name="Big ones").settings
    assert (made["filters"], made["search"], made["sort"]) == (
        [{"field": "amount", "operator": "gt", "value": "1"}],
        "a",
        ["-name"],
    )
    for of in ("", "&of=%00filter%3D%ff%26sort=x"):
        answer = browser.get(f"/o/deal/v/new/?kind={kind}{of}", follow=True)
        assert answer.status_code == 200
        assert says not in answer.content.decode()


def test_what_a_new_board_takes_over_is_named_and_can_be_left_out(
    deals: Api, browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    acme = deals.make_record("account", name="Acme & Sons")["id"]
    listed = urlencode(
        [
            ("filter", "amount__gte:1"),
            ("filter", f"account__exact:{acme}"),
            ("any", "stage__exact:lead"),
            ("any", "stage__exact:won"),
            ("color", "2563eb.row.amount__gte:2"),
            ("search", "<pump>"),
        ]
    )
    address = f"/o/deal/v/new/?{urlencode({'kind': 'calendar', 'of': listed})}"
    form = open_form(browser, address)
    token = form["token"][0]
    # 1-2. The session, and who asks.
    # 3. The object's version.
    # 4. What the filter's record is called.
    # 5-6. The sidebar: the objects, and the organization.
    with django_assert_num_queries(6):
        html = page(browser, f"{address}&token={token}")
    for words in (
        "Search for “&lt;pump&gt;”",
        "Amount is at least 1",
        "Account is Acme &amp; Sons",
        "Stage is Lead",
        "Stage is Won",
        "Row: Amount is at least 2",
    ):
        assert words in html
    assert form["keep_filter"] == ["search", "filter.0", "filter.1"], "all are kept, unless they are unticked"
    assert (form["keep_any"], form["keep_color"]) == (["any.0", "any.1"], ["color.0"])
    answer = filled(browser, address, name="All", date="due")
    made = View.objects.get(id=answer["Location"].split("/")[-2]).settings
    assert [len(made[name]) for name in ("filters", "anyOf", "colors")] == [2, 2, 1]
    assert made["search"] == "<pump>"
    answer = filled(
        browser, address, name="Some", date="due", keep_filter=["filter.1"], keep_any=["any.1"], keep_color=[]
    )
    made = View.objects.get(id=answer["Location"].split("/")[-2]).settings
    assert [one["value"] for one in made["filters"]] == [acme]
    assert [one["value"] for one in made["anyOf"]] == ["won"]
    assert (made["search"], made["colors"]) == ("", [])
    answer = filled(browser, address, name="None", date="due", keep_filter=["filter.9", "\x00"])
    assert answer.status_code == 422, "what the list does not say is refused in the form"
    assert "keep_color" not in open_form(browser, address.replace("calendar", "chart"))


def order(browser: Client) -> list[str]:
    html = browser.get("/o/deal/").content.decode()
    return re.findall(r'<span dir="auto">(.*?)</span>', html.split('aria-label="Views"')[1].split("</nav>")[0])


def test_views_are_put_into_an_order(deals: Api, browser: Client, rep: User) -> None:
    def make(name: str, **more: object) -> str:
        return str(deals.post("deal/views", {"name": name, "kind": "grid", **more}).json["id"])

    shared = [make(name, isShared=True) for name in ("A", "B", "C")]
    own = [make(name) for name in ("x", "y")]
    assert order(browser) == ["A", "B", "C", "x", "y"]

    def move(id_: str, **sent: str) -> int:
        return browser.post(f"/o/deal/v/{id_}/place/", sent, headers=JSON).status_code

    assert move(shared[2], to="0") == 200
    assert order(browser) == ["C", "A", "B", "x", "y"]
    assert [one["order"] for one in deals.get("deal/views").json["data"]] == [0, 1, 2, 0, 1]
    assert move(shared[2], by="left") == 200, "it is the first already"
    assert order(browser) == ["C", "A", "B", "x", "y"]
    assert move(own[0], by="right") == 200
    assert order(browser) == ["C", "A", "B", "y", "x"]
    assert move(own[0], to="99") == move(own[0], to="\x00") == move(own[0], by="up") == 200
    assert order(browser) == ["C", "A", "B", "y", "x"]
    menu = page(browser, f"/o/deal/v/{shared[2]}/?sort=name")
    # The menus of columns move those.
    assert 'name="by" value="right"' in menu
    assert 'name="by" value="left"' not in menu
    answer = browser.post(f"/o/deal/v/{shared[2]}/place/", {"by": "right", "state": "sort=name"})
    assert answer["Location"] == f"/o/deal/v/{shared[2]}/?sort=name"
    assert order(browser) == ["A", "C", "B", "y", "x"]
    other = Client()
    other.force_login(rep)
    refused = other.post(f"/o/deal/v/{shared[0]}/place/", {"to": "2"}, headers=JSON)
    assert refused.status_code == 403
    assert "administrators" in refused.json()["text"]
    assert other.post(f"/o/deal/v/{own[0]}/place/", {"to": "0"}, headers=JSON).status_code == 404
    assert "data-place" not in page(other, f"/o/deal/v/{shared[0]}/").split("</nav>")[0]
    assert order(browser) == ["A", "C", "B", "y", "x"]


@pytest.mark.parametrize("field", ["account", "who"])
def test_a_column_is_added_for_who_has_no_record_yet(deals: Api, browser: Client, rep: User, field: str) -> None:
    acme = deals.make_record("account", name="Acme & Sons")["id"]
    value, label = (acme, "Acme &amp; Sons") if field == "account" else (str(rep.id), str(rep))
    record = deals.make_record("deal", name="Big")
    address = view(deals, "kanban", column=field)
    plain = page(browser, address)
    assert "Add column…" in plain
    assert len(heads(plain)) == 1
    html = page(browser, f"{address}?add={value}&add=nonsense&add={record['id'].replace('0', '1')}&add=%00")
    assert heads(html)[:1] == [(label, "0", "")]
    assert f'name="add" value="{value}"' in html, "another one is added to it"
    assert 'href="?"' in html, "it can be taken away"
    told = browser.post(f"{address}move/", {"record": record["id"], "to": value}, headers=JSON).json()
    assert told["text"].startswith("Big is moved to ")
    assert value not in told["text"]
    assert told["heads"][value]["count"] == "1"
    assert deals.get(f"deal/records/{record['id']}").json["data"][field] == value
    again = page(browser, f"{address}?add={value}")
    assert heads(again) == [(label, "1", ""), (f"No {field.capitalize()}", "0", "")], "it is there once"
    assert cards(again) == ["Big"]
    assert "Take away" not in again


def test_queries_of_an_added_column(
    deals: Api, browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [deals.make_record("account", name=f"A{number}")["id"] for number in range(3)]
    address = view(deals, "kanban", column="account")
    page(browser, address)
    # 1-2. The session, and who asks.
    # 3. The object's version.
    # 4. The view.
    # 5. Which of the accounts that are added are there.
    # 6. The columns with their counts.
    # 7. What the accounts are called.
    # 8-9. The sidebar: the objects, and the organization.
    with django_assert_num_queries(9):
        html = page(browser, f"{address}?add={'&add='.join(ids)}")
    assert len(heads(html)) == 4


def test_a_picklist_has_all_its_columns_and_none_is_added(deals: Api, browser: Client) -> None:
    address = view(deals, "kanban", column="stage")
    html = page(browser, f"{address}?add=won")
    assert [label for label, _count, _sum in heads(html)] == ["Lead", "Won", "No Stage"]
    assert "Add column" not in html


@pytest.mark.parametrize("span", ["month", "week"])
def test_entries_of_a_calendar_show_fields_below_the_name(
    deals: Api, browser: Client, rep: User, span: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    acme = deals.make_record("account", name="Acme & Sons")["id"]
    deals.make_record("deal", name="Big", due="2026-11-18", amount=1234, account=acme)
    deals.make_record("deal", name="Small", due="2026-11-18")
    deals.make_record("deal", name="Later", account=acme)
    address = view(deals, "calendar", date="due", span=span, cards=["amount", "account"])
    page(browser, address)
    # 1-2. The session, and who asks.
    # 3. The object's version.
    # 4. The view.
    # 5-6. The records without a date, and what they refer to.
    # 7-9. Those of the month, whether there are more, and what they refer to.
    # 10-11. The sidebar: the objects, and the organization.
    with django_assert_num_queries(11):
        html = page(browser, f"{address}?on=2026-11-18")
    assert entries(html, "2026-11-18") == ["Big", "Small"]
    shown = [" ".join(re.sub("<[^>]+>", "", one).split()) for one in re.findall(r'entry-values">(.*?)</p>', html, re.S)]
    assert sorted(shown) == ["Account: Acme &amp; Sons", "Amount: 1,234 · Account: Acme &amp; Sons"], "no empty values"
    assert 'title="Big · 1,234 · Acme &amp; Sons"' in html, "where there is no room, it is there to be pointed at"


def test_the_form_of_a_calendar_chooses_what_entries_show(deals: Api, browser: Client) -> None:
    answer = filled(browser, "/o/deal/v/new/?kind=calendar", name="Due", date="due", cards=["who", "createdBy"])
    made = View.objects.get(id=answer["Location"].split("/")[-2])
    assert made.settings["cards"] == ["who", "createdBy"]
    deals.make_record("deal", name="Big", due="2026-11-18")
    assert "Created by" in page(browser, f"/o/deal/v/{made.id}/?on=2026-11-18").split("<table")[1].split("</table>")[0]
    address = f"/o/deal/v/{made.id}/settings/"
    assert sorted(open_form(browser, address)["cards"]) == ["createdBy", "who"]
    answer = filled(browser, address, cards=["who", "stage", "amount"])
    assert answer.status_code == 422
    assert "at most 2" in answer.content.decode().split("Below the name")[1]
    filled(browser, address, cards=["stage"])
    made.refresh_from_db()
    assert made.settings["cards"] == ["stage"]
