"""The trash in a real browser, without scripts: a record is deleted, stands in nobody's way, and comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_forms import picture, sign_in
from tests.server import Server

pytestmark = pytest.mark.slow


@pytest.fixture(params=[360, 1280])
def page(request: pytest.FixtureRequest, chromium: Browser, server: Server) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=server.url, locale="en-US", java_script_enabled=False, viewport={"width": request.param, "height": 800}
    )
    page = context.new_page()
    page.goto("/sign-in/")
    sign_in(page)
    yield page
    context.close()


def test_a_record_comes_back(page: Page, server: Server) -> None:
    token = server.sign_in()
    width = page.viewport_size["width"] if page.viewport_size else 0
    name = f"part_{width}"
    fields = [{"label": "Name", "type": "TEXT"}, {"label": "Serial", "type": "TEXT", "isUnique": True}]
    parts = f"/v1/custom-objects/{name}/records"
    server.send("POST", "/v1/custom-objects", {"name": f"Part {width}", "apiName": name, "fields": fields}, token)
    pump = server.send("POST", parts, {"data": {"name": "Pump", "serial": "S-1"}}, token)[1]
    page.goto(f"/o/{name}/r/{pump['id']}/delete/")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="More of").click()
    page.get_by_role("main").get_by_role("link", name="Trash").click()
    expect(page.get_by_role("rowheader", name="Pump")).to_be_visible()
    picture(page, f"trash-{width}")
    server.send("POST", parts, {"data": {"name": "Compressor", "serial": "S-1"}}, token)
    page.get_by_role("button", name="Restore Pump").click()
    expect(page.get_by_role("alert")).to_contain_text("Pump: another Part")
    expect(page.get_by_role("link", name="Compressor")).to_be_visible()
    picture(page, f"restore-{width}")
    page.get_by_label("Without the Serial that stands in the way").check()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Pump is restored.")).to_be_visible()
    server.send("DELETE", f"/v1/custom-objects/{name}/fields/serial", token=token)
    server.send("DELETE", f"{parts}/{pump['id']}", token=token)
    page.goto(f"/o/{name}/trash/")
    picture(page, f"trash-fields-{width}")
    page.goto("/trash/")
    expect(page.get_by_role("heading", name="Trash")).to_be_visible()
    picture(page, f"trash-of-all-{width}")
    # Nothing is wider than the screen.
    frame = page.locator("main").bounding_box()
    assert frame is not None
    assert frame["width"] <= width
