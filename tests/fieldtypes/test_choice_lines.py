"""A picklist's values as lines of text: whatever they are, the lines say them, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customobjects.fieldtypes import TYPES
from customobjects.fieldtypes.choice_lines import NotReadableLineError, read_choices, write_choices
from customobjects.fieldtypes.options import OptionProblem

OPTION = TYPES["PICKLIST"].option_list[0]
# What is hard to write in a line, and anything else.
TEXTS = st.text(st.sampled_from('ab;" \t,#\\é') | st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
COLORS = st.none() | st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True)


@st.composite
def values_of_a_list(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Values as a field keeps them."""
    entry = st.fixed_dictionaries(
        {"value": TEXTS, "label": st.none() | TEXTS, "color": COLORS, "isActive": st.booleans()}
    )
    kept: dict[str, dict[str, Any]] = {}
    for raw in draw(st.lists(entry, min_size=1, max_size=8)):
        try:
            [choice] = OPTION.clean([raw])
        except OptionProblem:
            continue
        # A label of which nothing can be seen is none.
        if choice["label"].strip():
            kept[choice["value"]] = choice
    return list(kept.values())


@given(values_of_a_list())
def test_what_lines_say_is_what_was_written(choices: list[dict[str, Any]]) -> None:
    lines = OPTION.form_value(choices)
    assert OPTION.from_form(lines, choices) == choices
    # As a browser sends them.
    assert OPTION.from_form(lines.replace("\n", "\r\n")) == choices


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = OPTION.from_form(text)
    except OptionProblem:
        return
    assert read_choices(write_choices(found)) == found or any(not choice["label"] for choice in found)


def said(line: str) -> tuple[Any, ...]:
    [choice] = read_choices(line)
    return choice["label"], choice["value"], choice["color"], choice["isActive"]


@pytest.mark.parametrize(
    ("line", "choice"),
    [
        ("New", ("New", "New", None, True)),
        ("  In progress ;in_progress;  #2563eb", ("In progress", "in_progress", "#2563eb", True)),
        ("Lost; ; ; inactive", ("Lost", "Lost", None, False)),
        ("Lost;;;Inactive", ("Lost", "Lost", None, False)),
        ("; lost", ("lost", "lost", None, True)),
        ('"A; B"', ("A; B", "A, B", None, True)),
        ('"Say ""x"""; x', ('Say "x"', "x", None, True)),
        ('5" pipe; five', ('5" pipe', "five", None, True)),
        ("New;", ("New", "New", None, True)),
    ],
)
def test_how_people_write_them(line: str, choice: tuple[Any, ...]) -> None:
    assert said(line) == choice


def test_empty_lines_are_none_and_too_much_is_told_with_its_line() -> None:
    assert len(read_choices("\n a \n\n\nb\n ")) == 2
    for text in ("a\n\nb;;;what", "a\n\nb;;;inactive;more"):
        with pytest.raises(NotReadableLineError, match="line 3 is not"):
            read_choices(text)
