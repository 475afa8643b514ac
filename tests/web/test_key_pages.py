"""The pages of API keys."""

from __future__ import annotations

import html
import re
import shlex
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key
from tests.conftest import Api
from tests.web.forms import main_part, open_form, secret_of, text

PEOPLE, KEYS, AUDIT = "/setup/people/", "/setup/keys/", "/setup/audit/"


def test_a_key_is_made_shown_once_used_and_revoked(browser: Client, rep: User, api: Api) -> None:
    form = open_form(browser, f"{KEYS}new/")
    sent = {"name": "Sync", "person": str(rep.id), "scopes": ["read"], "expires": "30"}
    key = secret_of(browser.post(f"{KEYS}new/", {**form, **sent}))
    row = ApiKey.objects.get()
    assert (row.user, row.scopes) == (rep, ["read"])
    assert row.expires_at is not None
    assert timedelta(days=29) < row.expires_at - timezone.now() <= timedelta(days=30)
    assert Api(None, x_api_key=key).get("/v1/custom-objects").status == 200
    again = browser.post(f"{KEYS}new/", {**form, **sent}, follow=True)
    assert "was made already" in text(again)
    assert key not in text(again)
    assert ApiKey.objects.count() == 1
    page = text(browser.get(KEYS))
    assert "Sync" in page
    assert "just now" in page
    assert "refused at its very next request" in text(browser.get(f"{KEYS}{row.id}/revoke/"))
    assert "is revoked" in text(browser.post(f"{KEYS}{row.id}/revoke/", follow=True))
    assert Api(None, x_api_key=key).get("/v1/custom-objects").status == 401
    assert "Revoked" in text(browser.get(KEYS))


def test_a_key_says_when_it_was_used_last(browser: Client, rep: User) -> None:
    _row, key = create_api_key(rep, "Sync", ["read"])

    def last_used() -> str:
        [row] = re.findall(r"<tr[^>]*>(.*?)</tr>", main_part(browser.get(KEYS)).partition("<tbody>")[2], re.DOTALL)
        [told] = re.findall(r'<td class="muted">(.*?)</td>', row, re.DOTALL)
        return " ".join(re.sub("<[^>]+>", "", told).split())

    assert last_used() == "never"
    assert Api(None, x_api_key="not-a-key").get("/v1/custom-objects").status == 401
    assert last_used() == "never"
    assert Api(None, x_api_key=key).get("/v1/custom-objects").status == 200
    assert last_used() == "just now"
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(hours=3, minutes=5))
    assert last_used() == "3 hours ago"
    # Also where what it asked for was refused.
    assert Api(None, x_api_key=key).post("/v1/custom-objects", {"name": "Site"}).status == 403
    assert last_used() == "just now"


@pytest.mark.parametrize(("scope", "path"), [("read", "/v1/custom-objects"), ("write", "/v1/auth/me")])
def test_a_new_key_is_shown_with_a_line_that_works(browser: Client, rep: User, scope: str, path: str) -> None:
    sent = {"name": "Sync", "person": str(rep.id), "scopes": [scope], "expires": "30"}
    shown = browser.post(f"{KEYS}new/", {**open_form(browser, f"{KEYS}new/"), **sent})
    key = secret_of(shown)
    [_key, line] = re.findall(r"<code[^>]*>([^<]+)</code>", main_part(shown))
    program, flag, method, address, *rest = shlex.split(html.unescape(line).replace("\\\n", " "))
    assert (program, flag, method, rest) == ("curl", "-X", "GET", ["-H", f"X-API-Key: {key}"])
    assert address.startswith(f"http://testserver{path}")
    assert Api(None, x_api_key=key).get(address.removeprefix("http://testserver")).status == 200


def test_a_key_that_is_refused_comes_back_with_what_was_typed(browser: Client, stranger: User) -> None:
    form = open_form(browser, f"{KEYS}new/")
    for wrong, control in (
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["root"]}, "scopes"),
        ({"person": str(stranger.id)}, "person"),
        ({"person": "x"}, "person"),
        ({"expires": "7000"}, "expires"),
    ):
        refused = browser.post(f"{KEYS}new/", {**form, "name": "Sync", **wrong})
        assert refused.status_code == 422, wrong
        assert refused.context["form"].errors[control], wrong
    assert not ApiKey.objects.exists()


def test_keys_are_listed_with_what_became_of_them(
    browser: Client, rep: User, manager: User, stranger: User, django_assert_num_queries: Any
) -> None:
    past = timezone.now() - timedelta(days=1)
    create_api_key(stranger, "Not ours", ["read"])
    create_api_key(rep, "Old", ["read"], expires_at=past)
    create_api_key(manager, "Left", ["write"])
    User.objects.filter(id=manager.id).update(is_active=False)
    # 1. The session. 2. The user. 3. The organization. 4. How many keys. 5. The keys. 6. The sidebar's objects.
    for more in (0, 20):
        for number in range(more):
            create_api_key(rep, f"Key {number}", ["read", "admin"])
        with django_assert_num_queries(6):
            page = text(browser.get(KEYS))
    assert "Expired" in page
    assert "manager is deactivated" in page
    assert "Not ours" not in page
    for query, count in (("state=expired", 1), ("state=usable", 20), ("state=revoked", 0), (f"person={rep.id}", 21)):
        found = text(browser.get(f"{KEYS}?{query}"))
        assert (f"{count} key" in found) or (not count and "No key fits" in found), query
    assert browser.get(f"{KEYS}?person=x&state=%00").status_code == 200
