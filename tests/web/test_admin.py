"""Django's admin: what operators see, and that what they do goes through the services."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from salesos.accounts.models import ApiKey, Organization, User
from tests.conftest import PASSWORD, Api


@pytest.fixture
def operator(admin: User) -> Client:
    User.objects.filter(id=admin.id).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(User.objects.get(id=admin.id))
    return client


def page(client: Client, path: str) -> str:
    response = client.get(f"/admin/{path}")
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
    filtered = page(operator, f"customobjects/record/?object={made['id']}")
    assert "Visible" in filtered
    assert "Elsewhere" not in filtered
    assert "$19.90" in page(operator, f"customobjects/record/{record['id']}/change/")


def act(client: Client, model: str, action: str, *ids: str) -> Any:
    return client.post(f"/admin/{model}/", {"action": action, "_selected_action": ids}, follow=True)


def test_acting_on_objects_and_records(operator: Client, api: Api) -> None:
    made = api.make_object("Box")
    api.post("box/fields", {"label": "Parent", "type": "LOOKUP", "options": {"target": "box", "onDelete": "restrict"}})
    parent = api.make_record("box", name="Parent")
    child = api.make_record("box", name="Child", parent=parent["id"])
    act(operator, "customobjects/customobject", "archive", made["id"])
    assert api.get("box").json["isActive"] is False
    act(operator, "customobjects/customobject", "restore", made["id"])
    assert api.get("box").json["isActive"] is True
    refused = act(operator, "customobjects/record", "delete_by_service", parent["id"])
    assert "does not let go of it" in refused.content.decode()
    done = act(operator, "customobjects/record", "delete_by_service", child["id"])
    assert "1 deleted." in done.content.decode()
    assert api.names("box") == ["Parent"]
    act(operator, "customobjects/customobject", "delete_by_service", made["id"])
    assert api.get("box").status == 404


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
