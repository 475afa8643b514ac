"""Expanding references: the records and users that records point at, sent along with them.

Each path of ``expand=account,account.owner`` takes the same number of queries, however many records a page has.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from customobjects import access
from customobjects.fieldtypes import ReferenceKind
from customobjects.queries.objects import find_schema
from customobjects.schema import Schema, SchemaField
from customobjects.storage.documents import RecordDocument
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError

MAX_PATHS = 10
MAX_LEVELS = 2
# A record's own properties that name users.
PEOPLE = ("ownerId", "createdBy", "updatedBy")

# A record's document, parsed.
Document = dict[str, Any]


@dataclass
class _Branch:
    """One name of a path: a reference, and what is expanded of the records behind it."""

    name: str
    field: SchemaField | None
    schema: Schema | None
    branches: dict[str, _Branch] = dataclasses.field(default_factory=dict)

    def ids(self, record: Document) -> list[str]:
        """The ids that a record refers to."""
        if self.field is not None:
            return self.field.type.ids(record["data"].get(self.name))
        return [record[self.name]] if record[self.name] else []

    def shown(self, record: Document, behind: dict[str, Document]) -> Any:
        """What is sent along with a record: what it points at, a list of that, or nothing."""
        found = [behind[id_] for id_ in self.ids(record) if id_ in behind]
        if self.field is not None and self.field.type.multiple:
            return found
        return found[0] if found else None


class Expansion:
    """The references of one object that are to be expanded."""

    def __init__(self, actor: Actor, schema: Schema, paths: Iterable[str]) -> None:
        """Raises ``ValidationError`` for a path that leads nowhere."""
        self.actor = actor
        self._branches: dict[str, _Branch] = {}
        listed = list(dict.fromkeys(paths))
        if len(listed) > MAX_PATHS:
            raise ValidationError.of(f"expand must have at most {MAX_PATHS} paths", field="expand", code="too_many")
        for path in listed:
            self._add(schema, path)

    @property
    def fields(self) -> list[str]:
        """The apiNames of the object's own fields that are expanded."""
        return [branch.name for branch in self._branches.values() if branch.field is not None]

    def _add(self, schema: Schema, path: str) -> None:
        names = path.split(".")
        if len(names) > MAX_LEVELS:
            message = f"expand reaches {MAX_LEVELS} levels deep, and {path[:80]!r} goes further"
            raise ValidationError.of(message, field="expand", code="depth")
        here, branches = schema, self._branches
        for place, name in enumerate(names):
            found = here.find(name)
            key = found.api_name if found else name
            if key not in branches:
                branches[key] = self._branch(here, name)
            branch = branches[key]
            if branch.schema is None and place < len(names) - 1:
                message = f"expand cannot go on behind {name!r}, which names users"
                raise ValidationError.of(message, field="expand", code="type")
            if branch.schema is not None:
                here, branches = branch.schema, branch.branches

    def _branch(self, schema: Schema, name: str) -> _Branch:
        if name in PEOPLE:
            return _Branch(name, None, None)
        found = schema.find(name)
        if found is not None and found.type.reference_kind is not None:
            is_record = found.type.reference_kind is ReferenceKind.RECORD
            return _Branch(found.api_name, found, find_schema(self.actor, str(found.target_id)) if is_record else None)
        there = [known.api_name for known in schema.references]
        message = (
            f"expand must name lookups or users, and {name[:80]!r} is none; there is {', '.join([*there, *PEOPLE])}"
        )
        raise ValidationError.of(message, field="expand", code="choice")

    def expanded(self, documents: str) -> str:
        """The same documents (JSON text, with commas in between), each with ``expanded`` where anything is."""
        if not (self._branches and documents):
            return documents
        records = json.loads(f"[{documents}]")
        self._expand(records, self._branches)
        return json.dumps(records)[1:-1]

    def _expand(self, records: Sequence[Document], branches: dict[str, _Branch]) -> None:
        if not branches:
            return
        behind = {name: self._behind(branch, records) for name, branch in branches.items()}
        for record in records:
            record["expanded"] = {name: branch.shown(record, behind[name]) for name, branch in branches.items()}

    def _behind(self, branch: _Branch, records: Iterable[Document]) -> dict[str, Document]:
        """What a reference of some records points at, by id."""
        ids = {id_ for record in records for id_ in branch.ids(record)}
        if not ids:
            return {}
        if branch.schema is None:
            users = access.users_of(self.actor).filter(id__in=ids)
            return {str(user.id): {"id": user.id, "name": user.name, "email": user.email} for user in users}
        targets = access.visible_records(self.actor, branch.schema).filter(id__in=ids)
        documents = targets.annotate(document=RecordDocument(branch.schema)).values_list("document", flat=True)
        found = [json.loads(document) for document in documents]
        self._expand(found, branch.branches)
        return {record["id"]: record for record in found}
