"""Operators: each is one class, and adding one is adding a class."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pytest
from django.db.models import Q, lookups
from django.db.models.functions import Length, Right

from customobjects.fieldtypes import TYPES, FilterFamily
from customobjects.queries.operators import OPERATORS, Comparison, Operator, operators_of, text_operand
from customobjects.queries.subjects import TEXT, Operand, Subject
from customobjects.storage.dialect import stored_text
from salesos.db.compiled_queries import Param
from tests.conftest import Api


@pytest.fixture
def ends_with() -> Iterator[None]:
    class EndsWith(Operator):
        """The end of the text, letter by letter."""

        key = "test_ends"
        families = frozenset({FilterFamily.TEXT})

        def parse(self, subject: Subject, operand: object) -> Comparison:
            return Comparison((Operand(text_operand(operand), TEXT),))

        def condition(self, subject: Subject, comparison: Comparison, params: Sequence[Param]) -> Q:
            return Q(lookups.Exact(Right(stored_text(subject.data_key), Length(params[0])), params[0]))

    yield
    del OPERATORS["test_ends"]


def test_an_operator_is_one_class(ends_with: None, api: Api) -> None:
    api.make_object(
        "Box",
        {"label": "Code", "type": "TEXT"},
        {"label": "Size", "type": "NUMBER"},
        {"label": "Inside", "type": "LOOKUP", "options": {"target": "box"}},
    )
    first = api.make_record("box", name="First", code="A-17")
    api.make_record("box", name="Second", code="B-18", inside=first["id"])
    # As a parameter, in a tree, through a lookup, and for changing all that it finds.
    assert api.names("box", code__test_ends="-17") == ["First"]
    assert api.names("box", inside__code__test_ends="17") == ["Second"]
    tree = {"not": {"or": [{"code__test_ends": "7"}, {"size__gte": 1}]}}
    assert [one["name"] for one in api.post("box/records/search", {"filter": tree}).json["data"]] == ["Second"]
    changed = api.post("box/records/bulk-update", {"filter": {"code__test_ends": "8"}, "data": {"size": 8}})
    assert changed.json["changed"] == 1
    # Refused where it makes no sense, and told where it does.
    for text in ("\x00", "\ud800"):
        asked = api.post("box/records/search", json.dumps({"filter": {"code__test_ends": text}}))
        assert asked.problem("filter.code__test_ends") == "operands"
    assert api.get("box/records", code__test_ends="").problem("code__test_ends") == "operands"
    assert api.get("box/records", size__test_ends="8").problem("size__test_ends") == "operator"
    listed = {one["key"]: one["operators"] for one in api.get("/v1/field-types").json["data"]}
    assert "test_ends" in listed["TEXT"]
    assert "test_ends" not in listed["NUMBER"]
    assert "test_ends" in api.get("box/records", code__sounds="x").json["message"][0]


def test_every_type_can_be_asked_for_emptiness_and_every_operator_serves_a_type() -> None:
    served = {operator for type_ in TYPES.values() for operator in operators_of(type_)}
    # What holds lists does so by an option.
    served |= set(operators_of(TYPES["LOOKUP"]({"target": "", "onDelete": "set_null", "multiple": True})))
    assert served == set(OPERATORS)
    assert all("isnull" in operators_of(type_) for type_ in TYPES.values())


def test_a_key_is_one_operators() -> None:
    before = dict(OPERATORS)
    with pytest.raises(ValueError, match="there is an operator exact already"):
        type("Another", (type(OPERATORS["exact"]),), {"key": "exact"})
    assert before == OPERATORS
