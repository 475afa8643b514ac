"""The kinds of options that field types declare, each with its own validation and JSON Schema."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from customobjects.fieldtypes.controls import FormControl, Notation, ReferenceKind, Widget
from customobjects.fieldtypes.folding import composed
from customobjects.fieldtypes.keys import DECIMAL_PLACES, INTEGER_DIGITS, finite_number
from salesos.errors import alternatives


class OptionProblem(ValueError):
    """An option that is refused; the text completes a sentence that begins with the option's name."""


@dataclass(frozen=True, kw_only=True)
class Option(ABC):
    """One option of a field type. ``default`` holds where the option is absent or null."""

    name: str
    label: str
    default: Any = None
    required: bool = False
    # Whether it stays what it was when the field was made, as it decides what values are.
    fixed: bool = False
    # What it is for, where the label does not say it: sentences for whoever designs the field.
    help_text: str = ""

    @abstractmethod
    def clean(self, raw: object) -> Any:
        """Any input that is not None to the option's value. Raises ``OptionProblem``."""

    def clean_or_default(self, raw: object) -> Any:
        """Any input to the option's value. Raises ``OptionProblem``."""
        if raw is not None:
            return self.clean(raw)
        if self.required:
            raise OptionProblem("is required for this type")
        return self.default

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the option."""

    def described(self) -> dict[str, Any]:
        """The JSON Schema of the option, with its label and default."""
        schema = {"title": self.label, **self.schema()}
        return schema if self.default is None or self.required else {**schema, "default": self.default}

    def form_control(self) -> FormControl:
        """The control of a form that asks for the option."""
        return FormControl()

    def form_value(self, value: Any) -> Any:
        """What the control holds for a value of the option."""
        return value

    def from_form(self, entered: Any, current: Any = None) -> Any:
        """The input that the control holds, or None where it is empty; ``current`` is the option's present value.

        Raises ``OptionProblem`` for what cannot be read.
        """
        return None if entered == "" else entered

    def taken_out(self, before: Any, after: Any) -> list[str]:
        """What records may hold and the option allowed ``before``, and ``after`` a change does not know any more."""
        return []

    def with_kept(self, before: Any, after: Any, kept: Container[str]) -> Any:
        """``after`` with those of what was taken out that are ``kept`` for the records that hold them."""
        return after


class _NumberOption(Option):
    """What options that are numbers share."""

    # A right value, in digits.
    example: str = "1.5"

    def form_control(self) -> FormControl:
        return FormControl(notation=Notation.NUMBER, example=self.example)

    def form_value(self, value: Any) -> Any:
        return None if value is None else format(Decimal(value), "f")


@dataclass(frozen=True, kw_only=True)
class WholeNumber(_NumberOption):
    """An integer between ``least`` and ``most``."""

    least: int
    most: int
    example: str = "10"
    # Whether the default stands for no limit at all: then forms show it as nothing.
    is_unlimited: bool = False

    def form_value(self, value: Any) -> Any:
        return None if self.is_unlimited and value == self.default else super().form_value(value)

    def clean(self, raw: object) -> int:
        number = finite_number(raw)
        # Compared first: as an int, 1e1000000 would take all memory.
        in_range = number is not None and self.least <= number <= self.most
        if number is None or not in_range or number != number.to_integral_value():
            raise OptionProblem(f"must be a whole number from {self.least} to {self.most}")
        return int(number)

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, kw_only=True)
class ExactNumber(_NumberOption):
    """A number within what a typed column holds."""

    def clean(self, raw: object) -> int | Decimal:
        number = finite_number(raw)
        if number is None:
            raise OptionProblem("must be a number")
        # Not ``abs``, which fails for an exponent that is as large as a decimal's can be.
        if number.copy_abs() >= 10**INTEGER_DIGITS or (number and number.adjusted() < -DECIMAL_PLACES):
            raise OptionProblem(f"must have at most {INTEGER_DIGITS} digits, and {DECIMAL_PLACES} decimal places")
        # Integers of more than 64 bits stay decimals, which are written with all their digits.
        return raw if isinstance(raw, int) and abs(raw) < 10**18 else number

    def schema(self) -> dict[str, Any]:
        bound = float(10**INTEGER_DIGITS)
        return {"type": "number", "exclusiveMaximum": bound, "exclusiveMinimum": -bound}


@dataclass(frozen=True, kw_only=True)
class Flag(Option):
    """True or false."""

    default: Any = False

    def clean(self, raw: object) -> bool:
        if not isinstance(raw, bool):
            raise OptionProblem("must be true or false")
        return raw

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def form_control(self) -> FormControl:
        return FormControl(widget=Widget.CHECKBOX)


@dataclass(frozen=True, kw_only=True)
class ShortText(Option):
    """A text of at most ``max_length`` characters. ``judge`` raises ``OptionProblem`` where it is refused."""

    max_length: int = 255
    judge: Callable[[str], None] | None = None

    def clean(self, raw: object) -> str:
        text = composed(raw) if isinstance(raw, str) else ""
        if not 0 < len(text) <= self.max_length:
            raise OptionProblem(f"must be a text of 1 to {self.max_length} characters")
        if not storable(text):
            raise OptionProblem("has characters that cannot be stored")
        if self.judge:
            self.judge(text)
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.max_length}


@dataclass(frozen=True, kw_only=True)
class Code(ShortText):
    """A code of a standard, which people choose by its name; ``names`` has those. ``none`` is what none is called."""

    names: Mapping[str, str]
    none: str = ""

    def form_control(self) -> FormControl:
        named = sorted(((code, f"{name} ({code})") for code, name in self.names.items()), key=lambda pair: pair[1])
        return FormControl(widget=Widget.SELECT, choices=[("", self.none), *named] if self.none else named)


@dataclass(frozen=True, kw_only=True)
class OneOf(Option):
    """One of some words, each with a label for people.

    What each is ``told`` as may name the ``records`` that have the field, and the ``target`` that it points at.
    """

    words: Mapping[str, str]
    told: Mapping[str, str] = field(default_factory=dict)

    def clean(self, raw: object) -> str:
        if raw not in tuple(self.words):
            raise OptionProblem(f"must be one of {alternatives(self.words)}")
        return str(raw)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}

    def form_control(self) -> FormControl:
        return FormControl(widget=Widget.SELECT, choices=self.words.items())

    def in_words(self, records: str, target: str) -> list[tuple[str, str]]:
        """The words with their labels, with the real names of records."""
        labels = {**self.words, **self.told}
        return [(word, labels[word].format(records=records, target=target)) for word in self.words]


@dataclass(frozen=True, kw_only=True)
class ObjectOption(ShortText):
    """An object, by its id or apiName. Whether there is one, services ask."""

    max_length: int = 60

    def form_control(self) -> FormControl:
        return FormControl(widget=Widget.SELECT, choices_from=ReferenceKind.OBJECT)


def storable(text: str) -> bool:
    """Whether every database stores ``text``: no NUL, and nothing that is not UTF-8 (lone surrogates)."""
    try:
        return b"\x00" not in text.encode()
    except UnicodeEncodeError:
        return False
