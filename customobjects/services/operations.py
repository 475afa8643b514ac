"""The operations of a bulk request: what each is to do, what came of it, and what they call each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from customobjects.fieldtypes import ValueProblem
from customobjects.schema import Schema
from customobjects.services.descriptions import Descriptions
from customobjects.services.pending_writes import UNCHANGED, PendingWrite, StoredRecord
from customobjects.services.uniqueness import KeyOf
from salesos.accounts.actor import Actor
from salesos.errors import DomainError, Problem, ValidationError, quoted


class Kind(StrEnum):
    """What an operation does."""

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"
    DELETE = "delete"


# What finds a record: its id, or the unique key that it holds.
FoundBy = UUID | KeyOf


@dataclass
class Operation:
    """One of the things to do, and in the end what came of it: ``id`` and ``document``, or ``error``.

    ``by`` names the fields of the unique key that an upsert finds its record by; ``is_new`` says that it made one.
    ``ref`` is what others call it; ``own_id`` is the id of the record that it makes, if it makes one.
    """

    kind: Kind
    data: Mapping[str, Any] = field(default_factory=dict)
    record_id: str | None = None
    by: Sequence[str] = ()
    owner_id: UUID | None = UNCHANGED
    if_version: int | None = None
    created_at: str | None = None
    created_by: UUID | None = UNCHANGED
    ref: str | None = None
    found_by: FoundBy | None = None
    own_id: UUID | None = None
    id: UUID | None = None
    document: str = ""
    is_new: bool = False
    error: DomainError | None = None

    @property
    def deletes(self) -> bool:
        """Whether it takes a record away."""
        return self.kind is Kind.DELETE


@dataclass
class Run:
    """What the operations of one request share.

    ``refs`` has those that have a name; ``ids`` those of the records that are there, or made by the present batch.
    """

    descriptions: Descriptions
    atomic: bool = False
    refs: Mapping[str, Operation] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)

    @classmethod
    def of(cls, actor: Actor, schema: Schema, operations: Sequence[Operation], *, atomic: bool = False) -> Run:
        """Raises ``ValidationError`` where two operations have one name, ``PermissionDenied``."""
        refs: dict[str, Operation] = {}
        problems = []
        for place, operation in enumerate(operations):
            if operation.ref is not None and refs.setdefault(operation.ref, operation) is not operation:
                message = f"ref {quoted(operation.ref)} names an operation before this one already"
                problems.append(Problem(f"operations.{place}.ref", "duplicate", message))
        if problems:
            raise ValidationError(problems)
        inputs = [operation.data for operation in operations]
        run = cls(Descriptions(actor, schema, inputs), atomic, refs)
        run.descriptions.id_of_ref = run.id_of
        return run

    def id_of(self, name: object) -> UUID:
        """The id of the record of an operation. Raises ``ValueProblem``."""
        named = self.refs.get(name) if isinstance(name, str) else None
        if named is None or not isinstance(name, str):
            raise ValueProblem("ref", f"must name the ref of an operation of this request, and {quoted(name)} is none")
        if named.error is not None:
            raise ValueProblem("lost", "refers to a record whose own operation has failed")
        if name not in self.ids:
            message = f"refers to {quoted(name)}, which cannot be done together with it; send that operation before it"
            raise ValueProblem("ref", message)
        return self.ids[name]

    def begin(self, batch: Sequence[Operation], locked: Mapping[FoundBy, StoredRecord]) -> None:
        """Forget what came of an earlier attempt. Where there are names, new records get their ids now, in their order,
        and names the ids that they are for."""
        for operation in batch:
            operation.error = operation.own_id = None
        for operation in batch if self.refs else ():
            existing = locked.get(operation.found_by) if operation.found_by else None
            operation.own_id = None if existing else uuid7()
            if operation.ref is not None and (id_ := existing.id if existing else operation.own_id):
                self.ids[operation.ref] = id_

    def forget(self, batch: Iterable[Operation]) -> None:
        """Forget the ids of a batch, which is to be done in another way."""
        for operation in batch:
            if operation.ref is not None:
                self.ids.pop(operation.ref, None)

    def misled(self, failed: Iterable[PendingWrite]) -> bool:
        """Whether others of a batch may have been told that a record has a unique value which it does not get."""
        if self.atomic or not self.descriptions.are_circular:
            return False
        return any(pending.existing and pending.data != pending.current for pending in failed)
