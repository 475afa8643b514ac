"""Forms as a browser sends them: what the page showed, and what a person changes in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Controls(HTMLParser):
    """The controls of a page's forms by name, with the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.kinds: dict[str, str] = {}
        self._open = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name") or "", given.get("type") or tag
        if tag == "option" and "selected" in given and self._open:
            self.values[self._open].append(given.get("value") or "")
        if tag == "select" and "disabled" in given:
            self._open = ""
        if not name or tag in ("button", "meta") or "disabled" in given:
            return
        self.kinds[name] = kind
        held = self.values.setdefault(name, [])
        if tag in ("select", "textarea"):
            self._open, self._text = name, ""
        elif kind not in ("checkbox", "radio"):
            held.append(given.get("value") or "")
        elif "checked" in given:
            held.append(given.get("value") or "on")

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.values[self._open] = [self._text.removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")]


def main_part(response: Any) -> str:
    """The HTML of a page's main part, where it has one: what surrounds it has forms and buttons of its own."""
    html = text(response)
    found = re.search('<main id="content".*</main>', html, re.DOTALL)
    return found[0] if found else html


def _controls(response: Any) -> _Controls:
    parser = _Controls()
    parser.feed(main_part(response))
    return parser


def controls_of(response: Any) -> dict[str, list[str]]:
    """What a browser would send of a page's form that nobody touched."""
    return {name: values for name, values in _controls(response).values.items() if name != "search"}


def kinds_of(response: Any) -> dict[str, str]:
    """The types of a page's controls, by name."""
    return _controls(response).kinds


def open_form(browser: Client, path: str, language: str = "") -> dict[str, Any]:
    """The controls of the form at an address."""
    response = browser.get(path, headers={"accept-language": language} if language else {}, follow=True)
    assert response.status_code == 200, response.status_code
    return dict(controls_of(response))


def send(browser: Client, path: str, form: dict[str, Any], /, **typed: Any) -> Any:
    """Send a form, with what is typed into its controls; "data_x" is the control "data-x"."""
    changed = {name.replace("data_", "data-", 1): value for name, value in typed.items()}
    return browser.post(path, {**form, **changed})


def text(response: Any) -> str:
    """A page's HTML."""
    return str(response.content.decode())


def secret_of(response: Any) -> str:
    """The link, or the key, that a page shows once."""
    assert response.status_code == 200, text(response)
    assert response.headers["Cache-Control"] == "no-store"
    found = re.search(r"<code[^>]*>([^<]+)</code>", main_part(response))
    assert found
    return found[1].strip()


def told(page: Any) -> str:
    """A page's text on one line."""
    return " ".join(text(page).split())
