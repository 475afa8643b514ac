"""The command line that all measurements share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from benchmarks import report

R = TypeVar("R")


def parser(description: str | None, *, seconds: float, rounds: int | None = None) -> argparse.ArgumentParser:
    """The arguments of a measurement, with what it takes where nothing is said; ``rounds``, where it has any."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("databases", nargs="+", help="database URLs: an empty database, or one from an earlier run")
    made.add_argument("--seconds", type=float, default=seconds)
    if rounds is not None:
        made.add_argument("--rounds", type=int, default=rounds)
    made.add_argument("--only", nargs="*", help="parts of the names of what is measured")
    made.add_argument("--table", type=Path, help="where the table goes")
    return made


def measure(
    options: Any,
    run_on: Callable[[str, Any], R],
    table: Callable[[list[R], Any], str],
    marker: str = report.MARKER,
) -> None:
    """Measure on each database, print the table, and put it into its page behind the marker, where one is named."""
    text = table([run_on(url, options) for url in options.databases], options)
    if options.table:
        report.write(options.table, text, marker)
    print(text)
