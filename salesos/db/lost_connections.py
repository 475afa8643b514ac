"""Connections that were lost while nobody used them: found without asking the database.

PostgreSQL says nothing on a connection that nobody uses, until it ends it. So where there is something to read, the
connection is lost, or about to be; looking takes a microsecond, and asking would take a statement each time.
"""

from __future__ import annotations

import select
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections


def is_lost(connection: psycopg.Connection[Any]) -> bool:
    """Whether a connection that nobody uses was ended by the other side."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    return bool(poll.poll(0))


def drop_lost_connection(**_signal: Any) -> None:
    """At the start of a request: let its thread connect anew where its connection is lost."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.connection is not None and connection.vendor == "postgresql" and is_lost(connection.connection):
        connection.close()
