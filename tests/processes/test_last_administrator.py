"""Administrators who lock each other out at the same moment: one of them stays, through whatever door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from salesos.accounts.models import Invitation, Organization, User
from tests.conftest import PASSWORD, Api, make_user
from tests.processes.test_concurrency import at_once

# Without transactions around the test, which would hide one connection's work from another's.
pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 5


def by_api(who: User, whom: User) -> Callable[[], Any]:
    changes = {"role": "REP"} if who.email < whom.email else {"isActive": False}
    return lambda: Api(who).patch(f"/v1/users/{whom.id}", changes).status


def by_page(who: User, whom: User) -> Callable[[], Any]:
    browser = Client()
    browser.force_login(who)
    return lambda: browser.post(f"/setup/people/{whom.id}/deactivate/").status_code


def by_admin(who: User, whom: User) -> Callable[[], Any]:
    browser = Client()
    browser.force_login(who)
    form = {"email": whom.email, "name": "x", "organization": str(whom.organization_id), "role": "REP"}
    return lambda: browser.post(f"/admin/accounts/user/{whom.id}/change/", {**form, "is_active": "on"}).status_code


DOORS = {"api": by_api, "page": by_page, "admin": by_admin}


@pytest.mark.parametrize(
    ("first", "second"), [("api", "api"), ("page", "page"), ("admin", "admin"), ("api", "admin"), ("page", "admin")]
)
def test_of_two_who_end_each_other_one_stays(organization: Organization, first: str, second: str) -> None:
    one, other = (make_user(organization, f"{name}@acme.example") for name in ("one", "other"))
    for _ in range(TIMES):
        User.objects.update(role="ADMIN", is_active=True, is_staff=True, is_superuser=True)
        answers = at_once(DOORS[first](one, other), DOORS[second](other, one))
        left = User.objects.filter(organization=organization, role="ADMIN", is_active=True)
        assert left.count() == 1, answers


def test_all_of_many_end_themselves_and_one_stays(organization: Organization) -> None:
    users = [make_user(organization, f"{number}@acme.example") for number in range(5)]
    answers = at_once(*[by_api(user, user) for user in users])
    assert sorted(answers) == [200] * 4 + [409]
    assert User.objects.filter(role="ADMIN", is_active=True).count() == 1


def test_a_link_is_used_once_by_two_at_once(organization: Organization) -> None:
    admin = make_user(organization, "admin@acme.example")
    link = Api(admin).post("/v1/invitations", {"email": "kim@acme.example"}).json["link"]
    path = link.partition("testserver")[2]
    form = {"name": "Kim", "new_password1": PASSWORD, "new_password2": PASSWORD}
    statuses = at_once(*[lambda: Client().post(path, form).status_code] * 4)
    assert sorted(statuses) == [302, 404, 404, 404]
    assert User.objects.filter(email="kim@acme.example").count() == 1
    assert not Invitation.objects.exists()
