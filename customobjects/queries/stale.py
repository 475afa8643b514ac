"""What changed of a record since somebody read it, and who changed it: told by its history, where it has all of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from customobjects import access
from customobjects.models import Revision
from customobjects.queries.history import shown_names
from customobjects.queries.people import names_of_doers
from customobjects.schema import Schema
from customobjects.storage.json_keys import JSONKeys
from salesos.accounts.actor import Actor

# So many versions are looked through, at most.
MAX_VERSIONS = 1_000


@dataclass(frozen=True)
class LastChange:
    """Who changed a field of a record last, in words, and when."""

    person: str
    at: datetime

    @property
    def at_in_words(self) -> str:
        """The time in UTC, to the second."""
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


class _Changed(NamedTuple):
    """A revision: the keys of what it changed, and not the values, which may be much."""

    version: int
    keys: list[str] | None
    at: datetime
    by_id: UUID | None


def changed_since(
    actor: Actor, schema: Schema, record_id: UUID, since: int, version: int
) -> dict[str, LastChange] | None:
    """The last change of each field that changed between two versions of a record, by apiName, and ``ownerId``.

    Those of the fields that the actor sees, in the order of the fields. None, where the record's history does not tell
    of each version between, or there are more than ``MAX_VERSIONS``. Two queries at most. Raises ``PermissionDenied``.
    """
    access.require_read(actor, schema)
    if not 0 <= version - since <= MAX_VERSIONS:
        return None
    revisions = _newest(record_id, above=since)
    if [one.version for one in revisions] != list(range(version, since, -1)):
        return None
    return _by_field(actor, schema, revisions)


def last_changes(actor: Actor, schema: Schema, record_id: UUID, names: Collection[str]) -> dict[str, LastChange]:
    """The last change of each of some fields of a record, by apiName: of those that its newest revisions tell of.

    Two queries at most. Raises ``PermissionDenied``.
    """
    access.require_read(actor, schema)
    found = _by_field(actor, schema, _newest(record_id, above=0))
    return {name: found[name] for name in names if name in found}


def _newest(record_id: UUID, *, above: int) -> list[_Changed]:
    """The newest revisions of a record above a version, the newest first."""
    revisions = Revision.objects.filter(record_id=record_id, version__gt=above).order_by("-version")
    rows = revisions.values_list("version", JSONKeys("changes"), "at", "by_id")
    return [_Changed(*row) for row in rows[:MAX_VERSIONS]]


def _by_field(actor: Actor, schema: Schema, revisions: Iterable[_Changed]) -> dict[str, LastChange]:
    last: dict[str, _Changed] = {}
    for revision in revisions:
        for key in revision.keys or ():
            last.setdefault(key, revision)
    changed = {name: last[key] for key, name in shown_names(schema).items() if key in last}
    people = names_of_doers(actor, (one.by_id for one in changed.values()))
    return {name: LastChange(people[one.by_id], one.at) for name, one in changed.items()}
