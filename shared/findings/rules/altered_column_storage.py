"""`altered-column-storage`: storage, compression, statistics target or options of a column differ."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="altered-column-storage",
    title="A column is stored otherwise",
    changes=ALTERED,
    kinds=frozenset({"column", "view_column"}),
    fields=frozenset({"compression", "options", "statistics_target", "storage"}),
    judge=always(Severity.INFO, "results are the same, speed and size may not be"),
)
