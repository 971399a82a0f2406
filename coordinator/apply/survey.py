"""Read the state of every tenant before anything is changed: with the credential that will write, but read-only."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from coordinator.apply.admission import ApplyRefusedError
from coordinator.apply.journal import Progress
from coordinator.apply.rehearsal import Rehearsal, TenantState
from shared.hosts import Host
from shared.postgres.connection import TargetError
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.targets import Failure, Limits, Target
from workers.isolated.readers import Readers


class TenantAccess(msgspec.Struct, frozen=True, kw_only=True):
    """The tenants asked for, and how to connect to them.

    Args:
        targets: By tenant.
        hosts: By name, with the credential that can write.
        profile: Which facets are compared.
        limits: Bounds on reading.
        concurrency: Tenants read at once.
    """

    targets: Mapping[str, Target]
    hosts: Mapping[str, Host]
    profile: Profile
    limits: Limits
    concurrency: int


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """The states of the tenants.

    Args:
        states: By tenant, in the order asked for; a Failure where it could not be read.
        base: The schema the plan starts from, where one was found.
        remark: One sentence about a rehearsal that went wrong; empty when it went well.
    """

    states: dict[str, TenantState | Failure]
    base: Snapshot | None = None
    remark: str = ""


async def survey(
    access: TenantAccess, tenants: Sequence[str], rehearsal: Rehearsal, progress: Progress, *, unproven: bool
) -> Survey:
    """Read every tenant, rehearse the plan on a copy, and give the state of each tenant.

    Args:
        access: The tenants, and how to connect to them.
        tenants: Whom to read.
        rehearsal: Not played yet. It is when this returns, unless no tenant has the schema the plan starts from.
        progress: What an earlier run recorded. A hint: it may be older than a tenant's restored backup, so it only
            gives the schema that the plan starts from where no tenant has it any more, and decides between stages
            after which a schema looks the same.
        unproven: Go on when the plan cannot be played through.

    Raises:
        ApplyRefusedError: When it cannot, and that is not accepted.
    """
    snapshots: dict[str, Snapshot] = {}
    fingerprints: dict[str, str | Failure] = {}
    slots = asyncio.Semaphore(access.concurrency)

    async def read(tenant: str) -> None:
        async with slots:
            fingerprints[tenant] = await _read(access, readers, tenant, snapshots)

    async with Readers(access.limits) as readers:
        await asyncio.gather(*(read(tenant) for tenant in tenants))
    base = await _find_base(rehearsal, snapshots, fingerprints, tenants) or await _noted_base(rehearsal, progress)
    remark = await _play(rehearsal, base, unproven=unproven)
    states: dict[str, TenantState | Failure] = {}
    for tenant in tenants:
        match fingerprints[tenant]:
            case Failure() as failure:
                states[tenant] = failure
            case fingerprint:
                noted = progress.stages.get(tenant, 0)
                states[tenant] = await rehearsal.state_of(snapshots[fingerprint], stages_noted=noted)
    return Survey(states=states, base=base, remark=remark)


async def _read(access: TenantAccess, readers: Readers, tenant: str, snapshots: dict[str, Snapshot]) -> str | Failure:
    target = access.targets[tenant]
    try:
        snapshot = await readers.schema_to_change(access.hosts[target.host], target, access.profile)
    except TargetError as error:
        return error.failure
    snapshots.setdefault(snapshot.fingerprint, snapshot)
    return snapshot.fingerprint


async def _find_base(
    rehearsal: Rehearsal,
    snapshots: Mapping[str, Snapshot],
    fingerprints: Mapping[str, str | Failure],
    tenants: Sequence[str],
) -> Snapshot | None:
    """Find a tenant with the schema that the plan starts from; give that schema as the scratch server spells it."""
    tried: set[str] = set()
    for tenant in tenants:
        fingerprint = fingerprints[tenant]
        if isinstance(fingerprint, Failure) or fingerprint in tried:
            continue
        tried.add(fingerprint)
        base = await rehearsal.base_in(snapshots[fingerprint])
        if base is not None:
            return base
    return None


async def _noted_base(rehearsal: Rehearsal, progress: Progress) -> Snapshot | None:
    """Give the schema that the progress file says the plan starts from, if it is the one that the plan names."""
    return await rehearsal.base_in(progress.base) if progress.base else None


async def _play(rehearsal: Rehearsal, base: Snapshot | None, *, unproven: bool) -> str:
    """Rehearse the plan on a copy; give one sentence about what went wrong, or nothing.

    Raises:
        ApplyRefusedError: When it went wrong, and that is not accepted.
    """
    if base is None:
        return "The plan was not rehearsed: no tenant has the schema it starts from"
    try:
        if await rehearsal.play(base):
            return ""
        wrong = "on a scratch copy the plan does not lead to the declared schema"
    except ApplyRefusedError as error:
        wrong = str(error)
    if not unproven:
        raise ApplyRefusedError(f"{wrong}; scan again, or insist with --unproven")
    return wrong
