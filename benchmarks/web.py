"""Measures what people wait for in the pages, in Chromium: an object of 200,000 records of fifty fields.

``script/benchmark --web``. A database that has the object already is taken as it is.
"""

from __future__ import annotations

import itertools
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks import command, report, servers, web_data
from benchmarks.run import BATCH, EMAIL, PASSWORD, Client

MARKER = "<!-- measured: pages -->"
RECORDS_PATH = f"/v1/custom-objects/{web_data.NAME}/records"
LIST = f"/o/{web_data.NAME}/"
ROWS_TO_SCROLL = 2_000
# Runs in every page before its own scripts do.
SCRIPT = (Path(__file__).parent / "web.js").read_text()


@dataclass(frozen=True)
class Measurement:
    """One thing that people wait for: its name, how many ms are allowed, and what measures it once."""

    name: str
    limit: int
    measure: Callable[[Page, int], float]


@dataclass(frozen=True)
class Measured:
    """What came of one database: all times of each measurement, in ms."""

    database: str
    times: dict[Measurement, list[float]]


def fill(database_url: str, client: Client, number: int) -> None:
    """Make the object with so many records through the API, where it is not there."""
    listed = client.send("GET", "/v1/custom-objects?limit=100")["data"]
    if any(known["apiName"] == web_data.NAME for known in listed):
        return
    definition = {"name": "Item", "pluralName": "Items", "apiName": web_data.NAME, "fields": web_data.FIELDS}
    client.send("POST", "/v1/custom-objects", definition)
    client.send("POST", f"/v1/custom-objects/{web_data.NAME}/fields", web_data.LOOKUP)

    def create(start: int) -> None:
        made = [{"op": "create", "data": web_data.record(n)} for n in range(start, min(start + BATCH, number))]
        client.send("POST", f"{RECORDS_PATH}/bulk", {"operations": made})

    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(create, range(0, number, BATCH)))
    print(f"  loaded {number:,} records: {number / (time.perf_counter() - began):,.0f} a second", flush=True)
    servers.shell(database_url, ANALYZE)


def first_rows(page: Page, _turn: int) -> float:
    """From the navigation to the list until its first rows are painted; scripts and styles are kept already."""
    page.goto(LIST)
    return _told(page, "firstRows")


def first_visit(page: Page, _turn: int) -> float:
    """The same, with nothing in the browser's cache."""
    session = page.context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    session.detach()
    return first_rows(page, 0)


def filtering(page: Page, turn: int) -> float:
    """From Apply until the rows of a filter are painted, which nobody has asked for before."""
    page.goto(LIST)
    page.get_by_role("button", name="Add filter").click()
    panel = page.get_by_role("dialog", name="Filter")
    for control, text in (("Field", "Cost"), ("Operator", "is at least")):
        panel.locator("input").and_(panel.get_by_role("combobox", name=control)).fill(text)
        panel.get_by_role("option", name=text, exact=True).click()
        page.wait_for_load_state("networkidle")
    panel.get_by_label("Value").fill(str(90_000 + turn * 131))
    _expect(page, "rows", "click")
    panel.get_by_role("button", name="Apply").click()
    return _told(page, "rows")


def editing(page: Page, turn: int) -> float:
    """From Enter in a cell until what was typed is stored, and the cell shows what the server made of it."""
    if not page.url.endswith(LIST):
        page.goto(LIST)
    page.locator('tbody td[data-field="city"]').nth(turn).click()
    page.keyboard.type(f"City {time.time_ns()}")
    page.wait_for_load_state("networkidle")
    _expect(page, "stored", "keydown")
    page.keyboard.press("Enter")
    return _told(page, "stored")


def scrolling(page: Page, _turn: int) -> float:
    """The longest frame while one scrolls through 2,000 rows that are there, from the first to the last."""
    rows = page.locator("tbody tr[data-record]")
    if not page.url.endswith(LIST) or rows.count() < ROWS_TO_SCROLL:
        page.goto(LIST)
        while (number := rows.count()) < ROWS_TO_SCROLL:
            page.get_by_role("button", name="Load more").or_(page.get_by_role("link", name="Load more")).click()
            page.wait_for_function("n => document.querySelectorAll('tbody tr[data-record]').length > n", arg=number)
    return float(page.evaluate("waits.scroll('.list .table-frame')"))


def next_page(page: Page, turn: int) -> float:
    """From the click on "Load more" until the next hundred rows are painted."""
    if not page.url.endswith(LIST) or turn == 0:
        page.goto(LIST)
    _expect(page, "rows", "click")
    page.get_by_role("link", name="Load more").click()
    return _told(page, "rows")


