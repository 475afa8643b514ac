"""Tables whose rows stay as they are: the database itself refuses to change and to delete them, but for a purge.

A migration makes the triggers (``append_only``). Whoever purges says so in the same transaction (``purging``), by a row
that nobody else sees. Emptying a whole table with TRUNCATE, as PostgreSQL's ``flush`` does, is no business of triggers
for rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps.registry import Apps
from django.db import connection, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# The table of ``salesos.accounts.models.Purging``: which tables may be purged in this transaction.
PURGING = "accounts_purging"

_POSTGRESQL = """
    CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (TG_OP = 'DELETE' OR {may_change}) AND EXISTS (SELECT 1 FROM {purging} WHERE name = TG_TABLE_NAME) THEN
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END IF;
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_append_only()
"""
_POSTGRESQL_BACK = "DROP TRIGGER {table}_append_only ON {table}; DROP FUNCTION {table}_append_only()"
_SQLITE = [
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
    " WHEN NOT ({may_change} AND EXISTS (SELECT 1 FROM {purging} WHERE name = '{table}'))"
    " BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
    " WHEN NOT EXISTS (SELECT 1 FROM {purging} WHERE name = '{table}')"
    " BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
]
_SQLITE_BACK = ["DROP TRIGGER {table}_no_update", "DROP TRIGGER {table}_no_delete"]


def append_only(table: str, *, may_change: bool = False) -> migrations.RunPython:
    """The step of a migration that has the database keep the rows of a table as they are.

    A purge deletes rows; where it ``may_change`` them, it takes out of them what is to go.

    Where a later migration alters the table, SQLite's triggers go with its old form: that one takes this step again.
    """

    def forwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        statements = [_POSTGRESQL] if editor.connection.vendor == "postgresql" else _SQLITE
        _run(editor, statements, table, may_change=may_change)

    def backwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        _run(editor, [_POSTGRESQL_BACK] if editor.connection.vendor == "postgresql" else _SQLITE_BACK, table)

    return migrations.RunPython(forwards, backwards)


def _run(editor: BaseDatabaseSchemaEditor, statements: list[str], table: str, *, may_change: bool = False) -> None:
    for statement in statements:
        editor.execute(statement.format(table=table, purging=PURGING, may_change=str(may_change).upper()), None)


@contextmanager
def purging(table: str) -> Iterator[None]:
    """A transaction in which rows of an append-only table may be purged."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {PURGING} (name) VALUES (%s)", [table])
        yield
        cursor.execute(f"DELETE FROM {PURGING} WHERE name = %s", [table])
