"""From each schema of a pair to the other and back: equal under pg_dump, nothing to do afterwards, no row lost, and no
lock that is not said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.remediation.script import render_script
from shared.schema.profile import EVERYTHING
from tests.integration.remediation.conftest import Pair, made_roles
from tests.integration.remediation.locks import unsaid_locks
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
    """Give both directions of each pair as (desired, observed), and the one of those that lead nowhere back."""
    for module in MODULES:
        kind = module.__name__.rpartition(".")[2]
        for name, (one, other) in module.PAIRS.items():
            yield pytest.param((other, one), id=f"{kind}: {name}")
            yield pytest.param((one, other), id=f"{kind}: {name}, and back")
    for name, (one, other) in inheritance.ONE_WAY.items():
        yield pytest.param((other, one), id=f"one way: {name}")


@pytest.fixture(scope="module")
def roles(postgres: EmbeddedPostgres) -> Iterator[None]:
    with made_roles(postgres):
        yield


@pytest.fixture(scope="module", params=list(ways()))
def made(
    roles: None, request: pytest.FixtureRequest, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Pair:
    """A pair that is made once for all that is asked of it."""
    pairs = Pair(postgres, tmp_path_factory.mktemp("pair"))
    pairs.profile = EVERYTHING
    pairs.load(*request.param)
    pairs.keep()
    return pairs


@pytest.fixture
def pairs(made: Pair) -> Pair:
    made.return_to_kept()
    return made


def test_a_plan_leads_from_one_schema_of_a_pair_to_the_other(pairs: Pair) -> None:
    before = rows(pairs)
    plan = pairs.plan(as_kept=True)
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


def test_without_destructive_statements_the_plan_runs_and_keeps_every_row(pairs: Pair) -> None:
    before = rows(pairs)
    plan = pairs.plan(destructive=False, as_kept=True)
    done = pairs.run(f"\\set run_tenant_code_as_superuser 1\n{render_script(plan)}")
    assert done.returncode == 0, done.stderr
    assert before.items() <= rows(pairs).items()
    # The sequence of an identity column is called otherwise where its name is kept by what waits.
    left = [change for change in pairs.changes() if change.identity.kind != "sequence" and not plan.leaves(change)]
    assert left == []


def test_each_lock_that_others_wait_for_is_named_by_a_hazard(pairs: Pair) -> None:
    assert asyncio.run(unsaid_locks(pairs, pairs.plan(as_kept=True))) == []
