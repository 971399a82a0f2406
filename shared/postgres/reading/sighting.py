"""Decide by the change token whether a tenant is unchanged since an earlier scan."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import asyncpg
import msgspec

from shared.postgres.names.own_names import OwnNames
from shared.postgres.reading.catalog import reading_hash
from shared.postgres.reading.fingerprint import FINGERPRINT_VERSION, fingerprint_in_transaction, read_change_token
from shared.postgres.reading.introspect import (
    CatalogRows,
    Lines,
    build_snapshot,
    fingerprint_of_lines,
    read_lines,
    read_rows,
)
from shared.postgres.reading.moment import Moment, read_until_unchanged
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
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
    if seen.scope != scope_of(profile, own) or not seen.token:
        return False
    return await read_change_token(connection, limits=limits) == seen.token


async def read_tenant(
    connection: asyncpg.Connection,
    own: OwnNames,
    profile: Profile,
    limits: Limits,
    *,
    with_token: bool,
    is_known: Callable[[Sighting], bool],
) -> tuple[Sighting, Snapshot | None]:
    """Read the fingerprint, the change token for which it holds, and the schema itself where the caller lacks it.

    Args:
        connection: Not inside a transaction.
        own: The names that are replaced.
        profile: Which facets count.
        limits: Bounds on time, rows and bytes.
        with_token: Whether the token is wanted. Without, it is in the sighting only where the reading itself needed it.
        is_known: Says of what was read whether the caller has the schema; it is then not read.

    Returns:
        The fingerprint that is stated, and the snapshot, both of one state of the database.

    Raises:
        TargetError, asyncpg.PostgresError: As `read_until_unchanged`; `limit` when the schema is too large.
    """

    async def read(moment: Moment) -> tuple[Moment, Sighting, CatalogRows | None]:
        if with_token:
            await moment.token()
        lines: Lines | None = None
        if own:
            lines = await read_lines(moment, own, profile=profile, limits=limits)
            found = fingerprint_of_lines(lines, moment.server, profile)
        else:
            found = await fingerprint_in_transaction(connection, moment.server, profile=profile, limits=limits)
        stated = Sighting(scope_of(profile, own), "", found.hex, found.rows)
        if is_known(stated):
            return moment, stated, None
        return moment, stated, await read_rows(moment, own, lines, profile=profile, limits=limits)

    moment, stated, rows = await read_until_unchanged(connection, limits, read)
    stated = msgspec.structs.replace(stated, token=moment.known_token)
    return stated, build_snapshot(rows, own.namespace, profile) if rows is not None else None


def scope_of(profile: Profile, own: OwnNames) -> str:
    """Name what a fingerprint is of: the queries, the facets and the names that are replaced."""
    scope = repr((FINGERPRINT_VERSION, reading_hash(), profile.label(), own.namespace, own.literal, own.roles))
    return hashlib.sha256(scope.encode()).hexdigest()
