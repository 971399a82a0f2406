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
}

_NO_WAY_BACK = (
    "PostgreSQL has no statement that makes an inherited column, once a table's own, its parent's alone"
)

REASONS: dict[str, str] = {
    "column.*: a parent gets a column its children have": _NO_WAY_BACK,
    "column.default: a partition's generated expression is its own": (
        "before v17 another expression needs another column, and a partition's column cannot be dropped"
    ),
    "column.local: a child repeats its parent's column": _NO_WAY_BACK,
    "extension.version: another version of an extension": "the extension itself has no way from a version to an older",
    "namespace.*: public goes": "pg_dump tells a `public` that was made anew from the one that initdb made",
    "table.inherits: another parent": _NO_WAY_BACK,
    "table.inherits: columns that only the parent declared": _NO_WAY_BACK,
    "table.inherits: grandchildren": _NO_WAY_BACK,
}
"""Probe → why it does not end where it should."""
