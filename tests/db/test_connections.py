"""How statements are sent: values mean the same however they go, and what is kept of them is bounded."""

from __future__ import annotations

import gc
import resource
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from customobjects.fieldtypes import TYPES
from customobjects.queries.operators import operators_of
from salesos.db import connections
from salesos.db.connections import (
    MAX_KEPT_STATEMENT_BYTES,
    WRITTEN_STATEMENTS_CACHE_BYTES,
    TooManySteps,
    execute,
    execute_together,
)
from tests.conftest import Api

# Texts that mean something else where they are not quoted well, whatever the server's settings.
TEXTS = [
    "plain",
    "it's",
    "back\\slash",
    "\\",
    "\\'; DROP TABLE customobjects_record; --",
    "' OR 1=1 --",
    'say "yes"',
    "100 % of %s and %%",
    "under_score",
    "E'x\\n'",
    "$1 $$ :name ?",
    "é\\u0041",
]


@pytest.fixture(params=["on", "off"])
def conforming(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[str]:
    """The role's setting of standard_conforming_strings, for all its connections to the tests' database."""
    if connection.vendor != "postgresql":
        yield request.param
        return
    role = f'ALTER ROLE CURRENT_USER IN DATABASE "{connection.settings_dict["NAME"]}"'
    with connection.cursor() as cursor:
        cursor.execute(f"{role} SET standard_conforming_strings = {request.param}")
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SHOW standard_conforming_strings")
        assert cursor.fetchall() == [(request.param,)]
    yield request.param
    with connection.cursor() as cursor:
        cursor.execute(f"{role} RESET standard_conforming_strings")
    connection.close()


def test_everything_works_with_any_setting(conforming: str, api: Api) -> None:
    api.make_object(
        "Box",
        {"label": "Code", "type": "TEXT", "isUnique": True},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["it's", "back\\slash"]}},
        {"label": "Day", "type": "DATE"},
        {"label": "Seen", "type": "DATETIME"},
        {"label": "More", "type": "JSON"},
    )
    for number, text in enumerate(TEXTS):
        made = api.make_record(
            "box",
            name=text,
            code=text,
            tags=["back\\slash"],
            day="2026-11-25",
            seen=f"2026-11-25T10:{number:02}:00Z",
            more={"text": text},
        )
        assert made["data"]["more"] == {"text": text}
        assert made["createdAt"].endswith("Z")
    # Each three times: bound; with the values written in; the same, prepared.
    for text in TEXTS:
        for _ in range(3):
            for suffix in ("", *(f"__{key}" for key in operators_of(TYPES["TEXT"]) if key not in ("not", "isnull"))):
                asked = {f"code{suffix}": [text] if suffix == "__in" else text}
                found = api.post("box/records/search", {"filter": asked})
                assert found.status == 200, found
                assert text in [record["name"] for record in found.json["data"]], (suffix, text)
                if suffix in ("", "__in"):
                    assert found.json["meta"]["total"] == 1, (suffix, text)
            assert api.get("box/records", tags__has="back\\slash", code=text).json["meta"]["total"] == 1
            assert api.get("box/records", search=text[:20], limit=50).status == 200
    assert api.get("box/records", day="2026-11-25", seen__gte="2026-11-25T10:05:00Z").json["meta"]["total"] == 7
    groups = api.get("box/records/aggregate", groupBy="code", metrics="count").json["data"]
    assert sorted(group["group"]["code"] for group in groups) == sorted(TEXTS)
    bulk = [{"op": "upsert", "by": "code", "data": {"code": text, "name": f"{text}!"}} for text in TEXTS]
    assert api.post("box/records/bulk", {"operations": bulk}).json["meta"] == {"succeeded": len(TEXTS), "failed": 0}
    assert sorted(api.names("box", limit=50)) == sorted(f"{text}!" for text in TEXTS)


def test_values_are_written_in_only_when_they_come_again(db: None) -> None:
    if connection.vendor != "postgresql":
        return  # SQLite plans in no time
    sql = "SELECT %s::text || %s::text"
    before = len(connections._written)
    for expected in (0, 1, 1):
        assert execute(sql, ["it's \\ ", "%s"], by_values=True) == [("it's \\ %s",)]
        assert len(connections._written) == before + expected
    large = "x" * MAX_KEPT_STATEMENT_BYTES
    for _ in range(3):
        assert execute(sql, [large, "y"], by_values=True) == [(f"{large}y",)]
    assert len(connections._written) == before + 1, "what is large is not kept"
    for number in range(3_000):
        for _ in range(2):
            execute(sql, ["x" * 10_000, str(number)], by_values=True)
    assert connections._written.size_bytes <= WRITTEN_STATEMENTS_CACHE_BYTES


