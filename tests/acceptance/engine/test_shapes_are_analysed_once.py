"""Each distinct shape is analysed by a worker, once, and the answer is kept."""

from __future__ import annotations

import msgspec
import pytest
from redis import Redis

from coordinator.fleet.shape_runs import run_analyses
from coordinator.fleet.target_runs import load_snapshots
from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.contracts.contract import Contract, Query
from shared.kinds.context import Recipe
from shared.postgres.scratch import ScratchServer, compile_spec
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, Snapshot, Spec, SpecSource

pytestmark = pytest.mark.anyio

SOURCE = SpecSource(
    declarations=(
        Declaration("CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL)", Origin("s.sql", 1)),
        Declaration("CREATE INDEX by_status1 ON orders (status)", Origin("s.sql", 2)),
    )
)
CONTRACTS = (
    Contract(service="orders", queries=(Query(file="a.rs", line=3, macro="query!", sql="SELECT total FROM orders"),)),
)


def request(spec: Spec, snapshot: Snapshot, contracts: tuple[Contract, ...]) -> AnalysisRequest:
    return AnalysisRequest(spec=spec, snapshot=snapshot, contracts=contracts)


async def test_workers_say_what_this_process_would_say_and_are_not_asked_twice(engine, postgres):
    worker = engine.worker(slots=2)
    scratch = ScratchServer(postgres.dsn())
    spec = await compile_spec(scratch, SOURCE, Profile(), namespace="{tenant}")
    outcome = await engine.scan(engine.fleet.targets[:3])
    async with engine.facilities() as facilities:
        names = sorted({reading.fingerprint for reading in outcome.results.values()})
        snapshots = await load_snapshots(facilities.store, names)
        far = await run_analyses(facilities, spec, snapshots, CONTRACTS)
        near = {name: await analyse(scratch, request(spec, snapshots[name], CONTRACTS)) for name in names}
        assert far == near
        assert sorted(len(each.diff.changes) for each in far.values()) == [0, 1, 2]
        worker.kill()
        with Redis.from_url(engine.redis.url) as redis:
            redis.flushall()
        assert await run_analyses(facilities, spec, snapshots, CONTRACTS) == near


async def test_workers_make_plans_by_the_recipe_that_the_coordinator_names(engine, postgres):
    engine.worker()
    scratch = ScratchServer(postgres.dsn())
    spec = await compile_spec(scratch, SOURCE, Profile(), namespace="{tenant}")
    narrow = msgspec.structs.replace(
        SOURCE,
        declarations=(
            Declaration("CREATE TABLE orders (id int PRIMARY KEY, status text NOT NULL)", Origin("s.sql", 1)),
        ),
    )
    observed = (await compile_spec(scratch, narrow, Profile(), namespace="{tenant}")).snapshot
    plans = {}
    for recipe in Recipe:
        async with engine.facilities(recipe=recipe) as facilities:
            [analysis] = (await run_analyses(facilities, spec, {observed.fingerprint: observed}, ())).values()
            plans[recipe] = " ".join(statement.sql for statement in analysis.plan.statements)
    assert "SET DATA TYPE bigint" in plans[Recipe.SHORT]
    assert "fleetdrift_copy_" in plans[Recipe.ONLINE]


async def test_an_analysis_whose_ingredients_redis_lost_is_asked_for_again(engine, postgres):
    """The blobs vanish before a worker takes the message, as they do in a flush: the run begins anew."""
    scratch = ScratchServer(postgres.dsn())
    spec = await compile_spec(scratch, SOURCE, Profile(), namespace="{tenant}")
    with Redis.from_url(engine.redis.url) as redis:

        def lose_once(_) -> None:
            if not engine.workers:
                redis.delete(*redis.scan_iter(f"*{engine.name}:blob:*"))
                engine.worker()

        async with engine.facilities() as facilities:
            snapshots = {spec.snapshot.fingerprint: spec.snapshot}
            [analysis] = (await run_analyses(facilities, spec, snapshots, (), on_progress=lose_once)).values()
    assert analysis == await analyse(scratch, request(spec, spec.snapshot, ()))
