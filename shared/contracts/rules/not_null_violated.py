"""`contract-not-null-violated`: an INSERT leaves out, or a statement sets to NULL, a column that must not be NULL."""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict, VerdictStatus
from shared.contracts.relations import Relations
from shared.contracts.rule import ContractRule
from shared.contracts.statement import ValueKind
from shared.contracts.writes import TableWrite, table_writes, triggered_writes
from shared.schema.relations import Column

_ID = "contract-not-null-violated"


def _judge(case: Case) -> Iterator[Verdict]:
    for query, _, _ in case.results():
        if _is_never_sent(case, query):
            continue
        for written in table_writes(query, case.relations):
            for column in sorted(_left_empty(case.relations, written), key=lambda column: column.name):
                how = "leaves it out" if column.name not in written.columns else "sets it to NULL"
                reason = f"{written.table.name}.{column.name} is NOT NULL and has no default, and the statement {how}"
                unsure = query.mapping and query.partial  # a row that is made in sight, and inserted out of it
                status = VerdictStatus.AT_RISK if unsure else VerdictStatus.VIOLATED
                yield case.verdict(query, _ID, reason, status=status, sqlstate="23502")
        for written in triggered_writes(query, case.relations):
            for column in sorted(_left_empty(case.relations, written), key=lambda column: column.name):
                if _was_filled(case.declared_relations, written, column.name):
                    what = f"{written.table.name}.{column.name} is NOT NULL and has no default"
                    reason = f"{what}, and the statement gives it no value: it fails unless a trigger of the table does"
                    yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK, sqlstate="23502")


def _is_never_sent(case: Case, query: Query) -> bool:
    """Say whether a mapping only allows an INSERT that the declared schema refuses every time.

    `#[derive(Insertable)]` beside `AsChangeset` is usual for structs that are only used to change rows.
    """
    declared = case.declared_relations
    if not query.mapping or declared is None:
        return False
    return any(True for written in table_writes(query, declared) for _ in _left_empty(declared, written))


def _was_filled(declared: Relations | None, written: TableWrite, name: str) -> bool:
    """Say whether the declared schema needs no value for a column from a trigger: then its triggers may give none."""
    if declared is None or not declared.columns(written.table):
        return False
    column = declared.columns(written.table).get(name)
    if column is None or not column.not_null:
        return True
    return bool(column.default or column.identity_mode) or declared.domain_default(column)


def _left_empty(relations: Relations, written: TableWrite) -> Iterator[Column]:
    knows_columns = bool(written.columns) or written.write.verb == "insert defaults"
    for column in relations.columns(written.table).values():
        if not column.not_null or column.generated:
            continue
        filled = bool(column.default or column.identity_mode) or relations.domain_default(column)
        left_out = column.name not in written.columns and written.write.verb.startswith("insert") and knows_columns
        if (left_out and not filled) or any(_is_empty(row.get(column.name), filled) for row in written.values()):
            yield column


def _is_empty(value: object, filled: bool) -> bool:
    kind = getattr(value, "kind", None)
    return kind is ValueKind.NULL or (kind is ValueKind.DEFAULT and not filled)


RULE = ContractRule(id=_ID, title="A statement leaves a NOT NULL column empty", judge=_judge)
