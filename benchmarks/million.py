"""Measures what one client waits for at a million records: three objects of two organizations, loaded one by one.

``benchmarks.million_data`` makes them. The table has the time of each read, and how far its totals are from the truth.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks import command, load, report, servers
from benchmarks.million_data import AIRLINE, CITY, DESTINATIONS, OBJECTS, TAILS, LoadedObject
from benchmarks.run import BATCH, PASSWORD, Client, Request

EMAILS = {AIRLINE: "airline@example.com", CITY: "city@example.com"}
MARKER = "<!-- measured: a million records -->"
IDS_A_PAGE = 100


@dataclass(frozen=True)
class Read:
    """One kind of read: the paths behind ``…/records``, each asked in turn, and of which object."""

    name: str
    paths: list[str]
    object: str = "flight"


@dataclass(frozen=True)
class Error:
    """How far the totals of one kind of read are from the truth."""

    exact: int
    estimates: int
    worst: float
    at_least: int
    wrong: int


@dataclass(frozen=True)
class Measured:
    """What came of one database."""

    database: str
    times: dict[str, load.Measured]
    errors: dict[str, Error]


def fill(database_url: str, clients: dict[str, Client]) -> None:
    """Make the objects and their records through the API, one object after the other, where they are not there."""
    flights: list[str] = []
    for object_ in OBJECTS:
        client = clients[object_.organization]
        listed = client.send("GET", "/v1/custom-objects?limit=100")["data"]
        if any(known["apiName"] == object_.name for known in listed):
            continue
        definition = {"name": object_.name, "apiName": object_.name, "fields": object_.fields}
        client.send("POST", "/v1/custom-objects", definition)
        if object_.name == "claim":
            flights = [record["id"] for record in _walk(client, records("flight"))]
        began = time.perf_counter()
        _create(client, object_, flights)
        rate = object_.count / (time.perf_counter() - began)
        print(f"  loaded {object_.count:,} of {object_.name}: {rate:,.0f} records/s", flush=True)
    servers.shell(database_url, ANALYZE)


def _create(client: Client, object_: LoadedObject, flights: list[str]) -> None:
    def create(start: int) -> None:
        numbers = range(start, min(start + BATCH, object_.count))
        made = [{"op": "create", "data": object_.record(number, flights)} for number in numbers]
        client.send("POST", f"{records(object_.name)}/bulk", {"operations": made})

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(create, range(0, object_.count, BATCH)))


def _walk(client: Client, path: str, query: str = "fields=") -> Iterator[dict[str, Any]]:
    """The records of a list, page by page; each knows the cursor of its page."""
    cursor = ""
    while True:
        page = client.send("GET", f"{path}?limit={IDS_A_PAGE}&count=none&{query}&cursor={cursor}")
        yield from ({**record, "cursor": cursor} for record in page["data"])
        cursor = page["meta"]["nextCursor"]
        if cursor is None:
            return


def records(name: str) -> str:
    """The path of an object's records."""
    return f"/v1/custom-objects/{name}/records"


def _behind_values(client: Client, sort: str) -> str:
    """The query of the page of a sorted list on which the records without a value begin."""
    field = sort.removeprefix("-")
    walked = _walk(client, records("flight"), f"fields={field}&sort={sort}")
    cursor = next(record["cursor"] for record in walked if record["data"][field] is None)
    return f"?limit=100&fields={field}&sort={sort}&cursor={cursor}"


def reads(clients: dict[str, Client]) -> list[Read]:
    """What is measured, in the order of the table. All values of a kind are asked for, whatever they find."""
    carriers = "UA B6 EV DL AA MQ US 9E WN VX FL AS F9 YV HA OO".split()
    days = [f"2025-{month:02}-{day:02}" for month in range(1, 13) for day in (3, 17)]
    words = ["gave", "tacedunu", "ronofa", "vule", "sicu"]
    airline = clients[AIRLINE]
    return [
        Read("default order, 20", ["?limit=20"]),
        Read("default order, 20, without a total", ["?limit=20&count=none"]),
        Read("page 500 of 50", ["?page=500&limit=50"]),
        Read("page 1,000 of 100", ["?page=1000&limit=100"]),
        Read("page 1,000 of 100, sorted", ["?page=1000&limit=100&sort=-departure_delay"]),
        Read("page 500 of 50, sorted by name", ["?page=500&limit=50&sort=name"]),
        Read(
            "sorted, 50", [f"?limit=50&sort={sort}" for sort in ("name", "-departure_delay", "carrier", "-updatedAt")]
        ),
        Read("one filter: a picklist's value", [f"?carrier={carrier}" for carrier in carriers]),
        Read("one filter: a text's value", [f"?destination={code}" for code in DESTINATIONS.values]),
        Read("one filter: a rare text", [f"?tail={tail}" for tail in TAILS.values[::40]]),
        Read("one filter: least distance", [f"?distance__gte={distance}" for distance in range(100, 5_000, 70)]),
        Read("one filter: a day", [f"?day={day}" for day in days]),
        Read("one filter: since a day", [f"?day__gte={day}" for day in days]),
        Read("one filter: before a day", [f"?day__lt={day}" for day in days]),
        Read("a filter, sorted by another field", [f"?carrier={carrier}&sort=-distance" for carrier in carriers]),
        Read("two filters", [f"?carrier={c}&distance__gte={d}" for c in carriers for d in range(100, 5_000, 700)]),
        Read("through a lookup: a picklist's value", [f"?flight__carrier={c}" for c in carriers], "claim"),
        Read("through a lookup: a day", [f"?flight__day={day}" for day in days], "claim"),
        Read("costs of the object loaded last", [f"?cost__gte={10**n}&borough=queens" for n in range(2, 7)], "permit"),
        Read("search for a common word", [f"?search={word}" for word in words]),
        Read("search for a destination", [f"?search={code}" for code in DESTINATIONS.values[::4]]),
        Read("search for a tail", [f"?search={tail}" for tail in TAILS.values[::40]]),
        Read("search, page 42 of 25", ["?search=gave&page=42&limit=25"]),
        Read("search, page 200 of 25", ["?search=gave&page=200&limit=25"]),
        Read("records without a value, sorted: few everywhere", [_behind_values(airline, "departure_delay")]),
        Read("records without a value, sorted: all old ones", [_behind_values(airline, "-gate")]),
    ]


