"""The one place that says who may see and change what.

Organizations never see each other: whatever another one owns is not found. Within an organization

- everybody reads objects and records, makes records, for themselves or for others, and changes their values;
- administrators and managers delete any record and say who owns it, representatives only where they are its owner:
  a record that nobody owns is none of theirs;
- who deletes a record must have the right to delete each that goes along with it;
- whoever reads records sees them in the trash, too; whoever may delete one restores it;
- whoever reads a record reads its notes and activities, and whoever writes it adds some; only the author and
  administrators change, delete and restore one, and whom an activity is assigned to says whether it is done;
- administrators define objects and fields, say when and by whom a record was made that they bring along, and read the
  audit log;
- administrators see and change the setup of the organization: its people, keys, name and look, and hand records over
  (``salesos.accounts.access``, as accounts' own services ask it);
- everybody keeps views of their own, which exist for nobody else, and may share one that they have made: like a record,
  it is theirs to change and to delete. Who defines the object does that with all shared views, and alone says which one
  is the default, as that decides what everybody sees first.

An API key does at most what its user may, and of that what its scopes name: ``read``, ``write``, ``delete``, ``admin``.
Without ``read`` no answer tells it anything of records: what it writes is answered with the id alone, refusals name no
other record, and what finds records or users by what they hold (filters, those of lookups too, unique keys, versions)
takes ``read`` as well.
What it learns all the same is that a record whose id it names is there, and that one which it may not see stands in the
way.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet

from customobjects.models import Activity, CustomObject, HandOver, Note, Record, TableImport, View
from customobjects.models.of_object import OfObject
from customobjects.schema import Schema
from salesos.accounts.access import can_administer as can_administer
from salesos.accounts.access import require_administer as require_administer
from salesos.accounts.access import require_scope
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey, AuditEntry, Invitation, Organization, User
from salesos.db.compiled_queries import Param
from salesos.errors import NotFound, PermissionDenied

Scope = ApiKey.Scope
# What a question is about: an object, as its row or compiled.
Definition = Schema | CustomObject
A = TypeVar("A", Note, Activity)
# Who has all rights of a record's owner.
OWNERS_OF_ALL = {User.Role.ADMIN, User.Role.MANAGER}
SEES_ALL = None
_ORGANIZATION = Param("actor's organization", Organization._meta.pk)
_USER = Param("actor", User._meta.pk)


def can_read(actor: Actor, about: Definition | None = None) -> bool:
    """Whether the actor may be told what records of an object, or any, hold, and which there are."""
    return Scope.READ in actor.scopes


def can_define(actor: Actor, about: Definition | None = None) -> bool:
    """Whether the actor may change and delete an object and its fields, or make objects, where ``about`` is None."""
    return actor.role == User.Role.ADMIN and Scope.ADMIN in actor.scopes


def can_write(actor: Actor, about: Definition) -> bool:
    """Whether the actor may make and change records of an object."""
    return Scope.WRITE in actor.scopes


def can_delete(actor: Actor, about: Definition, owner_id: UUID | None) -> bool:
    """Whether the actor may delete a record of an object that ``owner_id`` owns."""
    return Scope.DELETE in actor.scopes and _has_rights_of_owner(actor, owner_id)


def can_give(actor: Actor, about: Definition, owner_id: UUID | None) -> bool:
    """Whether the actor may say who owns a record of an object that ``owner_id`` owns now.

    Otherwise whoever may change a record could take it over, and then delete it.
    """
    return Scope.WRITE in actor.scopes and _has_rights_of_owner(actor, owner_id)


def _has_rights_of_owner(actor: Actor, owner_id: UUID | None) -> bool:
    """Whether the actor may do with a record what its owner may."""
    return actor.role in OWNERS_OF_ALL or owner_id == actor.user_id


def require_read(actor: Actor, about: Definition | None = None) -> None:
    """Raises ``PermissionDenied`` unless the actor may read an object and its records, or what there is at all."""
    require_scope(actor, Scope.READ)


def require_define(actor: Actor, about: Definition | None = None) -> None:
    """Raises ``PermissionDenied`` unless the actor may do what ``can_define`` says."""
    require_scope(actor, Scope.ADMIN)
    if not can_define(actor, about):
        raise PermissionDenied.of("only administrators may change objects and fields", code="role")


def require_write(actor: Actor, about: Definition) -> None:
    """Raises ``PermissionDenied`` unless the actor may make and change records of an object."""
    require_scope(actor, Scope.WRITE)


def require_delete(actor: Actor, about: Definition, owner_ids: Iterable[UUID | None] = ()) -> None:
    """Raises ``PermissionDenied`` unless the actor may delete records of an object, owned by each of these."""
    require_scope(actor, Scope.DELETE)
    if not all(can_delete(actor, about, owner_id) for owner_id in owner_ids):
        raise PermissionDenied.of("only managers, administrators and its owner may delete a record", code="role")


def require_restore(actor: Actor, about: Definition, owner_ids: Iterable[UUID | None] = ()) -> None:
    """Raises ``PermissionDenied`` unless the actor may restore records of an object, owned by each of these.

    Whoever may delete a record may restore it, and must be able to read: what stands in the way is told.
    """
    require_scope(actor, Scope.READ)
    require_scope(actor, Scope.DELETE)
    if not all(can_delete(actor, about, owner_id) for owner_id in owner_ids):
        message = "only managers, administrators and its owner may restore a record, and what went along with it"
        raise PermissionDenied.of(message, code="role")


def can_edit(actor: Actor, attached: Note | Activity) -> bool:
    """Whether the actor may change, delete and restore a note or an activity, as far as the scopes go."""
    return actor.role == User.Role.ADMIN or attached.author_id == actor.user_id


def can_finish(actor: Actor, activity: Activity) -> bool:
    """Whether the actor may say that an activity is done, or is not, as far as the scopes go."""
    return can_edit(actor, activity) or activity.assignee_id == actor.user_id


def require_edit(actor: Actor, about: Definition, attached: Note | Activity) -> None:
    """Raises ``PermissionDenied`` unless the actor may change a note or an activity of a record of an object."""
    require_write(actor, about)
    _require_edit(actor, attached)


def require_finish(actor: Actor, about: Definition, activity: Activity) -> None:
    """Raises ``PermissionDenied`` unless the actor may do what ``can_finish`` says."""
    require_write(actor, about)
    if not can_finish(actor, activity):
        message = "only its author, whom it is assigned to, and administrators may say whether an activity is done"
        raise PermissionDenied.of(message, code="author")


def require_removal(actor: Actor, about: Definition, attached: Note | Activity) -> None:
    """Raises ``PermissionDenied`` unless the actor may delete a note or an activity, and restore it."""
    require_scope(actor, Scope.DELETE)
    _require_edit(actor, attached)


def _require_edit(actor: Actor, attached: Note | Activity) -> None:
    if not can_edit(actor, attached):
        kind = "an activity" if isinstance(attached, Activity) else "a note"
        raise PermissionDenied.of(f"only its author and administrators may change or delete {kind}", code="author")


def require_give(actor: Actor, about: Definition, owner_id: UUID | None) -> None:
    """Raises ``PermissionDenied`` unless the actor may do what ``can_give`` says."""
    require_scope(actor, Scope.WRITE)
    if not can_give(actor, about, owner_id):
        message = "only managers, administrators and its owner may say who owns a record"
        raise PermissionDenied.of(message, field="ownerId", code="role")


def can_keep_views(actor: Actor, about: Definition) -> bool:
    """Whether the actor may make views of an object, and share them: what they filter by tells of its records."""
    return can_read(actor, about) and Scope.WRITE in actor.scopes


def can_change_view(actor: Actor, about: Definition, view: View) -> bool:
    """Whether the actor may change, share and delete a view of an object that exists for them."""
    is_theirs = actor.user_id in (view.owner_id, view.created_by_id)
    return can_keep_views(actor, about) and (is_theirs or can_define(actor, about))


def can_arrange_views(actor: Actor, about: Definition) -> bool:
    """Whether the actor may say which of an object's shared views is the default, and in which order they come."""
    return can_keep_views(actor, about) and can_define(actor, about)


