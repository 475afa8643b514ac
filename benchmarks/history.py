"""Measures what histories cost: the same requests to an object with and to one without, turn by turn, on one server.

And how long a page of a history takes, where a thousand records have a thousand revisions each: ``script/benchmark
--history``.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks import command, data, load, report, servers
from benchmarks.run import BATCH, EMAIL, PASSWORD, Client, Request

MARKER = "<!-- measured: histories -->"
WITH, WITHOUT = "with_history", "without_history"
RECORDS = 10_000
# How many records have a history, and how long each is.
KEPT, REVISIONS = 1_000, 1_000


@dataclass(frozen=True)
class Compared:
    """One operation: how many a second with and without histories, and the median of the ratios of the turns."""

    name: str
    with_: float
    without: float
    ratio: float


@dataclass(frozen=True)
class Measured:
    """What came of one database: ``pages`` are the times of a page of a history, by its kind."""

    database: str
    compared: list[Compared]
    pages: dict[str, load.Measured]
    bytes_a_revision: float


def records(name: str) -> str:
    """The path of an object's records."""
    return f"/v1/custom-objects/{name}/records"


def fill(client: Client) -> None:
    """Make both objects, with the same records."""
    for name in (WITH, WITHOUT):
        definition = {"name": name, "apiName": name, "fields": data.FIELDS, "enableHistory": name == WITH}
        client.send("POST", "/v1/custom-objects", definition)
        for start in range(0, RECORDS, BATCH):
            made = [{"op": "create", "data": data.record(n)} for n in range(start, start + BATCH)]
            client.send("POST", f"{records(name)}/bulk", {"operations": made})


def ids_of(client: Client, name: str) -> list[str]:
    """The ids of the newest records of an object."""
    found: list[str] = []
    for page in range(1, 11):
        listed = client.send("GET", f"{records(name)}?limit=100&page={page}&fields=&count=none")
        found += [record["id"] for record in listed["data"]]
    return found


class _Requests:
    """Endless requests of each kind to an object."""

    def __init__(self, client: Client, name: str, run: Iterator[int]) -> None:
        self.path, self.run = records(name), run
        self.ids = ids_of(client, name)

    def updating(self) -> Iterator[Request]:
        for id_ in itertools.cycle(self.ids):
            yield Request("PATCH", f"{self.path}/{id_}", {"data": {"city": f"C{next(self.run)}"}})

    def bulk_updating(self) -> Iterator[Request]:
        while True:
            changes = [{"op": "update", "id": id_, "data": {"city": f"C{next(self.run)}"}} for id_ in self.ids]
            yield Request("POST", f"{self.path}/bulk", {"operations": changes})

    def creating(self) -> Iterator[Request]:
        while True:
            yield Request("POST", self.path, {"data": data.record(10_000_000 + next(self.run))})

    def bulk_creating(self) -> Iterator[Request]:
        while True:
            made = [{"op": "create", "data": data.record(20_000_000 + next(self.run))} for _ in range(BATCH)]
            yield Request("POST", f"{self.path}/bulk", {"operations": made})

    def getting(self) -> Iterator[Request]:
        return (Request("GET", f"{self.path}/{id_}") for id_ in itertools.cycle(self.ids))

    def listing(self) -> Iterator[Request]:
        return itertools.repeat(Request("GET", f"{self.path}?limit=50&sort=name&count=none"))


# What is compared: how many records a request is of, and what sends it.
OPERATIONS: dict[str, tuple[int, Callable[[_Requests], Iterator[Request]]]] = {
    "update one field": (1, _Requests.updating),
    "bulk update of 1,000": (BATCH, _Requests.bulk_updating),
    "create": (1, _Requests.creating),
    "bulk create of 1,000": (BATCH, _Requests.bulk_creating),
    "get one": (1, _Requests.getting),
    "page of 50, sorted": (1, _Requests.listing),
}


