"""Keeps what was read of each tenant beside the sign of its database, and how deep scans had to look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from coordinator.store.access import StoreAccess
from shared.messages import Observed
from shared.targets import Depth, Target

_decode = msgspec.json.Decoder(Observed).decode


class SignedReading(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a tenant, and what the server said of its database before.

    Args:
        target: Which tenant, and where it lived; its labels are not kept.
        identity: See `DatabaseSign`.
        written: See `DatabaseSign`.
        observed: What was read.
        read_in_full: When it was last read without a hint of an earlier scan.
    """

    target: Target
    identity: str
    written: int
    observed: Observed
    read_in_full: dt.datetime


class Depths(msgspec.Struct, frozen=True, kw_only=True):
    """How deep the last scan had to look.

    Args:
        tenants: By depth; those that could not be read are not counted.
        mismatches: How often a sign has said that nothing had changed, and something had.
    """

    tenants: Mapping[Depth, int]
    mismatches: int


class Signs(StoreAccess):
    """Readings by their signs. Every method raises StoreError when the store fails."""

    async def load(self, fleet: str, scope: str, since: dt.datetime) -> dict[str, SignedReading]:
        """Give what may still stand for a reading, by tenant.

        Args:
            fleet: Name.
            scope: What is to be read, and by which code.
            since: Those that were not read in full since then are left out.
        """
        decode = lru_cache(maxsize=10_000)(_decode)  # most tenants share a handful of answers
        return {
            row["tenant"]: SignedReading(
                target=Target(
                    tenant=row["tenant"], host=row["host"], database=row["database"], namespace=row["namespace"]
                ),
                identity=row["identity"],
                written=row["written"],
                observed=decode(row["observed"]),
                read_in_full=row["read_in_full"],
            )
            for row in await self._rows("load_signs", fleet, scope, since)
        }

    async def keep(self, fleet: str, scope: str, readings: Sequence[SignedReading]) -> None:
        """Keep readings in place of what was kept of these tenants; `read_in_full` is kept to the microsecond."""
        await self._run(
            "keep_signs",
            fleet,
            scope,
            [each.target.tenant for each in readings],
            [each.target.host for each in readings],
            [each.target.database for each in readings],
            [each.target.namespace for each in readings],
            [each.identity for each in readings],
            [each.written for each in readings],
            [msgspec.json.encode(each.observed).decode() for each in readings],
            [each.read_in_full for each in readings],
        )

    async def forget(self, fleet: str, hosts: Sequence[str]) -> None:
        """Forget what was kept of the tenants of hosts."""
        await self._run("forget_signs", fleet, list(hosts))

    async def record_depths(self, fleet: str, depths: Depths) -> None:
        """Keep how deep a scan had to look, and add the mismatches that it found."""
        await self._run("record_depths", fleet, msgspec.json.encode(depths.tenants).decode(), depths.mismatches)

    async def depths(self, fleet: str) -> Depths | None:
        """Say how deep the last scan had to look; nothing when none has said so."""
        for row in await self._rows("load_depths", fleet):
            return Depths(
                tenants=msgspec.json.decode(row["tenants"], type=dict[Depth, int]), mismatches=row["mismatches"]
            )
        return None
