"""Expanding references: the records and users that records point at, sent along with them.

Each path of ``expand=account,account.owner`` takes the same number of queries, however many records a page has.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from customobjects import access
from customobjects.fieldtypes import ReferenceKind
from customobjects.queries.nameable import people_with_ids
from customobjects.queries.objects import find_schema
from customobjects.schema import Schema, SchemaField
from customobjects.storage.documents import RecordDocument
from customobjects.storage.pages import SEPARATOR
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import ValidationError, alternatives, quoted

MAX_PATHS = 10
MAX_LEVELS = 2
# A record's own properties that name users.
PEOPLE = ("ownerId", "createdBy", "updatedBy")

# Records that are read in one query: more of them are large together, whatever each holds.
READ_AT_ONCE = 100


@dataclass
class _Branch:
    """One name of a path: a reference, and what is expanded of the records behind it."""

    name: str
    field: SchemaField | None
    schema: Schema | None
    branches: dict[str, _Branch] = dataclasses.field(default_factory=dict)

    def ids(self, record: Mapping[str, Any]) -> list[str]:
        """The ids that a record refers to."""
        if self.field is not None:
            return self.field.type.ids(record["data"].get(self.name))
        return [record[self.name]] if record[self.name] else []

    def shown(self, ids: Iterable[str], behind: Mapping[str, str]) -> str:
        """What is sent along with a record that refers to these, as JSON: one document, a list of them, or null."""
        found = [behind[id_] for id_ in ids if id_ in behind]
        if self.field is not None and self.field.type.multiple:
            return f"[{','.join(found)}]"
        return found[0] if found else "null"


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
            message = f"expand reaches {MAX_LEVELS} levels deep, and {quoted(path)} goes further"
            raise ValidationError.of(message, field="expand", code="depth")
        here, branches = schema, self._branches
        for place, name in enumerate(names):
            found = here.find(name)
            key = found.api_name if found else name
            if key not in branches:
                branches[key] = self._branch(here, name)
            branch = branches[key]
            if branch.schema is None and place < len(names) - 1:
                message = f"expand cannot go on behind {quoted(name)}, which names users"
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
            f"expand must name lookups or users, and {quoted(name)} is none; there is {alternatives([*there, *PEOPLE])}"
        )
        raise ValidationError.of(message, field="expand", code="choice")

    def expanded(self, documents: str) -> str:
        """The same documents (JSON text, with ``SEPARATOR`` in between), each with ``expanded`` where anything is.

        Raises ``ValidationError`` where that would be more than the setting MAX_ANSWER_KB, before it is put together.
        """
        if not (self._branches and documents):
            return documents
        return SEPARATOR.join(self._expand(documents.split(SEPARATOR), self._branches))

    def _expand(self, documents: list[str], branches: dict[str, _Branch]) -> list[str]:
        if not branches:
            return documents
        referring = [_ids_of(json.loads(document), branches) for document in documents]
        behind = {
            name: self._behind(branch, {id_ for ids in referring for id_ in ids[name]})
            for name, branch in branches.items()
        }
        sizes = {name: _sizes_of(found) for name, found in behind.items()}
        _require_room(
            sum(sizes[name].get(id_, 0) for ids in referring for name in branches for id_ in ids[name])
            + sum(map(len, documents))
        )
        return [
            _with_expanded(document, {name: branch.shown(ids[name], behind[name]) for name, branch in branches.items()})
            for document, ids in zip(documents, referring, strict=True)
        ]

    def _behind(self, branch: _Branch, ids: set[str]) -> dict[str, str]:
        """What a reference points at, as JSON by id."""
        if not ids:
            return {}
        if branch.schema is None:
            people = people_with_ids(self.actor, ids)
            return {str(one.id): json.dumps({"id": one.id, "name": one.name, "email": one.email}) for one in people}
        found: dict[str, str] = {}
        size = 0
        wanted = sorted(ids)
        for start in range(0, len(wanted), READ_AT_ONCE):
            some = wanted[start : start + READ_AT_ONCE]
            targets = access.visible_records(self.actor, branch.schema).filter(id__in=some)
            documents = targets.annotate(document=RecordDocument(branch.schema)).values_list("id", "document")
            read = {str(id_): document for id_, document in documents}
            size += sum(_sizes_of(read).values())
            _require_room(size)
            found |= read
        return dict(zip(found, self._expand(list(found.values()), branch.branches), strict=True))


def _ids_of(record: Mapping[str, Any], branches: Mapping[str, _Branch]) -> dict[str, list[str]]:
    return {name: branch.ids(record) for name, branch in branches.items()}


def _with_expanded(document: str, shown: Mapping[str, str]) -> str:
    """A document with one more property, at its end."""
    expanded = ",".join(f"{json.dumps(name)}:{text}" for name, text in shown.items())
    return f'{document[:-1]},"expanded":{{{expanded}}}}}'


def _sizes_of(documents: Mapping[str, str]) -> dict[str, int]:
    return {id_: len(document.encode()) for id_, document in documents.items()}


def _require_room(size: int) -> None:
    """Raises ``ValidationError`` where an answer of that many bytes is more than the setting MAX_ANSWER_KB."""
    if size > settings.MAX_ANSWER_BYTES:
        limit = settings.MAX_ANSWER_BYTES // 1024
        message = f"what is to be expanded takes more than {limit:,} KB: ask for fewer records, or expand less"
        raise ValidationError.of(message, field="expand", code="max_size")
