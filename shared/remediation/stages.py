"""Cut a plan into stages: what commits together, and what cannot be or should not be in a transaction with the rest."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.kinds.step import Hazard, HazardKind
from shared.remediation.plan import Statement

_BLOCKS = frozenset({HazardKind.BLOCKS_READS, HazardKind.BLOCKS_WRITES})


class Stage(msgspec.Struct, frozen=True):
    """Statements that take effect together.

    Args:
        statements: In order; exactly one where `transactional` is False.
        transactional: Whether they run in one transaction.
    """

    statements: tuple[Statement, ...]
    transactional: bool = True


def cut_stages(statements: Iterable[Statement]) -> tuple[Stage, ...]:
    """Join statements into transactions, as long as each stays short.

    A statement that PostgreSQL refuses in a transaction stands alone, and so does one that reads a whole table without
    blocking anybody (VALIDATE CONSTRAINT): behind others it would hold their locks while it reads.
    """
    stages: list[Stage] = []
    joining: list[Statement] = []
    for statement in statements:
        alone = not statement.transactional or reads_without_blocking(statement.hazards)
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


def reads_without_blocking(hazards: Iterable[Hazard]) -> bool:
    """Say whether a statement may take long and harms nobody meanwhile."""
    kinds = {hazard.kind for hazard in hazards}
    return HazardKind.SCANS_TABLE in kinds and not kinds & _BLOCKS
