"""While a plan is applied statement by statement: what each one locks is what its hazards say.

The plans of all pairs are asked the same in `test_pairs_of_every_kind.py`, where each pair is made once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.kinds.context import Recipe
from shared.kinds.step import HazardKind
from shared.remediation.stages import cut_stages
from shared.schema.profile import EVERYTHING
from tests.integration.remediation.conftest import Pair
from tests.integration.remediation.locks import unsaid_locks
from tests.integration.remediation.pairs import online

Load = Callable[[str, str], Pair]

GOLDEN = Path(__file__).parents[2] / "golden" / "remediation"


def golden_ways() -> Iterator[object]:
    """Give the pairs whose plans are kept whole, in both directions."""
    for case in sorted(path.parent for path in GOLDEN.glob("*/desired.sql")):
        one, other = (case / "desired.sql").read_text(), (case / "observed.sql").read_text()
        yield pytest.param(one, other, id=case.name)
        yield pytest.param(other, one, id=f"{case.name}, and back")


@pytest.mark.parametrize("what", online.PAIRS)
def test_what_writes_all_rows_online_holds_no_lock_that_others_wait_for(pair: Load, what: str) -> None:
    observed, desired = online.PAIRS[what]
    pairs = pair(desired, observed)
    plan = pairs.plan(recipe=Recipe.ONLINE)
    assert asyncio.run(unsaid_locks(pairs, plan)) == []
    assert pairs.left() == []
    at_all_rows = {HazardKind.SCANS_TABLE, HazardKind.REWRITES_TABLE, HazardKind.BUILDS_INDEX}
    waited_for = {HazardKind.BLOCKS_READS, HazardKind.BLOCKS_WRITES}
    for stage in cut_stages(plan.statements):
        kinds = {hazard.kind for statement in stage.statements for hazard in statement.hazards}
        assert not (kinds & at_all_rows and kinds & waited_for)


@pytest.mark.parametrize(("desired", "observed"), list(golden_ways()))
def test_each_lock_of_a_plan_that_is_kept_whole_is_named_by_a_hazard(pair: Load, desired: str, observed: str) -> None:
    pairs = pair(desired, observed)
    pairs.profile = EVERYTHING
    assert asyncio.run(unsaid_locks(pairs, pairs.plan())) == []
