"""Killed workers, and a Redis that forgets and dies: the report is byte for byte that of the undisturbed scan.

This is the short run; `make chaos` is the long one.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.acceptance.chaos.run import Plan, read_in_process, scan

TENANTS = 3000
CHAOS = Plan(tenants=TENANTS, workers=4, kills=3, flushes=2, losses=1, lease=3.0, seed=1, deadline=120)


@pytest.fixture(scope="module")
def wanted() -> str:
    """The content hash of a scan in this process, without workers and Redis."""
    return asyncio.run(read_in_process(TENANTS))


@pytest.mark.parametrize("workers", [1, 4])
def test_workers_that_nothing_happens_to_say_what_one_process_says(wanted, postgres, tmp_path, workers):
    result = asyncio.run(scan(Plan(tenants=TENANTS, workers=workers, lease=60.0), postgres, tmp_path))
    assert (result.rows, result.distinct, result.content_hash) == (TENANTS, TENANTS, wanted)
    assert result.sent_again == 0


def test_chaos_changes_nothing(wanted, postgres, tmp_path):
    result = asyncio.run(scan(CHAOS, postgres, tmp_path))
    assert result.happened == {"kill": 12, "flush": 2, "loss": 1}
    assert result.sent_again > 0
    assert (result.rows, result.distinct, result.content_hash) == (TENANTS, TENANTS, wanted)


def test_a_worker_that_marks_a_batch_as_done_before_it_has_answered_is_found_out(wanted, postgres, tmp_path):
    """Workers that trust such a mark lose what a killed one had marked: this run would not notice, were it too tame."""
    found_out = False
    for seed in range(1, 6):  # a kill may miss the moment between the mark and the answer
        naive = Plan(tenants=TENANTS, workers=4, kills=6, lease=2.0, seed=seed, deadline=8, naive=True)
        (folder := tmp_path / str(seed)).mkdir()
        result = asyncio.run(scan(naive, postgres, folder))
        assert result.happened["kill"] > 0
        found_out = result.content_hash != wanted
        if found_out:
            break
    assert found_out
