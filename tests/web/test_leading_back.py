"""Where a form leads back to: the page that somebody was on, and no address but one of this server."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.conftest import Api

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "http://[",
    "box",
    "",
]


@pytest.fixture
def change(api: Api) -> str:
    """One that can be taken back."""
    api.make_object("Box")
    return str(api.post("box/records", {"data": {"name": "x"}}).headers["X-Change-Id"])


def led_to(browser: Client, address: str, back: str) -> str:
    answer = browser.post(address, {"next": back})
    assert answer.status_code == 302
    return answer.headers["Location"]


@pytest.mark.parametrize("back", ELSEWHERE)
def test_nobody_is_led_elsewhere(browser: Client, change: str, back: str) -> None:
    assert led_to(browser, reverse("web:selected-delete", args=["box"]), back) == "/o/box/"
    assert led_to(browser, reverse("web:view-as"), back) == "/"
    assert led_to(browser, reverse("web:undo", args=[change]), back) == "/"


def test_one_is_led_to_where_one_was(browser: Client, change: str) -> None:
    back = "/o/box/?sort=-name"
    assert led_to(browser, reverse("web:selected-delete", args=["box"]), back) == back
    assert led_to(browser, reverse("web:view-as"), back) == back
    assert led_to(browser, reverse("web:undo", args=[change]), back) == back


@pytest.mark.parametrize("back", ["/o/b\x00x/", "/o/box/r/\x00/", "/o/box/r/gone/", "/nowhere/", "/o/%00/?x=\x00"])
def test_what_is_gone_is_no_fault(browser: Client, change: str, back: str) -> None:
    assert led_to(browser, reverse("web:undo", args=[change]), back).startswith("/")
