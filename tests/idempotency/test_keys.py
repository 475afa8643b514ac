"""Which keys there are, and in which forms they are sent."""

from __future__ import annotations

import re

import pytest

from salesos.errors import ValidationError
from salesos.idempotency.keys import SCHEMA, read_key


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("a", "a"),
        ("  8e03978e-40d5 \t", "8e03978e-40d5"),
        ('"8e03978e-40d5"', "8e03978e-40d5"),
        ("a key, of words;v=1", "a key, of words;v=1"),
        ('" in quotes "', " in quotes "),
        (r'"a\"b\\c"', r"a\"b\c".replace('\\"', '"')),
        (r"a\b", r"a\b"),
        ("x" * 255, "x" * 255),
        (f'"{"x" * 255}"', "x" * 255),
        ('"' + r"\"" * 255 + '"', '"' * 255),
    ],
)
def test_taken(sent: str, key: str) -> None:
    assert read_key(sent) == key
    assert re.search(SCHEMA["pattern"], sent)


@pytest.mark.parametrize(
    "sent",
    [
        *("", " ", '""', '"', '"a', '"a" "b"', '"a";v=1', r'"a\b"', '"a\\"'),
        *("x" * 256, f'"{"x" * 256}"', "é", "a\x00b", "a\nb", "a\x7f", "key\n", "\ud800", "x" * 1_000_000),
    ],
    ids=lambda sent: repr(sent)[:20],
)
def test_refused(sent: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read_key(sent)
    [problem] = caught.value.problems
    assert (problem.field, problem.code) == ("Idempotency-Key", "invalid_key")
