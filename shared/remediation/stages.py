"""Cut a plan into stages: statements that commit together, and those that run on their own."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.kinds.step import HazardKind, Role, Step
from shared.remediation.plan import Statement

BLOCKS = frozenset({HazardKind.BLOCKS_READS, HazardKind.BLOCKS_WRITES})
"""Hazards of what is locked, until the transaction ends."""


class Stage(msgspec.Struct, frozen=True):
    """Statements that take effect together.

    Args:
        statements: In order; exactly one where `transactional` is False.
        transactional: Whether they run in one transaction.
    """

    statements: tuple[Statement, ...]
    transactional: bool = True


def cut_stages(statements: Iterable[Statement]) -> tuple[Stage, ...]:
    """Join neighbouring statements into transactions that stay short.

    A statement that PostgreSQL refuses in a transaction stands alone, and so does one that reads a whole table without
    blocking anybody (VALIDATE CONSTRAINT), or fills a materialized view: it would hold the locks of others meanwhile.
    """
    stages: list[Stage] = []
    joining: list[Statement] = []
    for statement in statements:
        alone = runs_alone(statement)
        if alone and joining:
            stages.append(Stage(tuple(joining)))
            joining = []
        if alone:
            stages.append(Stage((statement,), transactional=statement.transactional))
        else:
            joining.append(statement)
    if joining:
        stages.append(Stage(tuple(joining)))
    return tuple(stages)


def runs_alone(statement: Statement | Step) -> bool:
    """Say whether a statement shares its transaction with no other.

    PostgreSQL refuses it in a transaction, or it reads a whole table and lets everybody read and write it meanwhile.
    """
    if statement.role is Role.FILL:
        return True
    kinds = {hazard.kind for hazard in statement.hazards}
    return not statement.transactional or (HazardKind.SCANS_TABLE in kinds and not kinds & BLOCKS)
