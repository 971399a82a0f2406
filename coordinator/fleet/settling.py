"""Answers for the tenants of which the sign of their server says that nothing has changed: they are not read.

Where a database was written to, its own counters say whether its catalogs were.

A sign is read before the tenants are. What is then read of a tenant is kept beside it, and stands for the tenant as
long as the sign stays the same and is not in doubt (docs/decisions/531-the-sign-of-a-server.md).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from coordinator.engine.engine import Facilities
from coordinator.fleet.signs import read_counters, read_signs
from coordinator.ledger.batch import FinalOutcome, ItemOutcome
from coordinator.store.signs import Depths, SignedReading
from shared.events.run import SignMismatched, SignsRead
from shared.logs import log
from shared.messages import Observed
from shared.postgres.query_files import query_text
from shared.postgres.reading.catalog import reading_hash
from shared.postgres.reading.fingerprint import FINGERPRINT_VERSION
from shared.postgres.reading.migration_locks import holder
from shared.postgres.reading.server_sign import COUNTED_AFTER_SECONDS, DatabaseSign, ServerSign
from shared.postgres.reading.versions import MIGRATION_TOOLS
from shared.schema.profile import Profile
from shared.targets import Depth, Target

_FULL = frozenset({Depth.FINGERPRINT, Depth.ROWS})
"""Depths at which no earlier scan is believed."""

Signs = Mapping[str, ServerSign]
"""By host."""


class Settling:
    """What signs say of the tenants of one scan.

    Args:
        scan: Id.
        facilities: Settings, store and Redis.
        chance: Draws the tenants that are read although nothing has changed, from 0 to 1.
    """

    def __init__(self, scan: str, facilities: Facilities, chance: Callable[[], float] = random.random) -> None:
        self._scan = scan
        self._facilities = facilities
        self._store = facilities.store
        self._settings = facilities.settings
        self._chance = chance
        self._scope = scope_of(facilities.settings.profile)
        self._begun = dt.datetime.now(dt.UTC)
        self._signs: Signs = {}
        self._kept: Mapping[str, SignedReading] = {}
        self._unread: dict[str, Target] = {}
        self._read_anyway: set[str] = set()
        self._renewed: list[SignedReading] = []

    async def settle(self, targets: Sequence[Target], is_kept: Callable[[str], bool]) -> list[ItemOutcome]:
        """Give the answers for those of which nothing has changed.

        Args:
            targets: Without an answer yet.
            is_kept: Says whether the snapshot of a fingerprint is there.

        Raises:
            StoreError: When the store fails.
        """
        self._unread = {target.tenant: target for target in targets}
        if not self._settings.remember or not targets:
            return []
        self._signs = await read_signs(self._settings, targets)
        since = self._begun - dt.timedelta(seconds=self._settings.remember)
        self._kept = await self._store.signs.load(self._settings.fleet, self._scope, since)
        settled: list[ItemOutcome] = []
        busy: list[Target] = []
        for target in targets:
            kept, sign = self._kept.get(target.tenant), sign_of(self._signs, target)
            if kept is None or sign is None or not is_kept(kept.observed.fingerprint):
                continue
            if not may_stand_for(kept, target, sign):
                continue
            if sign.doubt or sign.written != kept.written:
                busy.append(target)
            elif self._chance() < self._settings.read_anyway:
                self._read_anyway.add(target.tenant)
            else:
                settled.append((target.tenant, _answer(kept, Depth.SIGN)))
                del self._unread[target.tenant]
        settled += await self._settle_by_counters(busy)
        found = sum(not sign.doubt for sign in self._signs.values())
        log(
            SignsRead(run=self._scan, hosts=len({target.host for target in targets}), found=found, settled=len(settled))
        )
        return settled

    async def _settle_by_counters(self, targets: Sequence[Target]) -> list[ItemOutcome]:
        """Give the answers for those whose database was written to, but not its catalogs."""
        wanted = [target for target in targets if self._kept[target.tenant].observed.counters]
        found = await read_counters(self._facilities, wanted, self._scan)
        settled: list[ItemOutcome] = []
        for target in wanted:
            kept = self._kept[target.tenant]
            if found.get((target.host, target.database)) != kept.observed.counters:
                continue
            settled.append((target.tenant, _answer(kept, Depth.COUNTERS)))
            sign = sign_of(self._signs, target)
            assert sign is not None, "only those with a sign are looked at"
            self._renewed.append(msgspec.structs.replace(kept, written=sign.written))
            del self._unread[target.tenant]
        return settled

    async def keep(self, outcomes: Mapping[str, FinalOutcome], *, read_since: bool) -> None:
        """Keep what was read beside the signs that were read before, and how deep one had to look.

        Args:
            outcomes: Of every tenant of the scan.
            read_since: Whether all that was read was read after the signs; in a scan that is resumed that is not known.

        Raises:
            StoreError: When the store fails.
        """
        wrong = await self._mismatches(outcomes) if read_since else {}
        depths = Counter(outcome.depth for outcome in outcomes.values() if isinstance(outcome, Observed))
        await self._store.signs.record_depths(self._settings.fleet, Depths(tenants=depths, mismatches=len(wrong)))
        hosts = set(wrong.values())
        if hosts:
            await self._store.signs.forget(self._settings.fleet, sorted(hosts))
        fresh = [self._reading(target, outcomes.get(tenant)) for tenant, target in self._unread.items()]
        found = [each for each in fresh if each is not None] if read_since else []
        readings = [each for each in (*found, *self._renewed) if each.target.host not in hosts]
        if readings:
            await self._store.signs.keep(self._settings.fleet, self._scope, readings)

    def _reading(self, target: Target, outcome: FinalOutcome | None) -> SignedReading | None:
        """Give what is to be kept of a tenant; nothing where it may change before somebody writes to its database."""
        sign = sign_of(self._signs, target)
        if sign is None or not isinstance(outcome, Observed) or not is_at_rest(outcome):
            return None
        kept = self._kept.get(target.tenant)
        same = kept is not None and kept.observed.fingerprint == outcome.fingerprint
        if outcome.depth in _FULL:
            read_in_full = self._begun
        elif kept is not None and same:
            read_in_full = kept.read_in_full
        else:
            return None  # an earlier scan was believed, and when it read in full is not known
        return SignedReading(
            target=msgspec.structs.replace(target, labels=()),
            identity=sign.identity,
            written=sign.written,
            observed=msgspec.structs.replace(outcome, depth=Depth.ROWS),
            read_in_full=read_in_full,
        )

    async def _mismatches(self, outcomes: Mapping[str, FinalOutcome]) -> dict[str, str]:
        """Give tenant and host of those that are not what their sign has said, and still says."""
        differing = [
            self._unread[tenant]
            for tenant in sorted(self._read_anyway)
            if _differs(outcomes.get(tenant), self._kept[tenant].observed)
        ]
        if not differing:
            return {}
        await asyncio.sleep(COUNTED_AFTER_SECONDS)  # it may have changed since the sign was read
        now = await read_signs(self._settings, differing)
        found = {each.tenant: each.host for each in differing if _is_unchanged(self._kept[each.tenant], each, now)}
        for tenant, host in found.items():
            log(SignMismatched(run=self._scan, tenant=tenant, host=host))
        return found


def _answer(kept: SignedReading, depth: Depth) -> Observed:
    return msgspec.structs.replace(kept.observed, depth=depth, counters="")


def _is_unchanged(kept: SignedReading, target: Target, signs: Signs) -> bool:
    sign = sign_of(signs, target)
    if sign is None or sign.doubt or sign.written != kept.written:
        return False
    return may_stand_for(kept, target, sign)


def scope_of(profile: Profile) -> str:
    """Name what is read of a tenant under a profile by this release, apart from the tenant's own names."""
    tools = [(tool, query_text(tool.file)) for tool in MIGRATION_TOOLS]
    what = repr((FINGERPRINT_VERSION, reading_hash(), profile, tools))
    return hashlib.sha256(what.encode()).hexdigest()


def sign_of(signs: Signs, target: Target) -> DatabaseSign | None:
    """Give the sign of a tenant's database; nothing when there is none."""
    server = signs.get(target.host)
    return server.databases.get(target.database) if server is not None else None


def may_stand_for(kept: SignedReading, target: Target, sign: DatabaseSign) -> bool:
    """Say whether what was read of a tenant is what would be read now, if nothing was written to its catalogs."""
    if kept.identity != sign.identity or kept.target != msgspec.structs.replace(target, labels=()):
        return False
    return not any(holder(number, target.database, target.namespace or "public") for number in sign.locks)


def is_at_rest(outcome: Observed) -> bool:
    """Say whether no migration is under way, as far as the migration tools say."""
    return not outcome.running and not any(version.dirty for version in outcome.versions)


def _differs(outcome: FinalOutcome | None, kept: Observed) -> bool:
    return isinstance(outcome, Observed) and (outcome.fingerprint, outcome.versions) != (
        kept.fingerprint,
        kept.versions,
    )
