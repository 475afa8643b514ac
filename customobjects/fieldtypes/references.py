"""LOOKUP and USER: values that point at something else. Whether it exists, services ask; this room knows no tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from customobjects.fieldtypes.base import MATCHING, MEMBERSHIP, ColumnKind, FieldType, ValueProblem
from customobjects.fieldtypes.options import Flag, OneOf, Option, ShortText

# More links than this from one field of one record are a table of their own.
MAX_LINKS = 100
SEPARATOR = ";"


def parse_id(value: object) -> str:
    """Any spelling of a UUID to its canonical text, or ``ValueProblem``."""
    try:
        return str(UUID(value.strip())) if isinstance(value, str) else _refuse()
    except ValueError:
        return _refuse()


def _refuse() -> str:
    raise ValueProblem("type", "must be an id (a UUID)")


class _Reference(FieldType):
    """What lookups and users share: one id, or several."""

    column: ColumnKind | None = ColumnKind.TEXT
    sortable = False
    key_is_value = True
    can_be_unique = True
    can_have_default = False

    def parse(self, value: object) -> Any:
        return parse_id(value)

    def column_key(self, value: str) -> str:
        return value

    def display(self, value: Any, names: Mapping[str, str] | None = None) -> str:
        return (names or {}).get(value, value)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "uuid"}


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
        ShortText(name="target", label="Object", required=True, max_length=60),
        OneOf(
            name="onDelete",
            label="When the record it points at is deleted",
            words=("restrict", "set_null", "cascade"),
            default="set_null",
        ),
        Flag(name="multiple", label="Several records"),
    )

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self.multiple: bool = options["multiple"]
        if self.multiple:
            self.column = None
            self.filter_families = MEMBERSHIP

    def is_empty(self, value: object) -> bool:
        return super().is_empty(value) or value == []

    def parse(self, value: object) -> Any:
        if not self.multiple:
            return parse_id(value)
        if isinstance(value, str):
            value = [part for part in value.split(SEPARATOR) if part.strip()]
        if not isinstance(value, list):
            raise ValueProblem("type", "must be a list of ids")
        return list(dict.fromkeys(parse_id(part) for part in value))

    def check(self, value: Any, current: Any = None) -> None:
        if self.multiple and len(value) > MAX_LINKS:
            raise ValueProblem("max_links", f"must have at most {MAX_LINKS} records")

    def ids(self, value: Any) -> list[str]:
        """The ids in a canonical value, or none where it is None."""
        if value is None:
            return []
        return list(value) if self.multiple else [value]

    def display(self, value: Any, names: Mapping[str, str] | None = None) -> str:
        return ", ".join((names or {}).get(part, part) for part in self.ids(value))

    def csv(self, value: Any) -> str:
        return SEPARATOR.join(self.ids(value))

    def json_schema(self) -> dict[str, Any]:
        one = {"type": "string", "format": "uuid"}
        return {"type": "array", "items": one, "maxItems": MAX_LINKS} if self.multiple else one


class User(_Reference):
    """A user of the organization."""

    key = "USER"
    label = "User"
    icon = "person"
    description = "A person of your organization: who inspects, approves, drives."
    place = 150
    control = "user"
    filter_families = MATCHING
