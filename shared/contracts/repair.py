"""Write a broken query as it would work in a shape, where that is certain: by editing its tree, never its text.

Certain are a column that was renamed (the columns before and behind it are the same), the columns that `SELECT *` gave
when the service was written, and a column that an INSERT leaves out (whose value the author has to give). A query that
sqlglot does not write back as PostgreSQL reads it is not repaired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pgparse
import sqlglot
from sqlglot import exp

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict
from shared.contracts.repairable import is_repairable, missing_columns, named_tables, renamed_columns
from shared.contracts.statement import read_statements
from shared.schema.identity import QualifiedName
from shared.sql import is_plain

_DIALECT = "postgres"
_LOCATIONS = frozenset({"location", "stmt_location", "stmt_len"})


def repaired(case: Case, query: Query, verdict: Verdict) -> str:
    """Give the text of a query that works in the observed shape; empty where it is not certain."""
    tree = _tree(query.sql) if is_repairable(case, query, verdict) else None  # of other statements sqlglot complains
    if tree is None:
        return ""
    match verdict.rule:
        case "contract-not-null-violated":
            done = _with_missing_values(case, query, tree)
        case "contract-column-order":
            done = _with_listed_columns(case, query, tree)
        case _:
            done = _with_renamed_columns(case, query, tree)
    text = tree.sql(_DIALECT) if done else ""
    return text if text and _parsed(text) else ""


def _tree(sql: str) -> exp.Expr | None:
    """Parse a query with sqlglot, if it writes it back as PostgreSQL reads it."""
    try:
        trees = sqlglot.parse(sql, dialect=_DIALECT)
        tree = trees[0] if len(trees) == 1 else None
        written = tree.sql(_DIALECT) if tree is not None else ""
    except (sqlglot.errors.SqlglotError, RecursionError):
        return None
    return tree if written and _parsed(written) == _parsed(sql) else None


def _parsed(sql: str) -> Any:
    try:
        return _without_locations(pgparse.parse(sql))
    except (pgparse.PGQueryError, ValueError):
        return None


def _without_locations(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_locations(each) for each in node]
    if isinstance(node, dict):
        return {key: _without_locations(value) for key, value in node.items() if key not in _LOCATIONS}
    return node


def _with_missing_values(case: Case, query: Query, tree: exp.Expr) -> bool:
    """Add the columns that must not be NULL to a plain INSERT … VALUES, each with a parameter of its own."""
    target, values = tree.this, tree.args.get("expression")
    if not (isinstance(tree, exp.Insert) and isinstance(target, exp.Schema) and isinstance(values, exp.Values)):
        return False
    missing = missing_columns(case, query)
    number = max((int(each.name) for each in tree.find_all(exp.Parameter) if each.name.isdecimal()), default=0)
    for name in missing:
        target.append("expressions", _identifier(name))
        for row in values.expressions:
            number += 1
            row.append("expressions", exp.Parameter(this=exp.Literal.number(number)))
    return bool(missing)


def _with_listed_columns(case: Case, query: Query, tree: exp.Expr) -> bool:
    """Write the columns that a lone `*` stood for in the declared schema."""
    declared = case.declared.of(query) if case.declared else None
    stars = list(tree.find_all(exp.Star))
    if declared is None or not declared.columns or len(stars) != 1:
        return False
    owner = stars[0].parent
    is_whole = isinstance(owner, exp.Select | exp.Returning) and len(owner.expressions) == 1
    names = [column.name for column in declared.columns]
    if not is_whole or owner is None or len(set(names)) != len(names) or len(read_statements(query.sql)[0].tables) != 1:
        return False
    owner.set("expressions", [exp.column(_identifier(name)) for name in names])
    return True


def _with_renamed_columns(case: Case, query: Query, tree: exp.Expr) -> bool:
    """Say the new names of renamed columns; what the service reads keeps the name it is read by."""
    declared = case.declared_relations
    if declared is None:
        return False
    renamed = renamed_columns(case, query)
    known = {name: frozenset(declared.columns(found)) for name, found in named_tables(case, query).items()}
    aliases = {
        table.alias_or_name: QualifiedName(table.db, table.name) for table in tree.find_all(exp.Table) if table.name
    }
    done = False
    for column in list(tree.find_all(exp.Column)):
        owner = aliases.get(column.table) if column.table else _only_owner(column.name, known)
        new = renamed.get(owner, {}).get(column.name) if owner else None
        if new:
            _rename(column, new)
            done = True
    return _rename_targets(tree, renamed) or done


def _only_owner(name: str, known: Mapping[QualifiedName, frozenset[str]]) -> QualifiedName | None:
    owners = [table for table, columns in known.items() if name in columns]
    return owners[0] if len(owners) == 1 else None


def _rename(column: exp.Column, new: str) -> None:
    old = column.name
    column.set("this", _identifier(new))
    if isinstance(column.parent, exp.Select | exp.Returning) and column.arg_key == "expressions":
        column.replace(exp.alias_(column.copy(), _identifier(old)))


def _rename_targets(tree: exp.Expr, renamed: Mapping[QualifiedName, Mapping[str, str]]) -> bool:
    """Rename what the column list of an INSERT says: sqlglot has names there, no columns."""
    target = tree.this if isinstance(tree, exp.Insert) else None
    if not isinstance(target, exp.Schema) or not isinstance(target.this, exp.Table):
        return False
    names = renamed.get(QualifiedName(target.this.db, target.this.name), {})
    listed: Sequence[exp.Expr] = target.expressions
    target.set("expressions", [_identifier(names[each.name]) if each.name in names else each for each in listed])
    return any(each.name in names for each in listed)


def _identifier(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=not is_plain(name))