def test_large_filters_leave_no_memory_behind(api: Api) -> None:
    api.make_object("Box", {"label": "Code", "type": "TEXT"})

    def ask(number: int) -> None:
        # The tests' client and its requests refer to each other; where much else is in memory, they would stay long.
        if number % 20 == 0:
            gc.collect()
        # 100 KB that differ each time, of which every second comes twice.
        codes = [f"{number // 2:06}{place:04}".ljust(500, "x") for place in range(199)]
        body: dict[str, Any] = {"filter": {"code__in": codes, "name": f"{number}"}, "limit": 1, "count": "none"}
        assert api.post("box/records/search", body).json["data"] == []

    for number in range(100):
        ask(number)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(100, 600):
        ask(number)
    grown_bytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    # Five hundred of them are 50 MB.
    assert grown_bytes < 20_000_000


@pytest.fixture
def numbers(transactional_db: None) -> Iterator[None]:
    """A table of numbers, each of which can be there once."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE numbers (number integer PRIMARY KEY)")
        yield
        cursor.execute("DROP TABLE numbers")


@pytest.mark.parametrize("is_within", [False, True])
def test_statements_together_are_all_done_or_none(numbers: None, is_within: bool) -> None:
    def insert(number: int) -> tuple[str, list[int]]:
        return "INSERT INTO numbers VALUES (%s) RETURNING number", [number]

    def kept() -> list[int]:
        return [number for (number,) in execute("SELECT number FROM numbers ORDER BY number", [])]

    with transaction.atomic() if is_within else nullcontext():
        assert execute_together([insert(1), insert(2)]) == [[(1,)], [(2,)]]
        with pytest.raises(IntegrityError):
            execute_together([insert(3), insert(1)])
        assert not connection.needs_rollback
        nothing = "UPDATE numbers SET number = 9 WHERE number = %s RETURNING number", [8]
        assert execute_together([insert(4), nothing, insert(5)]) == [[(4,)], []], "none after one that gives no rows"
        assert kept() == [1, 2, 4]
    assert connection.get_autocommit()
    assert kept() == [1, 2, 4]


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


def test_large_statements_are_neither_prepared_nor_kept(transactional_db: None) -> None:
    small, large = (f"SELECT %s || '{'x' * size}'" for size in (10, MAX_KEPT_STATEMENT_BYTES))
    connections._with_question_marks.cache_clear()
    for _ in range(3):
        for sql in (small, large):
            for by_values in (False, True):
                assert execute(sql, ["a"], by_values=by_values)[0][0].startswith("axxx")
    if connection.vendor == "postgresql":
        sizes = [len(statement) for statement in prepared() if "xxx" in statement]
        assert len(sizes) == 2, "one with a parameter, one with the value written in"
        assert max(sizes) < 100
    else:
        assert connections._with_question_marks.cache_info().currsize == 1


def test_a_connection_keeps_a_hundred_statements_prepared(transactional_db: None) -> None:
    if connection.vendor != "postgresql":
        return  # SQLite's driver keeps 128 of its own accord
    for number in range(150):
        for _ in range(2):
            assert execute(f"SELECT {number} + %s::int", [1]) == [(number + 1,)]
    ours = [statement for statement in prepared() if " + $1::int" in statement]
    # One too many is given up with the next statement that is sent.
    assert 50 < len(ours) <= 100 + 1
    assert "SELECT 149 + $1::int" in ours, "those that were used last"


@pytest.mark.sqlite
def test_a_statement_has_all_its_steps_each_time(db: None) -> None:
    counting = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT %s) SELECT count(*) FROM n"
    for _ in range(3):
        # Each takes less than half of them.
        for _ in range(50):
            assert execute(counting, [1_000], steps=50_000) == [(1_000,)]
        with pytest.raises(TooManySteps):
            execute(counting, [100_000], steps=50_000)
    assert execute(counting, [100_000]) == [(100_000,)]
