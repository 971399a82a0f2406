"""Render a report in the form somebody asked for, and write the files that a scan leaves behind."""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from coordinator.report.model import ScanReport


class ReportForm(StrEnum):
    """The forms a report can be printed in: the values of `--output`."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    JUNIT = "junit"


_FILES = {ReportForm.JSON: "report.json", ReportForm.HTML: "report.html"}


def render(report: ScanReport, form: ReportForm) -> str:
    """Render a report in one of the forms."""
    return _renderer(form)(report)


def _renderer(form: ReportForm) -> Callable[[ScanReport], str]:
    """Import the renderer of a form; only that one, because a template engine is slow to import."""
    match form:
        case ReportForm.TEXT:
            from coordinator.report.renderers.text import render_text

            return render_text
        case ReportForm.JSON:
            from coordinator.report.renderers.json import render_json

            return render_json
        case ReportForm.HTML:
            from coordinator.report.renderers.html import render_html

            return render_html
        case ReportForm.MARKDOWN:
            from coordinator.report.renderers.markdown import render_markdown

            return render_markdown
        case ReportForm.SARIF:
            from coordinator.report.renderers.sarif import render_sarif

            return render_sarif
        case ReportForm.JUNIT:
            from coordinator.report.renderers.junit import render_junit

            return render_junit
        case _:
            assert_never(form)


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
