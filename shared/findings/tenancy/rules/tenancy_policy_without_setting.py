"""`tenancy-policy-without-setting`: a policy lets rows through without asking whose they are."""

from __future__ import annotations

from collections.abc import Iterator

from shared.findings.finding import Severity
from shared.findings.tenancy.case import TenancyCase
from shared.findings.tenancy.confinement import Confinement, Confinements
from shared.findings.tenancy.rule import AT_RISK, UNVERIFIED, VIOLATED, Fault, TenancyRule
from shared.schema.relations import Policy

_GRADES = {
    Confinement.OPEN: VIOLATED,
    Confinement.OTHERWISE: AT_RISK,
    Confinement.UNKNOWN: UNVERIFIED,
}


def _judge(case: TenancyCase) -> Iterator[Fault]:
    tenancy = case.tenancy
    if not tenancy.setting:
        return
    confinements = Confinements(tenancy.column, tenancy.setting, case.routines)
    for table in case.marked:
        policies = case.policies(table)
        if not table.row_security or any(_confines_everybody(policy, confinements) for policy in policies):
            continue
        for policy in policies:
            worst = _worst(policy, confinements) if policy.permissive else None
            if worst is not None:
                grade, what = worst
                yield Fault(grade, policy.identity, f"{policy.identity} {what}.", table.identity)


def _confines_everybody(policy: Policy, confinements: Confinements) -> bool:
    """Say whether a policy narrows down what all others let through, for every role and command."""
    everybody = not policy.permissive and policy.command == "all" and "public" in policy.roles
    return everybody and all(found is Confinement.CONFINED for _, found in _sides(policy, confinements))


def _sides(policy: Policy, confinements: Confinements) -> list[tuple[str, Confinement]]:
    """Judge what a policy has; where it has no WITH CHECK, PostgreSQL takes USING."""
    sides = (("USING", policy.using), ("WITH CHECK", policy.with_check))
    return [(name, confinements.of(expression)) for name, expression in sides if expression]


def _worst(policy: Policy, confinements: Confinements) -> tuple[Severity, str] | None:
    found = [(name, side) for name, side in _sides(policy, confinements) if side is not Confinement.CONFINED]
    if not found:
        return None
    ranked = sorted(found, key=lambda entry: list(_GRADES).index(entry[1]))
    name, side = ranked[0]
    words = {
        Confinement.OPEN: f"lets rows of any tenant through: its {name} does not ask for the tenant column",
        Confinement.OTHERWISE: f"compares the tenant column, in its {name}, with something else than the setting",
        Confinement.UNKNOWN: f"calls a function in its {name}, and whether that keeps tenants apart is not known",
    }
    return _GRADES[side], words[side]


RULE = TenancyRule(id="tenancy-policy-without-setting", title="A policy does not ask whose the rows are", judge=_judge)
