"""Say what is known of a contract's queries without a server: for shapes that cannot be rebuilt.

The facts have the form that PostgreSQL's own have, so the same rules judge them. They come from libpg_query's tree and
the two snapshots: an error is claimed only where the declared schema has what the query names, and this one lacks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pgparse

from shared.contracts.contract import Contract, Query
from shared.contracts.facts import UNTOLD, ColumnOrigin, QueryFacts, ResultColumn, ServerError, ShapeFacts, SqlType
from shared.contracts.relations import Relations
from shared.contracts.statement import Node, Statement, read_statements, relations_named
from shared.contracts.static_schema import StaticSchema
from shared.contracts.static_types import compares, comparisons, family, highest_parameter, parameter_types
from shared.contracts.trials import PLANNED
from shared.schema.identity import QualifiedName
from shared.schema.schema import Snapshot

_NAMES_RELATIONS = PLANNED | frozenset({"TruncateStmt", "LockStmt", "CopyStmt", "RefreshMatViewStmt"})
_SYSTEM = ("pg_catalog", "information_schema")


def describe_statically(
    contract: Contract, snapshot: Snapshot, search_path: tuple[str, ...], declared: Snapshot
) -> ShapeFacts:
    """Describe a contract's queries in one shape from its snapshot alone.

    Args:
        contract: What the service expects.
        snapshot: The shape.
        search_path: The service's.
        declared: The declared schema; the shape itself to describe that.
    """
    reader = _Reader(snapshot, declared, search_path)
    queries = {query.key: reader.facts(query) for query in contract.queries}
    return ShapeFacts(
        snapshot=snapshot, search_path=search_path, queries=tuple(queries[key] for key in sorted(queries))
    )


class _Reader:
    """Reads queries against one shape and the declared one."""

    def __init__(self, snapshot: Snapshot, declared: Snapshot, search_path: tuple[str, ...]) -> None:
        self._here, self._there = StaticSchema(snapshot, search_path), StaticSchema(declared, search_path)
        self._relations = Relations(snapshot, search_path)
        self._declared = Relations(declared, search_path)

    def facts(self, query: Query) -> QueryFacts:
        """Describe one query."""
        bodies = _bodies(query.sql)
        errors = [
            error
            for statement, body in zip(read_statements(query.sql), bodies, strict=False)
            for error in self._errors(statement, body)
        ]
        single = len(bodies) == 1
        if single and not errors:
            errors += self._type_errors(query, bodies[0])
        return QueryFacts(
            key=query.key,
            error=errors[0] if errors else None,
            parameters=self._parameters(query, bodies[0], self._here) if single else (),
            columns=tuple(self._result(bodies[0])) if single and not errors else (),
        )

    def _errors(self, statement: Statement, body: Node) -> Iterator[ServerError]:
        if statement.kind not in _NAMES_RELATIONS:
            return
        for name in statement.tables:
            if self._here.find(name) is None and not name.name.startswith("pg_") and name.namespace not in _SYSTEM:
                yield ServerError("42P01", f'relation "{name}" does not exist')
        lost_routines = self._there.routines - self._here.routines
        for routine in sorted(lost_routines.intersection(_called(body))):
            yield ServerError("42883", f"function {routine} does not exist")
        for kind in sorted((self._there.types - self._here.types).intersection(_types_named(body))):
            yield ServerError("42704", f'type "{kind}" does not exist')
        yield from self._column_errors(body)
        yield from self._write_errors(statement)

    def _column_errors(self, body: Node) -> Iterator[ServerError]:
        sources = _sources(body)
        named = {str(target["name"]) for target in _find(body, "ResTarget") if "name" in target}
        then, now = self._known(sources, self._there), self._known(sources, self._here)
        for qualifier, column in _references(body):
            owners = [alias for alias in sources if qualifier in {"", alias, sources[alias].name}]
            was = [alias for alias in owners if column in then.get(alias, {})]
            still = [alias for alias in owners if column in now.get(alias, {})]
            if was and not still and (qualifier or column not in named):
                yield ServerError("42703", f"column {'.'.join(filter(None, (qualifier, column)))} does not exist")
            if len(was) == 1 and len(still) > 1 and not qualifier and len(list(_find(body, "SelectStmt"))) == 0:
                yield ServerError("42702", f'column reference "{column}" is ambiguous')

    def _parameters(self, query: Query, body: Node, schema: StaticSchema) -> tuple[SqlType, ...]:
        types = self._parameter_types(query, body, schema)
        return tuple(types.get(number, UNTOLD) for number in range(1, highest_parameter(body) + 1))

    def _parameter_types(self, query: Query, body: Node, schema: StaticSchema) -> dict[int, SqlType]:
        known = self._known(_sources(body), schema)

        def written(relation: QualifiedName, column: str) -> SqlType:
            found = schema.find(relation)
            return schema.columns(found).get(column, UNTOLD) if found else UNTOLD

        statement = read_statements(query.sql)[0]
        return parameter_types(body, statement, lambda node: _type_of(node, known), written)

    def _type_errors(self, query: Query, body: Node) -> list[ServerError]:
        """Find comparisons over two families of types that were of one family in the declared schema."""
        then, now = self._parameter_types(query, body, self._there), self._parameter_types(query, body, self._here)
        sent = {n: kind for n, kind in then.items() if query.compiled} | {
            number: SqlType("pg_catalog", name)
            for number, name in enumerate(query.sent_types, start=1)
            if name != "unknown"
        }
        changed = [
            (number, now[number], kind)
            for number, kind in sorted(sent.items())
            if number in now and now[number] != then.get(number)
        ]
        wrong = [
            (here, kind)
            for number, here, kind in changed
            if not compares(here, kind) and (family(here) != "text" or _is_compared(body, number))
        ]
        there, here = self._known(_sources(body), self._there), self._known(_sources(body), self._here)
        for left, right in comparisons(body):
            if "ColumnRef" in left and "ColumnRef" in right:
                were = compares(_type_of(left["ColumnRef"], there), _type_of(right["ColumnRef"], there))
                pair = _type_of(left["ColumnRef"], here), _type_of(right["ColumnRef"], here)
                wrong += [pair] if were and not compares(*pair) else []
        return [ServerError("42883", f"operator does not exist: {one} = {other}") for one, other in wrong]

    def _known(self, sources: Mapping[str, QualifiedName], schema: StaticSchema) -> dict[str, Mapping[str, SqlType]]:
        found = ((alias, schema.find(name)) for alias, name in sources.items())
        return {alias: schema.columns(relation) for alias, relation in found if relation is not None}

    def _write_errors(self, statement: Statement) -> Iterator[ServerError]:
        for write in statement.writes:
            here, there = self._here.find(write.table), self._there.find(write.table)
            if here is None or there is None:
                continue
            gone = self._there.columns(there).keys() - self._here.columns(here).keys()
            for column in sorted(gone.intersection(write.columns)):
                yield ServerError("42703", f'column "{column}" of relation "{here.name}" does not exist')
            width = len(self._here.columns(here))
            if write.verb == "insert" and not write.columns and any(len(row) > width for row in write.rows):
                yield ServerError("42601", "INSERT has more expressions than target columns")
            if write.conflict_keys and here in self._relations.tables:
                kept = write.conflict_keys in self._relations.unique_keys(here)
                if not kept and write.conflict_keys in self._declared.unique_keys(here):
                    yield ServerError(
                        "42P10", "there is no unique or exclusion constraint matching the ON CONFLICT specification"
                    )

    def _result(self, body: Node) -> Iterator[ResultColumn]:
        """Give the result columns whose names are certain; types of what is computed are not told."""
        targets = body.get("returningList") or body.get("targetList", [])
        if "valuesLists" in body or body.get("op", "SETOP_NONE") != "SETOP_NONE" or not targets:
            return
        if "returningList" not in body and ("relation" in body or "mergeWhenClauses" in body):
            return  # a targetList of UPDATE is what it sets
        sources = _own_sources(body)
        nulled = {alias for node in body.get("fromClause", []) for alias in _nulled(node)}
        for entry in targets:
            target = entry["ResTarget"]
            fields = target.get("val", {}).get("ColumnRef", {}).get("fields", [])
            if fields and "A_Star" in fields[-1]:
                yield from self._star(sources, _text(fields[0]) if len(fields) > 1 else "", nulled)
            else:
                yield self._one(target, [_text(field) for field in fields], sources, nulled)

    def _star(
        self, sources: Mapping[str, QualifiedName | None], qualifier: str, nulled: set[str]
    ) -> Iterator[ResultColumn]:
        for alias, name in sources.items():
            relation = self._here.find(name) if name and qualifier in {"", alias} else None
            if relation is not None:
                for column in self._here.columns(relation):
                    yield self._column(column, relation, column, by_join=alias in nulled)

    def _one(
        self, target: Node, path: list[str], sources: Mapping[str, QualifiedName | None], nulled: set[str]
    ) -> ResultColumn:
        name = str(target.get("name", path[-1] if path else "?column?"))
        for alias, source in sources.items():
            relation = self._here.find(source) if source else None
            if relation and path and (len(path) == 1 or path[-2] == alias) and path[-1] in self._here.columns(relation):
                return self._column(name, relation, path[-1], by_join=alias in nulled)
        return ResultColumn(name, UNTOLD)

    def _column(self, name: str, relation: QualifiedName, column: str, *, by_join: bool) -> ResultColumn:
        origin = ColumnOrigin(relation.namespace, relation.name, column)
        lost = column in self._there.not_null.get(relation, ()) and column not in self._here.not_null.get(relation, ())
        return ResultColumn(
            name,
            self._here.columns(relation)[column],
            origin=origin,
            became_nullable=lost and not by_join,
            null_source=origin if lost and not by_join else None,
        )


def _bodies(sql: str) -> list[Node]:
    try:
        return [body for entry in pgparse.parse(sql) for body in entry["stmt"].values()]
    except (pgparse.PGQueryError, ValueError):
        return []


def _find(node: Any, kind: str) -> Iterator[Node]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == kind and isinstance(value, dict):
                yield value
            yield from _find(value, kind)
    elif isinstance(node, list):
        for item in node:
            yield from _find(item, kind)


def _text(field: Node) -> str:
    return str(field.get("String", {}).get("sval", ""))


def _called(body: Node) -> set[str]:
    return {_text(call["funcname"][-1]) for call in _find(body, "FuncCall")}


def _types_named(body: Node) -> set[str]:
    casts = [node["typeName"] for node in _find(body, "TypeCast")]
    return {_text(kind["names"][-1]) for kind in casts if kind.get("names")}


def _sources(body: Node) -> dict[str, QualifiedName]:
    """Give every relation of a statement by its alias, at any depth."""
    return {_alias(node): QualifiedName(node.get("schemaname", ""), node["relname"]) for node in relations_named(body)}


def _own_sources(body: Node) -> dict[str, QualifiedName | None]:
    """Give what the rows of a statement come from, in order; None for a sub-select or a function."""
    if "relname" in body.get("relation", {}):
        node = body["relation"]
        return {_alias(node): QualifiedName(node.get("schemaname", ""), node["relname"])}
    found: dict[str, QualifiedName | None] = {}
    for node in body.get("fromClause", []):
        _add_source(node, found)
    return found


def _add_source(node: Node, found: dict[str, QualifiedName | None]) -> None:
    match node:
        case {"RangeVar": relation}:
            found[_alias(relation)] = QualifiedName(relation.get("schemaname", ""), relation["relname"])
        case {"JoinExpr": join}:
            _add_source(join["larg"], found)
            _add_source(join["rarg"], found)
        case _:
            found[f"?{len(found)}"] = None


def _nulled(node: Node) -> Iterator[str]:
    """Give the aliases of what an outer join fills with NULL, in every schema."""
    join = node.get("JoinExpr")
    if join is None:
        return
    kind = join.get("jointype", "JOIN_INNER")
    for side, filled_by in (("larg", "JOIN_RIGHT"), ("rarg", "JOIN_LEFT")):
        if kind in {filled_by, "JOIN_FULL"}:
            yield from (_alias(relation) for relation in relations_named(join[side]))
        yield from _nulled(join[side])


def _alias(relation: Node) -> str:
    return str(relation.get("alias", {}).get("aliasname", relation["relname"]))


def _references(body: Node) -> Iterator[tuple[str, str]]:
    """Give (qualifier, column) of each column that a statement names."""
    for node in _find(body, "ColumnRef"):
        texts = [_text(field) for field in node["fields"]]
        if texts[-1]:
            yield (texts[-2] if len(texts) > 1 else "", texts[-1])


def _type_of(reference: Node, known: Mapping[str, Mapping[str, SqlType]]) -> SqlType:
    """Give the type of a column that is named, among the relations of a statement; UNTOLD where it is not certain."""
    texts = [_text(field) for field in reference["fields"]]
    qualifier = texts[-2] if len(texts) > 1 else ""
    found = [
        columns[texts[-1]] for alias, columns in known.items() if qualifier in {"", alias} and texts[-1] in columns
    ]
    return found[0] if len(found) == 1 else UNTOLD


def _is_compared(body: Node, number: int) -> bool:
    """Say whether an argument stands in a comparison, and is not written to a column, which casts to text allow."""
    sides = (side for pair in comparisons(body) for side in pair)
    return any(side.get("ParamRef", {}).get("number", 0) == number for side in sides)
