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
    # The session, the user, the organization, the sidebar's objects; the object, its fields; its state, the newest;
    # one that has a serial, as the newest has none.
    with django_assert_num_queries(9):
        answer = client.get(PAGE)
    text = answer.content.decode()
    assert f"/v1/custom-objects/machine/records/{record}" in text
    assert "YOUR_API_KEY" in text
    assert "It&#x27;s &lt;on&gt;" in text
    answer = client.post(PAGE)
    key = answer.context["key"]
    assert key.startswith("sos_")
    assert answer["Cache-Control"] == "no-store"
    assert "YOUR_API_KEY" not in answer.content.decode()
    assert ApiKey.objects.get().scopes == ["delete", "read", "write"]
    assert key not in client.get(PAGE).content.decode()


def test_a_record_is_found_by_its_unique_field(
    client: Client, admin: User, machines: Api, django_assert_num_queries: Any
) -> None:
    client.force_login(admin)
    assert "Find a record" not in client.get(PAGE).content.decode(), "nothing is known that the pattern takes"
    machines.make_record("machine", name="Pump", price=12, serial="ABC")
    assert "/v1/custom-objects/machine/records?serial=ABC" in client.get(PAGE).content.decode()
    machines.make_record("machine", name="Fan\u2028import os", price=12)
    # Those of the test above.
    with django_assert_num_queries(9):
        text = client.get(PAGE).content.decode()
    assert "Find a record by its Serial" in text
    assert "/v1/custom-objects/machine/records?serial=ABC" in text
    [curl, python, javascript] = [row["programs"] for row in client.get(PAGE).context["calls"]][-1]
    says = "This deletes your newest record, Fan import os."
    assert curl[1].splitlines()[0] == python[1].splitlines()[0] == f"# {says}"
    assert javascript[1].splitlines()[0] == f"// {says}"


def test_swagger_shows_the_objects_own_document(client: Client, admin: User, machines: Api) -> None:
    assert client.get(f"{PAGE}swagger/").status_code == 302
    client.force_login(admin)
    script = client.get(f"{PAGE}swagger/?script=")
    assert "machine/openapi.json" in script.content.decode()


@pytest.mark.parametrize("role", ["rep", "manager"])
def test_setup_is_for_administrators(client: Client, request: pytest.FixtureRequest, role: str, machines: Api) -> None:
    client.force_login(request.getfixturevalue(role))
    assert [client.get(path).status_code for path in (PAGE, f"{PAGE}swagger/")] == [403, 403]
    assert client.post(PAGE).status_code == 403
    assert not ApiKey.objects.exists()
