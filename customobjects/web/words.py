"""How an object's names read where people meet them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from customobjects.models import CustomObject


@dataclass(frozen=True)
class Words:
    """The names of an object with its icon and colour, and what sentences say of one of its records.

    ``record`` is what a record is called, where an example is known. A record has the value ``unique_value`` in a field
    that is called ``unique_label``.
    """

    name: str
    plural_name: str
    icon: str
    color: str
    record: str = ""
    unique_label: str = "serial number"
    unique_value: str = "S-1"

    @classmethod
    def of(cls, custom_object: CustomObject, examples: Mapping[UUID, str]) -> Words:
        """Those of an object as it is, with what a record would be called by its fields."""
        names = {name: getattr(custom_object, name) for name in ("name", "plural_name", "icon", "color")}
        return cls(**names, record=_first(examples, custom_object.primary_field_id)).about(custom_object, examples)

    def about(self, custom_object: CustomObject, examples: Mapping[UUID, str]) -> Words:
        """The same with a field of an object that is unique, where one has an example."""
        unique = next((f for f in custom_object.fields.all() if f.is_unique and f.id in examples), None)
        return replace(self, unique_label=unique.label, unique_value=examples[unique.id]) if unique else self


def record_in_words(object_name: str, record_name: str) -> str:
    """A record at the beginning of a sentence, with the name of its object: Asset “Pump 7”."""
    return f"{object_name} “{record_name}”" if record_name else f"{object_name} without a name"


def _first(examples: Mapping[UUID, str], field_id: UUID | None) -> str:
    return examples.get(field_id, "") if field_id else ""
