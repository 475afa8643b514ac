"""Writing objects: the definitions of what a company keeps records of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from uuid_utils.compat import uuid7

from customobjects import access
from customobjects.fieldtypes import DEFAULT_TYPE, TYPES
from customobjects.fieldtypes.choices import COLOR
from customobjects.fieldtypes.folding import composed, single_line
from customobjects.models import CustomObject, Field, RecordLink
from customobjects.queries.objects import find_field, find_object
from customobjects.schema import schema_of
from customobjects.services import backfill, deletion, naming, schema_history, unique_rules
from customobjects.services import fields as field_services
from customobjects.services.definitions import lock_object, note_act, require_room, touch
from customobjects.services.stale import differing_object
from customobjects.services.transactions import write
from customobjects.services.versions import IfVersion
from customobjects.storage.derivation import DERIVATION
from salesos.accounts import audit
from salesos.accounts.actor import Actor
from salesos.accounts.models import Organization
from salesos.errors import Conflict, DomainError, NotFound, Problem, ValidationError, alternatives, quoted

MAX_UNIQUE_KEYS = 10
MAX_KEY_FIELDS = 5
SETTABLE_PROPERTIES = frozenset(schema_history.settable(schema_history.OBJECT_PROPERTIES))
ICON = re.compile(r"[a-z0-9_]+", re.ASCII)


@write
def create_object(
    actor: Actor,
    *,
    name: str,
    api_name: str | None = None,
    primary_field: str | None = None,
    fields: Sequence[Mapping[str, Any]] = (),
    unique_keys: Sequence[Mapping[str, Any]] = (),
    **properties: Any,
) -> CustomObject:
    """Make an object, with its fields where given (each as ``fields.add_field`` takes it).

    ``properties`` are those of the model by name. Without fields it gets a required text field Name. The primary
    field is ``primary_field`` (an apiName), or the first field that can be one. ``unique_keys`` are rules such as
    ``{"fields": ["serial", "site"]}``: no two records share these values together.
    Raises ``ValidationError``, ``Conflict`` for an apiName that is taken, ``PermissionDenied``.
    """
    access.require_define(actor)
    # Holding the organization's row keeps two requests from both taking the last free place, or the same name.
    Organization.objects.select_for_update().get(id=actor.organization_id)
    require_room_for(actor)
    objects = access.visible_objects(actor)
    taken = set(objects.values_list("api_name", flat=True))
    custom_object = CustomObject(
        organization_id=actor.organization_id,
        api_name=naming.choose("object", api_name, composed(name), taken),
        derivation=DERIVATION,
        created_by_id=actor.user_id,
        updated_by_id=actor.user_id,
    )
    _set(custom_object, {"name": name, "plural_name": naming.plural(name.strip()), **properties})
    custom_object.updated_at = custom_object.created_at
    custom_object.save(force_insert=True)
    _add_fields(actor, custom_object, fields or [{"label": "Name", "type": DEFAULT_TYPE, "is_required": True}])
    require_room(custom_object, field="fields")
    _set_primary(custom_object, primary_field)
    _set_unique_keys(custom_object, unique_keys)
    custom_object.save(update_fields=["primary_field", "unique_keys"])
    schema_history.note(actor, custom_object)
    note_naming(custom_object)
    return custom_object


def require_room_for(actor: Actor, count: int = 1) -> None:
    """Raise ``Conflict`` where the organization has no room for so many objects more."""
    limit, there = settings.MAX_OBJECTS_PER_ORGANIZATION, access.visible_objects(actor).count()
    if there >= limit:
        raise Conflict.of(f"the organization has {limit} objects, which is the limit", code="limit")
    if there + count > limit:
        message = f"this would make {count} objects; the organization has {there}, and {limit} are the limit"
        raise Conflict.of(message, code="limit")


def _set_unique_keys(custom_object: CustomObject, given: Sequence[Mapping[str, Any]]) -> None:
    """Make these the object's unique keys of several fields. A key that it has already stays the one it is.

    Raises ``ValidationError`` at each that cannot be one.
    """
    present = list(field_services.present(custom_object))
    known = {str(field.id): field for field in present} | {field.api_name: field for field in present}
    held = {tuple(sorted(key["fields"])): key for key in custom_object.unique_keys}
    custom_object.key_fillings = {name: it for name, it in custom_object.key_fillings.items() if "," not in name}
    problems, keys = [], {}
    for place, names in enumerate(key["fields"] for key in given):
        fields = [known[name] for name in names if name in known]
        message = ""
        if len(fields) < len(names):
            unknown = next(name for name in names if name not in known)
            message = f"uniqueKeys must name fields of the object, and {quoted(unknown)} is none"
        elif len({field.id for field in fields}) < 2 or len(fields) > MAX_KEY_FIELDS:
            message = f"uniqueKeys must each name 2 to {MAX_KEY_FIELDS} different fields; for one there is isUnique"
        elif wrong := [field.api_name for field in fields if not TYPES[field.type](field.options).can_be_unique]:
            message = f"{wrong[0]} cannot be part of a unique key"
        if message:
            problems.append(Problem(f"uniqueKeys.{place}.fields", "invalid", message))
            continue
        ids = [str(field.id) for field in fields]
        keys[tuple(sorted(ids))] = held.get(tuple(sorted(ids)), {"id": str(uuid7()), "fields": ids})
    if len(given) > MAX_UNIQUE_KEYS:
        problems.append(Problem("uniqueKeys", "limit", f"an object has at most {MAX_UNIQUE_KEYS} unique keys"))
    if problems:
        raise ValidationError(problems)
    custom_object.unique_keys = list(keys.values())


def _add_fields(actor: Actor, custom_object: CustomObject, definitions: Sequence[Mapping[str, Any]]) -> None:
    given = {definition["api_name"] for definition in definitions if definition.get("api_name")}
    for place, definition in enumerate(definitions):
        try:
            field_services.insert_field(actor, custom_object, **definition, given=given)
        except DomainError as error:
            raise type(error)(problem.under(f"fields.{place}") for problem in error.problems) from error


def _set_primary(custom_object: CustomObject, reference: str | None) -> None:
    if reference is None:
        candidates = [field for field in field_services.present(custom_object) if can_be_primary(field)]
        if not candidates:
            message = "an object needs a field to name its records by, and none of these fields can be that"
            raise ValidationError.of(message, field="fields", code="primary")
        # A text that people write says more than a number that is counted.
        custom_object.primary_field = min(candidates, key=lambda field: TYPES[field.type].primary_rank)
        return
    try:
        field = find_field(custom_object, reference)
    except NotFound as error:
        message = f"primaryField must be one of the object's fields, and {quoted(reference)} is none"
        raise ValidationError.of(message, field="primaryField", code="not_found") from error
    if not can_be_primary(field):
        there = alternatives(key for key, type_ in TYPES.items() if type_.can_be_primary)
        message = f"primaryField must be an active field of type {there}"
        raise ValidationError.of(message, field="primaryField", code="type")
    custom_object.primary_field = field


def note_naming(holder: CustomObject, before: Field | None = None) -> None:
    """Note on the objects to which the primary field of ``holder`` is a lookup now, and was before, what they name.

    Whoever writes their records waits, and sees it then.
    """
    fields = (before, holder.primary_field)
    ids = {field.target_id for field in fields if field is not None and field.target_id is not None}
    for target in CustomObject.objects.select_for_update().filter(id__in=ids, deleted_at=None).order_by("id"):
        names_others = CustomObject.objects.filter(primary_field__target=target, deleted_at=None).exists()
        if target.names_others != names_others:
            row = holder if target.id == holder.id else target
            row.names_others = names_others
            touch(row)


def can_be_primary(field: Field) -> bool:
    """Whether a field can name its object's records."""
    return field.is_active and TYPES[field.type].can_be_primary


