"""The documentation as a site: it builds without a warning and without network, and its pages ask nobody else."""

from __future__ import annotations

import functools
import re
import socket
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.extras.browsing import launched, visit
from tests.extras.programs import ROOT

pytestmark = pytest.mark.extras

FETCHING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "object": "data"}
"""Elements that make a browser ask for something, and the attribute that says where."""
NOT_FETCHED = {"canonical", "prev", "next"}
"""Kinds of <link> that only tell."""


class Fetched(HTMLParser):
    """Collects what a browser asks for while it shows a page."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in FETCHING and given.get("rel") not in NOT_FETCHED:
            self.places.append(given.get(FETCHING[tag]) or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    def refuse(*_: object) -> None:
        raise AssertionError("building the site asked for a connection")

    made = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        build(load_config(str(ROOT / "mkdocs.yml"), strict=True, site_dir=str(made)))
    return made


def test_every_page_of_the_docs_is_in_it(site):
    pages = {path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md")}
    made = {path.relative_to(site).with_suffix("") for path in site.rglob("*.html")}
    named = {path.with_name("index") if path.name == "README" else path for path in pages}
    assert named <= made


def test_a_page_asks_nobody_else_for_fonts_scripts_or_pictures(site):
    for page in site.rglob("*.html"):
        fetched = Fetched()
        fetched.feed(page.read_text())
        assert [place for place in fetched.places if re.match(r"(\w+:)?//", place)] == [], page
    for style in site.rglob("*.css"):
        assert re.findall(r"""url\(["']?(?:\w+:)?//[^)]*""", style.read_text()) == [], style


def test_a_file_of_the_repository_is_named_and_not_linked(site):
    page = (site / "how-to/ci.html").read_text()
    assert "<code>deploy/ci/github/action.yml</code>" in page
    assert "action.yml</code></a>" not in page


def test_every_runbook_is_in_the_navigation(site):
    home = (site / "index.html").read_text()
    runbooks = sorted((ROOT / "docs/runbooks").glob("*.md"))
    assert [path for path in runbooks if f'href="runbooks/{path.stem}.html"' not in home] == []


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    """The address of the site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_diagrams_are_drawn_by_a_script_of_the_site_s_own(served):
    with launched() as browser:
        page = visit(browser, served)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/architecture.html")
        page.locator("div.mermaid").nth(1).wait_for()
        assert page.locator("pre.mermaid").count() == 0
        assert [url for url in asked if not url.startswith(served)] == []
        assert f"{served}/assets/mermaid.js" in asked
        assert page.faults == []
        page.context.close()


def test_a_page_without_a_diagram_does_not_load_that_script(site):
    assert "mermaid.js" not in (site / "tour.html").read_text()
