"""What deleting a record, or an object, does to the records that point at it; and what may be pointed at."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from customobjects.models import Record, RecordLink, UniqueKey
from customobjects.services import emptying
from customobjects.services.purge import purge
from salesos.accounts.actor import Actor
from tests.conftest import Api


@pytest.fixture(autouse=True)
def objects(api: Api) -> None:
    api.make_object("Account", {"label": "Code", "type": "TEXT", "isUnique": True})
    rules = {
        f"on_{rule}": {"label": f"On {rule}", "type": "LOOKUP", "options": {"target": "account", "onDelete": rule}}
        for rule in ("restrict", "set_null", "cascade")
    }
    many = {"label": "Many", "type": "LOOKUP", "options": {"target": "account", "multiple": True}}
    api.make_object("Deal", *rules.values(), many, {"label": "Code", "type": "TEXT", "isUnique": True})
    api.make_object("Step", {"label": "Deal", "type": "LOOKUP", "options": {"target": "deal", "onDelete": "cascade"}})


def test_the_target_must_be_a_record_of_the_object(api: Api) -> None:
    deal = api.make_record("deal")
    answer = api.post("deal/records", {"data": {"name": "x", "on_set_null": deal["id"]}})
    assert answer.problem("data.on_set_null") == "not_found"


def test_restrict(api: Api) -> None:
    account = api.make_record("account")
    deal = api.make_record("deal", name="Big deal", on_restrict=account["id"])
    answer = api.delete(f"account/records/{account['id']}")
    assert answer.status == 409
    assert answer.problem() == "restrict"
    message = "a record of Deal has it as its On restrict, and is to be changed or deleted first: Big deal"
    assert answer.json["message"] == [message]
    api.patch(f"deal/records/{deal['id']}", {"data": {"on_restrict": None}})
    assert api.delete(f"account/records/{account['id']}").status == 204


def test_set_null(api: Api) -> None:
    account, other = api.make_record("account"), api.make_record("account")
    deal = api.make_record("deal", on_set_null=account["id"], many=[account["id"], other["id"]])
    assert api.delete(f"account/records/{account['id']}").status == 204
    left = api.get(f"deal/records/{deal['id']}").json
    assert left["data"]["on_set_null"] is None
    assert left["data"]["many"] == [other["id"]]
    assert left["version"] == 2
    assert api.names("deal", on_set_null__isnull="true") == ["A record"]
    assert RecordLink.objects.count() == 1


def test_cascade_goes_all_the_way(api: Api) -> None:
    account = api.make_record("account", code="A")
    deal = api.make_record("deal", on_cascade=account["id"], on_restrict=account["id"], code="D")
    step = api.make_record("step", deal=deal["id"])
    assert api.delete(f"account/records/{account['id']}").status == 204
    for path in (f"deal/records/{deal['id']}", f"step/records/{step['id']}"):
        assert api.get(path).status == 404
    assert RecordLink.objects.count() == 0
    assert UniqueKey.objects.count() == 0


def test_a_restriction_far_down_keeps_everything(api: Api) -> None:
    api.make_object("Audit", {"label": "Step", "type": "LOOKUP", "options": {"target": "step", "onDelete": "restrict"}})
    account = api.make_record("account")
    deal = api.make_record("deal", on_cascade=account["id"])
    step = api.make_record("step", deal=deal["id"])
    api.make_record("audit", step=step["id"])
    assert api.delete(f"account/records/{account['id']}").status == 409
    assert api.get(f"deal/records/{deal['id']}").status == 200


def test_records_that_point_at_each_other(api: Api) -> None:
    api.post(
        "account/fields",
        {"label": "Partner", "type": "LOOKUP", "options": {"target": "account", "onDelete": "cascade"}},
    )
    first = api.make_record("account")
    second = api.make_record("account", partner=first["id"])
    api.patch(f"account/records/{first['id']}", {"data": {"partner": second["id"]}})
    assert api.delete(f"account/records/{first['id']}").status == 204
    assert api.names("account") == []


def test_deleting_the_object(api: Api) -> None:
    account = api.make_record("account")
    restricting = api.make_record("deal", name="r", on_restrict=account["id"])
    api.make_record("deal", name="c", on_cascade=account["id"])
    api.make_record("deal", name="s", on_set_null=account["id"])
    answer = api.delete("account")
    assert answer.status == 409
    assert "Deal" in answer.json["message"][0]
    api.delete(f"deal/records/{restricting['id']}")
    assert api.delete("account").status == 204
    assert api.names("deal") == ["s"]
    deal = api.get("deal").json
    assert [field["apiName"] for field in deal["fields"]] == ["name", "code"]


def test_links_follow_changes(api: Api) -> None:
    accounts = [api.make_record("account")["id"] for _ in range(3)]
    deal = api.make_record("deal", many=accounts[:2])
    api.patch(f"deal/records/{deal['id']}", {"data": {"many": accounts[1:]}})
    assert {str(link.target_id) for link in RecordLink.objects.all()} == set(accounts[1:])
    assert api.names("deal", many__has=accounts[0]) == []
    assert api.names("deal", many__has_all=",".join(accounts[1:])) == ["A record"]
    assert api.names("deal", many__has_any=",".join(accounts[:2])) == ["A record"]


def fillings(api: Api) -> dict[str, int]:
    """For how many records lookups to deleted ones are emptied, by the fields for which that is being done."""
    fields = api.get("deal/fields").json["data"]
    going_on = {field["apiName"]: field["filling"] for field in fields if field["filling"]}
    assert all(filling["lookups"] for filling in going_on.values())
    return {name: filling["recordsDone"] for name, filling in going_on.items()}


def test_more_than_a_request_can_empty(api: Api, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The record is gone at once; the background empties what pointed at it, and a worker can be killed between."""
    monkeypatch.setattr(emptying, "BATCH_SIZE", 2)
    settings.TRASH_DAYS = 0
    account, other = api.make_record("account"), api.make_record("account")
    for name in "abcde":
        api.make_record("deal", name=name, on_set_null=account["id"], many=[other["id"], account["id"]])
    assert api.delete(f"account/records/{account['id']}").status == 204
    assert api.get(f"account/records/{account['id']}").status == 404
    assert api.names("deal", on_set_null__isnull="true") == []
    page = api.get("deal/records", expand="on_set_null,many", sort="name")
    assert page.status == 200, "a lookup that is not emptied yet breaks no reader"
    # Who writes such a record meanwhile, keeps or clears the lookup.
    first, second = (record["id"] for record in page.json["data"][:2])
    assert api.patch(f"deal/records/{first}", {"data": {"name": "A"}}).status == 200
    assert api.patch(f"deal/records/{second}", {"data": {"on_set_null": other["id"]}}).status == 200
    purge(lambda _line: None)
    assert Record.objects.filter(id=account["id"]).exists(), "its links say what is left to do"
    [task] = DBTaskResult.objects.all()
    kept, named = task.args_kwargs["args"], task.args_kwargs["kwargs"]
    assert fillings(api) == {"on_set_null": 0, "many": 0}
    assert emptying.empty_batch(Actor.of_user(api.user), [UUID(id_) for id_ in kept[0]], **named) is True
    assert sum(fillings(api).values()) == 2
    assert len(api.names("deal", on_set_null__isnull="true")) == 1
    emptying.empty_in_background.call(*kept, **named)
    assert fillings(api) == {}
    left = api.get("deal/records", sort="name").json["data"]
    assert [(deal["data"]["on_set_null"], deal["data"]["many"]) for deal in left] == [
        (other["id"] if deal["id"] == second else None, [other["id"]]) for deal in left
    ]
    assert {deal["updatedBy"] for deal in left} == {str(api.user.id)}
    assert RecordLink.objects.count() == 6
    purge(lambda _line: None)
    assert not Record.objects.filter(id=account["id"]).exists()


