"""The law of plans, for random pairs of schemas with rows: each leads to the other, and loses no row unsaid.

`make test-pairs COUNT=500 FIRST=1000` tries as many pairs as are asked for; `make test` the first few.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import msgspec
import pytest

from shared.kinds import RECORDS
from shared.kinds.facts import ColumnType
from shared.remediation.plan import Plan
from shared.remediation.script import render_script
from shared.schema.profile import EVERYTHING
from tests.integration.remediation.conftest import Pair, pair
from tests.properties.schema_pairs import draw

__all__ = ["pair"]

Load = Callable[[str, str], Pair]
Rows = dict[str, list[str]]

_COUNT = int(os.environ.get("FLEETDRIFT_PAIRS", "12"))
_FIRST = int(os.environ.get("FLEETDRIFT_FIRST_PAIR", "0"))
_TYPES = """
SELECT c.oid::regclass || '.' || quote_ident(a.attname) || '|' || a.atttypid::regtype || '|' ||
    format('SELECT %L, md5(string_agg(v, '','' ORDER BY v)) FROM (SELECT %I::text AS v FROM ONLY %s) AS r;',
        c.oid::regclass || '.' || quote_ident(a.attname), a.attname, c.oid::regclass)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = '' ORDER BY 1
"""
"""Each column that is not computed: its name, its type, and the query for what its rows hold."""


_BELOW = "SELECT inhrelid::regclass || '|' || inhparent::regclass FROM pg_inherits ORDER BY 1"


def values(pairs: Pair) -> dict[str, tuple[str, str]]:
    """Give, for each column, its type and a digest of its values."""
    columns = [line.split("|", 2) for line in pairs.ask(_TYPES)]
    digests = dict(line.split("|", 1) for line in pairs.ask("".join(query for _, _, query in columns)))
    return {name: (kind, digests[name]) for name, kind, _ in columns}


def taken(pairs: Pair, before: dict[str, tuple[str, str]], plan: Plan) -> set[str]:
    """Name the columns whose values a plan takes or spells otherwise: its own, those of parents, and of their type."""
    above = [line.split("|", 1) for line in pairs.ask(_BELOW)]
    destroyed = [s.object for s in plan.statements if s.destructive]
    gone = {f"{i.parent}.{i.name}" if i.parent else i.name for i in destroyed}
    types = {i.name for i in destroyed if RECORDS[i.kind].column_type is not ColumnType.NO}
    types |= {s.object.name for s in plan.statements if s.object.kind == "composite_type"}  # rows get or lose a field
    for _ in above:
        gone |= {
            f"{child}.{name.partition('.')[2]}"
            for child, parent in above
            for name in before
            if name.startswith(f"{child}.") and f"{parent}.{name.partition('.')[2]}" in gone
        }
    own = {name for name in before if name.partition(".")[0] in gone or name in gone}
    return own | {name for name, (kind, _) in before.items() if kind.removesuffix("[]") in types}


def holds(before: dict[str, tuple[str, str]], pairs: Pair, gone: set[str]) -> None:
    """Assert that each column that has kept its type has kept its values, and that none has gone but those named."""
    after = values(pairs)
    for name, (kind, digest) in before.items():
        if name in gone:
            continue
        assert name in after, f"{name} is gone"
        assert after[name][0] != kind or after[name][1] == digest, f"{name} holds other values"


@pytest.mark.parametrize("seed", range(_FIRST, _FIRST + _COUNT))
@pytest.mark.parametrize("back", [False, True], ids=["there", "back"])
def test_the_plan_of_a_random_pair_leads_to_its_end(pair: Load, seed: int, *, back: bool) -> None:
    desired, observed = draw(seed)[::-1] if back else draw(seed)
    pairs = pair(desired, observed)
    pairs.profile = EVERYTHING
    before = values(pairs)
    pairs.keep()
    plan = pairs.plan(destructive=False, as_kept=True)
    careful = msgspec.structs.replace(plan, statements=tuple(s for s in plan.statements if not s.destructive))
    gone = taken(pairs, before, careful)
    assert run(pairs, render_script(plan)) == ""
    holds(before, pairs, gone)
    assert [str(change.identity) for change in pairs.changes() if not plan.leaves(change)] == []
    pairs.return_to_kept()
    whole = pairs.plan(as_kept=True)
    gone = taken(pairs, before, whole)
    assert run(pairs, render_script(whole, destructive=True)) == ""
    holds(before, pairs, gone)
    assert pairs.left() == []


def run(pairs: Pair, script: str) -> str:
    """Run a script and give what stopped it."""
    done = pairs.run(f"\\set run_tenant_code_as_superuser 1\n{script}")
    return done.stderr if done.returncode else ""
