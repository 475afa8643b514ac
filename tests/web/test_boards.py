"""Saved views that are no tables, as pages: kanbans, calendars, charts, and their forms."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import open_form, send

CHOICES = [{"value": "lead", "label": "Lead", "color": "#2563eb"}, {"value": "won", "label": "Won"}]


@pytest.fixture
def deals(api: Api) -> Api:
    api.make_object("Account")
    api.make_object(
        "Deal",
        {"label": "Stage", "type": "PICKLIST", "options": {"values": CHOICES}},
        {"label": "Amount", "type": "NUMBER"},
        {"label": "Due", "type": "DATE"},
        {"label": "Call", "type": "DATETIME"},
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Who", "type": "USER"},
    )
    return api


def view(api: Api, kind: str, **settings: Any) -> str:
    """The address of a new view."""
    made = api.post("deal/views", {"name": "Mine", "kind": kind, "settings": settings})
    assert made.status == 201, made.json
    return f"/o/deal/v/{made.json['id']}/"


def page(browser: Client, address: str, **headers: str) -> str:
    answer = browser.get(address, headers=headers)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def filled(browser: Client, path: str, **typed: Any) -> Any:
    """The answer to a form in which something is typed."""
    return send(browser, path, open_form(browser, path), **typed)


def heads(html: str) -> list[tuple[str, str, str]]:
    """Label, count and sum of each column of a kanban."""
    found = re.findall(r"data-label>(.*?)</h2>.*?data-count>(.*?)<.*?data-sum>(.*?)<", html, re.DOTALL)
    return [(" ".join(re.sub("<[^>]+>", " ", label).split()), count, total) for label, count, total in found]


def cards(html: str) -> list[str]:
    return re.findall(r'<li class="board-card.*?<a [^>]*>(.*?)</a>', html, re.DOTALL)


def entries(html: str, day: str) -> list[str]:
    """The names of the entries in a place of a calendar."""
    place = re.search(rf'data-day="{day}"(.*?)</ul>', html, re.DOTALL)
    assert place
    names = re.findall(r"entry-name\".*?dir=\"auto\">(.*?)</a>", place[1], re.DOTALL)
    return [name.rpartition(">")[2].strip() for name in names]


def test_a_kanban_has_columns_counts_sums_and_cards(deals: Api, browser: Client) -> None:
    for number, stage in enumerate(["lead", "lead", "won", None]):
        deals.make_record("deal", name=f"D{number}", stage=stage, amount=number + 1)
    html = page(browser, view(deals, "kanban", column="stage", sum="amount", cards=["amount"], sort=["-name"]))
    assert heads(html) == [("Lead", "2", "3"), ("Won", "1", "3"), ("No Stage", "1", "4")]
    assert cards(html) == ["D1", "D0", "D2", "D3"], "within a column by the view's sort"
    assert "Amount" in html


@pytest.mark.parametrize("count", [3, 30])
def test_queries_of_a_kanban(
    deals: Api, browser: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    account = deals.make_record("account", name="Acme")["id"]
    for number in range(count):
        deals.make_record("deal", name=f"D{number:02}", stage=("lead", "won")[number % 2], account=account)
    address = view(deals, "kanban", column="stage", cards=["account", "ownerId"])
    page(browser, address)
    # 1-2. The session, and who asks.
    # 3. The object's version.
    # 4. The view.
    # 5. The columns with their counts.
    # 6-7. The cards of the two columns that have any.
    # 8-9. The names of the accounts and people on cards.
    # 10-11. The sidebar: the objects, and the organization.
    with django_assert_num_queries(11):
        html = page(browser, address)
    assert len(cards(html)) == min(count, 40)


def test_more_cards_of_a_column(deals: Api, browser: Client) -> None:
    for number in range(23):
        deals.make_record("deal", name=f"D{number:02}", stage="lead")
    address = view(deals, "kanban", column="stage", sort=["name"])
    html = page(browser, address)
    assert cards(html) == [f"D{number:02}" for number in range(20)]
    [more] = re.findall(r'hx-get="(.*?column.*?)"', html)
    more = more.replace("&amp;", "&")
    part = page(browser, address + more, **{"HX-Request": "true"})
    assert cards(part) == ["D20", "D21", "D22"]
    assert "<html" not in part
    whole = page(browser, address + more)
    assert cards(whole) == ["D20", "D21", "D22"], "without a script, a page of its own"
    assert heads(whole) == [("Lead", "23", "")]
    assert page(browser, f"{address}?column=lead&cursor=nonsense").count("board-card") == 20


def test_columns_by_lookups_and_people(deals: Api, browser: Client, admin: User) -> None:
    account = deals.make_record("account", name="Acme & Sons")["id"]
    deals.make_record("deal", name="D", account=account, who=str(admin.id))
    by_account = page(browser, view(deals, "kanban", column="account"))
    assert heads(by_account) == [("Acme &amp; Sons", "1", ""), ("No Account", "0", "")]
    by_person = page(browser, view(deals, "kanban", column="who"))
    assert heads(by_person)[0][1:] == ("1", "")


def test_a_card_is_moved_by_a_form(deals: Api, browser: Client) -> None:
    record = deals.make_record("deal", name="Big", stage="lead")
    address = view(deals, "kanban", column="stage")
    form = page(browser, f"{address}move/?record={record['id']}")
    assert re.search(r'<option value="lead"\s+selected', form)
    answer = browser.post(f"{address}move/", {"record": record["id"], "to": "won"}, follow=True)
    html = answer.content.decode()
    assert "Big is moved to Won." in html
    assert "/undo/" in html, "and can be taken back"
    assert deals.get(f"deal/records/{record['id']}").json["data"]["stage"] == "won"
    browser.post(f"{address}move/", {"record": record["id"], "to": ""})
    assert deals.get(f"deal/records/{record['id']}").json["data"]["stage"] is None


def test_what_is_no_column_is_refused_with_the_reason(deals: Api, browser: Client) -> None:
    record = deals.make_record("deal", name="Big", stage="lead")
    address = view(deals, "kanban", column="stage")
    for to in ("nowhere", "\x00", "x" * 10_000):
        sent = {"record": record["id"], "to": to}
        answer = browser.post(f"{address}move/", sent)
        assert answer.status_code == 422
        assert b'role="alert"' in answer.content
        answer = browser.post(f"{address}move/", sent, headers={"Accept": "application/json"})
        assert answer.status_code == 409
        assert answer.json()["text"]
    assert browser.post(f"{address}move/", {"record": "x", "to": "won"}).status_code == 404
    assert deals.get(f"deal/records/{record['id']}").json["data"]["stage"] == "lead"


def test_scripts_are_told_what_the_heads_say_now(deals: Api, browser: Client) -> None:
    record = deals.make_record("deal", name="Big", stage="lead", amount=5)
    address = view(deals, "kanban", column="stage", sum="amount")
    answer = browser.post(
        f"{address}move/", {"record": record["id"], "to": "won"}, headers={"Accept": "application/json"}
    ).json()
    assert answer["heads"]["won"] == {"count": "1", "sum": "5"}
    assert answer["change"]
    assert browser.post(f"/changes/{answer['change']}/undo/").status_code == 302
    assert deals.get(f"deal/records/{record['id']}").json["data"]["stage"] == "lead"
    [change] = re.findall(r"/changes/(\d+-[0-9a-f]+)/undo/", page(browser, address))
    told = page(browser, browser.post(f"/changes/{change}/undo/", {"again": "on", "next": address})["Location"])
    assert "<p>Done again.</p>" in told
    assert deals.get(f"deal/records/{record['id']}").json["data"]["stage"] == "won"


def test_a_calendar_shows_a_month(deals: Api, browser: Client) -> None:
    for day in ("2026-11-01", "2026-11-30", "2026-12-05", "2026-12-06", None):
        deals.make_record("deal", name=f"On {day}", due=day, stage="lead")
    for number in range(6):
        deals.make_record("deal", name=f"Busy {number}", due="2026-11-18")
    address = view(deals, "calendar", date="due", color="stage")
    html = page(browser, f"{address}?on=2026-11-20", **{"Accept-Language": "en-US"})
    assert "November 2026" in html
    assert re.findall(r'<abbr title="(\w+)">', html)[0] == "Sunday"
    assert entries(html, "2026-11-01") == ["On 2026-11-01"]
    assert entries(html, "2026-12-05") == ["On 2026-12-05"], "the week's last day"
    assert 'data-day="2026-12-06"' not in html
    assert len(entries(html, "2026-11-18")) == 4
    assert "2 more" in html
    assert entries(html, "") == ["On None"]
    assert "hue-blue" in html
    assert page(browser, f"{address}?day=2026-11-18").count('class="entry ') == 6
    assert "On None" in page(browser, f"{address}?day=none")
    german = page(browser, f"{address}?on=2026-11-20", **{"Accept-Language": "de"})
    assert re.findall(r'<abbr title="(\w+)">', german)[0] == "Montag"
    week = page(browser, f"{address}?on=2026-11-20&span=week")
    assert week.count("<td") == 7


@pytest.mark.parametrize("given", ["on=nonsense", "on=0001-01-01", "on=9999-12-31", "span=x", "day=x", "on=%00"])
def test_what_makes_no_sense_in_an_address_is_passed_over(deals: Api, browser: Client, given: str) -> None:
    assert "<table" in page(browser, f"{view(deals, 'calendar', date='due')}?{given}")


def test_times_lie_on_the_days_of_the_persons_zone(deals: Api, browser: Client) -> None:
    browser.post("/me/", {"time_zone": "Asia/Tokyo", "language": "en", "theme": "system", "density": "compact"})
    record = deals.make_record("deal", name="Late", call="2026-11-20T20:30:00Z")
    address = view(deals, "calendar", date="call")
    html = page(browser, f"{address}?on=2026-11-20")
    day, hour = ("2026-11-21", "5:30") if "5:30" in html else ("2026-11-20", "20:30")
    assert (day, hour) == ("2026-11-21", "5:30")
    assert len(entries(html, day)) == 1
    browser.post(f"{address}move/", {"record": record["id"], "to": "2026-11-03"})
    moved = deals.get(f"deal/records/{record['id']}").json["data"]["call"]
    assert datetime.fromisoformat(moved) == datetime(2026, 11, 2, 20, 30, tzinfo=UTC), "the time of the day stays"


def test_queries_of_a_calendar(deals: Api, browser: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    address = view(deals, "calendar", date="due", color="stage")
    for number in range(12):
        deals.make_record("deal", name="D", due=f"2026-11-{number + 1:02}" if number % 2 else None)
    page(browser, address)
    # 1-2. The session, and who asks.
    # 3. The object's version.
    # 4. The view.
    # 5. The records without a date.
    # 6-7. Those of the month, and whether there are more.
    # 8-9. The sidebar: the objects, and the organization.
    with django_assert_num_queries(9):
        html = page(browser, f"{address}?on=2026-11-01")
    assert html.count('class="entry ') == 12


def test_a_full_calendar_asks_for_each_day(
    deals: Api, browser: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("customobjects.web.boards.calendar.MAX_ENTRIES", 10)
    start = datetime(2026, 11, 1, tzinfo=UTC)
    for number in range(40):
        deals.make_record("deal", name=f"D{number}", due=(start + timedelta(days=number // 8)).date().isoformat())
    address = view(deals, "calendar", date="due")
    page(browser, address)
    # Those of the test before, and two for each of the 35 days of which not all is read.
    with django_assert_max_num_queries(9 + 2 * 35):
        html = page(browser, f"{address}?on=2026-11-01", **{"Accept-Language": "en-US"})
    for day in range(1, 6):
        assert len(entries(html, f"2026-11-{day:02}")) == 4
    assert html.count("4 more") == 5


def test_a_chart_has_a_table_whose_names_lead_to_the_records(
    deals: Api, browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number, stage in enumerate(["lead", "lead", "won", None]):
        deals.make_record("deal", name=f"D{number}", stage=stage, amount=number + 1)
    filters = [{"field": "amount", "operator": "lt", "value": 4}]
    measure = {"function": "sum", "field": "amount"}
    address = view(deals, "chart", type="bar", group="stage", measure=measure, filters=filters)
    page(browser, address)
    # 1-2. The session, and who asks.
    # 3. The object's version.
    # 4. The view.
    # 5. The figures.
    # 6-7. The sidebar: the objects, and the organization.
    with django_assert_num_queries(7):
        html = page(browser, address)
    assert re.findall(r'<tr data-value="(.*?)">', html) == ["3", "3"]
    links = re.findall(r'<a href="(/o/deal/\?filter.*?)">(.*?)</a>', html)
    assert [label for _link, label in links] == ["Lead", "Won"]
    found = browser.get(links[0][0].replace("&amp;", "&"))
    assert found.status_code == 200


def test_charts_of_periods_have_those_without_records(deals: Api, browser: Client) -> None:
    for day in ("2026-01-15", "2026-04-01"):
        deals.make_record("deal", name="D", due=day)
    html = page(browser, view(deals, "chart", type="line", group="due", period="month"))
    assert re.findall(r'<tr data-value="(.*?)">', html) == ["1", "0", "0", "1"]
    assert "Feb 2026" in html


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata"])
@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_bars_lead_to_the_records_of_the_persons_days(deals: Api, browser: Client, zone: str, period: str) -> None:
    browser.post("/me/", {"time_zone": zone, "language": "en", "theme": "system", "density": "compact"})
    moments = [f"2026-10-{day}T{hour}:30:00Z" for day in (24, 25, 26) for hour in ("00", "06", "17", "23")]
    moments += ["2026-10-31T22:30:00Z", "2026-10-31T23:30:00Z", "2026-11-01T05:00:00Z"]
    for moment in moments:
        deals.make_record("deal", name=f"At {moment}", call=moment)
    here = ZoneInfo(zone)
    expected: Counter[str] = Counter()
    for moment in moments:
        day = datetime.fromisoformat(moment).astimezone(here).date()
        start = {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}[period]
        expected[start.isoformat()] += 1
    html = page(browser, view(deals, "chart", type="bar", group="call", period=period))
    found = re.findall(r'<tr data-value="(\d+)">.*?<a href="(.*?)">', html, re.DOTALL)
    counts = [int(number) for number, _link in found if int(number)]
    assert counts == [expected[day] for day in sorted(expected)]
    for number, link in found:
        listed = page(browser, link.replace("&amp;", "&"))
        assert listed.count("<tr data-record") == int(number), link


@pytest.mark.parametrize(("zone", "day"), [("Asia/Tokyo", "2026-11-21"), ("America/Los_Angeles", "2026-11-20")])
def test_lists_are_grouped_by_the_persons_days(deals: Api, browser: Client, zone: str, day: str) -> None:
    browser.post("/me/", {"time_zone": zone, "language": "en", "theme": "system", "density": "compact"})
    deals.make_record("deal", name="Late", call="2026-11-20T20:30:00Z")
    html = page(browser, "/o/deal/?group=call")
    [address] = set(re.findall(r'hx-get="(\?group=call&amp;within=2026.*?)&amp;part=rows"', html))
    assert address.endswith(f"within={day}")
    assert "Late" in page(browser, f"/o/deal/{address.replace('&amp;', '&')}")
    for other in ("2026-11-19", "2026-11-22"):
        assert "Late" not in page(browser, f"/o/deal/?group=call&within={other}")


def test_a_chart_of_one_number(deals: Api, browser: Client) -> None:
    assert "big-number" in page(browser, view(deals, "chart", type="number"))
    deals.make_record("deal", name="D", amount=1234)
    measure = {"function": "avg", "field": "amount"}
    html = page(browser, view(deals, "chart", type="number", measure=measure), **{"Accept-Language": "de"})
    assert ">1.234</a>" in html


def test_a_view_whose_field_is_gone_says_so(deals: Api, browser: Client) -> None:
    addresses = [
        view(deals, "kanban", column="stage"),
        view(deals, "calendar", date="due"),
        view(deals, "chart", type="bar", group="stage"),
    ]
    for field in ("stage", "due"):
        assert deals.delete(f"deal/fields/{field}").status == 204
    for address in addresses:
        assert "is not there any more" in page(browser, address)


def test_views_are_made_and_changed_by_forms(deals: Api, browser: Client) -> None:
    answer = filled(browser, "/o/deal/v/new/?kind=kanban", name="Stages", column="stage", sum="amount")
    assert answer.status_code == 302
    address = answer.headers["Location"]
    assert "Stages" in page(browser, address)
    made = deals.get(f"deal/views/{address.split('/')[-2]}").json
    assert made["settings"]["sum"] == "amount"
    filters = [{"field": "amount", "operator": "gt", "value": 1}]
    changed = {"settings": {**made["settings"], "filters": filters}}
    assert deals.patch(f"deal/views/{made['id']}", changed).status == 200
    answer = filled(browser, f"{address}settings/", name="By who", column="who", sort="-name")
    assert answer.status_code == 302
    now = deals.get(f"deal/views/{made['id']}").json
    assert (now["name"], now["settings"]["column"], now["settings"]["sort"]) == ("By who", "who", ["-name"])
    assert now["settings"]["filters"] == filters, "what the form has no control for stays"
    answer = filled(browser, "/o/deal/v/new/?kind=chart", name="x", type="bar", group="")
    assert answer.status_code == 422
    assert "is required" in answer.content.decode()
    assert browser.get("/o/deal/v/new/?kind=grid").status_code == 404


def test_who_may(deals: Api, browser: Client, rep: User) -> None:
    address = view(deals, "kanban", column="stage")
    other = Client()
    other.force_login(rep)
    assert other.get(address).status_code == 404, "a view of somebody else's own"
    assert other.get(f"{address}settings/").status_code == 404
    for path in ("", "move/", "settings/"):
        assert browser.get(f"/o/deal/v/nonsense/{path}").status_code == 404
