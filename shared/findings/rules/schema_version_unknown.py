"""`schema-version-unknown`: a version is declared, and no migration table could be read.

Speaks about versions, not about changes: `shared.findings.judge.judge_version` calls it. Not a mismatch: the table
may be there and merely not readable for the scanning role.
"""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import Rule, always

RULE = Rule(
    id="schema-version-unknown",
    title="The schema version could not be read",
    changes=frozenset(),
    judge=always(Severity.WARNING, "the version may or may not be the declared one"),
)
