"""The law of plans, for random pairs of schemas with rows: each leads to the other, and loses no row unsaid.

`make test-pairs COUNT=500 FIRST=1000` tries as many pairs as are asked for; `make test` the first few.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from shared.remediation.script import render_script
from shared.schema.profile import EVERYTHING
from tests.integration.remediation.conftest import Pair, pair
from tests.properties.schema_pairs import draw

__all__ = ["pair"]

Load = Callable[[str, str], Pair]
Rows = dict[str, list[str]]

_COUNT = int(os.environ.get("FLEETDRIFT_PAIRS", "6"))
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


def values(pairs: Pair) -> dict[str, tuple[str, str]]:
    """Give, for each column, its type and a digest of its values."""
    columns = [line.split("|", 2) for line in pairs.ask(_TYPES)]
    digests = dict(line.split("|", 1) for line in pairs.ask("".join(query for _, _, query in columns)))
    return {name: (kind, digests[name]) for name, kind, _ in columns}


def holds(before: dict[str, tuple[str, str]], pairs: Pair, gone: set[str]) -> None:
    """Assert that each column that has kept its type has kept its values, and that none has gone but those named."""
    after = values(pairs)
    for name, (kind, digest) in before.items():
        if name.partition(".")[0] in gone or name in gone:
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
    assert run(pairs, render_script(plan)) == ""
    holds(before, pairs, set())
    assert [str(change.identity) for change in pairs.changes() if not plan.leaves(change)] == []
    pairs.return_to_kept()
    whole = pairs.plan(as_kept=True)
    assert run(pairs, render_script(whole, destructive=True)) == ""
    destroyed = [s.object for s in whole.statements if s.destructive]
    holds(before, pairs, {f"{i.parent}.{i.name}" if i.parent else i.name for i in destroyed})
    assert pairs.left() == []


def run(pairs: Pair, script: str) -> str:
    """Run a script and give what stopped it."""
    done = pairs.run(f"\\set run_tenant_code_as_superuser 1\n{script}")
    return done.stderr if done.returncode else ""
