"""Tables and foreign tables: CREATE TABLE with what can be inline, ATTACH, INHERIT, storage parameters."""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.hazards import blocks_all, loses, rewrites
from shared.kinds.names import options_list, qualified
from shared.kinds.recipes import not_null, partitions
from shared.kinds.recipes.column_sql import adjustments, column_clause, override_clause
from shared.kinds.recipes.constraint_sql import inline_clause
from shared.kinds.recipes.parameters import change_options, change_parameters, storage_parameters
from shared.kinds.step import REBUILD, Loosened, Role, Step, Verdict
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, ForeignTable, Table
from shared.schema.types import CompositeType
from shared.sql import quote_identifier, quote_qualified

_ACCESS_METHOD_ALTERS = 150000  # ALTER TABLE … SET ACCESS METHOD came with v15


def create_table(table: Table | ForeignTable, context: Context) -> list[Step]:
    """CREATE TABLE with the columns and constraints that the planner inlined, then what has no inline form."""
    name = QualifiedName(table.namespace, table.name)
    inlined = context.inlined.get(table.identity, set())
    columns = [column for column in context.desired.columns(name) if column.identity in inlined]
    clauses = [clause for column in columns if (clause := _column_item(table, column, context))]
    clauses += [
        inline_clause(c) for c in context.desired.constraints(name) if c.identity in inlined and _stated(c, table)
    ]
    steps = [Step(Role.CREATE, _create_sql(table, clauses))]
    for column in columns:
        steps += [Step(Role.SET, sql) for sql in adjustments(column, context)]
    if isinstance(table, Table):
        steps += [Step(Role.SET, sql) for sql in _settings(table)]
    return steps


def _stated(constraint: object, table: Table | ForeignTable) -> bool:
    """What only comes down from a parent is left to INHERITS; a partition must state it to be attached."""
    return bool(getattr(constraint, "local", True)) or table.partition_of is not None


def _column_item(table: Table | ForeignTable, column: Column, context: Context) -> str:
    if isinstance(table, Table) and table.of_type is not None:
        return override_clause(column, context)
    if not column.local and table.partition_of is None:
        return ""  # INHERITS brings it; what it has of its own follows as ALTER
    return column_clause(column, context)


def _create_sql(table: Table | ForeignTable, clauses: list[str]) -> str:
    body = "(\n    " + ",\n    ".join(clauses) + "\n)" if clauses else "()"
    if isinstance(table, ForeignTable):
        options = f"\nOPTIONS ({options_list(table.options)})" if table.options else ""
        inherits = _inherits(table)
        server = f"\nSERVER {quote_identifier(table.server)}"
        return f"CREATE FOREIGN TABLE {qualified(table)} {body}{inherits}{server}{options}"
    persistence = "UNLOGGED " if table.persistence == "unlogged" else ""
    head = f"CREATE {persistence}TABLE {qualified(table)}"
    if table.of_type is not None:
        head += f" OF {quote_qualified(table.of_type)}"
        body = body if clauses else ""
    parts = [f"{head} {body}".rstrip(), _inherits(table)]
    if table.partition_key:
        parts.append(f"\nPARTITION BY {table.partition_key}")
    if table.access_method not in ("heap", ""):
        parts.append(f"\nUSING {quote_identifier(table.access_method)}")
    if table.options:
        parts.append(f"\nWITH ({storage_parameters(table.options)})")
    if table.tablespace:
        parts.append(f"\nTABLESPACE {quote_identifier(table.tablespace)}")
    return "".join(parts)


def _inherits(table: Table | ForeignTable) -> str:
    return f"\nINHERITS ({', '.join(quote_qualified(p) for p in table.inherits)})" if table.inherits else ""


def _settings(table: Table) -> list[str]:
    """Give the settings that CREATE TABLE cannot state. An index as replica identity is set when the index is there."""
    only = f"ALTER TABLE ONLY {qualified(table)}"
    statements = []
    if table.row_security:
        statements.append(f"ALTER TABLE {qualified(table)} ENABLE ROW LEVEL SECURITY")
    if table.force_row_security:
        statements.append(f"{only} FORCE ROW LEVEL SECURITY")
    if table.replica_identity in ("full", "nothing"):
        statements.append(f"{only} REPLICA IDENTITY {table.replica_identity.upper()}")
    return statements