def compare(client: Client, options: Any, tidy: Callable[[], None]) -> list[Compared]:
    """Each operation with and without histories, turn by turn, beginning with one and then with the other."""
    found = []
    run = itertools.count(int(time.time()))
    about_both = {about: _Requests(client, about, run) for about in (WITH, WITHOUT)}
    for name, (size, requests) in OPERATIONS.items():
        if options.only and not any(word in name for word in options.only):
            continue
        sent = {about: map(client.raw, requests(one)) for about, one in about_both.items()}
        rates: dict[str, list[float]] = {WITH: [], WITHOUT: []}
        for turn in range(options.rounds):
            for about in (WITH, WITHOUT) if turn % 2 else (WITHOUT, WITH):
                rates[about].append(load.run(client.port, sent[about], seconds=options.seconds).rate * size)
        tidy()
        ratio = statistics.median(one / other for one, other in zip(rates[WITH], rates[WITHOUT], strict=True))
        compared = Compared(name, statistics.median(rates[WITH]), statistics.median(rates[WITHOUT]), ratio)
        print(f"  {name:24} {compared.with_:,.0f} : {compared.without:,.0f} = {ratio:.3f}", flush=True)
        found.append(compared)
    return found


def read_pages(client: Client, options: Any) -> dict[str, load.Measured]:
    """The time of pages of histories, one client."""
    ids = ids_of(client, WITH)[:KEPT]
    kinds = {
        "the newest 20": "limit=20",
        "page 50 of 20": "limit=20&page=50",
        "of one field": "limit=20&field=city",
        "the record as it was 500 versions ago": "",
    }
    found = {}
    for name, query in kinds.items():
        path = "{}/{}/history?{}" if query else "{}/{}?at=501{}"
        asked = itertools.cycle([client.raw(Request("GET", path.format(records(WITH), id_, query))) for id_ in ids])
        load.run(client.port, asked, seconds=0.2, connections=1)
        found[name] = load.run(client.port, asked, seconds=options.seconds, connections=1)
        print(f"  {name:40} p50 {found[name].p50:.1f} ms, p99 {found[name].p99:.1f}", flush=True)
    return found


def run_on(database_url: str, options: Any) -> Measured:
    """Measure on one empty database."""
    kind = "PostgreSQL" if database_url.startswith("postgres") else "SQLite"
    print(kind, flush=True)
    servers.manage(database_url, "migrate", "--verbosity", "0")
    servers.manage(database_url, "create_organization", "Bench", "--email", EMAIL, "--password", PASSWORD)
    with servers.serving(servers.PRODUCT, servers.environment(database_url)) as port:
        client = Client(port)
        fill(client)
        servers.shell(database_url, ANALYZE)
        compared = compare(client, options, lambda: servers.shell(database_url, ANALYZE))
        size = float(servers.output(database_url, LENGTHEN.format(WITH, KEPT, REVISIONS)))
        pages = read_pages(client, options)
    return Measured(f"{kind} {servers.version_of(database_url)}", compared, pages, size)


def table(runs: list[Measured], options: Any) -> str:
    """The tables, in Markdown."""
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, {options.rounds} turns of {options.seconds:g} s each, two server "
        f"processes, eight connections ({report.processor()}); the ratio is the median of the turns' own.\n"
    ]
    for run in runs:
        lines += [f"### {run.database}\n", "| a second | with a history | without | ratio |", "|---|---:|---:|---:|"]
        lines += [f"| {one.name} | {one.with_:,.0f} | {one.without:,.0f} | {one.ratio:.2f} |" for one in run.compared]
        lines += ["", f"A revision of one field takes {run.bytes_a_revision:.0f} bytes with its indexes.", ""]
        lines += [f"| {KEPT:,} records of {REVISIONS:,} revisions, p50 / p99 | |", "|---|---:|"]
        lines += [f"| {name} | {one.p50:.1f} / {one.p99:.1f} ms |" for name, one in run.pages.items()]
        lines.append("")
    return "\n".join(lines)


ANALYZE = "from benchmarks.statements import analyze; analyze()"
LENGTHEN = "from benchmarks.statements import lengthen_histories; print(lengthen_histories({!r}, {}, {}))"


def main() -> None:
    command.measure(command.parser(__doc__, seconds=2, rounds=7).parse_args(), run_on, table, MARKER)


if __name__ == "__main__":
    main()
