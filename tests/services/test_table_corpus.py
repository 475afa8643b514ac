"""The corpus of tables is whole: each table loads, and has an expectation for exactly its columns."""

from __future__ import annotations

from collections import Counter

import pytest

from customobjects.fieldtypes import TYPES
from tests.services.table_corpus.table import MAX_ROWS, Table
from tests.services.table_corpus.tables import tables


@pytest.fixture(scope="module")
def corpus() -> list[Table]:
    return list(tables())


def test_every_table_has_an_expectation_for_exactly_its_columns(corpus: list[Table]) -> None:
    for table in corpus:
        assert table.rows[0] == list(table.expected), table.name
        assert {len(row) for row in table.rows} == {len(table.expected)}, table.name
        assert 2 < len(table.rows) <= MAX_ROWS + 1, table.name
        assert all(kind in TYPES for kinds in table.expected.values() for kind in _allowed(kinds)), table.name


def test_the_corpus_is_large_and_says_mostly_one_type(corpus: list[Table]) -> None:
    columns = [kinds for table in corpus for kinds in table.expected.values()]
    assert len({table.name for table in corpus}) == len(corpus) >= 50
    assert len(columns) >= 350
    assert sum(len(_allowed(kinds)) > 1 for kinds in columns) <= len(columns) * 0.05


def test_every_type_that_can_be_proposed_has_columns(corpus: list[Table]) -> None:
    counted = Counter(kinds for table in corpus for kinds in table.expected.values() if isinstance(kinds, str))
    assert set(counted) == set(TYPES) - {"LOOKUP", "USER", "AUTO_NUMBER"}
    assert min(counted.values()) >= 5


def _allowed(kinds: str | tuple[str, ...]) -> tuple[str, ...]:
    return kinds if isinstance(kinds, tuple) else (kinds,)
