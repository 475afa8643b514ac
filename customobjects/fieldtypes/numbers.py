"""NUMBER, CURRENCY and PERCENT: exact decimals, from input through storage to output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal, localcontext
from typing import Any, ClassVar

from babel.core import Locale
from babel.numbers import format_currency, format_decimal, get_currency_symbol

from customobjects.fieldtypes.base import FieldType
from customobjects.fieldtypes.controls import DisplayPart, FormControl, Notation
from customobjects.fieldtypes.keys import DECIMAL_PLACES, INTEGER_DIGITS, finite_number
from customobjects.fieldtypes.kinds import ORDERED, ColumnKind, ValueProblem
from customobjects.fieldtypes.options import Code, ExactNumber, Option, OptionProblem, WholeNumber

LOCALE = Locale("en", "US")
# Of these, a form shows one that the field's limits allow as an example.
EXAMPLES = tuple(map(Decimal, ("1234.5", "1234", "12.5", "12", "1.5", "1", "0.5", "0", "-1")))
LIMITS = (ExactNumber(name="min", label="Lowest value"), ExactNumber(name="max", label="Highest value"))


def _precision(default: int) -> WholeNumber:
    is_any = default == DECIMAL_PLACES
    return WholeNumber(
        name="precision",
        label="Decimal places",
        help_text="Left empty: any number of them. With 0, only whole numbers." if is_any else "",
        least=0,
        most=DECIMAL_PLACES,
        default=default,
        example="2",
        is_unlimited=is_any,
    )


def decimal_places(number: int | Decimal) -> int:
    """How many digits a number is written with behind the point."""
    exponent = Decimal(number).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def decimal_text(number: int | Decimal, locale: Locale = LOCALE) -> str:
    """A number with all its digits, as people write it in a language."""
    with localcontext(prec=2 * (INTEGER_DIGITS + DECIMAL_PLACES)):
        return str(format_decimal(number, locale=locale, decimal_quantization=False))


class Number(FieldType):
    """An exact decimal number. Whole numbers are ``int`` where they fit into 64 bits, all others ``Decimal``."""

    key = "NUMBER"
    column_width = 120
    label = "Number"
    icon = "tag"
    description = "A number with its exact digits: a count, a weight, a coordinate."
    place = 30
    control = "number"
    column: ColumnKind | None = ColumnKind.NUMBER
    filter_families = ORDERED
    can_be_unique = True
    key_is_value = True
    option_list: ClassVar[tuple[Option, ...]] = (*LIMITS, _precision(DECIMAL_PLACES))

    @classmethod
    def check_options(cls, options: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        if options["min"] is not None and options["max"] is not None and options["min"] > options["max"]:
            yield "min", "must not be greater than max"

    def parse(self, value: object) -> int | Decimal:
        number = finite_number(value)
        if number is None:
            raise ValueProblem("type", "must be a number")
        if number and number.adjusted() >= INTEGER_DIGITS:
            raise ValueProblem("digits", f"must have at most {INTEGER_DIGITS} digits before the point")
        if decimal_places(number) > DECIMAL_PLACES:
            raise ValueProblem("digits", f"must have at most {DECIMAL_PLACES} decimal places")
        # There is no negative zero.
        plain = format(number or abs(number), "f")
        return int(plain) if "." not in plain and len(plain) <= 18 else Decimal(plain)

    def check(self, value: int | Decimal, current: Any = None) -> None:
        least, greatest, precision = self.options["min"], self.options["max"], self.options["precision"]
        if least is not None and value < least:
            raise ValueProblem("min", f"must not be less than {least}")
        if greatest is not None and value > greatest:
            raise ValueProblem("max", f"must not be greater than {greatest}")
        if decimal_places(value) > precision and decimal_places(Decimal(value).normalize()) > precision:
            raise ValueProblem("precision", f"must have at most {precision} decimal places")

    def column_key(self, value: int | Decimal) -> Decimal:
        return Decimal(value)

    def identity(self, value: int | Decimal) -> str:
        return format(Decimal(value).normalize(), "f")

    def is_comparable(self, other: FieldType) -> bool:
        return isinstance(other, Number)

    def display(self, value: int | Decimal, names: Mapping[str, str] | None = None) -> str:
        return decimal_text(value)

    def parts(self, value: int | Decimal, names: Mapping[str, str] | None = None) -> Sequence[DisplayPart]:
        unit = self.units[0] if self.units else ""
        return [DisplayPart(notation=Notation.NUMBER, value=self.csv(value), unit=unit)]

    def csv(self, value: int | Decimal) -> str:
        return format(Decimal(value), "f")

    def json_schema(self) -> dict[str, Any]:
        limits = {"minimum": self.options["min"], "maximum": self.options["max"]}
        return {"type": "number", **{name: limit for name, limit in limits.items() if limit is not None}}

    def form_control(self, value: int | Decimal | None = None) -> FormControl:
        # A telephone's keys for decimals may have no minus.
        has_negative = self.options["min"] is not None and self.options["min"] < 0
        return FormControl(
            attributes={} if has_negative else {"inputmode": "decimal"},
            notation=Notation.NUMBER,
            example=self._example(),
            units=self.units,
        )

    @property
    def units(self) -> tuple[str, ...]:
        """What people may write before or behind a number, as they see it there. The first is its name for programs."""
        return ()

    def _example(self) -> str:
        """A number that the field takes."""
        bounds = [self.options[name] for name in ("min", "max") if self.options[name] is not None]
        for number in (*EXAMPLES, *bounds):
            with suppress(ValueProblem):
                self.check(number)
                return self.csv(number)
        return "1"


def _judge_currency(code: str) -> None:
    if code not in LOCALE.currencies or len(code) != 3:
        raise OptionProblem("must be a currency's code of ISO 4217, such as USD or EUR")


class Currency(Number):
    """An exact amount of money in the field's currency."""

    key = "CURRENCY"
    column_width = 136
    label = "Currency"
    icon = "payments"
    description = "An amount of money in one currency: a price, a cost, a budget."
    place = 40
    option_list: ClassVar[tuple[Option, ...]] = (
        Code(
            name="currency",
            label="Currency",
            max_length=3,
            default="USD",
            judge=_judge_currency,
            names=LOCALE.currencies,
        ),
        *LIMITS,
        _precision(2),
    )

    def is_comparable(self, other: FieldType) -> bool:
        # An amount is a number, too, but not one of another currency.
        return super().is_comparable(other) and other.options.get("currency") in (None, self.options["currency"])

    def shows_as(self, before: FieldType) -> bool:
        return bool(self.options["currency"] == before.options["currency"])

    def display(self, value: int | Decimal, names: Mapping[str, str] | None = None) -> str:
        whole = decimal_places(value) < 2
        with localcontext(prec=2 * (INTEGER_DIGITS + DECIMAL_PLACES)):
            return str(format_currency(value, self.options["currency"], locale=LOCALE, decimal_quantization=whole))

    @property
    def units(self) -> tuple[str, ...]:
        return self.options["currency"], str(get_currency_symbol(self.options["currency"], locale=LOCALE))


class Percent(Number):
    """A percentage; 12.5 is 12.5 %."""

    key = "PERCENT"
    label = "Percent"
    icon = "percent"
    description = "A percentage, 12.5 meaning 12.5 %: a discount, a probability, a share."
    place = 50
    option_list: ClassVar[tuple[Option, ...]] = (*LIMITS, _precision(2))

    def display(self, value: int | Decimal, names: Mapping[str, str] | None = None) -> str:
        return f"{super().display(value)} %"

    @property
    def units(self) -> tuple[str, ...]:
        return ("%",)
