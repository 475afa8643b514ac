"""Writing saved views: a person's own, and those that are shared with everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import F, Max, QuerySet
from django.utils import timezone

from customobjects import access
from customobjects.fieldtypes.folding import composed, single_line
from customobjects.fieldtypes.options import storable
from customobjects.models import CustomObject, View, ViewKind
from customobjects.queries.objects import as_uuid, find_object
from customobjects.queries.view_settings import clean_settings
from customobjects.queries.views import find_view
from customobjects.schema import Schema, schema_of
from customobjects.services.objects import ICON
from customobjects.services.transactions import write
from customobjects.services.versions import IfVersion, require_version
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import Conflict, PreconditionFailed, Problem, ValidationError, alternatives, quoted

# Of an object: so many are shared, and so many each person has of their own.
MAX_VIEWS = 100
MAX_NAME = 80
MAX_ICON = 40
ICONS: Mapping[str, str] = {
    ViewKind.GRID: "table",
    ViewKind.KANBAN: "view_kanban",
    ViewKind.CALENDAR: "calendar_month",
    ViewKind.CHART: "bar_chart",
}
# What may be changed, by the names in the API.
PROPERTIES = {"name": "name", "icon": "icon", "is_shared": "isShared", "settings": "settings"}


@write
def create_view(
    actor: Actor,
    reference: str,
    *,
    name: str,
    kind: str,
    settings: Mapping[str, Any] | None = None,
    icon: str | None = None,
    is_shared: bool = False,
) -> View:
    """Make a view of an object: the actor's own, or one that is shared. It comes behind the others.

    ``settings`` are as ``view_settings.clean_settings`` takes them. Raises ``ValidationError``, ``NotFound``,
    ``PermissionDenied``, and ``Conflict`` where there are too many.
    """
    custom_object, schema = _hold(actor, reference)
    if kind not in ViewKind.values:
        raise ValidationError.of(f"kind must be one of {alternatives(ViewKind.values)}", field="kind", code="choice")
    view = View(
        organization_id=actor.organization_id,
        custom_object=custom_object,
        owner_id=None if is_shared else actor.user_id,
        kind=kind,
        created_by_id=actor.user_id,
        updated_by_id=actor.user_id,
    )
    view.updated_at = view.created_at
    _set(view, {"name": name, "icon": icon or ICONS[kind]})
    view.settings = clean_settings(actor, schema, kind, {} if settings is None else settings)
    _append(actor, view)
    view.save(force_insert=True)
    return view


def _hold(actor: Actor, reference: str) -> tuple[CustomObject, Schema]:
    """The object, held so that its views and its schema stay as they are until this transaction ends, and the latter.

    Who writes records does not wait for us. Raises ``NotFound``, and ``PermissionDenied`` unless the actor may keep
    views of it.
    """
    custom_object = find_object(access.visible_objects(actor).select_for_update(no_key=True), reference)
    access.require_keep_views(actor, custom_object)
    return custom_object, access.visible_schema(actor, schema_of(custom_object))


def _find(actor: Actor, custom_object: CustomObject, reference: str, if_version: IfVersion) -> View:
    view = find_view(access.visible_views(actor, custom_object), reference)
    require_version("view", view.version, if_version)
    return view


def _set(view: View, properties: Mapping[str, Any]) -> None:
    """Set plain properties. Raises ``ValidationError`` at each that is malformed."""
    problems = []
    for name, value in properties.items():
        text = single_line(composed(value)).strip() if isinstance(value, str) and storable(value) else ""
        if name == "name" and not 0 < len(text) <= MAX_NAME:
            code = "max_length" if text else "required"
            problems.append(Problem("name", code, f"name must be a text of 1 to {MAX_NAME} characters"))
        if name == "icon" and not (ICON.fullmatch(text) and len(text) <= MAX_ICON):
            message = "icon must be the name of a Material Symbol, such as view_kanban"
            problems.append(Problem("icon", "pattern", message))
        setattr(view, name, text)
    if problems:
        raise ValidationError(problems)


def _siblings(view: View) -> QuerySet[View]:
    """The views beside one: all that are shared, or all that one person has of an object."""
    return View.objects.filter(custom_object_id=view.custom_object_id, owner_id=view.owner_id).exclude(id=view.id)


def _append(actor: Actor, view: View) -> None:
    """Put a view behind those that it is to be beside. Raises ``Conflict`` where these are as many as there may be."""
    siblings = _siblings(view)
    if siblings.count() >= MAX_VIEWS:
        whose = "there are" if view.owner_id is None else "you have"
        shared = "shared views" if view.owner_id is None else "views of your own"
        message = f"{whose} {MAX_VIEWS} {shared} of this object, which is the limit"
        raise Conflict.of(message, code="limit")
    last = siblings.aggregate(last=Max("order"))["last"]
    view.order = 0 if last is None else last + 1


@write
def change_view(
    actor: Actor, reference: str, view_reference: str, changes: Mapping[str, Any], *, if_version: IfVersion = None
) -> View:
    """Change a view: ``name``, ``icon``, ``settings`` as a whole, and ``is_shared``.

    One that is shared no more is its maker's own; it is the default no more. Raises ``ValidationError``, ``NotFound``,
    ``PermissionDenied``, ``Conflict``, and ``PreconditionFailed`` where its version is not ``if_version``, which names
    what of the changes it does not have.
    """
    custom_object, schema = _hold(actor, reference)
    try:
        view = _find(actor, custom_object, view_reference, if_version)
    except PreconditionFailed as error:
        stale = find_view(access.visible_views(actor, custom_object), view_reference)
        raise error.also(_differing(stale, changes)) from None
    access.require_change_view(actor, custom_object, view)
    changes = dict(changes)
    if "settings" in changes:
        changes["settings"] = clean_settings(actor, schema, view.kind, changes["settings"])
    if not list(_differing(view, changes)):
        return view
    if "settings" in changes:
        view.settings = changes.pop("settings")
    is_shared = changes.pop("is_shared", view.owner_id is None)
    _set(view, changes)
    if is_shared != (view.owner_id is None):
        view.owner_id = None if is_shared else (view.created_by_id or actor.user_id)
        view.is_default = False
        _append(actor, view)
    _save(actor, view)
    return view


def _differing(view: View, given: Mapping[str, Any]) -> Iterator[Problem]:
    """Which of the properties given a view does not have."""
    held = {"name": view.name, "icon": view.icon, "is_shared": view.owner_id is None, "settings": view.settings}
    for name, value in given.items():
        if not json.are_same(held[name], value):
            outside = PROPERTIES[name]
            yield Problem(outside, "differs", f"{outside} is not what you send")


def _save(actor: Actor, view: View) -> None:
    view.version += 1
    view.updated_at = timezone.now()
    view.updated_by_id = actor.user_id
    view.save()


@write
def delete_view(actor: Actor, reference: str, view_reference: str, *, if_version: IfVersion = None) -> None:
    """Delete a view, for good. Raises ``NotFound``, ``PermissionDenied``, ``PreconditionFailed``."""
    custom_object, _schema = _hold(actor, reference)
    view = _find(actor, custom_object, view_reference, if_version)
    access.require_change_view(actor, custom_object, view)
    view.delete()


@write
def choose_default(
    actor: Actor, reference: str, view_reference: str, *, is_default: bool = True, if_version: IfVersion = None
) -> View:
    """Have an object's list begin with a shared view, in the place of another; or not any more with this one.

    Raises ``Conflict`` for a view that is not shared, ``NotFound``, ``PermissionDenied``, ``PreconditionFailed``.
    """
    custom_object, _schema = _hold(actor, reference)
    view = _find(actor, custom_object, view_reference, if_version)
    access.require_arrange_views(actor, custom_object)
    if view.owner_id is not None:
        raise Conflict.of("only a view that is shared with everybody can be the default", code="not_shared")
    if view.is_default == is_default:
        return view
    before = View.objects.filter(custom_object=custom_object, is_default=True).exclude(id=view.id)
    before.update(is_default=False, version=F("version") + 1, updated_at=timezone.now(), updated_by_id=actor.user_id)
    view.is_default = is_default
    _save(actor, view)
    return view


@write
def order_views(actor: Actor, reference: str, references: Sequence[str]) -> list[View]:
    """Put all shared views of an object, or all of the actor's own, into an order; by ids. They keep their versions.

    Raises ``ValidationError`` where these are not exactly the one or the other, ``NotFound``, ``PermissionDenied``.
    """
    custom_object, _schema = _hold(actor, reference)
    visible = {view.id: view for view in access.visible_views(actor, custom_object)}
    ids = [as_uuid(one) for one in references]
    for one, id_ in zip(references, ids, strict=True):
        if id_ is None or id_ not in visible:
            message = f"views must name views of the object by id, and {quoted(one)} is none"
            raise ValidationError.of(message, field="views", code="not_found")
    named = [visible[id_] for id_ in ids if id_ is not None]
    owners = {view.owner_id for view in named}
    all_of_them = {view.id for view in visible.values() if view.owner_id in owners}
    if len(owners) != 1 or len(ids) != len(all_of_them) or set(ids) != all_of_them:
        message = "views must name each shared view of the object once, or each of your own"
        raise ValidationError.of(message, field="views", code="incomplete")
    _put_in_order(actor, custom_object, named)
    return named


@write
def move_view(
    actor: Actor, reference: str, view_reference: str, *, by: int | None = None, to: int | None = None
) -> View:
    """Move a view among the shared ones, or among the actor's own: ``by`` some places, or ``to`` a place, from 0 on.

    Beyond the first and the last place it does not go. It keeps its version. Raises ``NotFound``, and
    ``PermissionDenied`` for a shared one unless the actor arranges these.
    """
    custom_object, _schema = _hold(actor, reference)
    view = _find(actor, custom_object, view_reference, None)
    views = [*_siblings(view).order_by("order", "id"), view]
    views.sort(key=lambda one: (one.order, one.id))
    at = next(place for place, one in enumerate(views) if one.id == view.id)
    wanted = to if to is not None else at + (by or 0)
    views.insert(max(0, min(wanted, len(views) - 1)), views.pop(at))
    _put_in_order(actor, custom_object, views)
    return view


def _put_in_order(actor: Actor, custom_object: CustomObject, views: Sequence[View]) -> None:
    """Keep an order of all shared views, or of all views of the actor's own. Raises ``PermissionDenied``."""
    if any(view.owner_id is None for view in views):
        access.require_arrange_views(actor, custom_object)
    for place, view in enumerate(views):
        view.order = place
    View.objects.bulk_update(views, ["order"])
