"""`fleetdrift workers`: who is there to work for a fleet."""

from __future__ import annotations

import asyncio
import os

import click

from coordinator.cli.remembered import TOKEN_VARIABLE, Form, Place, memory_options, print_json
from coordinator.cli.report_output import settings_of
from coordinator.records.documents import WorkersList
from shared.hosts import Secret


@click.command("workers")
@memory_options(Form.TEXT, Form.JSON, Form.CSV)
def command(place: Place, output: str) -> None:
    """List the living workers of the fleet with their slots, and say how many messages wait for them.

    Asks the Redis of the configuration, or with --server a coordinator. Exit code 1 when Redis does not say.
    """
    found = asyncio.run(_ask(place))
    match output:
        case Form.JSON:
            print_json(found)
        case Form.CSV:
            from coordinator.records.tables import workers_csv  # lazy: cold start

            click.echo(workers_csv(found.workers), nl=False)
        case _:
            from coordinator.cli.records_text import workers_text  # lazy: cold start

            click.echo(workers_text(found), nl=False)
    if found.problem:
        raise click.ClickException(found.problem)


async def _ask(place: Place) -> WorkersList:
    if place.server:
        from coordinator.records.remote import RemoteRecords  # lazy: cold start

        token = os.environ.get(TOKEN_VARIABLE)
        return await RemoteRecords(place.server, Secret(token) if token else None, place.fleet).workers()
    from coordinator.records.crew_list import list_workers  # lazy: cold start
    from coordinator.settings.load import required
    from shared.messages import Keys
    from shared.signing import KeyRing

    settings = settings_of(place.config)
    fleet = settings.file.fleet.name
    return await list_workers(
        required(settings.redis_url, "redis.url"), Keys(fleet, KeyRing(settings.redis_keys)), fleet
    )
