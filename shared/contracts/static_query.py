"""Read a query without a server, as PostgreSQL's analysis does: its result, its parameters, what is refused in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import pgparse

from shared.contracts.facts import ColumnOrigin, ServerError, SqlType
from shared.contracts.nullability import MADE_BY_JOIN, Origin, any_answer
from shared.contracts.routine_bodies import arguments_of, body_of
from shared.contracts.statement import Node
from shared.contracts.static_result_names import name_of
from shared.contracts.static_schema import StaticSchema, type_written
from shared.contracts.static_scope import Columns, Scope, Source, StaticColumn, with_nulls
from shared.contracts.static_typed import adapt
from shared.contracts.static_types import BIGINT, compares, widest
from shared.contracts.static_values import read_condition, read_value
from shared.contracts.static_writes import read_change, read_insert
from shared.schema.identity import QualifiedName
from shared.schema.routines import Routine

_MAX_DEPTH = 12  # of views and functions: deeper is given up
_SYSTEM = ("pg_catalog", "information_schema")
_NULLED = {"JOIN_LEFT": ("rarg",), "JOIN_RIGHT": ("larg",), "JOIN_FULL": ("larg", "rarg")}
_STRICT = frozenset({"=", "<>", "<", ">", "<=", ">=", "~~", "~~*"})


class QueryReader:
    """Reads statements in one schema, and keeps what it finds.

    Args:
        schema: Where names are looked up.
        parameters: Types of `$1`, `$2`, … that are fixed before; others are added as they are inferred.
        routine_names: Of functions and types that one of the compared schemas has: any other is PostgreSQL's own.
        depth: How many views and functions stand around what is read.
    """

    def __init__(
        self, schema: StaticSchema, parameters: Mapping[int, SqlType], routine_names: frozenset[str], depth: int = 0
    ) -> None:
        self.schema = schema
        self.routine_names = routine_names
        self.parameters = dict(parameters)
        self.errors: list[ServerError] = []
        self.rights: set[tuple[str, QualifiedName, str]] = set()
        self._depth = depth

    def statement(self, kind: str, body: Node, outer: Scope | None = None) -> Columns | None:
        """Read a statement of any kind that PostgreSQL plans; give its result, None where that is not certain.

        Args:
            kind: libpg_query's name.
            body: What stands under it.
            outer: The names that are seen from outside: of WITH, of a function's arguments.
        """
        match kind:
            case "SelectStmt":
                return self.select(body, outer)
            case "InsertStmt":
                return read_insert(self, body, outer)
            case "UpdateStmt" | "DeleteStmt" | "MergeStmt":
                return read_change(self, kind, body, outer)
            case _:
                return ()

    # SELECT

    def select(self, node: Node, outer: Scope | None = None) -> Columns | None:
        """Read a SELECT or VALUES."""
        scope = self.common_tables(node, outer)
        if "valuesLists" in node:
            return self._values(node, scope)
        if "larg" in node:
            return self._set_operation(node, scope)
        self.add_from(node.get("fromClause", ()), scope)
        self.where(node, scope)
        columns = self.targets(node.get("targetList", ()), scope)
        names = {column.name for column in columns or ()}
        for part in ("groupClause", "sortClause", "distinctClause"):
            self._ordering(node.get(part, ()), scope, names)
        read_condition(self, node.get("havingClause"), scope, "HAVING")
        read_value(self, node.get("windowClause"), scope)
        for part in ("limitCount", "limitOffset"):
            adapt(self, read_value(self, node.get(part), scope), BIGINT)
        self._locks(node, scope)
        return columns

    def common_tables(self, node: Node, outer: Scope | None) -> Scope:
        """Read WITH; give the scope in which its names are seen."""
        scope = Scope(outer)
        clause = node.get("withClause", {})
        for entry in clause.get("ctes", ()):
            table = entry["CommonTableExpr"]
            [(kind, body)] = table["ctequery"].items()
            if clause.get("recursive"):
                scope.name(table["ctename"], self._first_arm(body, scope))
            columns = self.statement(kind, body, scope)
            scope.name(table["ctename"], _renamed(columns, table.get("aliascolnames", ())))
        return scope

    def _first_arm(self, body: Node, scope: Scope) -> Columns | None:
        """Give the columns of a recursive query by names alone: what it gives of itself is not certain."""
        reader = QueryReader(self.schema, self.parameters, self.routine_names, self._depth + 1)
        columns = reader.select(body["larg"], scope) if "larg" in body else None
        return None if columns is None else tuple(StaticColumn(column.name) for column in columns)

    def _values(self, node: Node, scope: Scope) -> Columns:
        rows = [[read_value(self, n, scope) for n in row["List"]["items"]] for row in node["valuesLists"]]
        width = min(map(len, rows))
        return tuple(
            StaticColumn(
                f"column{position + 1}",
                widest([row[position].type for row in rows]),
                any_answer([row[position].nulls for row in rows]),
            )
            for position in range(width)
        )

    def _set_operation(self, node: Node, scope: Scope) -> Columns | None:
        left, right = self.select(node["larg"], scope), self.select(node["rarg"], scope)
        self._ordering(node.get("sortClause", ()), Scope(scope), {column.name for column in left or ()})
        if left is None or right is None:
            return None
        if len(left) != len(right):
            self.errors.append(ServerError("42601", "each UNION query must have the same number of columns"))
            return None
        for one, other in zip(left, right, strict=True):
            if not compares(one.type, other.type):
                message = f"UNION types {one.type} and {other.type} cannot be matched"
                self.errors.append(ServerError("42804", message))
        return tuple(
            StaticColumn(one.name, widest([one.type, other.type]), any_answer([one.nulls, other.nulls]))
            for one, other in zip(left, right, strict=True)
        )

    def targets(self, targets: Sequence[Node], scope: Scope) -> Columns | None:
        """Read a select list, or what RETURNING gives."""
        found: list[StaticColumn] = []
        certain = True
        for entry in targets:
            target = entry["ResTarget"]
            value = target.get("val", {})
            fields = value.get("ColumnRef", {}).get("fields", ())
            if fields and "A_Star" in fields[-1]:
                every = scope.every(str(fields[-2]["String"]["sval"]) if len(fields) > 1 else "")
                certain = certain and every is not None
                for source, column in every or ():
                    if source.relation:
                        self.rights.add(("SELECT", source.relation, column.name))
                    found.append(column)
                continue
            read = read_value(self, value, scope)
            found.append(StaticColumn(str(target.get("name", name_of(value))), read.type, read.nulls, read.origin))
        return tuple(found) if certain else None

    def _ordering(self, entries: Sequence[Node], scope: Scope, names: set[str]) -> None:
        """Read ORDER BY, GROUP BY or DISTINCT ON, whose names may be those of the result."""
        for entry in entries:
            node = entry.get("SortBy", {}).get("node", entry)
            fields = node.get("ColumnRef", {}).get("fields", ())
            if len(fields) != 1 or fields[0].get("String", {}).get("sval") not in names:
                read_value(self, node, scope)

    def where(self, node: Node, scope: Scope) -> None:
        """Read WHERE, and which columns it takes only where they are not NULL."""
        condition = node.get("whereClause")
        read_condition(self, condition, scope)
        scope.filled |= set(_asked(condition, scope))

    def _locks(self, node: Node, scope: Scope) -> None:
        for entry in node.get("lockingClause", ()):
            named = {relation["RangeVar"]["relname"] for relation in entry["LockingClause"].get("lockedRels", ())}
            for source in scope.sources:
                if source.relation and (not named or source.alias in named):
                    self.rights.add(("UPDATE", source.relation, ""))

    # FROM

    def add_from(self, entries: Sequence[Node], scope: Scope) -> None:
        """Add what FROM or USING lists to a scope."""
        for entry in entries:
            scope.sources += self._sources(entry, scope)

    def _sources(self, node: Node, scope: Scope) -> list[Source]:
        match node:
            case {"RangeVar": relation}:
                return [self.relation(relation, scope, "SELECT")]
            case {"RangeSubselect": inner}:
                [(kind, body)] = inner["subquery"].items()
                alias = inner.get("alias", {})
                return [Source(alias.get("aliasname", ""), _renamed(self.statement(kind, body, scope), _names(alias)))]
            case {"JoinExpr": join}:
                return self._join(join, scope)
            case {"RangeFunction": function}:
                read_value(self, function.get("functions"), scope)
                alias = function.get("alias", {}).get("aliasname") or _called_name(function)
                return [Source(alias, None)]
            case _:
                read_value(self, node, scope)
                return [Source("", None)]

    def _join(self, join: Node, scope: Scope) -> list[Source]:
        sides = {side: self._sources(join[side], scope) for side in ("larg", "rarg")}
        both = Scope(scope)
        both.sources = [*sides["larg"], *sides["rarg"]]
        read_condition(self, join.get("quals"), both, "JOIN/ON")
        for entry in join.get("usingClause", ()):
            self._using(str(entry["String"]["sval"]), sides["larg"], sides["rarg"])
            scope.merged.add(str(entry["String"]["sval"]))
        if join.get("isNatural"):
            scope.merged |= {column.name for source in both.sources for column in source.columns or ()}
        kind = join.get("jointype", "JOIN_INNER")
        if kind == "JOIN_INNER":
            scope.filled |= set(_asked(join.get("quals"), both))
        for side in _NULLED.get(kind, ()):
            sides[side] = with_nulls(sides[side], MADE_BY_JOIN)
        return [*sides["larg"], *sides["rarg"]]

    def _using(self, name: str, left: Sequence[Source], right: Sequence[Source]) -> None:
        types: list[SqlType] = []
        for side, sources in (("left", left), ("right", right)):
            found = [column for source in sources for column in source.columns or () if column.name == name]
            if not found and all(source.columns is not None for source in sources):
                message = f'column "{name}" specified in USING clause does not exist in {side} table'
                self.errors.append(ServerError("42703", message))
            types += [found[0].type] if found else []
        if len(types) == 2 and not compares(*types):  # noqa: PLR2004  # the two sides
            message = f"JOIN/USING types {types[0]} and {types[1]} cannot be matched"
            self.errors.append(ServerError("42804", message))

    def relation(self, node: Node, scope: Scope, right: str) -> Source:
        """Read the name of a relation, or of what WITH names.

        Args:
            node: The RangeVar.
            scope: The names around it.
            right: What is done with it: `SELECT`, `INSERT`, `UPDATE`, `DELETE`, …
        """
        name = QualifiedName(node.get("schemaname", ""), node["relname"])
        alias = node.get("alias", {})
        called = str(alias.get("aliasname", name.name))
        if not name.namespace and scope.is_common(name.name):
            return Source(called, _renamed(scope.common(name.name), _names(alias)))
        found = self.schema.find(name)
        if found is None:
            if name.namespace not in _SYSTEM and not name.name.startswith("pg_"):
                self.errors.append(ServerError("42P01", f'relation "{name}" does not exist'))
            return Source(called, None)
        self.rights.add((right, found, ""))
        self.rights.add(("USAGE", QualifiedName("", found.namespace), ""))
        return Source(called, _renamed(self._columns(found), _names(alias)), found)

    def _columns(self, relation: QualifiedName) -> Columns:
        """Give the columns of a table, or of a view with what its query says of NULLs."""
        types = self.schema.columns(relation)
        if self.schema.is_table(relation):
            not_null = self.schema.not_null.get(relation, set())
            return tuple(
                StaticColumn(
                    name,
                    kind,
                    False if name in not_null else Origin(relation, name),
                    ColumnOrigin(relation.namespace, relation.name, name),
                )
                for name, kind in types.items()
            )
        inner = self._of_view(self.schema.definitions.get(relation, ""))
        nulls = [column.nulls for column in inner] if inner and len(inner) == len(types) else [None] * len(types)
        return tuple(
            StaticColumn(name, kind, answer) for (name, kind), answer in zip(types.items(), nulls, strict=True)
        )

    def _of_view(self, definition: str) -> Columns | None:
        if self._depth > _MAX_DEPTH:
            return None
        reader = QueryReader(self.schema, {}, self.routine_names, self._depth + 1)
        found = trees(definition)
        return reader.statement(*found[0]) if len(found) == 1 else None

    # functions

    def body(self, routine: Routine) -> None:
        """Read the body of a function of SQL that runs with the rights of who calls it."""
        body = body_of(routine.definition) if routine.language == "sql" and self._depth < _MAX_DEPTH else None
        if body is None or body.search_path is not None:
            return
        inner = QueryReader(self.schema, {}, self.routine_names, self._depth + 1)
        names = arguments_of(routine)
        outer = Scope()
        outer.sources = [Source(routine.name, tuple(StaticColumn(name, type_written(kind)) for name, kind in names))]
        inner.parameters = {number: type_written(kind) for number, (_, kind) in enumerate(names, start=1)}
        for statement in body.statements:
            for kind, tree in trees(statement.text):
                inner.statement(kind, tree, outer)
        if not body.as_owner:
            self.rights |= inner.rights
        for error in inner.errors:
            message = f"{error.message} (in the body of {routine.name})"
            self.errors.append(msgspec.structs.replace(error, message=message))


def trees(sql: str) -> list[tuple[str, Node]]:
    """Give (kind, tree) of each statement of a text; nothing where it is no SQL."""
    try:
        return [found for entry in pgparse.parse(sql) for found in entry["stmt"].items()]
    except (pgparse.PGQueryError, ValueError):
        return []


def _names(alias: Node) -> Sequence[Node]:
    return tuple(alias.get("colnames", ()))


def _renamed(columns: Columns | None, names: Sequence[Node]) -> Columns | None:
    """Give columns under the names that an alias lists."""
    if columns is None or not names:
        return columns
    listed = [str(name["String"]["sval"]) for name in names]
    given = [*listed, *(column.name for column in columns[len(listed) :])]
    return tuple(msgspec.structs.replace(c, name=name) for c, name in zip(columns, given, strict=False))


def _called_name(function: Node) -> str:
    for entry in function.get("functions", ()):
        for item in entry.get("List", {}).get("items", ()):
            if "FuncCall" in item:
                return str(item["FuncCall"]["funcname"][-1]["String"]["sval"])
    return ""


def _asked(condition: Any, scope: Scope) -> Iterator[tuple[str, str]]:
    """Give (alias, column) of what a row has only as not NULL, because a condition asks something of it."""
    match condition:
        case {"BoolExpr": {"boolop": "AND_EXPR", "args": parts}}:
            for part in parts:
                yield from _asked(part, scope)
        case {"NullTest": {"nulltesttype": "IS_NOT_NULL", "arg": inner}}:
            yield from _plain(inner, scope)
        case {
            "A_Expr": {
                "kind": "AEXPR_OP" | "AEXPR_LIKE" | "AEXPR_ILIKE" | "AEXPR_IN",
                "lexpr": left,
                "rexpr": right,
            } as e
        }:
            if e["name"][-1]["String"]["sval"] in _STRICT:
                yield from _plain(left, scope)
                yield from _plain(right, scope)
        case _:
            pass


def _plain(node: Node, scope: Scope) -> Iterator[tuple[str, str]]:
    fields = node.get("ColumnRef", {}).get("fields", ())
    texts = [str(field["String"]["sval"]) for field in fields if "String" in field]
    found = scope.find(texts[-2] if len(texts) > 1 else "", texts[-1]) if texts else None
    if found is not None and not isinstance(found, ServerError):
        yield found[0].alias, found[1].name
