"""Signing in, tokens, API keys and sessions; and that what has ended is refused at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key, revoke_api_key
from salesos.errors import ValidationError
from tests.accounts.signing_in import LOGIN, sign_in
from tests.conftest import OBJECTS, PASSWORD, Api


def test_sign_in(admin: User) -> None:
    signed_in = sign_in(admin)
    assert set(signed_in) == {"accessToken", "refreshToken", "expiresIn", "user"}
    assert signed_in["expiresIn"] == 1800
    assert signed_in["user"] == {
        "id": str(admin.id),
        "email": admin.email,
        "name": admin.name,
        "role": "ADMIN",
        "organization": {"id": str(admin.organization_id), "name": "Acme", "language": "", "timeZone": ""},
        "language": "",
        "timeZone": "",
        "density": "compact",
        "theme": "system",
    }
    bearer = Api(authorization=f"Bearer {signed_in['accessToken']}")
    assert bearer.get("/v1/auth/me").json == signed_in["user"]


def test_the_case_of_an_email_does_not_matter(admin: User) -> None:
    assert Api().post(LOGIN, {"email": admin.email.upper(), "password": PASSWORD}).status == 200


@pytest.mark.parametrize(
    "body", [{"email": "admin@acme.example", "password": "wrong"}, {"email": "nobody@acme.example", "password": "x"}]
)
def test_wrong_credentials_tell_nothing(admin: User, body: dict[str, str]) -> None:
    answer = Api().post(LOGIN, body)
    assert answer.status == 401
    assert answer.problem() == "bad_credentials"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "email"), ({"email": "a"}, "password"), ({"email": 1, "password": "x"}, "email"), ({"x": 1}, "x"), ([], "")],
)
def test_sign_in_bodies_are_checked(db: None, body: Any, field: str) -> None:
    answer = Api().post(LOGIN, body)
    assert answer.status == 400
    assert answer.problem(field)


def test_a_deactivated_user_is_refused_at_once(admin: User) -> None:
    signed_in = sign_in(admin)
    bearer = Api(authorization=f"Bearer {signed_in['accessToken']}")
    _key, key = create_api_key(admin, "k", ["read"])
    browser = Client()
    browser.force_login(admin)
    User.objects.filter(id=admin.id).update(is_active=False)
    assert bearer.get(OBJECTS).status == 401
    assert Api(**{"x-api-key": key}).get(OBJECTS).status == 401
    assert browser.get("/v1/custom-objects").status_code == 401
    assert browser.get("/").status_code == 302
    assert Api().post("/v1/auth/refresh", {"refreshToken": signed_in["refreshToken"]}).status == 401
    assert Api().post(LOGIN, {"email": admin.email, "password": PASSWORD}).status == 401


def test_a_new_password_ends_the_old_tokens(admin: User) -> None:
    bearer = Api(authorization=f"Bearer {sign_in(admin)['accessToken']}")
    admin.set_password("another-password-entirely")
    admin.save()
    assert bearer.get(OBJECTS).status == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer rubbish", "Bearer a b", "Bearer é", "Bearer \x80.\x80.\x80"])
def test_bad_bearers(db: None, header: str) -> None:
    answer = Api(authorization=header).get(OBJECTS)
    assert answer.status == 401
    assert answer.problem()


def test_nobody_gets_nothing(db: None) -> None:
    answer = Api().get(OBJECTS)
    assert answer.status == 401
    assert answer.problem() == "not_authenticated"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


class TestApiKeys:
    def test_only_a_hash_is_stored(self, admin: User) -> None:
        row, key = create_api_key(admin, "Importer", ["read"])
        assert key.startswith(row.prefix)
        stored = ApiKey.objects.values().get()
        assert all(key not in str(value) for value in stored.values())
        assert Api(**{"x-api-key": key}).get("/v1/auth/me").json["email"] == admin.email

    def test_scopes_narrow_what_the_user_may(self, admin: User, api: Api) -> None:
        api.make_object("Box")
        record = api.make_record("box")
        path = f"box/records/{record['id']}"
        calls = {
            "read": [("GET", "box", None), ("GET", path, None), ("GET", "stats", None)],
            "write": [("POST", "box/records", {"data": {"name": "x"}})],
            "delete": [("DELETE", path, None)],
            "admin": [("PATCH", "box", {"name": "Crate"}), ("POST", OBJECTS, {"name": "New"})],
        }
        for scope in calls:
            _row, key = create_api_key(admin, scope, [scope])
            program = Api(**{"x-api-key": key})
            for needed, sent in calls.items():
                for method, where, body in sent:
                    if needed != scope:
                        answer = program.send(method, where, body)
                        assert answer.status == 403, (scope, needed, answer)
                        assert answer.problem() == "scope"
                        assert answer.json["message"] == [f"this API key lacks the scope '{needed}'"]
        _row, key = create_api_key(admin, "writer", ["write", "admin"])
        writer = Api(**{"x-api-key": key})
        assert writer.post(OBJECTS, {"name": "Crate"}).json["fields"]
        assert writer.send("PATCH", "crate", {"name": "Chest"}).json["name"] == "Chest"
        _row, key = create_api_key(admin, "all", ["read", "write", "delete", "admin"])
        program = Api(**{"x-api-key": key})
        assert program.send("PATCH", path, {"data": {"name": "y"}}).status == 200
        assert program.delete(path).status == 204

    def test_a_key_never_exceeds_its_user(self, rep: User, api: Api) -> None:
        _row, key = create_api_key(rep, "k", ["read", "write", "delete", "admin"])
        answer = Api(**{"x-api-key": key}).post(OBJECTS, {"name": "Box"})
        assert answer.status == 403
        assert answer.problem() == "role"

    def test_revoked_and_expired_keys_are_refused_at_once(self, admin: User) -> None:
        row, key = create_api_key(admin, "k", ["read"])
        assert Api(**{"x-api-key": key}).get(OBJECTS).status == 200
        revoke_api_key(row)
        answer = Api(**{"x-api-key": key}).get(OBJECTS)
        assert answer.status == 401
        assert answer.problem() == "bad_api_key"
        _row, key = create_api_key(admin, "k", ["read"], expires_at=timezone.now() - timedelta(seconds=1))
        assert Api(**{"x-api-key": key}).get(OBJECTS).status == 401
        assert Api(**{"x-api-key": "é" + key}).get(OBJECTS).status == 401

    def test_last_use_is_noted_once_a_minute(self, admin: User) -> None:
        row, key = create_api_key(admin, "k", ["read"])
        program = Api(**{"x-api-key": key})
        program.get(OBJECTS)
        row.refresh_from_db()
        first = row.last_used_at
        assert first is not None
        program.get(OBJECTS)
        row.refresh_from_db()
        assert row.last_used_at == first

    def test_scopes_are_checked(self, admin: User) -> None:
        for scopes in ([], ["everything"]):
            with pytest.raises(ValidationError):
                create_api_key(admin, "k", scopes)


class TestSessions:
    def test_a_session_reads(self, admin: User) -> None:
        browser = Client()
        browser.force_login(admin)
        assert browser.get("/v1/auth/me").json()["email"] == admin.email

    def test_a_session_writes_only_with_a_csrf_token(self, admin: User) -> None:
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(admin)
        refused = browser.post(OBJECTS, {"name": "Box"}, content_type="application/json")
        assert refused.status_code == 403
        assert refused.json()["statusCode"] == 403
        browser.get("/")
        token = browser.cookies["csrftoken"].value
        made = browser.post(OBJECTS, {"name": "Box"}, content_type="application/json", headers={"X-CSRFToken": token})
        assert made.status_code == 201


class TestRoles:
    @pytest.fixture(autouse=True)
    def box(self, api: Api) -> None:
        api.make_object("Box")

    @pytest.mark.parametrize("role", ["manager", "rep"])
    def test_only_administrators_define(self, role: str, request: pytest.FixtureRequest) -> None:
        api = Api(request.getfixturevalue(role))
        for method, path, body in (
            ("POST", OBJECTS, {"name": "New"}),
            ("PATCH", "box", {"name": "x"}),
            ("DELETE", "box", None),
            ("POST", "box/fields", {"label": "a", "type": "TEXT"}),
            ("PATCH", "box/fields/name", {"label": "a"}),
            ("DELETE", "box/fields/name", None),
            ("PUT", "box/fields/order", {"fields": ["name"]}),
        ):
            answer = api.send(method, path, body)
            assert answer.status == 403, (method, path)
            assert answer.problem() == "role"
        assert api.get("box").status == 200

    def test_representatives_delete_what_they_own(self, api: Api, rep: User, manager: User) -> None:
        as_rep = Api(rep)
        mine, theirs = as_rep.make_record("box"), api.make_record("box")
        assert as_rep.patch(f"box/records/{theirs['id']}", {"data": {"name": "x"}}).status == 200
        assert as_rep.delete(f"box/records/{theirs['id']}").problem() == "role"
        assert as_rep.delete(f"box/records/{mine['id']}").status == 204
        assert Api(manager).delete(f"box/records/{theirs['id']}").status == 204


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEARER"])
def test_the_scheme_is_the_same_in_any_case(admin: User, scheme: str) -> None:
    token = Api(admin).headers["authorization"].removeprefix("Bearer ")
    assert Api(authorization=f"{scheme} {token}").get("/v1/auth/me").status == 200
    assert Api(authorization=f"{scheme} nonsense").get("/v1/auth/me").status == 401
    assert Api(authorization=f"{scheme}{token}").get("/v1/auth/me").status == 401
