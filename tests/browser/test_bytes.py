"""What a first visit of a list costs in bytes, as they come over the wire."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.server import Server

pytestmark = pytest.mark.slow

KB = 1024
ALL, WITHOUT_FONTS = 300 * KB, 90 * KB


def test_a_first_visit_of_a_list(chromium: Browser, server: Server, session: Any) -> None:
    # Nothing in its cache.
    context = chromium.new_context(base_url=server.url, locale="en-US", storage_state=session)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    addresses: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def finished(event: dict[str, Any]) -> None:
        sizes[addresses[event["requestId"]]] = int(event["encodedDataLength"])

    network.on(
        "Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]})
    )
    network.on("Network.loadingFinished", finished)
    page.goto("/o/asset/")
    page.wait_for_load_state("networkidle")
    context.close()
    fonts = sum(size for address, size in sizes.items() if address.endswith(".woff2"))
    assert fonts, "the list is written in Inter"
    told = sorted(((size, address) for address, size in sizes.items()), reverse=True)
    assert sum(sizes.values()) <= ALL, told
    assert sum(sizes.values()) - fonts <= WITHOUT_FONTS, told
