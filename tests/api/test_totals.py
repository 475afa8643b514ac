"""Totals of lists: what is counted, what is known as at least so many, and how many queries they take."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.queries import totals
from tests.conftest import Api


@pytest.fixture
def pumps(api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """Five records, which are more than is counted."""
    api.make_object(
        "Pump", {"label": "Site", "type": "LOOKUP", "options": {"target": "pump"}}, {"label": "Size", "type": "NUMBER"}
    )
    for number in range(5):
        oldest = api.get("pump/records").json["data"][-1:]
        api.make_record("pump", name=f"Pump {number}", size=number, site=oldest[0]["id"] if oldest else None)
    for name in ("MAX_EXACT_TOTAL", "MAX_TOTAL_THROUGH", "MAX_TOLD_TOTAL", "MAX_TOLD_WITHOUT_SAMPLE"):
        monkeypatch.setattr(totals, name, 3)
    totals._kept.clear()
    return api


MANY: list[dict[str, Any]] = [
    {},
    {"size__gte": 0},
    {"size__gte": 0, "name__icontains": "pump"},
    {"search": "pump", "sort": "name"},
    {"site__size": 0},
]


@pytest.mark.parametrize("params", MANY)
def test_more_than_is_counted_is_at_least_so_many(pumps: Api, params: dict[str, Any]) -> None:
    for _ in range(2):
        answer = pumps.get("pump/records", limit=2, **params)
        meta = answer.json["meta"]
        assert (meta["total"], meta["totalIsEstimate"], meta["totalIsLowerBound"]) == (3, False, True)
        assert answer.headers["X-Total-Count"] == "3"
        assert 'rel="last"' not in answer.headers["Link"], "nobody knows where the last page is"
    fewest = {**params, "size": 1} if "size__gte" in params else {"size": 1}
    meta = pumps.get("pump/records", limit=1, count="", **fewest).json["meta"]
    assert (meta["total"], meta["totalIsLowerBound"]) == (1, False)


def test_what_was_seen_is_part_of_the_total(pumps: Api) -> None:
    meta = pumps.get("pump/records", limit=2, page=2).json["meta"]
    assert (meta["total"], meta["totalIsLowerBound"]) == (5, True), "the third page has one, at least"
    meta = pumps.get("pump/records", limit=2, page=3).json["meta"]
    assert (meta["total"], meta["totalIsLowerBound"]) == (5, False), "the last page tells"


def test_a_large_list_takes_the_same_queries(pumps: Api, django_assert_num_queries: Any) -> None:
    pumps.get("pump/records", limit=2)
    # 1. Who is asking, and the object's version.
    # 2. The page. The total of a moment ago is kept.
    with django_assert_num_queries(2):
        pumps.get("pump/records", limit=2)
