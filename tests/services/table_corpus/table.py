"""A table with what its columns are. The names of the types stand here, so that an expectation is one word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TEXT = "TEXT"
TEXTAREA = "TEXTAREA"
NUMBER = "NUMBER"
CURRENCY = "CURRENCY"
PERCENT = "PERCENT"
DATE = "DATE"
DATETIME = "DATETIME"
CHECKBOX = "CHECKBOX"
PICKLIST = "PICKLIST"
MULTI_PICKLIST = "MULTI_PICKLIST"
EMAIL = "EMAIL"
PHONE = "PHONE"
URL = "URL"
JSON = "JSON"

# Two types that a careful person finds equally right, and why.
FLAG = (CHECKBOX, NUMBER)  # 0 and 1
MIDNIGHTS = (DATE, DATETIME)  # a date, written with 00:00:00 behind it
FEW_NAMES = (PICKLIST, TEXT)  # names or free text, but the same few come back
CODE = (TEXT, NUMBER)  # digits that are no quantity, without zeros in front
SENTENCE = (TEXTAREA, TEXT)  # a sentence or two, in one line

Kind = str | tuple[str, ...]

MAX_ROWS = 2_000


@dataclass(frozen=True)
class Table:
    """``rows[0]`` is the header; ``expected`` has the type of each column, in the header's order."""

    name: str
    rows: list[list[str]]
    expected: Mapping[str, Kind]
