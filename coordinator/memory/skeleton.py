"""A report without what the memory holds anyway: its tenants, and the groups that many reports share."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from coordinator.memory.model import Remembered
from coordinator.report.model import DriftGroup, ScanReport, SentinelResult, Step, TenantResult, TenantStatus
from shared.blobs import name_of
from shared.formats import GROUP, FormatError


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What tells reports apart that say the same of the same fleet.

    Args:
        execution_id: As the report has it, like all that follows.
        started: RFC 3339, UTC.
        duration: Seconds.
        steps: The execution log.
        sentinel: Whether the sentinel's drift was found.
    """

    execution_id: str
    started: str
    duration: float
    steps: tuple[Step, ...]
    sentinel: SentinelResult | msgspec.UnsetType = msgspec.UNSET

    @classmethod
    def of(cls, report: ScanReport) -> Envelope:
        """Take the envelope of a report."""
        return cls(
            execution_id=report.execution_id,
            started=report.started,
            duration=report.duration,
            steps=report.steps,
            sentinel=report.sentinel,
        )


_NO_ENVELOPE = Envelope(execution_id="", started="", duration=0.0, steps=())


class Skeleton(msgspec.Struct, frozen=True, kw_only=True):
    """A report as the store keeps it, once for all reports that say the same.

    Args:
        report: Without tenants, groups and envelope; rollouts without their tenants.
        groups: (id, name of the blob) of each group, in the report's order.
        roll: Hash of which tenants the report has and where each stands.
        selected: Their names, where those are not the whole fleet.
    """

    report: ScanReport
    groups: tuple[tuple[str, str], ...]
    roll: str
    selected: tuple[str, ...] | None = None


def roll_of(rows: Iterable[tuple[str, str]]) -> str:
    """Hash which tenants there are and where each stands.

    Args:
        rows: (tenant, digest of its standing), sorted by tenant.
    """
    digest = hashlib.sha256()
    for tenant, standing in rows:
        digest.update(f"{len(tenant)} {tenant} {standing}\n".encode())
    return digest.hexdigest()


def take_apart(report: ScanReport, remembered: Remembered) -> tuple[Skeleton, dict[str, DriftGroup]]:
    """Take tenants and groups out of a report.

    Args:
        report: Whole.
        remembered: What the memory took from it.

    Returns:
        What is left, and the groups without their tenants, by the names of their blobs.
    """
    groups = {group.id: msgspec.structs.replace(group, tenants=()) for group in report.body.groups}
    names = {key: name_of(GROUP, group) for key, group in groups.items()}
    summary = msgspec.structs.replace(report.body.drift_summary, tenant_impact=())
    rollouts = tuple(msgspec.structs.replace(rollout, tenants=()) for rollout in report.body.rollouts)
    body = msgspec.structs.replace(report.body, tenants=(), groups=(), rollouts=rollouts, drift_summary=summary)
    bare = _in_envelope(msgspec.structs.replace(report, body=body), _NO_ENVELOPE)
    digests = [standing.digest for standing in remembered.standings]
    roll = roll_of((tenant, digests[place]) for tenant, place in remembered.tenants)
    selected = tuple(tenant for tenant, _ in remembered.tenants) if report.selection is not None else None
    skeleton = Skeleton(report=bare, groups=tuple(names.items()), roll=roll, selected=selected)
    return skeleton, {names[key]: group for key, group in groups.items()}


def _in_envelope(report: ScanReport, envelope: Envelope) -> ScanReport:
    return msgspec.structs.replace(report, **msgspec.structs.asdict(envelope), first_seen=msgspec.UNSET)


def put_together(
    skeleton: Skeleton,
    envelope: Envelope,
    groups: Mapping[str, DriftGroup],
    rows: Sequence[tuple[TenantResult, str]],
) -> ScanReport:
    """Make the report again.

    Args:
        skeleton: As `take_apart` gave it.
        envelope: Of this report.
        groups: By the names of their blobs.
        rows: (row of the report, digest of its standing), sorted by tenant.

    Raises:
        FormatError: When the memory does not hold all that the report was made of.
    """
    lost = [key for key, name in skeleton.groups if name not in groups]
    if lost or roll_of((row.tenant, digest) for row, digest in rows) != skeleton.roll:
        what = f"drift group {lost[0]}" if lost else "where its tenants stood"
        raise FormatError(
            f"the report of the scan begun at {envelope.started} cannot be made again: "
            f"the store does not remember {what}"
        )
    tenants = tuple(row for row, _ in rows)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for row in tenants:
        members[row.group or row.rollout].append(row.tenant)
    bare = skeleton.report.body
    impact = tuple(row.tenant for row in tenants if row.status is TenantStatus.DRIFTED)
    body = msgspec.structs.replace(
        bare,
        tenants=tenants,
        groups=tuple(
            msgspec.structs.replace(groups[name], tenants=tuple(members[key])) for key, name in skeleton.groups
        ),
        rollouts=tuple(
            msgspec.structs.replace(rollout, tenants=tuple(members[rollout.id])) for rollout in bare.rollouts
        ),
        drift_summary=msgspec.structs.replace(bare.drift_summary, tenant_impact=impact),
    )
    return _in_envelope(msgspec.structs.replace(skeleton.report, body=body), envelope)
