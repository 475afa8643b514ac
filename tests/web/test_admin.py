"""Django's admin: what operators see, and that what they do goes through the services."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from customobjects.admin import records
from customobjects.services import picked_deletion
from salesos.accounts.models import ApiKey, Organization, User
from tests.conftest import PASSWORD, Api


def page(client: Client, path: str) -> str:
    response = client.get(f"/admin/{path}", follow=True)
    assert response.status_code == 200, (path, response.status_code)
    return str(response.content.decode())


def test_only_operators_get_in(admin: User, rep: User) -> None:
    client = Client()
    client.force_login(rep)
    assert client.get("/admin/").status_code == 302


def test_every_list_and_page_opens(operator: Client, api: Api, stranger: User) -> None:
    made = api.make_object("Hangar", {"label": "Wingspan", "type": "CURRENCY"})
    record = api.make_record("hangar", name="Visible", wingspan="19.90")
    other = Api(stranger)
    other.make_object("Box")
    other.make_record("box", name="Elsewhere")
    assert "Custom objects" in page(operator, "")
    assert "Globex" in page(operator, "accounts/organization/")
    assert stranger.email in page(operator, "accounts/user/?q=globex")
    page(operator, f"accounts/user/{stranger.id}/change/")
    page(operator, "accounts/user/add/")
    page(operator, f"accounts/organization/{stranger.organization_id}/change/")
    assert "Hangar" in page(operator, "customobjects/customobject/?q=hang")
    assert "Hangar" not in page(operator, "customobjects/customobject/?q=box")
    assert "Wingspan" in page(operator, f"customobjects/customobject/{made['id']}/change/")
    listed = page(operator, "customobjects/record/")
    assert "Visible" in listed
    assert "Elsewhere" in listed
    found = page(operator, "customobjects/record/?q=visi")
    assert "Visible" in found
    assert "Elsewhere" not in found
    filtered = page(operator, f"customobjects/record/?custom_object__id__exact={made['id']}")
    assert "Visible" in filtered
    assert "Elsewhere" not in filtered
    assert "$19.90" in page(operator, f"customobjects/record/{record['id']}/change/")


def act(client: Client, model: str, action: str, *ids: str, **more: str) -> Any:
    return client.post(f"/admin/{model}/", {"action": action, "_selected_action": ids, **more}, follow=True)


def delete_records(client: Client, *ids: str, **more: str) -> str:
    """What the admin asks before it deletes records, and, where it is told to, what it says then."""
    return str(act(client, "customobjects/record", "delete_by_service", *ids, **more).content.decode())


def test_acting_on_objects_and_records(operator: Client, api: Api) -> None:
    made = api.make_object("Box")
    api.post("box/fields", {"label": "Parent", "type": "LOOKUP", "options": {"target": "box", "onDelete": "restrict"}})
    parent = api.make_record("box", name="Parent")
    child = api.make_record("box", name="Child", parent=parent["id"])
    act(operator, "customobjects/customobject", "archive", made["id"])
    assert api.get("box").json["isActive"] is False
    act(operator, "customobjects/customobject", "restore", made["id"])
    assert api.get("box").json["isActive"] is True
    assert "This puts 1 record into the trash." in delete_records(operator, parent["id"])
    refusal = "has it as its Parent, and is to be changed or deleted first: Child"
    assert refusal in delete_records(operator, parent["id"], confirmed="1")
    assert "This puts 1 record into the trash." in delete_records(operator, child["id"])
    assert sorted(api.names("box")) == ["Child", "Parent"]
    assert "1 deleted." in delete_records(operator, child["id"], confirmed="1")
    assert api.names("box") == ["Parent"]

    def delete_object(**more: str) -> str:
        return str(
            act(operator, "customobjects/customobject", "delete_by_service", made["id"], **more).content.decode()
        )

    asked = delete_object()
    assert "Box (Acme) with 1 record<" in asked
    assert "nothing was deleted" not in asked
    for wrong in ({}, {f"name-{made['id']}": "box"}):
        assert "Not each name is that of its object; nothing was deleted." in delete_object(confirmed="1", **wrong)
    assert api.get("box").status == 200
    assert "1 deleted." in delete_object(confirmed="1", **{f"name-{made['id']}": "Box"})
    assert api.get("box").status == 404


def test_who_may_only_look_does_nothing(client: Client, admin: User, api: Api) -> None:
    hangar = api.make_object("Hangar")["id"]
    record = api.make_record("hangar", name="Kept")["id"]
    key = ApiKey.objects.get(id=api.post("/v1/api-keys", {"name": "k", "scopes": ["read"]}).json["id"])
    User.objects.filter(id=admin.id).update(is_staff=True)
    admin.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(User.objects.get(id=admin.id))
    for model, id_ in (("customobjects/customobject", hangar), ("customobjects/record", record)):
        act(client, model, "delete_by_service", id_, confirmed="1", **{f"name-{id_}": "Hangar"})
    act(client, "customobjects/customobject", "archive", hangar)
    act(client, "accounts/apikey", "revoke", str(key.id))
    assert "Kept" in page(client, "customobjects/record/")
    assert api.get("hangar").json["isActive"]
    assert api.get(f"hangar/records/{record}").status == 200
    key.refresh_from_db()
    assert key.revoked_at is None


def test_records_that_hold_each_other_go_together(operator: Client, api: Api) -> None:
    api.make_object("Box")
    api.post("box/fields", {"label": "Next", "type": "LOOKUP", "options": {"target": "box", "onDelete": "restrict"}})
    ids = [str(api.make_record("box", name=f"B{number}")["id"]) for number in range(4)]
    for source, target in ((0, 1), (1, 2), (3, 2)):
        api.patch(f"box/records/{ids[source]}", {"data": {"next": ids[target]}})
    assert "4 deleted." in delete_records(operator, *ids, confirmed="4")
    assert api.names("box") == []


@pytest.fixture
def many(api: Api, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Seven boxes, of which the first is held by a card, where more than four are deleted in the background."""
    monkeypatch.setattr(picked_deletion, "MAX_AT_ONCE", 4)
    monkeypatch.setattr(picked_deletion, "BATCH_SIZE", 3)
    api.make_object("Box")
    lookups = [
        {"label": rule, "type": "LOOKUP", "options": {"target": "box", "onDelete": rule.lower()}}
        for rule in ("Restrict", "Cascade")
    ]
    api.make_object("Card", *lookups)
    ids = [str(api.make_record("box", name=f"B{number}")["id"]) for number in range(7)]
    api.make_record("card", name="Holds", restrict=ids[0])
    api.make_record("card", name="Goes", cascade=ids[1])
    return ids


