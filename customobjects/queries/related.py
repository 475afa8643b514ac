"""Related lists: the records that point at a record, and whether there are any."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import KW_ONLY, dataclass
from itertools import islice
from uuid import UUID

import inflection
from django.db.models import Exists, OuterRef, Q

from customobjects import access
from customobjects.queries.filters import Filter, FilterGroup
from customobjects.queries.objects import as_uuid, find_schema
from customobjects.queries.operators import OPERATORS
from customobjects.queries.subjects import RECORD_PROPERTIES, Subject
from customobjects.schema import Schema, SchemaField, schema_of
from customobjects.storage.dialect import found_by_id
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


def pointing_lookups(actor: Actor, target: Schema, most: int) -> list[tuple[Schema, SchemaField]]:
    """The lookups that point at records of ``target``, of all objects that the actor reads: the first ``most``.

    One query, and one for each object whose version is new to the process.
    """
    pointing = Q(fields__target_id=target.id, fields__deleted_at=None, fields__is_active=True)
    objects = access.visible_objects(actor).filter(pointing, is_active=True).distinct()
    schemas = (access.visible_schema(actor, schema_of(one)) for one in objects.order_by("plural_name", "id")[:most])
    pairs = (
        (schema, field)
        for schema in schemas
        if access.can_read(actor, schema)
        for field in schema.fields
        if field.target_id == target.id
    )
    return list(islice(pairs, most))


def pointing_by(field: SchemaField, id_: UUID) -> FilterGroup:
    """The condition for records that point at a record by one lookup."""
    return FilterGroup("and", (_pointing(field, id_),))


@dataclass(frozen=True, eq=False)
class RelatedList(Subject):
    """The records of an object that point at a record, as something that a filter asks for: is there any?"""

    _: KW_ONLY
    actor: Actor
    schema: Schema
    lookups: tuple[SchemaField, ...]

    @property
    def cache_key(self) -> Hashable:
        ids = tuple(lookup.id for lookup in self.lookups)
        return "related", ids, self.schema.cache_key, access.rights(self.actor, self.schema)

    def is_empty(self) -> Q:
        sources = found_by_id(access.visible_records(access.with_parameters(self.actor), self.schema))
        lookups = [lookup.id for lookup in self.lookups]
        return ~Q(Exists(sources.filter(links_out__target_id=OuterRef("id"), links_out__field_id__in=lookups)))


def find_related_list(actor: Actor, target: Schema, name: str) -> RelatedList | None:
    """The list of records that point at one of ``target``, by their object's name, or None.

    ``name`` is the object's apiName, as in the list's path, or its plural: ``contact`` or ``contacts``. Or its id.
    Two queries, and none where there is no such object.
    """
    pointing = Q(fields__target_id=target.id, fields__deleted_at=None, fields__is_active=True)
    objects = access.visible_objects(actor).filter(pointing).distinct()
    names = dict(objects.values_list("api_name", "id"))
    plurals = {inflection.pluralize(api_name): id_ for api_name, id_ in names.items()}
    ids = {str(id_): id_ for id_ in names.values()}
    id_ = names.get(name) or plurals.get(name) or ids.get(name)
    if id_ is None:
        return None
    schema = find_schema(actor, str(id_))
    lookups = tuple(field for field in schema.fields if field.target_id == target.id)
    if not lookups or not access.can_read(actor, schema):
        return None
    # Like a value that is there or not, of which nothing else is asked.
    type_ = RECORD_PROPERTIES["id"].type
    return RelatedList(name, type_, "", str, actor=actor, schema=schema, lookups=lookups)
