"""How a scan's report leaves the command line: on stdout in the form asked for, and as files where they are wanted."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from coordinator.cli.exit_codes import DRIFT, ERROR, IN_SYNC, INCOMPLETE
from coordinator.report.model import ScanReport, ScanStatus
from coordinator.settings.load import load_settings
from coordinator.settings.model import Settings

RENDERERS = {
    "text": "coordinator.report.text",
    "json": "coordinator.report.json",
    "html": "coordinator.report.html",
    "markdown": "coordinator.report.markdown",
    "sarif": "coordinator.report.sarif",
    "junit": "coordinator.report.junit",
}
"""Module of each form; the function in it is `render_FORM`."""

_FILES = {"json": "report.json", "html": "report.html"}
_EXIT_CODES = {
    ScanStatus.IN_SYNC: IN_SYNC,
    ScanStatus.DRIFT: DRIFT,
    ScanStatus.INCOMPLETE: INCOMPLETE,
    ScanStatus.FAILED: ERROR,
}


def scan_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--config` and `--output`."""
    config = click.option(
        "-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True
    )
    output = click.option("--output", type=click.Choice(list(RENDERERS)), default="text", show_default=True)
    return config(output(function))


def settings_of(config: Path) -> Settings:
    """Load the configuration, with a hint when there is none.

    Raises:
        SettingsError: See `load_settings`.
    """
    if not config.exists():
        raise click.UsageError(
            f"there is no {config}; name one with --config (deploy/fleetdrift.example.toml shows all)"
        )
    return load_settings(config)


def render(report: ScanReport, form: str) -> str:
    """Render a report in one of the forms."""
    function: Callable[[ScanReport], str] = getattr(importlib.import_module(RENDERERS[form]), f"render_{form}")
    return function(report)


def write_files(report: ScanReport, directory: Path) -> list[Path]:
    """Write report.json and report.html.

    Returns:
        The files, in the order written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for form, name in _FILES.items():
        path = directory / name
        path.write_text(render(report, form), encoding="utf-8")
        written.append(path)
    return written


def deliver(report: ScanReport, settings: Settings, form: str) -> None:
    """Print the report, write the files the configuration wants, and end with the documented exit code."""
    click.echo(render(report, form), nl=False)
    if settings.file.report.directory:
        write_files(report, Path(settings.root, settings.file.report.directory))
    raise click.exceptions.Exit(_EXIT_CODES[report.status])
