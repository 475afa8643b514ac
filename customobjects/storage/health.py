"""Whether the database itself is well. The one place where the doctor knows PostgreSQL from SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from customobjects.models import Record
from customobjects.storage import search_index
from salesos.db.connections import execute

OLDEST_POSTGRESQL = 130_000
EXTENSIONS = ("pg_trgm", "btree_gin")
# Of what SQLite finds wrong, so much is told.
MOST_PROBLEMS = 5
# Made by a migration, and not by the model.
TRIGRAM_INDEX = "record_search"


def database_problems() -> Iterator[str]:
    """What is wrong with the database as a whole. SQLite reads all of its file for it."""
    if connection.vendor == "postgresql":
        [(version,)] = execute("SELECT current_setting('server_version_num')::int", [])
        if version < OLDEST_POSTGRESQL:
            yield f"PostgreSQL {version // 10_000} is too old: 13 or newer is needed"
        return
    for (line,) in execute(f"PRAGMA quick_check({MOST_PROBLEMS})", []):
        if line != "ok":
            yield str(line)
    for table, row, target, _number in execute("PRAGMA foreign_key_check", [])[:MOST_PROBLEMS]:
        yield f"row {row} of {table} refers to a row of {target} that is not there"


def missing_extensions() -> Iterator[tuple[str, str]]:
    """The names of extensions that are missing, and what to do."""
    if connection.vendor == "postgresql":
        there = {name for (name,) in execute("SELECT extname FROM pg_extension", [])}
        for name in EXTENSIONS:
            if name not in there:
                yield name, f"CREATE EXTENSION {name}, and make the index {TRIGRAM_INDEX} as the migration 0002 does"
    elif not search_index.can_search():
        yield "FTS5 with trigrams", "it comes with SQLite 3.34 or newer; searches look through all texts meanwhile"


def unusable_indexes() -> list[str]:
    """The names of the record table's indexes that are not there, or that PostgreSQL says are not valid."""
    wanted = {index.name for index in Record._meta.indexes}
    if connection.vendor == "postgresql":
        wanted.add(TRIGRAM_INDEX)
        rows = execute(
            "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
            "WHERE indrelid = %s::regclass AND indisvalid",
            [Record._meta.db_table],
        )
        return sorted(wanted - {name for (name,) in rows})
    with connection.cursor() as cursor:
        return sorted(wanted - connection.introspection.get_constraints(cursor, Record._meta.db_table).keys())


class TableSize(NamedTuple):
    """A table with its indexes: bytes, and about how many rows, as the planner's statistics have it."""

    name: str
    size: int
    rows: int


def database_version() -> str:
    """What the database calls itself, with its version."""
    if connection.vendor == "postgresql":
        [(version,)] = execute("SHOW server_version", [])
        return f"PostgreSQL {version}"
    [(version,)] = execute("SELECT sqlite_version()", [])
    return f"SQLite {version}"


def database_size() -> int:
    """How many bytes the database takes on the disk; of SQLite without what its log has not written into the file."""
    if connection.vendor == "postgresql":
        [(size,)] = execute("SELECT pg_database_size(current_database())", [])
        return int(size)
    [(pages,)] = execute("PRAGMA page_count", [])
    [(page_size,)] = execute("PRAGMA page_size", [])
    return int(pages) * int(page_size)


def largest_tables(number: int) -> list[TableSize]:
    """The largest tables of PostgreSQL. SQLite does not know without reading its whole file: then none."""
    if connection.vendor != "postgresql":
        return []
    rows = execute(
        "SELECT relname, pg_total_relation_size(oid), GREATEST(reltuples, 0)::bigint FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace "
        "ORDER BY pg_total_relation_size(oid) DESC LIMIT %s",
        [number],
    )
    return [TableSize(*row) for row in rows]


def unapplied_migrations() -> list[str]:
    """The migrations of this version that the database does not have yet, as ``app.name``."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
