"""What all tests in a browser share."""

from __future__ import annotations

from playwright.sync_api import expect

# A busy machine is no fault: pages are waited for, and nothing is said about their speed.
expect.set_options(timeout=30_000)
