"""What the database does for the trash: a page is read from an index of it, as deep as it may lie."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from customobjects.models import CustomObject, Record
from customobjects.schema import schema_of
from customobjects.services.pending_writes import PendingWrite, store
from salesos.accounts.actor import Actor
from tests.conftest import Api
from tests.queries.observing import analyze, observe

COUNT = 12_000


@pytest.fixture
def deleted(api: Api, actor: Actor) -> Api:
    """12,000 records of one of two objects in the trash: some hundred times, many of them at one moment."""
    for name in ("Item", "Other"):
        api.make_object(name)
        schema = schema_of(CustomObject.objects.get(name=name))
        store(actor, schema, [PendingWrite({"name": str(number)}, actor.user_id) for number in range(COUNT // 2)])
    now = timezone.now()
    ids = list(Record.objects.order_by("id").values_list("id", flat=True))
    for start in range(0, COUNT, 3_000):
        batch = Record.objects.filter(id__in=ids[start : start + 3_000])
        batch.update(deleted_at=now - timedelta(seconds=start), deleted_with=F("id"), updated_by=actor.user_id)
    analyze()
    return api


@pytest.mark.parametrize(
    ("path", "params", "index"),
    [
        ("item/records", {"deleted": "true"}, "record_trash"),
        ("/v1/trash", {}, "record_trash_of_all"),
        ("/v1/trash", {"customObjectId": "other"}, "record_trash"),
    ],
)
def test_a_deep_page_is_read_from_the_index(deleted: Api, path: str, params: dict[str, Any], index: str) -> None:
    first = deleted.get(path, limit=100, page=30, **params).json
    cursor = first["meta"]["nextCursor"]
    following = deleted.get(path, limit=100, cursor=cursor, **params).json["data"]
    assert following == deleted.get(path, limit=100, page=31, **params).json["data"]
    for request in observe(deleted, path, limit=100, cursor=cursor, **params):
        # The count, up to 10,000, may look through the table, as all of it is in the trash.
        page = [access for access in request.accesses if access.index == index]
        assert min(access.rows for access in page) <= 101, request.accesses
