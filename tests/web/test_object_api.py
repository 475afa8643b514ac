"""The page of an object's API, and its programs, which are run as they are copied."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from salesos.accounts.models import ApiKey, User
from tests.conftest import Api

PAGE = "/setup/objects/machine/api/"


@pytest.fixture
def machines(api: Api) -> Api:
    api.make_object(
        "Machine",
        {"label": "Serial", "type": "TEXT", "isUnique": True, "options": {"pattern": "[A-Z]{3}"}},
        {"label": "Status", "type": "PICKLIST", "options": {"values": ["It's <on>", "Off"]}},
        {"label": "Price", "type": "CURRENCY", "isRequired": True, "options": {"min": 10}},
    )
    return api


def test_the_programs_have_the_objects_names_and_a_key_that_is_shown_once(
    client: Client, admin: User, machines: Api, django_assert_num_queries: Any
) -> None:
    client.force_login(admin)
    record = machines.make_record("machine", name="Pump", price=12)["id"]
    # The session, the user, the organization, the sidebar's objects; the object, its fields; its state, the newest.
    with django_assert_num_queries(8):
        answer = client.get(PAGE)
    text = answer.content.decode()
    assert f"/v1/custom-objects/machine/records/{record}" in text
    assert "YOUR_API_KEY" in text
    assert "It&#x27;s &lt;on&gt;" in text
    answer = client.post(PAGE)
    key = answer.context["key"]
    assert key.startswith("sos_")
    assert "YOUR_API_KEY" not in answer.content.decode()
    assert ApiKey.objects.get().scopes == ["delete", "read", "write"]
    assert key not in client.get(PAGE).content.decode()


def test_swagger_shows_the_objects_own_document(client: Client, admin: User, machines: Api) -> None:
    assert client.get(f"{PAGE}swagger/").status_code == 302
    client.force_login(admin)
    script = client.get(f"{PAGE}swagger/?script=")
    assert "machine/openapi.json" in script.content.decode()
