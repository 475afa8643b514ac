"""SQLite's search index finds what looking through all texts finds, whatever was written, and when.

PostgreSQL has an index of its own; the same tests hold there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customobjects.models import CustomObject, Record
from customobjects.queries import access_paths
from customobjects.services import searching
from customobjects.storage import search_index
from tests.conftest import Api

TEXTS = [
    "Łódź central station",
    'say "cheese" AND smile',
    "a*b (c) ^d -e :f NEAR g",
    "O’Brien & Sons",
    "x",
    "xy",
    "100% sure_thing",
    "日本語のテキスト",
    "co-op co-operation",
    "back\\slash",
    "the the the",
]
SEARCHES = [
    "lodz",
    "odz cen",
    '"cheese"',
    "AND",
    "NOT",
    "and smile",
    "a*b",
    "(c)",
    "^d",
    "-e",
    ":f",
    "near g",
    "o'brien",
    "&",
    "x",
    "xy",
    "100%",
    "%",
    "e_t",
    "日本語",
    "本語の",
    "operation",
    "k\\s",
    "the",
    "he the",
    "nothing of it",
    "oper xy",
    "st",
]


@contextmanager
def looked_through() -> Iterator[None]:
    """Search without an index."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_index, "_missing_until", float("inf"))
        yield