def _measure(client: Client, read: Read, seconds: float) -> load.Measured:
    requests = itertools.cycle(client.raw(Request("GET", records(read.object) + path)) for path in read.paths)
    for _ in read.paths[:3]:
        load.run(client.port, requests, seconds=0, connections=1)
    return load.run(client.port, requests, seconds=seconds, connections=1)


def _totals(client: Client, read: Read) -> Error | None:
    """Ask for the totals of a read that has several values, and count what each has."""
    found = {"exact": 0, "estimates": 0, "at_least": 0, "wrong": 0}
    worst = 1.0
    if "page=" in read.paths[0] or "count=" in read.paths[0] or "cursor=" in read.paths[0]:
        return None
    for path in read.paths[:60]:
        shown = client.send("GET", f"{records(read.object)}{path}")["meta"]
        true = client.send("GET", f"{records(read.object)}{path}&limit=1&count=exact".replace("limit=20&", ""))["meta"]
        total, truth = shown["total"], true["total"]
        if shown.get("totalIsLowerBound"):
            found["at_least"] += 1
            found["wrong"] += total > truth
        elif shown["totalIsEstimate"]:
            found["estimates"] += 1
            worst = max(worst, max(total, truth, 1) / max(min(total, truth), 1))
        else:
            found["exact"] += 1
            found["wrong"] += total != truth
    return Error(worst=worst, **found)


def run_on(database_url: str, options: Any) -> Measured:
    """Load, measure, and return what came of it on one database."""
    kind = "PostgreSQL" if database_url.startswith("postgres") else "SQLite"
    print(kind, flush=True)
    servers.manage(database_url, "migrate", "--verbosity", "0")
    servers.shell(database_url, AS_IT_COMES)
    for organization, email in EMAILS.items():
        servers.manage(database_url, "create_organization", organization, "--email", email, "--password", PASSWORD)
    with servers.serving(servers.PRODUCT, servers.environment(database_url)) as port:
        clients = {organization: Client(port, email) for organization, email in EMAILS.items()}
        fill(database_url, clients)
        times, errors = {}, {}
        of_object = {object_.name: clients[object_.organization] for object_ in OBJECTS}
        for read in reads(clients):
            if options.only and not any(word in read.name for word in options.only):
                continue
            times[read.name] = _measure(of_object[read.object], read, options.seconds)
            shown = f"p50 {times[read.name].p50:.1f} ms, p99 {times[read.name].p99:.1f}"
            if error := _totals(of_object[read.object], read):
                errors[read.name] = error
                shown += f"; {error}"
            print(f"  {read.name:48} {shown}", flush=True)
    return Measured(f"{kind} {servers.version_of(database_url)}", times, errors)


def table(runs: list[Measured], options: Any) -> str:
    """The table, in Markdown."""
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with one connection, 2 server processes ({report.processor()}); "
        f"each read for {options.seconds:g} s.\n"
    ]
    for run in runs:
        lines += [f"### {run.database}\n", "| p50 / p99, ms | | totals exact | estimated (worst) | at least |"]
        lines.append("|---|---:|---:|---:|---:|")
        for name, measured in run.times.items():
            row = f"| {name} | {measured.p50:.1f} / {measured.p99:.1f} "
            if error := run.errors.get(name):
                estimates = f"{error.estimates} ({error.worst:.1f} times)" if error.estimates else ""
                row += f"| {error.exact or ''} | {estimates} | {error.at_least or ''} |"
            else:
                row += "| | | |"
            lines.append(row)
        lines.append("")
    return "\n".join(lines)


AS_IT_COMES = "from benchmarks.statements import as_it_comes; as_it_comes()"
ANALYZE = "from benchmarks.statements import analyze; analyze()"


def main() -> None:
    command.measure(command.parser(__doc__, seconds=3).parse_args(), run_on, table, MARKER)


if __name__ == "__main__":
    main()
