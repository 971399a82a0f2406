"""The HTML report as a real browser reads it: what a tenant has named is text, and nothing else."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from coordinator.report.renderers.html import render_html
from tests.extras.programs import run
from tests.hostile import HOSTILE_NAMES
from tests.unit.report.test_hostile_names import hostile_report

pytestmark = pytest.mark.extras

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
