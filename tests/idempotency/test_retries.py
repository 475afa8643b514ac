"""A request that comes again with its key is done once, and answered as the first time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from customobjects.models import CustomObject, Field, Record
from customobjects.services.purge import purge
from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key
from salesos.idempotency.models import KeptAnswer
from tests.conftest import OBJECTS, PASSWORD, Answer, Api

# What each answer has anew.
OF_EACH_ANSWER = {"Idempotent-Replayed"}


def send(api: Api, method: str, path: str, body: Any = None, *, key: str = "k", **headers: str) -> Answer:
    return api.send(method, path, body, **{"Idempotency-Key": key, **headers})


def is_again(first: Answer, again: Answer) -> bool:
    """Whether an answer is the first one, given again: its status, its headers, and its body byte for byte."""
    kept = {name: value for name, value in again.headers.items() if name not in OF_EACH_ANSWER}
    assert "Idempotent-Replayed" not in first.headers
    assert (again.status, again.text, kept) == (first.status, first.text, dict(first.headers))
    return again.headers.get("Idempotent-Replayed") == "true"


@pytest.fixture
def box(api: Api) -> dict[str, Any]:
    return api.make_object("Box", {"label": "Code", "type": "TEXT", "isUnique": True})


def test_each_kind_of_write_is_done_once(api: Api, box: dict[str, Any]) -> None:
    record = api.make_record("box", code="old")["id"]
    bulk = {"operations": [{"op": "create", "data": {"name": f"b{n}"}} for n in range(3)]}
    writes: list[tuple[str, str, Any, int]] = [
        ("POST", OBJECTS, {"name": "Crate"}, 201),
        ("PATCH", f"{OBJECTS}/box", {"name": "Carton"}, 200),
        ("POST", "box/fields", {"label": "Size", "type": "NUMBER"}, 201),
        ("PATCH", "box/fields/size", {"label": "Width"}, 200),
        ("POST", "box/records", {"data": {"name": "x", "code": "c"}}, 201),
        ("PATCH", f"box/records/{record}", {"data": {"name": "changed"}}, 200),
        ("POST", "box/records/bulk", bulk, 200),
        ("POST", "box/records/bulk-update", {"filter": {"name": "b0"}, "data": {"name": "b9"}}, 200),
        ("POST", "box/records/bulk-delete", {"filter": {"name": "b9"}}, 200),
        ("DELETE", f"box/records/{record}", None, 204),
        ("DELETE", "box/fields/size", None, 204),
        ("DELETE", f"{OBJECTS}/crate", None, 204),
    ]
    answers = []
    for number, (method, path, body, status) in enumerate(writes):
        answers.append(send(api, method, path, body, key=f"key {number}"))
        assert answers[-1].status == status, (path, answers[-1])
    for number, (method, path, body, _status) in enumerate(writes):
        assert is_again(answers[number], send(api, method, path, body, key=f"key {number}"))
    assert CustomObject.objects.filter(api_name="crate").count() == 1
    assert Field.objects.filter(api_name="size").count() == 1
    assert Record.objects.filter(custom_object_id=box["id"]).count() == 5
    assert Record.objects.get(id=record).version == 3, "made, changed, and deleted once"


def test_the_answer_is_the_first_one_byte_for_byte(api: Api, box: dict[str, Any]) -> None:
    body = {"data": {"name": "Łódź", "code": "c"}}
    created = send(api, "POST", "box/records", body)
    assert {"Location", "ETag", "Content-Type"} <= set(created.headers)
    path = f"box/records/{created.json['id']}"
    # Whatever has become of it.
    changed = send(api, "PATCH", path, {"data": {"name": "y"}}, key="k2", **{"If-Match": created.headers["ETag"]})
    deleted = send(api, "DELETE", path, key="k3")
    assert (changed.status, deleted.status) == (200, 204)
    assert is_again(created, send(api, "POST", "box/records", body))
    stale = {"If-Match": created.headers["ETag"]}
    assert is_again(changed, send(api, "PATCH", path, {"data": {"name": "y"}}, key="k2", **stale))
    assert is_again(deleted, send(api, "DELETE", path, key="k3"))
    # Both forms of a key mean the same.
    assert is_again(created, send(api, "POST", "box/records", body, key='"k"'))


def test_a_refusal_is_an_answer_too(api: Api, box: dict[str, Any]) -> None:
    api.make_record("box", code="taken")
    refused = [
        ("POST", "box/records", {"data": {"code": "x"}}, 400),
        ("POST", "box/records", "{", 400),
        ("POST", "box/records", {"data": {"name": "x", "code": "taken"}}, 409),
        ("POST", OBJECTS, {"name": "Crate", "fields": [{"label": "A", "type": "TEXT"}, {"label": "B"}]}, 400),
        ("DELETE", f"box/records/{uuid4()}", None, 404),
        ("POST", "nothing/records", {"data": {}}, 404),
    ]
    first = [send(api, method, path, body, key=path + str(body)) for method, path, body, _status in refused]
    assert [answer.status for answer in first] == [status for *_, status in refused]
    # What stood in the way is gone, and the answer is still the first.
    api.post("box/records/bulk-delete", {"filter": {}})
    again = [send(api, method, path, body, key=path + str(body)) for method, path, body, _status in refused]
    assert all(map(is_again, first, again))
    assert send(api, "POST", "box/records", refused[2][2], key="another").status == 201
    assert [custom_object.api_name for custom_object in CustomObject.objects.all()] == ["box"]


def test_another_request_with_the_same_key(api: Api, box: dict[str, Any]) -> None:
    body = {"data": {"name": "x"}}
    first = send(api, "POST", "box/records", body)
    record = first.json["id"]
    for method, path, other in (
        ("POST", "box/records", {"data": {"name": "y"}}),
        ("POST", "box/records?a=1", body),
        ("POST", "box/records/bulk", body),
        ("PATCH", f"box/records/{record}", body),
        ("DELETE", f"box/records/{record}", None),
    ):
        answer = send(api, method, path, other)
        assert answer.status == 422
        assert answer.problem("Idempotency-Key") == "key_reused"
    assert is_again(first, send(api, "POST", "box/records", body))
    assert Record.objects.count() == 1


@pytest.mark.parametrize("key", ["", '"', '"a";b', "x" * 256, "é", '"a", "b"'])
def test_what_is_no_key(api: Api, box: dict[str, Any], key: str) -> None:
    answer = send(api, "POST", "box/records", {"data": {"name": "x"}}, key=key)
    assert answer.status == 400
    assert answer.problem("Idempotency-Key") == "invalid_key"
    assert send(api, "POST", "nothing/records", {"data": {"name": "x"}}, key=key).status == 404
    assert Record.objects.count() == KeptAnswer.objects.count() == 0


def test_a_key_is_of_one_person_and_of_one_program(
    api: Api, admin: User, manager: User, stranger: User, box: dict[str, Any]
) -> None:
    body = {"data": {"name": "x"}}
    programs = [create_api_key(admin, name, ["read", "write"])[1] for name in ("one", "two")]
    callers = [api, Api(manager), *(Api(**{"X-API-Key": text}) for text in programs)]
    answers = [send(caller, "POST", "box/records", body) for caller in callers]
    assert [answer.status for answer in answers] == [201] * 4
    assert len({answer.json["id"] for answer in answers}) == 4
    for caller, first in zip(callers, answers, strict=True):
        assert is_again(first, send(caller, "POST", "box/records", body))
    assert send(Api(stranger), "POST", "box/records", body).status == 404
    assert send(Api(), "POST", "box/records", body).status == 401
    assert Record.objects.count() == 4


def test_an_answer_is_not_for_who_may_do_less_than_then(api: Api, admin: User, box: dict[str, Any]) -> None:
    key, text = create_api_key(admin, "one", ["read", "write"])
    program, body = Api(**{"X-API-Key": text}), {"data": {"name": "x"}}
    first = send(program, "POST", "box/records", body)
    for scopes, status in ((["write"], 403), (["read"], 403), (["read", "write", "delete"], 201)):
        ApiKey.objects.filter(id=key.id).update(scopes=scopes)
        answer = send(program, "POST", "box/records", body)
        assert answer.status == status
        assert answer.problem("Idempotency-Key") == "rights_changed" if status == 403 else is_again(first, answer)
    ApiKey.objects.filter(id=key.id).update(revoked_at=timezone.now())
    assert send(program, "POST", "box/records", body).status == 401
    # A person with another role.
    mine = send(api, "POST", "box/records", body)
    User.objects.filter(id=admin.id).update(role=User.Role.REP)
    assert send(api, "POST", "box/records", body).problem("Idempotency-Key") == "rights_changed"
    User.objects.filter(id=admin.id).update(is_active=False)
    assert send(api, "POST", "box/records", body).status == 401
    User.objects.filter(id=admin.id).update(is_active=True, role=User.Role.ADMIN)
    assert is_again(mine, send(api, "POST", "box/records", body))
    assert Record.objects.count() == 2


def test_what_was_not_done_is_not_kept(
    api: Api, box: dict[str, Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not authenticated, too large for us, a defect of ours: the same request may be sent again."""
    body = {"data": {"name": "x"}}
    assert send(Api(authorization="Bearer nonsense"), "POST", "box/records", body).status == 401
    with monkeypatch.context() as broken:
        broken.setattr("customobjects.api.records.record_response", None)
        assert send(api, "POST", "box/records", body).status == 500
    assert KeptAnswer.objects.count() == Record.objects.count() == 0, "what the defect left is undone"
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = settings.MAX_BODY_BYTES = 1_000
    large = send(api, "POST", "box/records", {"data": {"name": "x" * 2_000}})
    assert (large.status, large.problem()) == (413, "too_large")
    assert KeptAnswer.objects.count() == 0
    assert send(api, "POST", "box/records", body).status == 201


