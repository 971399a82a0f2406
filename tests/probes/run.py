"""Run one probe: every way between its shapes, each detected, planned, applied by psql and judged by pg_dump."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from shared.diff.changes import Altered, Change
from shared.diff.compare import diff_schemas
from shared.diff.filling import filled_as
from shared.postgres.failures import TargetError
from shared.remediation.planner import plan_remediation
from shared.remediation.script import render_script
from shared.schema.schema import Snapshot
from tests.probes.bench import Bench, ProgramError, difference
from tests.probes.probe import Probe

OK = "ok"
WAYS = (
    ("altered", "left", "right"),
    ("altered back", "right", "left"),
    ("missing", "base", "right"),
    ("unexpected", "right", "base"),
    ("missing, the other", "base", "left"),
    ("made from nothing", "nothing", "left"),
    ("made from nothing, the other", "nothing", "right"),
    ("dropped to nothing", "right", "nothing"),
)
"""Name, where the database is, where it should come to."""


class Shape(msgspec.Struct, frozen=True):
    """One side of a probe, as the reader and as pg_dump see it."""

    database: str
    sql: str
    snapshot: Snapshot
    dump: frozenset[str]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one probe: way → "ok", or what went wrong.

    Args:
        probe: Its name.
        about: What it is about.
        detected: Whether each alteration showed as a change of what the probe is about.
        ways: By the names in `WAYS`.
    """

    probe: str
    about: tuple[str, ...]
    detected: bool
    ways: dict[str, str]

    @property
    def converged(self) -> bool:
        """Whether every way ended where it should."""
        return all(outcome == OK for outcome in self.ways.values())


async def run_probe(bench: Bench, probe: Probe, slot: str, report: Callable[[str], None] | None = None) -> Result:
    """Try every way between the probe's shapes.

    Args:
        bench: The server.
        probe: Not spelt yet.
        slot: Prefix of the databases it may use.
        report: Gets each script that did not end where it should.

    Raises:
        ProgramError: When a side of the probe itself cannot be made: a mistake in the probe.
    """
    spelt = probe.spelt("probe")
    shapes = await _shapes(bench, spelt, slot)
    ways: dict[str, str] = {}
    detected = True
    for name, start, end in WAYS:
        if start == "base" and shapes["left"].dump == shapes["base"].dump:
            continue  # the same as "altered"
        if name == "unexpected" and shapes["left"].dump == shapes["base"].dump:
            continue
        outcome, seen, script = await _try(bench, shapes[start], shapes[end], probe.about, f"{slot}_work")
        ways[name] = outcome
        if name.startswith("altered"):
            detected = detected and seen
        if outcome != OK and report is not None:
            report(f"### {probe.name} [{name}]\n{outcome}\n{script}")
    await bench.drop(*(shape.database for shape in shapes.values()), f"{slot}_work")
    return Result(probe=probe.name, about=probe.about, detected=detected, ways=ways)


async def _shapes(bench: Bench, probe: Probe, slot: str) -> dict[str, Shape]:
    sides = {
        "nothing": "",
        "base": probe.base,
        "left": f"{probe.base}\n{probe.left}",
        "right": f"{probe.base}\n{probe.right}",
    }
    shapes = {}
    for side, sql in sides.items():
        database = f"{slot}_{side}"
        await bench.make(database, sql)
        shapes[side] = Shape(database, sql, await bench.read(database), await bench.dump(database))
    return shapes


async def _try(bench: Bench, start: Shape, end: Shape, about: tuple[str, ...], work: str) -> tuple[str, bool, str]:
    """Go one way.

    Returns:
        The outcome, whether what the probe is about was seen, and the script.
    """
    diff = diff_schemas(end.snapshot.schema, start.snapshot.schema)
    seen = is_seen(diff.changes, about)
    if not diff:
        return ("ok" if start.dump == end.dump else "not detected"), seen, ""
    script = ""
    try:
        plan = plan_remediation(end.snapshot, start.snapshot, diff, destructive=True)
        script = render_script(plan, destructive=True, tenant_code=True)
        await copy_shape(bench, start, work)
        await bench.run(work, script)
        outcome = await _judge(bench, work, end)
    except ProgramError as error:
        outcome = f"failed: {error}"
    except TargetError as error:
        outcome = f"unreadable: {error}"
    except (AssertionError, AttributeError, KeyError, ValueError, TypeError) as error:
        outcome = f"no plan: {error!r}"  # a bug of ours is a result here
    return outcome, seen, script


async def copy_shape(bench: Bench, shape: Shape, database: str) -> None:
    """Make a database like another. Subscriptions belong to the cluster, and no copy has them."""
    if "SUBSCRIPTION" in shape.sql:
        await bench.make(database, shape.sql)
    else:
        await bench.make(database, "", template=shape.database)


async def _judge(bench: Bench, database: str, end: Shape) -> str:
    left = difference(await bench.dump(database), end.dump)
    if left:
        return f"pg_dump differs:\n{left}"
    # What a plan fills is left empty here.
    again = diff_schemas(end.snapshot.schema, filled_as(await bench.read(database), end.snapshot).schema)
    if again:
        return f"still drift: {told(again.changes)}"
    return OK


def is_seen(changes: Iterable[Change], about: tuple[str, ...]) -> bool:
    """Say whether changes are of what a probe is about: an object with another key is missing and unexpected."""
    seen: set[str] = set()
    for change in changes:
        kind = change.identity.kind
        seen.add(kind)
        fields = change.fields if isinstance(change, Altered) else KEYS
        seen |= {f"{kind}.{field}" for field in fields}
        if not isinstance(change, Altered):
            seen.add(f"{kind}.*")
    return any(each in seen or f"{each.partition('.')[0]}.*" in seen for each in about)


KEYS = ("name", "namespace", "parent", "signature")
"""Fields that make an identity: another value is another object."""


def told(changes: Iterable[Change]) -> str:
    """Say changes in one line."""
    return "; ".join(
        f"{change.identity} {type(change).__name__} {getattr(change, 'fields', '')}" for change in changes
    )[:800]


__all__ = ["OK", "WAYS", "Result", "run_probe", "told"]
