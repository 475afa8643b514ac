"""Nobody but administrators sees the setup: not one of its addresses, and no link to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from uuid_utils.compat import uuid7

from customobjects.web.urls import urlpatterns
from salesos.accounts.models import User
from tests.conftest import Api

# All that the urlconf has, so that a page which is added is covered.
ROUTES = {route.name: route.pattern.converters for route in urlpatterns if str(route.pattern).startswith("setup/")}


def address_of(name: str, ids: dict[str, Any]) -> str:
    return reverse(f"web:{name}", kwargs={one: ids.get(one, uuid7()) for one in ROUTES[name]})


@pytest.fixture
def ids(api: Api, admin: User) -> dict[str, Any]:
    """What is there of an object, a field and a person; of the others nothing, which is as good for who may not."""
    made = api.make_object("Box")
    return {"object_reference": "box", "field_reference": made["fields"][0]["apiName"], "user_id": admin.id}


def test_there_are_addresses_to_try() -> None:
    assert {"setup", "setup-people", "person", "setup-keys", "setup-audit", "object-new", "field-edit"} <= set(ROUTES)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_a_page_of_the_setup_is_for_administrators(
    client: Client, name: str, ids: dict[str, Any], rep: User, manager: User
) -> None:
    address = address_of(name, ids)
    for user in (rep, manager):
        client.force_login(user)
        for answer in (client.get(address), client.post(address, {"name": "x", "label": "x", "type": "TEXT"})):
            assert answer.status_code in (403, 404), (address, answer.status_code)


def test_it_is_linked_for_administrators_alone(client: Client, admin: User, manager: User, rep: User, api: Api) -> None:
    api.make_object("Box")
    for user, is_linked in ((admin, True), (manager, False), (rep, False)):
        client.force_login(user)
        for page in ("/", "/o/box/", "/me/", "/palette/?q=setup", "/palette/?q=people"):
            assert ("/setup/" in client.get(page).content.decode()) is is_linked or page == "/me/", (user, page)


def test_an_administrator_who_is_none_any_more_is_refused_at_once(client: Client, admin: User) -> None:
    client.force_login(admin)
    assert client.get("/setup/people/").status_code == 200
    User.objects.filter(id=admin.id).update(role="MANAGER")
    assert client.get("/setup/people/").status_code == 403


def test_who_is_not_signed_in_is_asked_to(client: Client) -> None:
    for address in ("/setup/", "/setup/people/", "/setup/keys/new/"):
        assert client.get(address).headers["Location"].startswith("/sign-in/?next=/setup/")
