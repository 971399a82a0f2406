"""Redis may stop, hang, forget and drop connections in the middle: the report is that of the undisturbed scan."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator

import pytest

from coordinator.fleet.target_runs import TargetResults
from shared.embedded.postgres import EmbeddedPostgres
from tests.acceptance.engine.conftest import Engine, Fleet, open_engine
from tests.acceptance.middle import BEFORE_EACH_TENANT_SECONDS, InTheMiddle
from tests.breakable import BreakableRedis

pytestmark = pytest.mark.anyio

Fault = Callable[[BreakableRedis], Awaitable[None]]

REDIS_AWAY_SECONDS = 10.0
ASLEEP_SECONDS = 12.0  # longer than the time-outs of every connection to it


async def stops_and_comes_back_empty(redis: BreakableRedis) -> None:
    redis.kill()
    await asyncio.sleep(REDIS_AWAY_SECONDS)
    await asyncio.to_thread(redis.start)


async def stops_and_comes_back_with_its_data(redis: BreakableRedis) -> None:
    redis.save_and_kill()
    await asyncio.sleep(REDIS_AWAY_SECONDS)
    await asyncio.to_thread(redis.start)


async def sleeps(redis: BreakableRedis) -> None:
    redis.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(ASLEEP_SECONDS)
    redis.process.send_signal(signal.SIGCONT)


async def forgets_everything(redis: BreakableRedis) -> None:
    with redis.client() as client:
        client.flushall()


async def cuts_every_connection(redis: BreakableRedis) -> None:
    with redis.client() as client:
        client.client_kill_filter(_type="normal", skipme=True)


FAULTS: tuple[Fault, ...] = (
    stops_and_comes_back_empty,
    stops_and_comes_back_with_its_data,
    sleeps,
    forgets_everything,
    cuts_every_connection,
)


class Disturbed:
    """One scan of an engine, to whose Redis something happens in the middle."""

    def __init__(self, engine: Engine, redis: BreakableRedis, fault: Fault) -> None:
        self.engine = engine
        self._redis = redis
        self._fault = fault
        self.happening: asyncio.Future[None] | None = None
        self.outcome: TargetResults | None = None

    async def scan(self) -> None:
        self.engine.worker(slots=1, slow=BEFORE_EACH_TENANT_SECONDS)
        self.outcome = await self.engine.scan(on_progress=InTheMiddle(self._begin))
        assert self.happening is not None, "the scan had no middle"
        await self.happening

    def _begin(self) -> None:
        self.happening = asyncio.ensure_future(self._fault(self._redis))


@pytest.fixture(scope="module")
def disturbed(
    fleet: Fleet, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Disturbed]]:
    """All faults at once, each on a Redis of its own: most of the time of each is waiting."""

    async def scan_all(scans: list[Disturbed]) -> None:
        await asyncio.gather(*(each.scan() for each in scans))

    with contextlib.ExitStack() as stack:
        scans: dict[str, Disturbed] = {}
        for fault in FAULTS:
            redis = stack.enter_context(BreakableRedis())
            engine = stack.enter_context(open_engine(fleet, redis, postgres, tmp_path_factory.mktemp("disturbed")))
            scans[fault.__name__] = Disturbed(engine, redis, fault)
        asyncio.run(scan_all(list(scans.values())))
        yield scans


async def assert_nothing_lost(disturbed: Disturbed) -> None:
    assert disturbed.outcome is not None
    await disturbed.engine.assert_nothing_lost(disturbed.outcome)
    assert [worker.poll() for worker in disturbed.engine.workers] == [None]


async def test_a_redis_that_is_away_for_ten_seconds_and_comes_back_empty_costs_nothing_but_time(disturbed):
    await assert_nothing_lost(disturbed["stops_and_comes_back_empty"])


async def test_a_redis_that_is_away_for_ten_seconds_and_comes_back_with_its_data_costs_nothing_but_time(disturbed):
    await assert_nothing_lost(disturbed["stops_and_comes_back_with_its_data"])


async def test_a_redis_that_hangs_for_twelve_seconds_costs_nothing_but_time(disturbed):
    await assert_nothing_lost(disturbed["sleeps"])


async def test_a_redis_that_forgets_everything_in_the_middle_loses_nothing(disturbed):
    await assert_nothing_lost(disturbed["forgets_everything"])


async def test_connections_to_redis_that_are_cut_in_the_middle_lose_nothing(disturbed):
    await assert_nothing_lost(disturbed["cuts_every_connection"])
