"""PHONE: numbers that a phone can dial, as far as a field asks for that."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar
from urllib.parse import quote

import phonenumbers
from babel.core import Locale
from phonenumbers import PhoneNumber, PhoneNumberFormat, ValidationResult

from customobjects.fieldtypes.contacts import Address
from customobjects.fieldtypes.folding import MAX_KEY_LENGTH, fold
from customobjects.fieldtypes.kinds import ValueProblem
from customobjects.fieldtypes.options import Code, OneOf, Option, OptionProblem
from customobjects.fieldtypes.text import parse_line

# Numbers that nobody is meant to dial exist in every plan's gaps; an E.164 number has at most 15 digits.
MAX_PHONE_LENGTH, MAX_DIGITS = 60, 15
# Where any text is taken.
MAX_TEXT_LENGTH = 255
# Reading one, or writing it, takes the library 60 to 120 µs.
CACHE_SIZE = 4_096
SCHEME = "tel:"
VALID, POSSIBLE, ANY = "valid", "possible", "any"
# What is dialled, and what people write in between.
DIALLED, BETWEEN = frozenset("+0123456789*#"), frozenset(" -.()")
CANONICAL = r"^\+[0-9]{4,17}(;ext=[0-9]{1,20})?$"
LOCALE = Locale("en", "US")
REFUSALS = {
    VALID: "must be a valid phone number with its country, such as +1 650 253 0000",
    POSSIBLE: "must be a phone number with its country, such as +1 650 253 0000 or +1 650 253 0000 ext. 12",
    ANY: f"must be a text with digits of at most {MAX_TEXT_LENGTH} characters",
}


def _judge_region(code: str) -> None:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise OptionProblem("must be a country's code of ISO 3166 such as US or DE")


class Phone(Address):
    """A phone number: in E.164, ``+14155550132``, with an extension as RFC 3966 has it, ``+14155550132;ext=12``.

    ``mode`` says what is one: only numbers that a plan has given out (``valid``), all that have the right length
    (``possible``), or any text with a digit in it (``any``), which is kept without what stands between its digits, or
    with words in it, as it is.
    """

    key = "PHONE"
    column_width = 160
    label = "Phone"
    icon = "call"
    description = "A phone number, stored so that every phone can dial it."
    place = 120
    control = "tel"
    key_is_value = True
    option_list: ClassVar[tuple[Option, ...]] = (
        Code(
            name="region",
            label="Country of numbers that are written without it",
            max_length=2,
            judge=_judge_region,
            names={code: LOCALE.territories.get(code, code) for code in phonenumbers.SUPPORTED_REGIONS},
            none="None: each number begins with + and its country",
        ),
        OneOf(
            name="mode",
            label="Which numbers are accepted",
            words={
                VALID: "Only numbers that can be dialled: the country has given them out",
                POSSIBLE: "Numbers of the right length",
                ANY: "Any text with a digit in it",
            },
            default=POSSIBLE,
        ),
    )

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        # Fields that are older than the option have the default, too: they take what they took, and more.
        self.mode = options.get("mode") or POSSIBLE

    def parse(self, value: object) -> str:
        text = " ".join(parse_line(value).split())
        if text[: len(SCHEME)].lower() == SCHEME:
            text = text[len(SCHEME) :].strip()
        number = _read(text, self.options["region"])
        if number is not None and _is_possible(number) and not (self.mode == ANY and _says_more(text, number)):
            return _canonical(number)
        if len(text) > MAX_TEXT_LENGTH or not any(character.isdecimal() for character in text):
            raise ValueProblem("type", REFUSALS[self.mode])
        return _tidied(text)

    def check(self, value: str, current: Any = None) -> None:
        if self.mode == ANY:
            return
        number = _known.get(value) or _read(value, None)
        judge = phonenumbers.is_valid_number if self.mode == VALID else _is_possible
        if number is None or not judge(number):
            raise ValueProblem("type", REFUSALS[self.mode])

    def is_canonical(self, value: object) -> bool:
        # What was taken in another mode stays.
        modes = (type(self)({**self.options, "mode": mode}) for mode in (self.mode, ANY))
        return any(super(Phone, mode).is_canonical(value) for mode in modes)

    def column_key(self, value: str) -> str:
        return fold(value)[:MAX_KEY_LENGTH]

    def identity(self, value: str) -> str:
        return self.column_key(value)

    def json_schema(self) -> dict[str, Any]:
        text = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT_LENGTH}
        return text if self.mode == ANY else {"type": "string", "pattern": CANONICAL}

    def link(self, value: str) -> str:
        return "" if _has_letters(value.replace(";ext=", "")) else f"tel:{quote(value, safe='+;=*')}"

    def display(self, value: str, names: Mapping[str, str] | None = None) -> str:
        return _written(value)[0]

    def search_text(self, value: str) -> str:
        return " ".join(dict.fromkeys([value, *_written(value)]))

    def part(self, text: str) -> str:
        # What people write between the digits, canonical numbers do not have.
        return _tidied(super().part(text))


# Numbers that were read lately, by their canonical form.
_known: dict[str, PhoneNumber] = {}


def _canonical(number: PhoneNumber) -> str:
    extension = f";ext={number.extension}" if number.extension else ""
    canonical = phonenumbers.format_number(number, PhoneNumberFormat.E164) + extension
    if len(_known) >= CACHE_SIZE:
        _known.clear()
    _known[canonical] = number
    return canonical


def _read(text: str, region: str | None) -> PhoneNumber | None:
    """The number in a text, whether there is such a one or not; None where there is none."""
    if len(text) > MAX_PHONE_LENGTH:
        return None
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _is_possible(number: PhoneNumber) -> bool:
    """Whether a number has the length of one of its country, with the area's code."""
    return phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def _says_more(text: str, number: PhoneNumber) -> bool:
    """Whether a text says something beside the number in it."""
    before = text[
        : next(place for place, character in enumerate(text) if character in "+\uff0b" or character.isdecimal())
    ]
    return _has_letters(before) or (_has_letters(text) and not number.extension)


def _has_letters(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _tidied(text: str) -> str:
    """What is dialled of a text that has one number in it and nothing else; any other text as it is."""
    plain = "".join(str(int(character)) if character.isdecimal() else character for character in text)
    dialled = "".join(character for character in plain if character in DIALLED)
    is_number = DIALLED.union(BETWEEN).issuperset(plain) and len(dialled) <= MAX_DIGITS
    return dialled if is_number else text


@lru_cache(maxsize=CACHE_SIZE)
def _written(value: str) -> tuple[str, str]:
    """A canonical number as people write it: with its country, and within it. Another text is what it is."""
    number = _known.get(value) or _read(value, None)
    if number is None or _canonical(number) != value:
        return value, value
    return (
        phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
    )
