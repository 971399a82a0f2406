"""`altered-partitioning`: partition key, parent or bounds of a table differ."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always

RULE = Rule(
    id="altered-partitioning",
    title="A table is partitioned otherwise",
    changes=ALTERED,
    kinds=frozenset({"foreign_table", "table"}),
    fields=frozenset({"partition_bound", "partition_key", "partition_of"}),
    judge=always(Severity.ERROR, "rows go to other partitions, or to none and are refused"),
)
