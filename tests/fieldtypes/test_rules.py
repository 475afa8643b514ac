"""What each type takes, what it makes of it, and what it refuses, with which code."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from customobjects.fieldtypes import TYPES, ValueProblem
from salesos.errors import ValidationError
from tests.fieldtypes.strategies import bound

PICK = {"values": ["new", "done", {"value": "old", "label": "Old one", "isActive": False}]}
ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def test_all_types_of_the_design_are_there() -> None:
    assert set(TYPES) == set(
        "TEXT TEXTAREA NUMBER CURRENCY PERCENT DATE DATETIME CHECKBOX PICKLIST MULTI_PICKLIST EMAIL PHONE URL LOOKUP "
        "USER AUTO_NUMBER JSON".split()
    )


TAKEN: list[tuple[str, dict[str, Any], Any, Any]] = [
    ("TEXT", {}, "  as given  ", "  as given  "),
    ("TEXT", {}, "", None),
    ("TEXT", {"pattern": "[A-Z]{2}"}, "AB", "AB"),
    ("TEXTAREA", {}, "a\r\nb\rc", "a\nb\nc"),
    ("NUMBER", {}, 5, 5),
    ("NUMBER", {}, "0.1", Decimal("0.1")),
    ("NUMBER", {}, Decimal("12345678901234567890.123"), Decimal("12345678901234567890.123")),
    ("NUMBER", {}, " 1e3 ", 1000),
    ("NUMBER", {}, " 1 ", 1),
    ("NUMBER", {}, "\t+1.50\r\n", Decimal("1.50")),
    ("NUMBER", {}, ".5", Decimal("0.5")),
    ("NUMBER", {}, "5.", 5),
    ("NUMBER", {}, "-0", 0),
    ("CURRENCY", {}, "19.99", Decimal("19.99")),
    ("CURRENCY", {"precision": 0}, Decimal("5.00"), Decimal("5.00")),
    ("PERCENT", {"max": 100}, Decimal("12.5"), Decimal("12.5")),
    ("DATE", {}, "2026-11-23", "2026-11-23"),
    ("DATETIME", {}, "2026-11-23T14:05:00+02:00", "2026-11-23T12:05:00Z"),
    ("DATETIME", {}, "2026-11-23T14:05", "2026-11-23T14:05:00Z"),
    ("DATETIME", {}, "2026-11-23 14:05:00.123456Z", "2026-11-23T14:05:00.123456Z"),
    ("CHECKBOX", {}, "on", True),
    ("CHECKBOX", {}, "No", False),
    ("CHECKBOX", {}, 1, True),
    ("CHECKBOX", {}, False, False),
    ("PICKLIST", PICK, "new", "new"),
    ("MULTI_PICKLIST", PICK, ["done", "new", "done"], ["new", "done"]),
    ("MULTI_PICKLIST", PICK, "done; new", ["new", "done"]),
    ("MULTI_PICKLIST", PICK, [], None),
    # Line breaks and tabs, as tables and documents have them where people copy.
    ("TEXT", {}, "two\r\nlines", "two lines"),
    ("TEXT", {}, "a\tb\n\n  c\u2028d\x85e\vf", "a b c d e f"),
    ("TEXT", {}, "\tlast cell\r\n", "last cell"),
    ("TEXT", {}, "\r\n\t", None),
    ("TEXT", {"maxLength": 3}, "a\r\nb", "a b"),
    ("TEXTAREA", {}, "a\tb\nc", "a\tb\nc"),
    ("EMAIL", {}, "ada@example.com\r\n", "ada@example.com"),
    ("PHONE", {}, "+1 650\n253\t0000", "+16502530000"),
    ("URL", {}, "\thttps://example.com/\n", "https://example.com/"),
    ("PICKLIST", PICK, "new\r\n", "new"),
    ("MULTI_PICKLIST", PICK, ["new\n", "\tdone"], ["new", "done"]),
    ("EMAIL", {}, " Ada@EXAMPLE.com ", "Ada@EXAMPLE.com"),
    ("EMAIL", {}, "ada@mail.local", "ada@mail.local"),
    ("EMAIL", {}, "ada@mail.test", "ada@mail.test"),
    ("EMAIL", {}, "ada@mail.corp.internal", "ada@mail.corp.internal"),
    ("EMAIL", {}, "ada@intranet", "ada@intranet"),
    ("EMAIL", {}, "ada@localhost", "ada@localhost"),
    ("EMAIL", {}, "ada@[10.0.0.5]", "ada@[10.0.0.5]"),
    ("EMAIL", {}, "Jürgen@MÜLLER.example", "Jürgen@MÜLLER.example"),
    ("PHONE", {}, "+1 (650) 253-0000", "+16502530000"),
    ("PHONE", {"region": "US"}, "650 253 0000", "+16502530000"),
    ("PHONE", {}, "+１ ６５０ ２５３ ００００", "+16502530000"),
    ("PHONE", {}, "+1 650 253 0000 ext. 123", "+16502530000;ext=123"),
    ("PHONE", {"region": "US"}, "(650) 253-0000 x7", "+16502530000;ext=7"),
    ("PHONE", {}, "tel:+1-650-253-0000;ext=123", "+16502530000;ext=123"),
    ("PHONE", {"mode": "valid"}, "+1 650 253 0000 ext. 123", "+16502530000;ext=123"),
    # A number of the right length that no plan has given out.
    ("PHONE", {}, "+1 555 123 4567", "+15551234567"),
    ("PHONE", {"region": "US"}, "(000) 123-4567", "+10001234567"),
    ("PHONE", {"mode": "any"}, "+1 (650) 253-0000", "+16502530000"),
    ("PHONE", {"mode": "any"}, "555-1234", "5551234"),
    ("PHONE", {"mode": "any"}, "*100#", "*100#"),
    ("PHONE", {"mode": "any", "region": "US"}, "ask for Kim: 650 253 0000", "ask for Kim: 650 253 0000"),
    ("PHONE", {"mode": "any", "region": "US"}, "650 253 0000 (mobile)", "650 253 0000 (mobile)"),
    ("PHONE", {"mode": "any", "region": "US"}, "650 253 0000 ext 5", "+16502530000;ext=5"),
    ("PHONE", {"mode": "any", "region": "US"}, "650 253 0000 / 650 253 0001", "650 253 0000 / 650 253 0001"),
    ("PHONE", {"mode": "any"}, "6502530000 6502530001", "6502530000 6502530001"),
    ("PHONE", {"mode": "any"}, "1-800-FLOWERS", "1-800-FLOWERS"),
    ("URL", {}, "https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
    ("URL", {}, "www.example.com/x", "https://www.example.com/x"),
    ("URL", {}, "WWW.Example.com", "https://WWW.Example.com"),
    ("URL", {}, "example.com/a:b?c=d@e", "https://example.com/a:b?c=d@e"),
    ("URL", {}, "example.com:8443/x", "https://example.com:8443/x"),
    ("URL", {}, "http://intranet/x", "http://intranet/x"),
    ("URL", {}, "http://wiki_2:8080/x?y#z", "http://wiki_2:8080/x?y#z"),
    ("URL", {}, "https://build.server.local/", "https://build.server.local/"),
    ("URL", {}, "http://10.0.0.5:8080/", "http://10.0.0.5:8080/"),
    ("URL", {}, "10.0.0.5:8080/x", "http://10.0.0.5:8080/x"),
    ("URL", {}, "http://[fd00::1]:8080/", "http://[fd00::1]:8080/"),
    ("URL", {}, "http://localhost:3000/x", "http://localhost:3000/x"),
    ("URL", {}, "localhost", "http://localhost"),
    ("URL", {}, "localhost:3000/x", "http://localhost:3000/x"),
    ("LOOKUP", {"target": "x"}, ID.upper(), ID),
    ("LOOKUP", {"target": "x", "multiple": True}, [ID, ID], [ID]),
    ("LOOKUP", {"target": "x", "multiple": True}, [], None),
    ("USER", {}, ID.replace("-", ""), ID),
    ("JSON", {}, {"a": [1, Decimal("0.10"), None, {"b": True}]}, {"a": [1, Decimal("0.10"), None, {"b": True}]}),
    ("JSON", {}, "", ""),
    ("JSON", {}, [], []),
]


@pytest.mark.parametrize(("key", "options", "given", "kept"), TAKEN)
def test_taken(key: str, options: dict[str, Any], given: Any, kept: Any) -> None:
    value = bound(key, **options).clean(given)
    assert value == kept
    assert str(value) == str(kept)  # 1 and True, 5 and 5.00 are not the same


# What Python, or somebody else, takes for numbers, and programs do not write.
NO_NUMBERS = [
    "1_000",
    "1_0.5",
    "１２",
    "١٢",
    "0x10",
    "0b1",
    "1e",
    "e5",
    ".",
    "+",
    "--1",
    "1,000",
    "1 000",
    "½",
    "五",
    "nan",
]
NO_NUMBERS += ["sNaN", "-inf", "1.5.2", "1e1_0", "\u22121"]

REFUSED: list[tuple[str, dict[str, Any], Any, str]] = [
    ("TEXT", {}, 5, "type"),
    ("TEXT", {}, ["a"], "type"),
    ("TEXT", {}, "a\x00b", "characters"),
    ("TEXT", {}, "\ud800", "characters"),
    ("TEXT", {"maxLength": 3}, "abcd", "max_length"),
    ("TEXT", {"minLength": 3}, "ab", "min_length"),
    ("TEXT", {"pattern": "[A-Z]{2}"}, "ABC", "pattern"),
    ("TEXTAREA", {"maxLength": 3}, "abcd", "max_length"),
    ("NUMBER", {}, True, "type"),
    ("NUMBER", {}, 0.1, "type"),  # a binary float never gets in
    ("NUMBER", {}, "five", "type"),
    ("NUMBER", {}, Decimal("NaN"), "type"),
    ("NUMBER", {}, "Infinity", "type"),
    *[("NUMBER", {}, text, "type") for text in NO_NUMBERS],
    *[("CURRENCY", {}, text, "type") for text in NO_NUMBERS],
    *[("PERCENT", {}, text, "type") for text in NO_NUMBERS],
    ("DATE", {}, "２０２６-11-23", "type"),
    ("DATETIME", {}, "2026-11-23T١٤:05:00Z", "type"),
    ("NUMBER", {}, 10**25, "digits"),
    ("NUMBER", {}, "1e999999999", "digits"),
    ("NUMBER", {}, "0.0000000000000001", "digits"),
    ("NUMBER", {"min": 1}, 0, "min"),
    ("NUMBER", {"max": 1}, 2, "max"),
    ("NUMBER", {"precision": 1}, "0.55", "precision"),
    ("CURRENCY", {}, "0.001", "precision"),
    ("PERCENT", {"max": 100}, 101, "max"),
    ("DATE", {}, "23.11.2026", "type"),
    ("DATE", {}, "2026-02-30", "type"),
    ("DATE", {}, 20261123, "type"),
    ("DATETIME", {}, "2026-11-23T25:00:00Z", "type"),
    ("DATETIME", {}, "0001-01-01T00:00:00+14:00", "type"),
    ("CHECKBOX", {}, "maybe", "type"),
    ("CHECKBOX", {}, 2, "type"),
    ("PICKLIST", PICK, "New", "choice"),
    ("PICKLIST", PICK, "old", "choice"),
    ("PICKLIST", PICK, 5, "type"),
    ("MULTI_PICKLIST", PICK, ["new", "other"], "choice"),
    ("MULTI_PICKLIST", PICK, {"new": 1}, "type"),
    ("EMAIL", {}, "ada", "type"),
    ("EMAIL", {}, "ada@", "type"),
    ("EMAIL", {}, "ada@exa mple.com", "type"),
    ("EMAIL", {}, "ada@-x-.local", "type"),
    ("EMAIL", {}, "Ada <ada@example.com>", "type"),
    ("PHONE", {}, "650 253 0000", "type"),
    ("PHONE", {}, "+1 555", "type"),
    ("PHONE", {}, "+1 253 0000", "type"),
    ("PHONE", {}, "none", "type"),
    ("PHONE", {"mode": "valid"}, "+1 555 123 4567", "type"),
    ("PHONE", {"mode": "valid", "region": "US"}, "650 253 0000 (mobile)", "type"),
    ("PHONE", {"mode": "any"}, "none", "type"),
    ("PHONE", {"mode": "any"}, "1" * 256, "type"),
    ("URL", {}, "javascript:alert(1)", "type"),
    ("URL", {}, "java\tscript:alert(1)", "type"),
    ("URL", {}, "JavaScript://example.com/%0aalert(1)", "type"),
    ("URL", {}, "javascript:1", "type"),
    ("URL", {}, "data:text/html,x", "type"),
    ("URL", {}, "http://javascript:alert(1)", "type"),
    ("URL", {}, "ftp://example.com/", "type"),
    ("URL", {}, "intranet", "type"),
    ("URL", {}, "n/a", "type"),
    ("URL", {}, "3.5", "type"),
    ("URL", {}, "ada@example.com", "type"),
    ("URL", {}, "see www.example.com", "type"),
    ("URL", {}, "http://", "type"),
    ("URL", {}, "http:///x", "type"),
    ("URL", {}, "http://in tranet/", "type"),
    ("LOOKUP", {"target": "x"}, "an account", "type"),
    ("LOOKUP", {"target": "x", "multiple": True}, [ID[:-3] + f"{n:03d}" for n in range(101)], "max_links"),
    ("USER", {}, 7, "type"),
    ("AUTO_NUMBER", {}, "0007", "read_only"),
    ("JSON", {}, {"a": "\x00"}, "characters"),
    ("JSON", {}, {"\ud800": 1}, "characters"),
    ("JSON", {}, Decimal("1e500"), "digits"),
]


@pytest.mark.parametrize(("key", "options", "given", "code"), REFUSED)
def test_refused(key: str, options: dict[str, Any], given: Any, code: str) -> None:
    with pytest.raises(ValueProblem) as caught:
        bound(key, **options).clean(given)
    assert caught.value.code == code


def test_deep_json_is_refused() -> None:
    value: Any = 1
    for _ in range(40):
        value = [value]
    with pytest.raises(ValueProblem, match="nested"):
        bound("JSON").clean(value)


def test_what_a_record_holds_stays_valid() -> None:
    assert bound("PICKLIST", **PICK).clean("old", current="old") == "old"
    assert bound("MULTI_PICKLIST", **PICK).clean(["old", "new"], current=["old"]) == ["new", "old"]
    assert bound("NUMBER", max=5).clean(9, current=9) == 9
    assert bound("AUTO_NUMBER").clean("0007", current="0007") == "0007"


OPTIONS_REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("TEXT", {"maxLength": 0}, "maxLength"),
    ("TEXT", {"maxLength": True}, "maxLength"),
    ("TEXT", {"maxLength": 5, "minLength": 6}, "minLength"),
    ("TEXT", {"pattern": "("}, "pattern"),
    ("TEXT", {"pattern": "(?=lookahead)"}, "pattern"),
    ("TEXT", {"caseSensitive": "yes"}, "caseSensitive"),
    ("TEXT", {"unheard": 1}, "unheard"),
    ("NUMBER", {"min": "low"}, "min"),
    ("NUMBER", {"min": 2, "max": 1}, "min"),
    ("NUMBER", {"min": Decimal("NaN")}, "min"),
    ("NUMBER", {"max": 10**30}, "max"),
    ("NUMBER", {"precision": 16}, "precision"),
    ("CURRENCY", {"currency": "XYZW"}, "currency"),
    ("CURRENCY", {"currency": "usd"}, "currency"),
    ("PICKLIST", {}, "values"),
    ("PICKLIST", {"values": []}, "values"),
    ("PICKLIST", {"values": ["a", "a"]}, "values"),
    ("PICKLIST", {"values": ["a;b"]}, "values"),
    ("PICKLIST", {"values": [{"label": "A"}]}, "values"),
    ("PICKLIST", {"values": [{"value": "a", "color": "red"}]}, "values"),
    ("PICKLIST", {"values": [{"value": "a", "isActive": 1}]}, "values"),
    ("PICKLIST", {"values": [{"value": "a", "size": 1}]}, "values"),
    ("PICKLIST", {"values": [5]}, "values"),
    ("PHONE", {"region": "ZZ"}, "region"),
    ("PHONE", {"mode": "strict"}, "mode"),
    *[("TEXT", {"maxLength": text}, "maxLength") for text in NO_NUMBERS],
    *[("NUMBER", {"min": text}, "min") for text in NO_NUMBERS],
    ("LOOKUP", {}, "target"),
    ("LOOKUP", {"target": "x", "onDelete": "explode"}, "onDelete"),
    ("AUTO_NUMBER", {"format": "INV"}, "format"),
    ("AUTO_NUMBER", {"format": "{0}{0}"}, "format"),
    ("AUTO_NUMBER", {"format": "{x}"}, "format"),
    ("AUTO_NUMBER", {"start": -1}, "start"),
]


@pytest.mark.parametrize(("key", "options", "name"), OPTIONS_REFUSED)
def test_options_refused(key: str, options: dict[str, Any], name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TYPES[key].clean_options(options)
    assert [problem.field for problem in caught.value.problems] == [f"options.{name}"]


def test_options_must_be_an_object() -> None:
    with pytest.raises(ValidationError) as caught:
        TYPES["TEXT"].clean_options([1])
    assert caught.value.problems[0].field == "options"


def test_display() -> None:
    assert bound("NUMBER").display(Decimal("12345678901234567890.123")) == "12,345,678,901,234,567,890.123"
    assert bound("CURRENCY", currency="EUR").display(Decimal("1234.5")) == "€1,234.50"
    assert bound("CURRENCY", precision=4).display(Decimal("0.1234")) == "$0.1234"
    assert bound("PERCENT").display(Decimal("12.5")) == "12.5 %"
    assert bound("DATE").display("2026-11-23") == "Nov 23, 2026"
    assert bound("DATETIME").display("2026-11-23T14:05:00Z") == "Nov 23, 2026, 14:05 UTC"
    assert bound("CHECKBOX").display(True) == "Yes"
    assert bound("PICKLIST", **PICK).display("old") == "Old one"
    assert bound("PICKLIST", **PICK).display("gone") == "gone"
    assert bound("PHONE").display("+16502530000") == "+1 650-253-0000"
    assert bound("PHONE").display("+16502530000;ext=12") == "+1 650-253-0000 ext. 12"
    assert bound("PHONE", mode="any").display("1-800-FLOWERS") == "1-800-FLOWERS"
    assert bound("PHONE", mode="any").display("5551234") == "5551234"
    assert bound("LOOKUP", target="x").display(ID, {ID: "Acme"}) == "Acme"
    assert bound("USER").display(ID) == ID
    assert bound("USER").display(ID, {}) == "(no longer there)"


def test_a_phone_number_is_found_by_what_is_shown() -> None:
    type_ = bound("PHONE", region="US")
    stored = type_.clean("650 253 0000 ext. 12")
    assert stored == "+16502530000;ext=12"
    for shown in ("+1 650-253-0000 ext. 12", "(650) 253-0000 ext. 12", "+16502530000"):
        assert shown in type_.search_text(stored)
    assert type_.part("253-0000") == "2530000"
    # An old number can be saved again, and be looked for, whatever the field asks for now.
    strict = bound("PHONE", mode="valid")
    assert strict.clean("+15551234567", current="+15551234567") == "+15551234567"
    assert strict.parse("+1 555 123 4567") == "+15551234567"


def test_one_number_is_one_value_however_it_is_written() -> None:
    type_ = bound("PHONE", mode="any", region="US")
    for same in (
        ("+1 650 253 0000", "(650) 253-0000", "6502530000", "tel:+1-650-253-0000"),
        ("650 253 0000 x 12", "+1 650-253-0000 ext. 12", "+16502530000;ext=12"),
        ("555-1234", "555 1234", "(555) 1234"),
        ("Ask for KIM: 12", "ask  for kim: 12"),
    ):
        assert len({type_.identity(type_.clean(text)) for text in same}) == 1, same
    different = ("650 253 0000", "650 253 0000 x1", "650 253 0001", "650 253 0000 (mobile)")
    assert len({type_.identity(type_.clean(text)) for text in different}) == 4


def test_fields_that_are_older_than_the_mode_have_the_default() -> None:
    assert TYPES["PHONE"]({"region": None}).clean("+1 555 123 4567") == "+15551234567"


def test_auto_numbers_sort_by_number_whatever_their_width() -> None:
    type_ = bound("AUTO_NUMBER", format="INV-2024-{000}")
    assert type_.number(7) == "INV-2024-007"  # type: ignore[attr-defined]
    assert type_.column_key("INV-2024-999") < type_.column_key("INV-2024-1000")


@pytest.mark.parametrize(
    ("type_", "value", "link"),
    [
        ("EMAIL", "ada@example.com", "mailto:ada@example.com"),
        ("EMAIL", "a?cc=all@example.com", "mailto:a%3Fcc%3Dall@example.com"),
        ("EMAIL", "a+b&c%20d@example.com", "mailto:a%2Bb%26c%2520d@example.com"),
        ("EMAIL", "jürgen@müller.example", "mailto:j%C3%BCrgen@m%C3%BCller.example"),
        ("PHONE", "+16502530000", "tel:+16502530000"),
        ("PHONE", "+16502530000;ext=12", "tel:+16502530000;ext=12"),
        ("PHONE", "5551234", "tel:5551234"),
        ("PHONE", "*100#", "tel:*100%23"),
        ("PHONE", "ask for Kim: 650 253 0000", ""),
        ("URL", "https://example.com/a?b=c&d#e", "https://example.com/a?b=c&d#e"),
        ("URL", "HTTP://EXAMPLE.COM/", "HTTP://EXAMPLE.COM/"),
        # Values that a version before, or another program, left in the database.
        ("URL", "javascript:alert(1)", ""),
        ("URL", " JavaScript://example.com/%0aalert(1)", ""),
        ("URL", "data:text/html,<script>alert(1)</script>", ""),
    ],
)
def test_links_say_no_more_than_whom_they_are_for(type_: str, value: str, link: str) -> None:
    [part] = bound(type_).parts(value, {})
    assert part.link == link
