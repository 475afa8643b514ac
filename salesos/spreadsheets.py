"""Texts for spreadsheet programs, and from them: CSV files that run no formula, and what a clipboard has.

A cell that begins with one of ``FORMULA_STARTS`` gets an apostrophe before it, unless it is a plain number: programs
take such a cell for a formula, and a formula may send what else is in the sheet to somebody else (OWASP, "CSV
injection"). ``unescaped`` takes the apostrophe away again. A text that has apostrophes before such a character
already gets one more, so that ``unescaped(escaped(text))`` is ``text``, whatever it is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

# Of these, the last four are what Japanese and Chinese keyboards write, which some programs read as the first four.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
ESCAPE = "'"
# By this, spreadsheet programs know that a file is UTF-8.
BYTE_ORDER_MARK = "\ufeff"


def escaped(text: str) -> str:
    """A text as a cell of a CSV file, where no program takes it for a formula."""
    return f"{ESCAPE}{text}" if _is_formula(text) else text


def unescaped(cell: str) -> str:
    """The text that a cell stands for, which ``escaped`` may have written."""
    return cell[1:] if cell.startswith(ESCAPE) and _is_formula(cell) else cell


def _is_formula(text: str) -> bool:
    bare = text.lstrip(ESCAPE)
    return bare.startswith(FORMULA_STARTS) and not PLAIN_NUMBER.fullmatch(bare)


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """Rows of texts as lines of a CSV file (RFC 4180), each text escaped."""
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows([escaped(text) for text in row] for row in rows)
    return lines.getvalue()


def read_tab_separated(text: str) -> list[list[str]]:
    """The rows of what a spreadsheet program puts on the clipboard. Raises ``ValueError``.

    Texts are separated by tabs and lines; one with a tab or a line end in it stands in quotation marks. Line ends are
    of any kind, and the last row may have one behind it.
    """
    text = text.removeprefix(BYTE_ORDER_MARK)
    try:
        rows = _rows(text, strict=True)
    except csv.Error:
        # Programs leave a text that begins with a quotation mark of its own as it is.
        try:
            rows = _rows(text, quoting=csv.QUOTE_NONE)
        except csv.Error as error:
            raise ValueError(f"is no table: {error}") from error
    return [row or [""] for row in rows]


def _rows(text: str, **form: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), dialect="excel-tab", **form))
