"""LOOKUP and USER: values that point at something else. Whether it exists, services ask; this room knows no tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from customobjects.fieldtypes.base import FieldType
from customobjects.fieldtypes.controls import DisplayPart, FormControl, ReferenceKind, Widget
from customobjects.fieldtypes.filter_option import FilterOption
from customobjects.fieldtypes.kinds import MATCHING, MEMBERSHIP, ColumnKind, ValueProblem
from customobjects.fieldtypes.lists import parse_list
from customobjects.fieldtypes.options import Flag, ObjectOption, OneOf, Option
from salesos import json

# More links than this from one field of one record are a table of their own.
MAX_LINKS = 100
# What people see in the place of a name, where what is referred to is there no longer, or not for them.
GONE = "(no longer there)"


def parse_id(value: object) -> str:
    """Any spelling of a UUID to its canonical text, or ``ValueProblem``."""
    if isinstance(value, str):
        with suppress(ValueError):
            return str(UUID(value.strip()))
    raise ValueProblem("type", "must be an id (a UUID)")


class _Reference(FieldType):
    """What lookups and users share: one id, or several."""

    column: ColumnKind | None = ColumnKind.TEXT
    key_is_value = True
    can_be_unique: bool = True
    can_have_default = False
    # What has a name of its own says more of a record than what it refers to.
    primary_rank = 3
    schema = {"type": "string", "format": "uuid"}

    def parse(self, value: object) -> Any:
        return parse_list(value, parse_id, "ids") if self.multiple else parse_id(value)

    def parts(self, value: Any, names: Mapping[str, str] | None = None) -> list[DisplayPart]:
        is_record = self.reference_kind is ReferenceKind.RECORD
        if names is None:
            return [DisplayPart(text=id_, record_id=id_ if is_record else "") for id_ in self.ids(value)]
        return [
            DisplayPart(
                text=names.get(id_, GONE),
                record_id=id_ if is_record and id_ in names else "",
                is_person=not is_record and id_ in names,
            )
            for id_ in self.ids(value)
        ]

    def display(self, value: Any, names: Mapping[str, str] | None = None) -> str:
        return ", ".join(part.text for part in self.parts(value, names))

    def record_name(self, value: Any, names: Mapping[str, str] | None = None) -> str:
        """The names of what is there: what is gone names nothing."""
        return ", ".join(names[id_] for id_ in self.ids(value) if id_ in names) if names else ""

    def named_text(self, value: Any, name: str, names: Mapping[str, str] | None = None) -> str:
        """All names, also those that a record's name has no room for."""
        return self.record_name(value, names)

    def form_control(self, value: Any = None) -> FormControl:
        if self.multiple:
            return FormControl(widget=Widget.SELECT_MULTIPLE, attributes={"size": 6}, choices_from=self.reference_kind)
        return FormControl(widget=Widget.SELECT, choices_from=self.reference_kind)


class Lookup(_Reference):
    """One record of another object, or of the same one; or several, in an order of their own."""

    key = "LOOKUP"
    label = "Lookup"
    icon = "account_tree"
    description = "A relation to records of an object: the account of a contact, the parts of a machine."
    place = 140
    control = "lookup"
    filter_families = MATCHING
    option_list: ClassVar[tuple[Option, ...]] = (
        ObjectOption(name="target", label="Object", required=True, fixed=True),
        OneOf(
            name="onDelete",
            label="When the record it points at is deleted",
            words={"restrict": "Refuse", "set_null": "Empty this field", "cascade": "Delete this record too"},
            told={
                "restrict": "Refuse to delete {target} while any of the {records} point at it",
                "set_null": "Empty this field: the {records} stay, and point at nothing",
                "cascade": "Delete the {records} that point at it, too",
            },
            default="set_null",
        ),
        FilterOption(name="filter", label="Filtered to"),
        Flag(name="multiple", label="Can point at several records", fixed=True),
    )
    required_options: ClassVar[Mapping[str, Any]] = {"onDelete": "restrict"}
    reference_kind = ReferenceKind.RECORD

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self.multiple = options["multiple"]
        if self.multiple:
            self.sortable = False
            self.can_be_unique = False
            self.column = None
            self.filter_families = MEMBERSHIP

    def check_required(self) -> Iterable[tuple[str, str]]:
        if self.options["onDelete"] == "set_null":
            yield "onDelete", "must be restrict or cascade where the lookup is required"

    @classmethod
    def from_text(cls, text: str) -> object:
        """An id, or a description as JSON: ``{"faa": "JFK"}``."""
        if not text.lstrip().startswith("{"):
            return text
        try:
            return json.loads(text)
        except json.NotJSONError as problem:
            raise ValueProblem("type", 'must be an id, or such as {"code": "A1"}') from problem

    def is_description(self, part: object) -> bool:
        return isinstance(part, dict)

    def is_empty(self, value: object) -> bool:
        return super().is_empty(value) or value == []

    def is_comparable(self, other: FieldType) -> bool:
        return super().is_comparable(other) and self.options["target"] == other.options["target"]

    def single(self) -> FieldType:
        return type(self)({**self.options, "multiple": False})

    def check(self, value: Any, current: Any = None) -> None:
        if self.multiple and len(value) > MAX_LINKS:
            raise ValueProblem("max_links", f"must have at most {MAX_LINKS} records")

    def json_schema(self) -> dict[str, Any]:
        one = super().json_schema()
        return {"type": "array", "items": one, "maxItems": MAX_LINKS} if self.multiple else one


class UserReference(_Reference):
    """A user of the organization."""

    key = "USER"
    label = "User"
    icon = "person"
    description = "A person of your organization: who inspects, approves, drives."
    place = 150
    control = "user"
    sortable = False
    reference_kind = ReferenceKind.USER
    filter_families = MATCHING
    can_have_default = True
    dynamic_default = "me"
    dynamic_default_means = "whoever makes the record"

    def clean_default(self, value: object) -> Any:
        if self.is_empty(value):
            return None
        if not isinstance(value, str) or not self.is_dynamic(value.strip().lower()):
            raise ValueProblem("choice", "must be me, which is who makes the record")
        return self.dynamic_default

    def is_description(self, part: object) -> bool:
        return isinstance(part, str) and "@" in part

    def dynamic_value(self, moment: datetime, user_id: str) -> str:
        return user_id
