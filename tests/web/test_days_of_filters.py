"""Days and periods in filters: the person's own on pages, those in UTC for programs."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from tests.conftest import Api
from tests.web.test_boards import deals, view

__all__ = ["deals"]

LATE = "2026-07-01T20:30:00Z"


def live_in(browser: Client, zone: str) -> None:
    browser.post("/me/", {"time_zone": zone, "language": "en", "theme": "system", "density": "compact"})


def is_found(browser: Client, address: str) -> bool:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.content[:300]
    return ">Late<" in answer.content.decode()


@pytest.mark.parametrize(
    ("condition", "there", "before"),
    [
        ("exact:2026-07-02", True, False),
        ("exact:2026-07-01", False, True),
        ("not:2026-07-02", False, True),
        ("in:2026-06-01,2026-07-02", True, False),
        ("range:2026-07-02,2026-07-03", True, False),
        ("lt:2026-07-02", False, True),
        ("lte:2026-07-01", False, True),
        ("gt:2026-07-01", True, False),
        ("gte:2026-07-02", True, False),
    ],
)
def test_a_day_is_the_persons(deals: Api, browser: Client, condition: str, there: bool, before: bool) -> None:
    deals.make_record("deal", name="Late", call=LATE, due="2026-07-02")
    name, _, value = condition.partition(":")
    for zone, expected in (("Asia/Tokyo", there), ("America/Los_Angeles", before), ("UTC", before)):
        live_in(browser, zone)
        assert is_found(browser, f"/o/deal/?filter=call__{condition}") is expected, zone
        found = deals.get(f"deal/records?call__{name}={value}").json["data"]
        assert len(found) == int(before), "in UTC for programs"
    assert is_found(browser, "/o/deal/?filter=due__exact:2026-07-02"), "a date has no zone"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_today_is_the_persons(deals: Api, browser: Client, zone: str) -> None:
    today = datetime.now(ZoneInfo(zone)).date()
    noon = datetime.combine(today, time(12), ZoneInfo(zone))
    deals.make_record("deal", name="Late", call=noon.isoformat(), due=today.isoformat())
    deals.make_record("deal", name="Other", call=(noon + timedelta(days=1)).isoformat())
    live_in(browser, zone)
    for field in ("call", "due"):
        assert is_found(browser, f"/o/deal/?filter={field}__exact:today")
        assert not is_found(browser, f"/o/deal/?filter={field}__exact:yesterday")
    filters = [{"field": "call", "operator": "exact", "value": "today"}]
    assert is_found(browser, view(deals, "kanban", column="stage", filters=filters))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_ends_of_time_are_answered(deals: Api, browser: Client, day: str, zone: str) -> None:
    live_in(browser, zone)
    assert browser.get(f"/o/deal/?filter=call__exact:{day}").status_code == 200


@pytest.mark.parametrize("field", ["due", "call", "createdAt"])
@pytest.mark.parametrize("operator", ["exact", "gte", "in", "range"])
def test_the_control_of_a_day_names_the_words_that_it_takes(
    deals: Api, browser: Client, field: str, operator: str
) -> None:
    asked = {"f-field": field, "f-operator": operator}
    hint = browser.get("/o/deal/filter/", asked).context["form"]["f-value"].help_text
    words = hint.partition("moves with the calendar: ")[2].strip(".").split(", ")
    assert {"today", "this week", "last 7 days", "next 3 months"} <= set(words)
    filled = {**asked, "f-asked": f"{field} {operator}", "f-last": "tomorrow"}
    for word in words:
        answer = browser.get("/o/deal/filter/", {**filled, "f-value": word})
        assert answer.status_code == 302, word
        assert f"{field}__{operator}:{word.replace(' ', '_')}" in answer["Location"]
