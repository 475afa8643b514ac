"""The order of a person's own in which objects come."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import text


@pytest.fixture
def ids(api: Api) -> dict[str, str]:
    return {name: api.make_object(name)["id"] for name in ("Asset", "Site", "Visit")}


def in_sidebar(answer: Any) -> list[str]:
    return re.findall(r'<li data-id="([^"]+)">', text(answer))


def test_buttons_move_an_object_without_scripts(browser: Client, ids: dict[str, str]) -> None:
    asset, site, visit = ids.values()
    assert in_sidebar(browser.get("/")) == [asset, site, visit]
    shown = browser.post("/me/objects/", {"up": visit}, follow=True)
    assert in_sidebar(shown) == [asset, visit, site]
    browser.post("/me/objects/", {"down": asset})
    browser.post("/me/objects/", {"down": site})
    home = browser.get("/")
    assert in_sidebar(home) == [visit, asset, site]
    tiles = re.findall(r'class="tile-name">(\w+)', text(home))
    assert tiles == ["Visits", "Assets", "Sites"]
    commands = re.findall(r">Go to (\w+)", text(browser.get("/palette/")))
    assert commands == tiles


def test_a_script_sends_all_of_them_and_nonsense_changes_nothing(browser: Client, ids: dict[str, str]) -> None:
    asset, site, visit = ids.values()
    assert browser.post("/me/objects/", {"ids": [visit, site, asset]}).status_code == 204
    assert in_sidebar(browser.get("/")) == [visit, site, asset]
    assert browser.post("/me/objects/", {"ids": ["nonsense"]}).status_code == 409
    browser.post("/me/objects/", {"up": "nonsense"})
    assert in_sidebar(browser.get("/")) == [visit, site, asset]


def test_everybody_has_their_own(browser: Client, ids: dict[str, str], admin: User) -> None:
    browser.post("/me/objects/", {"ids": list(reversed(ids.values()))})
    other = User.objects.create(email="other@example.com", organization=admin.organization, role=admin.role)
    client = Client()
    client.force_login(other)
    assert in_sidebar(client.get("/")) == list(ids.values())
