"""Names for programs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customobjects.services.naming import API_NAME, MAX_LENGTH, choose, derive, free, plural
from salesos.errors import Conflict, ValidationError


@pytest.mark.parametrize(
    ("name", "api_name"),
    [
        ("Support Case", "support_case"),
        ("  E-Bike (2nd gen.) ", "e_bike_2nd_gen"),
        ("3D Model", "n3d_model"),
        ("supportCase", "support_case"),
        ("Élan vital", "elan_vital"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("資産", "zi_chan"),
        ("3Dモデル", "n3dmoderu"),
        ("Ο λογαριασμός", "o_logariasmos"),
        ("Customer’s Box", "customers_box"),
        ("🚀 Rocket", "rocket"),
        ("👩‍👩‍👧", "fallback"),
        ("🏴\U000e0067\U000e0062\U000e007f", "fallback"),
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


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Company", "Companies"),
        ("Box", "Boxes"),
        ("Person", "People"),
        ("Support Case", "Support Cases"),
        ("Analysis", "Analyses"),
        ("Sales", "Sales"),
        ("Café", "Cafés"),
        ("資産", "資産"),
        ("عقد", "عقد"),
        ("2024", "2024"),
        ("🚀", "🚀"),
    ],
)
def test_plural(name: str, expected: str) -> None:
    assert plural(name) == expected


def test_free() -> None:
    assert free("box", {"crate"}, ()) == "box"
    assert free("box", {"box", "box_2"}, {"box_3"}) == "box_4"
    assert len(free("x" * MAX_LENGTH, {"x" * MAX_LENGTH}, ())) == MAX_LENGTH


@given(st.text(max_size=80), st.text(max_size=80))
def test_suggestions_would_do(name: str, wanted: str) -> None:
    taken = {"box", "box_2"}
    try:
        chosen = choose("field", wanted or None, name, taken)
        assert API_NAME.fullmatch(chosen)
        assert chosen not in taken
    except (ValidationError, Conflict) as error:
        suggestion = error.problems[0].message.rpartition("; '")[2].removesuffix("' would do")
        assert choose("field", suggestion, name, taken) == suggestion