def _set(custom_object: CustomObject, properties: Mapping[str, Any]) -> None:
    """Set plain properties. Raises ``ValidationError`` at each that is malformed."""
    problems = []
    for name, value in properties.items():
        if name not in SETTABLE_PROPERTIES:
            raise TypeError(f"an object has no property {name!r}")
        if name in ("name", "plural_name") and not str(value).strip():
            outside = "pluralName" if name == "plural_name" else name
            problems.append(Problem(outside, "required", f"{outside} is required"))
        value = composed(value) if isinstance(value, str) else value
        setattr(custom_object, name, single_line(value).strip() if name in ("name", "plural_name") else value)
    custom_object.plural_name = custom_object.plural_name[:80]
    if not COLOR.fullmatch(custom_object.color):
        problems.append(Problem("color", "pattern", "color must be such as #2563eb"))
    if not ICON.fullmatch(custom_object.icon):
        problems.append(Problem("icon", "pattern", "icon must be the name of a Material Symbol, such as inventory_2"))
    if problems:
        raise ValidationError(problems)


@write
def change_object(
    actor: Actor, reference: str, changes: Mapping[str, Any], *, if_version: IfVersion = None
) -> CustomObject:
    """Change an object's properties, by name; ``primary_field`` is an id or an apiName. ``is_active`` archives it.

    ``unique_keys`` replace those that it has; a new one is refused where records share its values.

    Raises ``ValidationError``, ``Conflict``, ``NotFound``, ``PermissionDenied``, and ``PreconditionFailed`` where the
    schema's version is not ``if_version``.
    """
    custom_object = lock_object(actor, reference, if_version=if_version, differing=differing_object(changes))
    changes = dict(changes)
    api_name = changes.pop("api_name", custom_object.api_name)
    if api_name != custom_object.api_name:
        raise ValidationError.of("apiName cannot change after creation", field="apiName", code="immutable")
    primary = changes.pop("primary_field", None)
    if "unique_keys" in changes:
        if changes["unique_keys"]:
            # Records that share values would be named.
            access.require_read(actor, custom_object)
        before = schema_of(custom_object)
        _set_unique_keys(custom_object, changes.pop("unique_keys"))
        unique_rules.rebuild(custom_object, before)
    _set(custom_object, changes)
    previous = custom_object.primary_field
    if primary is not None:
        _set_primary(custom_object, primary)
    touch(custom_object, actor)
    if custom_object.primary_field != previous:
        assert custom_object.primary_field is not None
        note_naming(custom_object, previous)
        backfill.rewrite_texts(custom_object.primary_field)
    return custom_object


