"""Pages of the setup: who is there and who is invited, keys, the audit log, limits, name and look."""

from __future__ import annotations

import html
import re
import shlex
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from salesos.accounts.models import ApiKey, AuditEntry, Invitation, Organization, User
from salesos.accounts.services import create_api_key
from tests.background import work
from tests.conftest import PASSWORD, Api, make_user
from tests.web.forms import main_part, open_form, send, text

PEOPLE, KEYS, AUDIT = "/setup/people/", "/setup/keys/", "/setup/audit/"


def secret_of(response: Any) -> str:
    """The link, or the key, that a page shows once."""
    assert response.status_code == 200, text(response)
    assert response.headers["Cache-Control"] == "no-store"
    found = re.search(r"<code[^>]*>([^<]+)</code>", main_part(response))
    assert found
    return found[1].strip()


# People --------------------------------------------------------------------------------------------------------------


def test_people_are_listed_found_and_paged(
    browser: Client, admin: User, rep: User, django_assert_num_queries: Any
) -> None:
    # 1. The session. 2. The user. 3. The organization.
    # 4. How many people. 5. A page of them. 6. Who is invited.
    # 7. The sidebar's objects.
    for more in (0, 70):
        for number in range(more):
            make_user(admin.organization, f"p{number:03}@acme.example", "REP")
        with django_assert_num_queries(7):
            page = browser.get(PEOPLE)
    assert "72 people" in text(page)
    assert "p069@" not in text(page)
    assert "p069@" in text(browser.get(f"{PEOPLE}?page=2"))
    assert "Nobody fits" not in text(browser.get(f"{PEOPLE}?search=P069+acme"))
    assert "1 person" in text(browser.get(f"{PEOPLE}?search=P069+acme"))
    assert "1 person" in text(browser.get(f"{PEOPLE}?role=ADMIN"))
    assert "Nobody fits" in text(browser.get(f"{PEOPLE}?state=deactivated"))
    # What makes no sense is passed over.
    for nonsense in ("?role=x", "?page=x", "?page=99999999999", "?search=%00", "?state=%ED%A0%80", "?x=y"):
        assert browser.get(PEOPLE + nonsense).status_code == 200


def test_who_is_invited_joins_and_is_signed_in(browser: Client, admin: User) -> None:
    form = open_form(browser, f"{PEOPLE}invite/")
    shown = send(browser, f"{PEOPLE}invite/", form, email="kim@acme.example", role="MANAGER")
    link = secret_of(shown)
    assert link.startswith("http://testserver/join/")
    page = text(browser.get(PEOPLE))
    assert "kim@acme.example" in page
    assert "invited" in page
    assert link.split("/")[-2] not in page
    # Sent again, it invites nobody, and does not show the link.
    again = browser.post(f"{PEOPLE}invite/", {**form, "email": "kim@acme.example", "role": "MANAGER"}, follow=True)
    assert "was invited already" in text(again)
    assert Invitation.objects.count() == 1

    kim = Client()
    path = link.removeprefix("http://testserver")
    assert "Join" in text(kim.get(path))
    for wrong in (
        {"name": "", "new_password1": PASSWORD, "new_password2": PASSWORD},
        {"name": "Kim", "new_password1": "short", "new_password2": "short"},
        {"name": "Kim", "new_password1": "kim@acme.example", "new_password2": "kim@acme.example"},
        {"name": "Kim", "new_password1": PASSWORD, "new_password2": "another"},
        {"name": "\u202e", "new_password1": PASSWORD, "new_password2": PASSWORD},
    ):
        assert kim.post(path, wrong).status_code == 422
    joined = kim.post(path, {"name": "Kim", "new_password1": PASSWORD, "new_password2": PASSWORD}, follow=True)
    assert "You are signed in as Kim" in text(joined)
    assert User.objects.get(email="kim@acme.example").role == "MANAGER"
    assert kim.get(path).status_code == 404
    assert Client().post("/sign-in/", {"username": "kim@acme.example", "password": PASSWORD}).status_code == 302


