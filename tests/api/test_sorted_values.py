"""Picklists sort and group in their list's order: in lists, with pages and cursors, in figures, and as it changes."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from django.test import Client

from customobjects.models import Record
from customobjects.queries import pages
from customobjects.services import backfill
from salesos.accounts.models import User
from tests.conftest import Api

LEVELS = ["low", "Medium", "high"]
# Two of a value, one that the list has no more, and one without any.
TASKS = {"A": "high", "B": "low", "C": "Medium", "D": None, "E": "gone", "F": "low", "G": "high", "H": "Medium"}
UP, DOWN = "BFCHAGED", "GAHCFBED"


def with_levels(api: Api, values: list[str], name: str = "level") -> None:
    assert api.patch(f"task/fields/{name}", {"options": {"values": values}}).status == 200


@pytest.fixture(params=[True, False], ids=["indexed", "not indexed"])
def tasks(api: Api, request: Any) -> Api:
    level = {"type": "PICKLIST", "options": {"values": [*LEVELS, "gone"]}, "isIndexed": request.param}
    api.make_object(
        "Task", {"label": "Level", **level}, {"label": "Size", "type": "NUMBER"}, {"label": "Other", **level}
    )
    for number, (name, value) in enumerate(TASKS.items()):
        other = [*LEVELS, "gone", None][number % 5]
        api.make_record("task", name=name, level=value, size=number % 3, other=other)
    with_levels(api, LEVELS)
    with_levels(api, LEVELS, "other")
    return api


def by_cursor(api: Api, **params: Any) -> str:
    """The names of a whole list, read page by page."""
    found, cursor = "", ""
    while True:
        page = api.get("task/records", **params, cursor=cursor).json
        found += "".join(record["name"] for record in page["data"])
        cursor = page["meta"]["nextCursor"]
        if not cursor:
            return found


def by_page(api: Api, **params: Any) -> str:
    total = api.get("task/records", **params, count="exact").json["meta"]["totalPages"]
    return "".join("".join(api.names("task", **params, page=page)) for page in range(1, total + 1))


@pytest.mark.parametrize(("sort", "names"), [("level", UP), ("-level", DOWN)])
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 8, 20])
def test_records_come_in_the_lists_order(tasks: Api, sort: str, names: str, limit: int) -> None:
    assert by_cursor(tasks, sort=sort, limit=limit) == names
    assert by_page(tasks, sort=sort, limit=limit) == names
    tree = tasks.post("task/records/search", {"sort": [sort], "limit": limit}).json["data"]
    assert "".join(record["name"] for record in tree) == names[:limit]


def test_deep_pages(tasks: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_OF_A_GROUP", 4)
    for limit in (1, 2, 3, 5):
        assert by_page(tasks, sort="level", limit=limit) == UP
        assert by_page(tasks, sort="-level,size", limit=limit) == expected("-level", "size")


def expected(*sorts: str) -> str:
    """The names in an order, worked out in Python."""
    rows = [
        {"name": name, "level": value, "size": number % 3, "other": [*LEVELS, "gone", None][number % 5], "id": number}
        for number, (name, value) in enumerate(TASKS.items())
    ]
    rows.sort(key=lambda row: row["id"], reverse=sorts[0].startswith("-"))
    for sort in reversed(sorts):
        name, down = sort.removeprefix("-"), sort.startswith("-")

        def key(row: dict[str, Any], name: str = name, down: bool = down) -> Any:
            value = row[name]
            if value is None or value == "gone":
                return 10 + (value is None)
            place = LEVELS.index(value) if isinstance(value, str) else value
            return -place if down else place

        rows.sort(key=key)
    return "".join(str(row["name"]) for row in rows)


SORTS = [
    *product(("level", "-level"), ("size", "-size", "other", "-other")),
    *product(("size", "-size"), ("level", "-level")),
    ("-size", "level", "-other"),
    ("level", "-other", "size"),
]


@pytest.mark.parametrize("sorts", SORTS, ids=",".join)
def test_with_other_keys(tasks: Api, sorts: tuple[str, ...]) -> None:
    for limit in (1, 2, 3, 20):
        assert by_cursor(tasks, sort=",".join(sorts), limit=limit) == expected(*sorts)
        assert by_page(tasks, sort=",".join(sorts), limit=limit) == expected(*sorts)


def test_with_filters_and_a_search(tasks: Api) -> None:
    for limit in (1, 2, 20):
        assert by_cursor(tasks, sort="level", limit=limit, level__in="high,low") == "BFAG"
        assert by_cursor(tasks, sort="-level", limit=limit, level__not="low") == "GAHCED"
        assert by_cursor(tasks, sort="level", limit=limit, size__gt=0) == expected("level").translate(
            {ord(name): None for number, name in enumerate(TASKS) if number % 3 == 0}
        )
        assert by_cursor(tasks, sort="level", limit=limit, level="high") == "AG"
        assert by_cursor(tasks, sort="-level", limit=limit, search="hig") == "GAHC"


def test_a_new_order_holds_at_once_and_writes_no_record(tasks: Api) -> None:
    before = [*Record.objects.order_by("id").values_list("version", "text_1", "text_2", "overflow")]
    with_levels(tasks, ["high", "low", "Medium"])
    assert by_cursor(tasks, sort="level", limit=3) == "AGBFCHED"
    assert by_page(tasks, sort="-level", limit=3) == "HCFBGAED"
    groups = tasks.get("task/records/aggregate", groupBy="level").json["data"]
    assert [row["group"]["level"] for row in groups] == ["high", "low", "Medium", "gone", None]
    # A value more, in the middle, and a value less.
    with_levels(tasks, ["high", "new", "Medium"])
    tasks.make_record("task", name="N", level="new")
    assert by_cursor(tasks, sort="level", limit=2) == "AGNCHEBFD"
    assert by_cursor(tasks, sort="-level", limit=2) == "HCNGAFBED"
    with_levels(tasks, ["gone", "high", "new", "Medium"])
    assert by_cursor(tasks, sort="level", limit=2) == "EAGNCHBFD"
    with_levels(tasks, ["none of them"])
    assert by_cursor(tasks, sort="level", limit=2) == "CHEAGBFND"
    assert [*Record.objects.order_by("id").values_list("version", "text_1", "text_2", "overflow")][:-1] == before


@pytest.mark.parametrize("values", [["high", "low", "Medium"], ["new", "low", "other", "Medium", "high"], ["Medium"]])
def test_a_cursor_goes_on_behind_its_value_when_the_order_changes(tasks: Api, values: list[str]) -> None:
    first = tasks.get("task/records", sort="level", limit=3).json
    assert "".join(record["name"] for record in first["data"]) == "BFC"
    with_levels(tasks, values)
    rest = tasks.get("task/records", sort="level", cursor=first["meta"]["nextCursor"]).json["data"]
    whole = "".join(tasks.names("task", sort="level"))
    assert "".join(record["name"] for record in rest) == whole[whole.index("C") + 1 :]


def test_a_value_that_left_the_list_keeps_its_cursor(tasks: Api) -> None:
    first = tasks.get("task/records", sort="level", limit=3).json
    with_levels(tasks, ["low", "high"])
    whole = "".join(tasks.names("task", sort="level"))
    assert whole == "BFAGCHED"
    rest = tasks.get("task/records", sort="level", cursor=first["meta"]["nextCursor"]).json["data"]
    assert "".join(record["name"] for record in rest) == "HED"


def test_groups_come_in_the_lists_order(tasks: Api) -> None:
    groups = tasks.get("task/records/aggregate", groupBy="level", metrics="count,max:size").json["data"]
    assert [(row["group"]["level"], row["count"]) for row in groups] == [
        ("low", 2),
        ("Medium", 2),
        ("high", 2),
        ("gone", 1),
        (None, 1),
    ]
    two = tasks.get("task/records/aggregate", groupBy="level,other", limit=3).json["data"]
    assert [(row["group"]["level"], row["group"]["other"]) for row in two] == [
        ("low", "low"),
        ("low", "Medium"),
        ("Medium", "high"),
    ]


def test_any_value_that_a_list_may_have(api: Api) -> None:
    values = ["100%", "it's", 'say "so"', "back\\slash", "%s", "$x", "ä", "Z", "😀", "a,b", "{0}", "1"]
    api.make_object("Odd", {"label": "Kind", "type": "PICKLIST", "options": {"values": values}})
    for number, value in enumerate(reversed(values)):
        api.make_record("odd", name=str(number), kind=value)
    for sort, found in (("kind", values), ("-kind", values[::-1])):
        records = api.get("odd/records", sort=sort).json["data"]
        assert [record["data"]["kind"] for record in records] == found
    groups = api.get("odd/records/aggregate", groupBy="kind").json["data"]
    assert [row["group"]["kind"] for row in groups] == values


@pytest.mark.parametrize("number", [49, 60, 1_000])
def test_long_lists(api: Api, number: int) -> None:
    values = [f"v{(7 * place) % number}" for place in range(number)] if number % 7 else [f"v{n}" for n in range(number)]
    api.make_object("Long", {"label": "Kind", "type": "PICKLIST", "options": {"values": values}})
    for place in (3, 40, 1, number - 1, 3):
        api.make_record("long", name=str(place), kind=values[place])
    assert api.names("long", sort="kind") == ["1", "3", "3", "40", str(number - 1)]
    assert api.names("long", sort="-kind", limit=3) == [str(number - 1), "40", "3"]


def test_a_page_takes_as_many_queries_however_long_the_list_is(api: Api, django_assert_num_queries: Any) -> None:
    for name, number in (("short", 3), ("long", 40)):
        values = [f"v{place}" for place in range(number)]
        api.make_object(name, {"label": "Kind", "type": "PICKLIST", "options": {"values": values}})
        for place in (2, 1, 2):
            api.make_record(name, kind=values[place])
        api.names(name, sort="kind")
        # 1. Who is asking, and the object.
        # 2. The records of the first value.
        # 3. Those of the values behind it.
        # 4. Those without a value.
        with django_assert_num_queries(4):
            api.names(name, sort="kind")
        api.make_record(name, kind=values[0])
        # 1. Who is asking, and the object.
        # 2. The records of the first value, which fill the page.
        # 3. Those of the values behind it, of which it is only asked whether there are any.
        # 4. The total.
        with django_assert_num_queries(4):
            api.names(name, sort="kind", limit=1)


def test_a_cursor_outlives_a_new_index(api: Api) -> None:
    """A list is read in other steps with an index than without; a cursor leads from one to the other."""
    level = {"label": "Level", "type": "PICKLIST", "isIndexed": False, "options": {"values": LEVELS}}
    api.make_object("Task", level)
    for name, value in TASKS.items():
        api.make_record("task", name=name, level=value if value in LEVELS else None)
    cursor = api.get("task/records", sort="-level", limit=3).json["meta"]["nextCursor"]
    assert api.patch("task/fields/level", {"isIndexed": True}).status == 200
    backfill.fill_all(lambda line: None)
    assert api.get("task/fields", isIndexed="true").json["data"][-1]["apiName"] == "level"
    rest = api.get("task/records", sort="-level", cursor=cursor).json["data"]
    assert "".join(record["name"] for record in rest) == "CFBED"


def test_pages_show_the_lists_order(tasks: Api, admin: User, client: Client) -> None:
    client.force_login(admin)
    for sort, names in (("level", UP), ("-level", DOWN)):
        html = client.get("/o/task/", {"sort": sort}).content.decode()
        assert "".join(re.findall(r">\s*([A-H])\s*</a>", html)) == names
