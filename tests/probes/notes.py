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

_NO_WAY_BACK = (
    "PostgreSQL has no statement that makes an inherited column or check, once a table's own, its parent's alone"
)
_NAME_ORDER = "a partition is made before its parent, whose automatic name for the NOT NULL (v18) is then taken"

REASONS: dict[str, str] = {
    "column.*: a parent gets a column its children have": _NO_WAY_BACK,
    "column.*: a partitioned table gets a column": _NAME_ORDER,
    "column.local: a child repeats its parent's column": _NO_WAY_BACK,
    "column.not_null: a column of a partitioned table must not be null": _NAME_ORDER,
    "column.type: the type of a partition key": "it needs another table, which would lose every partition",
    "constraint.*: a key of a partitioned table": "the parent's key gives partitions NOT NULLs of other names (v18)",
    "constraint.*: a named not null constraint under a primary key": "its name is dropped before the key that needs it",
    "constraint.local: a child repeats its parent's check": _NO_WAY_BACK,
    "constraint.partition_child: a partition's own key becomes a part of its parent's": (
        "dropping the parent's key takes the partition's along, and it is not made again"
    ),
    "extension.version: another version of an extension": "the extension itself has no way from a version to an older",
    "namespace.*: public goes": "pg_dump tells a `public` that was made anew from the one that initdb made",
    "operator.attributes: commutator and negator": "PostgreSQL links a negator back to what names it",
    "privileges.grants: privileges given on by others": "who gave a privilege is not read: the owner gives it",
    "sequence.name: an identity's sequence has a name of its own": "the sequence is not renamed",
    "table.*: a partition comes and goes": _NAME_ORDER,
    "table.inherits: another parent": _NO_WAY_BACK,
    "table.inherits: columns that only the parent declared": _NO_WAY_BACK,
    "table.inherits: grandchildren": _NO_WAY_BACK,
    "table.partition_of: a table with a key and an index is attached": _NAME_ORDER,
}
"""Probe → why it does not end where it should."""
