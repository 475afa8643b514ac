"""People: how they are written, and what signing in leaves with them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client

from salesos.accounts.models import Organization, User
from tests.accounts.signing_in import LOGIN, sign_in
from tests.conftest import PASSWORD, Api

ADD = "/admin/accounts/user/add/"


def form(organization: Organization, email: str) -> dict[str, str]:
    passwords = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    return {"email": email, "name": "Kim", "organization": str(organization.id), "role": "REP", **passwords}


def test_who_is_made_with_capitals_signs_in(operator: Client, organization: Organization) -> None:
    made = operator.post(ADD, form(organization, "Kim.Lee@Acme.example"))
    assert made.status_code == 302, made.content.decode()[:3000]
    user = User.objects.get(name="Kim")
    assert user.email == "kim.lee@acme.example"
    for typed in ("Kim.Lee@Acme.example", "kim.lee@acme.example", " KIM.LEE@ACME.EXAMPLE "):
        assert Api().post(LOGIN, {"email": typed, "password": PASSWORD}).status == 200, typed
    assert Client().post("/sign-in/", {"username": "Kim.Lee@acme.EXAMPLE", "password": PASSWORD}).status_code == 302


def test_who_is_changed_to_capitals_signs_in(operator: Client, rep: User) -> None:
    path = f"/admin/accounts/user/{rep.id}/change/"
    kept = {"name": "Rep", "organization": str(rep.organization_id), "role": "REP", "is_active": "on"}
    assert operator.post(path, {"email": "New@Acme.example", **kept}).status_code == 302
    rep.refresh_from_db()
    assert rep.email == "new@acme.example"
    sign_in(rep)


def test_the_same_address_in_another_case_is_refused_at_its_control(operator: Client, admin: User) -> None:
    refused = operator.post(ADD, form(admin.organization, admin.email.upper()))
    assert refused.status_code == 200
    assert "User with this Email already exists." in refused.content.decode()


def test_an_email_is_lower_whoever_writes_it(organization: Organization) -> None:
    user = User(organization=organization, email=" Ada@Acme.example")
    user.save()
    assert user.email == "ada@acme.example"
    assert User.objects.get(email="ADA@acme.example") == user
    User.objects.filter(id=user.id).update(email="Bob@acme.example")
    user.refresh_from_db()
    assert user.email == "bob@acme.example"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(organization=organization, email="BOB@acme.example")


def test_existing_addresses_are_written_anew(organization: Organization, rep: User) -> None:
    rows = [User.objects.create(organization=organization, email=f"{name}@acme.example") for name in ("a", "b", "c")]
    stored = ["Ada@Acme.example", "mbx@MÜLLER.example", "mbx@müller.example"]
    if connection.vendor == "postgresql":
        # There the constraint knows that ü and Ü are one letter.
        stored[2] = "Cleo@acme.example"
    with connection.cursor() as cursor:
        for user, email in zip(rows, stored, strict=True):
            key = user.id if connection.vendor == "postgresql" else user.id.hex
            cursor.execute("UPDATE accounts_user SET email = %s WHERE id = %s", [email, key])
    migration: Any = import_module("salesos.accounts.migrations.0002_signing_in")
    migration.lower_emails(apps, None)
    now = list(User.objects.filter(id__in=[user.id for user in rows]).order_by("id").values_list("email", flat=True))
    if connection.vendor == "postgresql":
        assert now == ["ada@acme.example", "mbx@müller.example", "cleo@acme.example"]
    else:
        assert now == ["ada@acme.example", "mbx@MÜLLER.example", "mbx@müller.example"], "one of two stays as it is"
    rep.refresh_from_db()
    assert rep.email == "rep@acme.example"


def test_the_last_signing_in_is_noted(admin: User, rep: User) -> None:
    assert admin.last_login is None
    token = sign_in(admin)["accessToken"]
    admin.refresh_from_db()
    first = admin.last_login
    assert first is not None
    Api(authorization=f"Bearer {token}").get("/v1/auth/me")
    admin.refresh_from_db()
    assert admin.last_login == first, "requests write nothing"
    assert Client().post("/sign-in/", {"username": rep.email, "password": PASSWORD}).status_code == 302
    rep.refresh_from_db()
    assert rep.last_login is not None


class TestPasswords:
    @pytest.fixture(autouse=True)
    def hashers(self, settings: Any) -> None:
        pbkdf2 = "django.contrib.auth.hashers.PBKDF2PasswordHasher"
        settings.PASSWORD_HASHERS = ["salesos.accounts.hashers.Argon2Hasher", pbkdf2]

    def test_new_ones_are_hashed_with_argon2(self, rep: User) -> None:
        rep.set_password("a-password-of-mine")
        assert rep.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")

    @pytest.mark.parametrize("door", ["api", "page"])
    def test_old_ones_are_hashed_anew_at_signing_in(self, rep: User, settings: Any, door: str) -> None:
        settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[::-1]
        rep.set_password("a-password-of-mine")
        rep.save()
        assert rep.password.startswith("pbkdf2_sha256$")
        settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[::-1]
        if door == "api":
            token = sign_in(rep, "a-password-of-mine")["accessToken"]
            assert Api(authorization=f"Bearer {token}").get("/v1/auth/me").status == 200
        else:
            client = Client()
            client.post("/sign-in/", {"username": rep.email, "password": "a-password-of-mine"})
            assert client.get("/").status_code == 200
        rep.refresh_from_db()
        assert rep.password.startswith("argon2$")
        assert sign_in(rep, "a-password-of-mine")
