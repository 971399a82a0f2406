"""Read statements that PostgreSQL does not plan, and what ON CONFLICT needs, without a server."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shared.contracts.facts import ServerError
from shared.contracts.relations import Relations
from shared.contracts.statement import Node, Statement
from shared.contracts.static_query import QueryReader, trees
from shared.contracts.static_schema import StaticSchema
from shared.contracts.static_scope import Columns, Scope, Source
from shared.contracts.static_values import read_value
from shared.contracts.trials import block_statements
from shared.contracts.updatable_views import behind
from shared.schema.identity import QualifiedName

_NO_ARBITER = "there is no unique or exclusion constraint matching the ON CONFLICT specification"


def read_utility(reader: QueryReader, kind: str, body: Node) -> Columns | None:
    """Read a statement that is not planned; give its result, which only a cursor and EXPLAIN have.

    Args:
        reader: Keeps what is refused.
        kind: libpg_query's name.
        body: What stands under it.
    """
    scope = Scope()
    match kind:
        case "TruncateStmt":
            for relation in body.get("relations", ()):
                _only_tables(reader, reader.relation(relation["RangeVar"], scope, "TRUNCATE"))
        case "LockStmt":
            for relation in body.get("relations", ()):
                reader.relation(relation["RangeVar"], scope, "")
        case "CopyStmt":
            _copy(reader, body, scope)
        case "RefreshMatViewStmt":
            _refresh(reader, reader.relation(body["relation"], scope, ""))
        case "CallStmt":
            read_value(reader, {"funccall": body["funccall"]}, scope)
        case "DeclareCursorStmt" | "ExplainStmt" | "CreateTableAsStmt":
            for inner, tree in body.get("query", {}).items():
                reader.statement(inner, tree)
        case "DoStmt":
            _block(reader, body)
        case _:
            pass  # no schema is known to break it
    return ()


def _only_tables(reader: QueryReader, source: Source) -> None:
    if source.relation and not reader.schema.is_table(source.relation):
        reader.errors.append(ServerError("42809", f'"{source.relation.name}" is not a table'))


def _refresh(reader: QueryReader, source: Source) -> None:
    if source.relation and source.relation not in reader.schema.definitions:
        reader.errors.append(ServerError("42809", f'"{source.relation.name}" is not a materialized view'))


def _copy(reader: QueryReader, body: Node, scope: Scope) -> None:
    for kind, tree in body.get("query", {}).items():
        reader.statement(kind, tree)
    if "relation" not in body:
        return
    into = bool(body.get("is_from"))
    source = reader.relation(body["relation"], scope, "INSERT" if into else "SELECT")
    if source.relation is None or source.columns is None:
        return
    if not reader.schema.is_table(source.relation):
        word = "to" if into else "from"
        reader.errors.append(ServerError("42809", f'cannot copy {word} view "{source.relation.name}"'))
    known = {column.name for column in source.columns}
    made = reader.schema.written_by_postgresql.get(source.relation, {})
    for entry in body.get("attlist", ()):
        name = str(entry["String"]["sval"])
        if name not in known:
            message = f'column "{name}" of relation "{source.relation.name}" does not exist'
            reader.errors.append(ServerError("42703", message))
        elif made.get(name) == "generated":
            reader.errors.append(ServerError("42P10", f'column "{name}" is a generated column'))


def _block(reader: QueryReader, body: Node) -> None:
    """Read the statements of a DO block, which may not come to them."""
    inner = QueryReader(reader.schema, {}, reader.routine_names)
    for text in block_statements(body):
        for kind, tree in trees(text):
            inner.statement(kind, tree)
    reader.rights |= inner.rights
    reader.errors += [msgspec.structs.replace(error, conditional=True) for error in inner.errors]


def conflict_errors(statement: Statement, schema: StaticSchema, relations: Relations) -> Iterator[ServerError]:
    """Give PostgreSQL's refusals of an ON CONFLICT that no unique key matches.

    Args:
        statement: Of the query.
        schema: The shape.
        relations: The same.
    """
    for write in statement.writes:
        found = schema.find(write.table)
        table = _table_behind(found, schema) if found else None
        if table is None:
            continue
        if write.conflict_keys and write.conflict_keys not in relations.unique_keys(table):
            yield ServerError("42P10", _NO_ARBITER)
        name = write.conflict_constraint
        if name and name not in schema.constraints.get(table, ()):
            yield ServerError("42704", f'constraint "{name}" for table "{table.name}" does not exist')


def _table_behind(relation: QualifiedName, schema: StaticSchema) -> QualifiedName | None:
    """Give the table that rows written to a relation go to; a view has to keep the names of the columns."""
    if schema.is_table(relation):
        return relation
    found = behind(schema.definitions.get(relation, ""))
    if found is None or found.relation == relation or any(name != column for name, column in found.columns.items()):
        return None
    below = schema.find(found.relation)
    return _table_behind(below, schema) if below else None
