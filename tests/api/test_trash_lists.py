"""What is in the trash, of one object and of all."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.models import Record
from salesos.accounts.models import User
from salesos.accounts.services import create_api_key
from tests.api.trashing import delete, make_assets
from tests.conftest import Api


@pytest.fixture
def asset(api: Api) -> dict[str, Any]:
    return make_assets(api)


def test_the_list_of_an_object(api: Api, asset: dict[str, Any], manager: User) -> None:
    records = [api.make_record("asset", name=f"A{n}", cost=n) for n in range(5)]
    for record in records:
        delete(Api(manager), "asset", record)
    api.make_record("asset", name="there")
    first = api.get("asset/records", deleted="true", limit=2)
    assert first.headers["X-Total-Count"] == "5"
    newest = first.json["data"][0]
    row = Record.objects.get(id=records[4]["id"])
    assert row.deleted_at is not None
    assert newest == {
        **records[4],
        "version": 2,
        "updatedAt": newest["updatedAt"],
        "updatedBy": str(manager.id),
        "deletedAt": row.deleted_at.isoformat().replace("+00:00", "Z"),
        "deletedBy": str(manager.id),
        "deletedWith": None,
        "along": 0,
    }
    names, cursor = ["A4", "A3"], first.json["meta"]["nextCursor"]
    while cursor:
        page = api.get("asset/records", deleted="true", limit=2, cursor=cursor).json
        names += [one["name"] for one in page["data"]]
        cursor = page["meta"]["nextCursor"]
    assert names == ["A4", "A3", "A2", "A1", "A0"]
    assert [one["name"] for one in api.get("asset/records", deleted="true", limit=2, page=3).json["data"]] == ["A0"]
    only = api.get("asset/records", deleted="true", fields="cost").json["data"][0]
    assert only["data"] == {"cost": 4}
    assert api.names("asset", deleted="false") == api.names("asset", deleted="") == ["there"]


def test_the_list_takes_no_filters(api: Api, asset: dict[str, Any]) -> None:
    for name, value in {
        "cost__gte": "1",
        "search": "x",
        "sort": "cost",
        "sortBy": "cost",
        "sortOrder": "asc",
        "expand": "site",
        "count": "none",
        "zqx": "1",
    }.items():
        answer = api.get("asset/records", deleted="true", **{name: value})
        assert (answer.status, answer.problem(name)) == (400, "unsupported"), name
    assert api.get("asset/records", deleted="yes").problem("deleted") == "invalid_choice"
    assert api.get("asset/records", deleted="true", fields="zqx").problem("fields") == "unknown"
    assert api.get("asset/records", deleted="true", page=501).problem("page") == "max"
    assert api.get("asset/records", deleted="true", cursor="x").problem("cursor") == "cursor"
    record = api.make_record("asset")
    related = f"asset/records/{record['id']}/related/asset"
    assert api.get(related, deleted="true").status == 400


def test_the_trash_of_all_objects(api: Api, asset: dict[str, Any], manager: User) -> None:
    site = api.make_record("site", name="North")
    api.make_record("asset", name="A", site=site["id"])
    vendor = api.make_record("vendor", name="V")
    delete(api, "site", site)
    delete(Api(manager), "vendor", vendor)
    entries = api.get("/v1/trash").json["data"]
    assert [(one["name"], one["along"], one["deletedWith"] and one["deletedWith"]["name"]) for one in entries] == [
        ("V", 0, None),
        # Those of one moment have the newest first.
        ("A", 0, "North"),
        ("North", 1, None),
    ]
    assert set(entries[0]) == {
        *"id customObjectId name version ownerId deletedAt deletedBy deletedWith along".split(),
    }
    at = entries[0]["deletedAt"]

    def names(**params: Any) -> list[str]:
        answer = api.get("/v1/trash", **params)
        assert answer.status == 200, answer
        return [one["name"] for one in answer.json["data"]]

    assert names(customObjectId=asset["id"]) == names(customObjectId="asset") == ["A"]
    assert names(customObjectId="zqx") == []
    assert names(deletedBy=str(manager.id)) == names(deletedAt__gte=at) == names(deletedAt=at) == ["V"]
    assert names(deletedAt__lt=at) == ["A", "North"]
    cursor = api.get("/v1/trash", limit=1).json["meta"]["nextCursor"]
    assert names(limit=1, cursor=cursor) == ["A"]
    for params, field, code in (
        ({"cursor": cursor, "deletedBy": str(manager.id)}, "cursor", "cursor"),
        ({"deletedBy": "x"}, "deletedBy", "invalid"),
        ({"deletedAt__gte": "x"}, "deletedAt__gte", "invalid"),
        ({"customObjectId": "\x00"}, "customObjectId", "null_characters_not_allowed"),
        ({"zqx": "1"}, "zqx", "unknown"),
        ({"limit": "0"}, "limit", "min_value"),
    ):
        answer = api.get("/v1/trash", **params)
        assert (answer.status, answer.problem(field)) == (400, code), answer
    # What an object has in the trash goes with the object.
    api.delete("vendor")
    assert names() == ["A", "North"]


def test_a_root_that_is_purged_has_no_name(api: Api, asset: dict[str, Any]) -> None:
    site = api.make_record("site", name="North")
    api.make_record("asset", name="A", site=site["id"])
    delete(api, "site", site)
    Record.objects.filter(id=site["id"]).delete()
    assert api.get("/v1/trash").json["data"][0]["deletedWith"] == {"id": site["id"], "name": None}


def test_the_trash_takes_reading(api: Api, admin: User) -> None:
    key = Api(**{"x-api-key": create_api_key(admin, "k", ("delete", "admin"))[1]})
    assert key.get("/v1/trash").problem() == "scope"


@pytest.mark.parametrize("count", [1, 6])
def test_how_many_queries_the_trash_takes(
    api: Api, asset: dict[str, Any], count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        site = api.make_record("site")
        api.make_record("asset", site=site["id"])
        delete(api, "site", site)
    api.get("asset/records", deleted="true")
    # 1. Who is asking, and the object. 2. The page. 3. How many there are. 4. How many went along. 5. With what.
    with django_assert_num_queries(5):
        assert len(api.get("asset/records", deleted="true").json["data"]) == count
    # The same; who is asking alone.
    with django_assert_num_queries(5):
        assert len(api.get("/v1/trash").json["data"]) == 2 * count