def test_who_deletes_sees_that_lookups_are_being_emptied(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emptying, "BATCH_SIZE", 2)
    browser = Client()
    browser.force_login(api.user)
    accounts = [api.make_record("account") for _ in range(2)]
    for number in range(6):
        api.make_record("deal", on_set_null=accounts[number % 2]["id"])
    setup = "/setup/objects/deal/"
    for account in accounts:
        done = browser.post(f"/o/account/r/{account['id']}/delete/", follow=True)
        assert "3 lookups to it are being emptied in the background." in done.content.decode()
    assert "emptying lookups to deleted records, 0 done" in browser.get(setup).content.decode()
    first, second = DBTaskResult.objects.order_by("enqueued_at")
    targets, who = [UUID(id_) for id_ in first.args_kwargs["args"][0]], Actor.of_user(api.user)
    assert emptying.empty_batch(who, targets, **first.args_kwargs["kwargs"]) is True
    assert "emptying lookups to deleted records, 2 done" in browser.get(setup).content.decode()
    emptying.empty_in_background.call(*second.args_kwargs["args"], **second.args_kwargs["kwargs"])
    # Each deletion for itself.
    assert "emptying lookups to deleted records, 2 done" in browser.get(setup).content.decode()
    # A label that is changed meanwhile, and one of an earlier version's tasks.
    assert api.patch("deal/fields/on_set_null", {"label": "Other"}).json["filling"]["recordsDone"] == 2
    emptying.empty_in_background.call(*first.args_kwargs["args"])
    emptying.empty_in_background.call(*first.args_kwargs["args"], **first.args_kwargs["kwargs"])
    assert "emptying" not in browser.get(setup).content.decode()
    few = api.make_record("account")
    assert browser.post(f"/o/account/r/{few['id']}/delete/", follow=True).content.decode().count("lookups to it") == 0
