"""What goes into the audit log: each thing that is noted, through each door, and what is never in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from salesos import json
from salesos.accounts.models import ApiKey, AuditEntry, Organization, User
from salesos.accounts.services import create_api_key, revoke_api_key
from tests.accounts.signing_in import LOGIN, LOGOUT, refresh, sign_in
from tests.accounts.test_limits import ATTACKER, DOORS, HOME
from tests.conftest import PASSWORD, Api

DOORS_OF = pytest.mark.parametrize("door", DOORS)


@pytest.fixture
def chief(admin: User) -> User:
    """An administrator who is an operator, too."""
    admin.is_staff = admin.is_superuser = True
    admin.save()
    return admin


def entries(**conditions: Any) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(**conditions).order_by("at", "id"))


def only(**conditions: Any) -> AuditEntry:
    [entry] = entries(**conditions)
    return entry


@DOORS_OF
def test_signing_in(chief: User, door: str) -> None:
    DOORS[door](chief.email, PASSWORD, HOME)
    entry = only()
    assert (entry.kind, entry.organization, entry.user) == ("sign_in", chief.organization, chief)
    assert (entry.via, entry.ip, entry.details) == (door, HOME, {})


@DOORS_OF
def test_failing_to(chief: User, door: str) -> None:
    DOORS[door](chief.email.upper(), "a-wrong-password", ATTACKER)
    entry = only()
    assert (entry.kind, entry.organization, entry.user) == ("sign_in_failed", chief.organization, chief)
    assert (entry.via, entry.ip, entry.details) == (door, ATTACKER, {"email": chief.email})


@DOORS_OF
def test_failing_as_nobody_belongs_to_no_organization(chief: User, door: str) -> None:
    DOORS[door]("Nobody@acme.example", "a-wrong-password", ATTACKER)
    entry = only()
    assert (entry.kind, entry.organization, entry.user) == ("sign_in_failed", None, None)
    assert entry.details == {"email": "nobody@acme.example"}


def test_what_is_no_email_is_not_kept_and_a_long_one_is_cut(admin: User, settings: Any) -> None:
    for typed in ("my-password-in-the-wrong-control", "x" * 250 + "@acme.example", "\x00@a\ud800"):
        Client().post("/sign-in/", {"username": typed.encode("utf-8", "replace"), "password": "x"})
    Api().post(LOGIN, {"email": "x" * 245 + "@acme.example", "password": "x"})
    kept = [entry.details.get("email") for entry in entries(kind="sign_in_failed")]
    assert None in kept
    assert all(email is None or len(email) <= 254 for email in kept)
    assert "my-password" not in str(kept)


@DOORS_OF
def test_being_refused_is_noted_once_for_each_wait(chief: User, settings: Any, door: str) -> None:
    settings.SIGN_IN_RATE, settings.SIGN_IN_ACCOUNT_RATE = (30, 3600), (4, 7200)
    for _ in range(8):
        assert DOORS[door](chief.email, "wrong", ATTACKER)
    assert [entry.kind for entry in entries()] == ["sign_in_failed"] * 4 + ["sign_in_refused"]
    refused = only(kind="sign_in_refused")
    assert (refused.user, refused.via, refused.ip) == (chief, door, ATTACKER)
    # From another address it is another attempt; its owner is heard there.
    DOORS[door](chief.email, PASSWORD, HOME)
    assert entries()[-1].kind == "sign_in"


def test_an_address_that_tries_all_names_is_noted_once(admin: User, settings: Any) -> None:
    settings.SIGN_IN_RATE, settings.SIGN_IN_ACCOUNT_RATE = (3, 3600), (20, 7200)
    for number in range(10):
        DOORS["api"](f"nobody{number}@acme.example", "wrong", ATTACKER)
    assert [entry.kind for entry in entries()] == ["sign_in_failed"] * 3 + ["sign_in_refused"]


def test_signing_out(chief: User) -> None:
    token = sign_in(chief)["refreshToken"]
    assert Api().post(LOGOUT, {"refreshToken": token}).status == 204
    assert only(kind="sign_out", via="api").user == chief
    assert Api().post(LOGOUT, {"refreshToken": token}).status == 401
    assert len(entries(kind="sign_out")) == 1, "nobody signs out twice"
    browser = Client()
    for path, via in (("/sign-out/", "page"), ("/admin/logout/", "admin")):
        browser.force_login(chief)
        browser.post(path)
        assert only(kind="sign_out", via=via).user == chief
        browser.post(path)
        assert len(entries(kind="sign_out", via=via)) == 1


def test_staying_signed_in_is_not_noted(admin: User) -> None:
    token = sign_in(admin)["refreshToken"]
    assert refresh(token).status == 200
    assert [entry.kind for entry in entries()] == ["sign_in"]


def test_keys_made_and_revoked_by_an_operator(operator: Client, rep: User) -> None:
    form = {"user": str(rep.id), "name": "Sync", "scopes": ["read", "write"]}
    page = operator.post("/admin/accounts/apikey/add/", form)
    key = ApiKey.objects.get()
    made = only(kind="key_created")
    assert (made.via, made.organization_id, made.user_id != rep.id) == ("admin", rep.organization_id, True)
    assert made.details == {
        "keyId": str(key.id),
        "name": "Sync",
        "prefix": key.prefix,
        "scopes": ["read", "write"],
        "expiresAt": None,
        "targetUserId": str(rep.id),
        "targetUserEmail": rep.email,
    }
    assert "sos_" in page.content.decode()
    for _ in range(2):
        operator.post("/admin/accounts/apikey/", {"action": "revoke", "_selected_action": [str(key.id)]})
    assert only(kind="key_revoked").details == made.details


def test_keys_of_commands_are_made_by_the_system(rep: User) -> None:
    call_command("create_api_key", rep.email, "--name", "CI")
    made = only(kind="key_created")
    assert (made.via, made.user, made.ip, made.organization) == ("system", None, None, rep.organization)
    key = ApiKey.objects.get()
    revoke_api_key(key)
    revoke_api_key(key)
    assert only(kind="key_revoked").via == "system"


def test_users_made_and_changed(operator: Client, admin: User) -> None:
    passwords = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    form = {"email": "kim@acme.example", "name": "Kim", "organization": str(admin.organization_id), "role": "REP"}
    assert operator.post("/admin/accounts/user/add/", {**form, **passwords}).status_code == 302
    kim = User.objects.get(name="Kim")
    made = only(kind="user_created")
    assert (made.via, made.user, made.details["targetUserId"]) == ("admin", admin, str(kim.id))
    assert made.details["changes"]["role"] == [None, "REP"]
    path = f"/admin/accounts/user/{kim.id}/change/"
    assert operator.post(path, {**form, "role": "ADMIN"}).status_code == 302
    changed = only(kind="user_changed")
    assert changed.details == {
        "targetUserId": str(kim.id),
        "targetUserEmail": kim.email,
        "changes": {"role": ["REP", "ADMIN"], "isActive": [True, False]},
    }
    assert operator.post(path, {**form, "role": "ADMIN"}).status_code == 302
    assert only(kind="user_changed") == changed, "nothing was changed"


def test_who_moves_is_noted_in_both_organizations(operator: Client, rep: User, stranger: User) -> None:
    form = {"email": rep.email, "name": rep.name, "role": "REP", "is_active": "on"}
    moved = {**form, "organization": str(stranger.organization_id)}
    assert operator.post(f"/admin/accounts/user/{rep.id}/change/", moved).status_code == 302
    noted = {entry.organization_id for entry in entries(kind="user_changed")}
    assert noted == {rep.organization_id, stranger.organization_id}


def test_passwords_that_an_operator_changes(operator: Client, rep: User) -> None:
    path = f"/admin/accounts/user/{rep.id}/password/"
    form = {"usable_password": "true", "password1": "another-good-one", "password2": "another-good-one"}
    assert operator.post(path, {**form, "password2": "mistyped"}).status_code == 200
    assert not entries(kind="password_changed")
    assert operator.post(path, form).status_code == 302
    noted = only(kind="password_changed")
    assert noted.details == {"targetUserId": str(rep.id), "targetUserEmail": rep.email}


def test_the_first_administrator_is_made_by_the_system(db: None) -> None:
    call_command("create_organization", "Acme", "--email", "boss@acme.example", "--password", "a-good-password")
    made = only()
    assert (made.kind, made.via, made.organization) == ("user_created", "system", Organization.objects.get())


def test_no_secret_is_in_it(operator: Client, rep: User) -> None:
    _row, key = create_api_key(rep, "a program", ["read"])
    given = sign_in(rep)
    Api().post(LOGIN, {"email": rep.email, "password": "a-wrong-secret"})
    Api().post(LOGOUT, {"refreshToken": given["refreshToken"]})
    form = {"usable_password": "true", "password1": "another-secret", "password2": "another-secret"}
    operator.post(f"/admin/accounts/user/{rep.id}/password/", form)
    rep.refresh_from_db()
    everything = json.dumps([[str(value) for value in row] for row in AuditEntry.objects.values_list()])
    assert {"key_created", "sign_in", "sign_in_failed", "sign_out", "password_changed"} <= {e.kind for e in entries()}
    for secret in (key, PASSWORD, "secret", given["accessToken"], given["refreshToken"], rep.password):
        assert secret not in everything


def test_addresses_are_those_that_a_proxy_says(rep: User, settings: Any) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    for forwarded, kept in (
        (f"10.0.0.1, {HOME}", HOME),
        ("2001:DB8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("' OR 1=1 --", None),
        ("x" * 5_000, None),
    ):
        program = Api(x_forwarded_for=forwarded)
        assert program.post(LOGIN, {"email": rep.email, "password": PASSWORD}).status == 200
        assert entries()[-1].ip == kept


def test_old_entries_are_purged_in_batches(admin: User, settings: Any) -> None:
    def make(days: float) -> None:
        AuditEntry.objects.create(kind="sign_in", via="page", at=timezone.now() - timedelta(days=days))

    for days in (500, 400.1, 401, 399.9, 1, 0):
        make(days)
    settings.AUDIT_DAYS = 0
    call_command("purge", verbosity=0)
    assert len(entries()) == 6, "kept for ever"
    settings.AUDIT_DAYS = 400
    call_command("purge", batch=2, verbosity=0)
    assert len(entries()) == 3
    call_command("purge", batch=2, verbosity=0)
    assert len(entries()) == 3
