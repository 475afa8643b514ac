"""Reading single records, and the names of records and users."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import OrderBy, QuerySet

from customobjects import access
from customobjects.fieldtypes import ReferenceKind
from customobjects.fieldtypes.kinds import FilterFamily
from customobjects.models import Record
from customobjects.queries.expansion import Expansion
from customobjects.queries.nameable import people_with_ids
from customobjects.queries.objects import STATE_COLUMNS, as_uuid, probable_schema
from customobjects.queries.pages import chosen_fields, list_records
from customobjects.queries.selection import Count, RecordRequest, Selection
from customobjects.queries.subjects import Subject
from customobjects.schema import Schema, SchemaField, State
from customobjects.storage.documents import RecordDocument
from salesos import json
from salesos.accounts.actor import Actor
from salesos.accounts.authentication import USER_COLUMNS, USER_ID, user_of
from salesos.accounts.models import Invitation, User
from salesos.db.compiled_queries import CompiledQuery, Param
from salesos.db.django_internals import Row
from salesos.errors import NotFound, ValidationError

# So many records are read by one statement, where ids name them.
READ_AT_ONCE = 500
RECORD_ID = Param("record id", Record._meta.pk)
# What a record holds, for who changes it.
STORED_COLUMNS = ("id", "version", "owner_id", "data", "name")
# Reads users, or those who are invited.
ReadPeople = Callable[[QuerySet[Any]], Iterable[User | Invitation]]


def get_document(
    actor: Actor, schema: Schema, reference: str, *, fields: Sequence[str] | None = None, expand: Sequence[str] = ()
) -> tuple[str, int]:
    """The document of one record, as JSON text, and its version. One query. Raises ``NotFound``.

    ``fields`` are the only ones in ``data``; ``expand`` are references whose records are sent along.
    """
    id_ = as_uuid(reference)
    expansion = Expansion(actor, schema, expand)
    shown = chosen_fields(schema, fields, expansion)

    def build() -> QuerySet[Record, Any]:
        records = access.visible_records(access.with_parameters(actor), schema).filter(id=RECORD_ID)
        return records.annotate(document=RecordDocument(schema, shown)).values_list("document", "version")

    names = None if shown is None else tuple(field.id for field in shown)
    query = schema.memoize(("document", access.rights(actor, schema), names), lambda: CompiledQuery(build))
    rows = query.rows({**access.parameters(actor), RECORD_ID.key: id_}) if id_ is not None else []
    if not rows:
        raise NotFound.named("record", reference)
    [(document, version)] = rows
    return expansion.expanded(document), version


class ReadRecord(NamedTuple):
    """A record as it was read with the user who asks: true for who sees all records, and by this schema.

    ``columns`` are its document and its version, or, where it was read to be changed, those of ``STORED_COLUMNS``.
    """

    schema: Schema
    columns: Row

    def for_(self, actor: Actor, schema: Schema) -> Row | None:
        """The columns, or None where they may not be what the actor sees by ``schema``."""
        sees_all = self.schema is schema and access.rights(actor, schema) is access.SEES_ALL
        return self.columns if sees_all else None


def read_with_user(
    user_id: UUID, object_reference: str, record_reference: str, *, to_change: bool = False
) -> tuple[User, State, ReadRecord] | None:
    """Who asks, the state of an object, and one of its records: one statement, or None where it takes several."""
    id_, schema = as_uuid(record_reference), probable_schema(user_id, object_reference)
    if id_ is None or schema is None:
        return None

    def build() -> QuerySet[Record, Any]:
        found = access.all_records(schema).filter(
            access.exists_among("custom_object"), id=RECORD_ID, custom_object__users__id=USER_ID
        )
        columns = [*STATE_COLUMNS, *(f"users__{column}" for column in USER_COLUMNS)]
        names = [f"custom_object__{column}" for column in columns]
        if to_change:
            return found.values_list(*names, *STORED_COLUMNS)
        return found.annotate(document=RecordDocument(schema)).values_list(*names, "document", "version")

    query = schema.memoize(("record with user", to_change), lambda: CompiledQuery(build))
    for row in query.rows({USER_ID.key: user_id, RECORD_ID.key: id_}):
        user, record = len(STATE_COLUMNS), len(STATE_COLUMNS) + len(USER_COLUMNS)
        return user_of(row[user:record]), row[:user], ReadRecord(schema, row[record:])
    return None


def get_record(actor: Actor, schema: Schema, reference: str) -> dict[str, Any]:
    """One record's document, parsed, for callers that show it. Raises ``NotFound``."""
    record: dict[str, Any] = json.loads(get_document(actor, schema, reference)[0])
    return record


def documents_of(
    actor: Actor, schema: Schema, ids: Iterable[UUID | str], fields: Sequence[SchemaField]
) -> dict[str, dict[str, Any]]:
    """The documents of some records that exist for the actor, parsed, with these fields in ``data``, by id.

    A query for each ``READ_AT_ONCE`` of them.
    """
    found: dict[str, dict[str, Any]] = {}
    wanted = sorted(set(map(str, ids)))
    for start in range(0, len(wanted), READ_AT_ONCE):
        records = access.visible_records(actor, schema).filter(id__in=wanted[start : start + READ_AT_ONCE])
        documents = records.annotate(document=RecordDocument(schema, fields)).values_list("id", "document")
        found |= {str(id_): json.loads(document) for id_, document in documents}
    return found


