"""Turn docs/, which is written to be read in the repository, into pages of a site; mkdocs.yml names this file."""

from __future__ import annotations

import logging
import re
from importlib.resources import files as packaged
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url

_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s#:]+)(#[^)\s]*)?\)")
_DRAWS_DIAGRAMS = "assets/mermaid.js"
_HAS_A_DIAGRAM = 'class="mermaid"'
_log = logging.getLogger("mkdocs.hooks.fleetdrift")


def on_config(config: Any) -> None:
    """List every page of a folder where the navigation names a folder ("runbooks/")."""
    docs = Path(config.docs_dir)
    config.nav = [_listed(docs, entry) for entry in config.nav]


def _listed(docs: Path, entry: Any) -> Any:
    if isinstance(entry, dict):
        return {title: _listed(docs, inner) for title, inner in entry.items()}
    if isinstance(entry, list):
        return [_listed(docs, inner) for inner in entry]
    if entry.endswith("/"):
        return [str(page.relative_to(docs)) for page in sorted((docs / entry).glob("*.md"))]
    return entry


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001  # MkDocs gives them by name
    """Name a file of the repository, or a folder, where a page links to it: the site has neither.

    A link to something that is not there is a warning, which ends a build with --strict.
    """
    docs = Path(config.docs_dir)
    folder = (docs / page.file.src_uri).parent

    def named(link: re.Match[str]) -> str:
        target = (folder / link[2]).resolve()
        if not target.exists():
            _log.warning("%s: there is no %s", page.file.src_uri, link[2])
        if target.is_relative_to(docs) and target.is_file():
            return link[0]
        if target.is_dir() and (target / "README.md").is_file() and target.is_relative_to(docs):
            return f"[{link[1]}]({link[2].rstrip('/')}/README.md)"
        path = target.relative_to(docs.parent) if target.is_relative_to(docs.parent) else link[2]
        return link[1] if str(path) in link[1] else f"{link[1]} (`{path}`)"

    return _LINK.sub(named, markdown)


def on_files(files: Any, config: Any) -> None:
    """Bring the script that draws diagrams from a package: the theme would fetch it from another server."""
    script = packaged("mermaidx").joinpath("assets", "mermaid.js").read_bytes()
    files.append(File.generated(config, _DRAWS_DIAGRAMS, content=script))


def on_post_page(output: str, page: Any, config: Any) -> str:  # noqa: ARG001  # MkDocs gives them by name
    """Load that script on pages with a diagram, and on no others: it is large."""
    if _HAS_A_DIAGRAM not in output:
        return output
    place = get_relative_url(_DRAWS_DIAGRAMS, page.url)
    return output.replace("</head>", f'<script src="{place}"></script></head>', 1)
