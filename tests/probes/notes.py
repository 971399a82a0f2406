"""What the coverage page says where no probe speaks, and why a probe fails."""

from __future__ import annotations

SAID_BY: dict[str, str] = {
    "column.inherited": "local",
    "constraint.columns": "definition",
    "constraint.inherited": "local",
    "constraint.type": "definition",
    "index.table": "definition",
    "materialized_view.columns": "definition",
    "trigger.partition_child": "enabled",
}
"""Attributes that cannot change without another one that is probed."""

UNPROBED: dict[str, str] = {
    "constraint.index_valid": "only a failed build leaves one; `index.valid` is the same fact",
    "security_label.labels": "no label provider is in the servers' wheels",
    "subscription.enabled": "an enabled subscription connects at once",
    "user_mapping.options": "values are secrets and are not read; a new mapping says that they must be filled in",
}

REASONS: dict[str, str] = {}
"""Probe → why it does not end where it should."""
