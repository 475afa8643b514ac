"""EMAIL, PHONE and URL, each judged by a standard library."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar
from urllib.parse import quote

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from email_validator import EmailNotValidError, validate_email

from customobjects.fieldtypes.base import TEXTUAL, ColumnKind, DisplayPart, FieldType, ValueProblem
from customobjects.fieldtypes.folding import caseless
from customobjects.fieldtypes.options import Option, OptionProblem, ShortText
from customobjects.fieldtypes.text import parse_text

# Numbers that nobody is meant to dial exist in every plan's gaps; an E.164 number has at most 15 digits.
MAX_PHONE_LENGTH = 60
# Writing one takes the library 60 µs.
WRITTEN_CACHE_SIZE = 4_096


class _Address(FieldType):
    """What e-mail addresses, phone numbers and URLs share: they are texts, and say which record is meant."""

    column = ColumnKind.TEXT
    filter_families = TEXTUAL
    searchable = True
    primary_rank = 1
    can_be_unique = True

    def parts(self, value: str, names: Mapping[str, str] | None = None) -> list[DisplayPart]:
        return [DisplayPart(text=self.display(value), link=self.link(value))]

    def link(self, value: str) -> str:
        """The address that a value leads to, or nothing. No value says more in it than whom it is for."""
        raise NotImplementedError


class Email(_Address):
    """An e-mail address; whether anybody reads it is not asked. Upper and lower case make no difference."""

    key = "EMAIL"
    label = "E-mail"
    icon = "mail"
    description = "An e-mail address."
    place = 110
    control = "email"
    schema = {"type": "string", "maxLength": 254}

    def parse(self, value: object) -> str:
        try:
            return validate_email(parse_text(value).strip(), check_deliverability=False).normalized
        except EmailNotValidError as error:
            raise ValueProblem("type", "must be an e-mail address such as ada@example.com") from error

    def identity(self, value: str) -> str:
        return caseless(value)

    def link(self, value: str) -> str:
        return f"mailto:{quote(value, safe='@')}"


def _judge_region(code: str) -> None:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise OptionProblem("must be a country's code of ISO 3166 such as US or DE")


class Phone(_Address):
    """A phone number, canonical in E.164: ``+14155550132``."""

    key = "PHONE"
    label = "Phone"
    icon = "call"
    description = "A phone number, stored so that every phone can dial it."
    place = 120
    control = "tel"
    schema = {"type": "string", "pattern": r"^\+[0-9]{4,17}$"}
    key_is_value = True
    option_list: ClassVar[tuple[Option, ...]] = (
        ShortText(name="region", label="Country of numbers without +", max_length=2, judge=_judge_region),
    )

    def parse(self, value: object) -> str:
        text = parse_text(value)
        try:
            number = phonenumbers.parse(text[: MAX_PHONE_LENGTH + 1], self.options["region"])
        except phonenumbers.NumberParseException:
            number = None
        if number is None or number.extension or not phonenumbers.is_valid_number(number):
            raise ValueProblem("type", "must be a valid phone number with its country, such as +1 650 253 0000")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def link(self, value: str) -> str:
        return f"tel:{quote(value, safe='+')}"

    def display(self, value: str, names: Mapping[str, str] | None = None) -> str:
        return _written(value)[0]

    def search_text(self, value: str) -> str:
        return " ".join([value, *_written(value)])

    def part(self, text: str) -> str:
        # What people write between the digits, canonical numbers do not have.
        return "".join(character for character in text if character in "+0123456789")


@lru_cache(maxsize=WRITTEN_CACHE_SIZE)
def _written(value: str) -> tuple[str, str]:
    """A canonical number as people write it: with its country, and within it."""
    number = phonenumbers.parse(value)
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL),
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL),
    )


class Url(_Address):
    """A web address with http or https. Nothing else is let through, so that a link never runs a script."""

    key = "URL"
    label = "Web address"
    icon = "link"
    description = "A link: a website, a document, a picture."
    place = 130
    control = "url"
    schema = {"type": "string", "maxLength": URLValidator.max_length}
    value_is_identity = True
    has_long_keys = True
    judge = URLValidator(schemes=["http", "https"])

    def parse(self, value: object) -> str:
        text = parse_text(value).strip()
        try:
            self.judge(text)
        except (ValidationError, ValueError) as error:
            raise ValueProblem("type", "must be a web address such as https://example.com/page") from error
        return text

    def link(self, value: str) -> str:
        # However a value came in: a browser would run the code of any other scheme.
        return value if value.lower().startswith(("http://", "https://")) else ""
