"""Apply the ignore rules to what a scan found, and account for what each rule has left out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from coordinator.report.model import IgnoredDrift
from shared.analysis.analysis import Analysis
from shared.diff.changes import SchemaDiff
from shared.findings.ignore import IgnoreRule, IgnoreRules, KeptIgnoreRule
from shared.findings.judge import judge
from shared.remediation.plan import Plan, Proof, ProofStatus
from shared.schema.identity import ObjectId
from shared.schema.schema import Spec

Places = tuple[int, ...]
"""Ignore rules by their place in the configuration, from 0."""

Subject = tuple[str, ...]
"""Names one analysis among those of the scan."""


class IgnoreAccount:
    """Applies the ignore rules to the analyses of one scan, and counts what each rule leaves out.

    Args:
        rules: In the order of the configuration.
        today: Decides which have ended.
    """

    def __init__(self, rules: Sequence[IgnoreRule], today: dt.date) -> None:
        self._rules = IgnoreRules(rules, today)
        self._objects: defaultdict[int, set[ObjectId]] = defaultdict(set)
        self._tenants: defaultdict[int, int] = defaultdict(int)
        self._used: dict[tuple[Subject, Places], frozenset[int]] = {}

    def concerning(self, tenant: str, labels: Mapping[str, str]) -> Places:
        """Give the rules that have not ended and are about a tenant."""
        return self._rules.concerning(tenant, labels)

    def apply(self, subject: Subject, analysis: Analysis, places: Places, spec: Spec) -> Analysis:
        """Leave out of an analysis what these rules ignore; a query that breaks because of it stays broken.

        Args:
            subject: Whose analysis it is.
            analysis: As it was made, without any ignore rule.
            places: The rules, as `concerning` gives them.
            spec: Where things are declared: what is left of the diff is judged again.
        """
        kept, ignored = self._rules.split(analysis.diff, places)
        self._used[subject, places] = frozenset(entry.place for entry in ignored)
        for entry in ignored:
            self._objects[entry.place].add(entry.change.identity)
        if not ignored:
            return analysis
        return msgspec.structs.replace(
            analysis, diff=kept, findings=judge(kept, spec), plan=_plan_without(analysis, kept, len(ignored))
        )

    def count(self, subject: Subject, places: Places) -> None:
        """Count one tenant to which these rules were applied; `apply` was called with the same arguments."""
        for place in self._used[subject, places]:
            self._tenants[place] += 1

    def ignored(self) -> tuple[IgnoredDrift, ...]:
        """Say what each rule has left out, in the order of the configuration."""
        return tuple(
            IgnoredDrift(
                reason=self._rules.rules[place].reason,
                owner=self._rules.rules[place].owner,
                until=self._rules.rules[place].until,
                objects=tuple(sorted(objects)),
                tenants=self._tenants[place],
                kept=rule.id if isinstance(rule := self._rules.rules[place], KeptIgnoreRule) else "",
            )
            for place, objects in sorted(self._objects.items())
        )

    def notices(self) -> tuple[str, ...]:
        """Name the rules that have ended, and those that matched nothing in the whole fleet."""
        sentences = []
        for place, rule in enumerate(self._rules.rules):
            name = f"{rule.id} of the store" if isinstance(rule, KeptIgnoreRule) else str(place + 1)
            subject = f"ignore rule {name} ({rule.reason}; {rule.owner})"
            if place in self._rules.ended:
                sentences.append(f"{subject} ended on {rule.until}: what it ignored is drift again")
            elif place not in self._objects:
                sentences.append(f"{subject} matched nothing in the tenants that were read")
        return tuple(sentences)


def _plan_without(analysis: Analysis, kept: SchemaDiff, ignored: int) -> Plan:
    """Leave the statements for ignored objects out of a plan; what is left was not proven by itself."""
    gone = {change.identity for change in analysis.diff.changes} - {change.identity for change in kept.changes}
    plan = analysis.plan
    statements = tuple(statement for statement in plan.statements if statement.object not in gone)
    remaining = tuple(change for change in plan.remaining if change.identity not in gone)
    if len(statements) == len(plan.statements) and remaining == plan.remaining:
        return plan
    obstacles = tuple(obstacle for obstacle in plan.obstacles if obstacle.object not in gone)
    left_out = "an ignored difference" if ignored == 1 else f"{ignored} ignored differences"
    reason = f"what was for {left_out} is left out of a plan that is {plan.proof.status} as a whole"
    proof = Proof(ProofStatus.NOT_ATTEMPTED, reason) if statements else plan.proof
    return msgspec.structs.replace(plan, statements=statements, remaining=remaining, obstacles=obstacles, proof=proof)
