"""Extended statistics objects."""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.names import qualified
from shared.kinds.step import REBUILD, Role, Step, Verdict
from shared.schema.relations import StatisticsObject


def create_statistics(item: StatisticsObject, context: Context) -> list[Step]:
    """CREATE STATISTICS; ANALYZE fills them."""
    del context
    steps = [Step(Role.CREATE, item.definition.rstrip().removesuffix(";"))]
    return steps + (_target(item) if item.target >= 0 else [])


def _target(item: StatisticsObject) -> list[Step]:
    return [Step(Role.SET, f"ALTER STATISTICS {qualified(item)} SET STATISTICS {item.target}")]


def drop_statistics(item: StatisticsObject, context: Context) -> list[Step]:
    """DROP STATISTICS."""
    del context
    return [Step(Role.DROP, f"DROP STATISTICS {qualified(item)}")]


def alter_statistics(
    desired: StatisticsObject, observed: StatisticsObject, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """The target in place."""
    del observed, context
    return _target(desired) if fields <= {"target"} else REBUILD
