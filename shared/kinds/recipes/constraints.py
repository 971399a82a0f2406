"""Table constraints: primary key, unique, check, foreign key, exclusion and (v18) not null."""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.hazards import blocks_all, blocks_writes, breaks, builds_index, scans
from shared.kinds.interim import beside
from shared.kinds.lookup import tables
from shared.kinds.names import parent_name
from shared.kinds.recipes import not_null
from shared.kinds.recipes.beside import build, is_built_beside
from shared.kinds.recipes.check_descent import change_descent
from shared.kinds.recipes.constraint_sql import INDEXED, split_definition, with_index_settings
from shared.kinds.recipes.index_sql import unique_index_behind, unique_index_sql
from shared.kinds.recipes.parameters import change_parameters
from shared.kinds.recipes.partitioned_keys import keys_of_partitions
from shared.kinds.recipes.partitions import is_left_behind
from shared.kinds.recipes.renamed_parts import former_part, is_renamed_part, without_comment
from shared.kinds.step import REBUILD, Hazard, Role, Step, Verdict
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Constraint, Table
from shared.sql import quote_identifier, quote_qualified

_IN_PLACE = frozenset(
    {"validated", "definition", "index_options", "index_tablespace", "index_clustered", "index_replica_identity"}
)
_DEFERRABLE = (" DEFERRABLE INITIALLY DEFERRED", " DEFERRABLE INITIALLY IMMEDIATE", " DEFERRABLE")


def _table_of(constraint: Constraint) -> QualifiedName:
    return QualifiedName(constraint.namespace, constraint.parent)


def _is_new_table(constraint: Constraint, context: Context) -> bool:
    return any(
        context.is_new(ObjectId(kind=kind, namespace=constraint.namespace, name=constraint.parent)) for kind in tables()
    )


def create_constraint(constraint: Constraint, context: Context) -> list[Step]:
    """ADD CONSTRAINT; online: NOT VALID then VALIDATE, or a concurrently built index that becomes the constraint."""
    former = former_part(constraint, context)
    if follows_parent(constraint, context) and former is None:
        return []
    if isinstance(former, Constraint):
        what, old = parent_name(constraint), quote_identifier(former.name)
        sql = f"ALTER TABLE {what} RENAME CONSTRAINT {old} TO {quote_identifier(constraint.name)}"
        renamed = Step(Role.ALTER, sql, (blocks_all(what),))
        settings = _alter_index(
            constraint, former, frozenset(f for f in _IN_PLACE if getattr(constraint, f) != getattr(former, f))
        )
        return [renamed, *settings, *without_comment(former, constraint, context)]
    if constraint.type == "not_null":
        return not_null.create(constraint, context)
    steps = _add(constraint, context)
    if constraint.type in INDEXED:
        steps += _index_settings(constraint)
    return steps


def follows_parent(constraint: Constraint, context: Context) -> bool:
    """Say whether the constraint appears by itself when its parent's does."""
    if constraint.partition_child:
        return constraint.type == "foreign_key"
    table = context.desired.table(_table_of(constraint))
    is_partition = table is not None and table.partition_of is not None
    if constraint.local or not constraint.inherited or _comes_from_new_parents(constraint, context):
        return False
    return not (is_partition and _is_new_table(constraint, context))


def _comes_from_new_parents(constraint: Constraint, context: Context) -> bool:
    """Say whether only parents that an existing table is yet to get have the constraint, which INHERIT wants."""
    table = _table_of(constraint)
    if _is_new_table(constraint, context):
        return False
    anew = {(i.namespace, i.name) for i in context.drops & context.creates if i.kind == "table"}
    before = [p for p in context.observed.parents(table) if (p.namespace, p.name) not in anew]
    above = [
        p
        for p in context.desired.parents(table)
        if any(c.name == constraint.name for c in context.desired.constraints(p))
    ]
    return bool(above) and not any(parent in before for parent in above)


