"""Measures the operators' pages: ten thousand organizations with a million users, a million audit entries and records.

``script/benchmark --admin``. A database that has them already is taken as it is.
"""

from __future__ import annotations

import http.client
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from benchmarks import command, report, run, servers

MARKER = "<!-- measured: operators -->"
LOGIN = "/admin/login/"
ORGANIZATIONS = 10_000
USERS_EACH = 100
# The one organization whose name has letters that no other has, and somebody of it.
RARE_NUMBER, RARE_LETTERS, RARE_EMAIL = 5_000, "xylo", "person.500042@example.com"
# Of the organization that is looked for, and of somebody of it.
IDS = (
    "from salesos.accounts.models import User; from benchmarks.admin import RARE_EMAIL;"
    "user = User.objects.get(email=RARE_EMAIL); print(user.organization_id, user.id)"
)


@dataclass(frozen=True)
class Measured:
    """What came of one database: the median time of each page, in ms."""

    database: str
    times: dict[str, float]


class Operator:
    """A browser's requests, as far as they are measured: signed in, and always by one connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self.cookies: dict[str, str] = {}
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(LOGIN))
        assert token, "the page to sign in has a form"
        form = {"csrfmiddlewaretoken": token[1], "username": run.EMAIL, "password": run.PASSWORD, "next": "/admin/"}
        status, _text = self._send(
            "POST", LOGIN, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert status == http.client.FOUND, status

    def get(self, path: str) -> str:
        """The text of a page that is there."""
        status, text = self._send("GET", path)
        assert status == http.client.OK, (path, status)
        return text

    def _send(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, {"Cookie": cookies, **(headers or {})})
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, answer.read().decode()


def pages(organization: str, user: str) -> Iterator[tuple[str, str]]:
    """What an operator looks at, by what it is called in the table."""
    users, organizations = "/admin/accounts/user/", "/admin/accounts/organization/"
    audit, records = "/admin/accounts/auditentry/", "/admin/customobjects/record/"
    yield "the first page", "/admin/"
    yield "organizations", organizations
    yield "organizations, page 50", f"{organizations}?p=50"
    yield "organizations, searched", f"{organizations}?q={RARE_LETTERS}"
    yield "an organization", f"{organizations}{organization}/change/"
    yield "users", users
    yield "users, page 50", f"{users}?p=50"
    yield "users, searched by e-mail", f"{users}?q={RARE_EMAIL}"
    yield "users, searched by organization", f"{users}?q={RARE_LETTERS}"
    yield "users of an organization", f"{users}?organization__id__exact={organization}"
    yield "users who are not active", f"{users}?is_active__exact=0"
    yield "operators", f"{users}?is_staff__exact=1"
    yield "a user", f"{users}{user}/change/"
    yield "users suggested as one types", _suggested("accounts", "auditentry", "user", RARE_EMAIL.split("@")[0])
    yield "organizations suggested", _suggested("accounts", "user", "organization", RARE_LETTERS)
    yield "API keys", "/admin/accounts/apikey/"
    yield "API keys of an organization", f"/admin/accounts/apikey/?user__organization__id__exact={organization}"
    yield "audit log", audit
    yield "audit log of an organization", f"{audit}?organization__id__exact={organization}"
    yield "audit log, a rare kind", f"{audit}?kind__exact=key_created"
    yield "objects", "/admin/customobjects/customobject/"
    yield "records", records
    yield "records, page 50", f"{records}?p=50"
    yield "records, searched", f"{records}?q={run.data.WORDS[17]}"


def _suggested(app: str, model: str, field: str, term: str) -> str:
    names = {"app_label": app, "model_name": model, "field_name": field, "term": term}
    return f"/admin/autocomplete/?{urlencode(names)}"


def run_on(database_url: str, options: Any) -> Measured:
    """Load, measure, and return what came of it on one database."""
    kind = "PostgreSQL" if database_url.startswith("postgres") else "SQLite"
    print(kind, flush=True)
    servers.manage(database_url, "migrate", "--verbosity", "0")
    account = ["--email", run.EMAIL, "--password", run.PASSWORD, "--operator"]
    servers.manage(database_url, "create_organization", "Bench", *account)
    servers.shell(database_url, "from benchmarks.admin_data import fill; fill()")
    ids = servers.output(database_url, IDS).split()
    found: dict[str, float] = {}
    with servers.serving(servers.PRODUCT, servers.environment(database_url)) as port:
        run.fill(run.Client(port), options.records)
        servers.shell(database_url, "from benchmarks.statements import analyze; analyze()")
        operator = Operator(port)
        for name, path in pages(*ids):
            if options.only and not any(word in name for word in options.only):
                continue
            times = [_timed(operator, path) for _turn in range(options.rounds + 1)][1:]
            found[name] = statistics.median(times)
            print(f"  {name:34} {found[name]:7.0f} ms   {' '.join(f'{took:.0f}' for took in times)}", flush=True)
    return Measured(f"{kind} {servers.version_of(database_url)}", found)


def _timed(operator: Operator, path: str) -> float:
    began = time.perf_counter()
    operator.get(path)
    return 1000 * (time.perf_counter() - began)


def table(runs: list[Measured], options: Any) -> str:
    """The table, in Markdown."""
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: one operator, by HTTP, on the server's machine "
        f"({report.processor()}); {ORGANIZATIONS:,} organizations, "
        f"{ORGANIZATIONS * USERS_EACH:,} users and as many audit entries, {options.records:,} "
        f"records. Medians of {options.rounds}, in ms.\n",
        f"| ms | {' | '.join(run.database for run in runs)} |",
        "|---|" + "---:|" * len(runs),
    ]
    for name in runs[0].times:
        lines.append(f"| {name} | {' | '.join(f'{run.times[name]:.0f}' for run in runs)} |")
    return "\n".join([*lines, ""])


def main() -> None:
    parser = command.parser(__doc__, seconds=0, rounds=5)
    parser.add_argument("--records", type=int, default=1_000_000)
    command.measure(parser.parse_args(), run_on, table, MARKER)


if __name__ == "__main__":
    main()
