"""Where every tenant stands, before anything is done: read with the credential that will write, but read-only."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from coordinator.apply.admission import ApplyRefusedError
from coordinator.apply.journal import Progress
from coordinator.apply.rehearsal import Finished, Rehearsal, TenantState
from shared.hosts import Host
from shared.postgres.connection import TargetError
from shared.postgres.writing.apply import open_writer
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.targets import Failure, FailureKind, Limits, Target


class Fleet(msgspec.Struct, frozen=True, kw_only=True):
    """The tenants asked for, and how to get at them.

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
    """Where the tenants stand.

    Args:
        states: By tenant, in the order asked for; a Failure where it could not be read.
        base: The schema the plan starts from, where one was found.
        remark: What is to be said of the rehearsal; empty when all went well.
    """

    states: dict[str, TenantState | Failure]
    base: Snapshot | None = None
    remark: str = ""


async def survey(
    fleet: Fleet, tenants: Sequence[str], rehearsal: Rehearsal, progress: Progress, *, unproven: bool
) -> Survey:
    """Read every tenant, play the plan through on a copy, and say where each stands.

    Args:
        fleet: How to get at them.
        tenants: Whom to look at.
        rehearsal: Not played yet; it is when this returns, unless there is nothing to play it from.
        progress: What an earlier run noted.
        unproven: Go on when the plan cannot be played through.

    Raises:
        ApplyRefusedError: When it cannot, and that is not accepted.
    """
    shapes: dict[str, Snapshot] = {}
    readings: dict[str, str | Failure] = {}
    slots = asyncio.Semaphore(fleet.concurrency)

    async def read(tenant: str) -> None:
        async with slots:
            readings[tenant] = await _read(fleet, tenant, shapes)

    open_tenants = [tenant for tenant in tenants if tenant not in progress.done]
    await asyncio.gather(*(read(tenant) for tenant in open_tenants))
    base = progress.base or await _find_base(rehearsal, shapes, readings, open_tenants)
    remark = await _play(rehearsal, base, unproven=unproven)
    states: dict[str, TenantState | Failure] = {}
    for tenant in tenants:
        match readings.get(tenant):
            case None:
                states[tenant] = Finished()
            case Failure() as failure:
                states[tenant] = failure
            case fingerprint:
                noted = progress.stages.get(tenant, 0)
                states[tenant] = await rehearsal.state_of(shapes[fingerprint], stages_noted=noted)
    return Survey(states=states, base=base, remark=remark)


async def _read(fleet: Fleet, tenant: str, shapes: dict[str, Snapshot]) -> str | Failure:
    target = fleet.targets[tenant]
    try:
        async with asyncio.timeout(fleet.limits.tenant_timeout):
            async with open_writer(fleet.hosts[target.host], target, fleet.profile, fleet.limits) as writer:
                snapshot, _ = await writer.snapshot()
    except TargetError as error:
        return error.failure
    except TimeoutError:
        return Failure(FailureKind.TIMEOUT, "no answer in time")
    shapes.setdefault(snapshot.fingerprint, snapshot)
    return snapshot.fingerprint


async def _find_base(
    rehearsal: Rehearsal, shapes: Mapping[str, Snapshot], readings: Mapping[str, str | Failure], tenants: Sequence[str]
) -> Snapshot | None:
    """Give the schema, spelt by the scratch server, of the first tenant that is what the plan was made for."""
    tried: set[str] = set()
    for tenant in tenants:
        reading = readings[tenant]
        if isinstance(reading, Failure) or reading in tried:
            continue
        tried.add(reading)
        base = await rehearsal.base_in(shapes[reading])
        if base is not None:
            return base
    return None


async def _play(rehearsal: Rehearsal, base: Snapshot | None, *, unproven: bool) -> str:
    """Give what is to be said of the rehearsal, or nothing.

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
