"""The HTML report in a real browser: readable for everybody, whole without a script, and only its own script runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from coordinator.report.renderers.html import render_html
from coordinator.report.renderers.presentation import commented_sql
from shared.remediation.script import render_script
from tests import reports
from tests.extras.programs import program, run
from tests.golden.report.test_report_forms import CASES
from tests.hostile import HOSTILE_NAMES
from tests.unit.report.test_hostile_names import hostile_report
from tests.unit.report.test_html import of_a_large_fleet

pytestmark = pytest.mark.extras

DESKTOP, PHONE = {"width": 1200, "height": 900}, {"width": 390, "height": 844}
LONGEST_WAIT_FOR_A_PAGE_MS = 10_000

FLAGS = (
    "--headless",
    "--no-sandbox",  # the suite may run as root, which Chromium refuses with its sandbox
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing leaves this machine
)


class Elements(HTMLParser):
    """The tags, attributes and links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.scripts = 0
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.scripts += tag == "script"
        self.attributes.update(name for name, _ in attrs)
        self.links.update(value or "" for name, value in attrs if name in {"href", "src", "action"})


def as_read(page: Path, profile: Path) -> Elements:
    """Give the elements that a browser makes of a page, after any script in it had time to run."""
    done = run(
        "chromium", *FLAGS, f"--user-data-dir={profile}", "--virtual-time-budget=2000", "--dump-dom", page.as_uri()
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "</html>" in done.stdout
    return Elements(done.stdout)


def test_a_hostile_name_adds_no_element_no_handler_and_no_link(tmp_path: Path) -> None:
    plain, hostile = (tmp_path / f"{kind}.html" for kind in ("plain", "hostile"))
    plain.write_text(render_html(hostile_report("orders")), encoding="utf-8")
    expected = as_read(plain, tmp_path / "profile")
    pages = "\n<hr>\n".join(render_html(hostile_report(name)) for name in HOSTILE_NAMES)
    hostile.write_text(pages, encoding="utf-8")
    found = as_read(hostile, tmp_path / "profile")
    assert found.tags <= expected.tags | {"hr"}
    assert found.attributes <= expected.attributes
    assert found.scripts == len(HOSTILE_NAMES)
    assert not {tag for tag in found.tags if tag in {"img", "iframe", "object", "embed", "base"}}
    assert not {name for name in found.attributes if name.startswith("on")}
    assert all(link.startswith("#") for link in found.links)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright  # lazy: only the extras install it

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture
def opened(browser, tmp_path) -> Iterator[Callable[..., Any]]:
    """Open pages; at the end none has complained, and none has asked for anything but its own file."""
    contexts: list[tuple[Any, Any, str]] = []

    def open_page(html: str, **options: Any) -> Any:
        file = tmp_path / f"{len(contexts)}.html"
        file.write_text(html, encoding="utf-8")
        context = browser.new_context(accept_downloads=True, **options)
        page = context.new_page()
        page.requested, page.faults = [], []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("console", lambda said: page.faults.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        contexts.append((context, page, file.as_uri()))
        page.goto(file.as_uri(), timeout=LONGEST_WAIT_FOR_A_PAGE_MS)
        return page

    yield open_page
    for context, page, own in contexts:
        assert {url for url in page.requested if not url.startswith("blob:")} == {own}
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_report_fits_and_is_readable_for_everybody(opened, scheme, size):
    from axe_playwright_python.sync_playwright import Axe  # lazy: only the extras install it

    for name, case in CASES.items():
        page = opened(render_html(case()), color_scheme=scheme, viewport=size)
        for state in ("as it opens", "all opened"):
            found = [(rule["id"], rule["nodes"][0]["html"]) for rule in Axe().run(page).response["violations"]]
            assert (name, state, found) == (name, state, [])
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (name, state)
            page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert page.faults == []


def test_without_javascript_everything_is_there_to_read(opened):
    report = reports.partly_read()
    page = opened(render_html(report), java_script_enabled=False)

    assert not page.locator("#search").is_visible()
    assert page.get_by_role("button").count() == 0
    closed = page.locator("details:not([open]) > summary:visible")
    while closed.count():
        closed.first.click()
    text = " ".join(page.locator("main").inner_text().split())
    assert all(result.tenant in text for result in report.body.tenants)
    assert all(result.failure.message in text for result in report.body.tenants if result.failure)
    assert all(sentence in text for sentence in report.body.unchecked)
    for group in report.body.groups:
        assert all(" ".join(finding.message.split()) in text for finding in group.findings)
        assert all(verdict.reason in text for verdict in group.verdicts)
        assert all(statement.sql in text for statement in (group.plan.statements if group.plan else ()))


def test_the_search_finds_tenants_and_differences(opened):
    page = opened(render_html(reports.partly_read()))
    field, told = page.get_by_role("searchbox"), page.locator("#search [role=status]")
    rows = page.locator("tr[data-wrong]:visible")
    everything = rows.count()

    field.fill("TENANT-900")
    assert told.inner_text() == f"1 tenants, 0 of {everything} differences"
    assert page.locator("#search li").all_inner_texts() == ["tenant-900 unreachable"]
    field.fill("customers_email")
    assert told.inner_text() == f"0 tenants, 1 of {everything} differences"
    assert "customers_email_lower_idx" in rows.inner_text()
    field.fill("tenant-000")
    page.locator("#search li a").click()
    assert page.locator(".group:target").is_visible()
    field.fill("")
    assert rows.count() == everything
    assert page.locator("#search li").count() == 0


def test_copy_gives_the_sql_and_download_the_script(opened, tmp_path):
    report = reports.demo()
    page = opened(render_html(report), permissions=["clipboard-read", "clipboard-write"])
    for group in report.body.groups:
        assert group.plan is not None
        card = page.locator(f"#g-{group.id}")
        card.get_by_role("button", name="Copy SQL").click()
        card.get_by_text("Copied").wait_for()
        expected = "\n".join(commented_sql(statement) for statement in group.plan.statements) + "\n"
        assert page.evaluate("navigator.clipboard.readText()") == expected
        with page.expect_download() as brought:
            card.get_by_role("button", name="Download for psql").click()
        assert brought.value.suggested_filename == f"drift-group-{group.id[:8]}.sql"
        brought.value.save_as(tmp_path / "script.sql")
        expected = render_script(group.plan, title=f"drift group {group.id}")
        assert (tmp_path / "script.sql").read_text(encoding="utf-8") == expected
    assert page.faults == []


def test_a_style_or_script_that_is_not_its_own_does_nothing(opened):
    foreign = "<style>main { display: none }</style><script>document.title = 'foreign'</script>"
    page = opened(render_html(reports.demo()).replace("</main>", f"{foreign}<p style='color: red'>x</p></main>"))

    assert page.locator("main").is_visible()
    assert page.title() != "foreign"
    assert sum("Content Security Policy" in fault for fault in page.faults) == 3


def test_ten_thousand_tenants_open_and_are_searched(opened, record_property):
    html = render_html(of_a_large_fleet())
    page = opened(html)
    took = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    record_property("bytes", len(html.encode()))
    record_property("milliseconds", took)
    print(f"10,000 tenants: {len(html.encode()):,} bytes, open after {took:.0f} ms")

    page.get_by_role("searchbox").fill("tenant-09999")
    [found] = page.locator("#search li").all_inner_texts()
    assert found.startswith("tenant-09999.eu-central-1 drifted drift group ")
