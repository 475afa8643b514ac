"""Writing rows of records, and their revisions, however many at once: in one statement (see ``json_rows``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Model

from customobjects.models import CustomObject, Record, Revision, UniqueKey
from customobjects.models.columns import ALL_COLUMNS
from customobjects.schema import Schema
from customobjects.storage.derivation import DERIVATION
from customobjects.storage.documents import RecordDocument
from customobjects.storage.json_rows import Row, Writers, as_json, binders, bound, source, value, writers
from customobjects.storage.transaction_numbers import current_number, number_sql, numbered
from salesos.db.compiled_queries import with_constants
from salesos.db.connections import execute, execute_together
from salesos.db.django_internals import compile_select

# The columns that a record is written with beside its typed ones, in the order of the table.
RECORD_COLUMNS = tuple(
    field.attname
    for field in Record._meta.concrete_fields
    if field.attname not in ALL_COLUMNS and not field.attname.startswith("deleted_")
)
CHANGING_COLUMNS = (
    "data",
    "overflow",
    "schema_version",
    "version",
    "name",
    "search_text",
    "owner_id",
    "updated_at",
    "updated_by_id",
)
REVISION_COLUMNS = tuple(field.attname for field in Revision._meta.concrete_fields if not field.primary_key)
# Columns that, where a row does not say, have the number of the transaction that is open.
NUMBER_COLUMNS = {"created_transaction", "transaction"}


class Written(NamedTuple):
    """A record that was stored: its document, and the number of the transaction, where the statement noted it."""

    id: UUID
    document: str
    transaction: int | None = None


class _Current(NamedTuple):
    """What is read beside the rows, so that nothing is stored where the object has changed."""

    sql: str = ""
    params: Sequence[Any] = ()


_WHATEVER_OBJECT = _Current()


class _Statement(NamedTuple):
    """A statement that stores rows, its parameters behind the rows, and what writes their columns."""

    sql: str
    params: Sequence[Any]
    writers: Writers


def insert_records(schema: Schema, rows: Sequence[Row]) -> list[Written]:
    """Store new records, each a mapping from columns to values; in no order."""
    rows = numbered(rows, "created_transaction")
    return _run(schema.memoize("insert", lambda: _insert(schema, (*RECORD_COLUMNS, *schema.columns))), rows)


def update_records(schema: Schema, rows: Sequence[Row]) -> list[Written]:
    """Store what has changed of records; in no order.

    Each row has ``id`` and all columns of ``CHANGING_COLUMNS``; a typed column that it does not have becomes empty.
    """
    return _run(schema.memoize("update", lambda: _update(schema, (*CHANGING_COLUMNS, *schema.columns))), rows)


def insert_if_current(schema: Schema, row: Row) -> Written | None:
    """As ``insert_records``, for one record, and only where the object is still as ``schema`` says: else None.

    The object stays so until the statement's transaction ends.
    """

    def make() -> _Statement:
        return _insert(schema, (*RECORD_COLUMNS, *schema.columns), _current_object(schema))

    return next(iter(_run(schema.memoize("insert if current", make), [row])), None)


def update_if_current(schema: Schema, row: Row, revision: Row | None = None) -> Written | None:
    """As ``update_records``, for one record, and only where the object is still as ``schema`` says: else None.

    None, too, where the record is not at the version before that of ``row``, or is deleted. The ``revision`` is stored
    with it.
    """

    def make() -> _Statement:
        return _update(schema, (*CHANGING_COLUMNS, *schema.columns), _current_object(schema))

    statement = schema.memoize("update if current", make)
    if revision is None:
        return next(iter(_run(statement, [row])), None)
    if connection.vendor == "postgresql":
        return _update_with_revision(schema, statement, row, revision)
    return _update_and_insert_revision(statement, row, revision)


def _update_and_insert_revision(update: _Statement, row: Row, revision: Row) -> Written | None:
    """Both in one transaction. SQLite lets nobody else write meanwhile, so what can be done before it is."""
    insert = _insert_bound_revision()
    [values] = bound([revision], insert.writers)
    ran = execute_together([(update.sql, [as_json([row], update.writers), *update.params]), (insert.sql, values)])
    if not ran[0]:
        return None
    [[(id_, document)], [(number,)]] = ran
    return Written(UUID(str(id_)), document, number)


def _update_with_revision(schema: Schema, update: _Statement, row: Row, revision: Row) -> Written | None:
    """Both in one statement, which PostgreSQL has for it: what one returns is read by the other."""
    insert = _insert_revisions()
    sql = schema.memoize(
        "update with revision",
        lambda: (
            f"WITH written(id, document) AS ({update.sql}), noted AS ({insert.sql.format(beside=', written')}) "
            "SELECT written.id, written.document, noted.transaction FROM written, noted"
        ),
    )
    params = [as_json([row], update.writers), *update.params, as_json([revision], insert.writers)]
    return next((Written(*columns) for columns in execute(sql, params)), None)


def insert_revisions(rows: Sequence[Row]) -> int:
    """Store revisions, each a mapping from ``REVISION_COLUMNS`` to values; returns the number of their transaction.

    At most two queries.
    """
    if connection.vendor == "sqlite":
        return _insert_revisions_on_sqlite(rows)
    statement = _insert_revisions()
    return int(execute(statement.sql.format(beside=""), [as_json(rows, statement.writers)])[0][0])


def _insert_revisions_on_sqlite(rows: Sequence[Row]) -> int:
    """SQLite stores bound values in a third of the time that it takes to read as many from JSON."""
    statement = _insert_bound_revision()
    if len(rows) == 1:
        return int(execute(statement.sql, *bound(rows, statement.writers))[0][0])
    number = rows[0]["transaction"] or current_number(rows[0]["organization_id"])
    places = ", ".join(["%s"] * len(REVISION_COLUMNS))
    sql = f"INSERT INTO {Revision._meta.db_table} ({_revision_columns()}) VALUES ({places})"
    with connection.cursor() as cursor:
        cursor.executemany(sql, bound([{**row, "transaction": number} for row in rows], statement.writers))
    return int(number)


@cache
def _insert_bound_revision() -> _Statement:
    """The statement for one in SQLite, which numbers it by itself, from bound values."""
    bound_columns = ", ".join(f"%s AS {_quoted(name)}" for name in REVISION_COLUMNS)
    values = ", ".join(
        _numbered(_quoted(name), "row.organization_id") if name in NUMBER_COLUMNS else _quoted(name)
        for name in REVISION_COLUMNS
    )
    sql = (
        f"INSERT INTO {Revision._meta.db_table} ({_revision_columns()}) SELECT {values} "
        f"FROM (SELECT {bound_columns}) AS row RETURNING {_quoted('transaction')}"
    )
    return _Statement(sql, [], binders(Revision, REVISION_COLUMNS))


@cache
def _insert_revisions() -> _Statement:
    """The statement, with a place for what is read ``beside`` the rows."""
    values = ", ".join(_value(Revision, name) for name in REVISION_COLUMNS)
    sql = (
        f"INSERT INTO {Revision._meta.db_table} ({_revision_columns()}) SELECT {values} "
        f"FROM {source(Revision, REVISION_COLUMNS)}{{beside}} WHERE true RETURNING {_quoted('transaction')}"
    )
    return _Statement(sql, [], writers(Revision, REVISION_COLUMNS))


def _revision_columns() -> str:
    return ", ".join(map(_quoted, REVISION_COLUMNS))


def insert_keys(keys: Iterable[tuple[UUID, str, bytes, UUID]]) -> set[tuple[str, bytes]]:
    """Store unique keys (object, name, digest, record) that nobody holds; returns name and digest of those stored.

    In the order of names and digests, so that two writers who want the same keys never wait for each other crosswise.
    """
    rows = sorted(keys, key=lambda key: (key[1], key[2]))
    table = connection.ops.quote_name(UniqueKey._meta.db_table)
    columns = [connection.ops.quote_name(name) for name in ("custom_object_id", "name", "digest", "record_id")]
    places = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
    sql = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES {places} "
        f"ON CONFLICT ({', '.join(columns[:3])}) DO NOTHING RETURNING {columns[1]}, {columns[2]}"
    )
    uuid = partial(UniqueKey._meta.get_field("record").get_db_prep_save, connection=connection)
    params = [
        value
        for object_id, name, digest, record_id in rows
        for value in (uuid(object_id), name, digest, uuid(record_id))
    ]
    return {(name, bytes(digest)) for name, digest in execute(sql, params)}


def _run(statement: _Statement, rows: Sequence[Row]) -> list[Written]:
    sql, params, by = statement
    return [Written(UUID(str(id_)), *others) for id_, *others in execute(sql, [as_json(rows, by), *params])]


def _insert(schema: Schema, columns: Sequence[str], current: _Current = _WHATEVER_OBJECT) -> _Statement:
    table = connection.ops.quote_name(Record._meta.db_table)
    document, params = _document(schema)
    names = ", ".join(map(connection.ops.quote_name, columns))
    values = ", ".join(_value(Record, name) for name in columns)
    sql = (
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {source(Record, columns)}{current.sql} WHERE true "
        f"RETURNING id, {document}, created_transaction"
    )
    return _Statement(sql, [*current.params, *params], writers(Record, columns))


def _update(schema: Schema, columns: Sequence[str], current: _Current = _WHATEVER_OBJECT) -> _Statement:
    table = connection.ops.quote_name(Record._meta.db_table)
    document, params = _document(schema)
    changes = ", ".join(f"{connection.ops.quote_name(name)} = {value(Record, name)}" for name in columns)
    read = ("id", *columns)
    rows = source(Record, read)
    sql = f"UPDATE {table} SET {changes} FROM {rows}{current.sql} WHERE {table}.id = {value(Record, 'id')} "
    if current.sql:
        sql += f"AND {table}.version = {value(Record, 'version')} - 1 AND {table}.deleted_at IS NULL "
    return _Statement(f"{sql}RETURNING {table}.id, {document}", [*current.params, *params], writers(Record, read))


def _current_object(schema: Schema) -> _Current:
    """A row of the object, locked, where it is as ``schema`` says, and otherwise none."""
    id_, version, updated_at = schema.state
    objects = CustomObject.objects.filter(id=id_, schema_version=version, updated_at=updated_at, deleted_at=None)
    # While records are derived anew, what they hold may change without a new version.
    objects = objects.filter(derivation=DERIVATION)
    select = compile_select(objects.order_by().values_list("id"))
    assert select is not None
    # Whoever changes the schema takes the row FOR UPDATE, and so waits for us, or we for them.
    lock = " FOR KEY SHARE" if connection.features.has_select_for_update else ""
    sql, params = with_constants(f", ({select.sql}{lock}) AS object", select.params)
    return _Current(sql, params)


def _document(schema: Schema) -> tuple[str, list[Any]]:
    """The expression that writes a record's document, in terms of the row that is written."""
    select = compile_select(Record.objects.annotate(document=RecordDocument(schema)).values_list("document"))
    assert select is not None
    [document] = select.columns
    return with_constants(*document)


def _value(model: type[Model], column: str) -> str:
    """A new row's column in the source."""
    if column not in NUMBER_COLUMNS:
        return value(model, column)
    return _numbered(value(model, column), value(model, "organization_id"))


def _numbered(number: str, organization: str) -> str:
    return f"coalesce({number}, {number_sql(organization)})"


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
