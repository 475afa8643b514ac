"""Expanding references: the records and users that records point at, sent along with them.

Each path of ``expand=account,account.owner`` takes the same number of queries, however many records a page has.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from customobjects import access
from customobjects.fieldtypes.references import Lookup, User
from customobjects.queries.documents import RecordDocument
from customobjects.queries.objects import find_schema
from customobjects.schema import Schema, SchemaField
from salesos.accounts.actor import Actor
from salesos.problems import InvalidError
from salesos.rest import exactjson

MAX_PATHS = 10
MAX_LEVELS = 2
# A record's own properties that name users.
PEOPLE = ("ownerId", "createdBy", "updatedBy")


@dataclass
class _Branch:
    """One name of a path: a reference, and what is expanded of the records behind it."""

    name: str
    field: SchemaField | None
    schema: Schema | None
    branches: dict[str, _Branch] = dataclasses.field(default_factory=dict)

    def ids(self, record: dict[str, Any]) -> list[str]:
        """The ids that a record points at."""
        value = record[self.name] if self.field is None else record["data"].get(self.name)
        return [] if value is None else value if isinstance(value, list) else [value]


class Expansion:
    """The references of one object that are to be expanded."""

    def __init__(self, actor: Actor, schema: Schema, paths: Iterable[str]) -> None:
        """Raises ``InvalidError`` for a path that leads nowhere."""
        self.actor = actor
        self._branches: dict[str, _Branch] = {}
        listed = list(dict.fromkeys(paths))
        if len(listed) > MAX_PATHS:
            raise InvalidError.of(f"expand must have at most {MAX_PATHS} paths", field="expand", code="too_many")
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
            raise InvalidError.of(message, field="expand", code="depth")
        here, branches = schema, self._branches
        for place, name in enumerate(names):
            if name not in branches:
                branches[name] = self._branch(here, name)
            branch = branches[name]
            if branch.schema is None and place < len(names) - 1:
                message = f"expand cannot go on behind {name!r}, which names users"
                raise InvalidError.of(message, field="expand", code="type")
            if branch.schema is not None:
                here, branches = branch.schema, branch.branches

    def _branch(self, schema: Schema, name: str) -> _Branch:
        if name in PEOPLE:
            return _Branch(name, None, None)
        found = schema.by_name.get(name)
        if found is not None and isinstance(found.type, User):
            return _Branch(name, found, None)
        if found is not None and isinstance(found.type, Lookup):
            return _Branch(name, found, find_schema(self.actor, str(found.target_id)))
        there = [known.api_name for known in schema.fields if isinstance(known.type, Lookup | User)]
        message = (
            f"expand must name lookups or users, and {name[:80]!r} is none; there is {', '.join([*there, *PEOPLE])}"
        )
        raise InvalidError.of(message, field="expand", code="choice")

    def expanded(self, documents: Sequence[str]) -> list[str]:
        """The documents, each with a property ``expanded`` where anything is."""
        return self._expand(documents, self._branches)

    def _expand(self, documents: Sequence[str], branches: dict[str, _Branch]) -> list[str]:
        if not branches:
            return list(documents)
        records = [exactjson.loads(document) for document in documents]
        behind = {name: self._behind(branch, records) for name, branch in branches.items()}
        return [
            f'{document[:-1]},"expanded":{{{self._parts(record, branches, behind)}}}}}'
            for document, record in zip(documents, records, strict=True)
        ]

    @staticmethod
    def _parts(record: dict[str, Any], branches: dict[str, _Branch], behind: dict[str, dict[str, str]]) -> str:
        parts = []
        for name, branch in branches.items():
            found = [behind[name][id_] for id_ in branch.ids(record) if id_ in behind[name]]
            is_list = branch.field is not None and isinstance(branch.field.type, Lookup) and branch.field.type.multiple
            value = f"[{','.join(found)}]" if is_list else found[0] if found else "null"
            parts.append(f'"{name}":{value}')
        return ",".join(parts)

    def _behind(self, branch: _Branch, records: Iterable[dict[str, Any]]) -> dict[str, str]:
        """The documents that a reference of some records points at, by id."""
        ids = {id_ for record in records for id_ in branch.ids(record)}
        if not ids:
            return {}
        if branch.schema is None:
            return self._people(ids)
        targets = access.visible_records(self.actor, branch.schema).filter(id__in=ids)
        rows = targets.annotate(document=RecordDocument(branch.schema)).values_list("id", "document")
        found = dict(rows)
        expanded = self._expand(list(found.values()), branch.branches)
        return {str(id_): document for id_, document in zip(found, expanded, strict=True)}

    def _people(self, ids: Iterable[str]) -> dict[str, str]:
        users = access.users_of(self.actor).filter(id__in=ids)
        return {str(u.id): exactjson.dumps({"id": u.id, "name": u.name, "email": u.email}) for u in users}