def test_many_records_are_deleted_in_the_background(operator: Client, api: Api, many: list[str]) -> None:
    query = f"?custom_object__id__exact={api.get('box').json['id']}"

    def delete_all(**more: str) -> str:
        sent = {"action": "delete_by_service", "_selected_action": many[:2], "select_across": "1", **more}
        return str(operator.post(f"/admin/customobjects/record/{query}", sent, follow=True).content.decode())

    asked = delete_all()
    assert "This puts 7 records into the trash, and along with them 1 record." in asked
    assert 'name="select_across" value="1"' in asked
    assert 'name="confirmed" value="7"' in asked
    # What has come since was not asked about.
    api.make_record("box", name="B7")
    assert "This puts 8 records into the trash" in delete_all(confirmed="7")
    assert len(api.names("box")) == 8
    assert "8 records are being deleted in the background." in delete_all(confirmed="8")
    assert len(api.names("box")) == 8
    [task] = DBTaskResult.objects.all()
    for _again in range(2):  # as where the worker was killed
        picked_deletion.delete_in_background.call(*task.args_kwargs["args"])
        assert api.names("box") == ["B0"], "a card holds it"
    assert api.names("card") == ["Holds"]


def test_too_many_records_are_not_deleted_at_all(
    operator: Client, api: Api, many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "MAX_AT_ONCE", 6)
    assert "At most 6 records are deleted at a time" in delete_records(operator, *many, confirmed="7")
    assert len(api.names("box")) == 7


