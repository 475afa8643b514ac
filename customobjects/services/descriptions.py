"""References by what people know: ``{"faa": "JFK"}`` for a record, an e-mail address for a user, instead of an id.

A record is described by a unique field, or a unique key of several, of the object that the lookup points at; within one
bulk also by the operation that makes or changes it, ``{"ref": "a"}``. All inputs of a request are looked through first,
and what they describe is found together: with one query for the users, and two for each object, however many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from customobjects import access
from customobjects.fieldtypes import ReferenceKind, ValueProblem
from customobjects.fieldtypes.options import storable
from customobjects.queries.nameable import people_with_emails
from customobjects.queries.objects import find_schema
from customobjects.schema import Schema, SchemaField, UniqueRule
from customobjects.services import uniqueness
from customobjects.services.pending_writes import PendingWrite
from customobjects.services.uniqueness import KeyOf
from salesos.accounts.actor import Actor
from salesos.accounts.models import normalized_email
from salesos.errors import quoted

# What names an operation, and a lookup's value that points at its record.
REF = "ref"
# Gives the id of the record of an operation by its name, or raises ``ValueProblem``.
IdOfRef = Callable[[object], UUID]


def no_operation(name: object) -> UUID:
    """The ``IdOfRef`` of whatever is no bulk."""
    raise ValueProblem("ref", "names another operation by its ref, and only a bulk has operations")


class Descriptions:
    """What some inputs, by apiName each, describe instead of naming its id."""

    def __init__(self, actor: Actor, schema: Schema, inputs: Iterable[Mapping[str, Any]]) -> None:
        """Raises ``PermissionDenied`` where the actor may not find records or users by what they hold."""
        self._actor = actor
        self._schema = schema
        self.id_of_ref: IdOfRef = no_operation
        self._targets: dict[UUID, Schema] = {}
        self._found: dict[tuple[UUID, KeyOf], UUID] = {}
        self._users: dict[str, UUID] = {}
        # What writes of this request make of the keys of their own object: a record's, or nobody's.
        self._noted: dict[KeyOf, UUID | None] = {}
        described = [found for data in inputs for found in self._described(data)] if schema.references else []
        self._is_needed = bool(described)
        if described:
            self._find(described)

    def _described(self, data: Mapping[str, Any]) -> Iterable[tuple[SchemaField, Any]]:
        for field in self._schema.references:
            value = data.get(field.api_name)
            if value is not None:
                yield from ((field, part) for part in _parts(field, value) if field.type.is_description(part))

    def _find(self, described: Iterable[tuple[SchemaField, Any]]) -> None:
        emails: set[str] = set()
        keys: dict[UUID, set[KeyOf]] = defaultdict(set)
        for field, part in described:
            if field.type.reference_kind is ReferenceKind.USER:
                if storable(part):
                    emails.add(normalized_email(part))
            elif not _is_ref(part):
                assert field.target_id is not None
                keys[field.target_id]
                try:
                    keys[field.target_id].add(self._key(field, part)[2])
                except ValueProblem:
                    # Told where the value is put to use.
                    continue
        if emails or keys:
            access.require_read(self._actor, self._schema)
        if emails:
            self._users = {person.email: person.id for person in people_with_emails(self._actor, emails)}
        for target_id, wanted in keys.items():
            for key, id_ in uniqueness.holders(target_id, wanted).items():
                self._found[target_id, key] = id_

    def with_ids(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """The same input, with ids in the place of what is described, or with the ``ValueProblem`` that came of it."""
        if not self._is_needed:
            return data
        resolved = dict(data)
        for field in dict.fromkeys(field for field, _part in self._described(data)):
            parts = _parts(field, data[field.api_name])
            try:
                ids = [self._id(field, part) if field.type.is_description(part) else part for part in parts]
            except ValueProblem as problem:
                resolved[field.api_name] = problem
            else:
                resolved[field.api_name] = ids if field.type.multiple else ids[0]
        return resolved

    @property
    def are_circular(self) -> bool:
        """Whether records of the object itself are described, which writes of the request may make or change."""
        return self._schema.id in self._targets

    def note(self, pending: PendingWrite) -> None:
        """Have what comes behind a pending write in the same request find its record by what that is to hold."""
        if self.are_circular:
            keys = uniqueness.keys_of(self._schema, pending.data).keys()
            gone = uniqueness.keys_of(self._schema, pending.current).keys() - keys
            self._noted |= dict.fromkeys(gone) | dict.fromkeys(keys, pending.id)

    def drop(self, pending: PendingWrite) -> None:
        """Take back what was noted of a pending write that was not stored."""
        if self.are_circular:
            keys = uniqueness.keys_of(self._schema, pending.data) | uniqueness.keys_of(self._schema, pending.current)
            for key in keys.keys() & self._noted.keys():
                if self._noted[key] in (None, pending.id):
                    del self._noted[key]

    def noted(self) -> dict[KeyOf, UUID | None]:
        """What is noted now, for ``undo``."""
        return dict(self._noted)

    def undo(self, noted: Mapping[KeyOf, UUID | None]) -> None:
        """Have noted what it was then."""
        self._noted = dict(noted)

    def _id(self, field: SchemaField, part: Any) -> str:
        """The id of what is described. Raises ``ValueProblem``."""
        if field.type.reference_kind is ReferenceKind.USER:
            user_id = self._users.get(normalized_email(part))
            if user_id is None:
                message = (
                    f"must be an active user of the organization or invited, and nobody has the e-mail {quoted(part)}"
                )
                raise ValueProblem("not_found", message)
            return str(user_id)
        if _is_ref(part):
            return str(self.id_of_ref(part[REF]))
        target, rule, key = self._key(field, part)
        is_noted = target.id == self._schema.id and key in self._noted
        found = self._noted[key] if is_noted else self._found.get((target.id, key))
        if found is None:
            shown = uniqueness.shown_values(rule, _cleaned(rule, part))
            raise ValueProblem("not_found", f"must be a record of {target.name}, and none has {shown}")
        return str(found)

    def _key(self, field: SchemaField, part: Mapping[str, Any]) -> tuple[Schema, UniqueRule, KeyOf]:
        """The object, the rule and the unique key of a description. Raises ``ValueProblem``."""
        assert field.target_id is not None
        target = self._targets.get(field.target_id)
        if target is None:
            target = self._targets[field.target_id] = find_schema(self._actor, str(field.target_id))
        rule = uniqueness.find_rule(target, part)
        if rule is None:
            there = uniqueness.rules_in_words(target)
            message = f"must be an id, or name a unique field or unique key of {target.api_name}: there is {there}"
            raise ValueProblem("choice", message)
        if not rule.is_filled:
            message = f"cannot be found by {' and '.join(part)} yet: its keys are being made; try again"
            raise ValueProblem("busy", message)
        key = uniqueness.key_of(rule, _cleaned(rule, part))
        assert key is not None
        return target, rule, key


def with_ids(actor: Actor, schema: Schema, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """One input by itself, as ``Descriptions.with_ids`` gives it. Raises ``PermissionDenied``."""
    return Descriptions(actor, schema, [data]).with_ids(data) if schema.references else data


def _cleaned(rule: UniqueRule, part: Mapping[str, Any]) -> dict[str, Any]:
    """The canonical values of a description, by ``data_key``. Raises ``ValueProblem``."""
    values = {}
    for field in rule.fields:
        given = part.get(field.api_name, part.get(str(field.id)))
        try:
            value = None if field.type.is_empty(given) else field.type.parse(given)
        except ValueProblem as problem:
            raise ValueProblem(problem.code, f"is found by {field.api_name}, which {problem.message}") from problem
        if value is None:
            raise ValueProblem("required", f"is found by {field.api_name}, which must have a value")
        values[field.data_key] = value
    return values


def _parts(field: SchemaField, value: Any) -> list[Any]:
    """The single references of an input."""
    return value if field.type.multiple and isinstance(value, list) else [value]


def _is_ref(part: Any) -> bool:
    return len(part) == 1 and REF in part
