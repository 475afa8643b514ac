"""Tables of a package's files: as an administrator would paste or upload them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from tests.services.table_corpus.packages import members, read
from tests.services.table_corpus.table import MAX_ROWS, Kind, Table


@dataclass(frozen=True)
class Delimited:
    """A CSV or TSV file of a package.

    header: its names, where the file has none.
    skip: columns at its left that are left out: the row numbers that R writes, without a name.
    chosen: only the expected columns are read, where a table repeats the same ones many times.
    """

    name: str
    package: str
    member: str
    expected: Mapping[str, Kind]
    delimiter: str = ","
    header: Sequence[str] = ()
    skip: int = 0
    chosen: bool = False

    def load(self) -> Table:
        content = read(self.package, self.member).decode("utf-8-sig")
        # Some files have spaces behind their commas, and quotes behind the spaces.
        lines = csv.reader(io.StringIO(content, newline=""), delimiter=self.delimiter, skipinitialspace=True)
        named = chain([self.header] if self.header else [], lines)
        rows = [list(row[self.skip :]) for row in islice(filter(None, named), MAX_ROWS + 1)]
        if self.chosen:
            places = [rows[0].index(name) for name in self.expected]
            rows = [[row[place] for place in places] for row in rows]
        return Table(self.name, rows, self.expected)


@dataclass(frozen=True)
class Records:
    """JSON objects of a package, one a row, as exports write them: what is a list or an object stays JSON."""

    name: str
    package: str
    pattern: str
    expected: Mapping[str, Kind]

    def load(self) -> Table:
        files = (json.loads(read(self.package, member)) for member in members(self.package, self.pattern))
        records = [record for content in files for record in _records(content)]
        header = list(self.expected)
        rows = [[_cell(record.get(name)) for name in header] for record in records]
        return Table(self.name, [header, *rows][: MAX_ROWS + 1], self.expected)


def _records(content: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The objects in groups of objects: each has a name."""
    if "name" in content:
        yield content
        return
    for value in content.values():
        yield from _records(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