@write
def delete_object(actor: Actor, reference: str, *, if_version: IfVersion = None, at: datetime | None = None) -> None:
    """Delete an object with its fields and records: out of sight at once, purged in batches later.

    Lookups of other objects follow their rules: ``restrict`` refuses while a record points here, ``cascade`` deletes
    the records that do, and then the lookup fields themselves go, as they have nothing left to point at. ``at`` is the
    moment of what else is deleted with it, if anything is; such objects get their lookups to each other back.
    Raises ``Conflict``, ``NotFound``, ``PermissionDenied``, also where the actor may not delete one of those records,
    and ``PreconditionFailed`` where the schema's version is not ``if_version``.
    """
    custom_object = lock_object(actor, reference, if_version=if_version)
    # The lookup fields of other objects that point at this one.
    pointing = Field.objects.filter(target=custom_object, deleted_at=None).exclude(custom_object=custom_object)
    lookups = list(pointing.select_related("custom_object"))
    if restricting := [f for f in lookups if f.options["onDelete"] == "restrict" and _links_of(f).exists()]:
        messages = [f"{f.custom_object.plural_name} refer to its records as their {f.label}" for f in restricting]
        raise Conflict(Problem("", "restrict", f"{message}; change or delete those first") for message in messages)
    # What goes along has the same moment: by that it comes back with the object.
    now = at or timezone.now()
    for field in lookups:
        if field.options["onDelete"] == "cascade":
            deletion.delete_along(actor, _links_of(field).values_list("source_id", flat=True), now)
    for field in lookups:
        holder = lock_object(actor, str(field.custom_object_id))
        field_services.mark_deleted(actor, holder, field, now)
    custom_object.fields.filter(deleted_at=None).update(deleted_at=now)
    custom_object.deleted_at = now
    touch(custom_object, actor)
    note_naming(custom_object)
    note_act(actor, audit.Kind.OBJECT_DELETED, custom_object, objectName=custom_object.name)


def records_that_go(actor: Actor, reference: str) -> tuple[int, int]:
    """How many records go with an object: its own, and those of other objects by cascade, up to ``MAX_AT_ONCE``.

    Raises ``NotFound``, ``PermissionDenied``.
    """
    custom_object = find_object(access.visible_objects(actor), reference)
    access.require_define(actor, custom_object)
    pointing = Field.objects.filter(target=custom_object, deleted_at=None).exclude(custom_object=custom_object)
    sources: set[UUID] = set()
    for field in pointing.filter(options__onDelete="cascade"):
        sources |= set(_links_of(field).values_list("source_id", flat=True)[: deletion.MAX_AT_ONCE])
    along = min(len(sources) + deletion.count_along(sources), deletion.MAX_AT_ONCE)
    return access.visible_records(actor, schema_of(custom_object)).count(), along


def _links_of(field: Field) -> QuerySet[RecordLink]:
    return RecordLink.objects.filter(field=field, source__deleted_at=None)
