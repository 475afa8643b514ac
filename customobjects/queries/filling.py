"""How far the background is with what a change of the schema leaves to do for old records."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from customobjects.models import CustomObject, Field

# The condition of fields for which the background has something to fill in.
IS_BEING_FILLED = ~Q(filling="") | Q(fills_default=True) | Q(fill_number__isnull=False) | Q(fills_text=True)


@dataclass(frozen=True)
class FieldFilling:
    """What the background is doing for a field, for how many records it is done, and what kept it from being unique.

    ``lookups`` are those to deleted records, which are emptied.
    """

    index: bool
    default: bool
    numbers: bool
    texts: bool
    unique: bool
    lookups: bool
    records_done: int
    problem: str | None


@dataclass(frozen=True)
class KeyFilling:
    """How far the background is with a unique key of several fields (their apiNames), or why it gave up."""

    fields: list[str]
    records_done: int
    problem: str | None


def filling_of(field: Field) -> FieldFilling | None:
    """What the background is doing for a field; None where there is nothing to say."""
    keys = field.custom_object.key_fillings
    key = keys.get(field.key_name, {})
    problem = keys.get(str(field.id), {}).get("problem")
    written = bool(field.filling), field.fills_default, field.fill_number is not None, field.fills_text
    if not (any(written) or key or problem or field.emptying):
        return None
    done = field.filled_count if any(written) else key.get("recordsDone", 0)
    done += sum(field.emptying.values())
    return FieldFilling(
        *written, unique="recordsDone" in key, lookups=bool(field.emptying), records_done=done, problem=problem
    )


def key_fillings_of(custom_object: CustomObject) -> list[KeyFilling]:
    """What the background is doing for an object's unique keys of several fields."""
    names = {str(field.id): field.api_name for field in custom_object.fields.all()}
    fields_of = {key["id"]: key["fields"] for key in custom_object.unique_keys}
    found = []
    for name, filling in custom_object.key_fillings.items():
        ids = fields_of.get(name) or (name.split(",") if "," in name else [])
        if fields := [names[id_] for id_ in ids if id_ in names]:
            found.append(KeyFilling(fields, filling.get("recordsDone", 0), filling.get("problem")))
    return found
