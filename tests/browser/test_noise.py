"""What goes wrong on a page unseen is heard, so that the other tests in a browser may trust in silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


@pytest.mark.noted(".")
def test_all_is_heard(open_page: Callable[..., Page], noise: list[str]) -> None:
    page = open_page("/styleguide/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert noise == []
    page.evaluate(
        """() => {
            console.info("a word");
            setTimeout(() => { throw new Error("a fault"); });
            document.body.setAttribute("style", "color: red");
            const image = new Image();
            image.src = "http://other.example/";
            document.body.append(image);
        }"""
    )
    for said in ("a word", "a fault", "style-src", "other.example"):
        for _ in range(200):
            if any(said in text for text in noise):
                break
            page.wait_for_timeout(50)
        else:
            raise AssertionError(f"{said} is not heard")
