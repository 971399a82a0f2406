"""Judge a schema by the tenancy rules: the declared one, and what is new in a tenant's."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.findings.finding import Finding
from shared.findings.judge import finding_order
from shared.findings.tenancy.case import TenancyCase, UnconfinedRole
from shared.findings.tenancy.rule import Fault, load_tenancy_rules
from shared.schema.identity import ObjectId
from shared.schema.schema import Origin, Snapshot, Spec
from shared.schema.tenancy import Tenancy

TENANCY_RULES = load_tenancy_rules()
"""Every tenancy rule by its id."""


class TenancyFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What the tenancy rules say of a tenant's schema beside its declaration.

    Args:
        declared: What the declaration itself earns: the same for every tenant.
        new: What only this tenant earns.
    """

    declared: tuple[Finding, ...]
    new: tuple[Finding, ...]


def judge_tenancy(
    tenancy: Tenancy, spec: Spec, observed: Snapshot | None = None, roles: Iterable[UnconfinedRole] = ()
) -> TenancyFindings:
    """Judge a declared schema, and a tenant's beside it.

    Args:
        tenancy: What they are held to; without a column nothing is found.
        spec: The declared schema.
        observed: What a tenant has; None judges the declared schema alone.
        roles: Those of services for which row-level security does not hold: told with the declared schema, once.
    """
    if not tenancy.column:
        return TenancyFindings(declared=(), new=())
    origins = {entry.identity: entry.origin for entry in spec.origins}
    own = TenancyCase(tenancy, spec.snapshot, roles=roles)
    declared = _findings(own, origins)
    if observed is None:
        return TenancyFindings(declared=declared, new=())
    known = {_identity(finding) for finding in declared}
    found = _findings(TenancyCase(tenancy, observed, own), origins)
    return TenancyFindings(
        declared=declared, new=tuple(finding for finding in found if _identity(finding) not in known)
    )


def _findings(case: TenancyCase, origins: dict[ObjectId, Origin]) -> tuple[Finding, ...]:
    found = (_finding(rule.id, fault, origins) for rule in TENANCY_RULES.values() for fault in rule.judge(case))
    return tuple(sorted(found, key=finding_order))


def _finding(rule: str, fault: Fault, origins: dict[ObjectId, Origin]) -> Finding:
    return Finding(
        rule=rule,
        severity=fault.grade,
        object=fault.object,
        message=fault.message,
        origin=origins.get(fault.object) or origins.get(fault.table),
    )


def _identity(finding: Finding) -> tuple[object, ...]:
    """Tell findings apart by what they are about, not by their words, which may spell one thing in two ways."""
    return finding.rule, finding.object, finding.severity


def tenancy_titles(rules: Iterable[str]) -> dict[str, str]:
    """Give the titles of those of the rules that are tenancy rules."""
    return {rule: TENANCY_RULES[rule].title for rule in rules if rule in TENANCY_RULES}
