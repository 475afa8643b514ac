"""What becomes of a table: the object's name, and for each column the field, and how its texts are read.

A plan is kept as JSON between the pages on which people look at it and change it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from dataclasses import field as declared
from pathlib import PurePath
from typing import Any

import inflection

from customobjects.fieldtypes import DEFAULT_TYPE, TYPES, ReferenceKind, ValueProblem
from customobjects.services import naming
from customobjects.services.table_import.proposals import (
    Column,
    Proposal,
    looks_unique,
    propose,
    propose_as,
    ways,
)
from customobjects.services.table_import.readings import Numbers, Reading
from salesos.errors import Problem, ValidationError

# Names of columns that name the whole record.
NAMING = re.compile(r"^(full )?(name|title|subject|company|label)$|\bname$", re.IGNORECASE)
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
NUMBER = Numbers(".")
# What names the records of an object that is made of a column.
NAME_TYPE = TYPES[DEFAULT_TYPE](TYPES[DEFAULT_TYPE].clean_options({}))


@dataclass
class ColumnPlan:
    """What becomes of a column.

    ``reading`` is the label of how its texts are read, and ``rivals`` those of other ways that would make other values
    of them. ``words`` may stand for no value, and those in ``missing`` do. Of a lookup, the texts are values of the
    field ``found_by`` of the records that it points at; where these are to be made, too, ``new_object`` and
    ``new_plural`` name their object. Where the table's object is there already, ``field`` is the apiName of the field
    that the column is for. A column that is not ``used`` is left out.
    """

    label: str
    type: str
    options: dict[str, Any] = declared(default_factory=dict)
    reading: str = ""
    rivals: list[str] = declared(default_factory=list)
    words: list[str] = declared(default_factory=list)
    missing: list[str] = declared(default_factory=list)
    is_unique: bool = False
    found_by: str = ""
    field: str = ""
    used: bool = True
    new_object: str = ""
    new_plural: str = ""

    @classmethod
    def of(cls, column: Column, proposal: Proposal) -> ColumnPlan:
        """What a proposal says, with a label that people like to read."""
        return cls(
            label_of(column.name),
            proposal.type,
            dict(proposal.options),
            proposal.reading.label,
            [rival.label for rival in proposal.rivals],
            list(proposal.missing),
            list(proposal.missing),
            looks_unique(column, proposal),
        )

    def look_up(self, object_name: str, field_name: str) -> None:
        """Make it a lookup to an object's records, of which a field holds the texts; both by their apiNames."""
        self._be_lookup({"target": object_name}, found_by=field_name)

    def become_object(self, name: str, plural: str) -> None:
        """Make it a lookup to an object that is to be made of its texts, with these names."""
        self._be_lookup({})
        self.new_object, self.new_plural = name, plural

    def _be_lookup(self, options: dict[str, Any], *, found_by: str = "") -> None:
        self.type, self.options, self.found_by = "LOOKUP", options, found_by
        self.reading, self.rivals, self.is_unique = "", [], False
        self.new_object = self.new_plural = ""

    @property
    def is_looked_up(self) -> bool:
        """Whether its texts say which records are meant, of an object that is there or is to be made."""
        return bool(self.found_by or self.new_object)

    @property
    def names_users(self) -> bool:
        """Whether its texts say which users are meant."""
        return TYPES[self.type].reference_kind is ReferenceKind.USER

    def reading_in(self, zone: str) -> Reading:
        """How its texts are read, times without a zone as of ``zone``."""
        found = ways("TEXT" if self.is_looked_up else self.type, zone)
        return next(way for way in found if way.label == self.reading)

    def value_of(self, text: str, reading: Reading) -> object:
        """What a text stands for, for the field's type to judge; None for no value. Raises ``ValueProblem``."""
        if not text or text in self.missing:
            return None
        if self.found_by:
            return {self.found_by: text}
        if self.new_object:
            return text
        if self.names_users:
            return text
        value = reading.read(text)
        if isinstance(value, bool):
            return value
        # Of what cannot be read, the type says best what is wrong with it.
        return TYPES[self.type].from_text(text if value is None else value)


