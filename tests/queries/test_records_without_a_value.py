"""Sorted lists on whose last pages the records without a value are, however these lie among the others.

SQLite begins such a page behind all that have a value, where counting them shows that they lie together. PostgreSQL,
which looks through them one by one, gives the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from customobjects import access
from customobjects.models import CustomObject
from customobjects.schema import schema_of
from customobjects.storage import access_path
from customobjects.storage.access_path import LackingPath
from tests.conftest import Api
from tests.queries.observing import observed

COUNT = 60
NAMES = [f"N{place:02}" for place in range(COUNT)]
# Which records have a value, and of what type: the first places are the oldest.
LISTS: dict[str, tuple[str, Callable[[int], bool]]] = {
    "came_later": ("TEXT", lambda place: place >= 40),
    "came_later_and_one_older": ("TEXT", lambda place: place >= 40 or place == 7),
    "came_later_but_one_newer": ("NUMBER", lambda place: place >= 40 and place != 50),
    "came_later_but_the_newest": ("TEXT", lambda place: 40 <= place < COUNT - 1),
    "one_for_another": ("PICKLIST", lambda place: (place >= 40 or place == 7) and place != 50),
    "picked_later": ("PICKLIST", lambda place: place >= 40),
    "went_out_of_use": ("NUMBER", lambda place: place < 20),
    "went_out_of_use_and_came_back": ("NUMBER", lambda place: place < 20 or place == 50),
    "few_everywhere": ("TEXT", lambda place: place % 9 != 4),
    "many_everywhere": ("NUMBER", lambda place: place % 3 == 1),
    "the_middle": ("NUMBER", lambda place: 20 <= place < 40),
    "all": ("TEXT", lambda place: True),
    "none": ("PICKLIST", lambda place: False),
}
# Those that have their records without a value together behind all others, with the newest first and the oldest first.
TOGETHER = {True: {"came_later", "picked_later", "all"}, False: {"went_out_of_use", "all"}}
TYPES: dict[str, Callable[[int], Any]] = {
    "TEXT": lambda place: f"t{place * 37 % 10}",
    "NUMBER": lambda place: place * 37 % 10,
    "PICKLIST": lambda place: "cab"[place % 3],
}


@pytest.fixture
def api(api: Api) -> Api:
    """An object with a field for each list; deleted records, and one of another object, lie among its own."""
    options = {"PICKLIST": {"options": {"values": ["c", "a", "b"]}}}
    fields = [{"label": label, "type": type_, **options.get(type_, {})} for label, (type_, _has) in LISTS.items()]
    api.make_object("Item", *fields)
    api.make_object("Other", *fields)
    every = {label: TYPES[type_](1) for label, (type_, _has) in LISTS.items()}
    for places in (range(COUNT // 2), range(COUNT // 2, COUNT)):
        operations = [{"op": "create", "data": record(place)} for place in places]
        assert api.post("item/records/bulk", {"operations": operations}).status == 200
        for data in ({}, every):
            deleted = api.make_record("item", **data)
            assert api.delete(f"item/records/{deleted['id']}").status == 204
            api.make_record("other", **data)
    return api


def record(place: int) -> dict[str, Any]:
    values = {label: TYPES[type_](place) for label, (type_, has) in LISTS.items() if has(place)}
    return {"name": NAMES[place], **values}


def lacking(label: str) -> list[str]:
    """The records without a value, the oldest first."""
    return [name for place, name in enumerate(NAMES) if not LISTS[label][1](place)]


@pytest.fixture(params=[1, 5, access_path.LOOKED_AT])
def looked_at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many of the first records are looked at for one without a value."""
    monkeypatch.setattr(access_path, "LOOKED_AT", request.param)
    return int(request.param)


@pytest.mark.usefixtures("looked_at")
def test_pages_have_all_records_in_order(api: Api) -> None:
    for label in LISTS:
        empties = lacking(label)
        for sort, is_descending in {f"-{label}": True, label: False, f"{label},-id": True}.items():
            names = by_cursors(api, sort)
            assert sorted(names) == NAMES, sort
            assert names[COUNT - len(empties) :] == (empties[::-1] if is_descending else empties), sort
            last = range((COUNT - len(empties)) // 9 + 1, COUNT // 9 + 2)
            assert [name for page in last for name in page_of(api, sort, page)] == names[9 * (last[0] - 1) :], sort


@pytest.mark.usefixtures("looked_at")
def test_behind_several_keys(api: Api) -> None:
    """Records that lack each of them come last."""
    for first, second in [("came_later", "few_everywhere"), ("few_everywhere", "came_later"), ("all", "none")]:
        both = [name for name in reversed(lacking(first)) if name in lacking(second)]
        names = by_cursors(api, f"-{first},{second}")
        assert sorted(names) == NAMES
        assert names[COUNT - len(both) :] == both


def page_of(api: Api, sort: str, page: int) -> list[str]:
    return api.names("item", sort=sort, limit=9, page=page, fields="name")


def by_cursors(api: Api, sort: str) -> list[str]:
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = api.get(
            "item/records", sort=sort, limit=9, fields="name", **({"cursor": cursor} if cursor else {})
        ).json
        names += [found["name"] for found in answer["data"]]
        cursor = answer["meta"]["nextCursor"]
    return names


@pytest.mark.sqlite
@pytest.mark.parametrize("is_descending", [True, False])
def test_the_path_begins_behind_all_that_have_a_value(api: Api, looked_at: int, is_descending: bool) -> None:
    """Where they do not lie so, or one of the first records is seen to lack a value, it has all records."""
    schema = schema_of(CustomObject.objects.get(api_name="item"))
    together = {"all"} if looked_at > COUNT else TOGETHER[is_descending]
    for label in LISTS:
        path = LackingPath(schema.by_name[label].column, descending=is_descending)
        found = path.read(access.all_records(schema)).order_by("id").values_list("name", flat=True)
        assert list(found) == (lacking(label) if label in together else NAMES), label


@pytest.mark.sqlite
@pytest.mark.parametrize(("sort", "beyond"), [("-came_later", "id<?"), ("went_out_of_use", "id>?")])
def test_only_the_beginning_is_looked_for(api: Api, sort: str, beyond: str) -> None:
    """It is looked for from the side that the list begins at; what a cursor leads to begins there."""
    with observed() as first:
        answer = api.get("item/records", sort=sort, limit=30, page=1).json
    with observed() as behind:
        api.get("item/records", sort=sort, limit=5, cursor=answer["meta"]["nextCursor"])
    by_values = f"USING INDEX record_{'text' if sort == '-came_later' else 'number'}"
    accesses = [one.kind for one in first.accesses]
    assert f"SEARCH V0 USING INDEX record_object (custom_object_id=? AND {beyond})" in accesses
    assert sum(by_values in one for one in accesses) == 2
    assert not any(by_values in one.kind for one in behind.accesses)
