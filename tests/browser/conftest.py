"""What all tests in a browser share: a server for each file, one browser, and pages on which nothing may go wrong."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.pages import sign_in
from tests.server import Server, copied_database, fresh_database, with_company

# A busy machine is no fault: pages are waited for, and nothing is said about their speed.
expect.set_options(timeout=30_000)

# What Chromium itself notes: an answer with which a server refuses (a form with errors, a clash), and that a test types
# into a page before it has put the focus where it begins.
NOTES = [r"the server responded with a status of (422|409)", "Autofocus processing was blocked"]
# Told to the console by the page itself, as some of Chromium's own notes have no place among a page's messages.
TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (violation) =>
    console.error(`policy: ${violation.violatedDirective} ${violation.blockedURI}`))"""
# Whoever clicks before a page's scripts are there has the page without scripts, which has tests of its own. Elsewhere
# nobody clicks before: Playwright waits until something can be clicked.
WAIT_FOR_SCRIPTS = """{
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { pointer-events: none !important; }");
    document.adoptedStyleSheets.push(sheet);
    // Modules have run by then.
    document.addEventListener("DOMContentLoaded", () =>
        document.adoptedStyleSheets.splice(document.adoptedStyleSheets.indexOf(sheet), 1), { once: true });
}"""


@pytest.fixture(scope="package")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database with the sample data, of which each file gets a copy."""
    with fresh_database(tmp_path_factory.mktemp("sample")) as database:
        with_company(database, sample=True)
        yield database


@pytest.fixture(scope="module")
def server(sample: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose data a file's tests share."""
    with copied_database(sample, tmp_path_factory.mktemp("browser")) as database, Server(database) as running:
        yield running


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    """The administrator's, for the API."""
    return server.sign_in()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        assert not os.environ.get("CI"), "on CI the browser is there: .ci/run installs it"
        pytest.skip("no chromium on this machine; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def session(chromium: Browser, server: Server) -> Any:
    """The cookies of the administrator, who signs in once for all tests of a file."""
    context = chromium.new_context(base_url=server.url)
    page = context.new_page()
    page.goto("/sign-in/")
    sign_in(page)
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    cookies = context.storage_state()
    context.close()
    return cookies


@pytest.fixture
def noise(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """What went wrong on a test's pages unseen. The test fails where there is any at its end.

    That is everything on the console, each error of a script, each violation of the Content-Security-Policy, and each
    request to another host. ``@pytest.mark.noted("a regular expression")`` is for what a test provokes.
    """
    heard: list[str] = []
    yield heard
    provoked = [*NOTES, *(text for marker in request.node.iter_markers("noted") for text in marker.args)]
    assert [text for text in heard if not any(re.search(one, text) for one in provoked)] == []


def watch(context: BrowserContext, url: str, noise: list[str]) -> None:
    """Write down whatever goes wrong on the pages of ``context``, which are those of the server at ``url``."""

    def hear(message: ConsoleMessage) -> None:
        # Of a request that failed, the place is what was asked for.
        noise.append(f"{message.type}: {message.text} at {message.page.url}, of {message.location['url']}")

    context.on("console", hear)
    context.on("weberror", lambda error: noise.append(str(error.error)))
    context.on(
        "request",
        lambda sent: None if sent.url.startswith((f"{url}/", "data:", "blob:")) else noise.append(f"asked: {sent.url}"),
    )
    context.add_init_script(TELL_VIOLATIONS)


@pytest.fixture
def open_page(chromium: Browser, server: Server, session: Any, noise: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser of its own, signed in; ``noise`` hears what goes wrong there.

    ``width`` is the screen's; other options are those of Playwright's ``new_context``.
    """
    contexts: list[BrowserContext] = []

    def open_(path: str = "/", *, width: int = 1280, is_signed_in: bool = True, **options: Any) -> Page:
        defaults = {
            "base_url": server.url,
            "locale": "en-US",
            "viewport": {"width": width, "height": 800},
            "storage_state": session if is_signed_in else None,
        }
        context = chromium.new_context(**{**defaults, **options})
        contexts.append(context)
        watch(context, server.url, noise)
        if options.get("java_script_enabled", True):
            context.add_init_script(WAIT_FOR_SCRIPTS)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
