"""Foreign keys of partitioned tables before v18, where PostgreSQL takes no NOT VALID: each partition has its own first.

A partition's key that is valid and alike becomes a part of the partitioned table's when that comes, and no row is read
(`tryAttachPartitionForeignKey` in tablecmds.c).
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.kinds.context import Context
from shared.kinds.hazards import blocks_writes, scans
from shared.kinds.step import Role, Step
from shared.schema.identity import QualifiedName
from shared.schema.relations import Constraint, Table
from shared.sql import quote_identifier, quote_qualified


def keys_of_partitions(constraint: Constraint, context: Context) -> list[Step] | None:
    """Give the statements that add the key to every partition with rows, and validate it there.

    Returns:
        None where some partition cannot have its own before: one whose part nobody declares, or a foreign table.
    """
    steps = []
    for leaf in _leaves(QualifiedName(constraint.namespace, constraint.parent), context):
        part = _part_of(constraint, leaf, context) if leaf is not None else None
        if leaf is None or part is None or constraint.references is None:
            return None
        what, name = quote_qualified(leaf), quote_identifier(part.name)
        locks = (blocks_writes(what), blocks_writes(quote_qualified(constraint.references)))
        steps += [
            Step(
                Role.PREPARE,
                f"ALTER TABLE {what} DROP CONSTRAINT IF EXISTS {name}, "  # of a try that failed
                f"ADD CONSTRAINT {name} {constraint.definition} NOT VALID",
                locks,
                about=part.identity,
            ),
            Step(
                Role.VALIDATE,
                f"ALTER TABLE {what} VALIDATE CONSTRAINT {name}",
                (scans(what),),
                about=part.identity,
            ),
        ]
    return steps


def _leaves(table: QualifiedName, context: Context) -> Iterator[QualifiedName | None]:
    """Name the partitions that have rows, at any depth; None for one that is no table or does not stay."""
    for partition in context.desired.partitions[table]:
        name = QualifiedName(partition.namespace, partition.name)
        before = context.observed.table(name)
        stays = before is not None and before.partition_of == table and partition.identity not in context.drops
        if isinstance(partition, Table) and partition.partition_key:
            yield from _leaves(name, context) if stays else (None,)
        else:
            yield name if stays and isinstance(partition, Table) else None


def _part_of(constraint: Constraint, partition: QualifiedName, context: Context) -> Constraint | None:
    for part in context.desired.constraints(partition):
        same = (part.type, part.columns, part.references) == ("foreign_key", constraint.columns, constraint.references)
        if part.partition_child and same and part.identity in context.creates - context.drops:
            return part
    return None
