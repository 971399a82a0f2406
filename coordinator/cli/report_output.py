"""The options that `check` and `scan` share, and how both print a report and choose the exit code."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import msgspec

from coordinator.cli.fleet_option import chosen_fleet, fleet_option
from coordinator.cli.output_file import different_files, write_output
from coordinator.iac.assignment import Assignment
from coordinator.report.exit_code import exit_code, status_to_exit_with
from coordinator.report.files import ReportForm, render, write_files
from coordinator.report.model import ReportBody, ScanReport
from coordinator.report.renderers.json import ReportDocument
from coordinator.scan.declared_files import DeclaredFiles, DeclaringSource
from coordinator.settings.load import load_fleets, load_settings
from coordinator.settings.model import Settings
from shared.formats import REPORT, decode_json
from shared.postgres.url import may_hold_secret


class Output(msgspec.Struct, frozen=True):
    """One of the forms in which a report is wanted.

    Args:
        form: Which.
        file: Where it is written; none prints it.
    """

    form: ReportForm
    file: Path | None = None


class OutputType(click.ParamType[Output]):
    """`FORM`, printed, or `FORM:FILE`."""

    name = "form"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002  # click's signature
        """Say what may be given."""
        return f"[{'|'.join(form.value for form in ReportForm)}][:FILE]"

    def convert(self, value: str | Output, param: click.Parameter | None, ctx: click.Context | None) -> Output:
        """Read a form of the report, with the file it is written to."""
        if isinstance(value, Output):
            return value
        name, colon, file = value.partition(":")
        forms = {form.value: form for form in ReportForm}
        if name not in forms:
            near = difflib.get_close_matches(name, forms, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(forms)}"
            shown = "this (not shown: it may hold a password)" if may_hold_secret(name) else repr(name)
            self.fail(f"{shown} is no form of a report; {hint}", param, ctx)
        if not colon:
            return Output(forms[name])
        if not file or Path(file).is_dir():
            self.fail(f"{value!r} names no file: {name}:FILE writes one, {name} prints it", param, ctx)
        return Output(forms[name], Path(file))


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What `check` and `scan` are to do with their report.

    Args:
        outputs: In which forms it is wanted, at most one of them printed.
        fail_on_pending: A rollout that has not reached every tenant exits as drift does.
        since: An earlier report.json: only what is new since counts as drift.
    """

    outputs: tuple[Output, ...]
    fail_on_pending: bool = False
    since: Path | None = None


def scan_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--config`, `--fleet`, and `--output`, `--full`, `--since` and `--fail-on-pending`, handed on as `wanted`."""

    @functools.wraps(function)
    def with_wanted(
        *, outputs: tuple[Output, ...], full: bool, fail_on_pending: bool, since: Path | None, **rest: Any
    ) -> Any:
        chosen = tuple(_in_full(output) for output in outputs) if full else outputs
        if sum(output.file is None for output in chosen) > 1:
            raise click.UsageError(
                "only one --output can be printed; give the others a file: --output json:report.json"
            )
        different_files([output.file for output in chosen if output.file])
        return function(wanted=Wanted(outputs=chosen, fail_on_pending=fail_on_pending, since=since), **rest)

    options = (
        click.option("-c", "--config", type=click.Path(path_type=Path), default="fleetdrift.toml", show_default=True),
        fleet_option,
        click.option(
            "--output",
            "outputs",
            type=OutputType(),
            multiple=True,
            default=("text",),
            help="In which form the report is printed, or written to a file; may be given several times.",
        ),
        click.option("--full", is_flag=True, help="Print every drift group in full, also when there are many."),
        click.option(
            "--since",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="REPORT",
            help="A report.json of an earlier scan: say what is new, and exit with 2 only for that.",
        ),
        click.option(
            "--fail-on-pending",
            is_flag=True,
            help="Exit with 2 when a tenant is pending, as for drift; by default with 0.",
        ),
    )
    decorated: Callable[..., Any] = with_wanted
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


def _in_full(output: Output) -> Output:
    return Output(ReportForm.FULL_TEXT, output.file) if output.form is ReportForm.TEXT else output


def settings_of(config: Path, given: Iterable[Assignment] = ()) -> Settings:
    """Load the configuration of the fleet that `--fleet` names, with a hint when there is none.

    Args:
        config: fleetdrift.toml.
        given: Values of variables from the command line: they count more than `[spec] variables`.

    Raises:
        SettingsError: See `load_settings`.
    """
    insist_on(config)
    return _given(load_settings(config, fleet=chosen_fleet()), given)


def settings_of_fleets(config: Path, given: Iterable[Assignment], fleet: str) -> tuple[Settings, ...]:
    """Load the configuration of every fleet, or of one; see `settings_of`.

    Args:
        config: fleetdrift.toml.
        given: Values of variables from the command line.
        fleet: The one; empty for all.
    """
    found = (load_settings(config, fleet=fleet),) if fleet else load_fleets(config)
    return tuple(_given(settings, given) for settings in found)


def insist_on(config: Path) -> None:
    """Refuse a configuration that is not there, with a hint."""
    if not config.exists():
        raise click.UsageError(
            f"there is no {config}; name one with --config (deploy/fleetdrift.example.toml shows all)"
        )


def _given(settings: Settings, given: Iterable[Assignment]) -> Settings:
    values = ((entry.name, str(entry.value)) for entry in given)
    variables = tuple((name, value if name else str(Path(value).resolve())) for name, value in values)
    return msgspec.structs.replace(settings, given=variables)


def earlier_report(wanted: Wanted) -> ReportBody | None:
    """Read the report that `--since` names, before a scan is made for it.

    Raises:
        FormatError: When it is no report.json of this release.
    """
    if wanted.since is None:
        return None
    try:
        content = wanted.since.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{wanted.since} cannot be read: {error.strerror}") from None
    return decode_json(REPORT, content, ReportDocument).report


def deliver(report: ScanReport, settings: Settings, wanted: Wanted, before: ReportBody | None = None) -> None:
    """Print and write the report, and exit with the documented code.

    Args:
        report: What the scan found.
        settings: The configuration.
        wanted: What to do with it.
        before: The report of `--since`.

    Raises:
        click.exceptions.Exit: Always, with the exit code.
    """
    hand_out(report, settings, wanted, before)
    status = status_to_exit_with(report, fail_on_pending=wanted.fail_on_pending, before=before)
    raise click.exceptions.Exit(exit_code(status))


def hand_out(report: ScanReport, settings: Settings, wanted: Wanted, before: ReportBody | None = None) -> None:
    """Print and write the report; see `deliver`."""
    for output in wanted.outputs:
        text = render(report, output.form, _declared_files(settings).paths_for, before)
        if output.file is None:
            click.echo(text, nl=False)
        else:
            write_output(output.file, text)
    if settings.file.report.directory and report.selection is None:
        write_files(report, Path(settings.root, settings.file.report.directory))


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
