"""Decides whether a migration may begin: what a scan says of the tenants that it is about to change."""

from __future__ import annotations

import msgspec

from coordinator.report.exit_code import NOT_KNOWN
from coordinator.report.model import DriftGroup, ScanReport, ScanStatus, TenantResult, TenantStatus
from coordinator.report.renderers.presentation import STATUS_WORDS, plural, tenants_phrase
from coordinator.report.renderers.rollouts import rollout_sentence
from coordinator.report.renderers.visible import visible

MAX_LISTED_REASONS = 20
"""Lines of an answer; what is beyond is counted. The report lists everything."""

MAX_NAMED_OBJECTS = 3
"""Objects that are named of one drift group; the others are counted."""


class GateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a migration may begin, and why not.

    Args:
        status: `in_sync` lets it pass; `drift` and `incomplete` do not.
        lines: For people: the answer, then who stands in the way and who waits for a migration.
    """

    status: ScanStatus
    lines: tuple[str, ...]


def gate_answer(report: ScanReport, excluded: tuple[str, ...] = ()) -> GateAnswer:
    """Decide from a report: drift closes the gate, `pending` does not, and what is not known does.

    Args:
        report: Of a scan of the tenants that are about to be migrated.
        excluded: Tenants that were asked for and that the configuration leaves out: nobody knows how they stand.
    """
    status = ScanStatus.INCOMPLETE if excluded else report.status
    reasons = [*_unknown(report), *_excluded(excluded), *_drifted(report)]
    shown = [f"  {reason}" for reason in reasons[:MAX_LISTED_REASONS]]
    if len(reasons) > MAX_LISTED_REASONS:
        shown.append(f"  … and {len(reasons) - MAX_LISTED_REASONS} more reasons: the report has them all")
    waiting = [f"  passes: {visible(rollout_sentence(each))}" for each in report.body.rollouts]
    return GateAnswer(
        status=status,
        lines=(f"gate: {_verdict(report, status, len(excluded))}", *shown, *waiting[:MAX_LISTED_REASONS]),
    )


def _verdict(report: ScanReport, status: ScanStatus, excluded: int) -> str:
    counts = dict(report.body.counts)
    asked = len(report.body.tenants) + excluded
    unknown = sum(counts.get(each, 0) for each in NOT_KNOWN) + excluded
    drifted = counts.get(TenantStatus.DRIFTED, 0)
    parts = [f"{drifted:,} drifted"] if drifted else []
    parts += [f"{unknown:,} not known"] if unknown else []
    match status:
        case ScanStatus.IN_SYNC:
            waiting = counts.get(TenantStatus.PENDING, 0)
            pending = f", {waiting:,} of them pending" if waiting else ""
            return f"open: none of {plural(asked, 'tenant')} has drifted{pending}"
        case ScanStatus.DRIFT | ScanStatus.INCOMPLETE | ScanStatus.FAILED:
            why = f"{', '.join(parts)} of {plural(asked, 'tenant')}" if parts else "not everything could be read"
            return f"closed: {why}"


def _unknown(report: ScanReport) -> list[str]:
    tenants = [_unknown_tenant(each) for each in report.body.tenants if each.status in NOT_KNOWN]
    services = [f"service {visible(service)}: nothing of it could be read" for service in report.body.unread_services]
    if tenants or services or report.status is not ScanStatus.INCOMPLETE:
        return [*tenants, *services]
    return [f"not read: {visible(sentence)}" for sentence in report.body.unchecked]


def _unknown_tenant(result: TenantResult) -> str:
    why = f": {visible(result.failure.message)}" if result.failure else ""
    group = f" (drift group {result.group})" if result.group else ""
    return f"{visible(result.tenant)}: {STATUS_WORDS[result.status]}{why}{group}"


def _excluded(tenants: tuple[str, ...]) -> list[str]:
    return [f"{visible(tenant)}: excluded by [fleet] exclude, so nobody knows how it stands" for tenant in tenants]


def _drifted(report: ScanReport) -> list[str]:
    drifted = {result.tenant for result in report.body.tenants if result.status is TenantStatus.DRIFTED}
    return [_group_line(each) for each in report.body.groups if drifted.intersection(each.tenants)]


def _group_line(group: DriftGroup) -> str:
    wrong = [f"{finding.rule} {finding.object}" for finding in group.findings]
    wrong += [f"{verdict.rule} {verdict.file}:{verdict.line}" for verdict in group.verdicts]
    more = f" and {len(wrong) - MAX_NAMED_OBJECTS} more" if len(wrong) > MAX_NAMED_OBJECTS else ""
    named = ", ".join(wrong[:MAX_NAMED_OBJECTS])
    return f"{visible(tenants_phrase(group.tenants))}: drifted: {visible(named)}{more} (drift group {group.id})"
