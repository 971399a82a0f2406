"""Render a report in the form somebody asked for, and write the files that a scan leaves behind."""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import assert_never

from coordinator.report.declaring_paths import DeclaringPaths, as_origins_say
from coordinator.report.model import ReportBody, ScanReport


class ReportForm(StrEnum):
    """The forms a report can be printed in: the values of `--output`."""

    TEXT = "text"
    FULL_TEXT = "full-text"
    JSON = "json"
    HTML = "html"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    JUNIT = "junit"
    CSV = "csv"


class ReportFileError(Exception):
    """A file of the report cannot be written; the message names it."""


_FILES = {ReportForm.JSON: "report.json", ReportForm.HTML: "report.html"}


def render(
    report: ScanReport,
    form: ReportForm,
    declared: DeclaringPaths = as_origins_say,
    before: ReportBody | None = None,
) -> str:
    """Render a report in one of the forms.

    Args:
        report: What to render.
        form: In which.
        declared: Where the declaring files lie in their repository, for the form that code hosts read.
        before: An earlier report; the text then says what is new and what is gone since.
    """
    return _renderer(form, declared, before)(report)


def _renderer(  # noqa: PLR0911  # one return for each form
    form: ReportForm, declared: DeclaringPaths, before: ReportBody | None
) -> Callable[[ScanReport], str]:
    """Import the renderer of a form; only that one, because a template engine is slow to import."""
    match form:
        case ReportForm.TEXT | ReportForm.FULL_TEXT:
            from coordinator.report.renderers.text import render_full_text, render_text

            return partial(render_text if form is ReportForm.TEXT else render_full_text, before=before)
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

            return lambda report: render_sarif(report, declared)
        case ReportForm.JUNIT:
            from coordinator.report.renderers.junit import render_junit

            return render_junit
        case ReportForm.CSV:
            from coordinator.report.renderers.csv import render_csv

            return render_csv
        case _:
            assert_never(form)


def write_files(report: ScanReport, directory: Path) -> list[Path]:
    """Write report.json and report.html, each in one step: a reader never sees half a report.

    Returns:
        The files, in the order written.

    Raises:
        ReportFileError: When one of them cannot be written; the one that was there stays, and nothing is left beside.
    """
    written = []
    for form, name in _FILES.items():
        write_file(directory / name, render(report, form))
        written.append(directory / name)
    return written


def write_file(path: Path, text: str) -> None:
    """Write one form of a report in one step, with the folders that it lies in.

    Raises:
        ReportFileError: When it cannot be written; the one that was there stays, and nothing is left beside.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_at_once(path, text)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ReportFileError(f"cannot write the report {path}: {why}; an earlier one is unchanged") from None


def _write_at_once(path: Path, text: str) -> None:
    """Write beside the file and rename; when that fails, nothing stays beside it."""
    unfinished = path.with_suffix(f"{path.suffix}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:  # line ends are the form's own
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # else a machine that stops now can keep the new name and lose the text
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