def _add(constraint: Constraint, context: Context) -> list[Step]:
    what = parent_name(constraint)
    name = quote_identifier(constraint.name)
    new = _is_new_table(constraint, context)
    lock = (blocks_all(what),) if constraint.references is None else (blocks_writes(what), *_referenced(constraint))
    plain = f"ALTER TABLE {what} ADD CONSTRAINT {name} {with_index_settings(constraint)}"
    if _built_beside(constraint, context) is not None:
        return [Step(Role.CREATE, _using_index(constraint, beside(constraint.identity).name), (blocks_all(what),))]
    if constraint.type in INDEXED:
        if context.online and not new and constraint.type != "exclusion" and not _is_partitioned(constraint, context):
            built = unique_index_behind(constraint)
            if built is not None:
                return [*built, Step(Role.CREATE, _using_index(constraint, constraint.name), lock)]
        return [Step(Role.CREATE, plain, () if new else (*lock, builds_index(what)))]
    postponable = constraint.validated and constraint.type in ("check", "foreign_key") and _is_enforced(constraint)
    if context.online and not new and postponable and _can_wait(constraint, context):
        added = Step(Role.CREATE, f"{plain} NOT VALID", lock)
        return [added] if _is_back_at_once(constraint, context) else [added, _validated(constraint)]
    if new:
        return [Step(Role.CREATE, plain, _referenced(constraint))]
    comes_alone = context.online and postponable and constraint.identity not in context.drops
    before = keys_of_partitions(constraint, context) if comes_alone else None
    reads = constraint.validated and before is None
    return [*(before or ()), Step(Role.CREATE, plain, (*lock, scans(what)) if reads else lock)]


def _referenced(constraint: Constraint) -> tuple[Hazard, ...]:
    """Say what a foreign key that comes holds up at its other end, which gets triggers."""
    return () if constraint.references is None else (blocks_writes(quote_qualified(constraint.references)),)


def _validated(constraint: Constraint) -> Step:
    what = parent_name(constraint)
    sql = f"ALTER TABLE {what} VALIDATE CONSTRAINT {quote_identifier(constraint.name)}"
    return Step(Role.VALIDATE, sql, (scans(what),))


def _is_back_at_once(constraint: Constraint, context: Context) -> bool:
    """Say whether a constraint goes and comes again in one transaction; then its rows are read when all are back."""
    table = _table_of(constraint)
    return constraint.identity in context.drops and context.observed.parents(table) == context.desired.parents(table)


def finish_constraint(constraint: Constraint, context: Context) -> list[Step]:
    """VALIDATE what has come again, once everything else has."""
    steps = create_constraint(constraint, context) if _is_back_at_once(constraint, context) else []
    postponed = bool(steps) and steps[-1].sql.endswith(" NOT VALID") and constraint.validated
    return [_validated(constraint)] if postponed and constraint.type in ("check", "foreign_key") else []


def finish_needs(constraint: Constraint, context: Context) -> set[ObjectId]:
    """Name all that comes again: reading rows ends the transaction in which it does."""
    return context.creates & context.drops if _is_back_at_once(constraint, context) else set()


_PARTITIONED_KEYS_WAIT = 180000  # ADD FOREIGN KEY … NOT VALID on a partitioned table came with v18


def _can_wait(constraint: Constraint, context: Context) -> bool:
    """Say whether the rows can be read after the constraint is there, when nobody waits for it."""
    waits = constraint.type == "check" or context.observed.server_version >= _PARTITIONED_KEYS_WAIT
    return waits or not _is_partitioned(constraint, context)


def _is_enforced(constraint: Constraint) -> bool:
    return not constraint.definition.endswith(("NOT ENFORCED", "NOT VALID"))


def _is_partitioned(constraint: Constraint, context: Context) -> bool:
    table = context.desired.table(_table_of(constraint))
    return isinstance(table, Table) and bool(table.partition_key)


def begin_constraint(constraint: Constraint, context: Context) -> list[Step]:
    """Build the index behind a key beside the one that it replaces."""
    sql = _built_beside(constraint, context)
    return build(constraint, sql, context) if sql is not None else []


def _built_beside(constraint: Constraint, context: Context) -> str | None:
    """Spell the index that is built beside; None where the key is made in another way."""
    if constraint.type not in ("primary_key", "unique") or not is_built_beside(constraint, context):
        return None
    return unique_index_sql(constraint, beside(constraint.identity).name)


def _using_index(constraint: Constraint, index: str) -> str:
    name = quote_identifier(constraint.name)
    words = "PRIMARY KEY" if constraint.type == "primary_key" else "UNIQUE"
    _, tail = split_definition(constraint.definition)
    using = f"{words} USING INDEX {quote_identifier(index)}{tail}"
    return f"ALTER TABLE {parent_name(constraint)} ADD CONSTRAINT {name} {using}"


def _index_settings(constraint: Constraint) -> list[Step]:
    what = parent_name(constraint)
    name = quote_identifier(constraint.name)
    steps = []
    if constraint.index_clustered:
        steps.append(Step(Role.SET, f"ALTER TABLE {what} CLUSTER ON {name}", (blocks_all(what),)))
    if constraint.index_replica_identity:
        steps.append(
            Step(Role.SET, f"ALTER TABLE ONLY {what} REPLICA IDENTITY USING INDEX {name}", (blocks_all(what),))
        )
    return steps


