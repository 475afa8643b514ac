"""TEXT and TEXTAREA: what people write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, ClassVar

import re2

from customobjects.fieldtypes.base import FieldType
from customobjects.fieldtypes.folding import BREAKS, MAX_KEY_LENGTH, caseless, composed, single_line
from customobjects.fieldtypes.kinds import TEXTUAL, ColumnKind, FilterFamily, ValueProblem
from customobjects.fieldtypes.options import Flag, Option, OptionProblem, ShortText, WholeNumber, storable


def parse_text(value: object) -> str:
    """Any input to a text that every database stores, in its one form (see ``composed``), or ``ValueProblem``."""
    if not isinstance(value, str):
        raise ValueProblem("type", "must be a text")
    if not storable(value):
        raise ValueProblem("characters", "has characters that cannot be stored (NUL, or half of a surrogate pair)")
    return composed(value)


def parse_line(value: object) -> str:
    """Any input to a text of one line (see ``single_line``), or ``ValueProblem``."""
    return single_line(parse_text(value))


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Any:
    """A pattern in RE2's syntax, which matches in linear time whatever people write into it."""
    quiet = re2.Options()
    quiet.log_errors = False
    return re2.compile(pattern, quiet)


def _judge_pattern(pattern: str) -> None:
    try:
        compile_pattern(pattern)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        reason = reason.decode() if isinstance(reason, bytes) else reason
        raise OptionProblem(f"must be a regular expression in RE2's syntax ({reason})") from error


class _Writing(FieldType):
    """What TEXT and TEXTAREA share: limits of length."""

    searchable = True

    @classmethod
    def check_options(cls, options: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        if options["minLength"] > options["maxLength"]:
            yield "minLength", "must not be greater than maxLength"

    def check(self, value: str, current: Any = None) -> None:
        if len(value) > self.options["maxLength"]:
            raise ValueProblem("max_length", f"must have at most {self.options['maxLength']} characters")
        if len(value) < self.options["minLength"]:
            raise ValueProblem("min_length", f"must have at least {self.options['minLength']} characters")

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "minLength": max(self.options["minLength"], 1),
            "maxLength": self.options["maxLength"],
        }


class Text(_Writing):
    """A single line, kept as given; line breaks and tabs become spaces."""

    key = "TEXT"
    label = "Text"
    icon = "text_fields"
    description = "A single line: a name, a title, a serial number."
    place = 10
    control = "text"
    column = ColumnKind.TEXT
    filter_families = TEXTUAL
    primary_rank = 0
    can_be_unique = True
    option_list: ClassVar[tuple[Option, ...]] = (
        WholeNumber(name="maxLength", label="Most characters", least=1, most=4_000, default=MAX_KEY_LENGTH),
        WholeNumber(name="minLength", label="Fewest characters", least=0, most=4_000, default=0, is_unlimited=True),
        ShortText(
            name="pattern",
            label="Pattern of the whole text",
            help_text="A regular expression, such as [A-Z]{3}-[0-9]+ for ABC-123. Most fields need none.",
            judge=_judge_pattern,
        ),
        Flag(
            name="caseSensitive",
            label="Upper and lower case make different values",
            help_text="Then “abc” and “ABC” are not the same for Unique and for filters.",
        ),
    )

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self.value_is_identity = options["caseSensitive"]
        self.has_long_keys = options["maxLength"] > MAX_KEY_LENGTH

    def parse(self, value: object) -> str:
        return parse_line(value)

    def part(self, text: str) -> str:
        # The spaces at its ends are part of a part.
        return "".join(" " if character in BREAKS else character for character in composed(text))

    def check(self, value: str, current: Any = None) -> None:
        super().check(value, current)
        pattern = self.options["pattern"]
        if pattern and not compile_pattern(pattern).fullmatch(value):
            raise ValueProblem("pattern", f"must match the pattern {pattern}")

    def copied(self, value: str) -> str:
        """The text with a word behind it, where the field takes that."""
        copy = f"{value} (copy)"
        try:
            self.check(copy)
        except ValueProblem:
            return value
        return copy

    def identity(self, value: str) -> str:
        return value if self.value_is_identity else caseless(value)

    def kept_identity(self, value: str) -> str:
        return caseless(value)

    def is_comparable(self, other: FieldType) -> bool:
        # Otherwise the same two values are equal in one of them, and not in the other.
        return super().is_comparable(other) and self.value_is_identity == other.value_is_identity


class TextArea(_Writing):
    """Several lines. Line ends become "\\n", as browsers send "\\r\\n" for the same text."""

    key = "TEXTAREA"
    label = "Long text"
    icon = "notes"
    description = "Several lines: a description, notes, an address."
    place = 20
    control = "textarea"
    is_long = True
    sortable = False
    filter_families = frozenset({FilterFamily.LONG_TEXT, FilterFamily.PRESENCE})
    option_list: ClassVar[tuple[Option, ...]] = (
        WholeNumber(name="maxLength", label="Most characters", least=1, most=100_000, default=10_000),
        WholeNumber(name="minLength", label="Fewest characters", least=0, most=100_000, default=0, is_unlimited=True),
    )

    def parse(self, value: object) -> str:
        return parse_text(value).replace("\r\n", "\n").replace("\r", "\n")

    def record_name(self, value: str, names: Mapping[str, str] | None = None) -> str:
        """The first line that says anything."""
        return next((line.strip() for line in value.split("\n") if line.strip()), "")