def palette(page: Page, _turn: int) -> float:
    """From the last letter typed into the palette until the record is offered."""
    page.goto(LIST)
    page.keyboard.press("Control+k")
    page.wait_for_load_state("networkidle")
    page.keyboard.type(web_data.RARE_LETTERS[:-1])
    page.wait_for_load_state("networkidle")
    _expect(page, "offered", "keydown", web_data.RARE_NAME)
    page.keyboard.type(web_data.RARE_LETTERS[-1])
    return _told(page, "offered")


def combobox(page: Page, _turn: int) -> float:
    """From the third letter typed into a lookup's combobox until record 90,000 is offered."""
    page.goto(f"{LIST}new/")
    box = page.get_by_role("combobox", name="Part of")
    box.click()
    page.wait_for_load_state("networkidle")
    page.keyboard.type(web_data.RARE_LETTERS[:-1])
    page.wait_for_load_state("networkidle")
    _expect(page, "offered", "keydown", web_data.RARE_NAME)
    page.keyboard.type(web_data.RARE_LETTERS[-1])
    return _told(page, "offered")


MEASUREMENTS = (
    Measurement("first rows of a list painted", 500, first_rows),
    Measurement("the same, nothing in the cache", 500, first_visit),
    Measurement("a filter applied, its rows painted", 300, filtering),
    Measurement("a cell edited, and stored", 150, editing),
    Measurement("longest frame, scrolling 2,000 rows", 50, scrolling),
    Measurement("the next page of rows", 300, next_page),
    Measurement("the palette finds record 90,000", 500, palette),
    Measurement("a combobox finds record 90,000", 300, combobox),
)


def _expect(page: Page, what: str, event: str, text: str = "") -> None:
    """Begin to wait for something, from the next such event on."""
    page.evaluate("([what, event, text]) => waits.expect(what, event, text)", [what, event, text])


def _told(page: Page, what: str) -> float:
    """How long something took, in ms; waits for it."""
    page.wait_for_function("what => waits.took[what] !== undefined", arg=what)
    return float(page.evaluate("what => waits.took[what]", what))


@contextmanager
def signed_in(browser: Browser, port: int) -> Iterator[BrowserContext]:
    """A browser in which the person is signed in."""
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{port}", locale="en-US", viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("navigation", name="Main").wait_for()
    page.close()
    context.add_init_script(SCRIPT)
    yield context
    context.close()


def run_on(database_url: str, options: Any) -> Measured:
    """Load, measure, and return what came of it on one database."""
    kind = "PostgreSQL" if database_url.startswith("postgres") else "SQLite"
    print(kind, flush=True)
    servers.manage(database_url, "migrate", "--verbosity", "0")
    servers.manage(database_url, "create_organization", "Bench", "--email", EMAIL, "--password", PASSWORD)
    found: dict[Measurement, list[float]] = {}
    with servers.serving(servers.PRODUCT, servers.environment(database_url)) as port, sync_playwright() as playwright:
        fill(database_url, Client(port), options.records)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for one in MEASUREMENTS:
            if options.only and not any(word in one.name for word in options.only):
                continue
            with signed_in(browser, port) as context:
                page = context.new_page()
                # Once that does not count: the server's processes have read the schema, and Chromium its scripts.
                times = [one.measure(page, turn) for turn in range(options.rounds + 1)][1:]
            found[one] = times
            shown = " ".join(f"{took:.0f}" for took in times)
            print(f"  {one.name:40} {statistics.median(times):6.0f} ms   {shown}", flush=True)
        browser.close()
    return Measured(f"{kind} {servers.version_of(database_url)}", found)


def table(runs: list[Measured], options: Any) -> str:
    """The table, in Markdown."""
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: Chromium on the server's machine (2 processes) and the database's "
        f"({report.processor()}); {options.records:,} records of {len(web_data.FIELDS) + 1} fields. Medians of "
        f"{options.rounds}, in ms, and the worst.\n",
        f"| ms | at most | {' | '.join(run.database for run in runs)} |",
        "|---|---:|" + "---:|" * len(runs),
    ]
    for one in dict.fromkeys(itertools.chain(*(run.times for run in runs))):
        cells = (f"{statistics.median(run.times[one]):.0f} ({max(run.times[one]):.0f})" for run in runs)
        lines.append(f"| {one.name} | {one.limit} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


ANALYZE = "from benchmarks.statements import analyze; analyze()"


def main() -> None:
    parser = command.parser(__doc__, seconds=0, rounds=10)
    parser.add_argument("--records", type=int, default=web_data.RECORDS)
    command.measure(parser.parse_args(), run_on, table, MARKER)


if __name__ == "__main__":
    main()
