"""Read what functions do themselves: the statements of their bodies, as far as these stand in the source.

A body of SQL is read with PostgreSQL's grammar, one of PL/pgSQL with PL/pgSQL's (both of libpg_query). What a function
puts together at run time (`EXECUTE`) is not read, nor is any other language.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec
import pgparse

from shared.contracts.statement import Call, Node, Statement, read_statements, statement_of
from shared.schema.identity import QualifiedName
from shared.schema.routines import Routine
from shared.schema.schema import Snapshot

_MAX_DEPTH = 8  # of functions that call functions: deeper is given up
_EXPRESSION_FROM = 2
"""PL/pgSQL's parse modes: 0 a statement, 2 an expression, 3 to 5 assignments (plpgsql.h, RawParseMode)."""

_GIVEN_BACK = frozenset({"FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"})
_SAME = {"ReturnStmt": "SelectStmt"}


class Body(msgspec.Struct, frozen=True):
    """The statements of a function of the database, and with whose rights they run.

    Args:
        statements: Of its body, in order.
        as_owner: It runs with its owner's rights (SECURITY DEFINER).
        search_path: Where it looks names up; None for the path of who calls it.
    """

    statements: tuple[Statement, ...] = ()
    as_owner: bool = False
    search_path: tuple[str, ...] | None = None


class Routines:
    """The functions and procedures of a snapshot.

    Args:
        snapshot: The shape.
        search_path: Where unqualified names are looked up.
    """

    def __init__(self, snapshot: Snapshot, search_path: tuple[str, ...]) -> None:
        self._search_path = search_path
        self._by_name: dict[QualifiedName, list[Routine]] = defaultdict(list)
        for item in snapshot.schema:
            if isinstance(item, Routine):
                self._by_name[QualifiedName(item.namespace, item.name)].append(item)

    def named(self, name: QualifiedName) -> list[Routine]:
        """Give the routines that a name can mean, whatever their arguments are."""
        paths = [name] if name.namespace else [QualifiedName(each, name.name) for each in self._search_path]
        return [routine for path in paths for routine in self._by_name.get(path, ())]

    def called(self, call: Call) -> Routine | None:
        """Give the routine that a call means; None where there is none, or several take that number of arguments."""
        found = [each for each in self.named(call.name) if takes_number(each, call.arguments)]
        return found[0] if len(found) == 1 else None

    def run_as_caller(self, statement: Statement, depth: int = 0) -> Iterator[tuple[Routine, Statement]]:
        """Give each statement of the routines that a statement calls, and of those that they call, with its routine.

        Only those that run with the rights of who calls them, and look names up where the service does.
        """
        for call in statement.calls if depth < _MAX_DEPTH else ():
            routine = self.called(call)
            body = body_of(routine.definition) if routine else None
            if routine is None or body is None or body.as_owner or body.search_path is not None:
                continue
            for inner in body.statements:
                yield routine, inner
                yield from ((routine, below) for _, below in self.run_as_caller(inner, depth + 1))


def inputs_of(routine: Routine) -> list[str]:
    """Give the types of what a routine takes, as `format_type` writes them."""
    return routine.signature.split(", ") if routine.signature else []


def arguments_of(routine: Routine) -> list[tuple[str, str]]:
    """Give (name, type) of what a routine takes; a name is empty where there is none."""
    try:
        created = pgparse.parse(routine.definition)[0]["stmt"].get("CreateFunctionStmt", {})
    except (pgparse.PGQueryError, ValueError):
        return []
    parameters = [entry["FunctionParameter"] for entry in created.get("parameters", ())]
    names = [str(each.get("name", "")) for each in parameters if each.get("mode") not in _GIVEN_BACK]
    types = inputs_of(routine)
    return list(zip(names, types, strict=True)) if len(names) == len(types) else [("", kind) for kind in types]


def takes_number(routine: Routine, number: int) -> bool:
    """Say whether a routine can be called with a number of arguments; one that is VARIADIC takes any."""
    most = len(inputs_of(routine))
    least = most - routine.arguments.count(" DEFAULT ")
    return least <= number <= most or "VARIADIC " in routine.arguments


@lru_cache(maxsize=1024)
def body_of(definition: str) -> Body | None:
    """Read a routine as `pg_get_functiondef` writes it; None where its body is not in sight."""
    try:
        created = pgparse.parse(definition)[0]["stmt"].get("CreateFunctionStmt", {})
        options = {entry["DefElem"]["defname"]: entry["DefElem"].get("arg", {}) for entry in created["options"]}
        language = options.get("language", {}).get("String", {}).get("sval", "")
        if "sql_body" in created:
            statements = tuple(_of_tree(created["sql_body"]))
        elif language == "sql":
            statements = read_statements(options["as"]["List"]["items"][0]["String"]["sval"])
        elif language == "plpgsql":
            statements = tuple(_of_block(pgparse.parse_pgsql(definition)))
        else:
            return None
    except (pgparse.PGQueryError, ValueError, KeyError, IndexError):
        return None
    as_owner = bool(options.get("security", {}).get("Boolean", {}).get("boolval"))
    return Body(statements, as_owner, _path_set(options.get("set", {})))


def _of_tree(node: Any) -> Iterator[Statement]:
    """Give the statements of a body that PostgreSQL has analysed: `RETURN …` or `BEGIN ATOMIC … END`."""
    if isinstance(node, list):
        for item in node:
            yield from _of_tree(item)
    elif "List" in node:
        yield from _of_tree(node["List"]["items"])
    else:
        yield from (statement_of(_SAME.get(kind, kind), body) for kind, body in node.items())


def _of_block(node: Any) -> Iterator[Statement]:
    """Give the statements and expressions of a PL/pgSQL function, the latter as `SELECT …`."""
    if isinstance(node, list):
        for item in node:
            yield from _of_block(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "PLpgSQL_expr":
                yield from read_statements(_as_statement(value))
            elif key == "PLpgSQL_stmt_dynexecute":
                yield from _of_block(value.get("params", []))  # its text is made at run time
            else:
                yield from _of_block(value)


def _as_statement(expression: Node) -> str:
    text, mode = str(expression.get("query", "")), int(expression.get("parseMode", 0))
    if mode > _EXPRESSION_FROM:
        text = text.partition("=")[2]  # name := value, or name = value
    return f"SELECT {text}" if mode >= _EXPRESSION_FROM else text


def _path_set(setting: Node) -> tuple[str, ...] | None:
    """Give the search path that a routine sets for itself."""
    stated = setting.get("VariableSetStmt", {})
    if stated.get("name") != "search_path":
        return None
    return tuple(str(each.get("A_Const", {}).get("sval", {}).get("sval", "")) for each in stated.get("args", ()))
