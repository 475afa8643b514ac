"""The setup of an organization: its objects, its limits, its name and look."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from salesos.accounts.models import Invitation, Organization, User
from salesos.accounts.services import create_api_key
from tests.conftest import Api
from tests.web.forms import open_form, text

PEOPLE, KEYS, AUDIT = "/setup/people/", "/setup/keys/", "/setup/audit/"


def test_all_objects_are_listed_archived_ones_too(browser: Client, api: Api, django_assert_num_queries: Any) -> None:
    assert "There are no objects yet" in text(browser.get("/setup/"))
    api.make_object("Box")
    api.make_object("Old")
    api.make_record("box")
    api.patch("old", {"isActive": False})
    # 1. The session. 2. The user. 3. The organization. 4. The objects with their counts. 5. The sidebar's.
    with django_assert_num_queries(5):
        page = text(browser.get("/setup/"))
    assert "archived" in page
    # The fields of each and its records.
    assert re.findall(r'<td class="kind-number">(.*?)</td>', page) == ["1", "1", "1", "0"]
    assert 'href="/setup/objects/old/fields/"' in page


def test_limits(browser: Client, api: Api, stranger: User, django_assert_max_num_queries: Any) -> None:
    Api(stranger).make_object("Theirs")
    api.make_object("Box")
    api.make_record("box")
    # 1. The session. 2. The user. 3. The organization. 4. The objects with their counts. 5. and 6. All records, and
    # what they take. 7. People. 8. Keys. 9. The sidebar's objects. 10. On PostgreSQL, before it has statistics of the
    # table, all records once more.
    with django_assert_max_num_queries(10):
        page = text(browser.get("/setup/limits/"))
    assert "1 of 500" in page
    assert re.search(r"about [\d.,]+ [kM]?B", page)
    assert "Theirs" not in page
    assert "30 in a minute" in page


def test_the_organizations_name_and_colour_are_in_the_sidebar(browser: Client, stranger: User) -> None:
    address = "/setup/organization/"
    form = open_form(browser, address)
    assert "Saved." in text(browser.post(address, {**form, "name": "Acme & Co", "hue": "teal"}, follow=True))
    home = text(browser.get("/"))
    assert "Acme &amp; Co" in home
    assert "hue-teal" in home
    for wrong, control in (
        ({"name": "Globex"}, "name"),
        ({"name": ""}, "name"),
        ({"hue": "puce"}, "hue"),
        ({"language": "xx"}, "language"),
    ):
        refused = browser.post(address, {**open_form(browser, address), **wrong})
        assert refused.status_code == 422, wrong
        assert refused.context["form"].errors[control], wrong
    assert Organization.objects.filter(name="Acme & Co", hue="teal").count() == 1


def test_nothing_of_another_organization_is_there(browser: Client, stranger: User, api: Api) -> None:
    key, _text = create_api_key(stranger, "x", ["read"])
    invitation = Invitation.objects.create(
        organization=stranger.organization, email="x@globex.example", nonce="x", expires_at=timezone.now()
    )
    for name, id_ in (
        ("person", stranger.id),
        ("person-deactivate", stranger.id),
        ("person-reactivate", stranger.id),
        ("person-password", stranger.id),
        ("hand-over", stranger.id),
        ("key-revoke", key.id),
        ("invitation-renew", invitation.id),
        ("invitation-withdraw", invitation.id),
        ("hand-over-state", key.id),
    ):
        address = reverse(f"web:{name}", args=[id_])
        statuses = {browser.get(address).status_code, browser.post(address, {"name": "x"}).status_code}
        assert statuses in ({404}, {404, 302}, {404, 405}), (name, statuses)
    stranger.refresh_from_db()
    assert stranger.is_active
    for page in (PEOPLE, KEYS, AUDIT):
        assert "globex" not in text(browser.get(page)).lower()
