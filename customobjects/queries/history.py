"""What was done to a record, and what it was at a time or version: read back from its revisions.

A record as it was is made from the record as it is: each later revision says what its values were before. So a field
that has been renamed since has its name of now, and one that is gone is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from customobjects import access
from customobjects.fieldtypes import ValueProblem
from customobjects.models import Record, Revision, RevisionKind
from customobjects.models.revision import OWNER
from customobjects.queries.expansion import Expansion
from customobjects.queries.objects import as_uuid
from customobjects.queries.pages import chosen_fields
from customobjects.queries.records import names_behind
from customobjects.queries.subjects import RECORD_PROPERTIES
from customobjects.schema import Schema, SchemaField
from customobjects.storage.derivation import record_name
from salesos.accounts.actor import Actor
from salesos.errors import NotFound, ValidationError

# What an owner's change is called outside.
OWNER_ID = "ownerId"
MAX_VERSION = 2**31 - 1


@dataclass(frozen=True)
class PastRecord:
    """A record as it was at one version. ``data`` has canonical values by ``data_key``, of fields that are there."""

    id: UUID
    version: int
    owner_id: UUID | None
    data: Mapping[str, Any]
    created_at: datetime
    created_by_id: UUID | None
    updated_at: datetime
    updated_by_id: UUID | None

    def document(self, schema: Schema, fields: Sequence[SchemaField]) -> dict[str, Any]:
        """It as the API shows a record, with these fields."""
        return {
            "id": self.id,
            "customObjectId": schema.id,
            "name": record_name(schema, self.data, names_behind(schema, [self.data])),
            "data": {field.api_name: self.data.get(field.data_key) for field in fields},
            "version": self.version,
            OWNER_ID: self.owner_id,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "createdBy": self.created_by_id,
            "updatedBy": self.updated_by_id,
        }


def revisions_of(actor: Actor, schema: Schema, reference: str) -> QuerySet[Revision]:
    """The revisions of a record, also of a deleted one, the newest first. One query. Raises ``NotFound``."""
    return with_revisions(actor, schema, reference)[1]


def with_revisions(actor: Actor, schema: Schema, reference: str) -> tuple[Record, QuerySet[Revision]]:
    """A record, also a deleted one, and its revisions, as ``revisions_of`` gives them."""
    record = _find(actor, schema, reference)
    return record, Revision.objects.filter(record_id=record.id).order_by("-version")


def shown_names(schema: Schema) -> dict[str, str]:
    """What a revision's keys are called outside: those of the fields that the actor sees, and the owner's."""
    return {**{field.data_key: field.api_name for field in schema.fields}, OWNER: OWNER_ID}


def shown_changes(schema: Schema, changes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A revision's changes by apiName, and ``ownerId``: those of the fields that the actor sees."""
    found = shown_names(schema).items()
    return {name: dict(zip(("old", "new"), changes[key], strict=True)) for key, name in found if key in changes}


def changes_back(schema: Schema, now: Mapping[str, Any], past: PastRecord) -> dict[str, dict[str, Any]]:
    """What going back to a past record changes of the values ``now`` (by ``data_key``), as ``shown_changes`` has it.

    Only what can be written: what numbers records by itself stays. The owner is not among it.
    """
    fields = (field for field in schema.fields if field.type.writable)
    pairs = ((field, now.get(field.data_key), past.data.get(field.data_key)) for field in fields)
    return {field.api_name: {"old": old, "new": new} for field, old, new in pairs if _differs(field, old, new)}


def _differs(field: SchemaField, old: Any, new: Any) -> bool:
    if old is None or new is None:
        return old is not new
    return not field.type.is_same(new, old)


def changing_field(schema: Schema, api_name: str) -> Q:
    """The condition for revisions that changed a field, or the owner. Raises ``ValidationError`` for no field."""
    if api_name == OWNER_ID:
        return Q(changes__has_key=OWNER)
    field = schema.find(api_name)
    if field is None:
        message = f"field must be a field of {schema.api_name}, or ownerId"
        raise ValidationError.of(message, field="field", code="unknown")
    return Q(changes__has_key=field.data_key)


