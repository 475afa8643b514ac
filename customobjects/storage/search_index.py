"""SQLite's index of ``Record.search_text``: which records have which three characters in a row (FTS5's trigrams).

What a search finds in it is looked at again in the record, so the index may know too much, and never too little. A
record whose text it does not know yet waits in a table of its own, which triggers fill in the transaction that writes
the record; a search looks at those that wait, too. The background brings them in (``take_in``): FTS5 takes ten times as
long for one as the trigger does, and a fifth of that for each of a thousand.

    search          FTS5's table: trigrams of the documents
    document        an integer of its own for each record (a record's key is none, and VACUUM may change what SQLite
                    numbers rows by itself), and the text that the index has of it, by which it can be taken out again
    object          an integer for each object: its documents' integers lie behind it, and are searched alone
    waiting         records that are new, have another text, or are gone

Where SQLite lacks FTS5 (or the trigrams: it is older than 3.34), records only wait, and searches look through all.
PostgreSQL has an index of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from customobjects.models import Record
from salesos.db.connections import execute

RECORDS = Record._meta.db_table
SEARCH, DOCUMENT, OBJECT, WAITING = (f"customobjects_search{end}" for end in ("", "_document", "_object", "_waiting"))
# Documents of the object with the number n have integers from n times this on.
OBJECT_SHARE = 1 << 40
# Trigrams of one search that are looked for: each narrows what is found, and costs a little.
MAX_TRIGRAMS = 24
# So many records of an object may wait.
MAX_WAITING = 10_000
# How long it is believed that there is no index: an upgrade of SQLite may bring it.
ASK_AGAIN_SECONDS = 60

TABLES = f"""
    CREATE TABLE IF NOT EXISTS {DOCUMENT} (id INTEGER PRIMARY KEY, record_id TEXT NOT NULL UNIQUE, text TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS {OBJECT} (number INTEGER PRIMARY KEY, custom_object_id TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS {WAITING} (
        custom_object_id TEXT NOT NULL, record_id TEXT NOT NULL, PRIMARY KEY (custom_object_id, record_id)
    ) WITHOUT ROWID
"""
# What changes a table may drop its triggers: they are made again after each ``migrate``.
TRIGGERS = (
    f"CREATE TRIGGER IF NOT EXISTS {SEARCH}_insert AFTER INSERT ON {RECORDS} WHEN new.search_text <> '' BEGIN "
    f"INSERT OR IGNORE INTO {WAITING} VALUES (new.custom_object_id, new.id); END",
    f"CREATE TRIGGER IF NOT EXISTS {SEARCH}_update AFTER UPDATE OF search_text ON {RECORDS} "
    f"WHEN new.search_text <> old.search_text BEGIN "
    f"INSERT OR IGNORE INTO {WAITING} VALUES (new.custom_object_id, new.id); END",
    f"CREATE TRIGGER IF NOT EXISTS {SEARCH}_delete AFTER DELETE ON {RECORDS} BEGIN "
    f"INSERT OR IGNORE INTO {WAITING} VALUES (old.custom_object_id, old.id); END",
)
TRIGRAMS = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {SEARCH} USING fts5(text, content='{DOCUMENT}', content_rowid='id', "
    "tokenize='trigram case_sensitive 1', detail='none')"
)

OWN_SHARE = f"""rowid BETWEEN (SELECT number * {OBJECT_SHARE} FROM {OBJECT} WHERE custom_object_id = %s)
    AND (SELECT number * {OBJECT_SHARE} + {OBJECT_SHARE - 1} FROM {OBJECT} WHERE custom_object_id = %s)"""
# Parameters: the trigrams, and four times the object.
FOUND = f"""(
    SELECT document.record_id FROM {SEARCH} CROSS JOIN {DOCUMENT} document ON document.id = {SEARCH}.rowid
        WHERE {SEARCH} MATCH %s AND {SEARCH}.{OWN_SHARE}
        AND NOT EXISTS (SELECT 1 FROM {WAITING} WHERE custom_object_id = %s AND record_id = document.record_id)
    UNION ALL SELECT record_id FROM {WAITING} WHERE custom_object_id = %s
) found"""
FOUND_ANYWHERE = f"""SELECT document.record_id FROM {SEARCH} CROSS JOIN {DOCUMENT} document
    ON document.id = {SEARCH}.rowid WHERE {SEARCH} MATCH %s UNION ALL SELECT record_id FROM {WAITING}"""
WAITING_OF_OBJECT = f"SELECT count(*) FROM (SELECT 1 FROM {WAITING} WHERE custom_object_id = %s LIMIT %s)"
COUNT = f"""SELECT (SELECT count(*) FROM (SELECT 1 FROM {SEARCH} WHERE {SEARCH} MATCH %s AND {OWN_SHARE} LIMIT %s))
    + ({WAITING_OF_OBJECT})"""

# Until when it is believed that there is no index; None where there is one.
_missing_until: float | None = 0


def prepare(**_signal: Any) -> None:
    """Receiver of Django's ``post_migrate``: make what is missing. Records that are there wait then."""
    if connection.vendor != "sqlite":
        return
    names = connection.introspection.table_names()
    if RECORDS not in names:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (*TABLES.split(";"), *TRIGGERS):
            cursor.execute(statement)
        if WAITING not in names:
            cursor.execute(f"INSERT INTO {WAITING} SELECT custom_object_id, id FROM {RECORDS} WHERE search_text <> ''")
        _make_search(cursor)


def _make_search(cursor: Any) -> None:
    """Make FTS5's table where SQLite can."""
    try:
        with transaction.atomic():
            cursor.execute(TRIGRAMS)
    except OperationalError as error:
        if "no such" not in str(error):
            raise


def is_there() -> bool:
    """Whether there is an index to search by. It is asked once, and where there is none, again after a minute."""
    global _missing_until
    if _missing_until is not None and time.monotonic() >= _missing_until:
        _missing_until = None if can_search() else time.monotonic() + ASK_AGAIN_SECONDS
    return _missing_until is None


def can_search() -> bool:
    """Whether SQLite has the index, and can search by it."""
    if connection.vendor != "sqlite":
        return False
    try:
        execute(f"SELECT rowid FROM {SEARCH} WHERE {SEARCH} MATCH %s LIMIT 1", ['"abc"'])
    except OperationalError as error:
        if "no such" not in str(error) and "unknown" not in str(error):
            raise
        return False
    return True


def trigrams_of(texts: Iterable[str]) -> str:
    """What is looked for in the index: trigrams that the folded ``texts`` have. Empty where all are too short."""
    found: dict[str, None] = {}
    for text in texts:
        # Every second one, and the last: what a search finds is looked at again.
        for start in (*range(0, len(text) - 3, 2), len(text) - 3):
            if start >= 0:
                found[text[start : start + 3]] = None
    quoted = ('"' + trigram.replace('"', '""') + '"' for trigram in list(found)[:MAX_TRIGRAMS])
    return " AND ".join(quoted)


def having_anywhere(texts: Iterable[str]) -> Q:
    """Records of any object that may have the folded ``texts``: all, without an index, or where all are too short."""
    trigrams = trigrams_of(texts) if is_there() else ""
    return Q(pk__in=RawSQL(FOUND_ANYWHERE, [trigrams])) if trigrams else Q()


def count(object_id: str, trigrams: str, most: int) -> int:
    """About how many records of an object have the trigrams: at least as many as do, counted up to ``most``."""
    [(number,)] = execute(COUNT, [trigrams, object_id, object_id, most, object_id, most])
    return int(number)


def knows_most_of(object_id: str) -> bool:
    """Whether no more than ``MAX_WAITING`` of an object's records wait: more than those are sooner read in order."""
    [(waiting,)] = execute(WAITING_OF_OBJECT, [object_id, MAX_WAITING + 1])
    return int(waiting) <= MAX_WAITING


def is_anything_waiting() -> bool:
    """Whether the background has something to do, and can."""
    return is_there() and bool(execute(f"SELECT 1 FROM {WAITING} LIMIT 1", []))


def take_in(most: int) -> int:
    """Bring so many records that wait into the index, in the caller's transaction. Returns how many they were."""
    waiting = execute(f"SELECT custom_object_id, record_id FROM {WAITING} LIMIT %s", [most])
    ids = orjson.dumps([record_id for _object, record_id in waiting]).decode()
    among = "IN (SELECT value FROM json_each(%s))"
    old = execute(f"SELECT record_id, id, text FROM {DOCUMENT} WHERE record_id {among}", [ids])
    texts: dict[str, str] = dict(execute(f"SELECT id, search_text FROM {RECORDS} WHERE id {among}", [ids]))
    numbers = {record_id: number for record_id, number, _text in old}
    new = []
    for object_id, group in _by_object(waiting):
        kept = [record_id for record_id in group if texts.get(record_id)]
        free = _free_number(object_id, sum(record_id not in numbers for record_id in kept))
        for record_id in kept:
            number = numbers.get(record_id)
            if number is None:
                number, free = free, free + 1
            new.append((number, record_id, texts[record_id]))
    with connection.cursor() as cursor:
        removed = [("delete", number, text) for _record, number, text in old]
        cursor.executemany(f"INSERT INTO {SEARCH} ({SEARCH}, rowid, text) VALUES (%s, %s, %s)", removed)
        cursor.execute(f"DELETE FROM {DOCUMENT} WHERE record_id {among}", [ids])
        cursor.executemany(f"INSERT INTO {DOCUMENT} (id, record_id, text) VALUES (%s, %s, %s)", new)
        added = [(number, text) for number, _record, text in new]
        cursor.executemany(f"INSERT INTO {SEARCH} (rowid, text) VALUES (%s, %s)", added)
        cursor.executemany(f"DELETE FROM {WAITING} WHERE custom_object_id = %s AND record_id = %s", waiting)
    return len(waiting)


def _by_object(waiting: Sequence[tuple[Any, ...]]) -> list[tuple[str, list[str]]]:
    groups: dict[str, list[str]] = {}
    for object_id, record_id in waiting:
        groups.setdefault(object_id, []).append(record_id)
    return list(groups.items())


def _free_number(object_id: str, wanted: int) -> int:
    """The first of the free integers for documents of an object, where one is ``wanted``."""
    if not wanted:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT OR IGNORE INTO {OBJECT} (custom_object_id) VALUES (%s)", [object_id])
    [(number,)] = execute(f"SELECT number FROM {OBJECT} WHERE custom_object_id = %s", [object_id])
    share = number * OBJECT_SHARE, (number + 1) * OBJECT_SHARE - 1
    [(last,)] = execute(f"SELECT max(id) FROM {DOCUMENT} WHERE id BETWEEN %s AND %s", share)
    return int(last) + 1 if last is not None else share[0]


# What the doctor asks. -----------------------------------------------------------------------------------------------

LOOKED_AT = 1_000


def missing_parts() -> list[str]:
    """The names of the index's tables and triggers that are not there, where there can be an index."""
    if connection.vendor != "sqlite" or not can_search():
        return []
    wanted = {DOCUMENT, OBJECT, WAITING, f"{SEARCH}_insert", f"{SEARCH}_update", f"{SEARCH}_delete"}
    return sorted(wanted - {name for (name,) in execute("SELECT name FROM sqlite_master", [])})


def unknown(object_id: str, ids: Sequence[str]) -> list[str]:
    """Those of some records of an object whose text the index has otherwise, or not at all, and that do not wait."""
    if not is_there():
        return []
    own = f"(SELECT number FROM {OBJECT} WHERE custom_object_id = %s)"
    rows = execute(
        f"SELECT record.id FROM {RECORDS} record LEFT JOIN {DOCUMENT} document ON document.record_id = record.id "
        f"WHERE record.id IN (SELECT value FROM json_each(%s)) "
        f"AND NOT EXISTS (SELECT 1 FROM {WAITING} WHERE custom_object_id = %s AND record_id = record.id) "
        f"AND (coalesce(document.text, '') <> record.search_text "
        f"OR (document.id IS NOT NULL AND document.id / {OBJECT_SHARE} IS NOT {own}))",
        [orjson.dumps(ids).decode(), object_id, object_id],
    )
    return [id_ for (id_,) in rows]


def wait(object_id: str, ids: Sequence[str]) -> None:
    """Have records of an object wait, so that the index gets to know them anew."""
    listed = orjson.dumps(ids).decode()
    among = f"SELECT id, text FROM {DOCUMENT} WHERE record_id IN (SELECT value FROM json_each(%s))"
    # One that was taken in as another object's would keep its integer.
    old = execute(among, [listed])
    with connection.cursor() as cursor:
        removed = [("delete", number, text) for number, text in old]
        cursor.executemany(f"INSERT INTO {SEARCH} ({SEARCH}, rowid, text) VALUES (%s, %s, %s)", removed)
        cursor.execute(f"DELETE FROM {DOCUMENT} WHERE record_id IN (SELECT value FROM json_each(%s))", [listed])
        cursor.execute(f"INSERT OR IGNORE INTO {WAITING} SELECT %s, value FROM json_each(%s)", [object_id, listed])


def waiting_wrongly() -> list[str]:
    """Records that wait as those of another object: at most ``LOOKED_AT``."""
    if not is_there():
        return []
    rows = execute(
        f"SELECT record_id FROM {WAITING} waiting JOIN {RECORDS} record ON record.id = record_id "
        f"WHERE record.custom_object_id <> waiting.custom_object_id LIMIT {LOOKED_AT}",
        [],
    )
    return [id_ for (id_,) in rows]


def left_behind() -> list[str]:
    """What the index has of records that are gone, and that do not wait to be taken out: at most ``LOOKED_AT``."""
    if not is_there():
        return []
    rows = execute(
        f"SELECT record_id FROM {DOCUMENT} document "
        f"WHERE NOT EXISTS (SELECT 1 FROM {RECORDS} WHERE id = document.record_id) "
        f"AND NOT EXISTS (SELECT 1 FROM {WAITING} WHERE record_id = document.record_id) LIMIT {LOOKED_AT}",
        [],
    )
    return [id_ for (id_,) in rows]


def put_right() -> None:
    """Have what waits wrongly wait as its own object's, and what was left behind wait to be taken out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT OR IGNORE INTO {WAITING} SELECT record.custom_object_id, record.id "
            f"FROM {WAITING} waiting JOIN {RECORDS} record ON record.id = waiting.record_id "
            "WHERE record.custom_object_id <> waiting.custom_object_id"
        )
        cursor.execute(
            f"DELETE FROM {WAITING} WHERE EXISTS (SELECT 1 FROM {RECORDS} record "
            f"WHERE record.id = record_id AND record.custom_object_id <> {WAITING}.custom_object_id)"
        )
        cursor.execute(
            f"INSERT OR IGNORE INTO {WAITING} SELECT object.custom_object_id, document.record_id "
            f"FROM {DOCUMENT} document JOIN {OBJECT} object ON object.number = document.id / {OBJECT_SHARE} "
            f"WHERE NOT EXISTS (SELECT 1 FROM {RECORDS} WHERE id = document.record_id)"
        )
