"""Do what a message asks for: read its tenants or analyse its shape, and answer for every item."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

from redis.exceptions import RedisError

from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.blobs import pack, unpack_named, unpack_snapshot
from shared.contracts.contract import Contract
from shared.events.worker import MessageDropped, MessageGivenUp, WorkBegun, WorkEnded
from shared.formats import ANALYSIS, CONTRACTS, SPEC, FormatError
from shared.logs import log
from shared.messages import (
    Analysed,
    Answer,
    Claiming,
    DeferReason,
    Deferred,
    Failed,
    JunkReason,
    Observed,
    Outcome,
    ScanBatch,
    ShapeJob,
    sign_blob,
    verify_blob,
)
from shared.postgres.connection import TargetError
from shared.schema.schema import Spec
from shared.signing import Purpose, TagError
from shared.targets import Failure, FailureKind, Observation, Target
from workers.answers import AnswerWriter, RunGoneError
from workers.child import Child
from workers.claims import Claims, target_of
from workers.isolated.process import end_when_grown
from workers.isolated.readers import Readers
from workers.scan import Observe, ReadSettings, Scanned, internal_failure, read_batch
from workers.sightings import Sightings
from workers.snapshots import KnownSnapshots

OTHER_SCRATCH = (
    "the declaration was compiled by PostgreSQL {compiled_by}, and this worker's scratch server is a PostgreSQL {own}: "
    "give coordinator and workers the same [scratch]"
)
"""Why a worker makes no analysis: the server that it would use spells schemas otherwise."""
OTHER_RELEASE = (
    "the worker's code makes other analyses than the coordinator asked for: "
    "run the same release of fleetdrift, with the same libraries, for coordinator and workers"
)
"""Said of a shape instead of keeping one release's analysis under another's id."""


async def run_scan_batch(child: Child, message: ScanBatch) -> None:
    """Read the tenants of one message, and answer for each, unless the run has ended."""
    sightings = Sightings(child.redis, child.keys, child.junk, ttl=child.sighting_ttl)
    writer = AnswerWriter(
        child.redis,
        child.keys,
        child.keys.answers(message.run, message.epoch),
        batch=message.batch,
        worker=child.name,
        at_once=message.careful,
        sightings=sightings,
        claiming=Claiming.ON if message.open else Claiming.NEVER,
    )
    with _stop_quietly_if_run_ended(child, message):
        async with writer:
            await _read(child, message, writer, sightings)


async def _read(child: Child, message: ScanBatch, writer: AnswerWriter, sightings: Sightings) -> None:
    host = child.hosts.get(message.host)
    targets = [target_of(message.host, place) for place in message.places]
    if host is None:
        unknown = Failure(FailureKind.INTERNAL, f"host {message.host} is not configured on this worker")
        await _answer_all(writer, (target.tenant for target in targets), Failed(unknown))
        return
    known = KnownSnapshots(child.redis, child.keys, message.run, message.epoch, child.junk, ttl=child.settings.blob_ttl)
    await known.refresh()
    earlier = dict(await sightings.of(target.tenant for target in targets))
    left = {target.tenant: None for target in targets}
    claims = Claims(child, message, writer, known)

    async def claim(wanted: int) -> tuple[Sequence[Target], bool]:
        claimed, stored = await claims.claim(wanted)
        left.update(dict.fromkeys(target.tenant for target in claimed))
        earlier.update(await sightings.decoded(stored))
        return claimed, claims.plenty

    try:
        async with _observing(child, careful=message.careful) as observe:
            settings = ReadSettings(
                observe=observe,
                observe_namespaces=None if message.careful else child.observe_namespaces,
                limits=child.settings.limits,
                known=known,
                names=known.names,
                profile=message.profile,
                sightings=earlier,
                keeps_time=message.careful,
            )
            more = claim if message.open else None
            results = read_batch(targets, host, settings, connections=message.connections, claim=more)
            async with contextlib.aclosing(results):
                async for scanned in results:
                    seen = scanned.result.sighting if isinstance(scanned.result, Observation) else None
                    await writer.add(Answer(scanned.target.tenant, await _outcome(scanned, known)), seen)
                    left.pop(scanned.target.tenant, None)
                    claims.read += 1
    except asyncio.CancelledError:  # the soft time limit: say what was not done, and end
        await _answer_all(writer, left, Deferred(DeferReason.TIME))


async def _answer_all(writer: AnswerWriter, tenants: Iterable[str], outcome: Outcome) -> None:
    for tenant in tenants:
        await writer.add(Answer(tenant, outcome))


@contextlib.asynccontextmanager
async def _observing(child: Child, *, careful: bool) -> AsyncIterator[Observe]:
    """Give what reads a target: this process itself, or, after one died of these targets, one that may be killed."""
    limits = child.settings.limits
    if careful:
        async with Readers(limits, child.observe) as readers:
            yield readers.observe
        return
    watch = asyncio.create_task(end_when_grown(limits.reader_memory))
    try:
        yield child.observe
    finally:
        watch.cancel()


async def _outcome(scanned: Scanned, known: KnownSnapshots) -> Outcome:
    match scanned.result:
        case Observation() as seen:
            if seen.snapshot is not None or seen.statement:
                await known.store(seen.fingerprint, seen.snapshot, seen.statement)
            return Observed(
                seen.fingerprint,
                seen.server_version,
                seen.rows_scanned,
                seen.versions,
                seen.running,
                seen.depth,
                seen.counters,
            )
        case Failure() as failure:
            return Failed(failure)
        case Deferred() as deferred:
            return deferred


@contextlib.contextmanager
def _stop_quietly_if_run_ended(child: Child, message: ScanBatch | ShapeJob) -> Iterator[None]:
    """Stop a batch without an error when its run has ended or Redis is unreachable: the ledger sends the rest again."""
    run, batch, process = message.run, message.batch, child.name
    items = len(message.places) if isinstance(message, ScanBatch) else 1
    log(WorkBegun(run=run, batch=batch, process=process, items=items, attempt=message.attempt))
    begun = time.monotonic()
    try:
        yield
    except RunGoneError:
        log(MessageDropped(run=run, batch=batch, process=process))
    except RedisError as error:
        log(MessageGivenUp(run=run, batch=batch, process=process, error=type(error).__name__))
    else:
        log(WorkEnded(run=run, batch=batch, process=process, seconds=round(time.monotonic() - begun, 3)))


async def run_shape_job(child: Child, message: ShapeJob) -> None:
    """Analyse one shape, store the analysis under its id, and answer."""
    stream = child.keys.answers(message.run, message.epoch)
    with _stop_quietly_if_run_ended(child, message):
        async with AnswerWriter(child.redis, child.keys, stream, batch=message.batch, worker=child.name) as writer:
            try:
                outcome = await _analyse(child, message)
            except asyncio.CancelledError:
                limit = child.settings.soft_time_limit
                outcome = Failed(Failure(FailureKind.LIMIT, f"the analysis took longer than {limit:g} seconds"))
            await writer.add(Answer(message.analysis, outcome))


async def _analyse(child: Child, message: ShapeJob) -> Outcome:
    spec, snapshot, contracts = await _blobs(child, (message.spec, message.snapshot, message.contracts))
    if not (spec and snapshot and contracts):
        return Deferred(DeferReason.BLOB)
    try:
        request = AnalysisRequest(
            spec=unpack_named(SPEC, message.spec, spec, Spec),
            snapshot=unpack_snapshot(message.snapshot, snapshot),
            contracts=unpack_named(CONTRACTS, message.contracts, contracts, tuple[Contract, ...]),
            profile=message.profile,
            recipe=message.recipe,
        )
        if why_not := await _why_not(child, request, message.analysis):
            return Failed(Failure(FailureKind.PROTOCOL, why_not))
        analysis = await analyse(child.scratch, request, memory=child.contract_memory, shapes=child.shapes)
    except TargetError as error:
        return Failed(Failure(FailureKind.INTERNAL, f"the scratch server: {error.failure.message}"))
    except FormatError as error:
        return Failed(Failure(FailureKind.PROTOCOL, str(error)))
    except Exception as error:  # noqa: BLE001  # a bug met in one shape must not end the run
        return Failed(internal_failure(error))
    signed = child.keys.ring.sign(Purpose.ANALYSIS, (message.analysis,), pack(ANALYSIS, analysis))
    blob = sign_blob(child.keys, message.analysis, signed)
    await child.redis.set(child.keys.blob(message.analysis), blob, ex=child.settings.blob_ttl)
    return Analysed(message.analysis)


async def _why_not(child: Child, request: AnalysisRequest, analysis: str) -> str:
    """Say why this worker would give another answer than the coordinator asks for; empty when it would not."""
    if request.id != analysis:
        return OTHER_RELEASE
    compiled_by, own = request.spec.snapshot.server_version // 10000, await child.scratch.major()
    # two majors spell one schema in two ways, and everything would be drift
    return "" if compiled_by == own else OTHER_SCRATCH.format(compiled_by=compiled_by, own=own)


async def _blobs(child: Child, names: Sequence[str]) -> list[bytes]:
    """Fetch blobs; one that is not there, or that no holder of our key put there, is empty."""
    blobs: list[bytes] = []
    for name, found in zip(names, await child.redis.mget([child.keys.blob(name) for name in names]), strict=True):
        try:
            blobs.append(verify_blob(child.keys, name, found) if isinstance(found, bytes) else b"")
        except TagError as error:
            await child.junk.drop(JunkReason.TAG, error)
            blobs.append(b"")
    return blobs
