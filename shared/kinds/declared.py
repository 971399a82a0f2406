"""What a statement makes, read from its parse tree: where an object is declared, not what it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

import msgspec

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


def declared(node: str, tree: dict[str, Any]) -> Iterator[Declared]:
    """Give the objects that a statement makes.

    Args:
        node: The name of its parse node, `CreateStmt`.
        tree: The node, as libpg_query gives it.
    """
    match node:
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
            for [(inner, element)] in (item.items() for item in tree.get("schemaElts", ())):
                yield from declared(inner, element)
        case _:
            yield from _as_recorded(node, tree)


def _declared_by() -> Mapping[str, tuple[tuple[str, Declaring], ...]]:
    """Give, by parse node, the kinds that its statement makes and where it names them."""
    found: dict[str, list[tuple[str, Declaring]]] = defaultdict(list)
    for kind, record in RECORDS.items():
        for declaring in record.declared_by:
            found[declaring.node].append((kind, declaring))
    return {node: tuple(entries) for node, entries in found.items()}


_DECLARED_BY = _declared_by()


def _as_recorded(node: str, tree: dict[str, Any]) -> Iterator[Declared]:
    for kind, declaring in _DECLARED_BY.get(node, ()):
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
            case Form.READ_APART | Form.SAID_OF:
                pass
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


def facets_said(node: str) -> tuple[str, ...]:
    """Give the kinds of facets of which a statement says one: `comment` for COMMENT ON.

    Args:
        node: The name of its parse node.
    """
    return tuple(kind for kind, declaring in _DECLARED_BY.get(node, ()) if declaring.form is Form.SAID_OF)


def kinds_made(node: str) -> tuple[str, ...]:
    """Give the kinds of which a statement makes an object, or says a facet.

    Args:
        node: The name of its parse node.
    """
    return tuple(kind for kind, _ in _DECLARED_BY.get(node, ()))
