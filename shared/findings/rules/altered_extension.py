"""`altered-extension`: an extension is installed in another version or another namespace."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="altered-extension",
    title="An extension has another version",
    changes=ALTERED,
    kinds=frozenset({"extension"}),
    judge=always(Severity.WARNING, "its functions may differ or be missing"),
)