def past_record(
    actor: Actor,
    schema: Schema,
    reference: str,
    at: str,
    *,
    fields: Sequence[str] | None = None,
    expand: Sequence[str] = (),
) -> dict[str, Any]:
    """A record as the API shows it, as it was; ``fields`` are the only ones in ``data``. Raises as ``record_at`` does.

    What references led to then is not known: ``expand`` is refused.
    """
    if expand:
        raise ValidationError.of("expand shows what is there now, and at what was then", field="expand", code="invalid")
    shown = chosen_fields(schema, fields, Expansion(actor, schema, ()))
    return record_at(actor, schema, reference, at).document(schema, schema.fields if shown is None else shown)


def record_at(actor: Actor, schema: Schema, reference: str, at: str) -> PastRecord:
    """A record as ``past_of`` gives it. Raises ``NotFound`` for the record, too."""
    return past_of(schema, _find(actor, schema, reference), at)


def past_of(schema: Schema, record: Record, at: str) -> PastRecord:
    """A record as it was ``at`` a version, or a time in ISO 8601. One query, or, for a time, three at most.

    Raises ``NotFound`` where there was none, or its history does not say, ``ValidationError`` for what is neither.
    """
    version = _version(at)
    if version is None:
        version = _version_at(record, _moment(at))
    later = list(Revision.objects.filter(record_id=record.id, version__gte=version).order_by("-version"))
    if not 0 < version <= record.version:
        raise NotFound.of(f"the record has no version {version}", code="not_found")
    of_version = {revision.version: revision for revision in later}
    if any(number not in of_version for number in range(version + 1, record.version + 1)):
        raise NotFound.of(f"the history of version {version} is not kept", code="not_kept")
    own = of_version.get(version)
    if own is not None and own.kind == RevisionKind.DELETE:
        raise NotFound.of("the record was in the trash then", code="deleted")
    data, owner_id = dict(record.data), record.owner_id
    for revision in later:
        if revision.version > version:
            owner_id = _undone(data, owner_id, revision.changes)
    return PastRecord(
        id=record.id,
        version=version,
        owner_id=owner_id,
        data={field.data_key: data[field.data_key] for field in schema.kept if field.data_key in data},
        created_at=record.created_at,
        created_by_id=record.created_by_id,
        updated_at=own.at if own else record.created_at,
        updated_by_id=own.by_id if own else record.created_by_id,
    )


def _undone(data: dict[str, Any], owner_id: UUID | None, changes: Mapping[str, Any]) -> UUID | None:
    """Put the values before some changes into ``data``; returns the owner before them."""
    for key, (old, _new) in changes.items():
        if key == OWNER:
            owner_id = old and UUID(old)
        elif old is None:
            data.pop(key, None)
        else:
            data[key] = old
    return owner_id


def _find(actor: Actor, schema: Schema, reference: str) -> Record:
    id_ = as_uuid(reference)
    records = access.records_with_trash(actor, schema)
    found = records.filter(id=id_).defer("search_text", "overflow").first() if id_ is not None else None
    if found is None:
        raise NotFound.named("record", reference)
    return found


def _version(at: str) -> int | None:
    if not (at.isascii() and at.isdigit()):
        return None
    return int(at) if len(at) < len(str(MAX_VERSION)) else MAX_VERSION


def _moment(at: str) -> datetime:
    try:
        return datetime.fromisoformat(RECORD_PROPERTIES["createdAt"].type.parse(at))
    except ValueProblem as problem:
        message = f"at must be a version, or a time: it {problem.message}"
        raise ValidationError.of(message, field="at", code=problem.code) from problem


def _version_at(record: Record, moment: datetime) -> int:
    """The version that a record had at a time; 0 before it was made."""
    if moment < record.created_at:
        raise NotFound.of("the record was not there yet", code="not_found")
    revisions = Revision.objects.filter(record_id=record.id)
    last = revisions.filter(at__lte=moment).order_by("-version").values_list("version", flat=True).first()
    if last is not None:
        return last
    first = revisions.order_by("version").values_list("version", flat=True).first()
    return record.version if first is None else first - 1
