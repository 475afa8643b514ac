"""What others change is told to pages that look at it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from salesos.accounts.models import User
from tests.api.test_changes import settle
from tests.conftest import Api

# What PostgreSQL tells ends with the oldest transaction that runs, which is the test's own.
pytestmark = pytest.mark.django_db(transaction=True)


def test_only_what_is_new_is_told(browser: Client, api: Api, site: dict[str, Any]) -> None:
    api.make_object("Other")
    begun = browser.get("/o/site/live/").json()
    assert begun["changed"] == []
    api.make_record("other", name="Elsewhere")
    made = api.make_record("site", name="South")
    for name in ("East", "West"):
        api.patch(f"site/records/{site['id']}", {"data": {"name": name}})
    settle()
    told = browser.get("/o/site/live/", {"cursor": begun["cursor"]}).json()
    assert sorted(told["changed"]) == sorted([made["id"], site["id"]])
    assert browser.get("/o/site/live/", {"cursor": told["cursor"]}).json()["changed"] == []


def test_it_takes_the_same_queries_however_much_there_is(
    browser: Client, api: Api, site: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    begun = browser.get("/o/site/live/").json()["cursor"]
    for number in range(5):
        api.patch(f"site/records/{site['id']}", {"data": {"name": str(number)}})
        settle()
        # 1. The session.
        # 2. Its user.
        # 3. The object.
        # 4. Up to where changes are told, on PostgreSQL.
        # 5. Records that were made.
        # 6. Records that were changed.
        # 7. The objects that they are of.
        with django_assert_max_num_queries(7):
            told = browser.get("/o/site/live/", {"cursor": begun}).json()
        assert told["changed"] == [site["id"]]


def test_who_may_not_see_is_told_nothing(api: Api, site: dict[str, Any], stranger: User) -> None:
    assert site
    nobody, other = Client(), Client()
    other.force_login(stranger)
    assert nobody.get("/o/site/live/", headers={"accept": "application/json"}).status_code == 401
    assert other.get("/o/site/live/").status_code == 404


@pytest.mark.parametrize("cursor", ["x", "\x00", "9" * 300])
def test_nonsense_is_refused(browser: Client, site: dict[str, Any], cursor: str) -> None:
    assert site
    assert browser.get("/o/site/live/", {"cursor": cursor}).status_code in (404, 409)
