"""JSON: whatever a program wants to keep beside a record."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from customobjects.fieldtypes.base import FieldType
from customobjects.fieldtypes.folding import composed
from customobjects.fieldtypes.kinds import ValueProblem
from customobjects.fieldtypes.options import storable
from salesos import json

MAX_DEPTH = 32


class Json(FieldType):
    """Any JSON value but null, its numbers exact. The order of an object's properties is not kept."""

    key = "JSON"
    label = "JSON"
    icon = "data_object"
    description = "Structured data for programs: settings, a payload of another system."
    place = 170
    control = "json"
    schema = {}
    is_long = True
    sortable = False

    def is_empty(self, value: object) -> bool:
        # An empty text is a JSON value like any other.
        return value is None

    def parse(self, value: object) -> Any:
        if json.depth_exceeds(value, MAX_DEPTH):
            raise ValueProblem("depth", f"must not be nested deeper than {MAX_DEPTH} levels")
        return self._exact(value)

    def _exact(self, value: object) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            if not storable(value):
                raise ValueProblem("characters", "has a text that cannot be stored (NUL, or half of a surrogate pair)")
            return composed(value)
        if isinstance(value, int | Decimal):
            return self._number(value)
        if isinstance(value, list):
            return [self._exact(entry) for entry in value]
        if isinstance(value, dict) and all(isinstance(name, str) for name in value):
            return {self._exact(name): self._exact(entry) for name, entry in value.items()}
        raise ValueProblem("type", "must be JSON")

    @staticmethod
    def _number(value: int | Decimal) -> int | Decimal:
        number = Decimal(value)
        if not number.is_finite() or (number and abs(number.adjusted()) > json.MAX_EXPONENT):
            raise ValueProblem("digits", "has a number that is out of range")
        plain = format(number, "f") if number else "0"
        return int(plain) if "." not in plain and len(plain) <= 18 else Decimal(plain)

    @classmethod
    def from_text(cls, text: str) -> object:
        if not text.strip():
            return None
        try:
            return json.loads(text)
        except json.NotJSONError as error:
            raise ValueProblem("type", f"must be JSON: {error}") from error

    def csv(self, value: Any) -> str:
        return json.dumps(value)

    def identity(self, value: Any) -> str:
        # To Python, 1, 1.0 and true are equal; to JSON they are not.
        return json.canonical_bytes(value).decode()

    def is_same(self, value: Any, other: Any) -> bool:
        return self.identity(value) == self.identity(other)
