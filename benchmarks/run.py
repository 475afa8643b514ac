"""Measures the server over HTTP, beside the limit, and writes the table: ``script/benchmark``."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

from benchmarks import command, data, load, report, servers

EMAIL, PASSWORD = "bench@example.com", "a-password-for-measuring"
BATCH = 1_000
KNOWN_IDS = 5_000
# So many that none is met again while it is still planned.
SEARCHES = 2_000
UNIQUE_FILTERS = 40_000
# How many requests of each operation the limit's statements are noted from. SQLite searches without an index.
NOTED = {"PostgreSQL": 500, "SQLite": 20}


class Request(NamedTuple):
    """One request, as the limit's statements are noted from it and the load generator sends it."""

    method: str
    path: str
    body: Any = None


@dataclass
class Operation:
    """One thing that is measured: requests, one after the other and from the first again, by the object's size."""

    name: str
    requests: Callable[[int], list[Request]]
    per_request: int = 1
    writes: bool = False


class Client:
    """Sends what prepares the measurement, and knows what is there."""

    def __init__(self, port: int, email: str = EMAIL) -> None:
        self.port = port
        self.headers: dict[str, str] = {}
        answer = self.send("POST", "/v1/auth/login", {"email": email, "password": PASSWORD})
        self.headers = {"Authorization": f"Bearer {answer['accessToken']}"}

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer that must be one."""
        headers = {**self.headers, "Content-Type": "application/json"}
        # Not kept alive: a server ends connections that say nothing for long.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status < 300, (method, path, answer.status, text[:2000])
        return json.loads(text) if text else None

    def raw(self, request: Request) -> bytes:
        """A request for the load generator."""
        body = json.dumps(request.body).encode() if request.body is not None else b""
        return load.request(request.method, request.path, self.headers, body)


def fill(client: Client, size: int) -> float:
    """Make the object of some size through the API, if it is not there; returns records a second, or 0."""
    name = object_name(size)
    listed = client.send("GET", "/v1/custom-objects?limit=100")["data"]
    if any(known["apiName"] == name for known in listed):
        return 0.0
    client.send("POST", "/v1/custom-objects", {"name": name, "apiName": name, "fields": data.FIELDS})

    def create(start: int) -> None:
        made = [{"op": "create", "data": data.record(n)} for n in range(start, min(start + BATCH, size))]
        client.send("POST", f"{records(size)}/bulk", {"operations": made})

    began = time.perf_counter()
    # Two connections, as there are two processors: one would leave the server waiting.
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(create, range(0, size, BATCH)))
    return size / (time.perf_counter() - began)


def object_name(size: int) -> str:
    """The object that holds so many records."""
    return f"asset_{size}"


def known_ids(client: Client, size: int) -> list[str]:
    """Ids from all over the object."""
    chance = random.Random(size)
    serials = [data.record(chance.randrange(size))["serial"] for _ in range(min(KNOWN_IDS, size) // 20)]
    found: list[str] = []
    for start in range(0, len(serials), 50):
        body = {"filter": {"serial__in": serials[start : start + 50]}, "limit": 100, "count": "none"}
        found += [r["id"] for r in client.send("POST", f"{records(size)}/search", body)["data"]]
    return found


def records(size: int) -> str:
    """The path of an object's records."""
    return f"/v1/custom-objects/{object_name(size)}/records"


def operations(client: Client, sizes: list[int]) -> list[Operation]:
    """What is measured, in the order of the table: what is written last, as it makes the objects larger."""
    ids = {size: known_ids(client, size) for size in sizes}
    filters = [f"status={s}&cost__gte={c}" for s in data.STATUSES for c in (1_000, 25_000, 50_000)]

    def reading(*paths: str) -> Callable[[int], list[Request]]:
        return lambda size: [Request("GET", records(size) + path) for path in paths]

    def searching(size: int) -> list[Request]:
        serials = [str(data.record(n * 37 % size)["serial"][3:]) for n in range(SEARCHES)]
        return [Request("GET", f"{records(size)}?search={serial}") for serial in serials]

    def never_before(query: str) -> Callable[[int], list[Request]]:
        # So many that none comes twice.
        costs = random.Random(1).sample(range(10_000_000), UNIQUE_FILTERS)
        return reading(*(f"?{query}&cost__gte={cost / 100}" for cost in costs))

    def updating(size: int) -> list[Request]:
        # One more than twice as many: whoever comes again has another value, and no earlier run has left it.
        count, run = 2 * len(ids[size]) + 1, int(time.time())
        paths = [f"{records(size)}/{ids[size][n % len(ids[size])]}" for n in range(count)]
        return [Request("PATCH", path, {"data": {"city": f"C{n} {run}"}}) for n, path in enumerate(paths)]

    def creating(size: int) -> list[Request]:
        return [Request("POST", records(size), {"data": data.record(10_000_000 + n)}) for n in range(500)]

    def bulk(size: int) -> list[Request]:
        made = [{"op": "create", "data": data.record(20_000_000 + n)} for n in range(BATCH)]
        return [Request("POST", f"{records(size)}/bulk", {"operations": made})]

    return [
        Operation("get one", lambda size: [Request("GET", f"{records(size)}/{id_}") for id_ in ids[size]]),
        Operation("page of 50, sorted, no total", reading("?limit=50&sort=name&count=none")),
        Operation("page of 50, sorted, default total", reading("?limit=50&sort=name")),
        Operation("page of 50, two filters, sorted", reading(*(f"?limit=50&{f}&sort=name" for f in filters))),
        Operation("the same, values that never came", never_before("limit=50&status=active&sort=name")),
        Operation("one filter, values that never came", never_before("limit=50&count=none&sort=-cost")),
        Operation("search for a part of a word", searching),
        Operation("aggregate: count and sum by status", reading("/aggregate?groupBy=status&metrics=count,sum:cost")),
        Operation("update one field", updating, writes=True),
        Operation("create", creating, writes=True),
        Operation("bulk create of 1,000", bulk, per_request=BATCH, writes=True),
    ]


