"""Lists with filters, whatever SQLite gets at their records by: all of what fits, in order, page by page.

The bounds are made small, so that lists of few records are counted, given up and sorted as large ones are. PostgreSQL,
which plans most of them by itself, gives the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from customobjects.queries import access_paths
from customobjects.storage import access_path
from customobjects.storage.access_path import OrderPath
from salesos.db import connections
from tests.conftest import Api

COUNT = 120
SERIALS = [f"{'ab'[place % 2]}{place:03}" for place in range(COUNT)]
Record = dict[str, Any]


@pytest.fixture
def api(api: Api) -> Api:
    api.make_object(
        "Item",
        {"label": "Serial", "type": "TEXT"},
        {"label": "Cost", "type": "NUMBER"},
        {"label": "Size", "type": "NUMBER"},
        {"label": "Day", "type": "DATE"},
    )
    operations = [{"op": "create", "data": record(place)} for place in range(COUNT)]
    assert api.post("item/records/bulk", {"operations": operations}).status == 200
    return api


def record(place: int) -> Record:
    """Costs grow with the records' age; sizes come as they like; some have no day."""
    return {
        "name": f"N{place * 37 % COUNT:03}",
        "serial": SERIALS[place],
        "cost": place,
        "size": place * 53 % 100,
        "day": None if place % 3 else f"2020-01-{1 + place // 3 % 28:02}",
    }


RECORDS = [record(place) for place in range(COUNT)]
FILTERS: list[tuple[dict[str, Any], Callable[[Record], bool]]] = [
    ({"cost__lt": 40}, lambda r: r["cost"] < 40),
    ({"cost__lt": 3}, lambda r: r["cost"] < 3),
    ({"cost__gte": 0}, lambda r: True),
    ({"cost__gt": 500}, lambda r: False),
    ({"cost__range": "10,90"}, lambda r: 10 <= r["cost"] <= 90),
    ({"cost__gte": 10, "cost__lte": 60}, lambda r: 10 <= r["cost"] <= 60),
    ({"cost__lt": 60, "size__lt": 50}, lambda r: r["cost"] < 60 and r["size"] < 50),
    ({"cost__in": "1,2,3,70,80"}, lambda r: r["cost"] in (1, 2, 3, 70, 80)),
    ({"size": 53, "cost__lt": 60}, lambda r: r["size"] == 53 and r["cost"] < 60),
    ({"serial__startswith": "a0"}, lambda r: r["serial"].startswith("a0")),
    ({"serial__startswith": "A0"}, lambda r: False),
    ({"serial": "b101"}, lambda r: r["serial"] == "b101"),
    ({"day__lt": "2020-01-09"}, lambda r: bool(r["day"]) and r["day"] < "2020-01-09"),
    ({"day__in": "2020-01-01,today", "cost__lt": 90}, lambda r: r["day"] == "2020-01-01" and r["cost"] < 90),
    ({"day__isnull": "true", "cost__lt": 90}, lambda r: not r["day"] and r["cost"] < 90),
    ({"cost__not_range": "10,110"}, lambda r: not 10 <= r["cost"] <= 110),
    ({"createdAt__lt": "2001-01-01"}, lambda r: False),
]
ORDERS: list[tuple[str, Callable[[Record], Any], bool]] = [
    ("", lambda r: r["cost"], True),
    ("id", lambda r: r["cost"], False),
    ("name", lambda r: r["name"], False),
    ("-cost", lambda r: r["cost"], True),
    ("day,name", lambda r: (r["day"] or "9", r["name"]), False),
    ("-createdAt", lambda r: r["cost"], True),
]
# How many records are few, and how many steps are taken in a list's own order: each path is the one that ends it.
BOUNDS = {
    "by an index": (1_000, 1_000_000),
    "in order": (0, 1_000_000),
    "given up": (0, 40),
    "as it is": (5_000, 50_000),
}


@contextmanager
def bounds(few: int, steps: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access_paths, "FEW", few)
        patch.setattr(access_paths, "FIRST", 5)
        patch.setattr(access_paths, "FIRST_OF_LIST", OrderPath(first=5))
        # There are more costs than that, and fewer days.
        patch.setattr(access_path, "MOST_KEYS", 60)
        patch.setattr(access_paths, "STEPS", steps)
        if steps < 1_000:
            patch.setattr(access_paths, "STEPS_OF_A_RECORD", 0)
            patch.setattr(access_paths, "STEPS_OF_A_FIELD", 0)
        yield


@pytest.mark.parametrize("bound", BOUNDS)
def test_lists_have_all_that_fits_in_order(api: Api, bound: str) -> None:
    with bounds(*BOUNDS[bound]):
        for filters, fits in FILTERS:
            for sort, key, is_descending in ORDERS:
                expected = [r["name"] for r in sorted(filter(fits, RECORDS), key=key, reverse=is_descending)]
                asked = {**filters, **({"sort": sort} if sort else {})}
                pages = range(1, len(expected) // 25 + 2)
                by_page = [name for page in pages for name in api.names("item", **asked, limit=25, page=page)]
                assert by_page == expected, asked
                assert by_cursors(api, asked, len(expected)) == expected, asked


def by_cursors(api: Api, asked: dict[str, Any], total: int) -> list[str]:
    """The names that a list gives, cursor by cursor; its totals must be right."""
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = api.get("item/records", **asked, limit=25, **({"cursor": cursor} if cursor else {})).json
        names += [found["name"] for found in answer["data"]]
        assert answer["meta"]["total"] == total, asked
        cursor = answer["meta"]["nextCursor"]
    return names


@pytest.mark.sqlite
def test_what_is_given_up_was_begun(api: Api) -> None:
    given_up, is_last = [], connections._is_last
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "_is_last", lambda part: is_last(part) and (given_up.append(part) or True))
        with bounds(*BOUNDS["given up"]):
            for filters, fits in FILTERS[:2]:
                assert len(api.names("item", **filters, limit=100)) == sum(map(fits, RECORDS))
    assert len(given_up) == 2


@pytest.mark.postgresql
def test_a_range_that_no_new_record_fits_is_read_key_by_key(api: Api, django_assert_num_queries: Any) -> None:
    api.get("item/records", limit=1)
    with bounds(*BOUNDS["as it is"]):
        # 1. Who is asking, and the object.
        # 2. The first records of the list, none of which fits.
        # 3. The page, by the 28 days that fit.
        with django_assert_num_queries(3):
            found = api.get("item/records", day__lt="2020-01-28", limit=10, count="none", sort="id").json
        # The next time, the first ones are not looked at.
        with django_assert_num_queries(2):
            again = api.get("item/records", day__lt="2020-01-28", limit=10, count="none", sort="id").json
    names = [r["name"] for r in RECORDS if r["day"]]
    assert [r["name"] for r in found["data"]] == [r["name"] for r in again["data"]] == names[:10]


@pytest.mark.sqlite
def test_statements_of_a_filtered_page(api: Api, django_assert_num_queries: Any) -> None:
    api.get("item/records", limit=1)
    # 1. Who is asking, and the object.
    # 2. How many it finds by the index of its field.
    # 3. The page.
    with django_assert_num_queries(3):
        api.get("item/records", cost__lt=500, limit=10, count="none")
    # 1. Who is asking, and the object.
    # 2. The page: what has one value lies by id in the index of its field.
    with django_assert_num_queries(2):
        api.get("item/records", serial="b101", limit=10, count="none")
