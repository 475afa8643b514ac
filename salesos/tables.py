"""Tables out of files that people have: CSV, text between tabs, and what spreadsheet programs store (XLSX, XLS, ODS).

All cells are texts: numbers and dates of a spreadsheet as programs write them (``12.5``, ``2026-11-23``).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import PurePath

from python_calamine import CalamineError, CalamineWorkbook

# What separates the texts of a line; of several that would do, the first that makes the most columns.
DELIMITERS = ("\t", ",", ";", "|")
# So many lines tell which one it is.
LOOKED_AT = 200
WORKBOOK_ENDINGS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
# A packed file of some megabytes may hold a thousand times as much.
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class NoTableError(ValueError):
    """A file that holds no table. ``str()`` completes a sentence that begins with the file's name."""


def read_file(content: bytes, name: str) -> list[list[str]]:
    """The rows of a file, all as long as the longest; empty ones are left out. Raises ``NoTableError``.

    ``name`` says by its ending whether it is a spreadsheet program's; of one that has several sheets, the first that
    holds anything is read.
    """
    ending = PurePath(name).suffix.lower()
    return read_workbook(content) if ending in WORKBOOK_ENDINGS else read_text(_decoded(content))


def read_text(text: str) -> list[list[str]]:
    """The rows of a text whose lines are rows, whatever stands between its cells. Raises ``NoTableError``."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise NoTableError("is no text, and no spreadsheet by its name")
    delimiter = _delimiter(text)
    try:
        return _even(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)))
    except csv.Error as error:
        raise NoTableError(f"is no table: {error}") from error


def read_workbook(content: bytes) -> list[list[str]]:
    """The rows of the first sheet that holds any. Raises ``NoTableError``."""
    try:
        if zipfile.is_zipfile(file := io.BytesIO(content)):
            with zipfile.ZipFile(file) as packed:
                if sum(member.file_size for member in packed.infolist()) > MAX_UNPACKED_BYTES:
                    raise NoTableError(f"is larger than {MAX_UNPACKED_BYTES // 1024 // 1024} MB when it is unpacked")
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in workbook.sheet_names:
            cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=True)
            if rows := _even([[_text(cell) for cell in row] for row in cells]):
                return rows
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        if isinstance(error, NoTableError):
            raise
        raise NoTableError("is no spreadsheet that can be read") from error
    return []


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


def _even(rows: list[list[str]]) -> list[list[str]]:
    """Rows that all have as many cells, each without the spaces around it."""
    kept = [row for row in ([cell.strip() for cell in row] for row in rows) if any(row)]
    width = max(map(len, kept), default=0)
    return [row + [""] * (width - len(row)) for row in kept]


def _text(cell: object) -> str:
    """A spreadsheet's cell as a text."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            # Spreadsheets know 15 digits, and whole numbers by their looks only.
            return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
        case datetime():
            return cell.isoformat(sep=" ") if cell.time() != time.min else cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return str(cell)