@dataclass
class Bench:
    """Measures operations beside the limit, on one database."""

    database_url: str
    client: Client
    limit_port: int
    options: Any

    def measure(self, operation: Operation) -> report.Result:
        """Run an operation at each size and at the limit, turn by turn, several times."""
        sizes, seconds = self.options.sizes, self.options.seconds
        at_limit = (load.request("GET", f"/{slug(operation)}?n={n}", {}) for n in itertools.count())
        # Each run goes on where the last one ended.
        requests = {size: itertools.cycle([*map(self.client.raw, operation.requests(size))]) for size in sizes}
        limit: list[load.Measured] = []
        by_size: dict[int, list[load.Measured]] = {size: [] for size in sizes}
        for _ in range(self.options.rounds):
            limit.append(load.run(self.limit_port, at_limit, seconds=seconds))
            for size in sizes:
                by_size[size].append(load.run(self.client.port, requests[size], seconds=seconds))
            if operation.writes:
                servers.shell(self.database_url, TIDY)
        medians = {size: statistics.median_high(runs) for size, runs in by_size.items()}
        result = report.Result(operation.name, operation.per_request, medians, statistics.median_high(limit))
        shown = [f"{size:,}: {median.rate * result.per_request:,.0f}/s" for size, median in medians.items()]
        limit_rate = result.limit.rate * result.per_request
        print(f"  {result.name:36} {'  '.join(shown)}  limit: {limit_rate:,.0f}/s", flush=True)
        return result


def slug(operation: Operation) -> str:
    """The operation's name in the limit's paths."""
    return "".join(c if c.isalnum() else "-" for c in operation.name)


def schema_changes(client: Client, sizes: list[int]) -> dict[str, dict[int, float]]:
    """Milliseconds that changes of the schema take, by size: the median of several."""
    took: dict[str, dict[int, list[float]]] = {}
    for _ in range(5):
        for size in sizes:
            fields = f"/v1/custom-objects/{object_name(size)}/fields"
            for name, method, path, body in (
                ("add a field", "POST", fields, {"label": "Extra", "type": "TEXT"}),
                ("rename a label", "PATCH", f"{fields}/extra", {"label": "Other"}),
                ("deactivate a field", "PATCH", f"{fields}/extra", {"isActive": False}),
                ("delete a field", "DELETE", f"{fields}/extra", None),
            ):
                began = time.perf_counter()
                client.send(method, path, body)
                took.setdefault(name, {}).setdefault(size, []).append((time.perf_counter() - began) * 1000)
    return {name: {size: statistics.median(runs) for size, runs in sizes_.items()} for name, sizes_ in took.items()}


def run_on(database_url: str, options: Any) -> report.Run:
    """Load, measure, and return what came of it on one database."""
    kind = "PostgreSQL" if database_url.startswith("postgres") else "SQLite"
    print(kind, flush=True)
    servers.manage(database_url, "migrate", "--verbosity", "0")
    owner = ["create_organization", "Bench", "--email", EMAIL, "--password", PASSWORD, "--operator"]
    servers.manage(database_url, *owner)
    env = servers.environment(database_url)
    limit_file = servers.ROOT / "var" / f"limit-{kind.lower()}.json"
    with servers.serving(servers.PRODUCT, env) as port:
        client = Client(port)
        rates = {size: fill(client, size) for size in options.sizes}
        for size, rate in rates.items():
            print(f"  loaded {size:,}: {rate:,.0f} records/s" if rate else f"  {size:,} are there", flush=True)
        servers.shell(database_url, TIDY)
        words = options.only or [""]
        asked = [one for one in operations(client, options.sizes) if any(word in one.name for word in words)]
        # The limit does what the largest object needs.
        noted = {slug(one): one.requests(options.sizes[-1])[: NOTED[kind]] for one in asked}
        limit_file.write_text(json.dumps(noted))
        token = client.headers["Authorization"].split()[1]
        servers.shell(database_url, NOTE.format(str(limit_file), token))
        with servers.serving(servers.LIMIT, {**env, "LIMIT_FILE": str(limit_file)}) as limit_port:
            bench = Bench(database_url, client, limit_port, options)
            results = [bench.measure(operation) for operation in asked]
        fill(client, 1_000)
        changes = schema_changes(client, [1_000, *options.sizes])
        for name, by_size in changes.items():
            print(f"  {name:36} {'  '.join(f'{size:,}: {ms:.1f} ms' for size, ms in by_size.items())}", flush=True)
    return report.Run(f"{kind} {servers.version_of(database_url)}", options.sizes, rates, changes, results)


# Every object has as many records again as it is to have, and the planner knows.
TIDY = "from benchmarks.statements import tidy; tidy()"
NOTE = "from benchmarks.statements import write; write({!r}, {!r})"


def main() -> None:
    parser = command.parser(__doc__, seconds=4, rounds=3)
    parser.add_argument(
        "--sizes", type=lambda text: [int(part) for part in text.split(",")], default="10000,100000,1000000"
    )
    command.measure(parser.parse_args(), run_on, report.table)


if __name__ == "__main__":
    main()
