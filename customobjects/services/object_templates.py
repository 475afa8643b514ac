"""Objects that are ready to be made: with fields, views, and lookups that fit each other.

They stand in ``object_templates.json``, each with what ``objects.create_object`` takes, and with its ``views`` as
``views.create_view`` takes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from customobjects import access
from customobjects.models import CustomObject
from customobjects.services import naming, objects, views
from customobjects.services.transactions import write
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, ValidationError, alternatives, quoted


@dataclass(frozen=True)
class ObjectTemplate:
    """An object to be made. ``targets`` are the apiNames of the objects that its lookups point at."""

    name: str
    icon: str
    color: str
    description: str
    fields: Sequence[Mapping[str, Any]]
    views: Sequence[Mapping[str, Any]]
    properties: Mapping[str, Any]

    @property
    def api_name(self) -> str:
        return naming.derive(self.name, "object")

    @property
    def targets(self) -> list[str]:
        return [target for field in self.fields if (target := _target(field))]


@cache
def catalogue() -> Mapping[str, ObjectTemplate]:
    """All templates by their apiNames, in the order in which pages list them."""
    listed = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
    templates = []
    for one in listed:
        named = {name: one.pop(name) for name in ("name", "icon", "color", "description", "fields", "views")}
        templates.append(ObjectTemplate(**named, properties=one))
    return {template.api_name: template for template in templates}


@write
def make_from_templates(actor: Actor, names: Sequence[str]) -> list[CustomObject]:
    """Make the objects of some templates, with their views, which everybody sees; all of them or none.

    A lookup is made where its target is one of them, or is there already. Raises ``ValidationError`` for a name of
    none, ``Conflict`` where an object of such a name is there, ``PermissionDenied``.
    """
    access.require_define(actor)
    chosen = {name: _template(name) for name in names}
    there = set(access.visible_objects(actor).values_list("api_name", flat=True))
    if taken := [chosen[name].name for name in chosen if name in there]:
        raise Conflict.of(f"there is an object {' and '.join(taken)} already", field="templates", code="duplicate")
    # An object comes behind those that it points at.
    before = {name: [target for target in template.targets if target in chosen] for name, template in chosen.items()}
    return [_make(actor, chosen[name], there | chosen.keys()) for name in TopologicalSorter(before).static_order()]


def _template(name: str) -> ObjectTemplate:
    if name not in catalogue():
        message = f"templates has no {quoted(name)}; there is {alternatives(catalogue())}"
        raise ValidationError.of(message, field="templates", code="choice")
    return catalogue()[name]


def _make(actor: Actor, template: ObjectTemplate, targets: set[str]) -> CustomObject:
    fields = [field for field in template.fields if _target(field) in (None, *targets)]
    made = objects.create_object(
        actor,
        name=template.name,
        icon=template.icon,
        color=template.color,
        description=template.description,
        fields=fields,
        **template.properties,
    )
    # A view by a lookup that is not there is left out.
    missing = {naming.derive(field["label"], "field") for field in template.fields if field not in fields}
    for view in template.views:
        settings = view["settings"]
        if settings.get("group") in missing or settings.get("column") in missing:
            continue
        kept = {
            **settings,
            **{
                name: [entry for entry in settings[name] if _field_of(entry) not in missing]
                for name in ("columns", "cards")
                if name in settings
            },
        }
        views.create_view(actor, str(made.id), name=view["name"], kind=view["kind"], settings=kept, is_shared=True)
    return made


def _target(field: Mapping[str, Any]) -> str | None:
    """The apiName of the object that a lookup points at; None for other fields."""
    target: str | None = field.get("options", {}).get("target")
    return target


def _field_of(entry: Any) -> str:
    """The field of a column, or of a card, of a view's settings."""
    return entry["field"] if isinstance(entry, Mapping) else entry
