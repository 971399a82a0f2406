"""Results of a whole run, as they are committed: small, and named by the probes they are of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from tests.probes.probe import Probe
from tests.probes.run import OK, Result

SERVERS = (14, 15, 16, 17, 18)
"""Major versions whose results are committed."""

_LONGEST = 200


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What a whole run on one server came to.

    Args:
        probes: Hash of all probes it ran.
        undetected: Names of probes whose alteration was not seen.
        failed: Name → way → what happened. What is not here ended where it should.
    """

    probes: str
    undetected: tuple[str, ...]
    failed: dict[str, dict[str, str]]


def probes_hash(probes: Iterable[Probe]) -> str:
    """Name a set of probes."""
    return hashlib.sha256(msgspec.json.encode(sorted(probes, key=lambda probe: probe.name))).hexdigest()


def results_file(major: int) -> Path:
    """Where the results on one server are kept."""
    return Path(__file__).with_name(f"results-{major}.json")


def keep(major: int, probes: Iterable[Probe], results: Iterable[Result]) -> None:
    """Write the results of a whole run."""
    listed = list(results)
    failed = {
        result.probe: {way: _first_line(said) for way, said in result.ways.items() if said != OK}
        for result in sorted(listed, key=lambda result: result.probe)
        if not result.converged
    }
    undetected = tuple(sorted(result.probe for result in listed if not result.detected))
    kept = Kept(probes=probes_hash(probes), undetected=undetected, failed=failed)
    results_file(major).write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")


def read_kept(major: int) -> Kept:
    """Read what was kept."""
    return msgspec.json.decode(results_file(major).read_bytes(), type=Kept)


def _first_line(said: str) -> str:
    return " ".join(said.split())[:_LONGEST]
