"""Read every target of a fleet through the workers; progress is stored, so that another process can finish it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from coordinator.engine.engine import EngineSettings, Facilities, Progress
from coordinator.fleet.read_results import read_result_of
from coordinator.fleet.settling import Settling
from coordinator.ledger.batch import Batch, ItemOutcome, Mark
from coordinator.ledger.groups import databases_of
from coordinator.ledger.ledger import Ledger
from coordinator.store.records import LedgerRow
from coordinator.store.store import BlobKind, Store
from shared.blobs import unpack, unpack_snapshot
from shared.events.run import BlobRefused
from shared.formats import SNAPSHOT, FormatError
from shared.logs import log
from shared.messages import SCAN_BATCH, Place, ScanBatch, encode_message
from shared.schema.canonical import snapshot_name
from shared.schema.schema import Snapshot
from shared.targets import Failure, Observation, Target

_MAX_KNOWN_FINGERPRINTS = 5000  # that workers are told at the beginning
_MAX_OPEN_PIECES = 1000  # of a host: seconds of work, and few enough to be taken back when other scans want their share


class UnknownHostError(ValueError):
    """A target names a host that is not configured."""


class TargetResults(msgspec.Struct, frozen=True):
    """What reading the targets of a scan gave.

    Args:
        scan: Id.
        results: One for each tenant, in the order of the targets; observations hold no snapshot.
    """

    scan: str
    results: Mapping[str, Observation | Failure]


class ScanJournal:
    """The journal of one scan: everything goes to the store."""

    def __init__(self, store: Store, scan: str) -> None:
        self._store = store
        self._scan = scan
        self._have: set[str] = set()

    async def load(self) -> None:
        """Ask the store which snapshots it has."""
        self._have.update(await self._store.recent_blobs(BlobKind.SNAPSHOT, _MAX_KNOWN_FINGERPRINTS))

    async def next_epoch(self) -> int:
        """Give a number this scan never used before, whichever process it ran in."""
        return await self._store.next_epoch(self._scan)

    async def known(self) -> Sequence[str]:
        """Name the snapshots that are kept."""
        return sorted(self._have)

    async def prepare(self) -> None:
        """Workers need nothing but their configuration to read a tenant."""

    def lacks(self, name: str) -> bool:
        """Say whether a snapshot has still to be fetched."""
        return name not in self._have

    async def keep(self, blobs: Mapping[str, bytes]) -> None:
        """Store snapshots, but for those that are not what their name says: later scans believe what is kept."""
        true = {name: blob for name, blob in blobs.items() if _is_what_it_is_called(name, blob)}
        await self._store.put_blobs(BlobKind.SNAPSHOT, true)
        self._have.update(true)

    async def sent(self, marks: Sequence[Mark]) -> None:
        """Store the marks of batches that are about to be sent."""
        if marks:
            await self._store.mark_sent(self._scan, marks)

    async def record(self, outcomes: Sequence[ItemOutcome]) -> None:
        """Store outcomes."""
        await self._store.record_outcomes(self._scan, outcomes)


def _is_what_it_is_called(name: str, blob: bytes) -> bool:
    try:
        unpack_snapshot(name, blob)
    except FormatError:
        log(BlobRefused(name=name))
        return False
    return True


async def read_targets(
    facilities: Facilities,
    targets: Sequence[Target],
    *,
    scan: str = "",
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> TargetResults:
    """Read every target through the workers; take up a scan of this id where an earlier process left it.

    Args:
        facilities: Settings, store and Redis.
        targets: The fleet. When the scan began with another one, what was read of tenants that still live where they
            did is kept.
        scan: Id; made up when empty.
        on_progress: Called as tenants are read.

    Returns:
        Exactly one result for each target.

    Raises:
        UnknownHostError: When a target's host is not configured.
        StoreError: When the store fails; the scan can be taken up later.
    """
    scan = scan or str(uuid.uuid4())
    settings, store = facilities.settings, facilities.store
    await store.create_scan(scan, settings.fleet)
    fleet = list(targets)
    _check_hosts(settings, fleet)
    rows = await _begin_ledger(store, scan, fleet)
    epoch = await store.epoch(scan)
    groups = databases_of(fleet)
    ledger = Ledger(
        _lanes(fleet), _capacities(settings), settings.rules, str(epoch), groups,
        open_pieces=_MAX_OPEN_PIECES, rate=settings.rate,
    )  # fmt: skip
    for row in rows:
        ledger.restore(row.target.tenant, row.mark, row.outcome)
    journal = ScanJournal(store, scan)
    await journal.load()
    settling = Settling(scan, facilities)
    unanswered = [row.target for row in rows if row.outcome is None]
    if settled := await settling.settle(unanswered, lambda name: not journal.lacks(name)):
        await journal.record(settled)
        for tenant, outcome in settled:
            ledger.restore(tenant, None, outcome)
        on_progress(Progress(ledger.finished, ledger.total, 0))
    places = {target.tenant: Place(target.tenant, target.database, target.namespace) for target in fleet}
    engine = facilities.engine(
        run=scan,
        task=SCAN_BATCH,
        ledger=ledger,
        journal=journal,
        message=_messages(facilities, places, scan),
        on_progress=on_progress,
        place=places.__getitem__,
    )
    outcomes = await engine.run(previous_epoch=epoch or None)
    await settling.keep(outcomes, read_since=not epoch)
    results = {tenant: read_result_of(outcome) for tenant, outcome in outcomes.items()}
    if list(results) != [target.tenant for target in fleet]:
        raise AssertionError(f"scan {scan} ended with {len(results)} results for {len(fleet)} tenants")
    return TargetResults(scan, results)


async def _begin_ledger(store: Store, scan: str, fleet: Sequence[Target]) -> list[LedgerRow]:
    """Make the store's ledger of a scan that of this fleet, and give it, with what an earlier process recorded."""
    rows = await store.load_ledger(scan)
    if rows and [row.target for row in rows] == fleet:
        return rows
    earlier = {row.target: row for row in rows}
    await store.begin_ledger(scan, fleet)
    rows = [earlier.get(target, LedgerRow(target=target, mark=None, outcome=None)) for target in fleet]
    if earlier:
        await store.mark_sent(scan, [row.mark for row in rows if row.mark])
        await store.record_outcomes(scan, [(row.target.tenant, row.outcome) for row in rows if row.outcome])
    return rows


