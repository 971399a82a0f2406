"""What a SQL statement is about, read from PostgreSQL's own parser (libpg_query): objects, roles, extensions.

Nothing here decides what the schema is, PostgreSQL does; this names where an object is declared, which roles a
statement needs to exist, and which statements an unprivileged role cannot run itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

import msgspec
import pgparse

from shared.kinds import RECORDS
from shared.kinds.facts import Declaring, Form


class Declared(msgspec.Struct, frozen=True):
    """An object that a statement makes, as it names it; `namespace` is empty when the statement leaves it open.

    Args:
        kinds: Model kinds it can be.
        parent: Table of a constraint, trigger, …; of an index, and then only to find an index without a name.
        columns: Of an index without a name: what PostgreSQL will name it after.
    """

    kinds: tuple[str, ...]
    name: str
    namespace: str = ""
    parent: str = ""
    columns: tuple[str, ...] = ()


class SqlError(Exception):
    """PostgreSQL's grammar does not know this. `position` counts characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class ParsedStatement(msgspec.Struct, frozen=True):
    """One statement: its text, the name of its parse node (`CreateStmt`), and the node."""

    sql: str
    node: str
    tree: dict[str, Any]


def parse_statements(sql: str) -> tuple[ParsedStatement, ...]:
    """Split and parse; comments and blank statements vanish.

    Raises:
        SqlError: When the grammar refuses it.
    """
    try:
        raw = pgparse.parse(sql)
    except pgparse.PGQueryError as error:
        raise SqlError(str(error.args[0]) if error.args else "syntax error", _position(error)) from None
    encoded = sql.encode()
    return tuple(_statement(entry, encoded) for entry in raw)


def _position(error: Any) -> int:
    position = getattr(error, "position", 0)
    return max(int(position) - 1, 0) if isinstance(position, int) else 0


def _statement(entry: dict[str, Any], encoded: bytes) -> ParsedStatement:
    start = entry.get("stmt_location", 0)
    length = entry.get("stmt_len", 0) or len(encoded) - start
    [(node, tree)] = entry["stmt"].items()
    return ParsedStatement(encoded[start : start + length].decode().strip(), node, tree)


def roles_named(tree: Any) -> Iterator[str]:
    """Give every role that a statement names: grantees, owners, policies, default privileges, `SET ROLE`."""
    match tree:
        case {"roletype": "ROLESPEC_CSTRING", "rolename": str(name)}:
            yield name
        case dict():
            for value in tree.values():
                yield from roles_named(value)
        case list():
            for value in tree:
                yield from roles_named(value)


def new_owner(statement: ParsedStatement) -> str:
    """Give the role that a statement makes the owner of something; empty when it is about something else."""
    match statement.tree:
        case {"newowner": {"roletype": "ROLESPEC_CSTRING", "rolename": str(name)}} if (
            statement.node == "AlterOwnerStmt"
        ):
            return name
        case {"cmds": [{"AlterTableCmd": {"subtype": "AT_ChangeOwner", "newowner": {"rolename": str(name)}}}]}:
            return name
    return ""


def declared(statement: ParsedStatement) -> Iterator[Declared]:
    """Give the objects that a statement makes."""
    tree = statement.tree
    match statement.node:
        case "CreateStmt" | "CreateForeignTableStmt":
            base = tree.get("base", tree)
            yield from _table(base, "foreign_table" if "base" in tree else "table")
        case "AlterTableStmt":
            yield from _alter_table(tree)
        case "IndexStmt":
            yield _index(tree)
        case "CreateTableAsStmt":
            kind = "materialized_view" if tree.get("objtype") == "OBJECT_MATVIEW" else "table"
            yield _range_var(tree.get("into", {}).get("rel", {}), (kind,))
        case "CreateSchemaStmt":
            yield Declared(("namespace",), tree.get("schemaname") or tree.get("authrole", {}).get("rolename", ""))
            for [(node, element)] in (item.items() for item in tree.get("schemaElts", ())):
                yield from declared(ParsedStatement("", node, element))
        case _:
            yield from _as_recorded(statement)


def _declared_by() -> Mapping[str, tuple[tuple[str, Declaring], ...]]:
    """Give, by parse node, the kinds that its statement makes and where it names them."""
    found: dict[str, list[tuple[str, Declaring]]] = defaultdict(list)
    for kind, record in RECORDS.items():
        for declaring in record.declared_by:
            if declaring.form is not Form.READ_APART:
                found[declaring.node].append((kind, declaring))
    return {node: tuple(entries) for node, entries in found.items()}


_DECLARED_BY = _declared_by()


def _as_recorded(statement: ParsedStatement) -> Iterator[Declared]:
    tree = statement.tree
    for kind, declaring in _DECLARED_BY.get(statement.node, ()):
        match declaring.form:
            case Form.RELATION:
                yield _range_var(tree.get(declaring.key, {}), (kind,))
            case Form.NAMES:
                yield _name_list(tree.get(declaring.key, []), (kind,))
            case Form.NAME:
                yield Declared((kind,), tree.get(declaring.key, ""))
            case Form.PART:
                table = tree.get(declaring.relation, {})
                name = tree.get(declaring.key, "")
                yield Declared((kind,), name, table.get("schemaname", ""), table.get("relname", ""))
            case Form.DEFINED:
                if tree.get("kind") == declaring.key:
                    yield _name_list(tree.get("defnames", []), (kind,))
            case Form.READ_APART:
                raise AssertionError("left out above")
            case _:
                assert_never(declaring.form)


def _range_var(relation: dict[str, Any], kinds: tuple[str, ...]) -> Declared:
    return Declared(kinds, relation.get("relname", ""), relation.get("schemaname", ""))


def _name_list(names: list[dict[str, Any]], kinds: tuple[str, ...]) -> Declared:
    words = [part.get("String", {}).get("sval", "") for part in names]
    return Declared(kinds, words[-1] if words else "", words[-2] if len(words) > 1 else "")


def _table(tree: dict[str, Any], kind: str) -> Iterator[Declared]:
    relation = tree.get("relation", {})
    yield _range_var(relation, (kind,))
    for element in tree.get("tableElts", ()):
        yield from _element(element, relation)


def _element(element: dict[str, Any], relation: dict[str, Any]) -> Iterator[Declared]:
    """Give the named constraints of a table element; a column itself is declared with its table."""
    for constraint in (element, *element.get("ColumnDef", {}).get("constraints", ())):
        name = constraint.get("Constraint", {}).get("conname", "")
        if name:
            namespace, table = relation.get("schemaname", ""), relation.get("relname", "")
            yield Declared(("constraint",), name, namespace, table)


def _alter_table(tree: dict[str, Any]) -> Iterator[Declared]:
    relation = tree.get("relation", {})
    for command in tree.get("cmds", ()):
        match command.get("AlterTableCmd", {}):
            case {"subtype": "AT_AddColumn", "def": element}:
                name = element.get("ColumnDef", {}).get("colname", "")
                yield Declared(("column",), name, relation.get("schemaname", ""), relation.get("relname", ""))
                yield from _element(element, relation)
            case {"subtype": "AT_AddConstraint", "def": element}:
                yield from _element(element, relation)


def _index(tree: dict[str, Any]) -> Declared:
    relation = tree.get("relation", {})
    columns = tuple(item.get("IndexElem", {}).get("name", "") for item in tree.get("indexParams", ()))
    return Declared(
        ("index",), tree.get("idxname", ""), relation.get("schemaname", ""), relation.get("relname", ""), columns
    )
