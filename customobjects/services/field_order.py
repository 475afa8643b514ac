"""The order of an object's fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from customobjects.models import CustomObject, Field
from customobjects.queries.objects import find_field
from customobjects.services.definitions import lock_object, touch
from customobjects.services.fields import add_field, present
from customobjects.services.transactions import write
from customobjects.services.versions import IfVersion
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError, alternatives


@write
def reorder_fields(
    actor: Actor, object_reference: str, references: Sequence[str], *, if_version: IfVersion = None
) -> list[Field]:
    """Put the fields of an object into an order: all of them, each once, by id or apiName.

    Raises ``ValidationError``, ``NotFound``, ``PermissionDenied``, and ``PreconditionFailed`` where the version of the
    object's schema is not ``if_version``.
    """
    custom_object = lock_object(actor, object_reference, if_version=if_version)
    there = list(present(custom_object))
    by_reference = {str(field.id): field for field in there} | {field.api_name: field for field in there}
    ordered = [by_reference[reference] for reference in references if reference in by_reference]
    if len(ordered) != len(references) or sorted(f.number for f in ordered) != sorted(f.number for f in there):
        expected = alternatives(field.api_name for field in there)
        message = f"fields must name every field of the object once: {expected}"
        raise ValidationError.of(message, field="fields", code="incomplete")
    _put_in_order(actor, custom_object, ordered)
    return ordered


@write
def move_field(actor: Actor, object_reference: str, field_reference: str, *, by: int) -> None:
    """Move a field one place down (``by`` 1) or up (-1) among those that pages show; at the ends it stays.

    Over the heading of a group, it goes into that group. Raises ``NotFound``, ``PermissionDenied``.
    """
    custom_object = lock_object(actor, object_reference)
    field = find_field(custom_object, field_reference)
    ordered = by_groups(present(custom_object))
    here = next(place for place, one in enumerate(ordered) if one.id == field.id)
    there = here + by
    if not 0 <= there < len(ordered):
        return
    moved, neighbour = ordered[here], ordered[there]
    if moved.group == neighbour.group:
        ordered.insert(there, ordered.pop(here))
    _put_in_order(actor, custom_object, ordered, moved, neighbour.group)


@write
def place_field(
    actor: Actor, object_reference: str, field_reference: str, *, group: str, before: str = "", after: str = ""
) -> None:
    """Put a field into a group, ``before`` or ``after`` another field, or at the group's end.

    A group that no field is in means the one that the field is in. Raises ``NotFound``, ``PermissionDenied``.
    """
    custom_object = lock_object(actor, object_reference)
    field = find_field(custom_object, field_reference)
    other = find_field(custom_object, before or after) if before or after else None
    ordered = by_groups(present(custom_object))
    moved = next(one for one in ordered if one.id == field.id)
    if group not in {one.group for one in ordered} | {""}:
        group = moved.group
    ordered.remove(moved)
    if other is not None and other.id != field.id:
        place = next(place for place, one in enumerate(ordered) if one.id == other.id) + (0 if before else 1)
    else:
        place = max((place + 1 for place, one in enumerate(ordered) if one.group == group), default=len(ordered))
    ordered.insert(place, moved)
    _put_in_order(actor, custom_object, ordered, moved, group)


@write
def add_field_after(actor: Actor, object_reference: str, after: str, **definition: Any) -> Field:
    """Add a field, which stands behind the field ``after`` where that is still there, and is in the same group.

    ``definition`` is what ``fields.add_field`` takes. Raises what that does.
    """
    field = add_field(actor, object_reference, **definition)
    in_group = [one for one in present(field.custom_object) if one.group == field.group and one.id != field.id]
    # At the end of its group it stands already: then no other field changes.
    if any(after in (str(one.id), one.api_name) for one in in_group[:-1]):
        place_field(actor, object_reference, str(field.id), group=field.group, after=after)
    return field


def by_groups(fields: Iterable[Field]) -> list[Field]:
    """Fields as pages show them: first those without a group, then each group where its first field stands."""
    ranks = {"": 0}
    ordered = list(fields)
    for field in ordered:
        ranks.setdefault(field.group, len(ranks))
    return sorted(ordered, key=lambda field: ranks[field.group])


def _put_in_order(
    actor: Actor,
    custom_object: CustomObject,
    ordered: Sequence[Field],
    moved: Field | None = None,
    group: str = "",
) -> None:
    """Write the places of fields that have another one now, and the group of the one that was ``moved``."""
    changed = []
    for place, field in enumerate(ordered, start=1):
        if field.order != place or field is moved:
            field.order = place
            changed.append(field)
    if moved is not None and moved.group != group:
        moved.group, moved.updated_at, moved.updated_by_id = group, timezone.now(), actor.user_id
    Field.objects.bulk_update(changed, ["order", "group", "updated_at", "updated_by"])
    touch(custom_object, actor)