@contextmanager
def reading(few: int) -> Iterator[None]:
    """Take so many hits for few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access_paths, "FEW", few)
        yield


def index() -> None:
    searching.take_in_all(lambda _line: None)


@pytest.fixture
def api(api: Api) -> Api:
    api.make_object("Item", {"label": "Note", "type": "TEXT"}, {"label": "Size", "type": "NUMBER"})
    return api


def make(api: Api, texts: list[str], object_name: str = "item") -> list[str]:
    """The ids of new records with these notes."""
    operations = [{"op": "create", "data": {"name": f"N{place}", "note": text}} for place, text in enumerate(texts)]
    answer = api.post(f"{object_name}/records/bulk", {"operations": operations})
    assert answer.status == 200, answer
    return [result["id"] for result in answer.json["data"]]


def found(api: Api, **params: Any) -> list[str]:
    return api.names("item", limit=100, **params)


def all_searches(api: Api) -> dict[str, list[str]]:
    asked = [("search", text) for text in SEARCHES]
    asked += [(f"note__{suffix}", text) for suffix in ("icontains", "contains") for text in SEARCHES]
    return {f"{name}={text}": found(api, **{name: text}) for name, text in asked}


def test_it_finds_what_looking_through_all_finds(api: Api) -> None:
    make(api, TEXTS)
    with looked_through():
        expected = all_searches(api)
    assert sum(map(len, expected.values())) > 60
    assert all_searches(api) == expected, "while the records wait"
    index()
    assert all_searches(api) == expected
    for few in (0, 2):
        with reading(few):
            assert all_searches(api) == expected, few


@pytest.mark.sqlite
def test_the_index_is_there_and_records_wait_for_it(api: Api) -> None:
    assert search_index.is_there()
    assert not search_index.is_anything_waiting()
    make(api, TEXTS)
    assert search_index.is_anything_waiting()
    index()
    assert not search_index.is_anything_waiting()
    object_id = CustomObject.objects.get(api_name="item").id.hex
    assert search_index.count(object_id, search_index.trigrams_of(["operation"]), 10) == 1
    assert search_index.count(object_id, search_index.trigrams_of(["nothing"]), 10) == 0


@pytest.mark.parametrize("indexes", [True, False], ids=["indexed", "waiting"])
def test_every_write_is_searched_at_once(api: Api, indexes: bool) -> None:
    def settle() -> None:
        if indexes:
            index()

    first, second = make(api, ["red apple", "green apple"])
    settle()
    assert found(api, search="apple") == ["N1", "N0"]
    api.patch(f"item/records/{first}", {"data": {"note": "yellow banana"}})
    assert (found(api, search="apple"), found(api, search="banana")) == (["N1"], ["N0"])
    settle()
    assert (found(api, search="apple"), found(api, search="banana")) == (["N1"], ["N0"])
    api.patch(f"item/records/{first}", {"data": {"note": None}})
    settle()
    assert found(api, search="banana") == []
    assert api.delete(f"item/records/{second}").status == 204
    assert found(api, search="apple") == []
    settle()
    assert found(api, search="apple") == []
    Record.objects.update(deleted_at=None)
    assert found(api, search="apple") == ["N1"], "given back from the trash"
    Record.objects.all().delete()
    settle()
    assert found(api, search="apple") == []


def test_a_write_that_is_undone_is_not_searched(api: Api) -> None:
    make(api, ["red apple"])
    index()
    with transaction.atomic():
        make(api, ["green apple"])
        assert len(found(api, search="apple")) == 2
        transaction.set_rollback(True)
    assert found(api, search="apple") == ["N0"]
    index()
    assert found(api, search="apple") == ["N0"]


@pytest.mark.sqlite
def test_nothing_of_a_purged_record_stays(api: Api) -> None:
    make(api, ["confidential"])
    index()
    Record.objects.all().delete()
    index()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {search_index.DOCUMENT}")
        assert cursor.fetchone() == (0,)
        cursor.execute(f"INSERT INTO {search_index.SEARCH} ({search_index.SEARCH}) VALUES ('integrity-check')")
    object_id = CustomObject.objects.get(api_name="item").id.hex
    assert search_index.count(object_id, search_index.trigrams_of(["confidential"]), 10) == 0


def test_objects_and_organizations_are_searched_by_themselves(api: Api, stranger: Any) -> None:
    other = Api(stranger)
    other.make_object("Item", {"label": "Note", "type": "TEXT"})
    api.make_object("Second", {"label": "Note", "type": "TEXT"})
    make(api, ["shared word", "own word"])
    make(api, ["shared word"] * 3, "second")
    make(other, ["shared word"] * 5)
    for _ in range(2):
        assert len(found(api, search="shared")) == 1
        assert len(api.names("second", search="shared")) == 3
        assert len(found(other, search="shared")) == 5
        everywhere = api.get("/v1/search", q="shared").json["data"]
        assert {one["object"]["apiName"]: len(one["hits"]) for one in everywhere} == {"item": 1, "second": 3}
        index()


def test_pages_cursors_totals_and_filters(api: Api) -> None:
    ids = make(api, [f"common word {'rare' if place < 3 else ''} {place}" for place in range(60)])
    for place, id_ in enumerate(ids):
        api.patch(f"item/records/{id_}", {"data": {"size": place}})
    index()
    newest = [f"N{place}" for place in range(59, -1, -1)]
    for few in (0, 20, 1_000):
        with reading(few):
            pages = [name for page in range(1, 7) for name in api.names("item", search="common", limit=10, page=page)]
            assert pages == newest, few
            first = api.get("item/records", search="common", limit=25).json
            assert first["meta"]["total"] == 60
            second = api.get("item/records", search="common", limit=25, cursor=first["meta"]["nextCursor"]).json
            assert [one["name"] for one in (*first["data"], *second["data"])] == newest[:50]
            assert found(api, search="rare") == ["N2", "N1", "N0"]
            assert found(api, search="rare", size__gte=1, sort="size") == ["N1", "N2"]
            assert found(api, search="common", size__lt=2) == ["N1", "N0"]
            assert found(api, search="common", note__icontains="RARE", sort="-name") == ["N2", "N1", "N0"]


def test_a_hidden_field_is_not_searched(api: Api) -> None:
    make(api, ["visible once"])
    index()
    assert found(api, search="visible") == ["N0"]
    assert api.patch("item/fields/note", {"isActive": False}).status == 200
    assert found(api, search="visible") == []
    assert found(api, search="N0") == ["N0"]


def test_statements_of_a_search(api: Api) -> None:
    make(api, TEXTS)
    index()
    found(api, search="station")
    # 1. Who is asking, and the object.
    # 2. How many hits the index has (SQLite).
    # 3. The page, which also tells the total.
    with CaptureQueriesContext(connection) as queries:
        found(api, search="cheese")
    assert len(queries) == (3 if connection.vendor == "sqlite" else 2)


@pytest.mark.sqlite
def test_where_many_wait_they_are_read_in_order(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    make(api, TEXTS)
    expected = all_searches(api)
    monkeypatch.setattr(search_index, "MAX_WAITING", len(TEXTS) - 1)

    def is_read_by_index() -> bool:
        with reading(0), CaptureQueriesContext(connection) as queries:
            assert all_searches(api) == expected
        return any(" MATCH " in query["sql"] and "search_text" in query["sql"] for query in queries)

    assert not is_read_by_index()
    index()
    assert is_read_by_index()


@contextmanager
def without_fts5() -> Iterator[None]:
    """The table as a library sees it that lacks FTS5."""

    def rename(old: str, new: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA writable_schema = ON")
            change = "UPDATE sqlite_master SET sql = replace(sql, %s, %s) WHERE name = %s"
            cursor.execute(change, [f"USING {old}(", f"USING {new}(", search_index.SEARCH])
            cursor.execute("PRAGMA writable_schema = RESET")

    rename("fts5", "fts99")
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(search_index, "_missing_until", 0)
            yield
    finally:
        rename("fts99", "fts5")


@pytest.mark.sqlite
def test_without_fts5_texts_are_looked_through(api: Api) -> None:
    make(api, TEXTS)
    index()
    expected = all_searches(api)
    with without_fts5():
        assert not search_index.is_there()
        assert all_searches(api) == expected
        make(api, ["written meanwhile"])
        assert len(found(api, search="meanwhile")) == 1
        assert not search_index.is_anything_waiting(), "the background can do nothing"
        search_index.prepare()
    assert len(found(api, search="meanwhile")) == 1
    assert search_index.is_anything_waiting(), "an upgrade brought it"


@pytest.mark.sqlite
def test_what_is_missing_is_made_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    make(api, ["from before"])
    names = (search_index.SEARCH, search_index.DOCUMENT, search_index.WAITING, search_index.OBJECT)
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TABLE {name}")
        cursor.execute(f"DROP TRIGGER {search_index.SEARCH}_insert")
        cursor.execute(f"DROP TRIGGER {search_index.SEARCH}_update")
        cursor.execute(f"DROP TRIGGER {search_index.SEARCH}_delete")
    monkeypatch.setattr(search_index, "_missing_until", 0)
    assert found(api, search="before") == ["N0"], "looked through"
    search_index.prepare()
    monkeypatch.setattr(search_index, "_missing_until", 0)
    assert search_index.is_anything_waiting(), "records that are there"
    make(api, ["from after"])
    for _ in range(2):
        assert found(api, search="from") == ["N0", "N0"]
        index()
    assert not search_index.is_anything_waiting()
