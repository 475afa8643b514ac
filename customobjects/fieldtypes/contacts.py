"""EMAIL, and what it shares with PHONE and URL: addresses, each judged by a standard library."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import email_validator
from email_validator import EmailNotValidError, validate_email

from customobjects.fieldtypes.base import FieldType
from customobjects.fieldtypes.controls import DisplayPart
from customobjects.fieldtypes.folding import caseless
from customobjects.fieldtypes.kinds import TEXTUAL, ColumnKind, ValueProblem
from customobjects.fieldtypes.text import parse_line

# Domains that are not for the internet, .local and .test among them, are for a company's own network all the same. The
# library's documentation names this list as what to change.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


class Address(FieldType):
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


class Email(Address):
    """An e-mail address, kept as given; whether anybody reads it is not asked. Case makes no difference."""

    key = "EMAIL"
    column_width = 220
    label = "E-mail"
    icon = "mail"
    description = "An e-mail address."
    place = 110
    control = "email"
    schema = {"type": "string", "maxLength": 254}

    def parse(self, value: object) -> str:
        text = parse_line(value).strip()
        try:
            # The company's own mail server may have a name without a point, or just a number.
            found = validate_email(
                text, check_deliverability=False, globally_deliverable=False, allow_domain_literal=True
            )
        except EmailNotValidError as error:
            raise ValueProblem("type", "must be an e-mail address such as ada@example.com") from error
        # The library writes domains in small letters.
        return text if caseless(found.normalized) == caseless(text) else found.normalized

    def identity(self, value: str) -> str:
        return caseless(value)

    def link(self, value: str) -> str:
        return f"mailto:{quote(value, safe='@')}"