def test_what_takes_no_key(api: Api, admin: User, box: dict[str, Any]) -> None:
    """Signing in, whose answers nobody keeps, and what only reads."""
    credentials = {"email": admin.email, "password": PASSWORD}
    tokens = [send(Api(), "POST", "/v1/auth/login", credentials).json["accessToken"] for _ in range(2)]
    assert all(tokens)
    for method, path, body in (
        ("GET", "box/records", None),
        ("POST", "box/records/search", {}),
        ("POST", "box/records/aggregate", {}),
        ("GET", OBJECTS, None),
    ):
        assert send(api, method, path, body, key='"').status == 200
    assert KeptAnswer.objects.count() == 0


def test_answers_are_kept_for_a_day(api: Api, box: dict[str, Any], settings: Any) -> None:
    settings.IDEMPOTENCY_HOURS = 24
    body = {"data": {"name": "x"}}
    first = send(api, "POST", "box/records", body)
    aged = KeptAnswer.objects.update
    aged(created_at=timezone.now() - timedelta(hours=23, minutes=59))
    assert is_again(first, send(api, "POST", "box/records", body))
    aged(created_at=timezone.now() - timedelta(hours=24, minutes=1))
    second = send(api, "POST", "box/records", body)
    assert (second.status, Record.objects.count()) == (201, 2)
    assert is_again(second, send(api, "POST", "box/records", body))
    assert KeptAnswer.objects.count() == 1


