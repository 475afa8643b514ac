"""Two organizations: whatever one of them owns does not exist for the other, on any endpoint or page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from salesos.accounts.models import User
from tests.conftest import OBJECTS, Api

SECRET = "zqxsecret"


@pytest.fixture
def secret(api: Api) -> dict[str, Any]:
    """An object with a record, of the first organization, each of whose texts can be recognized."""
    made = api.make_object(SECRET, {"label": f"{SECRET} code", "type": "TEXT", "isUnique": True})
    record = api.make_record(SECRET, name=SECRET, **{f"{SECRET}_code": SECRET})
    return {"object": made, "field": made["fields"][1], "record": record}


@pytest.fixture
def other(stranger: User) -> Api:
    return Api(stranger)


def test_every_endpoint_answers_404(secret: dict[str, Any], other: Api) -> None:
    object_id, field_id, record_id = (secret[key]["id"] for key in ("object", "field", "record"))
    other.make_object("Own")
    for reference in (object_id, SECRET):
        for method, path, body in (
            ("GET", f"{reference}", None),
            ("PATCH", f"{reference}", {"name": "x"}),
            ("DELETE", f"{reference}", None),
            ("GET", f"{reference}/fields", None),
            ("POST", f"{reference}/fields", {"label": "x", "type": "TEXT"}),
            ("PUT", f"{reference}/fields/order", {"fields": ["name"]}),
            ("PATCH", f"{reference}/fields/{field_id}", {"label": "x"}),
            ("DELETE", f"{reference}/fields/{field_id}", None),
            ("GET", f"{reference}/records", None),
            ("POST", f"{reference}/records", {"data": {"name": "x"}}),
            ("GET", f"{reference}/records/{record_id}", None),
            ("PATCH", f"{reference}/records/{record_id}", {"data": {"name": "x"}}),
            ("DELETE", f"{reference}/records/{record_id}", None),
            # Through an object of their own.
            ("PATCH", f"own/fields/{field_id}", {"label": "x"}),
            ("DELETE", f"own/fields/{field_id}", None),
            ("GET", f"own/records/{record_id}", None),
            ("PATCH", f"own/records/{record_id}", {"data": {"name": "x"}}),
            ("DELETE", f"own/records/{record_id}", None),
        ):
            answer = other.send(method, path, body)
            assert answer.status == 404, (method, path, answer)
            assert answer.problem() == "not_found"
            # The message may repeat what was asked for, and nothing else.
            assert SECRET not in answer.text.replace(reference, "")


def test_nothing_leaks_into_lists_and_counts(secret: dict[str, Any], other: Api) -> None:
    own = other.make_object("Own")
    for path in (OBJECTS, f"{OBJECTS}?search={SECRET}", "stats", "own/records", f"own/records?search={SECRET}"):
        answer = other.get(path)
        assert answer.status == 200
        assert SECRET not in answer.text
        assert secret["object"]["id"] not in answer.text
    assert other.get("stats").json["records"]["total"] == 0
    assert own["apiName"] == "own"


def test_names_are_free_in_each_organization(secret: dict[str, Any], other: Api) -> None:
    assert other.make_object(SECRET, {"label": f"{SECRET} code", "type": "TEXT", "isUnique": True})
    assert other.make_record(SECRET, **{f"{SECRET}_code": SECRET}), "no duplicate of the other organization's"


def test_lookups_and_people_do_not_cross(secret: dict[str, Any], other: Api, admin: User) -> None:
    other.make_object("Own", {"label": "Who", "type": "USER"})
    target = {"label": "L", "type": "LOOKUP", "options": {"target": secret["object"]["id"]}}
    for answer in (
        other.post("own/fields", target),
        other.post("own/fields", {**target, "options": {"target": SECRET}}),
        other.post("own/records", {"data": {"name": "x", "who": str(admin.id)}}),
        other.post("own/records", {"data": {"name": "x"}, "ownerId": str(admin.id)}),
    ):
        assert answer.status == 400
        assert admin.email not in answer.text
    other.post("own/fields", {"label": "Own", "type": "LOOKUP", "options": {"target": "own"}})
    answer = other.post("own/records", {"data": {"name": "x", "own": secret["record"]["id"]}})
    assert answer.status == 400
    assert answer.problem("data.own") == "not_found"
    assert SECRET not in answer.text


def test_every_page_answers_404(secret: dict[str, Any], stranger: User) -> None:
    browser = Client()
    browser.force_login(stranger)
    object_id, record_id = secret["object"]["id"], secret["record"]["id"]
    field = secret["field"]["apiName"]
    for reference in (object_id, SECRET):
        base = f"/objects/{reference}/"
        pages = ["", "new/", "setup/", "setup/edit/", "setup/delete/", "setup/fields/new/", f"setup/fields/{field}/"]
        pages += [f"setup/fields/{field}/delete/", f"{record_id}/", f"{record_id}/edit/", f"{record_id}/delete/"]
        for page in pages:
            response = browser.get(base + page)
            assert response.status_code == 404, page
            assert SECRET not in response.content.decode()
        acts = ["new/", "setup/edit/", "setup/archive/", "setup/delete/", "setup/fields/new/", f"setup/fields/{field}/"]
        acts += [f"setup/fields/{field}/move/", f"setup/fields/{field}/delete/"]
        acts += [f"{record_id}/edit/", f"{record_id}/delete/"]
        for act in acts:
            response = browser.post(base + act, {"name": "x", "label": "x", "data-name": "x"})
            assert response.status_code == 404, act
    assert SECRET not in browser.get("/").content.decode()
    assert Api(User.objects.get(email="admin@acme.example")).get(f"{SECRET}/records/{record_id}").status == 200
