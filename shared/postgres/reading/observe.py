"""Read one tenant: connect, take the fingerprint, and read the schema itself only when the fingerprint is new."""

from __future__ import annotations

import asyncio

import asyncpg
import msgspec

from shared.hosts import Host
from shared.postgres.connection import close, connect_tenant, server_version, translated
from shared.postgres.failures import CLOSED, TargetError, was_ended_by_server
from shared.postgres.names.own_names import own_names
from shared.postgres.owners import ENDS_SESSIONS, Overrides, get_past
from shared.postgres.reading.counters import read_counters
from shared.postgres.reading.observe_namespaces import (
    ENDED,
    LOOK_AGAIN_AFTER_SECONDS,
    MAX_READINGS_WHILE_MIGRATING,
    observe_namespaces,
)
from shared.postgres.reading.sighting import read_tenant, unchanged_since
from shared.postgres.reading.versions import read_progress
from shared.schema.canonical import content_hash
from shared.schema.schema import Snapshot
from shared.targets import Depth, Failure, FailureKind, Observation, ReadRequest, Sighting, Target


async def observe(host: Host, target: Target, wanted: ReadRequest) -> Observation:
    """Read one target once.

    Args:
        host: Where it lives, with the credential.
        target: What to read.
        wanted: What the caller wants of it, and what it knows already.

    Raises:
        TargetError: The target could not be read; nothing else is raised for what a target does.
    """

    async def read(overrides: Overrides) -> Observation:
        with translated(secret):
            connection = await connect_tenant(host, target.database, wanted.limits, overrides)
            try:
                return await _observe_settled(connection, target, wanted)
            except BaseException as error:
                connection.terminate()
                if was_ended_by_server(error):
                    raise TargetError(FailureKind.LOST, ENDED, CLOSED) from None
                raise
            finally:
                if not connection.is_closed():
                    await close(connection)

    if target.namespace:
        earlier = {target.tenant: wanted.earlier} if wanted.earlier is not None else {}
        result = (await observe_namespaces(host, (target,), wanted, earlier))[target.tenant]
        if isinstance(result, Failure):
            raise TargetError(result.kind, result.message)
        return result
    secret = host.password.reveal() if host.password else ""
    with translated(secret):
        async with asyncio.timeout(wanted.limits.tenant_timeout):
            return await get_past(read, ENDS_SESSIONS)


async def _observe_settled(connection: asyncpg.Connection, target: Target, wanted: ReadRequest) -> Observation:
    """Look at a target again while a migration is under way: a half-applied one says nothing about its schema."""
    for _ in range(MAX_READINGS_WHILE_MIGRATING - 1):
        seen = await _observe(connection, target, wanted)
        moving = bool(seen.running) or any(version.dirty for version in seen.versions)
        if not moving:
            return seen
        await asyncio.sleep(LOOK_AGAIN_AFTER_SECONDS)
    return await _observe(connection, target, wanted)


async def _observe(connection: asyncpg.Connection, target: Target, wanted: ReadRequest) -> Observation:
    own = own_names(target, wanted.profile)
    limits, profile, known, seen = wanted.limits, wanted.profile, wanted.known, wanted.earlier
    snapshot: Snapshot | None = None
    fresh: Sighting | None = None
    statement, depth = "", Depth.TOKEN
    counters = await read_counters(connection) if seen is not None else ""
    if (
        seen is None
        or seen.fingerprint not in known
        or not await unchanged_since(connection, own, seen, profile, limits)
    ):
        stated, snapshot = await read_tenant(
            connection,
            own,
            profile,
            limits,
            with_token=_wants_token(seen, counters),
            is_known=lambda stated: wanted.names.get(_said_by(target.host, stated), "") in known,
        )
        said = _said_by(target.host, stated)
        name = snapshot.fingerprint if snapshot is not None else wanted.names[said]
        statement = said if snapshot is not None else ""
        seen = fresh = msgspec.structs.replace(stated, fingerprint=name)
        depth = Depth.FINGERPRINT if snapshot is None else Depth.ROWS
    progress = await read_progress(connection, limits=limits)
    return Observation(
        fingerprint=seen.fingerprint,
        server_version=server_version(connection),
        versions=progress.versions,
        running=progress.running,
        rows_scanned=seen.rows,
        snapshot=snapshot if seen.fingerprint not in known else None,
        statement=statement,
        sighting=fresh if wanted.earlier is not None else None,
        depth=depth,
        counters=counters,
    )


def _wants_token(seen: Sighting | None, counters: str) -> bool:
    """Say whether a reading takes the change token, a sixth of what it costs, so that the next look can be a glance.

    Where counters say that nothing was written, hardly any tenant is looked at by its token. One that was read before
    and is looked at again all the same gets one.
    """
    return seen is not None and bool(seen.fingerprint or not counters)


def _said_by(host: str, stated: Sighting) -> str:
    """Name what a host states, so that its word stands for nothing on another host."""
    return content_hash("statement/1", (host, stated.fingerprint, stated.scope))
