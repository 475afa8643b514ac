"""Keys compare and sort as the values do, in every database."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from customobjects.fieldtypes.folding import caseless, composed, fold, search_fold
from customobjects.fieldtypes.keys import finite_number, moment_text, number_text, text_number
from salesos import json

numbers = st.decimals(min_value=Decimal(10) ** 25 * -1 + 1, max_value=Decimal(10) ** 25 - 1, places=15, allow_nan=False)
moments = st.datetimes(timezones=st.just(UTC))


@given(numbers, numbers)
def test_number_texts_sort_as_the_numbers(left: Decimal, right: Decimal) -> None:
    assert (number_text(left) < number_text(right)) == (left < right)
    assert (number_text(left) == number_text(right)) == (left == right)


@given(numbers)
def test_number_texts_keep_every_digit(number: Decimal) -> None:
    assert text_number(number_text(number)) == number


@given(moments, moments)
def test_moment_texts_sort_as_the_moments(left: datetime, right: datetime) -> None:
    assert (moment_text(left) < moment_text(right)) == (left < right)


def test_folding_drops_case_and_accents() -> None:
    assert fold("Élan STRASSE Łódź") == "elan strasse lodz"
    assert fold("Straße") == "strasse"


def test_folding_keeps_what_makes_other_letters() -> None:
    assert fold("が") != fold("か")


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_search_texts_are_printable_words(text: str) -> None:
    folded = search_fold(text)
    assert folded.isprintable()
    assert folded == folded.strip()
    assert "  " not in folded


@given(st.text())
def test_equal_texts_have_one_key(text: str) -> None:
    assert fold(caseless(text)) == fold(text)
    assert fold(composed(text)) == fold(text)


@given(st.text(alphabet="0123456789_.eE+-xX １٣½ \t", max_size=12))
def test_a_text_is_a_number_where_programs_write_it_so(text: str) -> None:
    """What JSON takes is one, and what is one is read by JSON as soon as it has digits around its point."""
    number = finite_number(text)
    try:
        read = json.loads(text.strip())
    except json.NotJSONError:
        read = None
    if isinstance(read, int | Decimal) and not isinstance(read, bool):
        assert number == read
    if number is not None:
        assert text.strip().isascii()
        assert not set("_xX ") & set(text.strip())
        assert number == Decimal(text.strip())
