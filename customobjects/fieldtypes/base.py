"""The base class of all field types, and the words they share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, final

from customobjects.fieldtypes.options import Option, clean_options, options_schema

Key = str | Decimal | datetime


class ColumnKind(StrEnum):
    """The kinds of typed columns that a record has."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"


class FilterFamily(StrEnum):
    """What filters can ask of a value. Each operator is for some families (``queries.operators``)."""

    EQUALITY = "equality"
    ORDER = "order"
    TEXT = "text"
    LONG_TEXT = "long text"
    MEMBERSHIP = "membership"
    PRESENCE = "presence"


MATCHING = frozenset({FilterFamily.EQUALITY, FilterFamily.PRESENCE})
ORDERED = MATCHING | {FilterFamily.ORDER}
TEXTUAL = MATCHING | {FilterFamily.TEXT}
MEMBERSHIP = frozenset({FilterFamily.MEMBERSHIP, FilterFamily.PRESENCE})


class ValueProblem(ValueError):
    """A value that its type refuses. ``message`` completes a sentence that begins with the field's name."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class FieldType(ABC):
    """The type of one field: a class for the type, an instance for the type with one field's options.

    A *canonical value* is what is stored, sent and exported: a JSON value (``str``, ``int``, ``Decimal``, ``bool``,
    ``list``, ``dict``), never a float, and never None: an empty input has no value.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str]  # the name of a Material Symbol
    description: ClassVar[str]
    place: ClassVar[int]  # where a designer lists the type
    control: ClassVar[str]  # the form control, by the names of HTML where it has one
    option_list: ClassVar[tuple[Option, ...]] = ()

    sortable: ClassVar[bool] = True
    searchable: ClassVar[bool] = False
    can_be_primary: ClassVar[bool] = False
    can_be_unique: ClassVar[bool] = False
    can_have_default: ClassVar[bool] = True
    # Whether people and programs give the value; otherwise the server does.
    writable: ClassVar[bool] = True
    # Whether the key says all about the value, so that comparing keys is comparing values.
    key_is_value: ClassVar[bool] = False

    # The kind of typed column that serves filtering and sorting, and the filters that make sense. A type whose
    # options change them says so in its ``__init__``.
    column: ColumnKind | None = None
    filter_families: frozenset[FilterFamily] = frozenset({FilterFamily.PRESENCE})

    def __init__(self, options: Mapping[str, Any]) -> None:
        """``options`` as ``clean_options`` returned them."""
        self.options = options

    # Options -----------------------------------------------------------------------------------------------------

    @classmethod
    def clean_options(cls, raw: object) -> dict[str, Any]:
        """Any input to this type's options, defaults filled in.

        Raises ``salesos.errors.ValidationError`` with a problem at each option that is wrong.
        """
        return clean_options(cls.option_list, raw, cls.check_options)

    @classmethod
    def check_options(cls, options: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """What is wrong between options that are fine one by one: pairs of an option's name and a sentence."""
        return ()

    @classmethod
    def options_schema(cls) -> dict[str, Any]:
        """The JSON Schema of this type's options."""
        return options_schema(cls.option_list)

    @classmethod
    def value_schema(cls) -> dict[str, Any]:
        """The JSON Schema of this type's canonical values where all options have their defaults."""
        return cls({option.name: option.default for option in cls.option_list}).json_schema()

    # Values ------------------------------------------------------------------------------------------------------

    @abstractmethod
    def parse(self, value: object) -> Any:
        """Any input that is not empty to its canonical value. Raises ``ValueProblem``; looks at no limit."""

    def check(self, value: Any, current: Any = None) -> None:
        """Hold a canonical value against the field's limits. Raises ``ValueProblem``.

        ``current`` is what the record holds now: what it already holds may stay, as a deactivated picklist value.
        """

    @final
    def clean(self, value: object, current: Any = None) -> Any:
        """Any input (JSON, form text or CSV cell) to the one canonical value, or None where it is empty.

        Raises ``ValueProblem``. A value that equals ``current`` is never refused: an old record can be saved again
        after the field's limits have become stricter.
        """
        if self.is_empty(value):
            return None
        canonical = self.parse(value)
        if self.is_empty(canonical):
            return None
        if current is None or canonical != current:
            self.check(canonical, current)
        return canonical

    def is_empty(self, value: object) -> bool:
        """Whether an input is no value at all."""
        return value is None or value == ""

    def from_text(self, text: str) -> object:
        """The input that a form's text or a CSV cell stands for; the inverse of ``csv``."""
        return text

    # What a value looks like elsewhere -----------------------------------------------------------------------------

    def column_key(self, value: Any) -> Key | None:
        """The canonical value's key in a typed column of kind ``column``."""
        return None

    def unique_text(self, value: Any) -> str:
        """The text that two values share exactly when they are duplicates of each other."""
        return str(self.column_key(value))

    def search_text(self, value: Any) -> str:
        """What a search finds the value by."""
        return str(value)

    def display(self, value: Any, names: Mapping[str, str] | None = None) -> str:
        """The canonical value for a person. ``names`` has the display names of records and users by their ids."""
        return str(value)

    def csv(self, value: Any) -> str:
        """The canonical value as a CSV cell; ``clean(from_text(csv(value)))`` is ``value`` again."""
        return str(value)

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of canonical values, without null."""
        return {"type": "string"}

    def control_attributes(self) -> dict[str, Any]:
        """Attributes of the form control, by their HTML names."""
        return {}