def test_an_invitation_is_renewed_and_withdrawn(browser: Client) -> None:
    form = open_form(browser, f"{PEOPLE}invite/")
    first = secret_of(send(browser, f"{PEOPLE}invite/", form, email="kim@acme.example"))
    invitation = Invitation.objects.get()
    renew, withdraw = (f"{PEOPLE}invitations/{invitation.id}/{word}/" for word in ("renew", "withdraw"))
    assert "Renew the invitation" in text(browser.get(renew))
    second = secret_of(browser.post(renew))
    assert browser.get(first).status_code == 404
    assert browser.get(second).status_code == 200
    assert "is withdrawn" in text(browser.post(withdraw, follow=True))
    assert browser.get(second).status_code == 404
    assert browser.get(withdraw).status_code == 404


def test_refusals_stand_at_their_controls(browser: Client, rep: User) -> None:
    form = open_form(browser, f"{PEOPLE}invite/")
    for email in (rep.email, "nothing", ""):
        refused = send(browser, f"{PEOPLE}invite/", form, email=email)
        assert refused.status_code == 422
        assert refused.context["form"].errors["email"]
        assert email in text(refused)


def test_a_person_gets_another_name_and_role(browser: Client, rep: User) -> None:
    address = f"{PEOPLE}{rep.id}/"
    form = open_form(browser, address)
    assert "Saved." in text(browser.post(address, {**form, "name": "Robin", "role": "MANAGER"}, follow=True))
    rep.refresh_from_db()
    assert (rep.name, rep.role) == ("Robin", "MANAGER")


def test_the_last_administrator_is_told_why(browser: Client, admin: User) -> None:
    address = f"{PEOPLE}{admin.id}/"
    refused = browser.post(address, {**open_form(browser, address), "role": "REP"})
    assert refused.status_code == 422
    assert "no active administrator" in text(refused)
    refused = browser.post(f"{address}deactivate/")
    assert refused.status_code == 422
    assert "no active administrator" in text(refused)


def test_deactivated_reactivated(browser: Client, rep: User) -> None:
    theirs = Client()
    theirs.force_login(rep)
    address = f"{PEOPLE}{rep.id}/"
    assert "signed out at once" in text(browser.get(f"{address}deactivate/"))
    shown = browser.post(f"{address}deactivate/", follow=True)
    assert "is deactivated" in text(shown)
    assert theirs.get("/").status_code == 302
    assert "Reactivate" in text(shown)
    assert "active again" in text(browser.post(f"{address}reactivate/", follow=True))
    assert theirs.get("/").status_code == 200


def test_a_new_password_by_link(browser: Client, rep: User) -> None:
    link = secret_of(browser.post(f"{PEOPLE}{rep.id}/password/"))
    theirs = Client()
    new = {"new_password1": "another-good-one", "new_password2": "another-good-one"}
    assert theirs.post(link, {**new, "new_password2": "x"}).status_code == 422
    assert theirs.post(link, new, follow=True).status_code == 200
    assert theirs.get(link).status_code == 404
    assert Client().post("/sign-in/", {"username": rep.email, "password": "another-good-one"}).status_code == 302


def test_records_are_handed_over(
    browser: Client, api: Api, rep: User, manager: User, django_assert_num_queries: Any
) -> None:
    address = f"{PEOPLE}{rep.id}/hand-over/"
    assert "owns no records" in text(browser.get(address, follow=True))
    for name in ("Box", "Part"):
        api.make_object(name)
        for _ in range(3):
            Api(rep).make_record(name.lower())
    form = open_form(browser, address)
    # 1. The session. 2. The user. 3. The organization. 4. The sidebar's objects.
    # 5. The person. 6. People to choose from. 7. Records by object. 8. The objects. 9. What was handed over before.
    with django_assert_num_queries(9):
        shown = browser.get(f"{address}?token={form['token'][0]}")
    assert "owns 6 records" in text(shown)
    assert send(browser, address, form, to="nobody").status_code == 422
    assert send(browser, address, form, to=str(rep.id)).status_code == 422
    begun = browser.post(address, {**form, "to": str(manager.id)}, follow=True)
    assert "0 of 6 records are handed over" in text(begun)
    work()
    done = browser.get(begun.redirect_chain[-1][0])
    assert "6 records handed over to manager" in text(done)
    assert "hx-trigger" not in main_part(done)
    assert "owns no records" in text(browser.get(address, follow=True))