def require_keep_views(actor: Actor, about: Definition) -> None:
    """Raises ``PermissionDenied`` unless the actor may do what ``can_keep_views`` says."""
    require_scope(actor, Scope.READ)
    require_scope(actor, Scope.WRITE)


def require_change_view(actor: Actor, about: Definition, view: View) -> None:
    """Raises ``PermissionDenied`` unless the actor may do what ``can_change_view`` says."""
    require_keep_views(actor, about)
    if not can_change_view(actor, about, view):
        message = "only administrators and who made it may change or delete a shared view"
        raise PermissionDenied.of(message, code="role")


def require_arrange_views(actor: Actor, about: Definition) -> None:
    """Raises ``PermissionDenied`` unless the actor may do what ``can_arrange_views`` says."""
    require_keep_views(actor, about)
    require_scope(actor, Scope.ADMIN)
    if not can_arrange_views(actor, about):
        message = "only administrators may choose the default view, and the order of shared views"
        raise PermissionDenied.of(message, code="role")


def visible_views(actor: Actor, about: Definition) -> QuerySet[View]:
    """The views of an object that exist for the actor: those that are shared, and their own."""
    is_there = Q(owner=None) | Q(owner_id=actor.user_id)
    return View.objects.filter(is_there, organization_id=actor.organization_id, custom_object_id=about.id)