def drop_table(table: Table | ForeignTable, context: Context) -> list[Step]:
    """DROP TABLE, detached first where its parent stays."""
    keyword = "FOREIGN TABLE" if isinstance(table, ForeignTable) else "TABLE"
    what = qualified(table)
    desired = context.desired.find(Table, table.identity)
    # Its rows are its partitions', which are detached before, and attached to the new one.
    is_partitioned = isinstance(table, Table) and bool(table.partition_key)
    keeps = is_partitioned and desired is not None and bool(desired.partition_key)
    lost = () if keeps else (loses(f"every row of {what}"),)
    above = [quote_qualified(table.partition_of)] if table.partition_of is not None else []
    locks = [blocks_all(name) for name in (what, *above, *partitions.referenced_by(table, context.observed))]
    dropped = Step(Role.DROP, f"DROP {keyword} {what}", (*locks, *lost), destructive=not keeps)
    if table.partition_of is None or not partitions.may_detach_concurrently(table, table.partition_of, context):
        return [dropped]
    return [partitions.detach_concurrently(table, table.partition_of), dropped]


def alter_table(
    desired: Table | ForeignTable, observed: Table | ForeignTable, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """ALTER TABLE for everything but how it is partitioned; typed tables and access methods where the server can."""
    if isinstance(desired, ForeignTable) or isinstance(observed, ForeignTable):
        return _alter_foreign(desired, observed, fields)
    if "partition_key" in fields:
        return REBUILD
    if "access_method" in fields and (context.observed.server_version < _ACCESS_METHOD_ALTERS or desired.partition_key):
        return REBUILD
    what = qualified(desired)
    lock = (blocks_all(what),)
    steps = _alter_of_type(desired, fields)
    if "persistence" in fields:
        word = "UNLOGGED" if desired.persistence == "unlogged" else "LOGGED"
        lost = (loses(f"after a crash, every row of {what}"),) if desired.persistence == "unlogged" else ()
        steps.append(Step(Role.SET, f"ALTER TABLE {what} SET {word}", (*lock, rewrites(what), *lost)))
    if "access_method" in fields:
        method = quote_identifier(desired.access_method)
        steps.append(Step(Role.SET, f"ALTER TABLE {what} SET ACCESS METHOD {method}", (*lock, rewrites(what))))
    if "options" in fields:
        actions = change_parameters(desired.options, observed.options)
        steps += [Step(Role.SET, f"ALTER TABLE {what} {action}") for action in actions]
    if "tablespace" in fields:
        target = quote_identifier(desired.tablespace or "pg_default")
        steps.append(Step(Role.SET, f"ALTER TABLE {what} SET TABLESPACE {target}", (*lock, rewrites(what))))
    steps += _alter_security(desired, fields)
    steps += _alter_replica_identity(desired, fields, context)
    steps += _alter_parents(desired, observed, fields, context)
    return steps


def _alter_of_type(desired: Table, fields: frozenset[str]) -> list[Step]:
    if "of_type" not in fields:
        return []
    what = qualified(desired)
    action = f"OF {quote_qualified(desired.of_type)}" if desired.of_type is not None else "NOT OF"
    return [Step(Role.ALTER, f"ALTER TABLE {what} {action}", (blocks_all(what),))]


def _alter_security(desired: Table, fields: frozenset[str]) -> list[Step]:
    what = qualified(desired)
    steps = []
    if "row_security" in fields:
        word = "ENABLE" if desired.row_security else "DISABLE"
        steps.append(Step(Role.SET, f"ALTER TABLE {what} {word} ROW LEVEL SECURITY", (blocks_all(what),)))
    if "force_row_security" in fields:
        word = "FORCE" if desired.force_row_security else "NO FORCE"
        steps.append(Step(Role.SET, f"ALTER TABLE {what} {word} ROW LEVEL SECURITY", (blocks_all(what),)))
    return steps


def _alter_replica_identity(desired: Table, fields: frozenset[str], context: Context) -> list[Step]:
    if "replica_identity" not in fields:
        return []
    word, _, index = desired.replica_identity.partition(":")
    what = qualified(desired)
    if word != "index":
        return [Step(Role.SET, f"ALTER TABLE ONLY {what} REPLICA IDENTITY {word.upper()}", (blocks_all(what),))]
    candidates = (
        ObjectId(kind="index", namespace=desired.namespace, name=index),
        ObjectId(kind="constraint", namespace=desired.namespace, parent=desired.name, name=index),
    )
    if any(candidate in context.creates for candidate in candidates):
        return []  # the index says it when it is made
    sql = f"ALTER TABLE ONLY {what} REPLICA IDENTITY USING INDEX {quote_identifier(index)}"
    return [Step(Role.SET, sql, (blocks_all(what),))]


def _alter_parents(
    desired: Table | ForeignTable, observed: Table | ForeignTable, fields: frozenset[str], context: Context
) -> list[Step]:
    what = qualified(desired)
    steps = []
    if "inherits" in fields:
        gained = [quote_qualified(parent) for parent in desired.inherits if parent not in observed.inherits]
        steps += [Step(Role.ALTER, f"ALTER TABLE {what} INHERIT {parent}", (blocks_all(what),)) for parent in gained]
    if fields & {"partition_of", "partition_bound"}:
        steps += partitions.attach(desired, context)
    return steps


def release_table(
    desired: Table | ForeignTable, observed: Table | ForeignTable, fields: frozenset[str], context: Context
) -> list[Step]:
    """Let go of parents first: DETACH PARTITION and NO INHERIT."""
    what = qualified(observed)
    own = QualifiedName(observed.namespace, observed.name)
    steps = []
    if fields & {"partition_of", "partition_bound"} and observed.partition_of is not None:
        steps += partitions.release(desired, observed, observed.partition_of, context)
        if desired.partition_of != observed.partition_of:
            steps += not_null.after_parting(own, observed.partition_of, context)
    lost = [parent for parent in observed.inherits if parent not in desired.inherits]
    for parent in lost if "inherits" in fields else ():
        steps.append(Step(Role.ALTER, f"ALTER TABLE {what} NO INHERIT {quote_qualified(parent)}", (blocks_all(what),)))
        steps += not_null.after_parting(own, parent, context)
    return steps


def _alter_foreign(
    desired: Table | ForeignTable, observed: Table | ForeignTable, fields: frozenset[str]
) -> list[Step] | Verdict:
    if not (isinstance(desired, ForeignTable) and isinstance(observed, ForeignTable)) or "server" in fields:
        return REBUILD
    if not fields <= {"options"}:
        return REBUILD
    changes = change_options(desired.options, observed.options)
    return [
        Step(
            Role.ALTER,
            f"ALTER FOREIGN TABLE {qualified(desired)} OPTIONS ({changes})",
            (blocks_all(qualified(desired)),),
        )
    ]


def loosen_table(table: Table | ForeignTable, below: ObjectId, context: Context) -> Loosened | None:
    """Survive a parent or a row type that is rebuilt: let go of it, and take hold of it again."""
    parent = QualifiedName(below.namespace, below.name)
    what = qualified(table)
    if below.kind == "composite_type" and isinstance(table, Table) and _fits_again(table, below, context):
        lock = (blocks_all(what),)
        return Loosened(
            (Step(Role.ALTER, f"ALTER TABLE {what} NOT OF", lock),),
            (Step(Role.ALTER, f"ALTER TABLE {what} OF {quote_qualified(parent)}", lock),),
        )
    if below.kind != "table":
        return None
    own = QualifiedName(table.namespace, table.name)
    if table.partition_of == parent:
        detached = (partitions.detach_step(table, parent, context), *not_null.after_parting(own, parent, context))
        return Loosened(detached, (partitions.attach_step(table, parent, context),))
    if parent in table.inherits:
        name = quote_qualified(parent)
        lock = (blocks_all(what),)
        parted = Step(Role.ALTER, f"ALTER TABLE {what} NO INHERIT {name}", lock)
        return Loosened(
            (parted, *not_null.after_parting(own, parent, context)),
            (Step(Role.ALTER, f"ALTER TABLE {what} INHERIT {name}", lock),),
        )
    return None


def _fits_again(table: Table, type_: ObjectId, context: Context) -> bool:
    """Say whether a table of a type has the columns of the rebuilt type in their order, once they are altered."""
    before, after = context.observed.find(CompositeType, type_), context.desired.find(CompositeType, type_)
    if before is None or after is None or (table.of_type != QualifiedName(type_.namespace, type_.name)):
        return False
    wanted = [attribute.name for attribute in after.attributes]
    present = [attribute.name for attribute in before.attributes]
    kept = [name for name in present if name in wanted]
    return wanted == [*kept, *(name for name in wanted if name not in present)]
