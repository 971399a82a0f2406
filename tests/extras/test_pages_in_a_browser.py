"""The pages of a serving demo in a real Chromium: a visit from what is broken to what is mended, and what all keep.

The visit is watched by a real Prometheus with the deployment's rules, and a real Alertmanager.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from shared.embedded.process import start_server, stop_server
from tests.extras.monitoring import Prometheus, running_alertmanager, running_prometheus
from tests.extras.programs import program, wait_until
from tests.integration.notify.receivers import Hook, hook

pytestmark = pytest.mark.extras

DESKTOP, PHONE = {"width": 1200, "height": 900}, {"width": 390, "height": 844}
LONGEST_WAIT_FOR_AN_ELEMENT_MS = 60_000
LONGEST_WAIT_FOR_A_MESSAGE_SECONDS = 120.0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address and the folder of a serving demo that scans when it is asked to."""
    home = tmp_path_factory.mktemp("pages")
    log, folder = home / "log", home / "fleet"
    command = Path(sys.executable).parent / "fleetdrift"
    argv = [command, "demo", "--serve", "--tenants", 12, "--directory", folder, "--interval", 86400]
    process = start_server(argv, log=log, stop_signal=signal.SIGTERM)
    try:
        yield (
            wait_until(lambda: re.search(r"listening on (http://[\d.:]+\d)", log.read_text()), process, log)[1],
            folder,
        )
    finally:
        stop_server(process, signal.SIGTERM)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright  # lazy: only the extras install it

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


def visit(browser, base: str, **options):
    """Open a window whose faults are noted."""
    context = browser.new_context(base_url=base, **options)
    page = context.new_page()
    page.set_default_timeout(LONGEST_WAIT_FOR_AN_ELEMENT_MS)
    page.faults = []
    page.on("console", lambda said: page.faults.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    return page


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

    page = visit(browser, demo[0], color_scheme=scheme, viewport=size)
    for address in every_page(page):
        page.goto(address)
        found = [(rule["id"], rule["nodes"][0]["html"]) for rule in Axe().run(page).response["violations"]]
        assert (address, found) == (address, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
    faults = [fault for fault in page.faults if "404" not in fault]  # the page of what does not exist is one of them
    assert faults == []
    page.context.close()


def test_without_javascript_everything_is_there(demo, browser):
    page = visit(browser, demo[0], java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Why").fill("without JavaScript")
    page.get_by_role("button", name="Scan now").click()
    assert "without JavaScript" in page.locator("main").inner_text()
    page.goto("/groups")
    page.locator("table.rows th a").first.click()
    assert page.locator(".statement").count()
    page.context.close()


async def run_in(folder: Path, database: str, script: str) -> None:
    """Run a script as the owner of the tenants would, a statement at a time."""
    host = tomllib.loads((folder / "fleetdrift.toml").read_text())["hosts"]["demo"]
    connection = await asyncpg.connect(host=host["address"], port=host["port"], user="postgres", database=database)
    for statement in re.split(r";\n", script):
        if any(line and not line.startswith("--") for line in statement.splitlines()):
            await connection.execute(statement)
    await connection.close()


def scan_again(page) -> None:
    """Ask for a scan on the first page, and watch its page until the report is there, without loading it again."""
    page.goto("/")
    page.get_by_role("button", name="Scan now").click()
    page.get_by_role("link", name="Its report").wait_for()


@pytest.fixture
def watching(demo, tmp_path) -> Iterator[tuple[Prometheus, Hook]]:
    """A Prometheus that scrapes the demo, and who is sent what its alerts say."""
    with (
        hook() as told,
        running_alertmanager(tmp_path, told.url) as alertmanager,
        running_prometheus(
            demo[0].removeprefix("http://"), tmp_path, alertmanager=alertmanager, at_once=True
        ) as prometheus,
    ):
        yield prometheus, told


def becomes(look: Callable[[], object], expected: object) -> None:
    """Wait until somebody sees something."""
    until = time.monotonic() + LONGEST_WAIT_FOR_A_MESSAGE_SECONDS
    while (found := look()) != expected and time.monotonic() < until:
        time.sleep(0.5)
    assert found == expected


def tenants_that_fail(prometheus: Prometheus) -> list[str]:
    """Give in how many tenants queries of the demo's service fail, as Prometheus has it."""
    return [row["value"][1] for row in prometheus.query('fleetdrift_contract_tenants{fleet="demo"}')]


def was_sent(told: Hook, status: str) -> bool:
    """Say whether a message about broken contracts says that they are, or are no longer."""
    sent = [json.loads(body) for _, body in told.requests]
    return ("FleetdriftContractsBroken", status) in {
        (each["groupLabels"].get("alertname"), each["status"]) for each in sent
    }


def mend(page, folder: Path) -> tuple[str, list[str]]:
    """Copy the plan that the page of a broken query leads to, and run it with what it leaves to choice."""
    page.get_by_role("row", name=re.compile("proven")).get_by_role("link").click()
    page.get_by_text("All statements as one text").click()
    page.get_by_role("button", name="Copy").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    chosen = copied.replace("\n-- ALTER TABLE", "\nALTER TABLE")
    tenants = page.locator("section", has_text="Tenants").last.locator(".tenants a").all_inner_texts()
    for tenant in tenants:
        with ThreadPoolExecutor(1) as elsewhere:  # the browser has an event loop of its own in this thread
            elsewhere.submit(asyncio.run, run_in(folder, tenant, chosen)).result()
    return copied, tenants


def test_a_broken_contract_is_followed_to_its_plan_mended_and_seen_to_be_resolved(demo, browser, watching):
    base, folder = demo
    prometheus, told = watching
    page = visit(browser, base, permissions=["clipboard-read", "clipboard-write"])
    scan_again(page)
    becomes(lambda: tenants_that_fail(prometheus), ["4"])
    becomes(lambda: was_sent(told, "firing"), True)
    page.goto("/")
    page.get_by_role("link", name=re.compile("broken quer")).click()
    page.get_by_role("link", name=re.compile("customers.rs")).click()
    broken = page.url
    copied, tenants = mend(page, folder)
    assert "CREATE UNIQUE INDEX" in copied
    assert len(tenants) == 2
    scan_again(page)
    becomes(lambda: tenants_that_fail(prometheus), ["2"])
    page.goto("/contracts")
    page.locator(".finding .head a").click()
    mend(page, folder)
    scan_again(page)
    page.goto(broken)
    assert "resolved" in page.locator("dl").inner_text()
    page.goto(f"/tenants/{tenants[0]}")
    assert "in sync" in page.locator("h1").inner_text()
    stood = page.locator(".timeline li .pill").all_inner_texts()
    assert stood == ["in sync", "drifted", "never scanned"]
    becomes(lambda: tenants_that_fail(prometheus), ["0"])
    becomes(lambda: was_sent(told, "resolved"), True)
    assert page.faults == []
    page.context.close()
