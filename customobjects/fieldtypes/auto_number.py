"""AUTO_NUMBER: counted by the server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from customobjects.fieldtypes.base import FieldType
from customobjects.fieldtypes.folding import fold
from customobjects.fieldtypes.kinds import ORDERED, ColumnKind, ValueProblem
from customobjects.fieldtypes.options import Option, OptionProblem, ShortText, WholeNumber
from customobjects.fieldtypes.text import parse_text

PLACEHOLDER = re.compile(r"\{0{1,12}\}", re.ASCII)
DIGITS = re.compile(r"[0-9]+", re.ASCII)
DIGITS_WIDTH = 16
# The greatest that a count can begin with.
MAX_NUMBER = 10**12


def _judge_format(text: str) -> None:
    if len(PLACEHOLDER.findall(text)) != 1 or "{" in PLACEHOLDER.sub("", text) or any(c in text for c in "\r\n"):
        raise OptionProblem("must have one placeholder such as {0000}, as in INV-{0000}")
    if text != text.strip():
        raise OptionProblem("must not begin or end with a space")


class AutoNumber(FieldType):
    """The next number in a row, dressed by a format. Given once, at creation, and never again."""

    key = "AUTO_NUMBER"
    column_width = 120
    label = "Auto number"
    icon = "format_list_numbered"
    description = "A running number that the server gives: INV-0001, INV-0002."
    place = 160
    control = "readonly"
    schema = {"type": "string", "readOnly": True}
    column = ColumnKind.TEXT
    filter_families = ORDERED
    searchable = True
    primary_rank = 1
    can_be_unique = True
    can_have_default = False
    writable = False
    option_list: ClassVar[tuple[Option, ...]] = (
        ShortText(
            name="format",
            label="Format",
            help_text="The zeros in braces become the number, with at least as many digits: INV-{0000} gives INV-0001.",
            max_length=40,
            default="{0000}",
            judge=_judge_format,
        ),
        WholeNumber(name="start", label="First number", least=0, most=MAX_NUMBER, default=1, fixed=True),
    )

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self.first_number = options["start"]

    def number(self, count: int) -> str:
        """The canonical value of the ``count``-th record: 7 is ``INV-0007`` for ``INV-{0000}``."""
        return PLACEHOLDER.sub(lambda match: str(count).zfill(len(match.group()) - 2), self.options["format"])

    def count_of(self, value: object) -> int | None:
        before, after = map(re.escape, PLACEHOLDER.split(self.options["format"]))
        found = re.fullmatch(f"{before}([0-9]{{1,18}}){after}", value) if isinstance(value, str) else None
        return int(found.group(1)) if found else None

    def parse(self, value: object) -> str:
        return parse_text(value).strip()

    def check(self, value: str, current: Any = None) -> None:
        raise ValueProblem("read_only", "is numbered by the server and cannot be set")

    def whole_key(self, value: str) -> str:
        """Runs of digits at one width, so that INV-10000 sorts behind INV-9999 whatever the format was."""
        return fold(DIGITS.sub(lambda match: match.group().zfill(DIGITS_WIDTH), value))

    def identity(self, value: str) -> str:
        # INV-7 and INV-0007 are one number in two formats.
        return self.whole_key(value)
