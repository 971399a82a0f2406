"""The store: scans, ledgers, tenants, reports and blobs in PostgreSQL. Every method raises StoreError when it fails."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from coordinator.ledger.batch import FinalOutcome, ItemOutcome, Mark
from coordinator.memory.notices import TELL_NOBODY, NoticeRules
from coordinator.memory.transitions import Recorded
from coordinator.report.model import ScanReport
from coordinator.store.connection import StoreError, open_pool, query
from coordinator.store.memory import NOT_BEHIND, load_report, record, record_inventory
from coordinator.store.patience import StorePatience
from coordinator.store.pruning import DEFAULT_RETENTION, Retention, prune
from coordinator.store.records import NOBODY_SAYS, Delivery, LedgerRow, ScanRecord, ScanRequest, ScanState
from coordinator.store.rooms import StoreRooms
from coordinator.store.telling import tell_failure
from shared.formats import ANALYSIS, LEDGER, SNAPSHOT, FormatError
from shared.hosts import Secret
from shared.targets import Labels, Target

_decode_target = msgspec.json.Decoder(Target).decode
_decode_outcome: Callable[[str], FinalOutcome] = msgspec.json.Decoder(FinalOutcome).decode


class BlobKind(StrEnum):
    """What a blob is, and in which format; part of its key, so a blob in a format that is not read is not found."""

    SNAPSHOT = SNAPSHOT.label
    ANALYSIS = ANALYSIS.label


class NotOwnerError(StoreError):
    """Another process owns the scan that was to be written: this one must leave it alone."""


def scan_lease(scan: str) -> str:
    """Name the lease of a scan's owner."""
    return f"scan:{scan}"


def coordinator_lease(fleet: str) -> str:
    """Name the lease of the coordinator that keeps a fleet's schedule and performs the scans that are asked for."""
    return f"coordinator:{fleet}"


