"""Read a batch of targets of one host: a bounded number at once, each with a deadline, a result for every target."""

from __future__ import annotations

import asyncio
import hashlib
import traceback
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Container, Mapping, Sequence
from pathlib import Path

import msgspec

from shared.events.worker import InternalError
from shared.hosts import Host
from shared.logs import log
from shared.messages import FAILURES_TO_OPEN_BREAKER, HOST_DOWN, DeferReason, Deferred
from shared.postgres.connection import TargetError
from shared.schema.profile import Profile
from shared.targets import (
    MAX_NAMESPACES_TOGETHER,
    Failure,
    FailureKind,
    Limits,
    Observation,
    ReadRequest,
    Sighting,
    Target,
)

Observe = Callable[[Host, Target, ReadRequest], Awaitable[Observation]]
"""`shared.postgres.reading.observe.observe`, or what stands in for it."""

ObserveNamespaces = Callable[
    [Host, Sequence[Target], ReadRequest, Mapping[str, Sighting]], Awaitable[Mapping[str, Observation | Failure]]
]
"""`shared.postgres.reading.observe_namespaces.observe_namespaces`, or what stands in for it."""

_END_AFTER_TENANT_TIMEOUT_SECONDS = 5.0  # beyond the tenant's own timeout, in case `observe` does not keep it


class ReadSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the targets of a batch are read.

    Args:
        observe: Reads one target.
        observe_namespaces: Reads namespaces of one database together; None has each read by `observe`.
        limits: Bounds for each.
        known: Fingerprints whose snapshot is not wanted.
        names: See `ReadRequest`.
        profile: Which facets are read.
        sightings: By tenant; what earlier scans saw; nothing is remembered of a tenant that is not in it.
        keeps_time: Whether `observe` ends in time whatever a target does, so that nobody has to break it off.
    """

    observe: Observe
    observe_namespaces: ObserveNamespaces | None = None
    limits: Limits
    known: Container[str]
    names: Mapping[str, str] = {}
    profile: Profile
    sightings: Mapping[str, Sighting] = {}
    keeps_time: bool = False


Claim = Callable[[int], Awaitable[tuple[Sequence[Target], bool]]]
"""Gives further targets of the host to so many connections, none when the batch ends with those that it has, and says
whether what comes after them may be claimed while they are read."""


class Scanned(msgspec.Struct, frozen=True):
    """The result of one target of a batch."""

    target: Target
    result: Observation | Failure | Deferred


async def read_target(host: Host, target: Target, settings: ReadSettings) -> Observation | Failure:
    """Read one target. Never raises but for cancellation: a tenant that fails is data, and so is a bug of ours."""
    try:
        patience = None if settings.keeps_time else settings.limits.tenant_timeout + _END_AFTER_TENANT_TIMEOUT_SECONDS
        async with asyncio.timeout(patience):
            wanted = _request(settings, settings.sightings.get(target.tenant))
            return await settings.observe(host, target, wanted)
    except TargetError as error:
        return error.failure
    except TimeoutError:
        return Failure(FailureKind.TIMEOUT, "no answer in time")
    except Exception as error:  # noqa: BLE001  # a bug met in one tenant must not take the others with it
        return internal_failure(error)


def _request(settings: ReadSettings, earlier: Sighting | None) -> ReadRequest:
    return ReadRequest(
        limits=settings.limits,
        known=settings.known,
        names=settings.names,
        profile=settings.profile,
        earlier=earlier,
    )


async def _read_together(
    host: Host, targets: Sequence[Target], settings: ReadSettings
) -> Mapping[str, Observation | Failure]:
    """Read a piece of work: one target, or namespaces of one database. Never raises, as `read_target`."""
    if settings.observe_namespaces is None or len(targets) == 1:
        return {target.tenant: await read_target(host, target, settings) for target in targets}
    earlier = {name: settings.sightings[name] for name in (t.tenant for t in targets) if name in settings.sightings}
    try:
        return await settings.observe_namespaces(host, targets, _request(settings, None), earlier)
    except TargetError as error:
        failure = error.failure
    except Exception as error:  # noqa: BLE001  # as above
        failure = internal_failure(error)
    return dict.fromkeys((target.tenant for target in targets), failure)


def _pieces(targets: Sequence[Target], settings: ReadSettings) -> list[tuple[Target, ...]]:
    """Cut a batch into what is read over one connection, in the order of the first target of each."""
    groups: dict[tuple[str, str], list[Target]] = {}
    for target in targets:
        alone = settings.observe_namespaces is None or not target.namespace
        groups.setdefault((target.database, target.tenant if alone else ""), []).append(target)
    size = MAX_NAMESPACES_TOGETHER
    return [tuple(group[start : start + size]) for group in groups.values() for start in range(0, len(group), size)]


def internal_failure(error: Exception) -> Failure:
    """Log a bug of ours and give it an id: the same bug has the same id in every run and on every tenant.

    Neither the log nor the failure holds the exception's text, which may quote a connection string.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = tuple(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    identity = "\n".join((type(error).__name__, *(f"  {place}" for place in where)))
    name = hashlib.sha256(identity.encode()).hexdigest()[:12]
    log(InternalError(id=name, error=type(error).__name__, frames=where))
    return Failure(FailureKind.INTERNAL, f"internal error {name} ({type(error).__name__}); the worker's log has more")


