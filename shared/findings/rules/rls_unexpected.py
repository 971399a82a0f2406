"""`rls-unexpected`: row-level security is on, or forced, and declared nowhere."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="rls-unexpected",
    title="Row-level security nobody declared",
    changes=ALTERED,
    kinds=frozenset({"table"}),
    fields=frozenset({"force_row_security", "row_security"}),
    judge=always(Severity.ERROR, "rows disappear for every role that no policy admits"),
)
