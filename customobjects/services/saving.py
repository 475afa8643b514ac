"""Existing records: taking hold of one, and storing its change."""

from __future__ import annotations

from django.utils import timezone

from customobjects import access
from customobjects.models import Record
from customobjects.queries.objects import as_uuid
from customobjects.schema import Schema
from customobjects.services.derivation import DERIVED, derive
from salesos.accounts.actor import Actor
from salesos.problems import MissingError, StaleError


def locked_record(actor: Actor, schema: Schema, reference: str) -> Record:
    """A record that nobody else changes until this transaction ends. Raises ``MissingError``."""
    id_ = as_uuid(reference)
    record = access.visible_records(actor, schema).select_for_update().filter(id=id_).first() if id_ else None
    if record is None:
        raise MissingError.named("record", reference)
    return record


def require_version(record: Record, if_version: int | None) -> None:
    """Raises ``StaleError`` where the caller's copy is not the stored one."""
    if if_version is not None and record.version != if_version:
        message = f"the record is at version {record.version}, not {if_version}: read it again"
        raise StaleError.of(message, code="stale")


def save_changed(actor: Actor, schema: Schema, record: Record) -> None:
    """Store a record whose data or owner has changed, one version on."""
    derive(schema, record)
    record.version += 1
    record.schema_version = schema.version
    record.updated_at = timezone.now()
    record.updated_by_id = actor.user_id
    record.save(update_fields=["data", "owner", "version", "schema_version", "updated_at", "updated_by", *DERIVED])
