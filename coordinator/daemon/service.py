"""The coordinator: holds the store and the scratch server open, and scans a fleet through its workers."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import uuid
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import msgspec
from redis.exceptions import RedisError

from coordinator.access.audit import Action, Deed
from coordinator.daemon.cancelling import ScanCancelledError, unless_cancelled
from coordinator.engine.crew import read_crew
from coordinator.engine.engine import EngineSettings
from coordinator.engine.obstacles import NO_WORKER, Watch, find_redis_obstacle, obstacle_among_workers, obstacle_of
from coordinator.fleet.queued import QueuedFleet
from coordinator.fleet.reader import OnProgress
from coordinator.inventory import Choice, Inventory, asked_hosts
from coordinator.ledger.lane import BUSY_SHARE_OF_DEADLINE, LedgerRules
from coordinator.memory.first_seen import ids_of_changes, with_first_seen
from coordinator.memory.notices import NoticeRules
from coordinator.notify.sender import Sender
from coordinator.records.crew_list import list_workers
from coordinator.records.documents import WorkersList
from coordinator.report.files import ReportFileError, write_files
from coordinator.report.model import ScanReport, Selection
from coordinator.scan.logged import failure_reason, logged_scan
from coordinator.scan.pipeline import run_scan
from coordinator.scan.sentinel import SentinelReader
from coordinator.settings.load import required
from coordinator.settings.model import Settings
from coordinator.settings.user import user_name, who_commands
from coordinator.store.connection import StoreError
from coordinator.store.leases import DEFAULT_LEASE_RULES, LeaseRules, LeaseTakenError, holding
from coordinator.store.patience import StorePatience
from coordinator.store.pruning import retention_of
from coordinator.store.records import ScanRequest, ScanState
from coordinator.store.store import Store, coordinator_lease, scan_lease
from shared.analysis.scratch_server import scratch_server
from shared.events.event import LogLevel
from shared.events.scan import Cause, ReportUnwritten, ScanCreated, ScanFailed
from shared.events.store import StoreChecked, StoreDrifted, StoreUnchecked
from shared.findings.ignore import ignoring
from shared.logs import log
from shared.messages import Keys
from shared.postgres.scratch import ScratchServer
from shared.signing import KeyRing
from workers.redis_pool import connect_redis

_FINISH_TIMEOUT_SECONDS = 5.0
_TELL_TIMEOUT_SECONDS = 30.0
"""For which `fleetdrift scan` waits for those who are told, before it prints its report."""


class ScanUnfinishedError(Exception):
    """A scan came to no end in this process; the message says what becomes of it."""


class Coordinator:
    """Scans a fleet through its workers. Open one with `Coordinator.open`."""

    def __init__(self, settings: Settings, store: Store, scratch: ScratchServer, *, leases: LeaseRules) -> None:
        self.settings = settings
        self.store = store
        self._patient = store.patient(StorePatience(settings.file.fleet.name, seconds=settings.file.store.wait))
        self.leases = leases
        self._scratch = scratch
        self._watch = Watch()
        self._unwritten = ""  # the report's file that could not be written last
        self._store_lacks = ""  # what of the store is not as its migrations make it

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, settings: Settings, *, leases: LeaseRules = DEFAULT_LEASE_RULES) -> AsyncIterator[Coordinator]:
        """Connect to everything the configuration names.

        Args:
            settings: The configuration.
            leases: How long this process owns the scans that it performs.

        Raises:
            SettingsError: When store or Redis are not configured.
            StoreError: When the store cannot be reached.
        """
        required(settings.redis_url, "redis.url")
        dsn = required(settings.store_dsn, "store.dsn")
        async with (
            Store.open(dsn, notice_rules(settings), retention_of(settings.file.store)) as store,
            scratch_server(
                settings.scratch_dsn, settings.file.scratch.binaries, wanted=settings.file.scratch.major
            ) as scratch,
        ):
            yield cls(settings, store, scratch, leases=leases)

    def beside(self, settings: Settings) -> Coordinator:
        """Give the coordinator of another fleet of the same configuration, with the same store and scratch server.

        Args:
            settings: Of that fleet.
        """
        store = self.store.telling(notice_rules(settings))
        return Coordinator(settings, store, self._scratch, leases=self.leases)

    def behind(self, behind: dt.timedelta) -> Coordinator:
        """Give the same coordinator, whose scans are recorded as of so long ago: how a demonstration gets a past."""
        return Coordinator(self.settings, self.store.behind(behind), self._scratch, leases=self.leases)

    def use(self, settings: Settings) -> None:
        """Scan with another configuration of the same fleet from the next scan on.

        Args:
            settings: With the store and the scratch server that are open.
        """
        self.settings = settings
        self.store.tell_by(notice_rules(settings))
        self._patient.tell_by(notice_rules(settings))

    @property
    def fleet(self) -> str:
        """Name of the fleet."""
        return self.settings.file.fleet.name

    async def scan(
        self, on_progress: OnProgress, selection: Selection | None = None, *, purpose: str = ""
    ) -> ScanReport:
        """Scan the fleet once through the workers, and keep the report in the store.

        Args:
            on_progress: Called as tenants are read.
            selection: Which tenants are scanned; None for the whole fleet.
            purpose: What it is for, in a sentence.

        Raises:
            SourceError, SpecError, InventoryError: When the declaration cannot be used; the scan is then over too.
            ScanUnfinishedError: When the store stays away, or another process took the scan over.
        ScanCancelledError: When somebody asked for its end (`fleetdrift scans cancel`).
        """
        scan, fleet = str(uuid.uuid4()), self.fleet
        await end_orphans(self.store, fleet)
        command = asyncio.current_task()

        def interrupted() -> bool:
            return command is not None and command.cancelling() > 0

        async def create_and_perform() -> ScanReport:
            request = ScanRequest(requested_by=user_name(), selection=selection, purpose=purpose)
            await self._patient.create_scan(scan, fleet, request)
            deed = Deed(caller=who_commands(), action=Action.SCAN_REQUESTED, fleet=fleet, subject=scan)
            await self._patient.credentials.write(deed)
            log(ScanCreated(scan=scan, fleet=fleet, cause=Cause.COMMAND))
            perform = partial(self._perform_and_store, scan, on_progress, interrupted)
            return await logged_scan(scan, fleet, perform, unfinished_by=(StoreError,), failure_level=LogLevel.INFO)

        try:
            report = await holding(self._patient, scan_lease(scan), self.leases, create_and_perform)
        except (StoreError, LeaseTakenError) as error:
            raise ScanUnfinishedError(
                f"{error}: scan {scan} is not finished; a running `fleetdrift serve` resumes it within an hour, "
                f"without one the next `fleetdrift scan` records it as failed"
            ) from None
        await self._tell()
        return report

    async def _tell(self) -> None:
        """Send what this scan has to tell, once; what is not taken is sent by the next scan, or by `serve`."""
        if not self.settings.sinks:
            return
        sender = Sender(self.store, self.fleet, self.settings.sinks)
        with contextlib.suppress(StoreError, TimeoutError):
            async with asyncio.timeout(_TELL_TIMEOUT_SECONDS):
                await sender.deliver()

    async def _perform_and_store(
        self, scan: str, on_progress: OnProgress, interrupted: Callable[[], bool]
    ) -> ScanReport:
        try:
            report = await unless_cancelled(self.store, scan, lambda: self._perform_and_record(scan, on_progress))
        except StoreError:
            raise
        except ScanCancelledError as error:
            await self._finish(scan, ScanState.CANCELLED, str(error))
            raise
        except asyncio.CancelledError:
            if interrupted():  # else the store stays away, or another process has the scan now: it is not over
                await self._finish(scan, ScanState.CANCELLED, "it was interrupted")
            raise
        except Exception as error:
            await self._finish(scan, ScanState.FAILED, failure_reason(error))
            raise
        return report

    async def _perform_and_record(self, scan: str, on_progress: OnProgress) -> ScanReport:
        report = await self._perform(scan, on_progress)
        await self._patient.record_report(scan, report)
        return await self._since_when(report)

    async def _since_when(self, report: ScanReport) -> ScanReport:
        """Say since when what a recorded report says is known."""
        known = await self._patient.memory.first_seen(self.fleet, ids_of_changes(report.body))
        return with_first_seen(report, known)

    async def _finish(self, scan: str, state: ScanState, reason: str) -> None:
        """Record an end without a report; when the store is away, whoever looks next records it."""
        with contextlib.suppress(StoreError, TimeoutError):
            async with asyncio.timeout(_FINISH_TIMEOUT_SECONDS):
                await self.store.finish_scan(scan, state, reason)

    async def _perform(self, scan: str, on_progress: OnProgress) -> ScanReport:
        """Run the scan of this id, or resume it where an earlier process left it."""
        async with QueuedFleet.open(
            engine_settings(self.settings), self._patient, scan=scan, watch=self._watch
        ) as fleet:
            known = await self._patient.known_tenants(self.fleet)
            choice = await self._choice(scan)
            settings = await self._with_kept_ignores()
            sentinel = SentinelReader(fleet, settings, self._scratch) if settings.file.sentinel.host else None
            report = await run_scan(
                settings,
                self._scratch,
                sentinel or fleet,
                on_progress,
                known_tenants=known,
                known_targets=await self._patient.listings.load(self.fleet),
                choice=choice,
                on_listed=self._remember_inventory,
                on_declared=self._patient.declarations.keep,
            )
            found = sentinel.found if sentinel else None
            return msgspec.structs.replace(report, sentinel=found or msgspec.UNSET)

    async def _with_kept_ignores(self) -> Settings:
        """Give the configuration with the ignore rules of the store behind its own."""
        file = self.settings.file
        kept = [entry.rule for entry in await self._patient.ignores.of(self.fleet)]
        return msgspec.structs.replace(
            self.settings, file=msgspec.structs.replace(file, ignore=ignoring(file.ignore, kept))
        )

    async def _choice(self, scan: str) -> Choice | None:
        """Say which tenants a scan is for, as it was asked for; None for the whole fleet."""
        record = await self._patient.get_scan(scan)
        if record is None or record.selection is None:
            return None
        stale_after = dt.timedelta(seconds=self.settings.file.memory.stale_after)
        known = await self._patient.memory.last_known(self.fleet, stale_after)
        return Choice(selection=record.selection, known=known)

    async def _remember_inventory(self, inventory: Inventory) -> None:
        labels = {target.tenant: target.labels for target in inventory.targets}
        await self._patient.remember_inventory(self.fleet, labels)
        if any(self.settings.file.hosts[host].maintenance for host in asked_hosts(self.settings)):
            await self._patient.listings.keep(self.fleet, inventory.targets)

    @property
    def keys(self) -> Keys:
        """The names of the fleet in Redis."""
        return Keys(self.fleet, KeyRing(self.settings.redis_keys))

    async def perform(self, scan: str) -> ScanReport:
        """Run the scan of this id, or resume it.

        Args:
            scan: Id.
        """
        return await self._perform(scan, lambda _: None)

    async def publish(self, scan: str, report: ScanReport) -> None:
        """Write the files of a report that the store has.

        Args:
            scan: Id.
            report: Of that scan.
        """
        if self.settings.file.report.directory and report.selection is None:
            told = await self._since_when(report)
            self._write_files(scan, told, Path(self.settings.root, self.settings.file.report.directory))

    def _write_files(self, scan: str, report: ScanReport, directory: Path) -> None:
        """Write the report's files; a full disk costs them, not the scan, whose report is in the store."""
        try:
            write_files(report, directory)
        except ReportFileError as error:
            self._unwritten = str(error)
            log(ReportUnwritten(scan=scan, fleet=self.fleet))
        else:
            self._unwritten = ""

    async def problems(self) -> list[str]:
        """Say what keeps scans from being done: Redis, the workers, and what scans wait for now."""
        redis = connect_redis(required(self.settings.redis_url, "redis.url"))
        try:
            found = await find_redis_obstacle(redis, self.keys)
            if found is None:
                found = obstacle_among_workers(await read_crew(redis, self.keys))
        except RedisError as error:
            found = obstacle_of(error)
        finally:
            await redis.aclose()
        waits = dict.fromkeys(each for each in (found, *self._watch.obstacles()) if each)
        seen = dict.fromkeys(self._no_worker if each is NO_WORKER else each.sentence for each in waits)
        return [*seen, *filter(None, (self._unwritten, self._store_lacks))]

    async def check_own_store(self) -> None:
        """Compare the store with what its migrations make; log what differs, and let `/readyz` say what is missing."""
        from coordinator.compare.own_store import check_own_store  # lazy: its grammar is slow to import

        try:
            drift = await check_own_store(required(self.settings.store_dsn, "store.dsn"), self._scratch)
        except Exception as error:  # noqa: BLE001  # whatever it is: scans need the store, and not this check
            log(StoreUnchecked(fleet=self.fleet, reason=failure_reason(error)))
            return
        log(StoreChecked(fleet=self.fleet, changes=len(drift.changes)))
        for change in drift.sentences:
            log(StoreDrifted(fleet=self.fleet, change=change))
        if drift.lacks:
            self._store_lacks = (
                f"the store is not as its migrations make it: {'; '.join(drift.lacks)}: "
                "put that back, or restore the store from a backup"
            )

    @property
    def _no_worker(self) -> str:
        return f"no worker of fleet {self.fleet} was announced"

    async def workers(self) -> WorkersList:
        """Say who is there to work for the fleet, and what waits for them."""
        return await list_workers(required(self.settings.redis_url, "redis.url"), self.keys, self.fleet)


