"""What lookups are filtered to: which records of the object that one points at it may newly point at."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from customobjects import access
from customobjects.fieldtypes import ReferenceKind
from customobjects.models import CustomObject, Field
from customobjects.queries.filter_reader import MAX_STEPS, FilterReader
from customobjects.queries.filters import NO_FILTERS, FilterGroup
from customobjects.queries.objects import as_uuid, find_schema
from customobjects.queries.picked import MAX_PICKED, picked
from customobjects.queries.selection import RecordRequest, matching_ids
from customobjects.schema import Schema, SchemaField, schema_of
from salesos.accounts.actor import Actor
from salesos.errors import NotFound, ValidationError

# The option of types that refer to records.
FILTER = "filter"


def filter_of(field: SchemaField) -> Mapping[str, Any] | None:
    """The filter of a lookup as JSON, or None."""
    return field.type.options.get(FILTER) if field.type.reference_kind is ReferenceKind.RECORD else None


def lookup_filter(actor: Actor, target: Schema, lookup_id: str) -> Mapping[str, Any] | None:
    """The filter of the lookup to an object that an id names, or None. One query. Raises ``NotFound``."""
    field = None
    if (id_ := as_uuid(lookup_id)) is not None:
        holders = access.visible_objects(actor)
        field = Field.objects.filter(id=id_, target_id=target.id, deleted_at=None, custom_object__in=holders).first()
    if field is None:
        raise NotFound.named("lookup", lookup_id)
    found: Mapping[str, Any] | None = field.options.get(FILTER)
    return found


def fitting(actor: Actor, lookup: SchemaField, ids: Collection[str]) -> set[str]:
    """Those of some records, by id, that a lookup may newly point at: none where its filter cannot be used any more.

    One query for the object, and one for ten thousand records each.
    """
    tree = filter_of(lookup)
    if not tree:
        return set(ids)
    try:
        schema = find_schema(actor, str(lookup.target_id))
    except NotFound:
        return set()
    found: set[str] = set()
    left = sorted(ids)
    for start in range(0, len(left), MAX_PICKED):
        some = left[start : start + MAX_PICKED]
        try:
            request = RecordRequest(tree=tree, within=picked(some))
            found.update(map(str, matching_ids(actor, schema, request, len(some))))
        except ValidationError:
            return set()
    return found


def read_filter(actor: Actor, target: CustomObject, tree: Mapping[str, Any] | None) -> FilterGroup:
    """A filter of an object's records, checked. Raises ``ValidationError``."""
    if not tree:
        return NO_FILTERS
    return FilterReader(actor, access.visible_schema(actor, schema_of(target))).tree(tree)


def lookups_that_filter_by(actor: Actor, custom_object: CustomObject, field_id: UUID) -> list[Field]:
    """The lookups whose filters name a field of an object, also through other lookups.

    A query for each lookup on the way there, and some for what filters go through.
    """
    found = []
    for field in filtered_lookups(custom_object):
        assert field.target is not None
        try:
            group = read_filter(actor, field.target, field.options[FILTER])
        except ValidationError:
            continue
        named = {
            part.id for one in group.filters() for part in (one.subject.field, one.other and one.other.field) if part
        }
        named |= {step.lookup.id for one in group.filters() for step in one.steps}
        if field_id in named:
            found.append(field)
    return found


def filtered_lookups(custom_object: CustomObject) -> list[Field]:
    """The lookups with filters to an object, and to those from whose records lookups lead there. Three queries."""
    targets, level = {custom_object.id}, {custom_object.id}
    for _ in range(MAX_STEPS):
        pointing = Field.objects.filter(target__in=level, deleted_at=None)
        level = set(pointing.values_list("custom_object_id", flat=True)) - targets
        targets |= level
        if not level:
            break
    lookups = Field.objects.filter(target__in=targets, deleted_at=None, custom_object__deleted_at=None)
    every = lookups.select_related("target", "custom_object").order_by("id")
    return [field for field in every if field.options.get(FILTER)]
