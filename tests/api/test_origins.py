"""Importers say when a record was made, and by whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from salesos.accounts.models import User
from salesos.accounts.services import create_api_key
from tests.conftest import Answer, Api

THEN = "2019-03-04T05:06:07.500000Z"


@pytest.fixture
def boxes(api: Api) -> Api:
    api.make_object("Box", {"label": "Code", "type": "TEXT", "isUnique": True})
    return api


def make(api: Api, **properties: Any) -> Answer:
    return api.post("box/records", {"data": {"name": "x"}, **properties})


def bulk(api: Api, **operation: Any) -> Answer:
    return api.post("box/records/bulk", {"operations": [{"op": "create", "data": {"name": "x"}, **operation}]})


def test_administrators_say_when_and_by_whom(boxes: Api, rep: User, admin: User) -> None:
    made = make(boxes, createdAt=THEN, createdBy=str(rep.id)).json
    assert (made["createdAt"], made["createdBy"]) == (THEN, str(rep.id))
    assert (made["updatedBy"], made["ownerId"]) == (str(admin.id), str(admin.id))
    assert made["updatedAt"] > "2026", "who asks for what is new is told of it"
    assert boxes.get(f"box/records/{made['id']}").json == made
    assert make(boxes, createdAt="2019-03-04 07:06:07.5+02:00").json["createdAt"] == THEN
    assert make(boxes, createdBy=None).json["createdBy"] is None
    [done] = bulk(boxes, createdAt=THEN, createdBy=str(rep.id)).json["data"]
    assert (done["record"]["createdAt"], done["record"]["createdBy"]) == (THEN, str(rep.id))
    assert boxes.get("box/records", createdAt="2019-03-04").json["meta"]["total"] == 3
    # Who has left has made it all the same.
    User.objects.filter(id=rep.id).update(is_active=False)
    assert make(boxes, createdBy=str(rep.id)).status == 201
    plain = make(boxes).json
    assert plain["createdAt"] == plain["updatedAt"]
    assert plain["createdBy"] == str(admin.id)


def test_an_upsert_says_it_of_what_it_makes(boxes: Api, rep: User, admin: User) -> None:
    upsert = {"op": "upsert", "by": "code", "data": {"code": "a", "name": "x"}, "createdAt": THEN}
    for name in ("x", "y"):
        upsert["data"] = {"code": "a", "name": name}
        [done] = boxes.post("box/records/bulk", {"operations": [upsert]}).json["data"]
        assert (done["record"]["name"], done["record"]["createdAt"]) == (name, THEN)
    upsert |= {"createdAt": "2001-01-01T00:00:00Z", "createdBy": str(rep.id), "data": {"code": "a", "name": "z"}}
    [done] = boxes.post("box/records/bulk", {"operations": [upsert]}).json["data"]
    assert (done["record"]["createdAt"], done["record"]["createdBy"]) == (THEN, str(admin.id)), "it was made once"


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"createdAt": "yesterday"}, "createdAt", "type"),
        ({"createdAt": ""}, "createdAt", None),
        ({"createdAt": "2019-02-30T00:00:00Z"}, "createdAt", "type"),
        ({"createdAt": 5}, "createdAt", None),
        ({"createdAt": (timezone.now() + timedelta(days=1)).isoformat()}, "createdAt", "max"),
        ({"createdBy": "admin"}, "createdBy", None),
    ],
    ids=lambda value: str(sorted(value))[:20] if isinstance(value, dict) else str(value),
)
def test_refused(boxes: Api, given: dict[str, Any], field: str, code: str | None) -> None:
    alone = make(boxes, **given)
    assert (alone.status, bulk(boxes, **given).status) == (400, 400)
    if code is not None:
        assert alone.problem(field) == code
        assert bulk(boxes, **given).problem(f"operations.0.{field}") == code
    assert boxes.get("box/records").json["meta"]["total"] == 0


def test_strangers_have_made_nothing(boxes: Api, stranger: User) -> None:
    assert make(boxes, createdBy=str(stranger.id)).problem("createdBy") == "not_found"
    assert bulk(boxes, createdBy=str(stranger.id)).problem("operations.0.createdBy") == "not_found"


def test_others_may_not(boxes: Api, admin: User, manager: User, rep: User) -> None:
    _row, key = create_api_key(rep, "writer", ["read", "write", "admin"])
    for one in (Api(manager), Api(rep), Api(None, **{"X-API-Key": key})):
        for given in ({"createdAt": THEN}, {"createdBy": str(rep.id)}):
            refused = make(one, **given)
            assert (refused.status, refused.problem("createdAt")) == (403, "role")
            assert bulk(one, **given).status == 403
        assert make(one).status == 201
    _row, key = create_api_key(admin, "importer", ["read", "write"])
    assert make(Api(None, **{"X-API-Key": key}), createdAt=THEN).status == 201


def test_what_is_there_keeps_its_own(boxes: Api) -> None:
    made = make(boxes).json
    refused = boxes.patch(f"box/records/{made['id']}", {"createdAt": THEN})
    assert refused.problem("createdAt") == "unknown"
    update = {"op": "update", "id": made["id"], "createdAt": THEN}
    assert boxes.post("box/records/bulk", {"operations": [update]}).status == 400
