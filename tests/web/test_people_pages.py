"""The pages of people: listing, inviting, roles, deactivating, and handing over."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

from salesos.accounts.models import Invitation, User
from tests.background import work
from tests.conftest import PASSWORD, Api, make_user
from tests.web.forms import main_part, open_form, secret_of, send, text

PEOPLE, KEYS, AUDIT = "/setup/people/", "/setup/keys/", "/setup/audit/"


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


def test_several_are_invited_at_once(browser: Client) -> None:
    form = open_form(browser, f"{PEOPLE}invite/")
    given = "Kim@acme.example, lee@acme.example;\r\n\r\n  ann@acme.example\r\nkim@acme.example ,"
    shown = send(browser, f"{PEOPLE}invite/", form, email=given, role="MANAGER")
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"
    page = text(shown)
    assert "3 people are invited" in page
    links = re.findall(r'The link of (\S+?)">(http://testserver/join/[^<]+)</code>', page)
    emails = [email for email, _link in links]
    assert emails == ["kim@acme.example", "lee@acme.example", "ann@acme.example"]
    assert len({link for _email, link in links}) == 3
    for email, link in links:
        assert email in text(Client().get(link.removeprefix("http://testserver")))
    assert set(Invitation.objects.values_list("role", flat=True)) == {"MANAGER"}
    again = browser.post(f"{PEOPLE}invite/", {**form, "email": given, "role": "MANAGER"}, follow=True)
    assert "ann@acme.example were invited already, and the links were shown." in text(again)
    assert Invitation.objects.count() == 3


def test_each_wrong_address_is_named_and_nobody_is_invited(browser: Client, rep: User) -> None:
    form = open_form(browser, f"{PEOPLE}invite/")
    send(browser, f"{PEOPLE}invite/", form, email="there@acme.example")
    form = open_form(browser, f"{PEOPLE}invite/")
    given = f"good@acme.example\nnothing, <b>@x\n{rep.email}\nthere@acme.example"
    refused = send(browser, f"{PEOPLE}invite/", form, email=given)
    assert refused.status_code == 422
    said = [unescape(one) for one in re.findall(r'<p class="error">(.*?)</p>', text(refused))]
    for wrong in ("'nothing'", "'<b>@x'", f"has an account already: {rep.email}", "already: there@acme.example"):
        assert sum(wrong in one for one in said) == 1, said
    assert not any("good@acme.example" in one for one in said)
    assert "good@acme.example" in refused.context["form"]["email"].value(), "what was typed is there"
    assert Invitation.objects.count() == 1
    for many in (" , ;\n", "bad\x00@acme.example", ",".join(f"a{number}@acme.example" for number in range(101))):
        assert send(browser, f"{PEOPLE}invite/", form, email=many).status_code == 422
    assert Invitation.objects.count() == 1


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
