"""A record is deleted, and comes back: by Undo, and from the trash."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import WAYS, Hands, width_of
from tests.browser.parts import Parts

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("way", WAYS)
def test_a_record_comes_back(open_page: Callable[..., Page], parts: Parts, way: str) -> None:
    parts.make(1)
    before = parts.all()
    record = f"{parts.page}r/{parts.id_of('P000')}/"
    page = open_page(record, width=width_of(way))
    hands, toasts = Hands(page, way), page.locator(".toasts")

    def delete() -> None:
        hands.press(page.get_by_label("More to do"))
        hands.press(page.get_by_role("link", name="Delete"))
        hands.press(page.get_by_role("button", name="Delete"))
        expect(toasts).to_contain_text("“P000” is deleted.")
        assert parts.all() == {}

    delete()
    hands.press(toasts.get_by_role("button", name="Undo"))
    expect(toasts).to_contain_text("Undone")
    assert parts.all() == before
    page.goto(record)
    delete()
    hands.press(page.get_by_role("button", name="More of"))
    hands.press(page.get_by_role("main").get_by_role("link", name="Trash"))
    hands.press(page.get_by_role("button", name="Restore P000"))
    expect(page.get_by_text("“P000” is restored.")).to_be_visible()
    assert parts.all() == before
