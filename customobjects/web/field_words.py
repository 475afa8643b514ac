"""What a field, or a change of it, means for the records: in sentences, while one designs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from customobjects.models import CustomObject, Field
from customobjects.queries.field_uses import FieldUses
from customobjects.queries.totals import Total, total_in_words
from customobjects.web.languages import Language

# What deleting a record does to those that point at it, by the option of the lookup.
ON_DELETE: Mapping[str, str] = {
    "restrict": "The {target} cannot be deleted while {records} point at it.",
    "set_null": "Deleting the {target} empties this field on the {records} that point at it.",
    "cascade": "Deleting the {target} deletes the {records} that point at it, too.",
}


def meaning(
    custom_object: CustomObject, options: Mapping[str, Any], target: CustomObject | None, conditions: str
) -> Iterator[str]:
    """What the options of a field mean: of a lookup, what becomes of its records when what it points at is deleted.

    ``conditions`` are those that it is filtered to, in words.
    """
    if target is not None and conditions:
        yield f"Only {target.plural_name} can be chosen that fit: {conditions}."
    if target is not None and options.get("onDelete") in ON_DELETE:
        yield ON_DELETE[options["onDelete"]].format(target=target.name, records=custom_object.plural_name)


def effects(
    custom_object: CustomObject, field: Field | None, held: Mapping[str, Any], empty: Total | None
) -> Iterator[str]:
    """What saving the form does to the records that are there. ``held`` is what it holds, ``empty`` how many records
    have no value of the field."""
    was = field or Field()
    becomes = {name for name in ("is_required", "is_unique") if held.get(name) and not getattr(was, name)}
    if "is_required" in becomes and empty is not None and empty.number:
        yield (
            f"{_sentence(empty)} of {custom_object.plural_name} without a value: they stay as they are, and need one "
            "when they are next changed."
        )
    if "is_unique" in becomes and field is not None:
        yield "If two records have the same value already, this is refused, and the records are named."
    if field is not None and field.is_active and not held.get("is_active", True):
        yield "It is hidden everywhere from then on. Records keep their values, and show them when it is active again."
    if field is not None and not becomes:
        yield "Values that records have already stay as they are; limits hold for what is written from now on."


def losses(custom_object: CustomObject, field: Field, uses: FieldUses, until: str) -> list[str]:
    """What goes with a field that is deleted, and how it comes back. ``until`` is the last day for that."""
    plural = custom_object.plural_name
    said = [f"No record of {plural} has a value of it."]
    if uses.records.number:
        records = total_in_words(uses.records, Language.current().number)
        said = [f"{field.label} is filled in on {records}: what is there goes with it."]
    if uses.views:
        names = ", ".join(f"“{view.name}”" for view in uses.views[:10])
        more = f" and {len(uses.views) - 10} more" if len(uses.views) > 10 else ""
        said.append(f"These views use it, and go on without it: {names}{more}.")
    said.append(
        f"Until {until} it can be restored with all its values from the trash of {plural}. "
        "To hide it and keep its values for good, make it inactive instead."
    )
    return said


def obstacles(custom_object: CustomObject, field: Field, uses: FieldUses) -> list[str]:
    """What keeps a field from being deleted."""
    found = []
    if uses.names_records:
        found.append(
            f"{field.label} names the records of {custom_object.plural_name}: make another field the primary one first."
        )
    for others in uses.keys:
        found.append(f"It is part of the unique key with {_listed(others)}: change that key first.")
    return found


def _listed(names: Iterable[str]) -> str:
    return " and ".join(names)


def _sentence(total: Total) -> str:
    text = total_in_words(total, Language.current().number)
    return text[:1].upper() + text[1:]
