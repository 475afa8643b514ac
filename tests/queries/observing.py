"""Observing what the database does for a request.

The statements are those that production sends, over the same connection, and PostgreSQL tells the plans by which it
has run them: of the first request with some values, of the second (whose values are written in), and of the third
(which is prepared).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from customobjects.models import Record
from tests.conftest import Api

SCANS = {"Seq Scan", "Parallel Seq Scan"}
# A page, and what is read to find it, may be some hundred records, but not a share of all.
MAX_ROWS = 1_000
# SQLite tells instructions of its machine: some hundred for a record that is shown, ten for one that is passed over.
MAX_INSTRUCTIONS = 60_000
INSTRUCTIONS_STEP = 100
REQUESTS = 3


@dataclass(frozen=True)
class Access:
    """How a statement read the table of records: what the database calls it, and how many rows it looked at."""

    kind: str
    is_scan: bool
    index: str = ""
    rows: int = 0


@dataclass
class Observed:
    """What the database tells of the statements that a request sends."""

    accesses: list[Access] = field(default_factory=list)
    plans: list[dict[str, Any]] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    instructions: int = 0

    @property
    def rows(self) -> int:
        """How many records were looked at. SQLite tells instructions instead, which are made comparable."""
        if connection.vendor == "postgresql":
            return max(access.rows for access in self.accesses)
        return self.instructions * MAX_ROWS // MAX_INSTRUCTIONS


@contextmanager
def observed() -> Iterator[Observed]:
    """Observe what is sent meanwhile over the tests' connection, by the database's own means."""
    found = Observed()
    if connection.vendor == "postgresql":
        with _explained(found):
            yield found
        found.accesses = [access for plan in found.plans for access in _accesses(plan)]
        return
    raw = connection.connection

    limits: list[tuple[Any, int]] = [(None, 0)]
    limited_at = 0

    def step() -> bool:
        nonlocal limited_at
        found.instructions += INSTRUCTIONS_STEP
        stop, steps = limits[-1]
        if stop is None or found.instructions - limited_at < steps:
            return False
        limited_at += steps
        return bool(stop())

    def limit(stop: Any, steps: int) -> None:
        nonlocal limited_at
        limited_at = found.instructions
        limits.append((stop, steps))

    raw.set_progress_handler(step, INSTRUCTIONS_STEP)
    raw.set_trace_callback(found.statements.append)
    # A connection has one such handler, and what is sent may have one of its own.
    raw.set_progress_handler = limit
    try:
        yield found
    finally:
        del raw.set_progress_handler
        raw.set_progress_handler(None, 0)
        raw.set_trace_callback(None)
    for sql in found.statements:
        if sql.startswith("SELECT") and Record._meta.db_table in sql:
            details = [detail for *_ids, detail in raw.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
            for detail in details:
                # What a query in its place finds is told by a line of its own.
                if {f"{how}{detail.removeprefix('SCAN')}" for how in ("CO-ROUTINE", "MATERIALIZE")} & set(details):
                    continue
                if Record._meta.db_table in detail or " U0" in detail or " V0" in detail:
                    _before, _, index = detail.partition("USING INDEX ")
                    found.accesses.append(Access(detail, detail.startswith("SCAN") and not index, index.split(" ")[0]))


@contextmanager
def _explained(found: Observed) -> Iterator[None]:
    """PostgreSQL's auto_explain sends, as notices, the plans by which it has run statements."""

    def note(diagnostic: Any) -> None:
        _before, is_plan, plan = (diagnostic.message_primary or "").partition("plan:\n")
        if is_plan:
            found.plans.append(json.loads(plan)["Plan"])

    raw = connection.connection
    settings = {"log_min_duration": "0", "log_analyze": "on", "log_verbose": "on", "log_format": "json"}
    with connection.cursor() as cursor:
        cursor.execute("LOAD 'auto_explain'")
        for name, value in {**settings, "log_level": "notice"}.items():
            cursor.execute(f"SET LOCAL auto_explain.{name} = {value}")
    raw.add_notice_handler(note)
    try:
        yield
    finally:
        # The plan of the last statement comes when the next one begins.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL auto_explain.log_min_duration = -1")
        raw.remove_notice_handler(note)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes of a plan of PostgreSQL's, from the top down."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def _accesses(plan: dict[str, Any]) -> Iterator[Access]:
    for node in nodes(plan):
        if node.get("Relation Name") == Record._meta.db_table:
            passed_over = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
            rows = (node["Actual Rows"] + passed_over) * node["Actual Loops"]
            yield Access(node["Node Type"], node["Node Type"] in SCANS, node.get("Index Name", ""), rows)


def observe(api: Api, path: str, **params: Any) -> list[Observed]:
    """What a request makes the database do, each of the times that it is sent."""
    api.get(path, limit=1)  # compiles the schema
    found = []
    for _ in range(REQUESTS):
        with observed() as one:
            assert api.get(path, **params).status == 200
        assert one.accesses, params
        found.append(one)
    return found


def analyze() -> None:
    """What vacuuming does in use, and nobody does within the transaction of a test."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT gin_clean_pending_list('record_search')")
        cursor.execute(f"ANALYZE {Record._meta.db_table}")