def drop_constraint(constraint: Constraint, context: Context) -> list[Step]:
    """Write DROP CONSTRAINT. What the constraint guaranteed is lost, which its hazard says."""
    if constraint.inherited and not constraint.local and not is_left_behind(constraint, context):
        return []
    if is_renamed_part(constraint, context):
        return []
    if constraint.type == "not_null":
        return not_null.drop(constraint, context)
    what = parent_name(constraint)
    sql = f"ALTER TABLE {what} DROP CONSTRAINT {quote_identifier(constraint.name)}"
    lost = breaks("what the constraint guaranteed is not guaranteed any more")
    other = () if constraint.references is None else (blocks_all(quote_qualified(constraint.references)),)
    return [Step(Role.DROP, sql, (blocks_all(what), *other, lost), destructive=True)]


def alter_constraint(
    desired: Constraint, observed: Constraint, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """VALIDATE and deferrability in place, settings of the index behind it too; anything else anew."""
    if desired.type == observed.type == "not_null" and desired.columns == observed.columns:
        return not_null.alter(desired, context)
    if _goes_with_its_parents(desired, observed, context):
        return REBUILD
    if fields <= {"local", "inherited", "partition_child"}:
        return change_descent(desired, observed, context)
    if not fields - {"local", "inherited"} <= _IN_PLACE or ("validated" in fields and not desired.validated):
        return REBUILD
    what = parent_name(desired)
    name = quote_identifier(desired.name)
    steps = []
    if "definition" in fields:
        if not _same_but_for_deferral(desired, observed) or (
            desired.type != "foreign_key" and not _only_validates(desired, observed)
        ):
            return REBUILD
        if not _only_validates(desired, observed):
            wanted = next((d for d in _DEFERRABLE if d in desired.definition), " NOT DEFERRABLE")
            steps.append(Step(Role.SET, f"ALTER TABLE {what} ALTER CONSTRAINT {name}{wanted}", (blocks_all(what),)))
    if "validated" in fields:
        steps.append(Step(Role.VALIDATE, f"ALTER TABLE {what} VALIDATE CONSTRAINT {name}", (scans(what),)))
    return steps + _alter_index(desired, observed, fields)


def _goes_with_its_parents(desired: Constraint, observed: Constraint, context: Context) -> bool:
    """Say whether a partition's key that is to be its own ends with the partitioned table's."""
    above = context.observed.constraint_above(observed) if observed.partition_child else None
    stays = desired.partition_child or observed.type == "foreign_key"
    return above is not None and not stays and above.identity in context.drops


def _alter_index(desired: Constraint, observed: Constraint, fields: frozenset[str]) -> list[Step]:
    what = parent_name(desired)
    name = quote_identifier(desired.name)
    index = f"{quote_identifier(desired.namespace)}.{name}"
    steps = []
    if "index_options" in fields:
        changes = change_parameters(desired.index_options, observed.index_options)
        steps += [Step(Role.SET, f"ALTER INDEX {index} {change}") for change in changes]
    if "index_tablespace" in fields:
        target = quote_identifier(desired.index_tablespace or "pg_default")
        steps.append(Step(Role.SET, f"ALTER INDEX {index} SET TABLESPACE {target}", (blocks_all(what),)))
    if "index_clustered" in fields:
        word = f"CLUSTER ON {name}" if desired.index_clustered else "SET WITHOUT CLUSTER"
        steps.append(Step(Role.SET, f"ALTER TABLE {what} {word}", (blocks_all(what),)))
    if "index_replica_identity" in fields and desired.index_replica_identity:
        steps.append(
            Step(Role.SET, f"ALTER TABLE ONLY {what} REPLICA IDENTITY USING INDEX {name}", (blocks_all(what),))
        )
    return steps


def _bare(definition: str) -> str:
    text = definition.removesuffix(" NOT VALID")
    for words in _DEFERRABLE:
        text = text.removesuffix(words)
    return text


def _same_but_for_deferral(desired: Constraint, observed: Constraint) -> bool:
    return _bare(desired.definition) == _bare(observed.definition)


def _only_validates(desired: Constraint, observed: Constraint) -> bool:
    return desired.definition.removesuffix(" NOT VALID") == observed.definition.removesuffix(" NOT VALID")
