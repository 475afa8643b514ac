"""Tables out of files that people have: CSV, text between tabs, and what spreadsheet programs store (XLSX, XLS, ODS).

All cells are texts: numbers and dates of a spreadsheet as programs write them (``12.5``, ``2026-11-23``).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import PurePath
from typing import NamedTuple

from salesos.workbooks import read_cells

# What separates the texts of a line; of several that would do, the first that makes the most columns.
DELIMITERS = ("\t", ",", ";", "|")
# So many lines tell which one it is.
LOOKED_AT = 200
WORKBOOK_ENDINGS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class NoTableError(ValueError):
    """A file that holds no table. ``str()`` completes a sentence that begins with the file's name."""


class Most(NamedTuple):
    """How many columns and rows are taken."""

    columns: int
    rows: int


def read_file(content: bytes, name: str, most: Most) -> list[list[str]]:
    """The rows of a file, all as long as the longest; empty ones are left out. Raises ``NoTableError``.

    ``name`` says by its ending whether it is a spreadsheet program's; of one that has several sheets, the first that
    holds anything is read.
    """
    if PurePath(name).suffix.lower() not in WORKBOOK_ENDINGS:
        return read_text(_decoded(content), most)
    cells = read_cells(content)
    if cells is None:
        raise NoTableError("is no spreadsheet that can be read, or is too large")
    return _even(cells, most)


def read_text(text: str, most: Most) -> list[list[str]]:
    """The rows of a text whose lines are rows, whatever stands between its cells. Raises ``NoTableError``."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise NoTableError("is no text, and no spreadsheet by its name")
    delimiter = _delimiter(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise NoTableError(f"is no table: {error}") from error
    return _even(rows, most)


def _decoded(content: bytes) -> str:
    """A file's text: UTF-8, UTF-16 where its mark says so, or else what Windows writes in Europe and America."""
    if content.startswith(UTF_16_MARKS):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """What separates the texts of most lines into equally many, and more than one."""
    lines = "\n".join(text.splitlines()[:LOOKED_AT])
    best, found = (0.0, 0), ","
    for delimiter in DELIMITERS:
        try:
            rows = list(csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter, skipinitialspace=True))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if row)
        if not widths:
            continue
        width, times = widths.most_common(1)[0]
        if width > 1 and (times / widths.total(), width) > best:
            best, found = (times / widths.total(), width), delimiter
    return found


def _even(rows: list[list[str]], most: Most) -> list[list[str]]:
    """Rows that all have as many cells, each without the spaces around it. Raises ``NoTableError``."""
    kept = [row for row in ([cell.strip() for cell in row] for row in rows) if any(row)]
    width = max(map(len, kept), default=0)
    # Before any row is made as long as the longest one.
    if width > most.columns:
        raise NoTableError(f"has {width:,} columns; at most {most.columns} are taken")
    if len(kept) > most.rows:
        raise NoTableError(f"has {len(kept):,} rows; at most {most.rows:,} are taken at a time, the API takes more")
    return [row + [""] * (width - len(row)) for row in kept]