class _Work:
    """What the connections of a batch have still to read.

    Args:
        targets: To begin with.
        settings: How they are read.
        connections: How many there are.
        claim: Gives more.
    """

    def __init__(
        self, targets: Sequence[Target], settings: ReadSettings, connections: int, claim: Claim | None
    ) -> None:
        self.breaker = HostBreaker()
        self.failure: Exception | None = None  # what `claim` raised
        self._waiting = deque(_pieces(targets, settings))
        self._settings = settings
        self._connections = connections
        self._claim = claim
        self._claiming = asyncio.Lock()  # one asks for all
        self._idle = 0
        self._plenty = claim is not None
        self._ahead: asyncio.Task[None] | None = None

    async def next_piece(self) -> tuple[Target, ...]:
        """Give what a connection reads next; empty when there is nothing more."""
        self._idle += 1
        await asyncio.sleep(0)  # those that became free in the same moment ask together
        while not self._waiting and self._claim is not None:
            await self._fetch()
        self._idle -= 1
        piece = self._waiting.popleft() if self._waiting else ()
        if self._plenty and len(self._waiting) < self._connections and (self._ahead is None or self._ahead.done()):
            self._ahead = asyncio.create_task(self._fetch(ahead=self._connections))
        return piece

    async def _fetch(self, ahead: int = 0) -> None:
        async with self._claiming:
            if self._claim is None or (self._waiting and not ahead):
                return
            more: Sequence[Target] = ()
            if not self.breaker.open:
                try:
                    more, self._plenty = await self._claim(max(ahead, self._idle))
                except Exception as error:  # noqa: BLE001  # the other connections end what they have begun
                    self.failure = error
            self._waiting.extend(_pieces(more, self._settings))
            if not more:
                self._claim, self._plenty = None, False

    async def close(self) -> None:
        """Claim nothing more."""
        if self._ahead is not None:
            self._ahead.cancel()
            await asyncio.gather(self._ahead, return_exceptions=True)


async def read_batch(
    targets: Sequence[Target], host: Host, settings: ReadSettings, *, connections: int, claim: Claim | None = None
) -> AsyncGenerator[Scanned, None]:
    """Read targets of one host, and yield each result as it comes, in the given order when `connections` is 1.

    Args:
        targets: All on `host`.
        host: Where they live.
        settings: How they are read.
        connections: How many are read at once.
        claim: Gives further targets of the host to a connection that is free.

    Yields:
        Each target exactly once. When the breaker opens, the rest is deferred, and nothing more is claimed.

    Raises:
        Exception: What `claim` raised, when all that was begun is done; nothing else.
    """
    results: asyncio.Queue[Scanned | None] = asyncio.Queue(maxsize=2 * connections)  # a slow consumer slows the reading
    work = _Work(targets, settings, connections, claim)

    async def read() -> None:
        while piece := await work.next_piece():
            if work.breaker.open:
                for target in piece:
                    await results.put(Scanned(target, Deferred(DeferReason.BREAKER)))
                continue
            found = await _read_together(host, piece, settings)
            for target in piece:
                work.breaker.count(found[target.tenant])
                await results.put(Scanned(target, found[target.tenant]))

    async def read_all() -> None:
        await asyncio.gather(*(read() for _ in range(connections)))
        await results.put(None)

    reading = asyncio.create_task(read_all())
    try:
        while (scanned := await results.get()) is not None:
            yield scanned
        if work.failure is not None:
            raise work.failure
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await work.close()


class HostBreaker:
    """Counts a batch's failed connections in a row; open means that the host is not tried any more."""

    def __init__(self) -> None:
        self._failures_in_a_row = 0

    @property
    def open(self) -> bool:
        """Say whether the host's other targets are left out."""
        return self._failures_in_a_row >= FAILURES_TO_OPEN_BREAKER

    def count(self, result: Observation | Failure) -> None:
        """Count the result of one target."""
        failed = isinstance(result, Failure) and result.kind in HOST_DOWN
        self._failures_in_a_row = self._failures_in_a_row + 1 if failed else 0