async def end_orphans(store: Store, fleet: str) -> None:
    """Record as failed what a process left that ended in the middle, when no coordinator is there to resume it.

    Raises:
        StoreError: When the store cannot be reached.
    """
    if await store.lease_is_held(coordinator_lease(fleet)):
        return
    for record in await store.orphaned_scans(fleet):
        reason = "the process that performed it ended, and no coordinator was there to resume it"
        await store.finish_scan(record.scan, ScanState.FAILED, reason)
        log(ScanFailed(scan=record.scan, fleet=fleet, error="", reason=reason))


def notice_rules(settings: Settings) -> NoticeRules:
    """Say what is worth telling of a scan, and to whom."""
    table = settings.file.memory
    names = tuple(sink.table.name for sink in settings.sinks)
    return NoticeRules(sinks=names, spread=table.spread, suspicious=table.suspicious)


def engine_settings(settings: Settings) -> EngineSettings:
    """Give the fleet engine its part of the configuration.

    Raises:
        SettingsError: When Redis is not configured.
    """
    file = settings.file
    return EngineSettings(
        fleet=file.fleet.name,
        redis_url=required(settings.redis_url, "redis.url"),
        ring=KeyRing(settings.redis_keys),
        hosts=settings.hosts,
        profile=file.compare,
        recipe=file.scan.recipe,
        slots=file.scan.slots,
        rate=file.scan.rate,
        rules=LedgerRules(lease=file.scan.lease, busy_for=file.scan.deadline * BUSY_SHARE_OF_DEADLINE),
        deadline=file.scan.deadline,
        limits=file.limits,
        remember=file.scan.remember,
    )
