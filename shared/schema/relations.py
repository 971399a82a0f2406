"""Tables and everything that hangs on them (`pg_class`, `pg_attribute`, `pg_constraint`, `pg_index`, …).

Text named `definition`, `default`, `predicate` is PostgreSQL's own deparse under `search_path = pg_catalog`: every
name in it is qualified.
"""

from __future__ import annotations

from shared.schema.base import ChildObject, Object
from shared.schema.identity import QualifiedName


class Table(Object, frozen=True, kw_only=True):
    """An ordinary or partitioned table (`pg_class.relkind` r, p). Its columns are objects of their own."""

    persistence: str = "permanent"  # or "unlogged"
    access_method: str = "heap"
    options: tuple[str, ...] = ()  # reloptions and toast options ("toast.x=y"), sorted
    tablespace: str = ""
    replica_identity: str = "default"  # full | nothing | index:NAME
    row_security: bool = False
    force_row_security: bool = False
    inherits: tuple[QualifiedName, ...] = ()  # in inhseqno order; empty for partitions
    partition_key: str = ""  # pg_get_partkeydef
    partition_of: QualifiedName | None = None
    partition_bound: str = ""  # "FOR VALUES …" or "DEFAULT"
    of_type: QualifiedName | None = None


class ForeignTable(Object, frozen=True, kw_only=True):
    """`relkind` f."""

    server: str
    options: tuple[str, ...] = ()
    inherits: tuple[QualifiedName, ...] = ()
    partition_of: QualifiedName | None = None
    partition_bound: str = ""


class Column(ChildObject, frozen=True, kw_only=True):
    """A column of a table or foreign table. Its position is not here: column order is not drift."""

    type: str  # format_type: qualified unless in pg_catalog
    not_null: bool = False
    default: str = ""
    identity_mode: str = ""  # "always" | "by default"
    generated: str = ""  # "stored" | "virtual"; the expression is `default`
    collation: QualifiedName | None = None  # only where it differs from the type's own
    storage: str = ""  # only where it differs from the type's own
    compression: str = ""
    statistics_target: int = -1
    options: tuple[str, ...] = ()  # n_distinct and n_distinct_inherited; nothing hidden
    foreign_options: tuple[str, ...] = ()
    local: bool = True  # attislocal
    inherited: bool = False  # attinhcount > 0


class ViewColumn(ChildObject, frozen=True, kw_only=True):
    """A view's column that carries something of its own (`ALTER VIEW … ALTER COLUMN … SET DEFAULT`)."""

    default: str = ""
    statistics_target: int = -1
    storage: str = ""
    compression: str = ""
    options: tuple[str, ...] = ()


class Constraint(ChildObject, frozen=True, kw_only=True):
    """A table constraint (`pg_constraint` with `conrelid`).

    `Column.not_null` says what holds. A constraint of type `not_null` (v18) is here only when it says more: a name that
    is not automatic, NO INHERIT, NOT VALID.
    """

    type: str  # primary_key | unique | check | foreign_key | exclusion | not_null
    definition: str  # pg_get_constraintdef: deferrability, NOT VALID, NO INHERIT, NOT ENFORCED are in it
    columns: tuple[str, ...] = ()
    references: QualifiedName | None = None
    referenced_columns: tuple[str, ...] = ()
    validated: bool = True
    local: bool = True
    inherited: bool = False
    partition_child: bool = False  # conparentid: only follows its parent's
    index_options: tuple[str, ...] = ()  # of the index behind it
    index_tablespace: str = ""
    index_clustered: bool = False
    index_replica_identity: bool = False
    index_valid: bool = True
    enforced: bool = True  # False: triggers that enforce a foreign key are disabled (DISABLE TRIGGER ALL)


class Index(Object, frozen=True, kw_only=True):
    """An index that no constraint owns."""

    table: str
    definition: str  # pg_get_indexdef
    method: str = "btree"
    unique: bool = False
    columns: tuple[str, ...] = ()  # key columns or expressions, as deparsed
    include: tuple[str, ...] = ()
    predicate: str = ""
    options: tuple[str, ...] = ()
    tablespace: str = ""
    valid: bool = True
    clustered: bool = False
    replica_identity: bool = False
    statistics: tuple[str, ...] = ()  # "position=target" of expression columns
    attached_to: QualifiedName | None = None  # the parent's index, of a partition
    depends_on_extensions: tuple[str, ...] = ()  # with which it is dropped, though no member


class Sequence(Object, frozen=True, kw_only=True):
    """A sequence with its options; not its current value."""

    type: str = "bigint"
    start: int = 1
    increment: int = 1
    minimum: int = 1
    maximum: int = 9223372036854775807
    cache: int = 1
    cycle: bool = False
    persistence: str = "permanent"
    owned_by_table: QualifiedName | None = None
    owned_by_column: str = ""
    identity_of_column: bool = False  # made by GENERATED … AS IDENTITY


class View(Object, frozen=True, kw_only=True):
    """A view: its query and its options (`security_barrier`, `security_invoker`, `check_option`)."""

    definition: str
    columns: tuple[str, ...] = ()  # "name type" in order: CREATE OR REPLACE may only append
    options: tuple[str, ...] = ()


class MaterializedView(Object, frozen=True, kw_only=True):
    """A materialized view."""

    definition: str
    columns: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    access_method: str = "heap"
    tablespace: str = ""
    depends_on_extensions: tuple[str, ...] = ()  # with which it is dropped, though no member
    populated: bool = True  # False: every query of it fails until REFRESH


class Rule(ChildObject, frozen=True, kw_only=True):
    """A rewrite rule other than a view's `_RETURN`."""

    definition: str  # pg_get_ruledef
    enabled: str = "origin"  # disabled | replica | always


class Trigger(ChildObject, frozen=True, kw_only=True):
    """A user's trigger (not internal)."""

    definition: str  # pg_get_triggerdef
    enabled: str = "origin"
    partition_child: bool = False  # tgparentid: only follows its parent's
    depends_on_extensions: tuple[str, ...] = ()  # with which it is dropped, though no member


class Policy(ChildObject, frozen=True, kw_only=True):
    """A row-level security policy."""

    command: str = "all"  # select | insert | update | delete
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    using: str = ""
    with_check: str = ""


class StatisticsObject(Object, frozen=True, kw_only=True):
    """`CREATE STATISTICS`."""

    definition: str  # pg_get_statisticsobjdef
    table: QualifiedName
    target: int = -1
