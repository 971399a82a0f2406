"""Indexes of partitions that are to be called otherwise: none can go without its parent's, so each is renamed.

So is a foreign key of a table that is attached: ATTACH takes one that is alike for its part of the parent's, under the
name that it has (`tryAttachPartitionForeignKey` in tablecmds.c), and none can go afterwards.
"""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.naming import spell
from shared.kinds.side import Side
from shared.kinds.step import Role, Step
from shared.schema.facets import Comment
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Constraint, Index

Part = Index | Constraint


def former_part(part: Part, context: Context) -> Part | None:
    """Give the index or key of a partition that is the same part of its parent's and that nobody declares."""
    if part.identity in context.observed.objects:
        return None
    found = _counterpart(part, context.desired, context.observed, context)
    return found or _alike(part, context.observed, context)


def is_renamed_part(part: Part, context: Context) -> bool:
    """Say whether an index or key of a partition that seems to go gets another name."""
    if part.identity in context.desired.objects:
        return False
    successor = _counterpart(part, context.observed, context.desired, context) or _alike(part, context.desired, context)
    return successor is not None and successor.identity not in context.observed.objects


def _counterpart(part: Part, side: Side, other: Side, context: Context) -> Part | None:
    above = _above(part, side)
    name = part.table if isinstance(part, Index) else part.parent
    on = QualifiedName(part.namespace, name)
    table = ObjectId(kind="table", namespace=part.namespace, name=name)
    touched = context.drops | context.creates
    if above is None or above not in other.objects or touched & {table, above} or side.parents(on) != other.parents(on):
        return None
    candidates: list[Part] = [*other.indexes[on], *other.constraints(on)]
    for candidate in candidates:
        if candidate.kind == part.kind and _above(candidate, other) == above:
            return None if candidate.identity in side.objects else candidate
    return None


def _alike(part: Part, side: Side, context: Context) -> Part | None:
    """Give the foreign key of another side that ATTACH takes for this one: a table's own, or a part of the parent's."""
    if not isinstance(part, Constraint) or part.type != "foreign_key":
        return None
    on = QualifiedName(part.namespace, part.parent)
    before, after = context.observed.table(on), context.desired.table(on)
    if before is None or after is None or after.partition_of is None or before.partition_of == after.partition_of:
        return None
    if {before.identity, after.identity} & (context.drops | context.creates):
        return None
    own = side is context.observed
    for other in side.constraints(on):
        alike = (other.type, other.columns, other.definition) == (part.type, part.columns, part.definition)
        one_way = other.partition_child is not own and part.partition_child is own
        mine = context.desired if own else context.observed
        if alike and one_way and other.identity not in mine.objects:
            return other
    return None


def _above(part: Part, side: Side) -> ObjectId | None:
    """Name the parent's index or key that this is a part of."""
    if isinstance(part, Index):
        above = part.attached_to
        return ObjectId(kind="index", namespace=above.namespace, name=above.name) if above is not None else None
    if not part.partition_child or part.type == "foreign_key":
        return None
    over = side.constraint_above(part)
    return over.identity if over is not None else None


def without_comment(former: Part, part: Part, context: Context) -> list[Step]:
    """Take the comment away that the former name had and the new one is not to have."""
    said, wanted = (
        side.find(
            Comment,
            ObjectId(
                kind="comment",
                namespace=item.namespace,
                parent=getattr(item, "parent", ""),
                name=item.name,
                of=item.kind,
            ),
        )
        for side, item in ((context.observed, former), (context.desired, part))
    )
    if said is None or wanted is not None:
        return []
    return [Step(Role.SET, f"COMMENT ON {spell(part.identity)} IS NULL")]
