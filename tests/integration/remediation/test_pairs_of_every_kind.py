"""From each schema of a pair to the other and back: equal under pg_dump, nothing to do afterwards, no row lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from shared.remediation.script import render_script
from shared.schema.profile import EVERYTHING
from tests.integration.remediation.conftest import Pair
from tests.integration.remediation.pairs import (
    circles,
    eighteen,
    extensions,
    foreign,
    indexes,
    inheritance,
    initial,
    materialized,
    owners,
    partitions,
    policies,
    publications,
    replaced,
    routines,
    tables,
    temporal,
    trees,
    triggers,
    types,
)

Load = Callable[[str, str], Pair]

MODULES = (
    circles,
    eighteen,
    extensions,
    foreign,
    indexes,
    inheritance,
    initial,
    materialized,
    owners,
    partitions,
    policies,
    publications,
    replaced,
    routines,
    tables,
    temporal,
    trees,
    triggers,
    types,
)
COUNT = r"""
SELECT format('SELECT %L, count(*) FROM ONLY %I.%I', c.oid::regclass, n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_|^information_schema$' ORDER BY 1 \gexec
"""
"""Rows of each table."""


def ways() -> Iterator[object]:
    """Give both directions of each pair, and the one of those that lead nowhere back."""
    for module in MODULES:
        kind = module.__name__.rpartition(".")[2]
        for name, (one, other) in module.PAIRS.items():
            yield pytest.param(other, one, id=f"{kind}: {name}")
            yield pytest.param(one, other, id=f"{kind}: {name}, and back")
    for name, (one, other) in inheritance.ONE_WAY.items():
        yield pytest.param(other, one, id=f"one way: {name}")


@pytest.mark.parametrize(("desired", "observed"), list(ways()))
def test_a_plan_leads_from_one_schema_of_a_pair_to_the_other(pair: Load, desired: str, observed: str) -> None:
    pairs = pair(desired, observed)
    pairs.profile = EVERYTHING
    before = rows(pairs)
    plan = pairs.plan()
    done = pairs.run(f"\\set run_tenant_code_as_superuser 1\n{render_script(plan, destructive=True)}")
    assert done.returncode == 0, done.stderr
    wanted, found = pairs.dumps()
    assert found == wanted
    assert pairs.left() == []
    dropped = {s.object.name for s in plan.statements if s.object.kind == "table" and s.destructive}
    after = rows(pairs)
    assert {name: after.get(name) for name in before if name.rpartition(".")[2] not in dropped} == {
        name: count for name, count in before.items() if name.rpartition(".")[2] not in dropped
    }


def rows(pairs: Pair) -> dict[str, str]:
    return dict(line.split("|", 1) for line in pairs.ask(COUNT))


@pytest.mark.parametrize(("desired", "observed"), list(ways()))
def test_without_destructive_statements_the_plan_runs_and_keeps_every_row(
    pair: Load, desired: str, observed: str
) -> None:
    pairs = pair(desired, observed)
    pairs.profile = EVERYTHING
    before = rows(pairs)
    plan = pairs.plan(destructive=False)
    done = pairs.run(f"\\set run_tenant_code_as_superuser 1\n{render_script(plan)}")
    assert done.returncode == 0, done.stderr
    assert before.items() <= rows(pairs).items()
    # The sequence of an identity column is called otherwise where its name is kept by what waits.
    left = [change for change in pairs.changes() if change.identity.kind != "sequence" and not plan.leaves(change)]
    assert left == []
