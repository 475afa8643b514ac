"""The order of all that is written: a number for each transaction, within an organization.

On PostgreSQL it is the transaction's own. Transactions may end in another order than they began in, but all below the
oldest one that still runs have ended: whoever reads up to there, in the order of the numbers, misses nothing. In SQLite
one transaction writes at a time, so the next number is one more than the last.

A database that is restored into another server has that one's numbers, which may be below those that it holds. So a
base is added to them (``TransactionBase``), which grows, where it has to, after each migration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Max

from customobjects.models import Record, Revision, TransactionBase
from salesos.accounts.models import Organization
from salesos.db.connections import execute

_BASE = f"(SELECT base FROM {TransactionBase._meta.db_table})"
_POSTGRESQL = f"{_BASE} + pg_current_xact_id()::text::bigint"
# Below that, all transactions have ended.
_POSTGRESQL_ENDED = f"{_BASE} + pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
# The index of those that have a number is found by that condition only.
_SQLITE = (
    "1 + max("
    f"coalesce((SELECT max(created_transaction) FROM {Record._meta.db_table} "
    "WHERE organization_id = {0} AND created_transaction IS NOT NULL), 0), "
    f'coalesce((SELECT max("transaction") FROM {Revision._meta.db_table} WHERE organization_id = {{0}}), 0))'
)


def number_sql(organization: str) -> str:
    """The expression of the number of the transaction that is open; ``organization`` is that of its id."""
    return _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE.format(organization)


def current_number(organization_id: UUID) -> int:
    """The number of the transaction that is open. One query."""
    if connection.vendor == "postgresql":
        [(number,)] = execute(f"SELECT {_POSTGRESQL}", [])
    else:
        [(number,)] = execute(f"SELECT {_SQLITE.format('%s')}", [organization_id.hex] * 2)
    return int(number)


def numbered(rows: Sequence[Mapping[str, Any]], column: str) -> Sequence[Mapping[str, Any]]:
    """Rows of one organization that are to be stored by one statement, in which SQLite need not number each.

    At most one query, and none for a single row, or where they have their number.
    """
    if connection.vendor == "postgresql" or len(rows) < 2 or rows[0].get(column) is not None:
        return rows
    number = current_number(rows[0]["organization_id"])
    return [{**row, column: number} for row in rows]


def ended_below() -> int | None:
    """The number below which all transactions have ended, or None where all that is seen has. At most one query."""
    if connection.vendor != "postgresql":
        return None
    [(number,)] = execute(f"SELECT {_POSTGRESQL_ENDED}", [])
    return int(number)


def prepare(**_signal: Any) -> None:
    """Receiver of Django's ``post_migrate``: has PostgreSQL's numbers begin above those that the database holds."""
    if TransactionBase._meta.db_table not in connection.introspection.table_names():
        # Migrated back to before there was one.
        return
    row, _is_new = TransactionBase.objects.get_or_create(id=1)
    if connection.vendor != "postgresql":
        return
    last = 0
    for organization in Organization.objects.order_by("id"):
        made = Record.objects.filter(organization=organization, created_transaction__isnull=False)
        noted = Revision.objects.filter(organization_id=organization.id)
        last = max(
            last,
            made.aggregate(last=Max("created_transaction"))["last"] or 0,
            noted.aggregate(last=Max("transaction"))["last"] or 0,
        )
    [(next_number,)] = execute(f"SELECT {_BASE} + pg_snapshot_xmax(pg_current_snapshot())::text::bigint", [])
    if last >= next_number:
        TransactionBase.objects.filter(id=row.id).update(base=F("base") + last - next_number + 1)
