"""The order of an object's fields."""

from __future__ import annotations

from collections.abc import Sequence

from customobjects.models import CustomObject, Field
from customobjects.queries.objects import find_field
from customobjects.services.definitions import lock_object, touch
from customobjects.services.fields import present
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
    """Move a field so many places down, or up where it is less than 0; at the ends it stays.

    Raises ``NotFound``, ``PermissionDenied``.
    """
    custom_object = lock_object(actor, object_reference)
    ordered = list(present(custom_object))
    here = ordered.index(find_field(custom_object, field_reference))
    there = here + by
    if 0 <= there < len(ordered):
        ordered.insert(there, ordered.pop(here))
        _put_in_order(actor, custom_object, ordered)


def _put_in_order(actor: Actor, custom_object: CustomObject, ordered: Sequence[Field]) -> None:
    for place, field in enumerate(ordered, start=1):
        field.order = place
    Field.objects.bulk_update(ordered, ["order"])
    touch(custom_object, actor)
