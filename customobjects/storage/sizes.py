"""How much room records take. The one place that asks the databases."""

from __future__ import annotations

from django.db import connection

from customobjects.models import Record, RecordLink, Revision, UniqueKey
from salesos.db.connections import execute

# What grows with records: these, with their indexes.
TABLES = tuple(model._meta.db_table for model in (Record, Revision, RecordLink, UniqueKey))


def bytes_of_records() -> int:
    """The bytes that the records of all organizations take, with their history, links, keys and indexes.

    PostgreSQL knows them; on SQLite it is the whole file.
    """
    if connection.vendor == "postgresql":
        sizes = " + ".join("pg_total_relation_size(%s::regclass)" for _table in TABLES)
        [(size,)] = execute(f"SELECT {sizes}", list(TABLES))
    else:
        [(size,)] = execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()", [])
    return int(size)


def about_all_records() -> int:
    """About how many records all organizations have, those in the trash among them."""
    if connection.vendor == "postgresql":
        [(count,)] = execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [Record._meta.db_table])
        if count > 0:
            return int(count)
    return Record.objects.count()