def visible_views_of_all_objects(actor: Actor) -> QuerySet[View]:
    """The views of all objects that exist for the actor: those that are shared, and their own."""
    is_there = Q(owner=None) | Q(owner_id=actor.user_id)
    # By the objects, as an index has an object's views.
    return View.objects.filter(
        is_there, exists_among("custom_object"), custom_object__organization_id=actor.organization_id
    )


def require_import(actor: Actor, about: Definition) -> None:
    """Raises ``PermissionDenied`` unless the actor may say when a new record of an object was made, and by whom."""
    require_scope(actor, Scope.WRITE)
    if actor.role != User.Role.ADMIN:
        message = "only administrators may say when and by whom a record was made"
        raise PermissionDenied.of(message, field="createdAt", code="role")


def require_audit(actor: Actor) -> None:
    """Raises ``PermissionDenied`` unless the actor may read the audit log of the organization."""
    require_administer(actor)


def visible_audit_entries(actor: Actor) -> QuerySet[AuditEntry]:
    """The entries of the audit log that exist for the actor: those of the organization."""
    return AuditEntry.objects.filter(organization_id=actor.organization_id)


def visible_hand_overs(actor: Actor) -> QuerySet[HandOver]:
    """The hand overs of records that exist for administrators of the organization."""
    return HandOver.objects.filter(organization_id=actor.organization_id)


def visible_objects(actor: Actor) -> QuerySet[CustomObject]:
    """The objects that exist for the actor."""
    return objects_of(actor.organization_id)


def visible_imports(actor: Actor) -> QuerySet[TableImport]:
    """The tables that exist for the actor: all of the organization for who may define objects, else their own."""
    theirs = {} if can_define(actor) else {"made_by_id": actor.user_id, "is_into": True}
    return TableImport.objects.filter(organization_id=actor.organization_id, **theirs)


def objects_of(organization: UUID | Param) -> QuerySet[CustomObject]:
    """The objects that exist for the people of an organization: its id, or a parameter for that."""
    return CustomObject.objects.filter(exists_among(), organization_id=organization)


def deleted_objects(actor: Actor) -> QuerySet[CustomObject]:
    """The deleted objects of the actor's organization, for who may define objects."""
    return CustomObject.objects.filter(organization_id=actor.organization_id, deleted_at__isnull=False)


def exists_among(relation: str = "") -> Q:
    """The condition for objects of an organization that exist for its people; ``relation`` is the way to them."""
    return Q(**{f"{relation}__deleted_at" if relation else "deleted_at": None})


def visible_schema(actor: Actor, schema: Schema) -> Schema:
    """The schema as the actor sees it: without the fields that do not exist for them. Raises ``NotFound``."""
    if schema.organization_id != actor.organization_id:
        raise NotFound.named("object", schema.api_name)
    return schema.seen_by(hidden_fields(actor, schema))


def hidden_fields(actor: Actor, schema: Schema) -> frozenset[UUID]:
    """The ids of the fields that do not exist for the actor. Today everybody sees all that are active."""
    return frozenset()


def visible_records(actor: Actor, schema: Schema, *, by_id: bool = False) -> QuerySet[Record]:
    """The records of an object that exist for the actor; ``by_id`` says that they will be sorted by ``BY_ID``."""
    return Record.objects.filter(are_visible(actor, schema, by_id=by_id))


def are_visible(actor: Actor, schema: Schema, relation: str = "", *, by_id: bool = False) -> Q:
    """The condition for records of an object that exist for the actor; ``relation`` is the way to them in a query.

    Compiled queries are shared by all actors with the same ``rights``: what this looks at of an actor must be part of
    those, or one of ``parameters``.
    """
    return _are_all(schema, relation, by_id=by_id)


