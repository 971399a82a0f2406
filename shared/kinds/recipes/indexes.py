"""Indexes that no constraint owns."""

from __future__ import annotations

import msgspec

from shared.kinds.context import Context
from shared.kinds.hazards import blocks_all, blocks_writes, builds_index
from shared.kinds.interim import beside
from shared.kinds.names import qualified
from shared.kinds.recipes.beside import build, is_built_beside, is_succeeded
from shared.kinds.recipes.extension_ties import tie_to_extensions
from shared.kinds.recipes.index_sql import index_sql, split_at_parameters
from shared.kinds.recipes.parameters import change_parameters
from shared.kinds.recipes.renamed_parts import former_part, is_renamed_part, without_comment
from shared.kinds.step import REBUILD, Role, Step, Verdict
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Index, Table
from shared.sql import quote_identifier, quote_qualified

_IN_PLACE = frozenset(
    {"options", "tablespace", "clustered", "replica_identity", "statistics", "attached_to", "depends_on_extensions"}
)


def _table_name(index: Index) -> str:
    return quote_qualified(QualifiedName(index.namespace, index.table))


def _relation_ids(index: Index) -> tuple[ObjectId, ...]:
    kinds = ("table", "materialized_view", "foreign_table")
    return tuple(ObjectId(kind=kind, namespace=index.namespace, name=index.table) for kind in kinds)


def create_index(index: Index, context: Context) -> list[Step]:
    """CREATE INDEX, CONCURRENTLY where the relation is in use and PostgreSQL can."""
    if isinstance(former := former_part(index, context), Index):
        return _rename(index, former, context)
    if is_built_beside(index, context):
        new_name = quote_qualified(QualifiedName(index.namespace, beside(index.identity).name))
        renamed = Step(Role.CREATE, f"ALTER INDEX {new_name} RENAME TO {quote_identifier(index.name)}")
        return [renamed, *_in_tablespace(index), *_after_creation(index, context)]
    what = _table_name(index)
    new = any(context.is_new(identity) for identity in _relation_ids(index)) and not _has_old_partitions(index, context)
    partitioned = _is_partitioned(index, context)
    sql = index_sql(index, concurrently=context.online and not new and not partitioned)
    if new:
        steps = [Step(Role.CREATE, sql)]
    elif context.online and not partitioned:
        steps = [Step(Role.CREATE, sql, (builds_index(what),), transactional=False)]
    else:
        steps = [Step(Role.CREATE, sql, (blocks_writes(what), builds_index(what)))]
    return [*steps, *_in_tablespace(index), *_after_creation(index, context)]


def begin_index(index: Index, context: Context) -> list[Step]:
    """Build the index beside the one that it replaces."""
    if not is_built_beside(index, context):
        return []
    named = msgspec.structs.replace(index, name=beside(index.identity).name)
    return build(index, index_sql(named, concurrently=True), context)


def _in_tablespace(index: Index) -> list[Step]:
    if not index.tablespace:
        return []
    return [Step(Role.SET, f"ALTER INDEX {qualified(index)} SET TABLESPACE {quote_identifier(index.tablespace)}")]


def _rename(index: Index, former: Index, context: Context) -> list[Step]:
    """Give a partition's index its new name and settings: it can neither go nor be replaced meanwhile."""
    sql = f"ALTER INDEX {qualified(former)} RENAME TO {quote_identifier(index.name)}"
    fields = frozenset(field for field in _IN_PLACE if getattr(index, field) != getattr(former, field))
    settings = alter_index(index, former, fields, context)
    assert settings is not REBUILD
    return [Step(Role.ALTER, sql), *settings, *without_comment(former, index, context)]


def _is_partitioned(index: Index, context: Context) -> bool:
    table = context.desired.table(QualifiedName(index.namespace, index.table))
    return isinstance(table, Table) and bool(table.partition_key)


def _has_old_partitions(index: Index, context: Context) -> bool:
    """Say whether partitions that are in use have come to the indexed table, which may be new."""
    partitions = context.desired.partitions[QualifiedName(index.namespace, index.table)]
    return any(not context.is_new(partition.identity) for partition in partitions)


def _after_creation(index: Index, context: Context) -> list[Step]:
    what = _table_name(index)
    name = quote_identifier(index.name)
    lock = (blocks_all(what),)
    steps = [_statistics(index, entry) for entry in index.statistics]
    if index.clustered:
        keyword = (
            "MATERIALIZED VIEW"
            if context.desired.table(QualifiedName(index.namespace, index.table)) is None
            else "TABLE"
        )
        steps.append(Step(Role.SET, f"ALTER {keyword} {what} CLUSTER ON {name}", lock))
    if index.replica_identity:
        steps.append(Step(Role.SET, f"ALTER TABLE ONLY {what} REPLICA IDENTITY USING INDEX {name}", lock))
    steps += tie_to_extensions(f"INDEX {qualified(index)}", index.depends_on_extensions, locked=what)
    if index.attached_to is not None and _must_be_attached(index, context):
        sql = f"ALTER INDEX {quote_qualified(index.attached_to)} ATTACH PARTITION {qualified(index)}"
        steps.append(Step(Role.ALTER, sql, lock))
    return steps + _attached_parts(index, context)


