"""The pages of a serving demo in a real Chromium: what all of them keep; test_visit.py goes from one to the next."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.embedded.process import start_server, stop_server
from tests.extras.browsing import PHONE, launched, visit
from tests.extras.programs import wait_until

pytestmark = pytest.mark.extras

DESKTOP = {"width": 1200, "height": 900}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a serving demo that scans when it is asked to."""
    home = tmp_path_factory.mktemp("pages")
    log, folder = home / "log", home / "fleet"
    command = Path(sys.executable).parent / "fleetdrift"
    argv = [command, "demo", "--serve", "--tenants", 12, "--directory", folder, "--interval", 86400]
    process = start_server(argv, log=log, stop_signal=signal.SIGTERM)
    try:
        yield wait_until(lambda: re.search(r"listening on (http://[\d.:]+\d)", log.read_text()), process, log)[1]
    finally:
        stop_server(process, signal.SIGTERM)


@pytest.fixture(scope="module")
def browser():
    with launched() as started:
        yield started


def every_page(page) -> list[str]:
    """The address of a page of each kind."""
    found = ["/"]
    for listed in ("/changes", "/tenants", "/groups", "/scans"):
        page.goto(listed)
        found += [listed, page.locator("table.rows th a").first.get_attribute("href")]
    rest = ("/contracts", "/declaration", "/versions", "/workers", "/settings")
    return [*found, *rest, "/changes?state=all&severity=error", "/tenants?status=drifted", "/changes/none"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_each_page_fits_and_is_readable_for_everybody(demo, browser, scheme, size):
    from axe_playwright_python.sync_playwright import Axe  # lazy: only the extras install it

    page = visit(browser, demo, color_scheme=scheme, viewport=size)
    for address in every_page(page):
        page.goto(address)
        found = [(rule["id"], rule["nodes"][0]["html"]) for rule in Axe().run(page).response["violations"]]
        assert (address, found) == (address, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
    faults = [fault for fault in page.faults if "404" not in fault]  # the page of what does not exist is one of them
    assert faults == []
    page.context.close()


def test_without_javascript_everything_is_there(demo, browser):
    page = visit(browser, demo, java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Why").fill("without JavaScript")
    page.get_by_role("button", name="Scan now").click()
    assert "without JavaScript" in page.locator("main").inner_text()
    page.goto("/groups")
    page.locator("table.rows th a").first.click()
    assert page.locator(".statement").count()
    page.context.close()
