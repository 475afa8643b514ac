"""The audit log as administrators read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from salesos.accounts.models import AuditEntry, Organization, User
from salesos.accounts.services import create_api_key
from tests.accounts.signing_in import sign_in
from tests.conftest import Api

AUDIT = "/v1/audit"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def note(organization: Organization | None, *, minutes: int = 0, **more: Any) -> AuditEntry:
    values = {"kind": "sign_in", "via": "page", "at": NOON + timedelta(minutes=minutes), **more}
    return AuditEntry.objects.create(organization=organization, **values)


def kinds(api: Api, **params: Any) -> list[str]:
    answer = api.get(AUDIT, **params)
    assert answer.status == 200, answer
    return [entry["kind"] for entry in answer.json["data"]]


def test_an_entry(api: Api, admin: User) -> None:
    sign_in(admin)
    answer = api.get(AUDIT)
    [entry] = answer.json["data"]
    assert list(entry) == ["id", "at", "kind", "userId", "userEmail", "via", "ip", "details"]
    assert entry["userId"] == str(admin.id)
    assert entry["userEmail"] == admin.email
    assert (entry["kind"], entry["via"], entry["ip"], entry["details"]) == ("sign_in", "api", "127.0.0.1", {})
    assert answer.json["meta"]["total"] == 1


def test_for_administrators_only(api: Api, manager: User, rep: User, admin: User) -> None:
    for who in (Api(manager), Api(rep)):
        assert who.get(AUDIT).status == 403
        assert who.get(AUDIT).problem() == "role"
    for scopes, status in ((["read"], 403), (["admin"], 403), (["read", "admin"], 200)):
        _row, key = create_api_key(admin, "a program", scopes)
        answer = Api(None, x_api_key=key).get(AUDIT)
        assert answer.status == status
        assert status == 200 or answer.problem() == "scope"
    _row, key = create_api_key(rep, "a program", ["read", "admin"])
    assert Api(None, x_api_key=key).get(AUDIT).problem() == "role"
    assert Api(None).get(AUDIT).status == 401
    for method in ("POST", "PATCH", "DELETE"):
        assert api.send(method, AUDIT, {}).status == 405


def test_organizations_see_their_own(api: Api, admin: User, stranger: User) -> None:
    note(admin.organization, kind="sign_in")
    note(stranger.organization, kind="sign_out")
    note(None, kind="sign_in_failed")
    assert kinds(api) == ["sign_in"]
    assert kinds(Api(stranger)) == ["sign_out"]


def test_an_operator_of_another_organization_is_not_named_wrongly(api: Api, admin: User, stranger: User) -> None:
    note(admin.organization, user=stranger, via="admin")
    [entry] = api.get(AUDIT).json["data"]
    assert entry["userId"] == str(stranger.id)
    assert entry["userEmail"] == stranger.email, "who acts in an organization is told to it"


def test_filters(api: Api, admin: User, rep: User) -> None:
    note(admin.organization, minutes=0, user=admin, kind="sign_in")
    note(admin.organization, minutes=1, user=rep, kind="sign_out")
    note(admin.organization, minutes=2, user=rep, kind="key_created")
    assert kinds(api) == ["key_created", "sign_out", "sign_in"]
    assert kinds(api, kind="sign_out") == ["sign_out"]
    assert kinds(api, kind__in="sign_in,key_created") == ["key_created", "sign_in"]
    assert kinds(api, userId=rep.id) == ["key_created", "sign_out"]
    assert kinds(api, at__gte="2026-03-01T12:01:00Z") == ["key_created", "sign_out"]
    assert kinds(api, at__lt="2026-03-01T12:01:00Z") == ["sign_in"]
    assert kinds(api, at="2026-03-01") == ["key_created", "sign_out", "sign_in"]
    assert kinds(api, at__gt="2026-03-01") == []
    assert kinds(api, at__range="2026-03-01T12:01:00Z,2026-03-02", userId=rep.id, kind="sign_out") == ["sign_out"]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("kind", "export", "invalid_choice"),
        ("kind", "", "blank"),
        ("kind__in", "sign_in,x", "invalid_choice"),
        ("userId", "x", "invalid"),
        ("userId", "\x00", "null_characters_not_allowed"),
        ("at__gte", "yesterday", "invalid"),
        ("at__gte", "9" * 5_000, "max_length"),
        ("email", "x", "unknown"),
        ("organization", "x", "unknown"),
        ("user_id", "x", "unknown"),
        ("limit", "0", "min_value"),
        ("limit", "101", "max_value"),
        ("page", "x", "invalid"),
        ("page", "101", "max_value"),
        ("cursor", "x", "cursor"),
    ],
)
def test_what_is_refused(api: Api, name: str, value: str, code: str) -> None:
    answer = api.get(AUDIT, **{name: value})
    assert answer.status == 400, answer
    assert answer.problem(name)
    if name not in ("kind__in", "userId"):
        assert answer.problem(name) == code


def test_pages(api: Api, admin: User, rep: User) -> None:
    # Several of one moment: the id tells them apart.
    for number in range(7):
        note(admin.organization, minutes=number // 3, details={"number": number})
    ids = [entry["id"] for entry in api.get(AUDIT).json["data"]]
    assert len(ids) == 7
    found, cursor = [], None
    while cursor is not None or not found:
        answer = api.get(AUDIT, limit=2, **({"cursor": cursor} if cursor else {}))
        found += [entry["id"] for entry in answer.json["data"]]
        assert answer.json["meta"]["total"] == 7
        assert answer.json["meta"]["page"] == (None if cursor else 1)
        cursor = answer.json["meta"]["nextCursor"]
        # What comes meanwhile is on no page behind.
        note(admin.organization, minutes=60, kind="sign_out") if cursor is None else None
    assert found == ids
    second = api.get(AUDIT, limit=2, page=2, at__lt="2026-03-01T12:30:00Z")
    assert [entry["id"] for entry in second.json["data"]] == ids[2:4]
    assert 'rel="prev"' in second.headers["Link"]
    first = api.get(AUDIT, limit=2)
    assert api.get(AUDIT, cursor=first.json["meta"]["nextCursor"], kind="sign_in").problem("cursor") == "cursor"
    assert Api(rep).get(AUDIT, cursor=first.json["meta"]["nextCursor"]).status == 403


@pytest.mark.parametrize("count", [1, 30])
def test_its_queries(api: Api, admin: User, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        note(admin.organization, minutes=number, user=admin)
    cursor = api.get(AUDIT, limit=1).json["meta"]["nextCursor"]
    # 1. Who is asking.
    # 2. The entries with their users.
    # 3. How many there are.
    with django_assert_num_queries(3):
        api.get(AUDIT, limit=20)
    if cursor:
        with django_assert_num_queries(3):
            api.get(AUDIT, limit=20, cursor=cursor)


def test_deletions_are_noted(api: Api, admin: User) -> None:
    made = api.make_object("Thing", {"label": "Size", "type": "NUMBER"})
    ids = [api.make_record("thing", size=size)["id"] for size in range(6)]
    operations = [{"op": "delete", "id": id_} for id_ in ids[:2]] + [{"op": "delete", "id": made["id"]}]
    assert api.post("thing/records/bulk", {"operations": operations}).status == 404
    assert kinds(api) == [], "nothing was deleted"
    assert api.post("thing/records/bulk", {"operations": operations, "atomic": False}).status == 200
    create = [{"op": "create", "data": {"name": "x", "size": 9}}]
    assert api.post("thing/records/bulk", {"operations": create}).status == 200
    for dry_run in (True, False):
        body = {"filter": {"size__lt": 5}, "dryRun": dry_run}
        assert api.post("thing/records/bulk-delete", body).json["matched"] == 3
    assert api.post("thing/records/bulk-delete", {"filter": {"size__lt": 5}}).json["matched"] == 0
    assert api.delete("thing").status == 204
    gone, by_filter, by_list = api.get(AUDIT).json["data"]
    of_thing = {"objectId": made["id"], "objectApiName": "thing"}
    assert (by_list["kind"], by_list["details"]) == ("records_deleted", {**of_thing, "count": 2, "by": "list"})
    assert (by_filter["kind"], by_filter["details"]) == ("records_deleted", {**of_thing, "count": 3, "by": "filter"})
    assert (gone["kind"], gone["details"]) == ("object_deleted", {**of_thing, "objectName": "Thing"})
    assert {entry["ip"] for entry in (gone, by_filter, by_list)} == {"127.0.0.1"}
    assert {entry["via"] for entry in (gone, by_filter, by_list)} == {"api"}


def test_what_an_operator_picks_is_noted(operator: Client, api: Api) -> None:
    api.make_object("Thing")
    ids = [api.make_record("thing")["id"] for _ in range(3)]
    confirmed = {"action": "delete_by_service", "_selected_action": ids, "confirmed": "3"}
    operator.post("/admin/customobjects/record/", confirmed)
    [noted] = api.get(AUDIT, kind="records_deleted").json["data"]
    assert (noted["via"], noted["ip"], noted["details"]["count"]) == ("admin", "127.0.0.1", 3)


def test_operators_see_all_of_it(operator: Client, admin: User, django_assert_num_queries: Any) -> None:
    note(admin.organization, user=admin, kind="key_created", details={"name": "<b>Sync"})
    note(None, kind="sign_in_failed", details={"email": "nobody@acme.example"})
    path = "/admin/accounts/auditentry/"
    # 1. The session.
    # 2. The operator.
    # 3. How many entries there are, counted up to a bound.
    # 4. The entries, with their organizations and users.
    with django_assert_num_queries(4):
        page = operator.get(path).content.decode()
    assert "nobody@acme.example" in page
    assert "&lt;b&gt;Sync" in page
    listed = operator.get(path, {"kind__exact": "key_created"}).context["cl"].result_list
    assert [entry.kind for entry in listed] == ["key_created"]
    of_one = operator.get(path, {"organization__id__exact": str(admin.organization_id)}).context["cl"].result_list
    assert {entry.organization_id for entry in of_one} == {admin.organization_id}
    entry = listed[0]
    assert operator.get(f"{path}{entry.pk}/change/").status_code == 200
    for act in (f"{path}add/", f"{path}{entry.pk}/delete/"):
        assert operator.post(act, {}).status_code == 403
    operator.post(f"{path}{entry.pk}/change/", {"kind": "sign_in"})
    operator.post(path, {"action": "delete_selected", "_selected_action": [str(entry.pk)], "post": "yes"})
    entry.refresh_from_db()
    assert entry.kind == "key_created"
