"""The options that `check` and `scan` share, and how both print a report and choose the exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import msgspec

from coordinator.iac.assignment import Assignment
from coordinator.report.exit_code import exit_code, status_to_exit_with
from coordinator.report.files import ReportForm, render, write_files
from coordinator.report.model import ScanReport
from coordinator.scan.declared_files import DeclaredFiles, DeclaringSource
from coordinator.settings.load import load_settings
from coordinator.settings.model import Settings


def scan_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--config`, `--output` and `--fail-on-pending`."""
    config = click.option(
        "-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True
    )
    output = click.option(
        "--output",
        type=click.Choice([form.value for form in ReportForm]),
        default=ReportForm.TEXT.value,
        show_default=True,
    )
    pending = click.option(
        "--fail-on-pending", is_flag=True, help="Exit with 2 when a tenant is pending, as for drift; by default with 0."
    )
    return config(output(pending(function)))


def settings_of(config: Path, given: Iterable[Assignment] = ()) -> Settings:
    """Load the configuration, with a hint when there is none.

    Args:
        config: fleetdrift.toml.
        given: Values of variables from the command line: they count more than `[spec] variables`.

    Raises:
        SettingsError: See `load_settings`.
    """
    if not config.exists():
        raise click.UsageError(
            f"there is no {config}; name one with --config (deploy/fleetdrift.example.toml shows all)"
        )
    values = ((entry.name, str(entry.value)) for entry in given)
    variables = tuple((name, value if name else str(Path(value).resolve())) for name, value in values)
    return msgspec.structs.replace(load_settings(config), given=variables)


def deliver(report: ScanReport, settings: Settings, form: str, *, fail_on_pending: bool = False) -> None:
    """Print the report, write the files that the configuration asks for, and exit with the documented code.

    Args:
        report: What the scan found.
        settings: The configuration.
        form: Of the report that is printed.
        fail_on_pending: A rollout that has not reached every tenant exits as drift does.

    Raises:
        click.exceptions.Exit: Always, with the exit code.
    """
    click.echo(render(report, ReportForm(form), _declared_files(settings).paths_for), nl=False)
    if settings.file.report.directory:
        write_files(report, Path(settings.root, settings.file.report.directory))
    raise click.exceptions.Exit(exit_code(status_to_exit_with(report, fail_on_pending=fail_on_pending)))


def _declared_files(settings: Settings) -> DeclaredFiles:
    root = Path(settings.root)
    return DeclaredFiles(
        base=root,
        sources=tuple(
            DeclaringSource(
                path=root / table.source,
                tenants=table.tenants,
                sure=not (table.hosts or table.databases or table.placement or table.labels),
            )
            for table in settings.file.specs
        ),
    )
