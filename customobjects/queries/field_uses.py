"""What would be lost with a field: the records that have a value of it, and what else names it."""

from __future__ import annotations

from dataclasses import dataclass

from customobjects.models import CustomObject, Field, View
from customobjects.queries.figures import count_records
from customobjects.queries.filled import filled
from customobjects.queries.selection import RecordRequest
from customobjects.queries.steps import Steps
from customobjects.queries.totals import Total
from customobjects.queries.view_settings import usable_settings
from customobjects.queries.views import list_views
from customobjects.schema import Schema
from salesos.accounts.actor import Actor


@dataclass(frozen=True)
class FieldUses:
    """How many records have a value of a field; the views that the actor sees and that name it; unique keys of it.

    ``keys`` are those of several fields, each with the labels of the others. ``names_records`` says that it is the
    primary field.
    """

    records: Total
    views: list[View]
    keys: list[list[str]]
    names_records: bool


def records_with_value(actor: Actor, schema: Schema, field: Field) -> Total:
    """How many records have a value of a field: exactly, or by a sample. At most five queries."""
    found = filled(actor, schema)
    if not found.is_sample:
        return Total(found.counts.get(field.id, 0))
    number = count_records(actor, schema, RecordRequest()).number or 0
    return Total(round(number * found.share(field.id)), is_estimate=True)


def uses_of(actor: Actor, custom_object: CustomObject, schema: Schema, field: Field) -> FieldUses:
    """What uses a field of an object, whose schema it is. Some queries, and one for all of the object's views."""
    without = schema.seen_by(frozenset({field.id}))
    steps = Steps(actor)
    views = [
        view
        for view in list_views(actor, schema)
        if usable_settings(actor, without, view.kind, view.settings, steps).missing
        != usable_settings(actor, schema, view.kind, view.settings, steps).missing
    ]
    labels = {str(one.id): one.label for one in custom_object.fields.all()}
    keys = [
        [labels[id_] for id_ in key["fields"] if id_ in labels and id_ != str(field.id)]
        for key in custom_object.unique_keys
        if str(field.id) in key["fields"]
    ]
    return FieldUses(records_with_value(actor, schema, field), views, keys, field.id == custom_object.primary_field_id)
