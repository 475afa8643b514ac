"""What tests of pages share."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from salesos.accounts.models import User
from tests.conftest import Api


@pytest.fixture
def browser(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def site(api: Api) -> dict[str, Any]:
    """A record with a value in a control of each kind."""
    api.make_object(
        "Site",
        {"label": "Area", "type": "NUMBER"},
        {"label": "Notes", "type": "TEXTAREA"},
        {"label": "Open", "type": "CHECKBOX"},
        {"label": "Kind", "type": "PICKLIST", "options": {"values": ["shop", "depot"]}},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["x", "y", "z"]}},
    )
    return api.make_record("site", name="North", area=1, notes="a\nb", open=True, kind="shop", tags=["x", "y"])


@pytest.fixture
def objects(api: Api) -> Api:
    api.make_object("Account", {"label": "City", "type": "TEXT"}, enableNotes=True, enableActivities=True)
    api.make_object(
        "Asset",
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Others", "type": "LOOKUP", "options": {"target": "account", "multiple": True}},
        {"label": "Serial Number", "type": "TEXT", "isUnique": True},
        {"label": "Status", "type": "PICKLIST", "options": {"values": ["Running", "In Repair"]}},
        {"label": "Cost", "type": "NUMBER"},
        enableHistory=True,
    )
    return api


@pytest.fixture
def account(objects: Api) -> str:
    return str(objects.make_record("account", name="Acme", city="Ulm")["id"])
