"""Apply the tenancy rules to the schemas of one scan, and leave out what a baseline has accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from shared.contracts.contract import Verdict
from shared.findings.finding import Finding, Severity
from shared.findings.tenancy.case import UnconfinedRole
from shared.findings.tenancy.judge import TenancyJudge
from shared.schema.schema import Snapshot, Spec
from shared.schema.tenancy import Tenancy

QUERY_RULES = frozenset({"contract-tenancy-filter"})
"""The rules of service contracts whose verdicts a baseline may accept."""


class Accepted(msgspec.Struct, frozen=True, order=True):
    """One finding of the tenancy rules that somebody has accepted, as the baseline file writes it.

    Args:
        rule: Which rule made it.
        subject: What it is about, with the grade: a graver one about the same object is not accepted.
    """

    rule: str
    subject: str


class TenancyAccount:
    """Judges the schemas of one scan by the tenancy rules, and accounts for what the baseline has accepted.

    Args:
        tenancy: What the schemas are held to; without a column nothing is found.
        baseline: What is accepted.
        roles: Those of services for which row-level security does not hold.
    """

    def __init__(
        self, tenancy: Tenancy, baseline: Iterable[Accepted] = (), roles: Iterable[UnconfinedRole] = ()
    ) -> None:
        self._tenancy = tenancy
        self._roles = tuple(roles)
        self._baseline = frozenset(baseline)
        self._met: set[Accepted] = set()
        self._judges: dict[int, tuple[Spec, TenancyJudge]] = {}

    def of_declaration(self, spec: Spec) -> tuple[Finding, ...]:
        """Give what a declaration and the services' roles earn and nobody has accepted."""
        return tuple(self._reported(self._judge(spec).declared))

    def of_tenant(self, spec: Spec, observed: Snapshot | None) -> tuple[Finding, ...]:
        """Give what a tenant's schema earns beyond its declaration and nobody has accepted."""
        return tuple(self._reported(self._judge(spec).new(observed))) if observed is not None else ()

    def _judge(self, spec: Spec) -> TenancyJudge:
        """Give the judge of a declaration, made once: shapes are many, declarations few. The spec is held with it."""
        if id(spec) not in self._judges:
            self._judges[id(spec)] = (spec, TenancyJudge(self._tenancy, spec, self._roles))
        return self._judges[id(spec)][1]

    def _reported(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for finding in findings:
            entry = accepted_of(finding)
            if entry in self._baseline:
                self._met.add(entry)
            else:
                yield finding

    def reported_verdicts(self, verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
        """Leave out the verdicts on queries that somebody has accepted."""
        return tuple(verdict for verdict in verdicts if not self._is_accepted(verdict))

    def _is_accepted(self, verdict: Verdict) -> bool:
        entry = accepted_query(verdict)
        if entry not in self._baseline:
            return False
        self._met.add(entry)
        return True

    def notices(self) -> tuple[str, ...]:
        """Name what was accepted and is not found any more."""
        return tuple(
            f"the tenancy baseline accepts {entry.rule} ({entry.subject}), and nothing that was read shows it any more"
            for entry in sorted(self._baseline - self._met)
        )


def accepted_of(finding: Finding) -> Accepted:
    """Give the entry that accepts a finding."""
    return Accepted(finding.rule, f"{finding.severity}: {finding.object}")


def accepted_query(verdict: Verdict) -> Accepted:
    """Give the entry that accepts a verdict on a query; lines of Rust move, so the query itself is named."""
    query = " ".join(verdict.subject.split())
    return Accepted(verdict.rule, f"{verdict.status}: {verdict.service}: {verdict.file}: {query}")


def counts(findings: Iterable[Finding]) -> bool:
    """Say whether any of the findings makes a tenant drifted: what could not be decided does not."""
    return any(finding.severity is not Severity.INFO for finding in findings)
