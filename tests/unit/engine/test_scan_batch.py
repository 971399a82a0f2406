"""One batch, read by an observer of the test's own."""

from __future__ import annotations

import asyncio
import logging

import msgspec
import pytest

from shared.hosts import Host
from shared.messages import DeferReason, Deferred
from shared.postgres.connection import TargetError
from shared.schema.profile import Profile
from shared.targets import Failure, FailureKind, Limits, Observation, Sighting, Target
from workers.scan import ReadSettings, read_batch, read_target

HOST = Host(name="h", address="/nowhere")


def targets(count: int) -> list[Target]:
    return [Target(tenant=f"t{number:02}", host="h", database="d") for number in range(count)]


def reader(observe, **limits) -> ReadSettings:
    return ReadSettings(observe=observe, limits=Limits(**limits), known=(), profile=Profile())


def run(observe, count: int, connections: int) -> dict[str, Observation | Failure | Deferred]:
    async def collect() -> list[tuple[str, Observation | Failure | Deferred]]:
        batch = read_batch(targets(count), HOST, reader(observe), connections=connections)
        return [(scanned.target.tenant, scanned.result) async for scanned in batch]

    results = asyncio.run(collect())
    assert len(results) == count
    return dict(results)


async def seen(host, target, wanted) -> Observation:
    await asyncio.sleep(0)
    return Observation(fingerprint=target.tenant, server_version=180000)


def test_every_target_is_answered_exactly_once():
    assert set(run(seen, 40, 8)) == {target.tenant for target in targets(40)}


def test_one_connection_reads_in_the_order_given():
    assert list(run(seen, 20, 1)) == [target.tenant for target in targets(20)]


def test_no_more_connections_are_open_than_allowed():
    open_now, most = 0, 0

    async def counting(host, target, wanted):
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.001)
        open_now -= 1
        return await seen(host, target, wanted)

    run(counting, 40, 5)
    assert most == 5


def test_a_tenant_that_fails_is_data():
    async def failing(host, target, wanted):
        if target.tenant == "t03":
            raise TargetError(FailureKind.PERMISSION, "may not")
        return await seen(host, target, wanted)

    results = run(failing, 6, 2)
    assert results.pop("t03") == Failure(FailureKind.PERMISSION, "may not")
    assert all(isinstance(result, Observation) for result in results.values())


def test_a_bug_of_ours_fails_one_tenant_has_one_name_and_quotes_nothing(caplog):
    async def buggy(host, target, wanted):
        if target.tenant < "t02":
            raise KeyError("postgresql://u:canary@h/db")
        return await seen(host, target, wanted)

    with caplog.at_level(logging.DEBUG):
        results = run(buggy, 5, 1)
    assert results["t00"] == results["t01"]
    failure = results["t00"]
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.INTERNAL
    assert failure.message.split()[2] in caplog.text
    assert "canary" not in caplog.text + str(results)
    assert isinstance(results["t04"], Observation)


def test_three_failed_connections_in_a_row_spare_the_rest_of_the_host():
    async def refused(host, target, wanted):
        raise TargetError(FailureKind.REFUSED, "no")

    results = list(run(refused, 10, 1).values())
    assert results == [Failure(FailureKind.REFUSED, "no")] * 3 + [Deferred(DeferReason.BREAKER)] * 7


def test_a_tenant_that_answers_closes_the_breaker_again():
    async def every_third(host, target, wanted):
        if int(target.tenant[1:]) % 3:
            raise TargetError(FailureKind.CONNECT_TIMEOUT, "slow")
        return await seen(host, target, wanted)

    assert not any(isinstance(result, Deferred) for result in run(every_third, 12, 1).values())


def test_tenants_that_are_slow_do_not_spare_the_rest_of_the_host():
    async def slow(host, target, wanted):
        raise TargetError(FailureKind.TIMEOUT, "slow")

    assert list(run(slow, 10, 1).values()) == [Failure(FailureKind.TIMEOUT, "slow")] * 10


def test_a_reader_that_hangs_is_not_believed():
    async def hanging(host, target, wanted):
        await asyncio.Event().wait()

    result = asyncio.run(read_target(HOST, targets(1)[0], reader(hanging, tenant_timeout=-5.0)))
    assert result == Failure(FailureKind.TIMEOUT, "no answer in time")


def test_a_consumer_that_stops_stops_the_reading():
    started: list[str] = []

    async def recording(host, target, wanted):
        started.append(target.tenant)
        return await seen(host, target, wanted)

    async def take_one() -> None:
        batch = read_batch(targets(1000), HOST, reader(recording), connections=2)
        async for _ in batch:
            break
        await batch.aclose()

    asyncio.run(take_one())
    assert len(started) < 20


@pytest.mark.parametrize("count", [0, 1])
def test_small_batches_end(count):
    assert len(run(seen, count, 4)) == count


def test_namespaces_of_one_database_are_read_together_and_all_else_alone():
    together: list[tuple[str, ...]] = []
    alone: list[str] = []

    async def one(_host, target, _wanted):
        alone.append(target.tenant)
        return Observation(fingerprint=target.tenant, server_version=180000)

    async def many(_host, some, wanted, earlier):
        together.append(tuple(target.tenant for target in some))
        assert wanted.earlier is None
        assert earlier == {target.tenant: Sighting() for target in some}
        return {target.tenant: Observation(fingerprint="f", server_version=180000) for target in some}

    places = [("a", "one", ""), ("b", "two", "b"), ("c", "three", "c"), ("d", "two", "d"), ("e", "two", "")]
    fleet = [Target(tenant=name, host="h", database=where, namespace=own) for name, where, own in places]
    settings = msgspec.structs.replace(
        reader(one), observe_namespaces=many, sightings={name: Sighting() for name, *_ in places}
    )

    async def act():
        return [scanned.target.tenant async for scanned in read_batch(fleet, HOST, settings, connections=1)]

    assert asyncio.run(act()) == ["a", "b", "d", "c", "e"]
    assert together == [("b", "d")]
    assert alone == ["a", "c", "e"]


def test_a_bug_that_is_met_in_namespaces_together_is_said_of_each():
    async def broken(*_):
        raise ZeroDivisionError

    fleet = [Target(tenant=name, host="h", database="d", namespace=name) for name in "ab"]
    settings = msgspec.structs.replace(reader(broken), observe_namespaces=broken)

    async def act():
        return [scanned.result.kind async for scanned in read_batch(fleet, HOST, settings, connections=1)]

    assert asyncio.run(act()) == [FailureKind.INTERNAL, FailureKind.INTERNAL]
