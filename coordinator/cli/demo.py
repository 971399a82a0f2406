"""`fleetdrift demo`: create a small drifted fleet on servers of its own, and scan it with real workers."""

from __future__ import annotations

from pathlib import Path

import click

from coordinator.cli.log_options import log_options
from coordinator.cli.progress import progress
from coordinator.cli.serve import announce
from coordinator.report.model import ScanReport


@click.command("demo")
@click.option("--tenants", type=click.IntRange(1, 10_000), help="How large a fleet; default: 3, and with a story 300.")
@click.option(
    "--directory", type=click.Path(path_type=Path, file_okay=False), default=Path("fleetdrift-demo"), show_default=True
)
@click.option(
    "--serve", is_flag=True, help="Keep running, with the pages open: without --tenants for a fleet with a story."
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where --serve listens; default: a free port.")
@click.option(
    "--interval",
    type=click.FloatRange(min=1),
    default=30.0,
    show_default=True,
    help="Seconds between scans while serving.",
)
@log_options("warning")
def command(tenants: int | None, directory: Path, *, serve: bool, port: int, interval: float) -> None:
    """Start a fleet of drifted tenants on servers of its own, scan it, and show the report.

    With --serve, and without --tenants, the fleet has a past of a month: five changes of different ages, one of which
    breaks a query of the Rust service, a rollout half-way, and a server that is lost.

    Everything that is started is stopped again. The exit code is 0 when the demo ran, whatever it found.
    """
    from coordinator.demo.run import DemoOptions, DemoOutput, run_demo  # lazy: cold start

    options = DemoOptions(directory=directory, tenants=tenants, serve=serve, port=port, interval=interval)
    output = DemoOutput(
        click.echo,
        progress,
        on_report=lambda report: _show(report, options.directory, serve=serve),
        on_listening=lambda number: announce("127.0.0.1", number),
    )
    run_demo(options, output)


def _show(report: ScanReport, directory: Path, *, serve: bool) -> None:
    from coordinator.report.files import ReportForm, render, write_files  # lazy: cold start

    click.echo(render(report, ReportForm.TEXT), nl=False)
    files = write_files(report, directory)
    click.echo("\nThe report: " + ", ".join(str(path) for path in files))
    if serve:
        return
    click.echo(
        f"The declaration that was checked: {directory}/infra/main.tf; the Rust service: {directory}/service/src"
    )
    click.echo(
        "Next: copy deploy/fleetdrift.example.toml and run `fleetdrift check` on a fleet of your own, or look at the"
        "\n      pages of a larger one, with a month behind it: `fleetdrift demo --serve`"
    )