def _attached_parts(index: Index, context: Context) -> list[Step]:
    """Attach the parts of an invalid index, which is made ON ONLY its table because some partitions have no part."""
    if index.valid:
        return []
    own = QualifiedName(index.namespace, index.name)
    return [
        Step(
            Role.ALTER,
            f"ALTER INDEX {qualified(index)} ATTACH PARTITION {qualified(part)}",
            (blocks_all(_table_name(part)),),
        )
        for partition in context.desired.partitions[QualifiedName(index.namespace, index.table)]
        for part in context.desired.indexes[QualifiedName(partition.namespace, partition.name)]
        if part.attached_to == own
    ]


def _must_be_attached(index: Index, context: Context) -> bool:
    """Creating the parent's index, or attaching the partition, attaches a matching index by itself."""
    assert index.attached_to is not None
    parent = ObjectId(kind="index", namespace=index.attached_to.namespace, name=index.attached_to.name)
    if parent not in context.desired.objects or parent in context.creates:
        return False
    table = QualifiedName(index.namespace, index.table)
    return context.observed.parents(table) == context.desired.parents(table)


def _statistics(index: Index, entry: str) -> Step:
    position, _, target = entry.partition("=")
    return Step(Role.SET, f"ALTER INDEX {qualified(index)} ALTER COLUMN {int(position)} SET STATISTICS {int(target)}")


def drop_index(index: Index, context: Context) -> list[Step]:
    """DROP INDEX, CONCURRENTLY where the relation stays in use."""
    if is_renamed_part(index, context):
        return []
    if is_succeeded(index, context):
        return [Step(Role.DROP, f"DROP INDEX {qualified(index)}", (blocks_all(_table_name(index)),))]
    table = context.observed.table(QualifiedName(index.namespace, index.table))
    partitioned = isinstance(table, Table) and bool(table.partition_key)
    dropped = any(identity in context.drops for identity in _relation_ids(index))
    if any(identity.kind == "constraint" for identity in context.observed.dependents[index.identity]):
        # The index behind a partition's constraint is a part of this one, and neither can go without the other.
        return [Step(Role.DROP, f"DROP INDEX {qualified(index)} CASCADE", (blocks_all(_table_name(index)),))]
    if context.online and not partitioned and not dropped and index.attached_to is None:
        return [Step(Role.DROP, f"DROP INDEX CONCURRENTLY {qualified(index)}", transactional=False)]
    return [Step(Role.DROP, f"DROP INDEX {qualified(index)}", (blocks_all(_table_name(index)),))]


def alter_index(desired: Index, observed: Index, fields: frozenset[str], context: Context) -> list[Step] | Verdict:
    """ALTER INDEX for its settings; a changed definition means another index."""
    if "valid" in fields and desired.valid and _is_partitioned(desired, context):
        fields -= {"valid"}  # it becomes valid when the last partition's index is attached
    changed = fields - {"definition"} if _same_but_for_options(desired, observed, fields) else fields
    if not changed <= _IN_PLACE or ("attached_to" in fields and not _can_attach(desired, observed, context)):
        return REBUILD
    steps = []
    name = quote_identifier(desired.name)
    what = _table_name(desired)
    if "options" in fields:
        changes = change_parameters(desired.options, observed.options)
        steps += [Step(Role.SET, f"ALTER INDEX {qualified(desired)} {change}") for change in changes]
    if "tablespace" in fields:
        target = quote_identifier(desired.tablespace or "pg_default")
        steps.append(Step(Role.SET, f"ALTER INDEX {qualified(desired)} SET TABLESPACE {target}", (blocks_all(what),)))
    if "statistics" in fields:
        gone = {e.partition("=")[0] for e in observed.statistics} - {e.partition("=")[0] for e in desired.statistics}
        steps += [_statistics(desired, f"{position}=-1") for position in sorted(gone)]
        steps += [_statistics(desired, entry) for entry in desired.statistics]
    if "clustered" in fields:
        word = f"CLUSTER ON {name}" if desired.clustered else "SET WITHOUT CLUSTER"
        if desired.clustered or not _another_is_clustered(desired, context):
            steps.append(Step(Role.SET, f"ALTER TABLE {what} {word}", (blocks_all(what),)))
    if "replica_identity" in fields and desired.replica_identity:
        steps.append(
            Step(Role.SET, f"ALTER TABLE ONLY {what} REPLICA IDENTITY USING INDEX {name}", (blocks_all(what),))
        )
    ties = (desired.depends_on_extensions, observed.depends_on_extensions)
    steps += tie_to_extensions(f"INDEX {qualified(desired)}", *ties, locked=what)
    if "attached_to" in fields and desired.attached_to is not None and _must_be_attached(desired, context):
        sql = f"ALTER INDEX {quote_qualified(desired.attached_to)} ATTACH PARTITION {qualified(desired)}"
        steps.append(Step(Role.ALTER, sql, (blocks_all(what),)))
    return steps


def _same_but_for_options(desired: Index, observed: Index, fields: frozenset[str]) -> bool:
    """The deparse repeats the storage parameters: a definition that differs in nothing else is the same index."""
    if not {"definition", "options"} <= fields:
        return False
    same = ("method", "unique", "columns", "include", "predicate")
    if any(name in fields for name in same):
        return False
    return _without_parameters(desired) == _without_parameters(observed)


def _without_parameters(index: Index) -> str:
    head, _, tail = split_at_parameters(index.definition)
    return head + tail


def _can_attach(desired: Index, observed: Index, context: Context) -> bool:
    del context
    return observed.attached_to is None and desired.attached_to is not None


def _another_is_clustered(index: Index, context: Context) -> bool:
    table = QualifiedName(index.namespace, index.table)
    others = (other.clustered for other in context.desired.indexes[table])
    return any(others) or any(c.index_clustered for c in context.desired.constraints(table))
