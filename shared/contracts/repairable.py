"""Tell which broken queries can be repaired: of the others no tree is made, which is what takes long."""

from __future__ import annotations

from collections.abc import Mapping

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict
from shared.contracts.relations import Relations
from shared.contracts.statement import read_statements
from shared.contracts.trials import PLANNED
from shared.contracts.writes import table_writes
from shared.schema.identity import QualifiedName

Renamed = Mapping[QualifiedName, Mapping[str, str]]
"""New name by old name of the renamed columns, by the table as the query says it."""


def is_repairable(case: Case, query: Query, verdict: Verdict) -> bool:
    """Say whether there is anything to write otherwise in a query: a new name, a missing column, a `*`."""
    if not all(statement.kind in PLANNED for statement in read_statements(query.sql)):
        return False
    match verdict.rule:
        case "contract-not-null-violated":
            return bool(missing_columns(case, query))
        case "contract-column-order":
            return "*" in query.sql
        case "contract-query-invalid" | "contract-column-missing":
            return any(renamed_columns(case, query).values())
        case _:
            return False


def missing_columns(case: Case, query: Query) -> list[str]:
    """Give the columns that must not be NULL and that the one INSERT of a query leaves out, in the table's order."""
    written = list(table_writes(query, case.relations))
    if len(written) != 1 or not written[0].columns:
        return []
    columns = case.relations.columns(written[0].table)
    return [
        name
        for name in case.relations.column_order(written[0].table)
        if name in columns and name not in written[0].columns and columns[name].not_null
        and not (columns[name].default or columns[name].identity_mode or columns[name].generated)
    ]  # fmt: skip


def renamed_columns(case: Case, query: Query) -> Renamed:
    """Give the renamed columns of the tables that a query names; nothing where one of them is not in both schemas."""
    tables = named_tables(case, query)
    declared = case.declared_relations
    return {} if declared is None else {name: _renames(declared, case.relations, at) for name, at in tables.items()}


def named_tables(case: Case, query: Query) -> Mapping[QualifiedName, QualifiedName]:
    """Give the tables of a query by the name it says; nothing where one of them is not in both schemas."""
    declared = case.declared_relations
    if declared is None:
        return {}
    names = [table for statement in read_statements(query.sql) for table in statement.tables]
    found = {name: at for name in names if (at := case.relations.table(name)) and declared.table(name) == at}
    return found if len(found) == len(set(names)) else {}


def _renames(declared: Relations, here: Relations, table: QualifiedName) -> Mapping[str, str]:
    """Give the columns that were renamed: same place, same type, and something behind them that stayed."""
    before, after = declared.column_order(table), here.column_order(table)
    if len(before) != len(after) or not before or before[-1] != after[-1]:
        return {}
    old, new = declared.columns(table), here.columns(table)
    pairs = [(was, now) for was, now in zip(before, after, strict=True) if was != now]
    same_kind = all(was not in new and now not in old and old[was].type == new[now].type for was, now in pairs)
    return dict(pairs) if same_kind else {}
