"""The programs on the page of an object's API do what they say, as they are copied from it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from salesos import json
from tests.browser.afternoon.conftest import OBJECTS, records_of
from tests.browser.pages import copied, fits
from tests.server import Server

pytestmark = pytest.mark.slow

TITLES = [
    "List records",
    "Filter and sort",
    "Get a record",
    "Find a record by its Tag",
    "Make a record",
    "Change a record",
    "Make and change many",
    "Delete a record",
]
LANGUAGES = ["curl", "Python", "JavaScript"]


def run_alone(language: str, program: str, folder: Path) -> str:
    """What a program prints that runs by itself: with nothing of ours, and an empty environment."""
    if language == "curl":
        # With the status behind the answer.
        command = ["bash", "-c", program.rstrip() + " -s -w '%{stderr}%{http_code}'"]
    elif language == "Python":
        file = folder / "program.py"
        file.write_text(program)
        command = [sys.executable, "-I", str(file)]
    else:
        file = folder / "program.mjs"
        file.write_text(program)
        command = [shutil.which("node") or "node", str(file)]
    done = subprocess.run(
        command, cwd=folder, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    if language == "curl":
        assert done.stderr.startswith("2"), (done.stderr, done.stdout)
    return done.stdout


def run_in_page(page: Page, program: str) -> str:
    """What a program writes on the console of a page of the same server, where it runs as a module does."""
    with page.expect_console_message() as told:
        page.evaluate("async (text) => { await eval(`(async () => {${text}})()`); }", program)
    return told.value.text


def open_keyed(page: Page) -> str:
    """Make a key on the page that is open; which one it is."""
    page.get_by_role("button", name="Make a key").click()
    notice = page.get_by_role("status").filter(has_text="This is your new key")
    expect(notice).to_be_visible()
    return notice.locator("code").inner_text()


@pytest.fixture(scope="module")
def gadgets(server: Server, token: str) -> None:
    fields = [
        {"label": "Name", "type": "TEXT", "isRequired": True},
        {"label": "Status", "type": "PICKLIST", "options": {"values": ["It's on", 'Say "off"']}},
        {"label": "Price", "type": "CURRENCY", "isRequired": True, "options": {"min": 10}},
        {"label": "Notes", "type": "TEXTAREA"},
        {"label": "Bought", "type": "DATE"},
        {"label": "Tag", "type": "TEXT", "isUnique": True},
    ]
    assert server.send("POST", OBJECTS, {"name": "Gadget", "fields": fields}, token)[0] == 201


@pytest.mark.usefixtures("gadgets")
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_program_does_what_it_says(
    open_page: Callable[..., Page], server: Server, token: str, tmp_path: Path, language: str
) -> None:
    data = {"name": "First", "price": 12, "tag": 'A & B/1, it\'s 5% "+"'}
    status, made = server.send("POST", f"{OBJECTS}/gadget/records", {"data": data}, token)
    assert status == 201, made
    page = open_page("/setup/objects/gadget/api/", permissions=["clipboard-read", "clipboard-write"])
    key = open_keyed(page)
    if language != "curl":
        page.locator(f"details[data-language={language}] summary").first.click()

    def run(title: str) -> Any:
        program = copied(page, page.get_by_role("button", name=f"Copy {title} in {language}").click)
        assert key in program
        # Whoever reads the program alone sees what it does to which record.
        assert ("This deletes your newest record, First." in program) == (title == "Delete a record")
        if language == "JavaScript" and shutil.which("node") is None:
            text = run_in_page(page, program)
        else:
            text = run_alone(language, program, tmp_path)
        return json.loads(text) if text.strip() else None

    def count() -> int:
        return int(records_of(server, token, "gadget")["meta"]["total"])

    before = count()
    assert [one["id"] for one in run("List records")["data"]][:1] == [made["id"]]
    assert run("Filter and sort")["data"] == []
    assert run("Get a record")["name"] == "First"
    assert [one["id"] for one in run("Find a record by its Tag")["data"]] == [made["id"]]
    assert run("Make a record")["data"]["price"] >= 10
    assert count() == before + 1
    assert run("Filter and sort")["data"] != []
    changed = run("Change a record")
    assert (changed["id"], changed["name"]) == (made["id"], "Example")
    run("Make and change many")
    assert count() == before + 2
    run("Delete a record")
    assert server.send("GET", f"{OBJECTS}/gadget/records/{made['id']}", token=token)[0] == 404
    for record in records_of(server, token, "gadget", "limit=100")["data"]:
        server.send("DELETE", f"{OBJECTS}/gadget/records/{record['id']}", token=token)


@pytest.mark.usefixtures("gadgets")
def test_every_program_can_be_copied_on_a_narrow_page(open_page: Callable[..., Page]) -> None:
    page = open_page("/setup/objects/gadget/api/", width=360, permissions=["clipboard-read", "clipboard-write"])
    assert fits(page)
    for title in TITLES:
        button, program = (
            page.get_by_role("button", name=f"Copy {title} in curl"),
            page.get_by_role("region", name=f"{title} in curl"),
        )
        over, under = button.bounding_box(), program.bounding_box()
        assert over
        assert under
        assert over["y"] + over["height"] <= under["y"]
    page.get_by_role("button", name="Copy List records in curl").click()
    expect(page.locator(".toast")).to_contain_text("Copied.")


@pytest.mark.usefixtures("gadgets")
@pytest.mark.parametrize("width", [360, 1280])
def test_every_program_is_seen_whole(open_page: Callable[..., Page], width: int) -> None:
    page = open_page("/setup/objects/gadget/api/", width=width)
    programs = page.locator("details[open] pre")
    expect(programs).to_have_count(len(TITLES))
    assert programs.evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).length") == 0


@pytest.mark.parametrize("scope", ["Read", "Delete records"])
def test_a_new_key_comes_with_a_call_that_works(open_page: Callable[..., Page], tmp_path: Path, scope: str) -> None:
    page = open_page("/setup/keys/new/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Name").fill("Sync")
    page.get_by_role("checkbox", name="Read", exact=True).uncheck()
    page.get_by_role("checkbox", name=scope, exact=True).check()
    page.get_by_role("button", name="Make the key").click()
    page.get_by_role("button", name="Copy the call").click()
    expect(page.locator(".toast")).to_contain_text("Copied.")
    told = json.loads(run_alone("curl", page.evaluate("navigator.clipboard.readText()"), tmp_path))
    assert ("data" in told) == (scope == "Read")
    assert ("email" in told) == (scope != "Read")


@pytest.mark.usefixtures("gadgets")
def test_swagger_opens(open_page: Callable[..., Page]) -> None:
    page = open_page("/setup/objects/gadget/api/")
    page.get_by_role("link", name="Try it out").click()
    expect(page.get_by_role("heading", name="Gadget").first).to_be_visible()
    expect(page.locator(".opblock").first).to_be_visible()
