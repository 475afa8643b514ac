"""Related lists: the records that point at a record."""

from __future__ import annotations

from uuid import UUID

from customobjects import access
from customobjects.queries.filters import Filter, FilterGroup
from customobjects.queries.objects import as_uuid
from customobjects.queries.operators import OPERATORS
from customobjects.queries.subjects import Subject
from customobjects.schema import Schema, SchemaField
from salesos.accounts.actor import Actor
from salesos.errors import NotFound, ValidationError, alternatives, quoted


def pointing_at(actor: Actor, schema: Schema, target: Schema, reference: str, *, via: str | None = None) -> FilterGroup:
    """The condition for records of ``schema`` that point at a record of ``target``, by any lookup or by ``via``.

    Raises ``NotFound`` where there is no such record, ``ValidationError`` where no lookup leads there.
    """
    id_ = as_uuid(reference)
    if id_ is None or not access.visible_records(actor, target).filter(id=id_).exists():
        raise NotFound.named("record", reference)
    lookups = {field.api_name: field for field in schema.fields if field.target_id == target.id}
    if not lookups:
        message = f"{schema.api_name} has no lookup that points at {target.api_name}"
        raise ValidationError.of(message, code="unrelated")
    if via is not None:
        chosen = schema.find(via)
        if chosen is None or chosen.api_name not in lookups:
            message = f"via must be one of {alternatives(lookups)}, and {quoted(via)} is none"
            raise ValidationError.of(message, field="via", code="choice")
        lookups = {via: chosen}
    return FilterGroup("or", tuple(_pointing(field, id_) for field in lookups.values()))


def _pointing(field: SchemaField, id_: UUID) -> Filter:
    subject = Subject.of_field(field)
    # A list of ids has no key of its own: there the links decide.
    operator = OPERATORS["has" if field.type.column is None else "exact"]
    return Filter(subject, operator, operator.parse(subject, str(id_)))
