"""What each role may do, asked of ``access`` and never written down a second time, for pages that show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from customobjects import access
from customobjects.models import Activity, CustomObject, Note, View
from customobjects.schema import Schema
from salesos.accounts import access as administration
from salesos.accounts.actor import Actor, Via
from salesos.accounts.models import User
from salesos.accounts.viewing import RANKED, lesser_roles
from salesos.errors import PermissionDenied

# Somebody of a role, and somebody else: who they are decides nothing but whose a record or a note is.
_SELF, _OTHER = UUID(int=1), UUID(int=2)
Question = Callable[[Actor, CustomObject], bool]


@dataclass(frozen=True)
class Right:
    """Something that people may do, or may not: ``may`` is the answer of ``access`` for one of them and an object."""

    key: str
    label: str
    may: Question


@dataclass(frozen=True)
class RightRow:
    """A right, and for each of the roles (``RANKED``) whether it has it."""

    right: Right
    answers: tuple[tuple[User.Role, bool], ...]


def _passes(require: Callable[..., None], *about: Any) -> Callable[[Actor], bool]:
    """Whether somebody gets past a function that raises ``PermissionDenied``."""

    def passes(actor: Actor) -> bool:
        try:
            require(actor, *about)
        except PermissionDenied:
            return False
        return True

    return passes


def _may_restore(owner_id: UUID) -> Question:
    return lambda actor, about: _passes(access.require_restore, about, [owner_id])(actor)


def _may_change_organization(actor: Actor, _about: CustomObject) -> bool:
    return _passes(administration.require_change)(actor)


OF_RECORDS = [
    Right("read", "See all records, and export them", access.can_read),
    Right("make", "Make records, for themselves or for others", access.can_write),
    Right("change", "Change the values of any record, their own and others'", access.can_write),
    Right("give_own", "Give away records that they own", lambda a, about: access.can_give(a, about, _SELF)),
    Right(
        "give_others", "Give away records of others, or of nobody", lambda a, about: access.can_give(a, about, _OTHER)
    ),
    Right("delete_own", "Delete records that they own", lambda a, about: access.can_delete(a, about, _SELF)),
    Right(
        "delete_others", "Delete records of others, or of nobody", lambda a, about: access.can_delete(a, about, _OTHER)
    ),
    Right("trash", "See the trash", access.can_read),
    Right("restore_own", "Restore records that they own", _may_restore(_SELF)),
    Right("restore_others", "Restore records of others, or of nobody", _may_restore(_OTHER)),
    Right("note", "Write notes and activities", access.can_write),
    Right(
        "note_own",
        "Change and delete their own notes and activities",
        lambda a, _: access.can_edit(a, Note(author_id=_SELF)),
    ),
    Right(
        "note_others", "Change and delete those of others", lambda a, _: access.can_edit(a, Activity(author_id=_OTHER))
    ),
]
OF_VIEWS = [
    Right("views", "Keep views of their own, and share them", access.can_keep_views),
    Right(
        "views_others",
        "Change views that others have shared",
        lambda a, about: access.can_change_view(a, about, View(created_by_id=_OTHER)),
    ),
    Right("views_default", "Choose the view that a list begins with, for everybody", access.can_arrange_views),
]
OF_OBJECTS = [
    Right("define", "Design objects and their fields", access.can_define),
    Right(
        "authors",
        "Set when and by whom a record was made, when they bring it along",
        lambda a, about: _passes(access.require_import, about)(a),
    ),
]
OF_ORGANIZATION = [
    Right("setup", "Open the setup, with who is there and the limits", lambda a, _: access.can_administer(a)),
    Right("people", "Invite people, change their roles, hand over their records", _may_change_organization),
    Right("keys", "Make and revoke API keys", _may_change_organization),
    Right("organization", "Change the organization's name and look", _may_change_organization),
    Right("audit", "Read the audit log", lambda a, _: _passes(access.require_audit)(a)),
    Right("view_as", "See the pages as somebody of a lesser role does", lambda a, _: bool(lesser_roles(a.role))),
]
GROUPS = [
    ("Records", OF_RECORDS),
    ("Views", OF_VIEWS),
    ("Objects", OF_OBJECTS),
    ("Organization", OF_ORGANIZATION),
]


def rights_of_roles(actor: Actor, rights: list[Right], about: CustomObject | None = None) -> list[RightRow]:
    """For each right, which roles have it in the actor's organization, for an object or, without one, for any.

    No query. Raises ``PermissionDenied`` for who may not see the setup.
    """
    about = about or CustomObject(organization_id=actor.organization_id)
    people = _somebody_of_each_role(actor)
    return [RightRow(one, tuple((role, one.may(person, about)) for role, person in people)) for one in rights]


def are_alike(actor: Actor, about: CustomObject) -> bool:
    """Whether each role may do the same with the records and views of an object as with those of any other."""
    rights = OF_RECORDS + OF_VIEWS + OF_OBJECTS
    return rights_of_roles(actor, rights, about) == rights_of_roles(actor, rights)


def fields_hidden_from(actor: Actor, schema: Schema) -> list[tuple[User.Role, list[str]]]:
    """The roles for which some active fields of an object do not exist, with the labels of those. No query."""
    found = [(role, access.hidden_fields(person, schema)) for role, person in _somebody_of_each_role(actor)]
    return [(role, [field.label for field in schema.fields if field.id in hidden]) for role, hidden in found if hidden]


def _somebody_of_each_role(actor: Actor) -> list[tuple[User.Role, Actor]]:
    access.require_administer(actor)
    return [(role, Actor(actor.organization_id, _SELF, role, via=Via.PAGE)) for role in RANKED]
