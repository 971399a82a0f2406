"""What is known of one distinct shape: a pure function of (spec, snapshot, contracts), so it can be kept for ever."""

from __future__ import annotations

import msgspec

from shared.contracts.contract import Verdict
from shared.diff.changes import SchemaDiff
from shared.diff.well_known import LeftOut
from shared.findings.finding import Finding
from shared.remediation.plan import Plan


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one shape.

    Args:
        id: Hash of everything it depends on.
        shape: Schema hash of the observed shape as the scratch server spells it.
        diff: Desired against observed.
        findings: Sorted.
        verdicts: Only those that do not hold, sorted.
        plan: The way back; empty when nothing differs.
        unverified: Reason, when the shape as a whole could not be decided; empty otherwise.
        left_out: What was not compared, because a tool or time made it, sorted.
    """

    id: str
    shape: str
    diff: SchemaDiff
    findings: tuple[Finding, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    plan: Plan
    unverified: str = ""
    left_out: tuple[LeftOut, ...] = ()
