"""The kinds of options that field types declare, each with its own validation and JSON Schema."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from customobjects.fieldtypes.controls import FormControl, ReferenceKind, Widget
from customobjects.fieldtypes.keys import DECIMAL_PLACES, INTEGER_DIGITS
from salesos.errors import Problem, ValidationError


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

    @abstractmethod
    def clean(self, raw: object) -> Any:
        """Any input that is not None to the option's value. Raises ``OptionProblem``."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the option."""

    def form_control(self) -> FormControl:
        """The control of a form that asks for the option."""
        return FormControl()

    def form_value(self, value: Any) -> Any:
        """What the control holds for a value of the option."""
        return value

    def from_form(self, entered: Any, current: Any = None) -> Any:
        """The input that the control holds, or None where it is empty; ``current`` is the option's present value."""
        return None if entered == "" else entered


class _NumberOption(Option):
    """What options that are numbers share."""

    def form_control(self) -> FormControl:
        return FormControl(attributes={"inputmode": "decimal"})

    def from_form(self, entered: str, current: Any = None) -> str | None:
        return entered.strip() or None


@dataclass(frozen=True, kw_only=True)
class WholeNumber(_NumberOption):
    """An integer between ``least`` and ``most``."""

    least: int
    most: int

    def clean(self, raw: object) -> int:
        if isinstance(raw, str) and raw.isascii() and raw.lstrip("-").isdigit() and len(raw) < 20:
            raw = int(raw)
        if isinstance(raw, Decimal) and raw.is_finite() and raw == raw.to_integral_value():
            raw = int(raw)
        if isinstance(raw, bool) or not isinstance(raw, int) or not self.least <= raw <= self.most:
            raise OptionProblem(f"must be a whole number from {self.least} to {self.most}")
        return int(raw)

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, kw_only=True)
class ExactNumber(_NumberOption):
    """A number within what a typed column holds."""

    def clean(self, raw: object) -> int | Decimal:
        if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str):
            raise OptionProblem("must be a number")
        try:
            number = Decimal(raw)
        except InvalidOperation as error:
            raise OptionProblem("must be a number") from error
        if not number.is_finite():
            raise OptionProblem("must be a number")
        if abs(number) >= 10**INTEGER_DIGITS or (number and number.adjusted() < -DECIMAL_PLACES):
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
    """A text of at most ``max_length`` characters, held against ``judge`` where there is one."""

    max_length: int = 255
    judge: Callable[[str], str] = field(default=lambda text: text)

    def clean(self, raw: object) -> str:
        if not isinstance(raw, str) or not 0 < len(raw) <= self.max_length:
            raise OptionProblem(f"must be a text of 1 to {self.max_length} characters")
        if not storable(raw):
            raise OptionProblem("has characters that cannot be stored")
        return self.judge(raw)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.max_length}


@dataclass(frozen=True, kw_only=True)
class OneOf(Option):
    """One of some words, each with a label for people."""

    words: Mapping[str, str]

    def clean(self, raw: object) -> str:
        if raw not in tuple(self.words):
            raise OptionProblem(f"must be one of {', '.join(self.words)}")
        return str(raw)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}

    def form_control(self) -> FormControl:
        return FormControl(widget=Widget.SELECT, choices=self.words.items())


@dataclass(frozen=True, kw_only=True)
class ObjectOption(ShortText):
    """An object, by its id or apiName. Whether there is one, services ask."""

    max_length: int = 60

    def form_control(self) -> FormControl:
        return FormControl(widget=Widget.SELECT, choices_from=ReferenceKind.OBJECT)


def storable(text: str) -> bool:
    """Whether every database stores ``text``: no NUL, and nothing that is not UTF-8 (lone surrogates)."""
    if "\x00" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def clean_options(
    declared: tuple[Option, ...],
    raw: object,
    check: Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]],
) -> dict[str, Any]:
    """Any input to the values of all ``declared`` options.

    Raises ``ValidationError`` whose problems are at ``options.<name>``: an unknown option, one that is refused, a
    required one that is missing, or, where all are fine by themselves, what ``check`` finds between them.
    """
    if raw is None:
        raw = {}
    if not isinstance(raw, Mapping):
        raise ValidationError.of("options must be an object", field="options", code="type")
    known = {option.name: option for option in declared}
    problems = []
    for name in raw:
        if name not in known:
            there = ", ".join(known) or "none"
            message = f"options has no {str(name)[:80]!r} for this type; there is {there}"
            problems.append(Problem(f"options.{str(name)[:80]}", "unknown", message))
    options = {}
    for option in declared:
        given = raw.get(option.name)
        try:
            if given is None and option.required:
                raise OptionProblem("is required for this type")
            options[option.name] = option.default if given is None else option.clean(given)
        except OptionProblem as problem:
            problems.append(Problem(f"options.{option.name}", "invalid", f"{option.name} {problem}"))
    if not problems:
        problems = [Problem(f"options.{name}", "invalid", f"{name} {text}") for name, text in check(options)]
    if problems:
        raise ValidationError(problems)
    return options


def options_schema(declared: tuple[Option, ...]) -> dict[str, Any]:
    """The JSON Schema of an object of options."""
    properties = {option.name: {"title": option.label, **option.schema()} for option in declared}
    for option in declared:
        if option.default is not None and not option.required:
            properties[option.name]["default"] = option.default
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if required := [option.name for option in declared if option.required]:
        schema["required"] = required
    return schema
