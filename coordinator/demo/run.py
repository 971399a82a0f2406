"""Run the demo: start servers and workers, create a fleet, scan it through the queue, and show the report."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from coordinator.demo.folder import prepare_folder, prepare_folder_with_a_past, write_configuration
from coordinator.demo.story import CHAPTERS, TENANTS, TENANTS_NEAR, StoryFleet, tell_story
from coordinator.demo.tenants import OWNER, SCANNER, STORE, create_fleet, hand_made_changes, no_changes, tenant_names
from coordinator.demo.workers import worker_processes
from coordinator.fleet.reader import OnProgress
from coordinator.iac.load import load_source
from coordinator.report.model import ScanReport
from coordinator.settings.load import load_settings
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis

if TYPE_CHECKING:
    from coordinator.daemon.service import Coordinator

ProgressFactory = Callable[[str, int], contextlib.AbstractContextManager[OnProgress]]

_TENANTS_OF_A_SHORT_DEMO = 3


class DemoOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asked for.

    Args:
        directory: Where the demo's files go.
        tenants: How many tenants; none for as many as the demo likes.
        serve: Keep running with the pages, the API and /metrics open.
        port: Where to listen; 0 takes a free one.
        interval: Seconds between scans while serving.
    """

    directory: Path
    tenants: int | None = None
    serve: bool = False
    port: int = 0
    interval: float = 30.0

    @property
    def has_story(self) -> bool:
        """Say whether the fleet has a past."""
        return self.serve and self.tenants is None

    @property
    def size(self) -> int:
        """How many tenants there are."""
        return TENANTS if self.has_story else self.tenants or _TENANTS_OF_A_SHORT_DEMO


class DemoOutput(msgspec.Struct, frozen=True):
    """Where a demo says what it does.

    Args:
        say: Prints one line.
        progress: Makes a progress bar from a label and a total.
        on_report: Called with the report of the newest scan, before serving begins.
        on_listening: Told the port of the pages, the API and /metrics, when they are open.
    """

    say: Callable[[str], None]
    progress: ProgressFactory
    on_report: Callable[[ScanReport], None]
    on_listening: Callable[[int], None]


def run_demo(options: DemoOptions, output: DemoOutput) -> None:
    """Run the demo; every server and process it starts ends with it.

    Args:
        options: What was asked for.
        output: Where it is said.

    Raises:
        DemoFolderError: When the folder holds something else.
        EmbeddedPostgresError, EmbeddedRedisError: When a server does not start.
    """
    names = tenant_names(options.size)
    near, far = (names[:TENANTS_NEAR], names[TENANTS_NEAR:]) if options.has_story else (names, ())
    if options.has_story:
        places = [*((name, "demo") for name in near), *((name, "west") for name in far)]
        prepare_folder_with_a_past(options.directory, places)
    else:
        prepare_folder(options.directory, names)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(EmbeddedPostgres(in_memory=True))
        west = stack.enter_context(EmbeddedPostgres(in_memory=True)) if options.has_story else None
        redis = stack.enter_context(EmbeddedRedis())
        output.say("started an embedded PostgreSQL and an embedded Redis")
        with output.progress("tenants created", len(names)) as on_progress:
            source = load_source(options.directory / "infra")
            changes = no_changes if options.has_story else hand_made_changes
            asyncio.run(create_fleet(server, source, near, on_progress, changes))
            if west is not None:
                asyncio.run(create_fleet(west, source, far, lambda done: on_progress(len(near) + done), changes))
        configuration = write_configuration(
            options.directory,
            server,
            redis,
            scanner=SCANNER,
            owner=OWNER,
            store=STORE,
            interval=options.interval,
            port=options.port,
            west=west,
        )
        stack.enter_context(worker_processes(configuration, options.directory))
        output.say("started two Celery workers")
        story = StoryFleet(options.directory, server, west) if west is not None else None
        asyncio.run(_scan_and_serve(configuration, options, output, story))


async def _scan_and_serve(
    configuration: Path, options: DemoOptions, output: DemoOutput, story: StoryFleet | None
) -> None:
    from coordinator.daemon.configuration import Configuration  # lazy: Celery and the API are slow to import
    from coordinator.daemon.service import Coordinator
    from coordinator.daemon.serving import serve_fleets

    settings = load_settings(configuration)
    async with Coordinator.open(settings) as coordinator:
        if story is not None:
            await _tell(story, coordinator, output)
        with output.progress("tenants scanned", options.size) as on_progress:
            output.on_report(await coordinator.scan(on_progress))
        if options.serve:
            followed = Configuration(configuration, [settings], lambda: [load_settings(configuration)])
            await serve_fleets([coordinator], output.on_listening, followed)


async def _tell(story: StoryFleet, coordinator: Coordinator, output: DemoOutput) -> None:
    """Let the fleet live through a month."""

    async def scan(ago: dt.timedelta, purpose: str) -> None:
        await coordinator.behind(ago).scan(lambda _: None, purpose=purpose)

    with output.progress("days of its past", len(CHAPTERS)) as on_progress:
        await tell_story(story, scan, on_progress)
