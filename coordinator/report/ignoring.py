"""Applies the ignore rules to what a scan found, and keeps account of what each has left out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from coordinator.report.model import IgnoredDrift
from shared.analysis.analysis import Analysis
from shared.diff.changes import SchemaDiff
from shared.findings.ignore import IgnoreRule, concerning, sift
from shared.findings.judge import judge
from shared.remediation.plan import Plan, Proof, ProofStatus
from shared.schema.identity import ObjectId
from shared.schema.schema import Spec

Rules = tuple[int, ...]
"""Ignore rules that concern a tenant, by their place in the configuration."""


class Ignoring:
    """The ignore rules of one scan.

    Args:
        rules: In the order of the configuration.
        today: Decides which have ended.
        spec: Where things are declared: what is left is judged again.
    """

    def __init__(self, rules: Sequence[IgnoreRule], today: dt.date, spec: Spec) -> None:
        self._rules = tuple(rules)
        self._active = tuple(place for place, rule in enumerate(rules) if rule.until >= today)
        self._spec = spec
        self._objects: defaultdict[int, set[ObjectId]] = defaultdict(set)
        self._tenants: defaultdict[int, int] = defaultdict(int)
        self._used: dict[tuple[str, Rules], frozenset[int]] = {}

    def concerning(self, tenant: str, labels: Mapping[str, str]) -> Rules:
        """Give the rules that have not ended and speak about a tenant."""
        return tuple(place for place in self._active if concerning((self._rules[place],), tenant, labels))

    def apply(self, analysis: Analysis, rules: Rules) -> Analysis:
        """Leave out of an analysis what these rules ignore; what breaks because of it stays broken."""
        kept, ignored = sift(analysis.diff, [self._rules[place] for place in rules])
        used = [next(place for place in rules if self._rules[place] is entry.rule) for entry in ignored]
        self._used[analysis.id, rules] = frozenset(used)
        for place, entry in zip(used, ignored, strict=True):
            self._objects[place].add(entry.change.identity)
        if not ignored:
            return analysis
        return msgspec.structs.replace(
            analysis, diff=kept, findings=judge(kept, self._spec), plan=_without(analysis, kept, len(ignored))
        )

    def count(self, key: str, rules: Rules) -> None:
        """Count one tenant with an analysis that `apply` was called for."""
        for place in self._used[key, rules]:
            self._tenants[place] += 1

    def account(self) -> tuple[IgnoredDrift, ...]:
        """Say what each rule has left out, in the order of the configuration."""
        return tuple(
            IgnoredDrift(
                reason=self._rules[place].reason,
                owner=self._rules[place].owner,
                until=self._rules[place].until,
                objects=tuple(sorted(objects)),
                tenants=self._tenants[place],
            )
            for place, objects in sorted(self._objects.items())
        )

    def notices(self) -> tuple[str, ...]:
        """Name the rules that have ended, and those that matched nothing in the whole fleet."""
        told = []
        for place, rule in enumerate(self._rules):
            number = f"ignore rule {place + 1} ({rule.reason}; {rule.owner})"
            if place not in self._active:
                told.append(f"{number} ended on {rule.until}: what it ignored is drift again")
            elif place not in self._objects:
                told.append(f"{number} matched nothing in the tenants that were read")
        return tuple(told)


def _without(analysis: Analysis, kept: SchemaDiff, ignored: int) -> Plan:
    """Leave the statements for ignored objects out of a plan, which then is no longer the one that was proven."""
    gone = {change.identity for change in analysis.diff.changes} - {change.identity for change in kept.changes}
    plan = analysis.plan
    statements = tuple(statement for statement in plan.statements if statement.object not in gone)
    remaining = tuple(change for change in plan.remaining if change.identity not in gone)
    if len(statements) == len(plan.statements) and remaining == plan.remaining:
        return plan
    left_out = "an ignored difference" if ignored == 1 else f"{ignored} ignored differences"
    reason = f"what was for {left_out} is left out of a plan that is {plan.proof.status} as a whole"
    proof = Proof(ProofStatus.NOT_ATTEMPTED, reason) if statements else plan.proof
    return msgspec.structs.replace(plan, statements=statements, remaining=remaining, proof=proof)
