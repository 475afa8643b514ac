"""Writing fields. Nothing here writes a record, so a million of them take no longer than one.

What old records are to get (``services.backfill``, ``services.unique_rules``), the background writes; the exception is
a field of few records that becomes unique.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils import timezone

from customobjects import access
from customobjects.fieldtypes import TYPES, FieldType, ReferenceKind, ValueProblem
from customobjects.fieldtypes.folding import composed, single_line
from customobjects.models import AutoNumberCounter, CustomObject, Field
from customobjects.queries.held_values import held_among
from customobjects.queries.lookup_filters import FILTER, lookups_that_filter_by, read_filter
from customobjects.queries.objects import find_field, find_object
from customobjects.schema import schema_of
from customobjects.services import backfill, naming, numbering, unique_rules
from customobjects.services.definitions import lock_object, require_room, touch
from customobjects.services.stale import differing_field
from customobjects.services.transactions import write
from customobjects.services.versions import IfVersion
from customobjects.storage.search_text import FIRST_MARK, LAST_MARK
from customobjects.storage.typed_columns import free_columns
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, NotFound, Problem, ValidationError, alternatives


def present(custom_object: CustomObject) -> QuerySet[Field]:
    """The object's fields that are not deleted, in their order."""
    return custom_object.fields.filter(deleted_at=None).select_related("counter").order_by("order", "number")


@write
def add_field(actor: Actor, object_reference: str, *, if_version: IfVersion = None, **definition: Any) -> Field:
    """Add a field to an object; ``definition`` is what ``insert_field`` takes.

    Raises ``ValidationError``, ``Conflict`` for an apiName that is taken or a limit, ``NotFound``,
    ``PermissionDenied``, and ``PreconditionFailed`` where the version of the object's schema is not ``if_version``.
    """
    custom_object = lock_object(actor, object_reference, if_version=if_version)
    field = insert_field(actor, custom_object, **definition)
    require_room(custom_object, field="options")
    touch(custom_object, actor)
    return field


def insert_field(
    actor: Actor,
    custom_object: CustomObject,
    *,
    label: str,
    type: str,
    api_name: str | None = None,
    help_text: str = "",
    group: str = "",
    is_required: bool = False,
    is_unique: bool = False,
    is_indexed: bool | None = None,
    is_active: bool = True,
    default_value: Any = None,
    fill_default: bool = False,
    order: int | None = None,
    options: Mapping[str, Any] | None = None,
    next_number: int | None = None,
    number_existing: bool = False,
    given: Iterable[str] = (),
) -> Field:
    """Make a field of an object that the caller holds. It takes a free typed column of its kind.

    ``is_indexed`` False spares the column; True insists on one. With ``fill_default`` the background gives the default
    to the records that are there already, and with ``number_existing`` their numbers, in the order of their creation.
    No apiName that is made from the label is one of those ``given`` to other fields of the request. Raises
    ``ValidationError``, ``Conflict``.
    """
    limit = settings.MAX_FIELDS_PER_OBJECT
    if present(custom_object).count() >= limit:
        raise Conflict.of(f"the object has {limit} fields, which is the limit", code="limit")
    if not label.strip():
        raise ValidationError.of("label is required", field="label", code="required")
    if type not in TYPES:
        raise ValidationError.of(f"type must be one of {alternatives(TYPES)}", field="type", code="choice")
    every = list(custom_object.fields.values_list("api_name", "data_key", "deleted_at"))
    taken = {name for name, _key, deleted_at in every if deleted_at is None}
    label, help_text = single_line(composed(label)), composed(help_text)
    chosen = naming.choose("field", api_name, label, taken if api_name else taken.union(given))
    number = (custom_object.fields.aggregate(last=Max("number"))["last"] or 0) + 1
    if FIRST_MARK + number > LAST_MARK:
        raise Conflict.of("the object has had too many fields over time", code="limit")
    if is_required and isinstance(options, Mapping):
        options = {**TYPES[type].required_options, **options}
    cleaned = TYPES[type].clean_options(options)
    target = _resolve_target(actor, TYPES[type], cleaned)
    field = Field(
        custom_object=custom_object,
        number=number,
        api_name=chosen,
        # Values of a deleted field of that name may still be there: the new one keeps its own elsewhere.
        data_key=chosen if chosen not in {key for _name, key, _at in every} else f"{chosen}__{number}",
        label=label.strip(),
        type=type,
        help_text=help_text,
        group=_group_name(composed(group)),
        is_required=is_required,
        is_unique=is_unique,
        is_active=is_active,
        options=cleaned,
        order=number if order is None else order,
        target=target,
        created_by_id=actor.user_id,
        updated_by_id=actor.user_id,
    )
    field.updated_at = field.created_at
    bound = TYPES[type](cleaned)
    field.default_value = _clean_default(bound, default_value)
    _check_rules(field, bound)
    field.column = _take_column(custom_object, bound, is_indexed)
    if fill_default:
        _fill_default(custom_object, field)
    field.save(force_insert=True)
    if bound.first_number is not None:
        AutoNumberCounter.objects.create(field=field, next_number=bound.first_number)
    _set_numbers(custom_object, field, bound, next_number, number_existing)
    return field