# Keys ----------------------------------------------------------------------------------------------------------------


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


# The audit log -------------------------------------------------------------------------------------------------------


@pytest.fixture
def entries(admin: User, rep: User, api: Api) -> None:
    """An entry of each kind, and one of another time that no code here knows."""
    made = api.make_object("Box")
    details = {
        "targetUserId": str(rep.id),
        "targetUserEmail": rep.email,
        "toUserId": str(admin.id),
        "email": "<b>@acme.example",
        "role": "REP",
        "name": "<i>Sync</i>",
        "objectId": made["id"],
        "objectApiName": "box",
        "count": 3,
        "changes": {"role": ["REP", "ADMIN"], "isActive": [True, False]},
    }
    for kind in [*AuditEntry.Kind.values, "of_another_version"]:
        for given in (details, {}):
            AuditEntry.objects.create(
                organization=admin.organization, user=admin, kind=kind, via="page", ip="10.0.0.1", details=given
            )


@pytest.mark.usefixtures("entries")
def test_the_audit_log_is_in_words_with_links(browser: Client, rep: User, django_assert_num_queries: Any) -> None:
    # 1. The session. 2. The user. 3. The organization. 4. People to choose from. 5. A page of entries. 6. How many.
    # 7. Their objects. 8. Their people. 9. The sidebar's objects.
    with django_assert_num_queries(9):
        page = browser.get(AUDIT)
    shown = text(page) + text(browser.get(page.context["next"].replace("?", f"{AUDIT}?")))
    for words in (
        f'changed the role of <a href="{PEOPLE}{rep.id}/">rep</a> from Representative to Administrator',
        "invited &lt;b&gt;@acme.example as Representative",
        f'handed 3 records of <a href="{PEOPLE}{rep.id}/">rep</a> over to <a',
        'deleted 3 records of <a href="/o/box/">Boxes</a>',
        "&lt;i&gt;Sync&lt;/i&gt;",
    ):
        assert words in shown, words
    assert "<b>@" not in shown
    assert "<i>Sync" not in shown


def test_the_audit_log_is_filtered_and_paged(browser: Client, admin: User, rep: User, stranger: User) -> None:
    AuditEntry.objects.create(organization=stranger.organization, kind="sign_out", via="page")
    noon = timezone.now().replace(year=2026, month=3, day=1, hour=12)
    for minute in range(60):
        AuditEntry.objects.create(
            organization=admin.organization, user=rep, kind="sign_out", via="page", at=noon + timedelta(minutes=minute)
        )
    page = browser.get(f"{AUDIT}?kind=sign_out")
    assert "60 entries" in text(page)
    following = browser.get(AUDIT + page.context["next"])
    assert len(page.context["rows"]), len(following.context["rows"]) == (50, 10)
    assert "Newest" in text(following)
    # A cursor of another list leads to the first page.
    cursor = page.context["next"].partition("cursor=")[2]
    assert len(browser.get(f"{AUDIT}?cursor={cursor}").context["rows"]) == 50
    for query, count in (
        (f"person={rep.id}", 50),
        (f"person={admin.id}", 1),
        ("since=2026-03-02", 1),
        ("until=2026-03-01", 50),
        ("since=2026-03-02&until=2026-03-02", 0),
        ("kind=x&person=y&since=z&cursor=q", 50),
        ("until=9999-12-31&since=0001-01-01", 50),
        ("person=%00&since=%00", 50),
    ):
        answer = browser.get(f"{AUDIT}?{query}")
        assert len(answer.context["rows"]) == count, query


@pytest.mark.usefixtures("entries")
def test_the_audit_log_as_a_file_which_is_noted(browser: Client) -> None:
    answer = browser.post(f"{AUDIT}export/?kind=key_created")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[0] == "Time,What,Who,Through,Address,Details"
    assert len(lines) == 3
    assert AuditEntry.objects.filter(kind="audit_exported", details={"count": 2}).count() == 1
    assert browser.get(f"{AUDIT}export/").status_code == 405


# The rest ------------------------------------------------------------------------------------------------------------


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
