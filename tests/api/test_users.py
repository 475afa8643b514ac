"""People, invitations, hand overs and keys, through the API."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from salesos.accounts.models import Invitation, User
from salesos.accounts.services import create_api_key
from tests.background import work
from tests.conftest import Api, make_user

USERS, INVITATIONS, KEYS = "/v1/users", "/v1/invitations", "/v1/api-keys"
NOWHERE = "00000000-0000-7000-8000-000000000000"
# Every operation on one of them, by its path in the OpenAPI document.
CALLS: list[tuple[str, str, Any]] = [
    ("GET", "/v1/users/{userId}", None),
    ("PATCH", "/v1/users/{userId}", {"name": "x"}),
    ("POST", "/v1/users/{userId}/hand-over", {"to": NOWHERE}),
    ("GET", "/v1/hand-overs/{handOverId}", None),
    ("POST", "/v1/invitations/{invitationId}/renew", None),
    ("DELETE", "/v1/invitations/{invitationId}", None),
    ("DELETE", "/v1/api-keys/{keyId}", None),
]


def emails(api: Api, **params: Any) -> list[str]:
    answer = api.get(USERS, **params)
    assert answer.status == 200, answer
    return [person["email"].partition("@")[0] for person in answer.json["data"]]


def test_people_are_listed_and_filtered(
    api: Api, admin: User, rep: User, manager: User, django_assert_num_queries: Any
) -> None:
    User.objects.filter(id=manager.id).update(is_active=False)
    for number in range(20):
        make_user(admin.organization, f"p{number:02}@acme.example", "REP")
    # 1. Who is asking. 2. A page. 3. How many.
    with django_assert_num_queries(3):
        answer = api.get(USERS, limit=10)
    assert answer.json["meta"]["total"] == 23
    assert set(answer.json["data"][0]) == {
        "id",
        "email",
        "name",
        "role",
        "isActive",
        "lastSignedInAt",
        "createdAt",
    }
    assert emails(api, isActive="false") == ["manager"]
    assert emails(api, role__in="ADMIN,MANAGER") == ["admin", "manager"]
    assert emails(api, search="P07 acme") == ["p07"]
    assert emails(api, email__icontains="rep@") == ["rep"]
    assert emails(api, createdAt__gt=(timezone.now() + timedelta(days=1)).isoformat()) == []
    for name, value, wrong in (
        ("role", "x", "invalid_choice"),
        ("isActive", "yes", "invalid_choice"),
        ("search", "\x00", "null_characters_not_allowed"),
        ("password", "x", "unknown"),
    ):
        assert api.get(USERS, **{name: value}).problem(name) == wrong


def test_a_person_is_changed(api: Api, admin: User, rep: User) -> None:
    changed = api.patch(f"{USERS}/{rep.id}", {"name": "Robin", "role": "MANAGER", "isActive": False})
    assert (changed.json["name"], changed.json["role"], changed.json["isActive"]) == ("Robin", "MANAGER", False)
    assert api.get(f"{USERS}/{rep.id}").json == changed.json
    for body, field, wrong in (
        ({"role": "x"}, "role", "invalid_choice"),
        ({"isActive": "no"}, "isActive", "invalid"),
        ({"name": ""}, "name", "blank"),
        ({"name": "\u202e"}, "name", "invalid"),
        ({"isOperator": True}, "isOperator", "unknown"),
        ({"password": "x"}, "password", "unknown"),
    ):
        assert api.patch(f"{USERS}/{rep.id}", body).problem(field) == wrong


def test_the_last_administrator_stays(api: Api, admin: User) -> None:
    for body, field in (({"role": "REP"}, "role"), ({"isActive": False}, "isActive")):
        refused = api.patch(f"{USERS}/{admin.id}", body)
        assert refused.status == 409
        assert refused.problem(field) == "last_administrator"


def test_somebody_is_invited(api: Api) -> None:
    made = api.post(INVITATIONS, {"email": "kim@acme.example", "role": "MANAGER"})
    assert made.status == 201
    assert made.headers["Cache-Control"] == "no-store"
    link = made.json.pop("link")
    [listed] = api.get(INVITATIONS).json["data"]
    assert listed == made.json
    assert api.client.get(link).status_code == 200
    renewed = api.post(f"{INVITATIONS}/{listed['id']}/renew").json["link"]
    assert api.client.get(link).status_code == 404
    assert api.client.get(renewed).status_code == 200
    assert api.delete(f"{INVITATIONS}/{listed['id']}").status == 204
    assert api.client.get(renewed).status_code == 404
    assert api.post(INVITATIONS, {"email": "x"}).problem("email") == "invalid"
    assert api.post(INVITATIONS, {}).problem("email") == "required"
    assert api.post(INVITATIONS, {"email": "admin@acme.example"}).problem("email") == "duplicate"


def test_a_key_is_made_and_revoked(api: Api, rep: User, stranger: User) -> None:
    made = api.post(KEYS, {"name": "Sync", "userId": str(rep.id), "scopes": ["read"], "expiresAt": None})
    assert made.status == 201
    assert made.headers["Cache-Control"] == "no-store"
    key = made.json.pop("key")
    assert Api(None, x_api_key=key).get("/v1/custom-objects").status == 200
    [listed] = api.get(KEYS, state="usable").json["data"]
    assert {**listed, "lastUsedAt": None} == made.json
    assert api.delete(f"{KEYS}/{listed['id']}").status == 204
    assert Api(None, x_api_key=key).get("/v1/custom-objects").status == 401
    assert api.get(KEYS, state="usable").json["data"] == []
    assert len(api.get(KEYS, state="revoked", userId=rep.id).json["data"]) == 1
    own = api.post(KEYS, {"name": "Mine", "scopes": ["read"]})
    assert own.json["userId"] != str(rep.id)
    for body, field, wrong in (
        ({"scopes": []}, "scopes", "min_length"),
        ({"userId": str(stranger.id)}, "userId", "not_found"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt", "min"),
        ({"name": " "}, "name", "blank"),
    ):
        refused = api.post(KEYS, {"name": "x", "scopes": ["read"], **body})
        assert (refused.status, refused.problem(field)) == (400, wrong)


def test_records_are_handed_over(api: Api, rep: User, manager: User) -> None:
    api.make_object("Box")
    Api(rep).make_record("box")
    begun = api.post(f"{USERS}/{rep.id}/hand-over", {"to": str(manager.id)})
    assert (begun.status, begun.json["state"], begun.json["total"]) == (202, "running", 1)
    work()
    done = api.get(begun.headers["Location"]).json
    assert (done["state"], done["done"], done["problem"]) == ("done", 1, "")
    assert api.post(f"{USERS}/{rep.id}/hand-over", {"to": str(manager.id)}).problem() == "nothing"
    assert api.post(f"{USERS}/{rep.id}/hand-over", {"to": "x"}).problem("to") == "invalid"


def test_for_administrators_only_and_keys_read_alone(admin: User, rep: User, manager: User) -> None:
    for who in (Api(rep), Api(manager)):
        for path in (USERS, INVITATIONS, KEYS, f"{USERS}/{rep.id}"):
            assert (who.get(path).status, who.get(path).problem()) == (403, "role")
    _row, key = create_api_key(admin, "x", ["read", "admin"])
    program = Api(None, x_api_key=key)
    assert program.get(USERS).status == program.get(KEYS).status == program.get(INVITATIONS).status == 200
    for method, path, body in (
        ("PATCH", f"{USERS}/{rep.id}", {"role": "ADMIN"}),
        ("POST", INVITATIONS, {"email": "x@acme.example"}),
        ("POST", KEYS, {"name": "x", "scopes": ["read"]}),
        ("DELETE", f"{KEYS}/{_row.id}", None),
    ):
        refused = program.send(method, path, body)
        assert (refused.status, refused.problem()) == (403, "key")
    _row, narrow = create_api_key(admin, "x", ["read", "write", "delete"])
    assert Api(None, x_api_key=narrow).get(USERS).problem() == "scope"


@pytest.mark.parametrize("reference", ["theirs", "nowhere", "nonsense"])
def test_what_is_another_organizations_is_not_found(api: Api, stranger: User, reference: str) -> None:
    key, _text = create_api_key(stranger, "x", ["read"])
    invitation = Invitation.objects.create(
        organization=stranger.organization, email="x@globex.example", nonce="x", expires_at=timezone.now()
    )
    theirs = {"users": stranger.id, "hand-overs": key.id, "invitations": invitation.id, "api-keys": key.id}
    for method, path, body in CALLS:
        ids = {"theirs": str(theirs[path.split("/")[2]]), "nowhere": NOWHERE, "nonsense": "%00x"}
        answer = api.send(method, re.sub(r"{\w+}", ids[reference], path), body)
        assert answer.status == 404, (method, path, answer)
    assert User.objects.get(id=stranger.id).name == "admin"
