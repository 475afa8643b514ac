"""The statements that the limit runs: the very ones of the product, noted while it answers the same requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from benchmarks.servers import NEW_ID, Step
from customobjects.models import CustomObject, Record
from customobjects.services import searching
from customobjects.storage import rows
from salesos.accounts.models import User
from salesos.db import compiled_queries, connections

# The condition of a change that a record is at the version that was read.
VERSION_READ = r"AND \S+\.version = .+? - 1 "


def write(path: str, token: str) -> None:
    """Replace the requests in a file, lists of [method, path, body] by name, by the statements that answer them."""
    file = Path(path)
    client = Client(headers={"authorization": f"Bearer {token}"}, SERVER_NAME="localhost")
    asked = json.loads(file.read_text())
    noted = {name: [_steps(client, *request) for request in asked[name]] for name in asked}
    # Ids, decimals and moments are told as texts.
    file.write_text(json.dumps(noted, default=str))


def _steps(client: Client, method: str, path: str, body: Any) -> list[Step]:
    """What a request needs of the database: for reading the records alone, for writing the whole transaction.

    Who asks, and the version of the object, are no part of it.
    """
    # The first time compiles what is kept.
    for last in (False, True):
        with _noted() as noted, transaction.atomic():
            answer = client.generic(method, path, "" if body is None else json.dumps(body), "application/json")
            assert answer.status_code < 300, answer.content
            transaction.set_rollback(True)
        if last and method == "GET":
            return [_step(sql, params, []) for sql, params in noted if Record._meta.db_table in sql]
    needed = [step for step in noted if User._meta.db_table not in step[0]]
    new = _new_ids(answer.json()) if method == "POST" else []
    begin = "BEGIN" if connection.vendor == "postgresql" else "BEGIN IMMEDIATE"
    return [(begin, []), *(_step(sql, params, new) for sql, params in needed), ("COMMIT", [])]


@contextmanager
def _noted() -> Iterator[list[Step]]:
    """The statements that are run inside, with their parameters, or, for filters that come again, without."""
    noted: list[Step] = []

    def execute(sql: str, params: Any, *, by_values: bool = False, steps: int = 0) -> Any:
        if by_values and connection.vendor == "postgresql":
            noted.append((connection.connection.cursor().mogrify(sql, params), []))
        else:
            noted.append((sql, list(params)))
        return connections.execute(sql, params, by_values=by_values, steps=steps)

    with mock.patch.object(compiled_queries, "execute", execute), mock.patch.object(rows, "execute", execute):
        yield noted


def _new_ids(answer: Any) -> list[str]:
    """The ids of the records that a request has made, as the database stores them."""
    made = [result["id"] for result in answer["data"]] if isinstance(answer["data"], list) else [answer["id"]]
    return made if connection.vendor == "postgresql" else [UUID(id_).hex for id_ in made]


def _step(sql: str, params: list[Any], new: list[str]) -> Step:
    # A change is run many times: the version that it goes by is there only for the first.
    return re.sub(VERSION_READ, "", sql), [_told(param, new) for param in params]


def _told(param: Any, new: list[str]) -> Any:
    if isinstance(param, str):
        for id_ in new:
            param = param.replace(id_, NEW_ID)
    return param


def tidy() -> None:
    """Leave as many records in each object as it was loaded with, the first ones."""
    for custom_object in CustomObject.objects.filter(api_name__startswith="asset_"):
        size = int(custom_object.api_name.removeprefix("asset_"))
        records = Record.objects.filter(custom_object=custom_object).order_by("id")
        if (first := records.values_list("id", flat=True)[size : size + 1].first()) is not None:
            records.filter(id__gte=first).order_by()._raw_delete(connection.alias)
    analyze()


def as_it_comes() -> None:
    """Have PostgreSQL plan as it does where nobody has told it what kind of disk it has."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} SET random_page_cost = 4")


def analyze() -> None:
    """What vacuuming does in use, and the background, at once."""
    if connection.vendor == "sqlite":
        searching.take_in_all(print)
    with connection.cursor() as cursor:
        # Both from a clean slate: the planner's figures, and the search index, which PostgreSQL fills in later.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def lengthen_histories(object_name: str, records: int, revisions: int) -> float:
    """Give the newest records of an object so many revisions each; returns the bytes that each of them takes."""
    found = list(Record.objects.filter(custom_object__api_name=object_name).order_by("-id")[:records])
    before = _database_bytes()
    for record in found:
        start = record.version
        made = [
            {
                "organization_id": record.organization_id,
                "custom_object_id": record.custom_object_id,
                "record_id": record.id,
                "version": start + number,
                "kind": "update",
                "changes": {"city": [f"C{number}", f"C{number + 1}"]},
                "change_id": uuid7(),
                "transaction": None,
                "at": timezone.now(),
                "by_id": record.updated_by_id,
                "via": "api",
            }
            for number in range(1, revisions + 1)
        ]
        rows.insert_revisions(made)
        Record.objects.filter(id=record.id).update(version=start + revisions)
    analyze()
    return (_database_bytes() - before) / (records * revisions)


def _database_bytes() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_total_relation_size('customobjects_revision')")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return int(cursor.fetchone()[0])
