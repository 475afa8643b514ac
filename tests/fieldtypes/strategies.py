"""Options and inputs for every field type."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from customobjects.fieldtypes import TYPES, FieldType

# Options under which a type has all its rules to keep.
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "TEXT": [{}, {"maxLength": 5, "minLength": 2}, {"pattern": "[a-z]+[0-9]*"}, {"maxLength": 4_000}],
    "TEXTAREA": [{}, {"maxLength": 10}],
    "NUMBER": [{}, {"min": -5, "max": Decimal("7.5")}, {"precision": 2}],
    "CURRENCY": [{"currency": "EUR"}, {"precision": 15}],
    "PERCENT": [{"min": 0, "max": 100}],
    "PICKLIST": [{"values": ["a", "B", {"value": "old", "isActive": False}]}],
    "MULTI_PICKLIST": [{"values": ["a", "B", "c d", {"value": "old", "isActive": False}]}],
    "PHONE": [
        {},
        {"region": "US"},
        {"mode": "valid", "region": "DE"},
        {"mode": "any", "region": "US"},
        {"mode": "any"},
    ],
    "LOOKUP": [{"target": "thing"}, {"target": "thing", "multiple": True}],
    "AUTO_NUMBER": [{"format": "INV-{0000}"}],
}

# A canonical value of each type, whichever of these options it has.
EXAMPLES: dict[str, Any] = {
    "TEXT": "ab12",
    "TEXTAREA": "two\nlines",
    "NUMBER": Decimal("4.25"),
    "CURRENCY": Decimal("19.99"),
    "PERCENT": Decimal("12.5"),
    "DATE": "2026-11-23",
    "DATETIME": "2026-11-23T14:05:00Z",
    "CHECKBOX": True,
    "PICKLIST": "B",
    "MULTI_PICKLIST": ["a", "c d"],
    "EMAIL": "ada@example.com",
    "PHONE": "+16502530000",
    "URL": "https://example.com/a?b=c",
    "LOOKUP": "01890a5d-ac96-774b-bcce-b302099a8057",
    "USER": "01890a5d-ac96-774b-bcce-b302099a8057",
    "AUTO_NUMBER": "INV-0007",
    "JSON": {"a": [1, Decimal("0.10"), None]},
}


def bound(key: str, **options: Any) -> FieldType:
    """A type with the given options."""
    return TYPES[key](TYPES[key].clean_options(options))


ALL_BOUND = [bound(key, **options) for key in TYPES for options in OPTIONS.get(key, [{}])]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(),
    st.text(),
    st.text(alphabet=st.characters(codec=None)),  # lone surrogates and NUL among them
)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)
likely = st.one_of(
    st.sampled_from(["a", "B", "c d", "old", "a;B", "true", "on", "No", "+1 650 253 0000", "(650) 253-0000"]),
    st.text(alphabet="+0123456789 -()./#*x;=extwardo１٣\t\n", max_size=40),
    st.text(alphabet="htps:/w.localhost_-@[]?#17 exampl\t", max_size=30).map("http://".__add__),
    st.text(alphabet="w.localhost:/-_@?#17 exampl", max_size=30),
    st.text(alphabet="aZé.@[]-_1\n ", max_size=20),
    st.text(alphabet="0123456789_.eE+-xX １٣\t", max_size=12),
    st.sampled_from(
        ["+1 650 253 0000 ext. 123", "650 253 0000 x7", "call 650 253 0000", "www.example.com/x", "ada@mail.local"]
    ),
    st.text(alphabet="ab \t\n\r\v\x85\u2028 é", max_size=8),
    st.sampled_from(["ada@example.com", "ADA@EXAMPLE.COM", "https://example.com/a?b=c", "ab12", "  ab  ", "9" * 5_000]),
    st.dates().map(str),
    st.datetimes().map(str),
    st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.decimals(-10, 10, places=3),
    st.integers(-10, 110),
    st.lists(st.sampled_from(["a", "B", "c d", "old"])),
    st.uuids().map(str),
    st.lists(st.uuids().map(str), max_size=3),
)
anything: st.SearchStrategy[Any] = likely | json_values
