"""What tests of a list's cells and rows share: an object of their own, and pages whose console is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.browser.test_forms import sign_in
from tests.server import Server

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


@pytest.fixture
def parts(server: Server) -> Parts:
    return Parts(server)


class Parts:
    """An object with some records, made anew, and what the API says of it."""

    made = 0

    def __init__(self, server: Server) -> None:
        Parts.made += 1
        self.server, self.token = server, server.sign_in()
        fields = [
            {"label": "Name", "type": "TEXT", "isRequired": True},
            {"label": "Size", "type": "NUMBER", "options": {"max": 1000}},
            {"label": "Bought", "type": "DATE"},
            {"label": "State", "type": "PICKLIST", "options": {"values": ["New", "Used", "Broken"]}},
            {"label": "Sold", "type": "CHECKBOX"},
        ]
        _status, made = server.send(
            "POST", "/v1/custom-objects", {"name": f"Part {Parts.made}", "fields": fields}, self.token
        )
        self.name = made["apiName"]
        self.list = f"/o/{self.name}/?sort=name"
        self.path = f"/v1/custom-objects/{self.name}/records"

    def make(self, count: int) -> None:
        records = [
            {
                "op": "create",
                "data": {"name": f"P{number:03}", "size": number, "state": "New", "sold": number % 2 == 0},
            }
            for number in range(count)
        ]
        status, answer = self.server.send("POST", f"{self.path}/bulk", {"operations": records}, self.token)
        assert status == 200, answer

    def all(self) -> dict[str, dict[str, Any]]:
        """What each record holds, by its id."""
        _status, answer = self.server.send("GET", f"{self.path}?limit=100", token=self.token)
        return {record["id"]: record["data"] for record in answer["data"]}

    def held(self, name: str, field: str) -> Any:
        return next(data[field] for data in self.all().values() if data["name"] == name)

    def versions(self) -> int:
        """How often all records were changed, together."""
        _status, answer = self.server.send("GET", f"{self.path}?limit=100", token=self.token)
        return sum(record["version"] - 1 for record in answer["data"])


@pytest.fixture
def open_page(chromium: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    contexts, noise = [], []

    def note(message: ConsoleMessage) -> None:
        # What is refused is a 422, which is logged.
        if not any(expected in message.text for expected in ("422", "409", "ERR_INTERNET_DISCONNECTED")):
            noise.append(message.text)

    def open_(path: str, **options: Any) -> Page:
        context = chromium.new_context(**{"base_url": server.url, "locale": "en-US", **options})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.goto("/sign-in/")
        sign_in(page)
        page.goto(path)
        expect(page.get_by_role("grid")).to_be_visible()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert noise == []


def cell(page: Page, row: int, field: str) -> Locator:
    return page.locator("tbody tr[data-record]").nth(row).locator(f"[data-field={field}]")
