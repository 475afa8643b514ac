"""Looking at the pages as a lesser role: it narrows, never widens, and ends when one stops or signs out."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from salesos.accounts.models import User
from salesos.accounts.viewing import SESSION_KEY
from tests.conftest import PASSWORD, Api
from tests.web.forms import text

VIEW_AS, SETUP = "/me/view-as/", "/setup/people/"
FORM = "application/x-www-form-urlencoded"
BAR = "You see what a {} sees"


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def look_as(client: Client, role: str) -> Any:
    return client.post(VIEW_AS, {"role": role}, follow=True)


@pytest.fixture
def box(api: Api) -> dict[str, Any]:
    """A record that nobody owns."""
    api.make_object("Box")
    record = api.make_record("box")
    assert api.patch(f"box/records/{record['id']}", {"ownerId": None}).status == 200
    return record


def test_an_administrator_sees_what_a_representative_sees(browser: Client, box: dict[str, Any]) -> None:
    before = text(browser.get("/o/box/"))
    assert "/setup/" in before
    assert "You see what" not in before
    page = text(look_as(browser, "REP"))
    assert BAR.format("Representative") in page
    assert "Stop viewing as a Representative" in page
    for address in (SETUP, "/setup/roles/", "/setup/objects/box/fields/", "/setup/objects/box/access/"):
        answer = browser.get(address)
        assert answer.status_code == 403
        # Also from there one gets back.
        assert "Stop viewing as a Representative" in text(answer)
    assert "/setup/" not in text(browser.get("/o/box/"))
    assert "/setup/" not in text(browser.get("/palette/?q=people"))


def test_what_a_representative_may_not_do_is_refused(browser: Client, api: Api, box: dict[str, Any]) -> None:
    delete = f"/o/box/r/{box['id']}/delete/"
    look_as(browser, "REP")
    assert browser.post(delete).status_code in (403, 422)
    assert api.get(f"box/records/{box['id']}").status == 200
    # By the session, the API narrows as well; by what programs show, it does not.
    path = f"/v1/custom-objects/box/records/{box['id']}"
    answer = browser.delete(path)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "role")
    look_as(browser, "MANAGER")
    assert browser.post(delete).status_code == 302
    assert api.get(f"box/records/{box['id']}").status == 404


def test_tokens_are_not_touched(browser: Client, api: Api, box: dict[str, Any]) -> None:
    look_as(browser, "REP")
    authorization = {"authorization": api.headers["authorization"]}
    assert browser.get("/v1/users", headers=authorization).status_code == 200
    assert browser.get("/v1/users").status_code == 403


def test_what_is_written_meanwhile_is_the_persons_own(
    browser: Client, api: Api, admin: User, box: dict[str, Any]
) -> None:
    look_as(browser, "REP")
    made = browser.post("/v1/custom-objects/box/records", {"data": {"name": "x"}}, content_type="application/json")
    assert made.json()["createdBy"] == made.json()["ownerId"] == str(admin.id)


def test_stopping_leads_back_to_the_page(browser: Client) -> None:
    look_as(browser, "REP")
    assert browser.get(SETUP).status_code == 403
    answer = browser.post(VIEW_AS, {"next": SETUP})
    assert answer.headers["Location"] == SETUP
    page = browser.get(SETUP)
    assert page.status_code == 200
    assert "You see what" not in text(page)
    # Nowhere else.
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", ""):
        assert browser.post(VIEW_AS, {"next": elsewhere}).headers["Location"] == "/"


@pytest.mark.parametrize("role", ["REP", "MANAGER"])
def test_nobody_raises_themselves(rep: User, manager: User, role: str) -> None:
    user = rep if role == "REP" else manager
    for wanted in ("ADMIN", "MANAGER", "REP", "rep", "OWNER", "%00", "%ED%A0%80", "9" * 5000):
        client = of(user)
        if (role, wanted) == ("MANAGER", "REP"):
            continue
        answer = client.post(VIEW_AS, f"role={wanted}", content_type=FORM, follow=True)
        assert answer.status_code == 200
        assert "You see what" not in text(answer)
        assert SESSION_KEY not in client.session
        assert client.get(SETUP).status_code == 403


def test_a_session_that_names_more_is_passed_over(rep: User, admin: User) -> None:
    for user, value, status in ((rep, "ADMIN", 403), (rep, ["ADMIN"], 403), (admin, "OWNER", 200), (admin, None, 200)):
        client = of(user)
        session = client.session
        session[SESSION_KEY] = value
        session.save()
        assert client.get(SETUP).status_code == status
        assert "You see what" not in text(client.get("/"))


def test_a_manager_sees_what_a_representative_sees(manager: User, api: Api, box: dict[str, Any]) -> None:
    client = of(manager)
    page = text(client.get("/"))
    assert "View as a Representative" in page
    assert "View as a Manager" not in page
    assert BAR.format("Representative") in text(look_as(client, "REP"))
    assert client.post(f"/o/box/r/{box['id']}/delete/").status_code in (403, 422)
    assert api.get(f"box/records/{box['id']}").status == 200


def test_a_role_that_is_lowered_meanwhile_is_the_most(browser: Client, admin: User) -> None:
    look_as(browser, "MANAGER")
    User.objects.filter(id=admin.id).update(role="REP")
    page = text(browser.get("/"))
    assert "You see what" not in page
    assert "View as" not in page
    assert browser.get("/v1/users").status_code == 403
    # Raised again, they go on as they have chosen.
    User.objects.filter(id=admin.id).update(role="ADMIN")
    assert BAR.format("Manager") in text(browser.get("/"))


def test_it_ends_with_the_session(browser: Client, admin: User) -> None:
    look_as(browser, "REP")
    browser.post("/sign-out/")
    browser.post("/sign-in/", {"username": admin.email, "password": PASSWORD})
    assert browser.get(SETUP).status_code == 200
    assert "You see what" not in text(browser.get("/"))


def test_who_is_not_signed_in_is_asked_to(client: Client) -> None:
    assert client.post(VIEW_AS, {"role": "REP"}).headers["Location"].startswith("/sign-in/")
    assert client.get("/nowhere/").status_code == 404


def test_operators_pages_stay_as_they_are(operator: Client) -> None:
    look_as(operator, "REP")
    assert operator.get("/admin/accounts/user/").status_code == 200
    assert "/admin/" not in text(operator.get("/"))


def test_lists_take_no_query_more(browser: Client, box: dict[str, Any], django_assert_num_queries: Any) -> None:
    browser.get("/o/box/")
    with CaptureQueriesContext(connection) as without:
        browser.get("/o/box/")
    count = len(without)
    look_as(browser, "MANAGER")
    # As many as without it: the role is in the session, which is read anyway.
    with django_assert_num_queries(count):
        assert BAR.format("Manager") in text(browser.get("/o/box/"))
