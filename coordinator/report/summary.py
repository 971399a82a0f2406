"""Count the headline of a report from its drift groups."""

from __future__ import annotations

from collections.abc import Iterable

from coordinator.report.model import DriftGroup, DriftSummary, TenantResult, TenantStatus
from shared.diff.changes import Missing, Unexpected
from shared.diff.compare import headline
from shared.findings.rules import schema_version_mismatch


def summarise(groups: Iterable[DriftGroup], results: Iterable[TenantResult]) -> DriftSummary:
    """Count over tenants: two tenants that miss one index count two.

    Args:
        groups: Of the report.
        results: Of the report; the tenants that drifted are its impact.
    """
    known = tuple(results)
    drifted = {result.group for result in known if result.status is TenantStatus.DRIFTED}
    # What could not be decided is in no count; the report shows its group, with the reason.
    counted = tuple(group for group in groups if group.id in drifted)
    return DriftSummary(
        missing_indexes=sum(len(group.tenants) * _missing_indexes(group) for group in counted),
        orphaned_constraints=sum(len(group.tenants) * _orphaned_constraints(group) for group in counted),
        schema_version_mismatches=sum(len(group.tenants) for group in counted if version_mismatch(group)),
        service_contract_violations=sum(len(group.tenants) * _violations(group) for group in counted),
        tenant_impact=tuple(sorted(result.tenant for result in known if result.status is TenantStatus.DRIFTED)),
    )


def remediation_steps(groups: Iterable[DriftGroup]) -> int:
    """Count the remediation steps of a report.

    The statements of every distinct plan count once; a group whose schema version is another adds one explained step,
    because running the migrations is the service's own business.
    """
    known = tuple(groups)
    plans = {tuple(statement.sql for statement in group.plan.statements) for group in known if group.plan}
    return sum(len(plan) for plan in plans) + sum(version_mismatch(group) for group in known)


def version_mismatch(group: DriftGroup) -> bool:
    """Say whether the tenants of a group are at another schema version than the declared one."""
    return any(finding.rule == schema_version_mismatch.RULE.id for finding in group.findings)


def _missing_indexes(group: DriftGroup) -> int:
    changes = headline(group.diff).changes
    return sum(isinstance(change, Missing) and change.identity.kind == "index" for change in changes)


def _orphaned_constraints(group: DriftGroup) -> int:
    changes = headline(group.diff).changes
    kinds = ("constraint", "domain_constraint")
    return sum(isinstance(change, Unexpected) and change.identity.kind in kinds for change in changes)


def _violations(group: DriftGroup) -> int:
    return sum(verdict.status.counts for verdict in group.verdicts)
