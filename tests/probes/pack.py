"""Run many probes at once, each in a namespace of its own of one database: as good, and a hundred times faster.

Whatever goes wrong names the probe it belongs to, for every name of a probe begins with its namespace's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from shared.diff.compare import diff_schemas
from shared.diff.filling import filled_as
from shared.kinds.step import Role
from shared.remediation.plan import Plan
from shared.remediation.planner import plan_remediation
from shared.remediation.progress import KEPT
from shared.remediation.script import statement_lines
from tests.probes.bench import Bench, ProgramError
from tests.probes.probe import Probe
from tests.probes.run import OK, WAYS, Shape, copy_shape, is_seen, told

_SETTINGS = ("SET check_function_bodies = off", "SET client_min_messages = error", "SET search_path = pg_catalog")
_NAME = re.compile(r"(?<![a-z])p\d{3}(?!\d)")


class PackResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a pack.

    Args:
        detected: Names of probes whose alteration was seen, both ways.
        troubles: (way, name of the probe or empty, what happened).
    """

    detected: frozenset[str]
    troubles: tuple[tuple[str, str, str], ...]

    def suspects(self) -> frozenset[str]:
        """Name the probes that anything was said of."""
        return frozenset(name for _, name, _ in self.troubles)


async def run_pack(bench: Bench, probes: Sequence[Probe], slot: str, ways: Sequence[str] = ()) -> PackResult:
    """Try every way with all probes together.

    Args:
        bench: The server.
        probes: None of them `alone`.
        slot: Prefix of the databases.
        ways: Names of the ways to try; empty means all.

    Raises:
        ProgramError: When a side of a probe cannot be made.
    """
    named = {f"p{number:03}": probe for number, probe in enumerate(probes)}
    shapes = await _shapes(bench, named, slot)
    troubles: list[tuple[str, str, str]] = []
    unseen: set[str] = set()
    for way, start, end in WAYS:
        if ways and way not in ways:
            continue
        said, missed = await _try(
            bench, (shapes[start], shapes[end]), named, f"{slot}_work", judged=way.startswith("altered")
        )
        for text in said:
            owners = sorted(set(_NAME.findall(text)) & named.keys())
            troubles += [(way, named[owner].name, text) for owner in owners] or [(way, "", text)]
        unseen |= missed
    await bench.drop(*(shape.database for shape in shapes.values()), f"{slot}_work")
    detected = frozenset(probe.name for name, probe in named.items() if name not in unseen)
    return PackResult(detected=detected, troubles=tuple(troubles))


async def _shapes(bench: Bench, named: dict[str, Probe], slot: str) -> dict[str, Shape]:
    spelt = [probe.spelt(name) for name, probe in named.items()]
    sides = {
        "nothing": "",
        "base": "\n".join(probe.base for probe in spelt),
        "left": "\n".join(f"{probe.base}\n{probe.left}\n;" for probe in spelt),
        "right": "\n".join(f"{probe.base}\n{probe.right}\n;" for probe in spelt),
    }
    shapes = {}
    for side, sql in sides.items():
        database = f"{slot}_{side}"
        await bench.make(database, "")
        complaints = await bench.run(database, sql, lenient=True)
        if complaints:
            raise ProgramError(f"{side}: {complaints}")
        shapes[side] = Shape(database, sql, await bench.read(database), await bench.dump(database))
    return shapes


async def _try(
    bench: Bench, ends: tuple[Shape, Shape], named: dict[str, Probe], work: str, *, judged: bool
) -> tuple[list[str], set[str]]:
    start, end = ends
    diff = diff_schemas(end.snapshot.schema, start.snapshot.schema)
    missed: set[str] = set()
    if judged:
        by_owner: dict[str, list] = {}
        for change in diff.changes:
            for owner in set(_NAME.findall(repr(change))):
                by_owner.setdefault(owner, []).append(change)
        missed = {name for name, probe in named.items() if not is_seen(by_owner.get(name, ()), probe.about)}
    plan = plan_remediation(end.snapshot, start.snapshot, diff, destructive=True)
    await copy_shape(bench, start, work)
    said = await _run_leniently(bench, work, plan)
    found, wanted = await bench.dump(work), end.dump
    said += [f"pg_dump: - {entry}" for entry in sorted(found - wanted)]
    said += [f"pg_dump: + {entry}" for entry in sorted(wanted - found)]
    # What a plan fills is left empty here.
    again = diff_schemas(end.snapshot.schema, filled_as(await bench.read(work), end.snapshot).schema)
    said += [f"still drift: {told([change])}" for change in again.changes]
    return said, missed


async def _run_leniently(bench: Bench, database: str, plan: Plan) -> list[str]:
    """Go on after an error, so that one probe's trouble is no other's: each statement is its own transaction."""
    lines = [*(f"{setting};" for setting in _SETTINGS), f"\\set {KEPT} '{{}}'"]
    for statement in plan.statements:
        if statement.role is Role.FILL:  # a shape has no rows, and an owner may read nothing of what its view selects
            continue
        together = statement.role in (Role.LOCK, Role.CHECK, Role.RESTORE)  # what they set or hold ends with it
        lines += ["BEGIN;", *statement_lines(statement), "COMMIT;"] if together else statement_lines(statement)
    try:
        complaints = await bench.run(database, "\n".join(lines) + "\n", lenient=True)
    except ProgramError as error:
        return [f"psql: {error}"]
    told = re.split(r"(?=psql:<stdin>:\d+: (?:ERROR|FATAL|error))", complaints)
    return [each.strip() for each in told if re.match(r"psql:<stdin>:\d+: (ERROR|FATAL|error)", each)]


__all__ = ["OK", "PackResult", "run_pack"]
