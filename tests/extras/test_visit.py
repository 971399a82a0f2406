"""docs/visit.md from its first command to its last, with a real browser: a broken query is found, mended, and resolved.

`pytest tests/extras/test_visit.py --pictures` takes the pictures of docs/images anew.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.embedded.postgres import wheel_binaries
from tests.extras.browsing import LONGEST_WAIT_FOR_A_MESSAGE_SECONDS, PHONE, launched, visit
from tests.extras.monitoring import alertmanager_command
from tests.extras.programs import ROOT, program
from tests.extras.visited_page import VisitedPage, on_the_path, program_called

pytestmark = pytest.mark.extras

PAGE = ROOT / "docs" / "visit.md"
IMAGES = ROOT / "docs" / "images"
DESKTOP = {"width": 1280, "height": 900}
LISTENS = {"fleetdrift demo": "9187", "python3 receiver.py": "9099", "alertmanager": "9093", "prometheus": "9090"}


@pytest.fixture(scope="module")
def browser():
    with launched() as started:
        yield started


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[VisitedPage]:
    """The page, with the programs that it names, and nothing of ours in the environment."""
    programs = tmp_path / "bin"
    programs.mkdir()
    program_called("alertmanager", alertmanager_command(), programs)
    for name in ("prometheus", "promtool"):
        program_called(name, [program(name)], programs)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("FLEETDRIFT_", "PG"))}
    path = on_the_path(programs, Path(sys.executable).parent, wheel_binaries())
    folder = tmp_path / "visit"
    folder.mkdir()
    with VisitedPage(PAGE, folder, LISTENS, {**inherited, "PATH": path, "LOGNAME": "ada"}) as page:
        yield page


class Pictures:
    """Takes the pictures of the docs, or sees that they are there.

    Args:
        take: Take them.
    """

    def __init__(self, *, take: bool) -> None:
        self._take = take

    def of(self, page, name: str, *, whole: bool = True) -> None:
        """Take a page in both schemes; all of it, or what a window shows."""
        for scheme in ("light", "dark"):
            path = IMAGES / f"{name}-{scheme}.png"
            if self._take:
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=path, full_page=whole)
            assert path.is_file(), "run this test with --pictures"
        page.emulate_media(color_scheme="light")

    def of_a_phone(self, page, name: str) -> None:
        """Take what a phone shows of a page."""
        if self._take:
            page.set_viewport_size(PHONE)
            page.screenshot(path=IMAGES / f"{name}.png")
            page.set_viewport_size(DESKTOP)
        assert (IMAGES / f"{name}.png").is_file(), "run this test with --pictures"

    def of_progress(self, page, name: str) -> None:
        """Take what a window shows of a scan that has come some way, once: it may be over before a second picture."""
        if self._take:
            page.locator("[data-answered]", has_text=re.compile("[1-9]")).wait_for()
            page.screenshot(path=IMAGES / f"{name}-light.png")
        assert (IMAGES / f"{name}-light.png").is_file(), "run this test with --pictures"


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Pictures:
    return Pictures(take=bool(request.config.getoption("--pictures", default=False)))


def find_what_breaks(page, pictures: Pictures) -> None:
    """Go from the first page to the broken query, by links alone."""
    page.goto("/")
    assert "47 tenants drifted" in page.locator("h1").inner_text()
    pictures.of(page, "overview", whole=False)
    pictures.of_a_phone(page, "phone")
    page.get_by_role("link", name="1 broken query").click()
    page.get_by_role("link", name="orders: src/customers.rs:16").wait_for()
    pictures.of(page, "visit-contracts")
    page.get_by_role("link", name="orders: src/customers.rs:16").click()
    page.get_by_role("heading", name="The way back").wait_for()
    pictures.of(page, "visit-query")
    pictures.of_a_phone(page, "visit-query-phone")


def copy_the_plan(page, pictures: Pictures, group: str) -> str:
    """Go on to the drift group, and copy its statements."""
    page.get_by_role("row", name=re.compile("proven")).get_by_role("link").click()
    assert group in page.locator("h1").inner_text(), "the page names the group: write its name into docs/visit.md"
    page.get_by_text("All statements as one text").click()
    pictures.of(page, "visit-plan")
    page.get_by_role("button", name="Copy").click()
    return page.evaluate("navigator.clipboard.readText()")


def scan_again(page, pictures: Pictures) -> None:
    """Ask for a scan on the first page, and watch its page until it says by itself what is resolved."""
    page.get_by_role("link", name="Overview").click()
    with page.expect_response(lambda answer: "/scans/" in answer.url and answer.request.method == "GET") as first:
        page.get_by_role("button", name="Scan now").click()
    assert "data-events" in first.value.text()
    pictures.of_progress(page, "visit-scan")
    resolved = page.locator("section", has=page.get_by_role("heading", name="Resolved with it"))
    resolved.get_by_role("link", name="query violated: orders: src/customers.rs:16").wait_for()
    assert resolved.locator("tbody tr").count() == 2
    pictures.of(page, "visit-resolved")
    resolved.get_by_role("link", name="query violated: orders: src/customers.rs:16").click()
    assert "resolved" in page.locator("h1").inner_text()
    pictures.of(page, "visit-after")


def see_the_rest(page, pictures: Pictures) -> None:
    """Take the pictures of docs/pages.md that are not on the way."""
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="altered column public.orders.status").click()
    pictures.of(page, "change")
    page.get_by_role("link", name="Declaration").click()
    pictures.of(page, "declaration", whole=False)


def test_a_visitor_finds_the_broken_query_mends_it_and_is_told_that_it_is_resolved(
    followed: VisitedPage, browser, pictures: Pictures, tmp_path: Path
):
    followed.follow("Start")
    assert "visit: taken" in followed.follow("Be told")
    page = visit(browser, followed.address("9187"), viewport=DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    find_what_breaks(page, pictures)
    [group] = re.findall(r"--group (\w+)", followed.block("Mend it", "sh"))
    plan = copy_the_plan(page, pictures, group)
    assert plan.startswith("CREATE UNIQUE INDEX")
    see_the_rest(page, pictures)
    (tmp_path / "visit" / "plan.sql").write_text(plan)
    answered = followed.follow("Mend it")
    assert "CREATE INDEX" in answered
    assert "9 tenants: 8 done, 1 done before" in answered
    scan_again(page, pictures)
    followed.follow("Watch it go")
    expected = set(followed.block("Watch it go", "text").splitlines())
    until = time.monotonic() + LONGEST_WAIT_FOR_A_MESSAGE_SECONDS
    while (
        missing := expected - set(followed.terminal("python3 receiver.py").splitlines())
    ) and time.monotonic() < until:
        time.sleep(0.5)  # the messages are on their way: nobody tells when they have come
    assert missing == set()
    assert page.faults == []
    page.context.close()