def test_purge_forgets_them_in_batches(api: Api, box: dict[str, Any]) -> None:
    for number in range(7):
        send(api, "POST", "box/records", {"data": {"name": "x"}}, key=f"k{number}")
    old = KeptAnswer.objects.order_by("id").values("id")[:5]
    KeptAnswer.objects.filter(id__in=[row["id"] for row in old]).update(created_at=timezone.now() - timedelta(hours=25))
    lines: list[str] = []
    purge(lines.append, batch=2)
    assert [line for line in lines if "with a key" in line] == [
        f"{done} old answers to requests with a key forgotten" for done in (2, 4, 5)
    ]
    assert KeptAnswer.objects.count() == 2


class TestStatements:
    """What a key costs, and that a request without one costs nothing."""

    pytestmark = pytest.mark.django_db(transaction=True)

    def test_how_many(self, api: Api, box: dict[str, Any], django_assert_num_queries: Any) -> None:
        body = {"data": {"name": "x"}}
        api.post("box/records", body)
        on_postgresql = 1 if connection.vendor == "postgresql" else 0
        # 1. Who asks, and the object's state.
        # 2. The record.
        with django_assert_num_queries(2):
            assert api.post("box/records", body).status == 201
        # 1. Who asks, and the object's state.
        # 2. BEGIN.
        # 3. PostgreSQL: nobody else is at this key.
        # 4. No answer is kept.
        # 5. SAVEPOINT, for what a refusal undoes.
        # 6. The record.
        # 7. RELEASE.
        # 8. The answer.
        # 9. COMMIT.
        with django_assert_num_queries(8 + on_postgresql):
            assert send(api, "POST", "box/records", body).status == 201
        # 1. Who asks, and the object's state.
        # 2. BEGIN.
        # 3. PostgreSQL: nobody else is at this key.
        # 4. The answer.
        # 5. COMMIT.
        with django_assert_num_queries(4 + on_postgresql):
            assert send(api, "POST", "box/records", body).status == 201
