"""Read many namespaces of one database over few connections: what each costs does not grow with how many there are.

What goes wrong in one namespace stays that namespace's: a group that cannot be read is halved, down to the one that is
to blame.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence

import asyncpg
import msgspec

from shared.hosts import Host
from shared.postgres.connection import close, connect_tenant, server_version, translated
from shared.postgres.failures import CLOSED, TargetError, target_error, was_ended_by_server
from shared.postgres.owners import ENDS_SESSIONS, Overrides, get_past
from shared.postgres.reading.counters import read_counters
from shared.postgres.reading.read_namespaces import GroupReading, read_group
from shared.postgres.reading.versions import Progress, read_progress_of_many
from shared.schema.schema import Snapshot
from shared.targets import Depth, Failure, FailureKind, Observation, ReadRequest, Sighting, Target

MAX_READINGS_WHILE_MIGRATING = 3
"""How often a tenant is looked at whose migration is under way: most of them take a moment."""

LOOK_AGAIN_AFTER_SECONDS = 1.0
"""How long to wait before the next such look."""

ENDED = "the server ended the connection in the middle"
_MAX_TIMEOUTS_IN_A_ROW = 3  # of groups: then it is the server that is slow, and not one namespace

Results = dict[str, Observation | Failure]
"""By tenant."""


async def observe_namespaces(
    host: Host, targets: Sequence[Target], wanted: ReadRequest, earlier: Mapping[str, Sighting]
) -> Results:
    """Read namespaces of one database. Nothing is raised for what a tenant does.

    Args:
        host: Where they live, with the credential.
        targets: Namespaces of one database.
        wanted: What the caller wants of each, and what it knows already; its `earlier` is not asked.
        earlier: By tenant, as in `ReadRequest`; what is to be remembered of a tenant that is not in it is nothing.

    Returns:
        Exactly one result for each.
    """
    reader = _Reader(host, wanted, earlier)
    await reader.read(targets)
    for _ in range(MAX_READINGS_WHILE_MIGRATING - 1):
        moving = [target for target in targets if _is_migrating(reader.results[target.tenant])]
        if not moving:
            break
        await asyncio.sleep(LOOK_AGAIN_AFTER_SECONDS)
        await reader.read(moving)
    return reader.with_shapes()


def _is_migrating(result: Observation | Failure) -> bool:
    """Say whether a migration is half applied: it says nothing about the schema.

    The lock of a tool is held for a whole database; of its many namespaces each one would wait for the others.
    """
    return isinstance(result, Observation) and any(version.dirty for version in result.versions)


class _Reader:
    """Reads groups of namespaces until each has a result.

    Args:
        host: Where they live.
        wanted: What the caller wants of each.
        earlier: By tenant.
    """

    def __init__(self, host: Host, wanted: ReadRequest, earlier: Mapping[str, Sighting]) -> None:
        self.results: Results = {}
        self._host = host
        self._wanted = wanted
        self._earlier = earlier
        self._secret = host.password.reveal() if host.password else ""
        self._connected = False
        self._shapes: dict[str, Snapshot] = {}

    def with_shapes(self) -> Results:
        """Give the results, each new shape with the first that has it: whoever brought it may have become another."""
        given: set[str] = set()
        for tenant, result in self.results.items():
            if isinstance(result, Observation) and result.fingerprint in self._shapes.keys() - given:
                given.add(result.fingerprint)
                shape = self._shapes[result.fingerprint]
                self.results[tenant] = msgspec.structs.replace(result, snapshot=shape)
        return self.results

    async def read(self, targets: Sequence[Target]) -> None:
        """Read targets; the groups that are to be read by themselves come last."""
        waiting = deque([tuple(targets)])
        timeouts = 0
        while waiting:
            group = waiting.popleft()
            self._connected = False
            try:
                waiting += await self._attempt(group)
            except TargetError as error:
                timeouts = timeouts + 1 if error.failure.kind is FailureKind.TIMEOUT else 0
                if len(group) > 1 and self._connected and timeouts < _MAX_TIMEOUTS_IN_A_ROW:
                    waiting.extendleft((group[len(group) // 2 :], group[: len(group) // 2]))
                    continue
                self.results |= {target.tenant: error.failure for target in group}
                if not self._connected:  # what keeps us from connecting keeps all of them from being read
                    self.results |= {target.tenant: error.failure for other in waiting for target in other}
                    return
            else:
                timeouts = 0

    async def _attempt(self, group: Sequence[Target]) -> list[tuple[Target, ...]]:
        """Read a group over a connection of its own, and give the groups that are left.

        Raises:
            TargetError: The group could not be read.
        """

        async def read(overrides: Overrides) -> list[tuple[Target, ...]]:
            with translated(self._secret):
                limits = self._wanted.limits
                connection = await connect_tenant(self._host, group[0].database, limits, overrides)
                self._connected = True
                try:
                    return await self._observe(connection, group)
                except BaseException as error:
                    connection.terminate()
                    if was_ended_by_server(error):
                        raise TargetError(FailureKind.LOST, ENDED, CLOSED) from None
                    raise
                finally:
                    if not connection.is_closed():
                        await close(connection)

        with translated(self._secret):
            async with asyncio.timeout(self._wanted.limits.tenant_timeout):
                return await get_past(read, ENDS_SESSIONS)

    async def _observe(self, connection: asyncpg.Connection, group: Sequence[Target]) -> list[tuple[Target, ...]]:
        counters = await read_counters(connection) if self._earlier else ""
        read = await read_group(connection, group, self._wanted, self._earlier)
        mine = [target for target in group if target.tenant in read.readings]
        progress = await read_progress_of_many(connection, [target.namespace for target in mine], self._wanted.limits)
        self.results |= read.failures
        for target in mine:
            if (snapshot := read.readings[target.tenant].snapshot) is not None:
                self._shapes[snapshot.fingerprint] = snapshot
            result = self._result(connection, read, target, progress[target.namespace])
            if isinstance(result, Observation) and target.tenant in self._earlier:
                result = msgspec.structs.replace(result, counters=counters)
            self.results[target.tenant] = result
        return read.left

    def _result(
        self,
        connection: asyncpg.Connection,
        read: GroupReading,
        target: Target,
        progress: Progress | asyncpg.PostgresError,
    ) -> Observation | Failure:
        if isinstance(progress, asyncpg.PostgresError):
            failed = target_error(progress, self._secret)
            assert failed is not None, "a server's error has a kind"
            return failed.failure
        reading = read.readings[target.tenant]
        remembers = reading.moved and target.tenant in self._earlier
        return Observation(
            fingerprint=reading.seen.fingerprint,
            server_version=server_version(connection),
            versions=progress.versions,
            running=progress.running,
            rows_scanned=reading.seen.rows,
            sighting=reading.seen if remembers else None,
            depth=Depth.ROWS if reading.moved else Depth.TOKEN,
        )
