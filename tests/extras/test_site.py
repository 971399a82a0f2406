"""The documentation as a site: it builds without a warning and without network, and its pages ask nobody else."""

from __future__ import annotations

import re
import socket
from html.parser import HTMLParser
from pathlib import Path

import pytest

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