def _group_name(text: str) -> str:
    """A group's name as it is kept: one line without space around it, so that names that look the same are the same."""
    return single_line(text).strip()


def _resolve_target(actor: Actor, type_: type[FieldType], options: dict[str, Any]) -> CustomObject | None:
    """The object whose records a type refers to, or None; the option ``target`` (id or apiName) becomes its id."""
    if type_.reference_kind is not ReferenceKind.RECORD:
        return None
    reference = options["target"]
    try:
        target = find_object(access.visible_objects(actor), reference)
    except NotFound as error:
        message = f"target must be an object, and there is no {reference!r}"
        raise ValidationError.of(message, field="options.target", code="not_found") from error
    options["target"] = str(target.id)
    try:
        read_filter(actor, target, options.get(FILTER))
    except ValidationError as error:
        raise ValidationError(replace(problem, field=f"options.{FILTER}") for problem in error.problems) from error
    return target


def _clean_default(type_: FieldType, raw: Any) -> Any:
    if raw is None:
        return type_.default
    if not type_.can_have_default:
        raise ValidationError.of(f"{type_.key} fields have no default", field="defaultValue", code="type")
    try:
        return type_.clean_default(raw)
    except ValueProblem as problem:
        message = f"defaultValue {problem.message}"
        raise ValidationError.of(message, field="defaultValue", code=problem.code) from problem


def _kept_default(type_: FieldType, default: Any) -> Any:
    """The default of a field whose options have changed, as they would have it. Raises ``ValidationError``."""
    try:
        return type_.clean_default(default)
    except ValueProblem as problem:
        shown = type_.csv(default)[:80]
        message = f"defaultValue is {shown!r}, and {problem.message}; change it along with the options"
        raise ValidationError.of(message, field="defaultValue", code=problem.code) from problem


def _fill_default(custom_object: CustomObject, field: Field) -> None:
    """Have the background give the default to old records. Raises ``ValidationError`` where there is none for them."""
    if field.default_value is None:
        raise ValidationError.of("fillDefault needs a defaultValue", field="fillDefault", code="required")
    if TYPES[field.type](field.options).is_dynamic(field.default_value):
        message = f"fillDefault needs a defaultValue that is a value: {field.default_value} is for new records"
        raise ValidationError.of(message, field="fillDefault", code="dynamic")
    field.fills_default = True
    backfill.start(custom_object, field)


def _set_numbers(
    custom_object: CustomObject, field: Field, type_: FieldType, next_number: int | None, number_existing: bool
) -> None:
    """Set a field's next number, and have the background number old records. Raises ``ValidationError``."""
    given = {"nextNumber": next_number, "numberExisting": number_existing}
    numbering.require_counter(field, type_.first_number is not None, given)
    if next_number is not None:
        numbering.set_next_number(field, next_number)
    if number_existing and numbering.reserve_for_existing(custom_object, field):
        backfill.start(custom_object, field)
        field.save()


def _check_rules(field: Field, type_: FieldType) -> None:
    """Hold a field's properties against each other. Raises ``ValidationError``."""
    problems = []
    if field.is_unique and not type_.can_be_unique:
        problems.append(Problem("isUnique", "type", f"{type_.key} fields of this kind cannot be unique"))
    if field.is_unique and field.default_value is not None:
        problems.append(Problem("defaultValue", "unique", "defaultValue would be a duplicate on a unique field"))
    if field.is_required:
        problems += [Problem(f"options.{name}", "required", f"{name} {text}") for name, text in type_.check_required()]
    if problems:
        raise ValidationError(problems)


