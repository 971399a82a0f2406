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
    "constraint.enforced": "pg_dump, which judges, does not show it; `test_unenforced_keys.py` claims it",
    "constraint.index_valid": "only a failed build leaves one; `index.valid` is the same fact",
    "materialized_view.populated": "pg_dump, which judges, does not show it; `test_unfilled_views.py` claims it",
    "security_label.labels": "no label provider is in the servers' wheels",
    "subscription.enabled": "an enabled subscription connects at once",
}

_NO_WAY_BACK = "PostgreSQL has no statement that makes an inherited column, once a table's own, its parent's alone"

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

_SECRET = "the value of a secret option is not read, and the plan says that it must be filled in"
_NULL_NAMES = (
    "how an inherited NOT NULL is called (v18) is no drift, and only a table that is detached lets it be renamed"
)

PAIR_REASONS: dict[str, str] = {
    "pg-delta::foreign-data-wrapper-operations--alter-user-mapping-options": _SECRET,
    "pg-delta::foreign-data-wrapper-operations--create-user-mapping-with-options": _SECRET,
    "pg-delta::sensitive-handling--server-with-sensitive-options": _SECRET,
    "pg-delta::subscription-operations--alter-configuration": (
        "the connection of a subscription, which may hold a password, is not read"
    ),
    (
        "pg-schema-diff::partitioned_table/Alter table: New primary key, new unique constraint, dropped unique "
        "constraint, change column types, delete partitioned index, new partitioned index, delete local index, add "
        "local index, validate check constraint, validate FK, delete FK"
    ): _NULL_NAMES,
    "pg-schema-diff::partitioned_table/Unpartitioned to partitioned and child tables already exist": _NULL_NAMES,
    "pgcodekeeper::it/diff/pg/modify_inherits_drop_oldparent": _NO_WAY_BACK,
    "pgcodekeeper::it/diff/pg/move_data_identity": "they differ in the order of columns alone",
    "pgschema::create_index/issue_473_partial_index_in_list": (
        "the same predicate, once as PostgreSQL reads it and once as it reads what it wrote: no drift"
    ),
}
"""Pair of public schemas → why the way from one to the other does not end equal."""