@dataclass
class Plan:
    """What becomes of a table whose times are of a time ``zone``, where they say no other.

    ``primary`` is the place of the column that names the records; ``fields`` are the apiNames of the fields that were
    made of the columns, or that they are for, by their places as texts. Of a table that is brought into an object,
    ``by`` are the apiNames of the unique key that records are found by, and ``repeated`` the numbers of rows that have
    the key of an earlier one, with that one's number. ``objects`` are the ids of those that were made of columns.
    """

    name: str
    columns: list[ColumnPlan]
    zone: str = "UTC"
    primary: int | None = None
    fields: dict[str, str] = declared(default_factory=dict)
    by: list[str] = declared(default_factory=list)
    repeated: dict[str, int] = declared(default_factory=dict)
    objects: list[str] = declared(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The plan as it is kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Plan:
        """The plan that ``as_json`` wrote."""
        return cls(**{**kept, "columns": [ColumnPlan(**one) for one in kept["columns"]]})

    def readings(self) -> list[Reading]:
        """How the texts of each column are read."""
        return [one.reading_in(self.zone) for one in self.columns]


def columns_of(rows: Sequence[Sequence[str]], *, has_header: bool) -> list[Column]:
    """The columns of a table, named by its first row, or by their places."""
    width = len(rows[0])
    names = rows[0] if has_header else [""] * width
    body = rows[has_header:]
    texts: Iterable[Sequence[str]] = zip(*body, strict=True) if body else [()] * width
    named = enumerate(zip(names, texts, strict=True), 1)
    return [Column(name or f"Column {place}", column) for place, (name, column) in named]


def seems_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: it has a text for nearly each, no two the same, and no numbers."""
    first = [cell for cell in rows[0] if cell]
    return len(first) >= len(rows[0]) - 1 and len(set(first)) == len(first) and not any(map(NUMBER.read, first))


def planned(name: str, columns: Sequence[Column], zone: str) -> Plan:
    """What a table's columns seem to be. ``name`` is that of its file, or nothing."""
    plans = [ColumnPlan.of(column, propose(column, zone)) for column in columns]
    return Plan(object_name_of(name), plans, zone, naming_place(columns, plans))


def can_name_records(plan: ColumnPlan) -> bool:
    """Whether the field that a column becomes can name the records."""
    return plan.used and TYPES[plan.type].can_be_primary


def naming_place(columns: Sequence[Column], plans: Sequence[ColumnPlan]) -> int | None:
    """The place of the column that names the records best; None where none can.

    A text is best, first one that is called so or is unique, then what is chosen from a list or of other records.
    """
    able = [place for place, plan in enumerate(plans) if can_name_records(plan)]
    return min(able, key=lambda place: _naming_rank(columns[place], plans[place]), default=None)


def _naming_rank(column: Column, plan: ColumnPlan) -> tuple[int, int]:
    """How well a column names the records: the less, the better."""
    if plan.type == "TEXT" and column.counts:
        return 0 if NAMING.search(plan.label) else 1 if plan.is_unique else 2, 0
    if plan.type == "PICKLIST" or plan.is_looked_up:
        return 3, 0
    return 4, TYPES[plan.type].primary_rank


def replanned(column: Column, plan: ColumnPlan, type_: str, zone: str) -> ColumnPlan:
    """The plan of a column that somebody gave another type, with its label as it is."""
    changed = ColumnPlan.of(column, propose_as(column, type_, zone))
    changed.label, changed.used = plan.label, plan.used
    return changed


def as_object(plan: ColumnPlan) -> ColumnPlan:
    """The plan of a column as a lookup to a new object, which is called as the column is."""
    name = singular(plan.label)
    plan.become_object(name, naming.plural(name))
    return plan


def option_problems(plan: ColumnPlan) -> Sequence[Problem]:
    """Why there cannot be a field with the options that are planned, if so."""
    if plan.new_object or plan.field:
        # The only option is the object that is not there yet; a field that is there has its own.
        return ()
    try:
        TYPES[plan.type].clean_options(plan.options)
    except ValidationError as error:
        return error.problems
    return ()


def refused_texts(column: Column, plan: ColumnPlan, reading: Reading) -> Counter[str]:
    """The texts of a column that its field would refuse, with how often each occurs.

    Records and users are not looked up, and a field that there cannot be refuses none.
    """
    if plan.found_by or plan.names_users or option_problems(plan):
        return Counter()
    kind = NAME_TYPE if plan.new_object else TYPES[plan.type](TYPES[plan.type].clean_options(plan.options))
    refused: Counter[str] = Counter()
    for text, count in column.counts.items():
        try:
            kind.clean(plan.value_of(text, reading))
        except ValueProblem:
            refused[text] = count
    return refused


def label_of(name: str) -> str:
    """A column's name as people write one: ``engine_type`` is Engine Type, and "Last service" stays what it is."""
    if " " in name.strip() and name.strip()[0].isupper():
        return " ".join(name.split())
    words = CAMEL.sub(" ", name.replace("_", " ")).split()
    return " ".join(word.capitalize() if word.islower() else word for word in words)


def object_name_of(file_name: str) -> str:
    """What one row of a file is called: ``planes.csv`` holds a Plane, of which there are Planes."""
    words = re.sub(r"[^\w]+", " ", PurePath(file_name).stem.replace("_", " ")).split()
    return singular(" ".join(word.capitalize() for word in words))


def singular(name: str) -> str:
    """What one of several is called: of ``Storage Places``, each is a Storage Place."""
    before, space, last = name.rpartition(" ")
    return f"{before}{space}{inflection.singularize(last)}"