def test_nothing_is_written_past_the_services(operator: Client, api: Api) -> None:
    made = api.make_object("Box")
    record = api.make_record("box")
    for path in (
        "customobjects/record/add/",
        "customobjects/customobject/add/",
        f"customobjects/record/{record['id']}/delete/",
        f"customobjects/customobject/{made['id']}/delete/",
    ):
        assert operator.get(f"/admin/{path}").status_code == 403
    assert operator.post(f"/admin/customobjects/record/{record['id']}/change/", {"name": "x"}).status_code == 403


def test_users_and_organizations_are_made_here(operator: Client) -> None:
    operator.post("/admin/accounts/organization/add/", {"name": "Initech"})
    organization = Organization.objects.get(name="Initech")
    form = {
        "email": "peter@initech.example",
        "name": "Peter",
        "organization": str(organization.id),
        "role": "MANAGER",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    response = operator.post("/admin/accounts/user/add/", form)
    assert response.status_code == 302, response.content.decode()[:3000]
    made = User.objects.get(email="peter@initech.example")
    assert (made.role, made.organization, made.is_staff) == ("MANAGER", organization, False)
    assert made.check_password(PASSWORD)


def test_api_keys_are_shown_once_and_revoked(operator: Client, admin: User) -> None:
    form = {
        "user": str(admin.id),
        "name": "Importer",
        "scopes": ["read", "write"],
        "expires_at_0": "",
        "expires_at_1": "",
    }
    made = operator.post("/admin/accounts/apikey/add/", form)
    key = re.search(r"sos_[\w-]{40,}", made.content.decode())
    assert key is not None
    assert "no-store" in made.headers["Cache-Control"]
    assert all(key.group() not in str(cookie) for cookie in operator.cookies.values())
    assert all(key.group() not in str(session.get_decoded()) for session in Session.objects.all())
    assert key.group() not in page(operator, ""), "no message of the next page has it"
    assert Api(**{"x-api-key": key.group()}).get("/v1/auth/me").status == 200
    assert key.group() not in page(operator, "accounts/apikey/")
    act(operator, "accounts/apikey", "revoke", str(ApiKey.objects.get().id))
    assert Api(**{"x-api-key": key.group()}).get("/v1/auth/me").status == 401


NONSENSE = ("x", "%00", "-1", "99999999999999999999", "%ed%a0%80", "[]")
LISTS = (
    "accounts/organization",
    "accounts/user",
    "accounts/apikey",
    "customobjects/customobject",
    "customobjects/record",
)
# What Django's admin reads of the address of a list, of a page of one, and of a form for a new one.
LIST_PARAMETERS = (
    "q",
    "o",
    "p",
    "e",
    "_to_field",
    "custom_object__id__exact",
    "custom_object__isnull",
    "is_active__exact",
    "organization__id__exact",
    "id__regex",
)
PAGE_PARAMETERS = ("_to_field", "_popup", "_changelist_filters", "organization", "user", "expires_at", "created_at")


def test_nonsense_in_addresses_is_a_400(operator: Client, api: Api, admin: User) -> None:
    """Not a 500, whatever an address has: what the admin can make no sense of is a 400."""
    made = api.make_object("Hangar")
    ids = [admin.organization_id, admin.id, "", made["id"], api.make_record("hangar")["id"]]
    for value in NONSENSE:
        paths = [f"{model}/?{name}={value}" for model in LISTS for name in LIST_PARAMETERS]
        paths += [f"{model}/add/?{name}={value}" for model in LISTS[:3] for name in PAGE_PARAMETERS]
        paths += [f"{model}/{id_}/change/?_to_field={value}" for model, id_ in zip(LISTS, ids, strict=True) if id_]
        paths += [f"{model}/{value}/{page}" for model in LISTS for page in ("change/", "history/", "delete/")]
        asked = {"app_label": "accounts", "model_name": "apikey", "field_name": "user", "term": "a"}
        for name in asked:
            paths.append("autocomplete/?" + "&".join(f"{k}={v}" for k, v in {**asked, name: value}.items()))
        paths += [f"search/?s={value}", f"r/{value}/{value}/", f"login/?next={value}"]
        for path in paths:
            assert operator.get(f"/admin/{path}", follow=True).status_code < 500, path
        for model in LISTS:
            assert act(operator, model, "delete_by_service", unquote(value)).status_code < 500, (model, value)


@pytest.mark.parametrize(
    "path",
    [
        "accounts/user/add/?organization=x",
        "accounts/apikey/add/?user=x",
        "accounts/organization/?created_at__year=-1",
        "accounts/organization/?id__regex=[]",
        "accounts/user/?logentry=99999999999999999999",
        "accounts/user/?password__startswith=a",
        "accounts/apikey/add/?expires_at=x",
    ],
)
def test_nonsense_is_told_in_words(operator: Client, path: str) -> None:
    response = operator.get(f"/admin/{path}", follow=True)
    assert response.status_code == 400
    assert "<h1" in response.content.decode()


@pytest.mark.parametrize("value", ["x", "\x00", "-1"])
def test_what_nobody_can_have_selected_is_a_400(operator: Client, admin: User, value: str) -> None:
    actions = {
        "customobjects/customobject": ("archive", "restore", "delete_by_service"),
        "customobjects/record": ("delete_by_service",),
        "accounts/apikey": ("revoke",),
    }
    for model, names in actions.items():
        for name in names:
            assert act(operator, model, name, value).status_code == 400, (model, name)
    # A choice among nothing is refused. What is typed to choose by is found nowhere; PostgreSQL takes no NUL.
    autocomplete = "/admin/autocomplete/?app_label=accounts&field_name=user"
    assert operator.get(f"{autocomplete}&model_name={quote(value)}&term=a").status_code == 403
    assert operator.get(f"{autocomplete}&model_name=apikey&term={quote(value)}").status_code in (200, 400)


def test_lists_are_filtered_by_what_they_offer(operator: Client, admin: User, stranger: User) -> None:
    theirs = page(operator, f"accounts/user/?organization__id__exact={stranger.organization_id}")
    assert f"/accounts/user/{stranger.id}/change/" in theirs
    assert f"/accounts/user/{admin.id}/change/" not in theirs
    for offered in ("is_active__exact=1", "role__exact=ADMIN", "is_staff__exact=0", "organization__isnull=False"):
        assert stranger.email in page(operator, f"accounts/user/?{offered}"), offered
    page(operator, f"accounts/apikey/?user__organization__id__exact={admin.organization_id}")
    page(operator, f"customobjects/customobject/?is_active__exact=1&organization__id__exact={admin.organization_id}")


def test_records_are_sorted_by_what_an_index_has(operator: Client, api: Api) -> None:
    """By their changes within one object; all of them lie by id."""
    for name in ("Site", "Pump"):
        api.make_object(name)
    ids = [api.make_record("site", name=f"Site {number}")["id"] for number in range(3)]
    api.make_record("pump", name="Pump 0")
    api.patch(f"site/records/{ids[0]}", {"data": {"name": "Site 0 again"}})
    object_id = api.get("site").json["id"]

    def listed(query: str) -> tuple[list[str], list[str]]:
        with CaptureQueriesContext(connection) as queries:
            page = operator.get(f"/admin/customobjects/record/?{query}")
        assert page.status_code == 200
        names = [record.name for record in page.context["cl"].result_list]
        statements = [query["sql"] for query in queries.captured_queries if "ORDER BY" in query["sql"]]
        return names, [statement for statement in statements if 'FROM "customobjects_record"' in statement]

    newest = ["Pump 0", "Site 2", "Site 1", "Site 0 again"]
    assert listed("")[0] == newest
    assert 'ORDER BY "customobjects_record"."id" DESC' in listed("o=-6")[1][-1], "no index has this of all objects"
    assert listed("o=-6")[0] == newest
    names, statements = listed(f"custom_object__id__exact={object_id}&o=-6")
    assert names == ["Site 0 again", "Site 2", "Site 1"]
    order = statements[-1].partition("ORDER BY")[2].replace('"customobjects_record".', "").replace('"', "")
    assert order.split("LIMIT")[0].strip() in (
        "custom_object_id DESC, updated_at DESC, id DESC",
        "1 DESC, 5 DESC, 2 DESC",
    )
    assert listed(f"custom_object__id__exact={object_id}")[0] == newest[1:]
