"""Any input is refused, or becomes a canonical value that comes back the same from everywhere it goes."""

from __future__ import annotations

import csv
import io
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customobjects.fieldtypes import FieldType, Notation, ValueProblem
from customobjects.fieldtypes.folding import BREAKS, single_line
from customobjects.fieldtypes.keys import sortable_text
from customobjects.fieldtypes.kinds import ColumnKind
from salesos import json
from salesos.spreadsheets import csv_lines, unescaped
from tests.fieldtypes.strategies import ALL_BOUND, EXAMPLES, anything


def clean(type_: FieldType, value: object) -> Any:
    """The canonical value, or None where the input is refused or empty."""
    try:
        return type_.clean(value)
    except ValueProblem as problem:
        assert problem.code
        assert problem.message
        return None


@pytest.mark.parametrize("type_", ALL_BOUND, ids=lambda type_: type_.key)
@settings(max_examples=150)
@given(data=st.data())
def test_every_input_is_refused_or_comes_back(type_: FieldType, data: st.DataObject) -> None:
    value = clean(type_, data.draw(anything))
    if value is not None:
        assert_comes_back(type_, value)


@given(words=st.lists(st.text(alphabet="ab é", min_size=1, max_size=4), min_size=1), breaks=st.data())
def test_lines_become_one(words: list[str], breaks: st.DataObject) -> None:
    """Whatever stands between them, however often, is one space; at the ends it is nothing."""
    runs = [breaks.draw(st.text(alphabet=sorted(BREAKS), min_size=1, max_size=3)) for _ in [*words, ""]]
    pasted = "".join(run + word for run, word in zip(runs, [*words, ""], strict=True))
    assert single_line(pasted) == " ".join(word.strip() for word in words if word.strip())
    assert single_line(single_line(pasted)) == single_line(pasted)


@pytest.mark.parametrize("type_", ALL_BOUND, ids=lambda type_: type_.key)
def test_what_a_type_is_for_comes_back(type_: FieldType) -> None:
    example = EXAMPLES[type_.key]
    # What the server gives is taken only where the record holds it already.
    given = [example] if type_.options.get("multiple") else example
    value = type_.clean(given, current=None if type_.writable else given)
    assert value == given
    assert_comes_back(type_, value)


@pytest.mark.parametrize("type_", ALL_BOUND, ids=lambda type_: type_.key)
@settings(max_examples=60)
@given(data=st.data())
def test_what_is_exported_can_be_taken_back_in(type_: FieldType, data: st.DataObject) -> None:
    """Through a file, and whatever a cell begins with."""
    value = clean(type_, data.draw(anything))
    if value is None:
        return
    [row] = csv.reader(io.StringIO(csv_lines([["a", type_.csv(value)]]), newline=""))
    assert row[0] == "a"
    text = unescaped(row[1])
    assert text == type_.csv(value)
    assert type_.clean(type_.from_text(text), None if type_.writable else value) == value
    # As a person would paste it.
    assert type_.clean(type_.from_cell(text), None if type_.writable else value) == value


@pytest.mark.parametrize("type_", ALL_BOUND, ids=lambda type_: type_.key)
def test_what_people_see_can_be_pasted(type_: FieldType) -> None:
    """Numbers, times, and names of records and people, are read by others."""
    if type_.reference_kind is not None or type_.form_control().notation is not Notation.PLAIN:
        return
    example = EXAMPLES[type_.key]
    current = None if type_.writable else example
    assert type_.clean(type_.from_cell(type_.display(example)), current) == example


def assert_comes_back(type_: FieldType, value: Any) -> None:
    """A canonical value stays what it is wherever it goes."""
    current = None if type_.writable else value
    # Cleaning is done once and for all.
    assert type_.clean(value, current) == value
    # Through JSON, digit for digit.
    sent = json.dumps(value)
    assert json.dumps(type_.clean(json.loads(sent), current)) == sent
    # Through a CSV cell or a form's text.
    assert type_.clean(type_.from_text(type_.csv(value)), current) == value
    entered = type_.form_value(value)
    assert type_.clean(type_.from_text(entered) if isinstance(entered, str) else entered, current) == value
    # Of one line, unless it is for several.
    lines = [] if type_.is_long else [part for part in type_.members(value) if isinstance(part, str)]
    assert not any(BREAKS.intersection(line) for line in lines)
    # Described truly.
    jsonschema.validate(json.loads(sent), type_.json_schema())
    # Shown and searched without an error, and kept under a key of the column's kind.
    parts = type_.parts(value)
    if all(part.notation is Notation.PLAIN for part in parts):
        assert ", ".join(part.text for part in parts) == type_.display(value)
    else:
        # Numbers and times are written by whoever shows them.
        assert [(part.text, part.value) for part in parts] == [("", type_.form_value(value))]
    assert isinstance(type_.search_text(value), str)
    if type_.column is not None:
        key = type_.column_key(value)
        assert key is not None
        if type_.column is ColumnKind.TEXT:
            assert isinstance(key, str)
            assert len(key) <= 255
        else:
            assert type_.from_key(key) == value
        assert sortable_text(key)
        assert type_.identity(value)
