"""Judge a schema by the tenancy rules: the declared one, and what is new in a tenant's."""

from __future__ import annotations

from collections.abc import Iterable

from shared.findings.finding import Finding
from shared.findings.judge import finding_order
from shared.findings.tenancy.case import TenancyCase, UnconfinedRole
from shared.findings.tenancy.rule import Fault, load_tenancy_rules
from shared.schema.identity import ObjectId
from shared.schema.schema import Origin, Snapshot, Spec
from shared.schema.tenancy import Tenancy

TENANCY_RULES = load_tenancy_rules()
"""Every tenancy rule by its id."""


class TenancyJudge:
    """Judges the schemas that are compared with one declaration. Without a tenant column nothing is found.

    Args:
        tenancy: What they are held to.
        spec: The declared schema.
        roles: Those of services for which row-level security does not hold: told with the declared schema, once.
    """

    def __init__(self, tenancy: Tenancy, spec: Spec, roles: Iterable[UnconfinedRole] = ()) -> None:
        self._tenancy = tenancy
        self._origins = {entry.identity: entry.origin for entry in spec.origins}
        self._case = TenancyCase(tenancy, spec.snapshot, roles=roles) if tenancy.column else None
        self.declared = _findings(self._case, self._origins) if self._case else ()
        self._known = {_identity(finding) for finding in self.declared}

    def new(self, observed: Snapshot) -> tuple[Finding, ...]:
        """Give what a tenant's schema earns and the declaration does not."""
        if self._case is None:
            return ()
        found = _findings(TenancyCase(self._tenancy, observed, self._case), self._origins)
        return tuple(finding for finding in found if _identity(finding) not in self._known)


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
