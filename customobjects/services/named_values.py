"""Values of fields that definitions name: in the filters of saved views, and in those of lookups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from customobjects.fieldtypes import ValueProblem
from customobjects.models import CustomObject, Field, View
from customobjects.queries.filter_reader import MAX_STEPS, FilterReader
from customobjects.queries.lookup_filters import FILTER, filtered_lookups
from customobjects.queries.operands import listed
from customobjects.schema import Schema, schema_of
from customobjects.services.definitions import lock_object, touch
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

# The settings of views that are lists of conditions.
CONDITIONS = ("filters", "anyOf", "colors")


class _Renaming:
    """One value of a field, called otherwise wherever a condition on some records names it."""

    def __init__(self, actor: Actor, field_id: UUID, old: str, new: str) -> None:
        self.actor, self.field_id, self.old, self.new = actor, field_id, old, new

    def condition(self, schema: Schema, name: str, operand: Any) -> Any:
        """The operand of a condition of an object's records, with the new value in the place of the old one."""
        if self.old not in json.dumps(operand) and operand != self.old:
            return operand
        reader = FilterReader(self.actor, schema)
        try:
            found = reader.condition(name, operand, name)
        except ValidationError:
            return operand
        if found is None or found.other or found.subject.field is None or found.subject.field.id != self.field_id:
            return operand
        if not found.operator.takes_list:
            return self.new if operand == self.old else operand
        try:
            return list(dict.fromkeys(self.new if one == self.old else one for one in listed(operand)))
        except ValueProblem:
            return operand

    def settings(self, schema: Schema, settings: dict[str, Any]) -> dict[str, Any]:
        """A view's settings."""
        found = dict(settings)
        for name in CONDITIONS:
            if isinstance(entries := settings.get(name), list):
                found[name] = [self._entry(schema, entry) for entry in entries]
        return found

    def _entry(self, schema: Schema, entry: dict[str, Any]) -> dict[str, Any]:
        name = f"{entry['field']}__{entry['operator']}"
        return {**entry, "value": self.condition(schema, name, entry["value"])}

    def tree(self, schema: Schema, tree: Any) -> Any:
        """A filter as a JSON tree."""
        if isinstance(tree, list):
            return [self.tree(schema, part) for part in tree]
        if not isinstance(tree, dict):
            return tree
        return {
            name: self.tree(schema, value) if name in ("and", "or", "not") else self.condition(schema, name, value)
            for name, value in tree.items()
        }


def rename_value(actor: Actor, custom_object: CustomObject, field: Field, old: str, new: str) -> tuple[int, int]:
    """Have filters that name a value of a field name another one. Returns of how many views, and of how many lookups.

    The caller holds the object. Filters of other objects' records that go through lookups are meant, too. A query for
    each lookup that leads there, and some for what filters go through.
    """
    renaming = _Renaming(actor, field.id, old, new)
    objects = list(_objects_that_lead_to(custom_object))
    schemas = {one.id: schema_of(one) for one in objects}
    views = 0
    for view in View.objects.filter(custom_object__in=schemas).order_by("id"):
        settings = renaming.settings(schemas[view.custom_object_id], view.settings)
        if settings != view.settings:
            views += 1
            View.objects.filter(id=view.id).update(
                settings=settings, version=F("version") + 1, updated_at=timezone.now(), updated_by_id=actor.user_id
            )
    lookups = 0
    for lookup in filtered_lookups(custom_object):
        assert lookup.target is not None
        tree = renaming.tree(schema_of(lookup.target), lookup.options[FILTER])
        if tree != lookup.options[FILTER]:
            lookups += 1
            holder = lock_object(actor, str(lookup.custom_object_id))
            lookup.options = {**lookup.options, FILTER: tree}
            lookup.save(update_fields=["options"])
            touch(holder, actor)
    return views, lookups


def _objects_that_lead_to(custom_object: CustomObject) -> Iterator[CustomObject]:
    """An object, and those whose filters go through lookups to it."""
    yield custom_object
    known, level = {custom_object.id}, {custom_object.id}
    for _ in range(MAX_STEPS):
        pointing = Q(fields__target__in=level, fields__deleted_at=None)
        found = CustomObject.objects.filter(pointing, deleted_at=None).exclude(id__in=known).distinct()
        level = set()
        for one in found:
            yield one
            level.add(one.id)
        known |= level