def names_of_records(actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    """The display names of records of any object, by id; those that the actor may know of. No query for none."""
    if not access.can_read(actor):
        return {}
    rows = access.visible_records_of_all_objects(actor).filter(id__in=set(ids)).values_list("id", "name")
    return {str(id_): name or nameless(id_) for id_, name in rows}


def nameless(id_: UUID) -> str:
    """What people see of a record that has no name."""
    return f"Record {str(id_)[-6:]}"


def names_of_users(actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    """The display names of the organization's users, by id; of those who are only invited, the address.

    One query, or none for none.
    """
    return {str(person.id): str(person) for person in people_with_ids(actor, ids)}


def names_behind(
    schema: Schema,
    values: Iterable[Mapping[str, Any]],
    *,
    read_people: ReadPeople = iter,
) -> dict[str, str]:
    """The names that records which hold ``values`` (by ``data_key``) are named by, by the ids of what has them.

    A record has one name, whoever asks: so there is no actor. No query where the records do not refer to what names
    them, otherwise one, or three where people are not users yet. ``read_people`` is what reads people, such as
    ``share``.
    """
    primary = schema.primary
    if primary is None or not schema.names_follow:
        return {}
    ids = {id_ for held in values for id_ in primary.ids(held)}
    if not ids:
        return {}
    if primary.type.reference_kind is ReferenceKind.USER:
        return _names_of_people(ids, read_people)
    records = Record.objects.filter(custom_object_id=primary.target_id, deleted_at=None, id__in=ids)
    return {str(id_): name or nameless(id_) for id_, name in records.values_list("id", "name")}


def _names_of_people(ids: set[str], read_people: ReadPeople) -> dict[str, str]:
    names: dict[str, str] = {}
    # Who joins meanwhile is no invitation any more, and was no user before: so users are read again.
    for model in (User, Invitation, User):
        if missing := ids - names.keys():
            names |= {str(one.id): str(one) for one in read_people(model.objects.filter(id__in=missing).order_by("id"))}
    return names


def names_of_references(
    actor: Actor,
    schema: Schema,
    values: Iterable[Mapping[str, Any]],
    *,
    by_key: bool = False,
    people: Iterable[str] = (),
    records: Iterable[str] = (),
) -> dict[str, str]:
    """The display names of all records and users that some records' values refer to, by id. At most two queries.

    ``values`` are by apiName, as documents have them, or, ``by_key``, as ``Record.data`` has them. ``people`` and
    ``records`` are the ids of more whose names are wanted, such as the records' owners.
    """
    ids: dict[ReferenceKind | None, set[str]] = defaultdict(set)
    ids[ReferenceKind.USER].update(people)
    ids[ReferenceKind.RECORD].update(records)
    for held in values:
        for field in schema.references:
            value = held.get(field.data_key if by_key else field.api_name)
            ids[field.type.reference_kind].update(field.type.ids(value))
    return {**names_of_records(actor, ids[ReferenceKind.RECORD]), **names_of_users(actor, ids[ReferenceKind.USER])}


def choices_of(
    actor: Actor, schema: Schema, limit: int, tree: Mapping[str, Any] | None = None
) -> list[tuple[str, str]]:
    """The first records of an object to choose from: pairs of id and display name, sorted by name.

    With a ``tree`` of filters, of those that fit; of none where it cannot be used any more.
    """
    try:
        selection = Selection.of(actor, schema, RecordRequest(tree=tree))
    except ValidationError:
        return []
    named = schema.name_text or schema.primary
    has_key = named is not None and named.type.column is not None
    order = OrderBy(Subject.of_field(named).key(), nulls_last=True) if named and has_key else "name"
    rows = selection.first(limit, "id", "name", order_by=[order, "id"])
    return [(str(id_), name or nameless(id_)) for id_, name in rows]


def find_choices(
    actor: Actor, schema: Schema, search: str, limit: int, tree: Mapping[str, Any] | None = None
) -> list[tuple[str, str]]:
    """Records of an object that have all words of a search, the best first; the newest, where it is empty.

    Pairs of id and display name. Where the object cannot be searched, those whose name has the text. With a ``tree`` of
    filters, those that fit. One query. Raises ``ValidationError`` where the tree cannot be used.
    """
    filters: tuple[tuple[str, str], ...] = ()
    if search and not schema.enable_search:
        named = schema.name_text or schema.primary
        if named is None or FilterFamily.TEXT not in named.type.filter_families:
            return []
        filters, search = ((f"{named.api_name}__icontains", search),), ""
    request = RecordRequest(limit=limit, search=search, filters=filters, tree=tree, fields=(), total=Count.NONE)
    found = list_records(actor, schema, request).records()
    return [(record["id"], record["name"] or nameless(UUID(record["id"]))) for record in found]
