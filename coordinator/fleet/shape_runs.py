"""Analyses through the workers: one per distinct (spec, shape, contracts), and none twice while the store keeps it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence

import msgspec

from coordinator.engine.engine import Facilities, Progress
from coordinator.ledger.batch import Batch, ItemOutcome, Mark
from coordinator.ledger.ledger import Ledger
from coordinator.store.store import BlobKind, Store
from shared.analysis.analysis import Analysis
from shared.analysis.request import AnalysisRequest
from shared.blobs import name_of, pack, unpack
from shared.contracts.contract import Contract
from shared.diff.changes import SchemaDiff
from shared.events.analysis import AnalysesAsked, AnalysisFailed, AnalysisReceived
from shared.events.run import BlobRefused
from shared.findings.judge import not_analysed_because
from shared.formats import ANALYSIS, CONTRACTS, SNAPSHOT, SPEC, FormatError
from shared.logs import log
from shared.messages import ANALYSE_SHAPE, Failed, ShapeJob, encode_message, sign_blob
from shared.remediation.plan import Plan
from shared.schema.canonical import schema_hash, snapshot_name
from shared.schema.schema import Snapshot, Spec
from shared.signing import KeyRing, Purpose, TagError

_LANE = ""  # no host is named so: no permits
_MAX_IN_FLIGHT = 10_000  # the window bounds what is in flight; the scratch servers are the workers' own


class ShapeJournal:
    """Keeps analyses in the store, and puts what the workers need into Redis."""

    def __init__(self, facilities: Facilities, needed: Mapping[str, bytes], run: str) -> None:
        self._facilities = facilities
        self._run = run
        self._needed = needed
        self._have: set[str] = set()
        self._epoch = 0

    async def next_epoch(self) -> int:
        """Count up: a run of analyses lives in one process."""
        self._epoch += 1
        return self._epoch

    async def known(self) -> Sequence[str]:
        """Nothing: an analysis that is kept is not asked for."""
        return ()

    async def prepare(self) -> None:
        """Put spec, contracts and snapshots where the workers fetch them."""
        keys, redis = self._facilities.keys, self._facilities.redis
        for name, blob in self._needed.items():
            await redis.set(keys.blob(name), sign_blob(keys, name, blob), ex=self._facilities.settings.blob_ttl)

    def lacks(self, name: str) -> bool:
        """Say whether an analysis has still to be fetched."""
        return name not in self._have

    async def keep(self, blobs: Mapping[str, bytes]) -> None:
        """Store analyses that a holder of our key signed under their name."""
        true = {name: blob for name, blob in blobs.items() if self._is_signed(name, blob)}
        await self._facilities.store.put_blobs(BlobKind.ANALYSIS, true)
        self._have.update(true)

    def _is_signed(self, name: str, blob: bytes) -> bool:
        try:
            self._facilities.keys.ring.verify(Purpose.ANALYSIS, (name,), blob)
        except TagError:
            log(BlobRefused(name=name))
            return False
        return True

    async def sent(self, marks: Sequence[Mark]) -> None:
        """Store nothing: what is missing after a crash is asked for again."""

    async def record(self, outcomes: Sequence[ItemOutcome]) -> None:
        """Log the outcomes, and store nothing: the stored analysis is the outcome."""
        for item, outcome in outcomes:
            if isinstance(outcome, Failed):
                log(AnalysisFailed(run=self._run, analysis=item, kind=outcome.failure.kind))
            else:
                log(AnalysisReceived(run=self._run, analysis=item))


async def run_analyses(
    facilities: Facilities,
    spec: Spec,
    snapshots: Mapping[str, Snapshot],
    contracts: tuple[Contract, ...],
    *,
    scan: str = "",
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> dict[str, Analysis]:
    """Analyse each snapshot once, through the workers.

    Args:
        facilities: Settings, store and Redis.
        spec: The desired schema, as the scratch server spells it.
        snapshots: By fingerprint.
        contracts: What the services expect.
        scan: Id of the scan that asks, for the log.
        on_progress: Called as shapes are analysed.

    Returns:
        An analysis for each fingerprint. One that no worker could make is `unverified` and says why.

    Raises:
        StoreError: When the store fails.
    """
    settings, store = facilities.settings, facilities.store
    ids = {
        name: AnalysisRequest(
            spec=spec, snapshot=snapshot, contracts=contracts, profile=settings.profile, recipe=settings.recipe
        ).id
        for name, snapshot in snapshots.items()
    }
    distinct = sorted(set(ids.values()))
    ring = facilities.keys.ring
    done = await _kept(store, ring, distinct)
    todo = {analysis: name for name, analysis in ids.items() if analysis not in done}
    run_id = str(uuid.uuid4())
    log(AnalysesAsked(run=run_id, scan=scan, shapes=len(distinct), stored=len(distinct) - len(todo)))
    failures: dict[str, Failed] = {}
    if todo:
        wanted = {analysis: (name, snapshots[name]) for analysis, name in todo.items()}
        run = _ShapeRun(run_id, facilities, spec, contracts, wanted)
        failures = await run.perform(on_progress)
        done |= await _kept(store, ring, [analysis for analysis in todo if analysis not in failures])
    return {
        name: _unverified(ids[name], spec, snapshot, failures[ids[name]]) if ids[name] in failures else done[ids[name]]
        for name, snapshot in snapshots.items()
    }


async def _kept(store: Store, ring: KeyRing, names: Sequence[str]) -> dict[str, Analysis]:
    """Load the analyses that are kept; forget those that cannot be read, so that they are made again.

    An analysis is named by what it was made of, so its name says nothing of what it holds: its tag does.
    """
    analyses: dict[str, Analysis] = {}
    unreadable: list[str] = []
    for name, blob in (await store.get_blobs(BlobKind.ANALYSIS, names)).items():
        try:
            analysis = unpack(ANALYSIS, ring.verify(Purpose.ANALYSIS, (name,), blob), Analysis)
        except FormatError as error:
            if isinstance(error, TagError):
                log(BlobRefused(name=name))
            unreadable.append(name)
        else:
            if analysis.id == name:
                analyses[name] = analysis
            else:
                unreadable.append(name)
    if unreadable:
        await store.drop_blobs(BlobKind.ANALYSIS, unreadable)
    return analyses


def _unverified(analysis: str, spec: Spec, snapshot: Snapshot, failed: Failed) -> Analysis:
    shape = schema_hash(snapshot.schema)
    return Analysis(
        id=analysis,
        shape=shape,
        diff=SchemaDiff(),
        plan=Plan(desired=schema_hash(spec.schema), observed=shape),
        unverified=not_analysed_because(failed.failure.message),
    )


class _ShapeRun:
    """The analyses that nobody has made yet.

    Args:
        run: Id of the run of analyses.
        facilities: Settings, store and Redis.
        spec: The desired schema.
        contracts: What the services expect.
        todo: (fingerprint, snapshot) by the name the analysis will be kept under.
    """

    def __init__(
        self,
        run: str,
        facilities: Facilities,
        spec: Spec,
        contracts: tuple[Contract, ...],
        todo: Mapping[str, tuple[str, Snapshot]],
    ) -> None:
        self._facilities = facilities
        self._run = run
        self._spec = name_of(SPEC, spec)
        self._contracts = name_of(CONTRACTS, contracts)
        self._snapshots = {analysis: snapshot_name(snapshot) for analysis, (_, snapshot) in todo.items()}
        self._needed = {self._spec: pack(SPEC, spec), self._contracts: pack(CONTRACTS, contracts)}
        self._needed |= {self._snapshots[name]: pack(SNAPSHOT, snapshot) for name, (_, snapshot) in todo.items()}

    async def perform(self, on_progress: Callable[[Progress], None]) -> dict[str, Failed]:
        """Have them made and kept, and give those that could not be."""
        facilities, settings = self._facilities, self._facilities.settings
        rules = msgspec.structs.replace(settings.rules, batch_size=1)
        engine = facilities.engine(
            run=self._run,
            task=ANALYSE_SHAPE,
            ledger=Ledger(((analysis, _LANE) for analysis in sorted(self._snapshots)), {_LANE: _MAX_IN_FLIGHT}, rules),
            journal=ShapeJournal(facilities, self._needed, self._run),
            message=self._message,
            on_progress=on_progress,
        )
        outcomes = await engine.run()
        return {analysis: outcome for analysis, outcome in outcomes.items() if isinstance(outcome, Failed)}

    def _message(self, batch: Batch, epoch: int) -> str:
        (analysis,) = batch.items
        job = ShapeJob(
            run=self._run,
            epoch=epoch,
            batch=batch.id,
            attempt=batch.attempt,
            analysis=analysis,
            spec=self._spec,
            snapshot=self._snapshots[analysis],
            contracts=self._contracts,
            profile=self._facilities.settings.profile,
            recipe=self._facilities.settings.recipe,
        )
        return encode_message(self._facilities.keys, job)
