"""Texts for spreadsheet programs, and from their clipboards."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesos.spreadsheets import FORMULA_STARTS, csv_lines, escaped, read_tab_separated, unescaped

texts = st.text(alphabet=st.sampled_from([*FORMULA_STARTS, "'", "1", ".", "a", '"', ",", "\n", " "]), max_size=6)


@given(text=texts)
def test_escaping_is_taken_back(text: str) -> None:
    assert unescaped(escaped(text)) == text
    cell = escaped(text)
    is_number = cell.removeprefix("-").replace(".", "", 1).isdigit()
    assert is_number or not cell.startswith(FORMULA_STARTS)


@given(rows=st.lists(st.lists(texts, min_size=2, max_size=4), max_size=4))
def test_lines_are_what_any_program_reads(rows: list[list[str]]) -> None:
    read = csv.reader(io.StringIO(csv_lines(rows), newline=""))
    assert [[unescaped(cell) for cell in row] for row in read] == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", []),
        ("a", [["a"]]),
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("a\tb\nc\td", [["a", "b"], ["c", "d"]]),
        ("a\rb\r", [["a"], ["b"]]),
        ("a\n\nb\n", [["a"], [""], ["b"]]),
        ("\t\n", [["", ""]]),
        ('"two\nlines"\t"a\tb"\t"say ""hi"""\n', [["two\nlines", "a\tb", 'say "hi"']]),
        # Quotation marks of a text's own.
        ('5" pipe\tx\n', [['5" pipe', "x"]]),
        ('"quoted" first\tx\ny\tz\n', [['"quoted" first', "x"], ["y", "z"]]),
        ('"open\tx\ny\tz\n', [['"open', "x"], ["y", "z"]]),
        ("\ufeffa\tb", [["a", "b"]]),
    ],
)
def test_clipboards(text: str, rows: list[list[str]]) -> None:
    assert read_tab_separated(text) == rows


@given(rows=st.lists(st.lists(st.text(alphabet="ab\t\n\r\"' é", max_size=5), min_size=1, max_size=3), max_size=4))
def test_what_programs_put_on_clipboards_is_read(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, dialect="excel-tab").writerows(rows)
    assert read_tab_separated(written.getvalue()) == rows


def test_a_cell_that_is_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="is no table"):
        read_tab_separated("x" * 200_000)
