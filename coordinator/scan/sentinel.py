"""Has the sentinel read and compared in each scan as tenants are, and keeps it out of all that is said of the fleet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from coordinator.fleet.reader import FleetReader, OnProgress, ReadResult
from coordinator.inventory import InventoryError
from coordinator.report.model import SentinelResult
from coordinator.scan.compiled import compiled
from coordinator.settings.model import Settings
from coordinator.settings.sentinel import SentinelTable
from shared.analysis.analysis import Analysis
from shared.contracts.contract import Contract
from shared.postgres.names.own_names import declared_names
from shared.postgres.scratch import ScratchServer
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, Snapshot, Spec, SpecSource
from shared.sentinel import DECLARED, EXPECTED
from shared.targets import Failure, Target


def sentinel_target(table: SentinelTable) -> Target:
    """Give where the sentinel lives."""
    return Target(tenant=table.tenant, host=table.host, database=table.database, namespace=table.namespace)


class SentinelReader(FleetReader):
    """A FleetReader that reads the sentinel along with the tenants, and answers for the tenants alone.

    Args:
        reader: Reads.
        settings: With a `[sentinel]`.
        scratch: Compiles what is declared for the sentinel.

    Attributes:
        found: Whether the planted drift was found; nothing before the tenants were read, nor where the sentinel's host
            is in maintenance.
    """

    def __init__(self, reader: FleetReader, settings: Settings, scratch: ScratchServer) -> None:
        self._reader = reader
        self._file = settings.file
        self._target = sentinel_target(settings.file.sentinel)
        self._profile: Profile = settings.file.compare
        self._scratch = scratch
        self.found: SentinelResult | None = None

    async def read(self, targets: Sequence[Target], on_progress: OnProgress) -> Mapping[str, ReadResult]:
        """Read all, and take the sentinel's result out.

        Raises:
            InventoryError: When a tenant of the fleet has the sentinel's name.
        """
        sentinel = self._target.tenant
        if any(target.tenant == sentinel for target in targets):
            raise InventoryError(f"a tenant of the fleet is called {sentinel!r}, as the sentinel is: rename [sentinel]")
        closed = self._file.closed_hosts(dt.datetime.now(dt.UTC))
        if self._target.host in closed:
            return await self._reader.read(targets, on_progress)  # whether its drift is found is not known
        results = await self._reader.read([*targets, self._target], on_progress)
        self.found = await self._find(results[sentinel])
        return {tenant: result for tenant, result in results.items() if tenant != sentinel}

    async def snapshots(self, fingerprints: Sequence[str]) -> Mapping[str, Snapshot]:
        """Ask the reader."""
        return await self._reader.snapshots(fingerprints)

    async def analyse(
        self, spec: Spec, snapshots: Mapping[str, Snapshot], contracts: tuple[Contract, ...]
    ) -> Mapping[str, Analysis]:
        """Ask the reader."""
        return await self._reader.analyse(spec, snapshots, contracts)

    async def _find(self, result: ReadResult) -> SentinelResult:
        if isinstance(result, Failure):
            return SentinelResult(detected=False, reason=f"the sentinel could not be read: {result.message}")
        source = SpecSource(
            declarations=tuple(Declaration(sql, Origin("sentinel.sql", line)) for line, sql in enumerate(DECLARED, 1))
        )
        names = declared_names(self._profile, namespaced=bool(self._target.namespace))
        spec = await compiled(self._scratch, source, self._profile, names)
        analyses = await self.analyse(spec, await self.snapshots([result.fingerprint]), ())
        changes = analyses[result.fingerprint].diff.changes
        found = {(str(each.__struct_config__.tag), each.identity.name) for each in changes}
        lost = sorted(EXPECTED - found)
        said = ", ".join(f"{kind} {name}" for kind, name in lost)
        return SentinelResult(detected=not lost, reason=f"its planted drift was not found: {said}" if lost else "")