def _take_column(custom_object: CustomObject, type_: FieldType, is_indexed: bool | None) -> str:
    if type_.column is None or is_indexed is False:
        if is_indexed and type_.column is None:
            raise ValidationError.of(f"{type_.key} fields have no index", field="isIndexed", code="type")
        return ""
    free = free_columns(custom_object)[type_.column]
    if not free and is_indexed:
        message = f"all indexes for {type_.column} fields of this object are taken"
        raise Conflict.of(message, field="isIndexed", code="limit")
    return free[0] if free else ""


@write
def change_field(
    actor: Actor,
    object_reference: str,
    field_reference: str,
    changes: Mapping[str, Any],
    *,
    if_version: IfVersion = None,
    keeps_held: bool = False,
) -> Field:
    """Change a field's properties, by name; ``options`` are merged into those it has, and a null resets one.

    With ``keeps_held``, values that are taken out of its list stay there, inactive, where records hold them. A default
    that the options no longer allow is refused, unless it changes along with them. Raises ``ValidationError``,
    ``Conflict`` (as where it becomes unique over duplicates), ``NotFound``, ``PermissionDenied``, and
    ``PreconditionFailed`` where the version of the object's schema is not ``if_version``.
    """
    custom_object = lock_object(
        actor,
        object_reference,
        if_version=if_version,
        differing=lambda locked: differing_field(find_field(locked, field_reference), changes),
    )
    field = find_field(custom_object, field_reference)
    before = schema_of(custom_object)
    changes = dict(changes)
    _refuse_fixed(field, changes)
    if changes.get("is_unique", field.is_unique) and ("options" in changes or not field.is_unique):
        # Records that share a value, by what its options say of equality, would be named.
        access.require_read(actor, custom_object)
    shown, size = TYPES[field.type](field.options), _size_of(field)
    has_new_options = "options" in changes
    if has_new_options:
        options = _merge_options(actor, field, changes.pop("options"))
        field.options = _with_held(actor, custom_object, field, options) if keeps_held else options
    bound = TYPES[field.type](field.options)
    if "default_value" in changes:
        field.default_value = _clean_default(bound, changes.pop("default_value"))
    elif has_new_options and field.default_value is not None:
        field.default_value = _kept_default(bound, field.default_value)
    wants_index = changes.pop("is_indexed", bool(field.column))
    fill_default = changes.pop("fill_default", False)
    next_number, number_existing = changes.pop("next_number", None), changes.pop("number_existing", False)
    if "is_unique" in changes:
        custom_object.key_fillings.pop(str(field.id), None)
    for name, value in changes.items():
        setattr(field, name, composed(value) if isinstance(value, str) else value)
    field.label, field.group = single_line(field.label), _group_name(field.group)
    if not field.label.strip():
        raise ValidationError.of("label is required", field="label", code="required")
    _check_rules(field, bound)
    _check_primary(custom_object, field)
    _check_filters(actor, custom_object, field)
    field.updated_at = timezone.now()
    field.updated_by_id = actor.user_id
    if wants_index and not (field.column or field.filling):
        field.filling = _take_column(custom_object, bound, True)
        backfill.start(custom_object, field)
    if fill_default:
        _fill_default(custom_object, field)
    field.save()
    _require_room(custom_object, field, size)
    _set_numbers(custom_object, field, bound, next_number, number_existing)
    unique_rules.rebuild(custom_object, before)
    field.refresh_from_db(fields=["unique_key_id"])
    touch(custom_object, actor)
    _rewrite_texts(custom_object, field, shown)
    return field


def _size_of(field: Field) -> int:
    """What grows with the options and the default of a field."""
    return len(json.dumps([field.options, field.default_value]))


def _require_room(custom_object: CustomObject, field: Field, size: int) -> None:
    """Raises ``ValidationError`` where a field that had a ``size`` has grown, and the object has no room for it."""
    if _size_of(field) > size:
        require_room(custom_object, field="options")


