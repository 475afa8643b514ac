"""What a process has cached is revalidated by each request: a change holds on the very next one."""

from __future__ import annotations

from typing import Any

import pytest

from salesos.accounts.authentication import read_user
from salesos.accounts.models import User
from tests.conftest import Answer, Api


@pytest.fixture
def known(api: Api, rep: User) -> tuple[Api, dict[str, Any]]:
    """A representative whom this process has cached, and a record."""
    api.make_object("Box")
    record = api.make_record("box")
    client = Api(rep)
    for _ in range(2):
        assert all(answer.status < 300 for answer in everything(client, record))
    return client, record


def everything(client: Api, record: dict[str, Any]) -> list[Answer]:
    """A request of each kind that uses what is cached."""
    path = f"box/records/{record['id']}"
    return [
        client.get("box/records"),
        client.get(path),
        client.get("box/records/aggregate"),
        client.post("box/records/search", {}),
        client.patch(path, {"data": {"name": "Another"}}),
        client.post("box/records", {"data": {"name": "New"}}),
        client.post("box/records/bulk", {"operations": [{"op": "create", "data": {"name": "Bulk"}}]}),
        client.post("box/records/bulk-update", {"filter": {}, "data": {}, "dryRun": True}),
    ]


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_who_is_let_in_no_longer(known: tuple[Api, dict[str, Any]], rep: User, change: dict[str, Any]) -> None:
    client, record = known
    before = Api(rep).get("box/records").json["meta"]["total"]
    User.objects.filter(id=rep.id).update(**change)
    assert {answer.status for answer in everything(client, record)} == {401}
    User.objects.filter(id=rep.id).update(is_active=True, password=rep.password)
    assert client.get("box/records").json["meta"]["total"] == before, "nothing was written meanwhile"


def test_even_where_nothing_is_read(known: tuple[Api, dict[str, Any]], rep: User) -> None:
    client, _record = known
    User.objects.filter(id=rep.id).update(is_active=False)
    for answer in (
        client.get("box/records", colour="red"),
        client.get("box/records", sort="colour"),
        client.get("box/records/aggregate", groupBy="colour"),
        client.get("box/records/00000000-0000-7000-8000-000000000000"),
        client.get("box/records", name="nobody", count="none"),
        client.post("box/records", {"data": {"colour": "red"}}),
    ):
        assert answer.status == 401, answer


def test_a_role_holds_at_once(known: tuple[Api, dict[str, Any]], rep: User) -> None:
    client, record = known
    assert client.delete(f"box/records/{record['id']}").status == 403
    User.objects.filter(id=rep.id).update(role=User.Role.MANAGER)
    assert client.delete(f"box/records/{record['id']}").status == 204


def test_an_object_that_is_gone_or_another(known: tuple[Api, dict[str, Any]], api: Api) -> None:
    client, record = known
    api.post("box/fields", {"label": "Size", "type": "NUMBER"})
    assert client.get(f"box/records/{record['id']}").json["data"]["size"] is None
    api.delete("box")
    assert client.get("box/records").status == 404
    api.make_object("Box", {"label": "Weight", "type": "NUMBER"})
    assert client.get("box/records").json["data"] == []
    assert client.post("box/records", {"data": {"name": "x", "weight": 1}}).status == 201


def test_who_asks_and_the_schema_take_one_query(
    known: tuple[Api, dict[str, Any]], django_assert_num_queries: Any
) -> None:
    client, record = known
    # 1. Who is asking, and the object's version.
    # 2. The page.
    with django_assert_num_queries(2) as queries:
        assert client.get("box/records").status == 200
    first = queries.captured_queries[0]["sql"]
    assert "accounts_user" in first
    assert "customobjects_customobject" in first
    # 1. Who is asking, the object's version, and the record.
    with django_assert_num_queries(1):
        assert client.get(f"box/records/{record['id']}").json["id"] == record["id"]


def test_a_record_read_by_a_stale_schema_is_read_again(
    known: tuple[Api, dict[str, Any]], api: Api, django_assert_num_queries: Any
) -> None:
    client, record = known
    api.post("box/fields", {"label": "Size", "type": "NUMBER"})
    assert api.get("box/records").status == 200, "another request compiles the new version"
    path = f"box/records/{record['id']}"
    assert client.get(path).json["data"].keys() == {"name", "size"}
    api.patch("box/fields/size", {"isActive": False})
    # 1. Who is asking, the object's version, and the record by the schema before.
    # 2. The object.
    # 3. Its fields.
    # 4. The record.
    with django_assert_num_queries(4):
        assert client.get(path).json["data"].keys() == {"name"}
    api.delete(path)
    assert client.get(path).status == 404


def test_what_one_request_does_to_its_user_is_nothing_to_the_next(known: tuple[Api, dict[str, Any]], rep: User) -> None:
    first, second = read_user(rep.id), read_user(rep.id)
    assert first is not None
    assert second is not None
    first.role = User.Role.ADMIN
    assert second.role == User.Role.REP
    assert second.email == rep.email, "what is not read along is read when it is asked for"
