"""Read one tenant: connect, name what it holds, and carry the schema away only when nobody has seen it before."""

from __future__ import annotations

import asyncio
from collections.abc import Container

import asyncpg

from shared.hosts import Host
from shared.postgres.connection import close, connect_tenant, translated
from shared.postgres.fingerprint import Fingerprint, read_fingerprint
from shared.postgres.introspect import read_own_fingerprint, read_snapshot
from shared.postgres.own_names import own_names
from shared.postgres.versions import read_versions
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.targets import Limits, Observation, Target


async def observe(host: Host, target: Target, limits: Limits, known: Container[str], profile: Profile) -> Observation:
    """Read one target once.

    Args:
        host: Where it lives, with the credential.
        target: What to read.
        limits: Bounds on everything its server can make us wait for or hold.
        known: Fingerprints whose schema the caller has; such a schema is not read again.
        profile: Which facets are read.

    Raises:
        TargetError: The target could not be read; nothing else is raised for what a target does.
    """
    secret = host.password.reveal() if host.password else ""
    with translated(secret):
        async with asyncio.timeout(limits.tenant_timeout):
            connection = await connect_tenant(host, target.database, limits)
            try:
                return await _observe(connection, target, limits, known, profile)
            except BaseException:
                connection.terminate()
                raise
            finally:
                if not connection.is_closed():
                    await close(connection)


async def _observe(
    connection: asyncpg.Connection, target: Target, limits: Limits, known: Container[str], profile: Profile
) -> Observation:
    snapshot: Snapshot | None = None
    own = own_names(target, profile)
    if own:
        fingerprint = await read_own_fingerprint(connection, own, profile=profile, limits=limits)
    else:
        fingerprint = await read_fingerprint(connection, profile=profile, limits=limits)
    if fingerprint.hex not in known:
        snapshot = await read_snapshot(connection, own=own, profile=profile, limits=limits)
        fingerprint = Fingerprint(snapshot.fingerprint, len(snapshot.schema.objects))
    versions = await read_versions(connection, namespace=target.namespace, limits=limits)
    return Observation(
        fingerprint=fingerprint.hex,
        server_version=_server_version(connection),
        versions=versions,
        rows_scanned=fingerprint.rows,
        snapshot=snapshot if fingerprint.hex not in known else None,
    )


def _server_version(connection: asyncpg.Connection) -> int:
    version = connection.get_server_version()
    return int(version.major) * 10000 + int(version.minor)