class Store(StoreRooms):
    """The coordinator's database. Open it with `Store.open`.

    Attributes:
        holder: Names this process in leases.
    """

    def __init__(
        self,
        pool: Any,
        holder: str = "",
        patience: StorePatience | None = None,
        rules: NoticeRules = TELL_NOBODY,
        retention: Retention = DEFAULT_RETENTION,
        *,
        behind: dt.timedelta = NOT_BEHIND,
    ) -> None:
        super().__init__(pool, patience)
        self.holder = holder or str(uuid.uuid4())
        self._rules = rules
        self._retention = retention
        self._behind = behind

    def patient(self, patience: StorePatience) -> Store:
        """Give the same store, whose methods wait for a store that is away before they raise."""
        return Store(self._pool, self.holder, patience, self._rules, self._retention, behind=self._behind)

    def telling(self, rules: NoticeRules) -> Store:
        """Give the same store for another fleet, of whose scans something else is worth telling."""
        return Store(self._pool, self.holder, self._patience, rules, self._retention)

    def behind(self, behind: dt.timedelta) -> Store:
        """Give the same store, which records scans as of so long ago: how a demonstration gets a past."""
        return Store(self._pool, self.holder, self._patience, self._rules, self._retention, behind=behind)

    def tell_by(self, rules: NoticeRules) -> None:
        """Let other rules say what is worth telling of scans, and to whom."""
        self._rules = rules

    @property
    def is_patient(self) -> bool:
        """Say whether an error of this store means that waiting for it was in vain."""
        return self._patience is not None

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, dsn: Secret, rules: NoticeRules = TELL_NOBODY, retention: Retention = DEFAULT_RETENTION
    ) -> AsyncIterator[Store]:
        """Connect, and bring the store's own tables up to date.

        Args:
            dsn: URL of its database.
            rules: What is worth telling of scans, and to whom.
            retention: How long what is kept.

        Raises:
            StoreError: When it cannot be reached or migrated.
        """
        async with open_pool(dsn) as pool:
            yield cls(pool, rules=rules, retention=retention)

    async def ping(self) -> None:
        """Check that the database answers."""
        await self._do(lambda connection: connection.fetchval("SELECT 1"))

    # -- leases --------------------------------------------------------------------------------------------------

    async def take_lease(self, name: str, seconds: float) -> bool:
        """Take a lease, or extend it when it is ours; say whether this store's holder has it now."""
        return bool(await self._rows("take_lease", name, self.holder, dt.timedelta(seconds=seconds)))

    async def release_lease(self, name: str) -> None:
        """Let another holder take a lease at once; one that is not ours stays as it is."""
        await self._run("release_lease", name, self.holder)

    async def lease_is_held(self, name: str) -> bool:
        """Say whether anybody has a lease now."""
        return bool(await self._rows("lease_is_held", name))

    async def _check_owner(self, connection: Any, scan: str) -> None:
        """Make sure that no other process owns a scan, until the end of the connection's transaction.

        Raises:
            NotOwnerError: When one does.
        """
        holder = await connection.fetchval(query("lease_holder"), scan_lease(scan))
        if holder not in {None, self.holder}:
            raise NotOwnerError(f"scan {scan} was taken over by another process, which finishes it")

    # -- scans ---------------------------------------------------------------------------------------------------

    async def create_scan(
        self, scan: str, fleet: str, request: ScanRequest = NOBODY_SAYS, *, idempotency_key: str | None = None
    ) -> None:
        """Record that a scan was asked for; one of this id or key that is recorded already stays as it is.

        Args:
            scan: Id.
            fleet: Name.
            request: Who asks, and why, and for which tenants.
            idempotency_key: Names the request within the fleet, so that it may be sent twice.
        """
        selection = msgspec.json.encode(request.chosen).decode() if request.chosen is not None else None
        asked = (request.requested_by, request.purpose, idempotency_key, selection)
        await self._run("create_scan", scan, fleet, ScanState.QUEUED.value, *asked, self._behind)

    async def scan_of_request(self, fleet: str, idempotency_key: str) -> ScanRecord | None:
        """Give the scan that a request of this key made."""
        rows = await self._rows("scan_of_request", fleet, idempotency_key)
        return ScanRecord.from_row(rows[0]) if rows else None

    async def ask_to_cancel(self, scan: str, reason: str) -> None:
        """End an unfinished scan: at once when nobody performs it, else whoever does ends it soon.

        Args:
            scan: Id.
            reason: Why, in a sentence; the first one that is given stays.
        """
        await self._run("ask_to_cancel", scan, reason)

    async def cancel_reason(self, scan: str) -> str | None:
        """Say why an unfinished scan is to end; none when nobody wants that."""
        rows = await self._rows("cancel_reason", scan)
        return rows[0]["cancel_reason"] if rows else None

    async def begin_ledger(self, scan: str, targets: Sequence[Target]) -> None:
        """Record the scan's targets, all or none, and that it is running.

        Raises:
            NotOwnerError: When another process owns the scan.
        """
        records = [(scan, ordinal, msgspec.json.encode(target).decode()) for ordinal, target in enumerate(targets)]

        async def begin(connection: Any) -> None:
            async with connection.transaction():
                await self._check_owner(connection, scan)
                await connection.execute(query("clear_ledger"), scan)
                await connection.copy_records_to_table(
                    "ledger",
                    schema_name="fleetdrift",
                    columns=["scan", "ordinal", "target"],
                    records=records,
                )
                await connection.execute(query("begin_scan"), scan, len(records), LEDGER.version)

        await self._do(begin)

    async def next_epoch(self, scan: str) -> int:
        """Give a number that this scan never used before."""
        return int((await self._rows("next_epoch", scan))[0]["epoch"])

    async def epoch(self, scan: str) -> int:
        """Give the number this scan used last; 0 before it began."""
        record = await self.get_scan(scan)
        return record.epoch if record else 0

    async def mark_sent(self, scan: str, marks: Sequence[Mark]) -> None:
        """Record the attempts, strikes and batches of items that are about to be sent."""
        columns = (
            [mark.item for mark in marks],
            [mark.attempt for mark in marks],
            [mark.strikes for mark in marks],
            [mark.batch for mark in marks],
        )
        await self._run("mark_sent", scan, *columns)

    async def record_outcomes(self, scan: str, outcomes: Sequence[ItemOutcome]) -> None:
        """Record outcomes; the first outcome of a tenant stays."""
        texts = [msgspec.json.encode(outcome).decode() for _, outcome in outcomes]
        await self._run("record_outcomes", scan, [item for item, _ in outcomes], texts)

    async def load_ledger(self, scan: str) -> list[LedgerRow]:
        """Give the scan's ledger, in the order of its targets.

        Raises:
            FormatError: When another release wrote it in a format that this one does not read.
        """
        for row in await self._rows("ledger_format", scan):
            LEDGER.check_version(row["ledger_format"])
        marks = {row["item"]: Mark(**dict(row)) for row in await self._rows("load_marks", scan)}
        outcomes = await self._rows("load_outcomes", scan)
        targets = await self._rows("load_targets", scan)
        try:
            found = {row["tenant"]: _decode_outcome(row["outcome"]) for row in outcomes}
            fleet = [_decode_target(row["target"]) for row in targets]
        except (msgspec.MsgspecError, ValueError) as error:
            raise FormatError(f"the ledger of scan {scan} cannot be read: {error}") from error
        return [LedgerRow(target=each, mark=marks.get(each.tenant), outcome=found.get(each.tenant)) for each in fleet]

    async def finish_scan(self, scan: str, state: ScanState, reason: str = "") -> None:
        """Record how a scan ended that has no report, and why; the first of several that fail is told."""

        async def finish(connection: Any) -> None:
            async with connection.transaction():
                await connection.execute(query("finish_scan"), scan, state.value, reason, self._behind)
                if state is ScanState.FAILED:
                    await tell_failure(connection, scan, reason, self._rules)

        await self._do(finish)

    async def confirm(self, fleet: str, scan: str) -> bool:
        """Believe a suspicious scan: what was held back is told. Says whether the scan was suspicious."""

        async def release(connection: Any) -> bool:
            async with connection.transaction():
                ended = await connection.fetch(query("end_suspicion"), fleet, scan)
                if ended:
                    await connection.execute(query("release_notices"), fleet)
                return bool(ended)

        return await self._do(release)

    async def due_deliveries(self, fleet: str, limit: int) -> list[Delivery]:
        """Give what is to be sent now, the oldest first."""
        rows = await self._rows("due_deliveries", fleet, limit)
        return [Delivery.from_row(row) for row in rows]

    async def end_delivery(self, delivery: Delivery, failure: str = "") -> None:
        """Record that a notice was taken, or is given up for a reason."""
        await self._run("end_delivery", delivery.notice.id, delivery.sink, failure)

    async def delay_delivery(self, delivery: Delivery, seconds: float, failure: str) -> None:
        """Record why a notice was not taken, and when to try again."""
        await self._run("delay_delivery", delivery.notice.id, delivery.sink, dt.timedelta(seconds=seconds), failure)

    async def orphaned_scans(self, fleet: str) -> list[ScanRecord]:
        """Give the unfinished scans whose process ended without handing them on; oldest first."""
        return [ScanRecord.from_row(row) for row in await self._rows("orphaned_scans", fleet)]

    async def get_scan(self, scan: str) -> ScanRecord | None:
        """Look up the record of a scan by its id."""
        rows = await self._rows("get_scan", scan)
        return ScanRecord.from_row(rows[0]) if rows else None

    async def list_scans(self, fleet: str, limit: int = 50, after: str = "") -> list[ScanRecord]:
        """Give scans, newest first.

        Args:
            fleet: Name.
            limit: How many at most.
            after: The scan after which to go on; empty begins with the newest.
        """
        return [ScanRecord.from_row(row) for row in await self._rows("list_scans", fleet, limit, after)]

    async def last_asked_for(self, fleet: str, requested_by: str) -> dt.datetime | None:
        """Say when somebody last asked for a scan."""
        moment: dt.datetime | None = (await self._rows("last_asked_for", fleet, requested_by))[0][0]
        return moment

    async def unfinished_scans(self, fleet: str) -> list[ScanRecord]:
        """Give scans that are queued, running, or were when their coordinator died; oldest first."""
        return [ScanRecord.from_row(row) for row in await self._rows("unfinished_scans", fleet)]

    # -- blobs ---------------------------------------------------------------------------------------------------

    async def put_blobs(self, kind: BlobKind, blobs: Mapping[str, bytes]) -> None:
        """Store blobs under their hashes; one that is there already stays."""
        await self._run("put_blobs", kind.value, list(blobs), list(blobs.values()))

    async def get_blobs(self, kind: BlobKind, names: Sequence[str]) -> dict[str, bytes]:
        """Load the blobs that are there, and record that they were used."""
        found = {row["name"]: row["data"] for row in await self._rows("get_blobs", kind.value, list(names))}
        await self._run("touch_blobs", kind.value, list(found))
        return found

    async def drop_blobs(self, kind: BlobKind, names: Sequence[str]) -> None:
        """Forget values that turned out to be unreadable, so that they are made and kept anew."""
        await self._run("drop_blobs", kind.value, list(names))

    async def recent_blobs(self, kind: BlobKind, limit: int) -> list[str]:
        """Give the names of the most recently used blobs."""
        return [row["name"] for row in await self._rows("recent_blobs", kind.value, limit)]

    # -- reports and tenants -------------------------------------------------------------------------------------

    async def record_report(self, scan: str, report: ScanReport) -> Recorded:
        """Keep a report, remember where every tenant stands, end the scan, and delete what is too old.

        Returns:
            What it has changed.

        Raises:
            NotOwnerError: When another process owns the scan.
        """
        fleet = report.body.fleet

        async def keep(connection: Any) -> Recorded:
            async with connection.transaction():
                await self._check_owner(connection, scan)
                recorded = await record(connection, scan, report, self._rules, self._behind)
                await connection.execute(query("finish_scan"), scan, report.status.value, "", self._behind)
                return recorded

        async def delete_what_is_old(connection: Any) -> None:
            async with connection.transaction():
                await prune(connection, fleet, self._retention)

        recorded = await self._do(keep)
        await self._do(delete_what_is_old)
        return recorded

    async def remember_inventory(self, fleet: str, labels: Mapping[str, Labels]) -> None:
        """Keep who is to be read in a fleet, and how each is labelled: whoever is new to it was never scanned."""

        async def keep(connection: Any) -> None:
            async with connection.transaction():
                await record_inventory(connection, fleet, labels, self._behind)

        await self._do(keep)

    async def known_tenants(self, fleet: str) -> int:
        """Count the tenants that a fleet had when it was last scanned; 0 when it never was."""
        return int((await self._rows("known_tenants", fleet))[0]["tenants"])

    async def latest_report(self, fleet: str) -> ScanReport | None:
        """Give the newest report of a whole fleet.

        Raises:
            FormatError: When it is in a format that this release does not read.
        """
        return await self._report("latest_report", fleet)

    async def _report(self, name: str, key: str) -> ScanReport | None:
        async def load(connection: Any) -> ScanReport | None:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                row = await connection.fetchrow(query(name), key)
                return await load_report(connection, row) if row else None

        return await self._do(load)

    async def last_success(self, fleet: str) -> dt.datetime | None:
        """Say when a scan of the whole fleet last read every tenant."""
        rows = await self._rows("last_success", fleet)
        return rows[0][0] if rows else None

    async def get_report(self, scan: str) -> ScanReport | None:
        """Give the report of one scan; raises as `latest_report`."""
        return await self._report("get_report", scan)


__all__ = ["BlobKind", "Store", "StoreError"]
