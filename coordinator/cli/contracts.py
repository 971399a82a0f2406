"""`fleetdrift contracts`: what Rust services say to the database, and what of it breaks in a schema."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from coordinator.cli.exit_codes import DRIFT, IN_SYNC, INCOMPLETE
from coordinator.cli.scratch_option import scratch_option
from coordinator.cli.source_options import source_help, tell_unread
from coordinator.compare.contracts import check_services, check_services_statically, read_services, with_source_lines
from coordinator.report.contract_report import ContractReport
from coordinator.report.declaring_paths import DeclaringPaths, as_origins_say
from coordinator.scan.declared_files import DeclaredFiles, DeclaringSource
from coordinator.settings.model import ContractTable
from shared.contracts.contract import VerdictStatus
from shared.contracts.coverage import coverage_of

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_rust = click.option(
    "--rust", "folders", type=_FOLDER, multiple=True, required=True, help="Folder of a crate or workspace; repeatable."
)


def _reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how services are read; the command receives `reading`, what `[[contracts]]` would hold.

    They are called as the keys of `[[contracts]]` are.
    """

    @click.option(
        "--features", metavar="NAMES", help="Cargo features that are on, with commas; by default all are read."
    )
    @click.option("--exclude", multiple=True, metavar="PATTERN", help="Files that are left out; repeatable.")
    @click.option(
        "--accept-unread", multiple=True, metavar="DRIVER", help="Nothing needs to be read of this crate; repeatable."
    )
    @functools.wraps(function)
    def wrapper(
        *args: Any, features: str | None, exclude: tuple[str, ...], accept_unread: tuple[str, ...], **kwargs: Any
    ) -> Any:
        on = None if features is None else tuple(features.replace(",", " ").split())
        reading = ContractTable(service="", path="", features=on, exclude=exclude, accept_unread=accept_unread)
        return function(*args, reading=reading, **kwargs)

    return wrapper


@click.group("contracts")
def command() -> None:
    """Check Rust services against schemas: their queries, their structs and enums."""


@command.command("check", epilog=source_help)
@_rust
@_reading_options
@click.option("--desired", required=True, metavar="SOURCE", help="What is declared.")
@click.option("--observed", required=True, metavar="SOURCE", help="What one tenant has.")
@click.option("--search-path", default="", help="With which the services connect, as SET search_path takes it.")
@click.option("--role", default="", help="As which the services connect: its privileges and policies count.")
@click.option("--static", "judge", flag_value="static", help="Judge without PostgreSQL: faster, and it sees less.")
@scratch_option
@click.option("--output", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
def check(
    folders: tuple[Path, ...],
    *,
    reading: ContractTable,
    desired: str,
    observed: str,
    search_path: str,
    role: str,
    judge: str | None,
    output: str,
) -> None:
    """Find what of the services breaks in OBSERVED and works in DESIRED.

    Exit codes: 2 when something is violated or at risk that the declared schema keeps, else 3 when something of the
    services or of the sources could not be read or decided, else 0.
    """
    connecting = msgspec.structs.replace(reading, search_path=_names(search_path), role=role)
    contracts = read_services(folders, connecting)
    check_them = check_services_statically if judge else check_services
    checked = asyncio.run(check_them(contracts, desired, observed))
    report = checked.report
    by_service = {contract.service: folder for contract, folder in zip(contracts, folders, strict=True)}
    click.echo(_render(with_source_lines(report, by_service), output, desired), nl=False)
    unread = tell_unread(checked.unread)
    undecided = any(verdict.status is VerdictStatus.UNVERIFIED for verdict in report.new)
    is_incomplete = unread or undecided or report.coverage.unread or report.static_because
    raise click.exceptions.Exit(DRIFT if report.breaks else INCOMPLETE if is_incomplete else IN_SYNC)


@command.command("list")
@_rust
@_reading_options
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_(folders: tuple[Path, ...], *, reading: ContractTable, output: str) -> None:
    """Print what was found in the services: driver, form and place of each query, and what could not be read."""
    contracts = read_services(folders, reading)
    coverage = coverage_of(contracts)
    if output == "json":
        from coordinator.report.contract_report import listing_json  # lazy: cold start

        click.echo(listing_json(contracts, coverage), nl=False)
        return
    from coordinator.report.renderers.contract_text import render_listing  # lazy: cold start

    click.echo(render_listing(contracts, coverage), nl=False)


def _render(report: ContractReport, output: str, desired: str) -> str:
    if output == "json":
        from coordinator.report.contract_report import contract_json  # lazy: cold start

        return contract_json(report)
    if output == "sarif":
        from coordinator.report.renderers.sarif import render_contract_sarif  # lazy: cold start

        return render_contract_sarif(report, _declaring_paths(desired))
    from coordinator.report.renderers.contract_text import render_check  # lazy: cold start

    return render_check(report)


def _declaring_paths(desired: str) -> DeclaringPaths:
    if "://" in desired:
        return as_origins_say  # a database has no declaring files, and its URL is no path
    return DeclaredFiles(sources=(DeclaringSource(path=Path(desired)),)).paths_for


def _names(search_path: str) -> tuple[str, ...]:
    """Part a search path into its names, which may be quoted."""
    parts = (part.strip() for part in search_path.split(","))
    return tuple(part[1:-1].replace('""', '"') if part.startswith('"') else part.lower() for part in parts if part)
