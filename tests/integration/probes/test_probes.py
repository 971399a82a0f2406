"""Every probe at once, on each major version: what the coverage page says holds today."""

from __future__ import annotations

import asyncio

import pytest

from tests.probes.bench import Bench
from tests.probes.kept import read_kept
from tests.probes.pack import run_pack
from tests.probes.probe import read_probes

WAYS = {
    18: ("altered", "altered back", "made from nothing, the other"),
    17: ("altered",),
    16: ("altered",),
    15: ("altered back",),
    14: ("altered",),
}


@pytest.mark.parametrize("major", WAYS)
def test_every_attribute_is_seen_and_put_right(major):
    kept = read_kept(major)
    probes = [probe for probe in read_probes(major) if not probe.alone and probe.name not in kept.failed]

    async def run():
        async with Bench(major) as bench:
            return await run_pack(bench, probes, "probe_pack", WAYS[major])

    result = asyncio.run(run())
    assert result.troubles == ()
    assert result.detected == {probe.name for probe in probes} - set(kept.undetected)
