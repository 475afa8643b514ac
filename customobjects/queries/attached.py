"""What notes and activities have in common: how they are found, and who is mentioned in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from customobjects import access
from customobjects.models import Activity, Note
from customobjects.queries.newest_first import NewestPage, newest_first
from customobjects.queries.objects import as_uuid
from customobjects.queries.records import nameless
from customobjects.schema import Schema
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.errors import NotFound

A = TypeVar("A", Note, Activity)

# A person who is mentioned, as texts are stored.
MENTION = re.compile(r"@\{([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}")
# What people are read by: no password comes along.
_PERSON = ("id", "name", "email")


@dataclass(frozen=True)
class Person:
    """A user, as others see them."""

    id: UUID
    name: str


def kind_of(model: type[Note] | type[Activity]) -> str:
    """What one of a model is called in messages."""
    return str(model._meta.model_name)


def require_record(actor: Actor, schema: Schema, reference: str) -> UUID:
    """The id of a record that exists for the actor. One query. Raises ``NotFound``."""
    id_ = as_uuid(reference)
    if id_ is None or not access.visible_records(actor, schema).filter(id=id_).exists():
        raise NotFound.named("record", reference)
    return id_


def attached_to(actor: Actor, schema: Schema, record_reference: str, model: type[A]) -> QuerySet[A]:
    """The notes, or activities, of a record, as ``with_people`` reads them. One query.

    Raises ``PermissionDenied``, ``NotFound``.
    """
    access.require_read(actor, schema)
    record_id = require_record(actor, schema, record_reference)
    return with_people(access.attached_to(actor, schema, record_id, model))


def attached_to_all(actor: Actor, model: type[A]) -> QuerySet[A]:
    """The notes, or activities, of all records, as ``with_people`` reads them. Raises ``PermissionDenied``."""
    access.require_read(actor)
    return with_people(access.visible_attached(actor, model))


def list_attached(
    actor: Actor, rows: QuerySet[A], *, asked: Iterable[object], page: int = 1, limit: int = 20, cursor: str = ""
) -> NewestPage[A]:
    """A page of notes, or activities, the newest first, as ``newest_first`` makes it. Three queries.

    Raises ``ValidationError`` for a cursor that is none.
    """
    told = [kind_of(rows.model), actor.organization_id, *asked]
    return newest_first(rows, asked=told, page=page, limit=limit, cursor=cursor, by="created_at")


def get_attached(actor: Actor, schema: Schema, record_reference: str, reference: str, model: type[A]) -> A:
    """One note, or activity, of a record. Two queries. Raises ``PermissionDenied``, ``NotFound``."""
    access.require_read(actor, schema)
    return find_attached(actor, schema, record_reference, reference, model)


def find_attached(
    actor: Actor,
    schema: Schema,
    record_reference: str,
    reference: str,
    model: type[A],
    *,
    deleted: bool = False,
    lock: bool = False,
) -> A:
    """One note, or activity, of a record: of those that are there, or ``deleted``. Two queries. Raises ``NotFound``.

    With ``lock`` it stays as it is until this transaction ends.
    """
    record_id, id_ = as_uuid(record_reference), as_uuid(reference)
    found = None
    if record_id is not None and id_ is not None:
        rows = with_people(access.attached_to(actor, schema, record_id, model, deleted=deleted))
        found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=id_).first()
    if found is None:
        require_record(actor, schema, record_reference)
        raise NotFound.named(kind_of(model), reference)
    return found


def with_people(rows: QuerySet[A]) -> QuerySet[A]:
    """The same, each with its record's name and its people; one query more reads who is mentioned in all of them."""
    people = ["author"] if rows.model is Note else ["author", "assignee", "done_by"]
    own = [field.name for field in rows.model._meta.concrete_fields]
    names = [f"{relation}__{column}" for relation in people for column in _PERSON]
    mentioned = Prefetch("mentioned", queryset=User.objects.only(*_PERSON))
    return rows.select_related("record", *people).only(*own, "record__name", *names).prefetch_related(mentioned)


def person(user: User | None) -> Person | None:
    """A user as others see them; nobody where there is none."""
    return Person(user.id, str(user)) if user is not None else None


def mentions(attached: Note | Activity) -> tuple[Person, ...]:
    """Who is mentioned in a text, each once, in its order."""
    people = {str(user.id): Person(user.id, str(user)) for user in attached.mentioned.all()}
    return tuple(people[id_] for id_ in mentioned_ids(attached.text) if id_ in people)


def mentioned_ids(text: str) -> Sequence[str]:
    """The ids that a text mentions as texts are stored, each once, whether or not somebody has them."""
    return list(dict.fromkeys(MENTION.findall(text)))


def record_name(attached: Note | Activity) -> str:
    """What the record is called that something is attached to."""
    return attached.record.name or nameless(attached.record_id)
