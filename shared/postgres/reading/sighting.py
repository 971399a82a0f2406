"""Decide by the change token whether a tenant is unchanged since an earlier scan."""

from __future__ import annotations

import hashlib

import asyncpg

from shared.postgres.names.own_names import OwnNames
from shared.postgres.reading.catalog import reading_hash
from shared.postgres.reading.fingerprint import (
    FINGERPRINT_VERSION,
    fingerprint_in_transaction,
    read_change_token,
    read_until_unchanged,
    token_in_transaction,
)
from shared.postgres.reading.introspect import own_fingerprint_in_transaction
from shared.postgres.session import Server
from shared.schema.profile import Profile
from shared.targets import Limits, Sighting


async def unchanged_since(
    connection: asyncpg.Connection, own: OwnNames, seen: Sighting, profile: Profile, limits: Limits
) -> bool:
    """Say whether the catalogs hold the rows they held then, and the fingerprint would be taken of the same things.

    Args:
        connection: Not inside a transaction.
        own: The names that are replaced.
        seen: What the earlier scan saw.
        profile: Which facets count.
        limits: Bounds on time.

    Raises:
        TargetError, asyncpg.PostgresError: As `read_change_token`.
    """
    if seen.scope != _scope(profile, own) or not seen.token:
        return False
    return await read_change_token(connection, limits=limits) == seen.token


async def read_sighting(
    connection: asyncpg.Connection, own: OwnNames, profile: Profile, limits: Limits, *, with_token: bool
) -> Sighting:
    """Read the fingerprint, and the change token for which it holds.

    Args:
        connection: Not inside a transaction.
        own: The names that are replaced.
        profile: Which facets count.
        limits: Bounds on time, rows and bytes.
        with_token: Whether the token is needed: the caller remembers sightings.

    Raises:
        TargetError, asyncpg.PostgresError: As `read_until_unchanged`; `limit` when the schema is too large.
    """

    async def read(server: Server) -> Sighting:
        token = await token_in_transaction(connection) if with_token else ""
        if own:
            found = await own_fingerprint_in_transaction(connection, server, own, profile=profile, limits=limits)
        else:
            found = await fingerprint_in_transaction(connection, server, profile=profile, limits=limits)
        return Sighting(_scope(profile, own), token, found.hex, found.rows)

    return await read_until_unchanged(connection, limits, read)


def _scope(profile: Profile, own: OwnNames) -> str:
    scope = repr((FINGERPRINT_VERSION, reading_hash(), profile.label(), own.namespace, own.literal, own.roles))
    return hashlib.sha256(scope.encode()).hexdigest()
