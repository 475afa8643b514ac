"""Names for programs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customobjects.services.naming import API_NAME, MAX_LENGTH, choose, derive, free
from salesos.errors import Conflict, ValidationError


@pytest.mark.parametrize(
    ("name", "api_name"),
    [
        ("Support Case", "support_case"),
        ("  E-Bike (2nd gen.) ", "e_bike_2nd_gen"),
        ("3D Model", "n3d_model"),
        ("supportCase", "support_case"),
        ("Élan vital", "elan_vital"),
        ("資産", "fallback"),
        ("___", "fallback"),
    ],
)
def test_derive(name: str, api_name: str) -> None:
    assert derive(name, "fallback") == api_name


@given(st.text())
def test_every_name_gives_an_api_name(name: str) -> None:
    derived = derive(name, "fallback")
    assert API_NAME.fullmatch(derived)
    assert len(derived) <= MAX_LENGTH


def test_free() -> None:
    assert free("box", {"crate"}, ()) == "box"
    assert free("box", {"box", "box_2"}, {"box_3"}) == "box_4"
    assert len(free("x" * MAX_LENGTH, {"x" * MAX_LENGTH}, ())) == MAX_LENGTH


@given(st.text(max_size=80), st.text(max_size=80))
def test_suggestions_would_do(name: str, wanted: str) -> None:
    taken, reserved = {"box", "box_2"}, {"page"}
    arguments = {"reserved": reserved, "fallback": "field", "kind": "field"}
    try:
        assert API_NAME.fullmatch(choose(wanted or None, name, taken, **arguments))  # type: ignore[arg-type]
    except (ValidationError, Conflict) as error:
        suggestion = error.problems[0].message.rpartition("; '")[2].removesuffix("' would do")
        assert choose(suggestion, name, taken, **arguments) == suggestion  # type: ignore[arg-type]
