"""A report in the form somebody asked for, and as the files that a scan leaves behind."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path

from coordinator.report.model import ScanReport

RENDERERS = {
    "text": "coordinator.report.renderers.text",
    "json": "coordinator.report.renderers.json",
    "html": "coordinator.report.renderers.html",
    "markdown": "coordinator.report.renderers.markdown",
    "sarif": "coordinator.report.renderers.sarif",
    "junit": "coordinator.report.renderers.junit",
}
"""Module of each form, imported when it is asked for; the function in it is `render_FORM`."""

_FILES = {"json": "report.json", "html": "report.html"}


def render(report: ScanReport, form: str) -> str:
    """Render a report in one of the forms."""
    function: Callable[[ScanReport], str] = getattr(importlib.import_module(RENDERERS[form]), f"render_{form}")
    return function(report)


def write_files(report: ScanReport, directory: Path) -> list[Path]:
    """Write report.json and report.html, each in one step: a reader never sees half a report.

    Returns:
        The files, in the order written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for form, name in _FILES.items():
        path = directory / name
        unfinished = path.with_suffix(f"{path.suffix}.{os.getpid()}")
        unfinished.write_text(render(report, form), encoding="utf-8")
        unfinished.replace(path)
        written.append(path)
    return written
