"""The base class of all field types."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, final

from customobjects.fieldtypes.controls import DisplayPart, FormControl, ReferenceKind, Widget
from customobjects.fieldtypes.folding import KEY_END, MAX_KEY_LENGTH, composed, fold
from customobjects.fieldtypes.keys import moment_value, plain_number
from customobjects.fieldtypes.kinds import AGGREGATES, SEPARATOR, ColumnKind, FilterFamily, ValueProblem
from customobjects.fieldtypes.options import Option, OptionProblem
from salesos import json
from salesos.errors import MAX_QUOTED, Problem, ValidationError, alternatives, first_problems

Key = str | Decimal | datetime


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
    control: ClassVar[str]  # the form control's name for programs; ``form_control`` says all about it
    option_list: ClassVar[tuple[Option, ...]] = ()
    # Options of a required field, where it does not say otherwise.
    required_options: ClassVar[Mapping[str, Any]] = {}
    # A field's default value, where it does not say otherwise.
    default: ClassVar[Any] = None
    # The JSON Schema of canonical values; where options change it, ``json_schema`` says so.
    schema: ClassVar[Mapping[str, Any]] = {"type": "string"}

    searchable: ClassVar[bool] = False
    # Whether values take too much room for a table's column, and more than one line in a form.
    is_long: ClassVar[bool] = False
    # How wide tables show it where nobody has said, in pixels.
    column_width: ClassVar[int] = 180
    # Whether the values can name their records.
    can_be_primary: ClassVar[bool] = True
    # Which of its fields names a new object's records, where nobody says: the first of those with the least rank.
    primary_rank: ClassVar[int] = 2
    can_have_default: ClassVar[bool] = True
    # A word that is no value, for a default which each new record works out anew, and what it means; or empty.
    dynamic_default: ClassVar[str] = ""
    dynamic_default_means: ClassVar[str] = ""
    # Whether people and programs give the value; otherwise the server does.
    writable: ClassVar[bool] = True
    # Whether the key says all about the value, so that comparing keys is comparing identities.
    key_is_value: ClassVar[bool] = False
    # The option that lists the values there are, each under ``value``, where two of them can be merged; or empty.
    merged_option: ClassVar[str] = ""
    # What the ids in values are of, or None where values refer to nothing. A type that refers to records has the
    # options ``target`` and ``onDelete``, as LOOKUP has.
    reference_kind: ClassVar[ReferenceKind | None] = None

    # A type whose options change the following says so in its ``__init__``.
    # The kind of typed column that serves filtering and sorting, and the filters that make sense.
    column: ColumnKind | None = None
    filter_families: frozenset[FilterFamily] = frozenset({FilterFamily.PRESENCE})
    can_be_unique: bool = False
    sortable: bool = True
    # The canonical values in the order in which they sort and group, where that is not the order of their keys. Others
    # come behind them.
    sorted_values: Sequence[Any] = ()
    # Whether a text is its own identity, so that comparing what ``data`` holds is comparing identities.
    value_is_identity: bool = False
    # Whether there are values whose whole key is longer than a typed column.
    has_long_keys: bool = False
    # Whether a value is a list of single values.
    multiple: bool = False
    # Whether a value that is a moment stands for the whole day that it begins.
    is_day: ClassVar[bool] = False
    # The first of the numbers that the server gives to new records, or None where it gives none (see ``number``).
    first_number: int | None = None

    def __init__(self, options: Mapping[str, Any]) -> None:
        """``options`` as ``clean_options`` returned them."""
        self.options = options

    # Options -----------------------------------------------------------------------------------------------------

    @classmethod
    def clean_options(cls, raw: object) -> dict[str, Any]:
        """Any input to the values of all options, defaults filled in.

        Raises ``ValidationError`` whose problems are at ``options.<name>``: an unknown option, one that is refused, a
        required one that is missing, or, where all are fine by themselves, what ``check_options`` finds between them.
        """
        if raw is None:
            raw = {}
        if not isinstance(raw, Mapping):
            raise ValidationError.of("options must be an object", field="options", code="type")
        names = [option.name for option in cls.option_list]
        unknown = (str(name)[:MAX_QUOTED] for name in raw if name not in names)
        there = alternatives(names)
        problems = first_problems(
            Problem(f"options.{name}", "unknown", f"options has no {name!r} for this type; there is {there}")
            for name in unknown
        )
        options = {}
        for option in cls.option_list:
            try:
                options[option.name] = option.clean_or_default(raw.get(option.name))
            except OptionProblem as problem:
                problems.append(Problem(f"options.{option.name}", "invalid", f"{option.name} {problem}"))
        if not problems:
            problems = [
                Problem(f"options.{name}", "invalid", f"{name} {text}") for name, text in cls.check_options(options)
            ]
        if problems:
            raise ValidationError(problems)
        return options

    @classmethod
    def check_options(cls, options: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """What is wrong between options that are fine one by one: pairs of an option's name and a sentence."""
        return ()

    def check_required(self) -> Iterable[tuple[str, str]]:
        """What of the options cannot be where the field is required: pairs of an option's name and a sentence."""
        return ()

    @classmethod
    def options_schema(cls) -> dict[str, Any]:
        """The JSON Schema of this type's options."""
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {option.name: option.described() for option in cls.option_list},
            "additionalProperties": False,
        }
        if required := [option.name for option in cls.option_list if option.required]:
            schema["required"] = required
        return schema

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

        Raises ``ValueProblem``. A value that is the same as ``current`` is never refused: an old record can be saved
        again after the field's limits have become stricter.
        """
        if self.is_empty(value):
            return None
        canonical = self.parse(value)
        if self.is_empty(canonical):
            return None
        if current is None or not self.is_same(canonical, current):
            self.check(canonical, current)
        return canonical

    def is_canonical(self, value: object) -> bool:
        """Whether a value that is stored is what ``parse`` makes of it, whatever the field's limits are by now."""
        with suppress(ValueProblem):
            # To Python, true and 1 are equal.
            return not self.is_empty(value) and json.canonical_bytes(self.parse(value)) == json.canonical_bytes(value)
        return False

    def clean_default(self, value: object) -> Any:
        """Any input to what a field keeps as its default: a canonical value, or ``dynamic_default``, or None.

        Raises ``ValueProblem``.
        """
        if self.dynamic_default and isinstance(value, str) and value.strip().lower() == self.dynamic_default:
            return self.dynamic_default
        return self.clean(value)

    def is_dynamic(self, default: Any) -> bool:
        """Whether each new record works out a default anew."""
        return bool(self.dynamic_default) and default == self.dynamic_default

    def dynamic_value(self, moment: datetime, user_id: str) -> Any:
        """The canonical value of the dynamic default, for a record that a user makes at some moment."""
        raise NotImplementedError

    def is_empty(self, value: object) -> bool:
        """Whether an input is no value at all."""
        return value is None or value == "" or (self.multiple and value == [])

    @classmethod
    def from_text(cls, text: str) -> object:
        """The input that a form's text or a CSV cell stands for; the inverse of ``csv``. Raises ``ValueProblem``."""
        return text

    def from_cell(self, text: str) -> object:
        """The input that a person's text stands for: what ``from_text`` reads, or what people see of a value.

        Raises ``ValueProblem``. Names of records and users are looked for by services.
        """
        return self.from_text(text)

    def copied(self, value: Any) -> Any:
        """What names a copy of a record that is named by this canonical value: another one, where types make such."""
        return value

    def day(self, text: str) -> tuple[datetime, datetime] | None:
        """The first and the last moment of the day that a text names, where values are moments of a day, or None."""
        return None

    def number(self, count: int) -> Any:
        """The canonical value that the server gives to the ``count``-th record, counted from ``first_number``."""
        raise NotImplementedError

    def count_of(self, value: object) -> int | None:
        """The ``count`` that ``number`` made a value of, or None where it made none such."""
        return None

    def members(self, value: Any) -> list[Any]:
        """The single values of a canonical value, or of None: more than one only where ``multiple``."""
        if value is None:
            return []
        return list(value) if self.multiple else [value]

    def ids(self, value: Any) -> list[str]:
        """The ids that a canonical value, or None, refers to; ``reference_kind`` says what they are of."""
        return self.members(value) if self.reference_kind else []

    def is_description(self, part: object) -> bool:
        """Whether an input, or a part of it where there are several, says what it refers to by something else than its
        id. Services find the id (``services.descriptions``)."""
        return False

    def without(self, value: Any, member: Any) -> Any:
        """A canonical value without one of its single values, or None where nothing is left."""
        left = [other for other in self.members(value) if other != member]
        return (left if self.multiple else left[0]) if left else None

    def replaced(self, value: Any, old: Any, new: Any) -> Any:
        """A canonical value with one of its single values in the place of another one."""
        members = list(dict.fromkeys(new if part == old else part for part in self.members(value)))
        return self.parse(members) if self.multiple else members[0]

    # What a value looks like elsewhere -----------------------------------------------------------------------------

    def column_key(self, value: Any) -> Key:
        """The canonical value's key in a typed column of kind ``column``: of a text, the beginning of ``told_key``."""
        return self.told_key(value)[:MAX_KEY_LENGTH]

    def whole_key(self, value: Any) -> str:
        """The whole of what a text is sorted by: where the column has only its beginning, this decides."""
        return fold(value).replace(KEY_END, "")

    def told_key(self, value: Any) -> str:
        """What a text is sorted by, and behind it the identity that is kept, where that is another."""
        whole, identity = self.whole_key(value), self.kept_identity(value)
        return whole if identity == whole else f"{whole}{KEY_END}{identity}"

    def is_told(self, value: Any) -> bool:
        """Whether a value's key in a column is no other value's: then comparing keys is comparing identities."""
        return self.key_is_value or (not self.value_is_identity and len(self.told_key(value)) < MAX_KEY_LENGTH)

    def from_key(self, key: Any) -> Any:
        """The canonical value that a key of kind number or moment stands for."""
        return plain_number(key) if isinstance(key, Decimal) else moment_value(key)

    @property
    def aggregates(self) -> tuple[str, ...]:
        """What can be worked out of the values of many records: ``sum``, ``avg``, ``min``, ``max``."""
        return AGGREGATES.get(self.column, ())

    def identity(self, value: Any) -> str:
        """The text that two canonical values share exactly when they are the same value.

        The one notion of equality: of unique keys and upserts, of exact filters, of groups and of changes.
        """
        return self.csv(value)

    def kept_identity(self, value: Any) -> str:
        """What is kept beside a record where it is not the whole key. No option that may change later decides it."""
        return self.whole_key(value) if self.value_is_identity else self.identity(value)

    def is_same(self, value: Any, other: Any) -> bool:
        """Whether a record that holds ``other`` would hold nothing new with ``value``.

        More than one identity: a name whose capital letters are mended is the same name, and yet is to be stored.
        """
        return bool(value == other)

    def is_comparable(self, other: FieldType) -> bool:
        """Whether values of two fields, of this type and of an ``other``, can be held against each other."""
        return self.column is not None and type(self) is type(other)

    def single(self) -> FieldType:
        """The type of the single values of a list; where values are no lists, this one."""
        return self

    def search_text(self, value: Any) -> str:
        """What a search finds the value by: what people see of it, and what is stored."""
        return " ".join(map(str, self.members(value)))

    def part(self, text: str) -> str:
        """A part of a value as people may write it, as canonical values have it. Empty where they have no such."""
        return composed(text)

    def display(self, value: Any, names: Mapping[str, str] | None = None) -> str:
        """The canonical value for a person. ``names`` has the display names of records and users by their ids."""
        return self.csv(value)

    def record_name(self, value: Any, names: Mapping[str, str] | None = None) -> str:
        """What a record is called that is named by this canonical value. ``names`` is as ``display`` takes it."""
        return self.display(value)

    def named_text(self, value: Any, name: str, names: Mapping[str, str] | None = None) -> str:
        """What a search finds a record by that is named by this canonical value.

        The ``name`` first, as the best hits begin with it.
        """
        text = self.search_text(value) if self.searchable else self.csv(value)
        return text if text.startswith(name) else f"{name} {text}"

    def shows_as(self, before: FieldType) -> bool:
        """Whether all values look as they did with the options of ``before``, which is of the same type."""
        return True

    def parts(self, value: Any, names: Mapping[str, str] | None = None) -> Sequence[DisplayPart]:
        """What ``display`` says, in pieces that a page can make links and chips of, and write in people's languages."""
        return [DisplayPart(text=self.display(value, names))]

    def csv(self, value: Any) -> str:
        """The canonical value as a CSV cell; ``clean(from_text(csv(value)))`` is ``value`` again."""
        return SEPARATOR.join(map(str, value)) if self.multiple else str(value)

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of canonical values, without null."""
        return dict(self.schema)

    def form_control(self, value: Any = None) -> FormControl:
        """The control of a form that asks for a value, where ``value`` is the canonical one there is, or None."""
        if self.is_long:
            return FormControl(widget=Widget.TEXTAREA, attributes={"rows": 4})
        return FormControl(attributes={"type": self.control})

    def form_value(self, value: Any) -> Any:
        """What the control holds for a canonical value: a text that ``from_text`` reads, or an input to ``clean``."""
        return value if self.multiple else self.csv(value)
