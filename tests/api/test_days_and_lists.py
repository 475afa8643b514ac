"""What operands mean: a day of a date and time, and lists of values that have commas."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.models import Record
from tests.conftest import Api

# Moments around the 25th of November.
VISITS = {
    "A": "2026-11-24T23:59:59.999999Z",
    "B": "2026-11-25T00:00:00Z",
    "C": "2026-11-25T23:59:59.999999Z",
    "D": "2026-11-26T00:00:00Z",
}
DAYS: list[tuple[str, Any, str]] = [
    ("", "2026-11-25", "BC"),
    ("__not", "2026-11-25", "ADE"),
    ("__lt", "2026-11-25", "A"),
    ("__lte", "2026-11-25", "ABC"),
    ("__gt", "2026-11-25", "D"),
    ("__gte", "2026-11-25", "BCD"),
    ("__in", "2026-11-25,2026-11-26T00:00:00Z", "BCD"),
    ("__in", "2026-11-24,2026-11-26", "AD"),
    ("__range", "2026-11-24,2026-11-25", "ABC"),
    ("__range", "2026-11-25T12:00:00Z,2026-11-25", "C"),
    ("__not_range", "2026-11-25,2026-11-25", "ADE"),
    ("", "9999-12-31", ""),
    ("", "2026-11-25T00:00:00Z", "B"),
    ("__lte", "2026-11-25T00:00:00", "AB"),
]


@pytest.fixture
def visits(api: Api) -> Api:
    """Four visits at known times, and one without; a stay belongs to each."""
    api.make_object(
        "Visit", {"label": "At", "type": "DATETIME"}, {"label": "Till", "type": "DATETIME", "isIndexed": False}
    )
    api.make_object("Stay", {"label": "Visit", "type": "LOOKUP", "options": {"target": "visit"}})
    for name, moment in [*VISITS.items(), ("E", None)]:
        made = api.make_record("visit", name=name, at=moment, till=moment)
        api.make_record("stay", name=name, visit=made["id"])
        if moment:
            Record.objects.filter(id=made["id"]).update(created_at=moment)
    Record.objects.filter(name="E").update(created_at="2001-01-01T00:00:00Z")
    return api


@pytest.mark.parametrize(("suffix", "operand", "found"), DAYS)
@pytest.mark.parametrize("field", ["at", "till"], ids=["indexed", "not indexed"])
def test_a_day_is_all_of_it(visits: Api, field: str, suffix: str, operand: str, found: str) -> None:
    name = field + suffix
    assert "".join(sorted(visits.names("visit", **{name: operand}))) == found
    tree = visits.post("visit/records/search", {"filter": {name: operand.split(",") if "," in operand else operand}})
    assert "".join(sorted(record["name"] for record in tree.json["data"])) == found
    counted = visits.get("visit/records/aggregate", **{name: operand})
    assert counted.json["data"][0]["count"] == len(found)
    assert "".join(sorted(visits.names("stay", **{f"visit__{name}": operand}))) == found


@pytest.mark.parametrize(("suffix", "operand", "found"), DAYS)
def test_a_day_of_a_records_own_times(visits: Api, suffix: str, operand: str, found: str) -> None:
    # E was made long before; it has a time, and so is found by what is before.
    expected = sorted({*found, "E"} if suffix in ("__lt", "__lte", "__not") else found)
    assert sorted(visits.names("visit", **{f"createdAt{suffix}": operand})) == [*expected]


def test_a_day_stays_midnight_where_it_is_a_value(visits: Api) -> None:
    assert visits.make_record("visit", at="2026-11-25")["data"]["at"] == "2026-11-25T00:00:00Z"


@pytest.mark.parametrize("operand", ["2026-02-30", "2026-11", "25.11.2026", "2026-11-25,", "someday"])
def test_what_is_no_day_is_refused(visits: Api, operand: str) -> None:
    assert visits.get("visit/records", at=operand).problem("at") == "type"
    assert visits.get("visit/records", createdAt__gt=operand).problem("createdAt__gt") == "type"


# Lists ---------------------------------------------------------------------------------------------------------------

PEOPLE = ["Smith, John", "Smith", "John", "Lee", 'The "Boss", he', '12" disc', "Ann"]
LISTS: list[tuple[Any, set[str]]] = [
    ("Smith,John", {"Smith", "John"}),
    ("Smith, John", {"Smith", "John"}),
    ('"Smith, John"', {"Smith, John"}),
    ('"Smith, John",Lee', {"Smith, John", "Lee"}),
    ('Lee, "Smith, John"', {"Smith, John", "Lee"}),
    ('"The ""Boss"", he"', {'The "Boss", he'}),
    ('12" disc,Lee', {'12" disc', "Lee"}),
    ('"Lee",,"Ann"', {"Lee", "Ann"}),
    ('"Smith, John" , Lee\n,"Ann"', {"Smith, John", "Lee", "Ann"}),
    (["Lee", "Ann"], {"Lee", "Ann"}),
    (['"Smith, John"', "Lee,Ann"], {"Smith, John", "Lee", "Ann"}),
]


@pytest.fixture
def people(api: Api) -> Api:
    tags = {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["red, warm", "blue", "red"]}}
    api.make_object("Person", tags, {"label": "Age", "type": "NUMBER"})
    for number, name in enumerate(PEOPLE):
        api.make_record("person", name=name, age=number, tags=["red, warm"] if number < 2 else ["blue"])
    return api


@pytest.mark.parametrize(("operand", "found"), LISTS)
def test_a_value_of_a_list_may_have_a_comma(people: Api, operand: Any, found: set[str]) -> None:
    assert set(people.names("person", name__in=operand)) == found
    answer = people.get("person/records/aggregate", name__in=operand)
    assert answer.json["data"] == [{"group": {}, "count": len(found)}]


def test_in_a_tree_a_list_is_json_or_a_text_with_commas(people: Api) -> None:
    for operand in (["Smith, John"], '"Smith, John"'):
        answer = people.post("person/records/search", {"filter": {"name__in": operand}})
        assert [record["name"] for record in answer.json["data"]] == ["Smith, John"]


def test_other_lists_take_quotes_and_repetition_too(people: Api) -> None:
    assert sorted(people.names("person", tags__has_any='"red, warm"')) == ["Smith", "Smith, John"]
    assert sorted(people.names("person", tags__has_any=['"red, warm"', "blue"])) == sorted(PEOPLE)
    assert sorted(people.names("person", age__range=[1, 2])) == ["John", "Smith"]
    # What takes one value holds each time.
    assert people.names("person", age__gte=[1, 5], name__not=["Ann", "Lee"]) == ['12" disc']


@pytest.mark.parametrize("operand", ['"Smith, John', '"Smith" John', '"Smith, John"x,Lee', '"'])
def test_quotes_that_do_not_close_are_refused(people: Api, operand: str) -> None:
    assert people.get("person/records", name__in=operand).problem("name__in") == "operands"
    assert people.get("person/records/aggregate", name__in=operand).problem("name__in") == "operands"


def test_a_list_is_as_long_in_pieces_as_at_once(people: Api) -> None:
    assert people.get("person/records", age__in=[*range(200)]).status == 200
    assert people.get("person/records", age__in=[*range(201)]).problem("age__in") == "operands"
