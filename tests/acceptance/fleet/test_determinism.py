"""The same fleet gives the same bytes, whoever reads it, in whatever order, and whatever dies meanwhile."""

from __future__ import annotations

import json
import random
import signal

import msgspec
import pytest
import redis as redis_client

from coordinator.inventory.load import load_targets
from coordinator.report.model import ScanStatus, TenantStatus
from coordinator.scan import listing
from shared.formats import PROTOCOL
from shared.schema.canonical import canonical_json


@pytest.fixture(scope="module")
def reference(fleet):
    """What a scan in one process says."""
    return fleet.check()


def test_the_known_drift_is_found_and_nothing_else(reference):
    summary = reference.body.drift_summary
    assert reference.status is ScanStatus.DRIFT
    assert (summary.missing_indexes, summary.orphaned_constraints) == (6, 3)
    assert (summary.schema_version_mismatches, summary.service_contract_violations) == (3, 6)
    assert summary.tenant_impact == tuple(f"tenant-{n:03}" for n in (1, 2, 11, 12, 21, 22))
    assert dict(reference.body.counts)[TenantStatus.IN_SYNC] == 18


def test_the_counts_sum_to_the_fleet(reference):
    assert sum(count for _, count in reference.body.counts) == len(reference.body.tenants) == 24


def test_a_second_scan_gives_the_same_bytes(fleet, reference):
    again = fleet.check()
    assert canonical_json(again.body) == canonical_json(reference.body)
    assert again.content_hash == reference.content_hash
    assert again.execution_id != reference.execution_id


def test_the_order_of_tenants_does_not_matter(fleet, reference, monkeypatch):
    listed = load_targets

    async def shuffled(*arguments):
        inventory = await listed(*arguments)
        targets = list(inventory.targets)
        random.Random(7).shuffle(targets)
        return msgspec.structs.replace(inventory, targets=tuple(targets))

    monkeypatch.setattr(listing, "load_targets", shuffled)
    assert fleet.check().content_hash == reference.content_hash


@pytest.mark.parametrize("workers", [1, 4])
def test_workers_give_the_same_bytes_as_one_process(fleet, reference, workers):
    report = fleet.scan(workers)
    assert canonical_json(report.body) == canonical_json(reference.body)


def test_a_worker_killed_in_mid_scan_changes_nothing(fleet, reference):
    killed: list[int] = []

    def kill_one(done, processes):
        if not killed and 0 < done < len(reference.body.tenants):
            processes[0].send_signal(signal.SIGKILL)
            killed.append(processes[0].pid)

    fleet.forget()
    report = fleet.scan(2, kill_one)
    assert killed, "the scan was over before a worker could be killed"
    assert report.content_hash == reference.content_hash


def test_a_flushed_redis_in_mid_scan_changes_nothing(fleet, reference):
    flushed: list[int] = []

    def flush(done, _processes):
        if not flushed and 0 < done < len(reference.body.tenants):
            redis_client.Redis.from_url(fleet.redis.url).flushall()
            flushed.append(done)

    fleet.forget()
    report = fleet.scan(2, flush)
    assert flushed, "the scan was over before Redis could be flushed"
    assert report.content_hash == reference.content_hash


def test_a_changed_fleet_changes_the_numbers_and_back(fleet, reference):
    fleet.alter("tenant-003", "CREATE INDEX made_by_hand ON orders (status)")
    changed = fleet.check()
    fleet.alter("tenant-003", "DROP INDEX made_by_hand")
    assert changed.content_hash != reference.content_hash
    assert "tenant-003" in changed.body.drift_summary.tenant_impact
    assert fleet.check().content_hash == reference.content_hash


def seen(kept: bytes | str) -> str:
    """Give the fingerprint of a sighting; one in a hundred tenants is read, and so remembered, anew for no reason."""
    _format, _until, sighting = (
        json.loads(bytes(kept).partition(b"\n")[2]) if isinstance(kept, bytes) else json.loads(kept.partition("\n")[2])
    )
    return str(sighting["fingerprint"] if isinstance(sighting, dict) else sighting[2])


def test_what_changed_since_the_last_scan_is_found_among_what_did_not(fleet, reference):
    """Workers remember what they saw: the second scan reads one tenant in full, the third none but that one again."""
    remembered = redis_client.Redis.from_url(fleet.redis.url)
    key = f"fleetdrift:{PROTOCOL}:demo:sightings"
    first = fleet.scan(2)
    before = remembered.hgetall(key)
    fleet.alter("tenant-003", "CREATE INDEX made_by_hand ON orders (status)")
    changed = fleet.scan(2)
    between = remembered.hgetall(key)
    fleet.alter("tenant-003", "DROP INDEX made_by_hand")
    last = fleet.scan(2)
    assert len(before) == len(reference.body.tenants)
    assert [name for name in before if seen(before[name]) != seen(between[name])] == [b"tenant-003"]
    assert "tenant-003" in changed.body.drift_summary.tenant_impact
    assert first.content_hash == last.content_hash == reference.content_hash


def test_the_report_holds_no_time_in_its_body(reference):
    assert str(reference.started)[:10] not in msgspec.json.encode(reference.body).decode()
