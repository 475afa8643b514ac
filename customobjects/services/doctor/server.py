"""The server: its database, migrations, extensions and indexes, and the background."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from customobjects.models import Record
from customobjects.services import heartbeat
from customobjects.services.doctor.base import Damage, ServerCheck
from customobjects.storage import search_index
from customobjects.storage.health import database_problems, missing_extensions, unapplied_migrations, unusable_indexes


class Database(ServerCheck):
    """Whether the database is one that we know, and whole."""

    key = "database"

    def find(self, subject: None) -> Iterable[Damage]:
        for problem in database_problems():
            yield Damage("the database is not as it must be", problem, can_be_mended=False)


class Migrations(ServerCheck):
    """Whether all migrations are applied."""

    key = "migrations"

    def find(self, subject: None) -> Iterable[Damage]:
        for name in unapplied_migrations():
            yield Damage("migrations are not applied; run manage.py migrate", name, can_be_mended=False)


class Extensions(ServerCheck):
    """Whether the database has what searches and lists go by: extensions, indexes, triggers."""

    key = "extensions"

    def find(self, subject: None) -> Iterable[Damage]:
        for name, remedy in missing_extensions():
            yield Damage(f"an extension is missing; {remedy}", name, can_be_mended=False)
        for name in unusable_indexes():
            what = f"indexes of {Record._meta.db_table} are missing or cannot be used"
            yield Damage(what, name, can_be_mended=False)
        for name in search_index.missing_parts():
            yield Damage("the search index lacks a table or a trigger", name)

    def mend(self, subject: None, found: Sequence[Damage]) -> None:
        search_index.prepare()


class Worker(ServerCheck):
    """Whether the background works."""

    key = "worker"

    def find(self, subject: None) -> Iterable[Damage]:
        if message := heartbeat.background_report().message:
            yield Damage(message, can_be_mended=False)


class SearchIndex(ServerCheck):
    """What SQLite's search index has beside the records: what waits as another object's, and what is of no record."""

    key = "search-index"

    def find(self, subject: None) -> Iterable[Damage]:
        for record_id in search_index.waiting_wrongly():
            yield Damage("waits for the search index as a record of another object", record_id)
        for record_id in search_index.left_behind():
            yield Damage("is in the search index, and is no record", record_id)

    def mend(self, subject: None, found: Sequence[Damage]) -> None:
        search_index.put_right()
