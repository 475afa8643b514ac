"""Defaults that each new record works out anew: today, now, me."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from salesos.accounts.models import User
from tests.background import work
from tests.conftest import Api
from tests.web.forms import open_form, send

DAY = {"label": "Day", "type": "DATE", "defaultValue": "today"}
MOMENT = {"label": "Moment", "type": "DATETIME", "defaultValue": " Now"}
WHO = {"label": "Who", "type": "USER", "defaultValue": "me"}


@pytest.fixture
def logs(api: Api) -> Api:
    api.make_object("Log", DAY, MOMENT, WHO)
    return api


def test_a_new_record_has_them(logs: Api, admin: User, rep: User) -> None:
    fields = {field["apiName"]: field["defaultValue"] for field in logs.get("log").json["fields"]}
    assert fields == {"name": None, "day": "today", "moment": "now", "who": "me"}
    for user in (admin, rep):
        before = timezone.now().replace(microsecond=0)
        create = {"op": "create", "data": {"name": "x"}}
        [done] = Api(user).post("log/records/bulk", {"operations": [create]}).json["data"]
        for made in (Api(user).make_record("log"), done["record"]):
            after = timezone.now()
            assert before <= datetime.fromisoformat(made["data"]["moment"]) <= after
            assert made["data"]["day"] in {day.astimezone(UTC).date().isoformat() for day in (before, after)}
            assert made["data"]["who"] == str(user.id)
    assert logs.get("log/records", day="today", who=str(rep.id)).json["meta"]["total"] == 2
    # What is given stays, and so does nothing.
    own = logs.make_record("log", day="2020-01-01", moment=None, who=str(rep.id))
    assert own["data"] == {"name": "A record", "day": "2020-01-01", "moment": None, "who": str(rep.id)}
    changed = logs.patch(f"log/records/{own['id']}", {"data": {"day": None}})
    assert changed.json["data"]["day"] is None, "a change begins with nothing"


def test_an_upsert_begins_with_them_only_where_it_makes_one(logs: Api) -> None:
    logs.post("log/fields", {"label": "Code", "type": "TEXT", "isUnique": True})
    made = logs.make_record("log", code="a", day=None)
    upsert = {"op": "upsert", "by": "code"}
    operations = [{**upsert, "data": {"name": "x", "code": code}} for code in "ab"]
    there, new = logs.post("log/records/bulk", {"operations": operations}).json["data"]
    assert (there["id"], there["record"]["data"]["day"]) == (made["id"], None)
    assert new["record"]["data"]["day"] is not None


def test_today_is_the_day_in_utc(logs: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is still yesterday in New York then, and tomorrow in Auckland."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 3, 1, 0, 30, 0, 999_999, tzinfo=UTC))
    made = logs.make_record("log")
    assert (made["data"]["day"], made["data"]["moment"]) == ("2026-03-01", "2026-03-01T00:30:00Z")


def test_old_records_have_none_of_them(api: Api) -> None:
    api.make_object("Log")
    old = api.make_record("log")
    for field in (DAY, MOMENT, WHO):
        refused = api.post("log/fields", {**field, "fillDefault": True})
        assert refused.problem("fillDefault") == "dynamic"
        assert api.post("log/fields", field).status == 201
    work()
    path = f"log/records/{old['id']}"
    empty = {"day": None, "moment": None, "who": None}
    assert api.get(path).json["data"] == {"name": "A record", **empty}
    assert api.patch(path, {"data": {"name": "new"}}).json["data"] == {"name": "new", **empty}
    assert api.get("log/records", day__isnull="true").json["meta"]["total"] == 1


@pytest.mark.parametrize(
    ("type_", "default", "code"),
    [
        ("DATE", "now", "type"),
        ("DATETIME", "today", "type"),
        ("USER", "you", "choice"),
        ("USER", "01a215f6-3bf3-7a55-9815-192c9d0b8b29", "choice"),
        ("NUMBER", "today", "type"),
        ("LOOKUP", "me", "type"),
    ],
)
def test_refused(api: Api, type_: str, default: str, code: str) -> None:
    api.make_object("Log")
    options = {"target": "log"} if type_ == "LOOKUP" else {}
    given = {"label": "Field", "type": type_, "defaultValue": default, "options": options}
    refused = api.post("log/fields", given)
    assert (refused.status, refused.problem("defaultValue")) == (400, code)


def test_a_text_is_just_a_text(api: Api) -> None:
    api.make_object("Log", {"label": "When", "type": "TEXT", "defaultValue": "today"})
    assert api.make_record("log")["data"]["when"] == "today"


def test_a_default_changes_and_goes(logs: Api) -> None:
    assert logs.patch("log/fields/day", {"helpText": "x"}).json["defaultValue"] == "today"
    assert logs.patch("log/fields/day", {"defaultValue": "2026-01-01"}).json["defaultValue"] == "2026-01-01"
    assert logs.make_record("log")["data"]["day"] == "2026-01-01"
    assert logs.patch("log/fields/day", {"defaultValue": None}).json["defaultValue"] is None
    assert logs.make_record("log")["data"]["day"] is None


def test_forms_begin_with_them(logs: Api, admin: User) -> None:
    browser = Client()
    browser.force_login(admin)
    form = open_form(browser, "/o/log/new/", "de")
    today = timezone.now().astimezone(UTC).date()
    assert form["data-day"] == [today.strftime("%d.%m.%Y")]
    assert form["data-moment"][0].startswith(today.strftime("%d.%m.%Y"))
    assert form["data-who"] == [str(admin.id)]
    assert send(browser, new_address(form), form, data_name="typed").status_code == 302
    [made] = logs.get("log/records").json["data"]
    assert (made["data"]["day"], made["data"]["who"]) == (today.isoformat(), str(admin.id))


def new_address(form: dict[str, Any]) -> str:
    """A form for something new has its token in its address, too."""
    return f"/o/log/new/?form={form['token'][0]}"


def test_a_designer_writes_the_word(logs: Api, admin: User) -> None:
    browser = Client()
    browser.force_login(admin)
    path = "/setup/objects/log/fields/day/"
    page = browser.get(path, headers={"accept-language": "de"})
    assert "today stands for the day on which a record is made" in page.content.decode()
    form = open_form(browser, path, "de")
    assert form["default_value"] == ["today"]

    def day() -> Any:
        return next(field for field in logs.get("log").json["fields"] if field["apiName"] == "day")["defaultValue"]

    assert send(browser, path, form, default_value="31.12.2026").status_code == 302
    assert day() == "2026-12-31"
    form = open_form(browser, path, "de")
    assert send(browser, path, form, default_value=" Today").status_code == 302
    assert day() == "today"
    refused = send(browser, path, open_form(browser, path, "de"), default_value="now")
    assert refused.context["form"].errors.keys() == {"default_value"}
    who = "/setup/objects/log/fields/who/"
    refused = send(browser, who, open_form(browser, who), default_value="you")
    assert refused.context["form"].errors.keys() == {"default_value"}
