"""Run the demo: start servers and workers, create a fleet, scan it through the queue, and show the report."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from coordinator.demo.folder import prepare_folder, write_configuration
from coordinator.demo.tenants import SCANNER, STORE, create_fleet, tenant_names
from coordinator.demo.workers import worker_processes
from coordinator.fleet.reader import OnProgress
from coordinator.iac.load import load_source
from coordinator.report.model import ScanReport
from coordinator.settings.load import load_settings
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis

ProgressFactory = Callable[[str, int], contextlib.AbstractContextManager[OnProgress]]


class DemoOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asked for.

    Args:
        directory: Where the demo's files go.
        tenants: How many tenants.
        serve: Keep running with the API and /metrics open.
        port: Where to listen; 0 takes a free one.
        interval: Seconds between scans while serving.
    """

    directory: Path
    tenants: int = 3
    serve: bool = False
    port: int = 0
    interval: float = 30.0


def run_demo(
    options: DemoOptions,
    say: Callable[[str], None],
    progress: ProgressFactory,
    on_report: Callable[[ScanReport], None],
    on_listening: Callable[[int], None],
) -> None:
    """Run the demo; every server and process it starts ends with it.

    Args:
        options: What was asked for.
        say: Prints one line.
        progress: Makes a progress bar from a label and a total.
        on_report: Called with the report of the scan, before serving begins.
        on_listening: Told the port of the API and /metrics, when they are open.

    Raises:
        DemoFolderError: When the folder holds something else.
        EmbeddedPostgresError, EmbeddedRedisError: When a server does not start.
    """
    names = tenant_names(options.tenants)
    prepare_folder(options.directory, names)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(EmbeddedPostgres(in_memory=True))
        redis = stack.enter_context(EmbeddedRedis())
        say("started an embedded PostgreSQL and an embedded Redis")
        with progress("tenants created", len(names)) as on_progress:
            source = load_source(options.directory / "infra")
            asyncio.run(create_fleet(server, source, names, on_progress))
        configuration = write_configuration(
            options.directory, server, redis, scanner=SCANNER, store=STORE, interval=options.interval, port=options.port
        )
        stack.enter_context(worker_processes(configuration, options.directory))
        say("started two Celery workers")
        asyncio.run(_scan_and_serve(configuration, options, progress, on_report, on_listening))


async def _scan_and_serve(
    configuration: Path,
    options: DemoOptions,
    progress: ProgressFactory,
    on_report: Callable[[ScanReport], None],
    on_listening: Callable[[int], None],
) -> None:
    from coordinator.daemon.service import Coordinator  # lazy: Celery and the API's framework are slow to import
    from coordinator.daemon.serving import serve_fleets

    settings = load_settings(configuration)
    async with Coordinator.open(settings) as coordinator:
        with progress("tenants scanned", options.tenants) as on_progress:
            on_report(await coordinator.scan(on_progress))
        if options.serve:
            await serve_fleets([coordinator], on_listening)