def _rewrite_texts(custom_object: CustomObject, field: Field, before: FieldType) -> None:
    """Have records found and named by what the field's values look like now, where that is not as ``before``."""
    type_ = TYPES[field.type](field.options)
    if not type_.shows_as(before) and (type_.searchable or field.id == custom_object.primary_field_id):
        backfill.rewrite_texts(field)


def _refuse_fixed(field: Field, changes: dict[str, Any]) -> None:
    """Take what never changes out of ``changes``. Raises ``ValidationError`` where it is to become something else."""
    problems = [
        Problem(outside, "immutable", f"{outside} cannot change after creation")
        for name, outside, value in [("api_name", "apiName", field.api_name), ("type", "type", field.type)]
        if changes.pop(name, value) != value
    ]
    if (field.column or field.filling) and changes.get("is_indexed") is False:
        problems.append(Problem("isIndexed", "immutable", "isIndexed cannot be taken back: an index is not given up"))
    if problems:
        raise ValidationError(problems)


def _merge_options(actor: Actor, field: Field, given: Mapping[str, Any] | None) -> dict[str, Any]:
    type_ = TYPES[field.type]
    merged = type_.clean_options({**field.options, **(given or {})})
    _resolve_target(actor, type_, merged)
    problems = [
        Problem(f"options.{option.name}", "immutable", f"{option.name} cannot change after creation")
        for option in type_.option_list
        if option.fixed and merged[option.name] != field.options[option.name]
    ]
    if problems:
        raise ValidationError(problems)
    return merged


def _with_held(actor: Actor, custom_object: CustomObject, field: Field, options: dict[str, Any]) -> dict[str, Any]:
    """New options of a field, with what records hold of that which they take out."""
    type_, schema = TYPES[field.type], schema_of(custom_object)
    compiled = next(known for known in schema.kept if known.id == field.id)
    found = dict(options)
    for option in type_.option_list:
        before, after = field.options.get(option.name, option.default), options[option.name]
        if gone := option.taken_out(before, after):
            kept = held_among(actor, schema, compiled, gone)
            found[option.name] = option.with_kept(before, after, kept)
    return found


def _check_filters(actor: Actor, custom_object: CustomObject, field: Field) -> None:
    """Raises ``Conflict`` where lookups are filtered by a field that is inactive or deleted now."""
    if field.is_active and not field.deleted_at:
        return
    if lookups := lookups_that_filter_by(actor, custom_object, field.id):
        named = alternatives(f"{one.label} of {one.custom_object.plural_name}" for one in lookups)
        message = f"{field.api_name} is what lookups are filtered by; change their filters first: {named}"
        raise Conflict.of(message, code="lookup_filter")


def _check_primary(custom_object: CustomObject, field: Field) -> None:
    if field.id == custom_object.primary_field_id and (not field.is_active or field.deleted_at):
        named = custom_object.plural_name
        message = f"{field.api_name} names the records of {named}; make another field the primary one first"
        raise Conflict.of(message, code="primary")


@write
def delete_field(actor: Actor, object_reference: str, field_reference: str, *, if_version: IfVersion = None) -> None:
    """Delete a field: its values are gone from every reader at once, and purged in batches later.

    Raises ``Conflict`` for the primary field, ``NotFound``, ``PermissionDenied``, and ``PreconditionFailed`` where the
    version of the object's schema is not ``if_version``.
    """
    custom_object = lock_object(actor, object_reference, if_version=if_version)
    mark_deleted(actor, custom_object, find_field(custom_object, field_reference), timezone.now())


def mark_deleted(actor: Actor, custom_object: CustomObject, field: Field, at: datetime) -> None:
    """Delete a field of an object that the caller holds. Its moment tells what it went along with."""
    field.deleted_at = field.updated_at = at
    field.updated_by_id = actor.user_id
    _check_filters(actor, custom_object, field)
    _check_primary(custom_object, field)
    if any(str(field.id) in key["fields"] for key in custom_object.unique_keys):
        message = f"{field.api_name} is part of a unique key of several fields; change uniqueKeys first"
        raise Conflict.of(message, code="unique_key")
    field.save(update_fields=["deleted_at", "updated_at", "updated_by"])
    touch(custom_object, actor)
