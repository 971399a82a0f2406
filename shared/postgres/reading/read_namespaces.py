"""Read namespaces of a database in one transaction each time: which of them moved, and the snapshots of those."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import asyncpg
import msgspec

from shared.postgres.failures import TargetError
from shared.postgres.names.own_names import OwnNames, own_names
from shared.postgres.query_files import query_text
from shared.postgres.reading.dependencies import Address, EdgesByOwner, parse_address
from shared.postgres.reading.introspect import CatalogRows, Lines, build_snapshot, read_edges, read_inherited_names
from shared.postgres.reading.moment import DROPPED_MEANWHILE, READ_ATTEMPTS, Moment, Since, read_company, what_came
from shared.postgres.reading.namespace_lines import read_lines_of_many
from shared.postgres.reading.namespace_tokens import NamespaceTokens, read_namespace_tokens, with_objects
from shared.postgres.reading.sighting import scope_of
from shared.postgres.session import ask, read_transaction
from shared.schema.schema import Snapshot
from shared.targets import MAX_NAMESPACES_TOGETHER, Failure, FailureKind, ReadRequest, Sighting, Target

MAX_NAMESPACES_PER_CONNECTION = MAX_NAMESPACES_TOGETHER
"""Namespaces whose rows are read over one connection: the server process keeps what it has seen of each."""

_MAX_CATALOG_ROWS_PER_CONNECTION = 200_000
_KEPT_CHANGING = Failure(FailureKind.BUSY, "the schema kept changing while it was read")


class Reading(msgspec.Struct, frozen=True):
    """What was read of a namespace.

    Args:
        seen: Its token, the name of its snapshot and how many rows that holds.
        moved: It was read in full.
        snapshot: Only when nobody has it.
    """

    seen: Sighting
    moved: bool
    snapshot: Snapshot | None = None


class GroupReading(msgspec.Struct):
    """What became of namespaces that were read together.

    Args:
        readings: By tenant.
        failures: By tenant: those that kept changing, and those whose rows say nothing.
        left: Groups that another connection has to read: for they lie behind a lock, or were too many.
    """

    readings: dict[str, Reading] = {}
    failures: dict[str, Failure] = {}
    left: list[tuple[Target, ...]] = []


async def read_group(
    connection: asyncpg.Connection,
    targets: Sequence[Target],
    wanted: ReadRequest,
    earlier: Mapping[str, Sighting],
) -> GroupReading:
    """Read namespaces of one database, those that moved in full.

    Args:
        connection: Not inside a transaction.
        targets: The namespaces.
        wanted: What the caller wants of each.
        earlier: By tenant; what earlier scans saw.

    Raises:
        TargetError, asyncpg.PostgresError: As `read_transaction`; `limit` when one of them is too large.
    """
    group = GroupReading()
    waiting = list(targets)
    for _ in range(READ_ATTEMPTS):
        if not waiting:
            break
        company = await read_company(connection)
        try:
            async with read_transaction(connection, wanted.limits) as server:
                moment = Moment(connection, server)
                tokens = await read_namespace_tokens(moment)
                settled = {target.tenant: _as_it_was(target, tokens, wanted, earlier) for target in waiting}
                now, left = await _choose(moment, tokens, [each for each in waiting if not settled[each.tenant]])
                rows = await _read_rows(moment, now, tokens, wanted)
                since = await what_came(connection, company) if now else Since.NOTHING
        except asyncpg.InternalServerError as error:
            if not str(error).startswith(DROPPED_MEANWHILE):
                raise
            continue
        group.readings |= {tenant: reading for tenant, reading in settled.items() if reading is not None}
        group.left += left
        waiting = await _still_moving(connection, now, tokens, since, wanted)
        await _build([target for target in now if target not in waiting], rows, wanted, group)
    group.failures |= dict.fromkeys((target.tenant for target in waiting), _KEPT_CHANGING)
    return group


async def _choose(
    moment: Moment, tokens: NamespaceTokens, moved: list[Target]
) -> tuple[list[Target], list[tuple[Target, ...]]]:
    """Give the namespaces to read now, and groups to read by themselves."""
    if len(moved) < 2:  # noqa: PLR2004  # whoever is alone has nobody to be set apart from
        return moved, []
    locked = {int(number) for (number,) in await ask(moment.connection, query_text("locked_namespaces.sql"), columns=1)}
    names = {name for name, namespace in tokens.namespaces.items() if namespace.number in locked}
    apart = [(target,) for target in moved if target.namespace in names]
    now, later = _within_bounds([target for target in moved if target.namespace not in names], tokens)
    return now, [*([later] if later else []), *apart]


def _as_it_was(
    target: Target, tokens: NamespaceTokens, wanted: ReadRequest, earlier: Mapping[str, Sighting]
) -> Reading | None:
    """Give what an earlier scan saw of a namespace that has not moved since."""
    seen = earlier.get(target.tenant)
    if seen is None or seen.fingerprint not in wanted.known or seen.token != tokens.of(target.namespace):
        return None
    scope = scope_of(wanted.profile, own_names(target, wanted.profile))
    return Reading(seen, moved=False) if seen.scope == scope else None


def _within_bounds(targets: list[Target], tokens: NamespaceTokens) -> tuple[list[Target], tuple[Target, ...]]:
    rows = 0
    for position, target in enumerate(targets):
        rows += tokens.rows_of(target.namespace)
        full = position == MAX_NAMESPACES_PER_CONNECTION or rows > _MAX_CATALOG_ROWS_PER_CONNECTION
        if full and position:
            return targets[:position], tuple(targets[position:])
    return targets, ()


class _Rows(msgspec.Struct, frozen=True):
    """What was read of namespaces that moved, before anybody knows whether they moved on meanwhile."""

    server_version: int
    tokens: NamespaceTokens
    lines: Mapping[str, Lines]
    edges: EdgesByOwner
    not_null_names: tuple[tuple[Address, str], ...]


async def _read_rows(moment: Moment, targets: Sequence[Target], tokens: NamespaceTokens, wanted: ReadRequest) -> _Rows:
    version = moment.server.version
    if not targets:
        return _Rows(version, tokens, {}, EdgesByOwner(()), ())
    own = {target.namespace: own_names(target, wanted.profile) for target in targets}
    lines = await read_lines_of_many(moment, own, tokens.namespaces, profile=wanted.profile, limits=wanted.limits)
    edges = EdgesByOwner(await read_edges(moment.connection, _edges_of(own, tokens)))
    return _Rows(version, tokens, lines, edges, await read_inherited_names(moment))


async def _build(targets: Sequence[Target], rows: _Rows, wanted: ReadRequest, group: GroupReading) -> None:
    """Make the snapshots of namespaces that stood still while they were read."""
    profile = wanted.profile
    given: set[str] = set()
    for target in targets:
        lines = rows.lines[target.namespace].lines
        edges = rows.edges.of(parse_address(line.address) for line in lines)
        read = CatalogRows(rows.server_version, lines, edges, rows.not_null_names)
        try:
            snapshot = build_snapshot(read, target.namespace, profile)
        except TargetError as error:
            group.failures[target.tenant] = error.failure
            continue
        name = snapshot.fingerprint
        scope = scope_of(profile, own_names(target, profile))
        seen = Sighting(scope, rows.tokens.of(target.namespace), name, len(lines))
        fresh = name not in wanted.known and name not in given
        given.add(name)
        group.readings[target.tenant] = Reading(seen, moved=True, snapshot=snapshot if fresh else None)
        await asyncio.sleep(0)  # others on this event loop have deadlines


def _edges_of(own: Mapping[str, OwnNames], tokens: NamespaceTokens) -> str:
    numbers = sorted(tokens.namespaces[name].number for name in own if name in tokens.namespaces)
    array = f"'{{{','.join(map(str, numbers))}}}'::oid[]"
    statement = query_text("namespace_dependencies.sql").replace("{numbers}", array)
    return with_objects(statement)


async def _still_moving(
    connection: asyncpg.Connection,
    targets: Sequence[Target],
    tokens: NamespaceTokens,
    since: Since,
    wanted: ReadRequest,
) -> list[Target]:
    """Give those that may have changed while they were read."""
    if since is Since.NOTHING:
        return []
    if since is Since.SOMETHING:
        return list(targets)
    async with read_transaction(connection, wanted.limits) as server:
        after = await read_namespace_tokens(Moment(connection, server))
    return [target for target in targets if after.of(target.namespace) != tokens.of(target.namespace)]