def _check_hosts(settings: EngineSettings, targets: Iterable[Target]) -> None:
    for target in targets:
        if target.host not in settings.hosts:
            raise UnknownHostError(f"tenant {target.tenant} is on host {target.host}, which is not configured")


def _lanes(fleet: Sequence[Target]) -> list[tuple[str, str]]:
    return [(target.tenant, target.host) for target in fleet]


def _capacities(settings: EngineSettings) -> dict[str, int]:
    return {name: host.max_connections for name, host in settings.hosts.items()}


def _messages(facilities: Facilities, places: Mapping[str, Place], scan: str) -> Callable[[Batch, int], str]:
    def message(batch: Batch, epoch: int) -> str:
        wanted = ScanBatch(
            run=scan,
            epoch=epoch,
            batch=batch.id,
            attempt=batch.attempt,
            host=batch.lane,
            places=tuple(places[tenant] for tenant in batch.items),
            connections=batch.connections,
            careful=batch.careful,
            profile=facilities.settings.profile,
            open=batch.open,
        )
        return encode_message(facilities.keys, wanted)

    return message


async def load_snapshots(store: Store, fingerprints: Sequence[str]) -> dict[str, Snapshot]:
    """Load the snapshots of these fingerprints from the store.

    Raises:
        FormatError: When one of them cannot be read. All are then forgotten, so that the next scan keeps them anew.
    """
    found = await store.get_blobs(BlobKind.SNAPSHOT, fingerprints)
    try:
        return {name: _stored_snapshot(name, found[name]) for name in fingerprints}
    except FormatError:
        await store.drop_blobs(BlobKind.SNAPSHOT, fingerprints)  # the next scan reads these shapes anew
        raise


def _stored_snapshot(name: str, blob: bytes) -> Snapshot:
    """Decode a snapshot from the store; a scan that an earlier release began has those named by their server's hash."""
    snapshot = unpack(SNAPSHOT, blob, Snapshot)
    if name not in (snapshot_name(snapshot), snapshot.fingerprint):
        raise FormatError(f"expected the snapshot {name[:12]}, found another one kept under its name")
    return snapshot
