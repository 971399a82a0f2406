"""A real Chromium, and windows of it whose faults are noted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from tests.extras.programs import program

PHONE = {"width": 390, "height": 844}
LONGEST_WAIT_FOR_AN_ELEMENT_MS = 60_000
LONGEST_WAIT_FOR_A_MESSAGE_SECONDS = 120.0


@contextlib.contextmanager
def launched() -> Iterator[Any]:
    """Run Debian's Chromium."""
    from playwright.sync_api import sync_playwright  # lazy: only the extras install it

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


def visit(browser: Any, base: str, **options: Any) -> Any:
    """Open a window whose faults are noted."""
    context = browser.new_context(base_url=base, **options)
    page = context.new_page()
    page.set_default_timeout(LONGEST_WAIT_FOR_AN_ELEMENT_MS)
    page.faults = []
    page.on("console", lambda said: page.faults.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    return page