def all_records(schema: Schema, *, by_id: bool = False) -> QuerySet[Record]:
    """The records of an object that exist for who sees all: whose ``rights`` are ``SEES_ALL``."""
    return Record.objects.filter(_are_all(schema, by_id=by_id))


def _are_all(schema: Schema, relation: str = "", *, by_id: bool = False) -> Q:
    if not relation:
        return Q(OfObject(schema.id) if by_id else Q(custom_object_id=schema.id), deleted_at=None)
    return Q(**{f"{relation}__custom_object_id": schema.id, f"{relation}__deleted_at": None})


def records_with_trash(actor: Actor, schema: Schema) -> QuerySet[Record]:
    """The records of an object that exist for the actor, and those in its trash: whoever reads one sees the other."""
    return Record.objects.filter(organization_id=actor.organization_id, custom_object_id=schema.id)


def visible_records_of(actor: Actor, object_id: UUID | OuterRef) -> QuerySet[Record]:
    """The records that exist for the actor of an object that does: its id, or where a query around this has it."""
    return Record.objects.filter(custom_object_id=object_id, deleted_at=None)


def visible_records_of_all_objects(actor: Actor) -> QuerySet[Record]:
    """The records of all objects that exist for the actor."""
    return Record.objects.filter(exists_among("custom_object"), organization_id=actor.organization_id, deleted_at=None)


def records_of_all_objects_with_trash(actor: Actor) -> QuerySet[Record]:
    """The records of all objects that exist for the actor, and those in the trash."""
    return Record.objects.filter(organization_id=actor.organization_id)


def deleted_records(actor: Actor, schema: Schema) -> QuerySet[Record]:
    """The records of an object that are in the trash, for who would see them if they were not."""
    return Record.objects.filter(custom_object_id=schema.id, deleted_at__isnull=False)


def deleted_records_of_all_objects(actor: Actor) -> QuerySet[Record]:
    """The records in the trash of all objects that exist for the actor."""
    records = Record.objects.filter(organization_id=actor.organization_id, deleted_at__isnull=False)
    # Joined with the objects that are there, PostgreSQL expects a hundredth of these, and sorts all for a page.
    return records.exclude(custom_object__in=deleted_objects(actor))


def visible_attached(actor: Actor, model: type[A]) -> QuerySet[A]:
    """The notes, or activities, of all records that exist for the actor."""
    return model._default_manager.filter(
        exists_among("custom_object"),
        organization_id=actor.organization_id,
        record__deleted_at=None,
        deleted_at=None,
    )


def attached_to(actor: Actor, schema: Schema, record_id: UUID, model: type[A], *, deleted: bool = False) -> QuerySet[A]:
    """The notes, or activities, of a record, where it exists for the actor: those that are there, or ``deleted``."""
    return model._default_manager.filter(
        are_visible(actor, schema, "record"), record_id=record_id, deleted_at__isnull=not deleted
    )


def rights(actor: Actor, schema: Schema) -> Hashable:
    """What tells apart actors who see other records of an object. Raises ``NotFound`` in another organization."""
    if schema.organization_id != actor.organization_id:
        raise NotFound.named("object", schema.api_name)
    return SEES_ALL


def with_parameters(actor: Actor) -> Actor:
    """The actor of a compiled query: with bind parameters for what is the actor's own."""
    return replace(actor, organization_id=_ORGANIZATION, user_id=_USER)  # type: ignore[arg-type]


def parameters(actor: Actor) -> dict[Hashable, Any]:
    """The values of the parameters of ``with_parameters``."""
    return {_ORGANIZATION.key: actor.organization_id, _USER.key: actor.user_id}


def visible_users(actor: Actor) -> QuerySet[User]:
    """The people that the actor can name as owners, and in USER fields beside those who are ``invited``."""
    return User.objects.filter(organization_id=actor.organization_id, is_active=True)


def who_defines(actor: Actor) -> QuerySet[User]:
    """The people of the actor's organization who define objects."""
    return visible_users(actor).filter(role=User.Role.ADMIN)


def invited(actor: Actor) -> QuerySet[Invitation]:
    """Who is invited to the actor's organization. USER fields can name them: they become users with these ids."""
    return Invitation.objects.filter(organization_id=actor.organization_id)


def users_of(actor: Actor) -> QuerySet[User]:
    """All people of the actor's organization, also those who have left: records keep their names."""
    return User.objects.filter(organization_id=actor.organization_id)
