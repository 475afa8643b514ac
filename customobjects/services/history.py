"""Giving records back what they held before: an ordinary change, made of their history."""

from __future__ import annotations

from collections.abc import Collection

from customobjects import access
from customobjects.queries.history import OWNER_ID, changes_back, record_at
from customobjects.schema import Schema
from customobjects.services import stale
from customobjects.services.pending_writes import UNCHANGED, lock_record
from customobjects.services.records import Written, change_record, writable_schema
from customobjects.services.transactions import write
from customobjects.services.versions import IfVersion
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError, alternatives, quoted


@write
def revert_record(
    actor: Actor,
    object_reference: str,
    record_reference: str,
    to: str,
    *,
    names: Collection[str] | None = None,
    if_version: IfVersion = None,
) -> Written:
    """Give a record the values that it had at a version or a time (``to``, as ``record_at`` takes it).

    All of them and the owner, or those that ``names`` says, by apiName and ``ownerId``. What numbers records by itself
    stays. Raises as ``change_record`` and ``record_at`` do.
    """
    schema = writable_schema(actor, object_reference, access.require_write, access.require_read)
    _require_names(schema, names)
    existing = lock_record(actor, schema, record_reference)
    stale.require_version(actor, schema, existing, if_version)
    past = record_at(actor, schema, record_reference, to)
    owner_id = past.owner_id if names is None or OWNER_ID in names else UNCHANGED
    differing = changes_back(schema, existing.data, past)
    data = {name: change["new"] for name, change in differing.items() if names is None or name in names}
    return change_record(actor, object_reference, record_reference, data, owner_id=owner_id)


def _require_names(schema: Schema, names: Collection[str] | None) -> None:
    known = [*schema.by_name, OWNER_ID]
    if unknown := [name for name in names or () if name not in known]:
        message = f"fields must name fields of {schema.api_name}, and {quoted(unknown[0])} is none; it has "
        raise ValidationError.of(message + alternatives(known), field="fields", code="unknown")
