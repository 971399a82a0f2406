"""`schema-version-mismatch`: the migration tool's table says another version than the one declared.

Speaks about versions, not about changes: `shared.findings.judge.judge_version` calls it.
"""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import Rule, always

RULE = Rule(
    id="schema-version-mismatch",
    title="The schema version is another",
    changes=frozenset(),
    judge=always(Severity.ERROR, "services are deployed against another version"),
)
