"""The table of a measurement."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.load import Measured

MARKER = "<!-- measured -->"
# What all markers begin with.
ANY_MARKER = "<!-- measured"
PACKAGES = ("Django", "djangorestframework", "granian", "psycopg", "orjson")


@dataclass(frozen=True)
class Result:
    """The median measurements of one operation: by size, and of the limit."""

    name: str
    per_request: int
    by_size: dict[int, Measured]
    limit: Measured


@dataclass(frozen=True)
class Run:
    """What was measured on one ``database``, which is named with its version."""

    database: str
    sizes: list[int]
    loading: dict[int, float]
    changes: dict[str, dict[int, float]]
    results: list[Result]


def table(runs: list[Run], options: Any) -> str:
    """The whole table, in Markdown."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    head = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors ({processor()}), shared by the "
        f"server (2 processes), the database and the load generator (8 keep-alive connections). "
        f"Python {platform.python_version()}, {packages}. "
        f"Each figure is the median of {options.rounds} runs of {options.seconds:g} s, taken turn by turn.\n"
    )
    return head + "\n" + "\n".join(line for run in runs for line in _run(run)) + "\n"


def processor() -> str:
    """What kind of processor this machine has, as far as it says so."""
    about = Path("/proc/cpuinfo")
    name = re.search(r"^model name\s*: (.+)$", about.read_text(), re.MULTILINE) if about.exists() else None
    return f"{platform.machine()}, {name[1]}" if name else platform.machine()


def write(path: Path, text: str, marker: str = MARKER) -> None:
    """Put a table into a page, behind its marker; what is before that stays, and what the next marker begins."""
    before, _marker, old = (path.read_text() if path.exists() else "").partition(marker)
    _old, next_marker, behind = old.partition(ANY_MARKER)
    path.write_text(f"{before}{marker}\n\n{text}" + (f"\n{next_marker}{behind}" if next_marker else ""))


def _run(run: Run) -> Iterator[str]:
    large, small = run.sizes[-1], run.sizes[0]
    yield f"### {run.database}\n"
    columns = [f"{size:,}" for size in run.sizes]
    yield f"| a second | {' | '.join(columns)} | p50 / p99 at {large:,} | growth | limit | of the limit | layers |"
    yield "|---|" + "---:|" * (len(columns) + 5)
    for result in run.results:
        rates = [f"{measured.rate * result.per_request:,.0f}" for measured in result.by_size.values()]
        at_large, limit = result.by_size[large], result.limit
        yield (
            f"| {result.name} | {' | '.join(rates)} | {at_large.p50:.1f} / {at_large.p99:.1f} ms "
            f"| {result.by_size[small].rate / at_large.rate:.2f} | {limit.rate * result.per_request:,.0f} "
            f"| {at_large.rate / limit.rate:.2f} | {1000 / at_large.rate - 1000 / limit.rate:.2f} ms |"
        )
    yield ""
    if loaded := [f"{size:,} records at {rate:,.0f} a second" for size, rate in run.loading.items() if rate]:
        yield f"Loaded through the API, in bulk: {', '.join(loaded)}.\n"
    sizes = list(next(iter(run.changes.values())))
    yield f"| a change of the schema, ms | {' | '.join(f'{size:,}' for size in sizes)} | growth |"
    yield "|---|" + "---:|" * (len(sizes) + 1)
    for name, by_size in run.changes.items():
        growth = by_size[sizes[-1]] / by_size[sizes[0]]
        yield f"| {name} | {' | '.join(f'{by_size[size]:.1f}' for size in sizes)} | {growth:.2f} |"
    yield ""
