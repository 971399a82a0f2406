"""Results of pairs of public schemas: the way from one to the other, printed by `fleetdrift diff`, run by psql.

The pairs come from the test suites of ten public differs and are not ours to keep; what is kept is which of them do not
end equal under `pg_dump --schema-only`, so that the coverage page can say why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tests.probes.notes import PAIR_REASONS

SERVERS = (15, 18)
"""Major versions on which the pairs are run."""

_UNCHANGED = frozenset({"noop_ok", "noop_fp"})
_SKIPPED = frozenset({"load_error", "harness_error"})
_SAYS = {
    "apply_error": "the script fails",
    "diff": "not equal",
    "missed": "nothing is printed",
    "noop_fp": "called drift",
    "pass_colorder": "equal but for the order of columns",
    "timeout": "takes too long",
    "tool_error": "an error",
}


_HEAD = """\
## Pairs of public schemas

Pairs from the test suites of ten public differs: `fleetdrift diff DESIRED OBSERVED --output sql --all`, run by psql on
the second, must make `pg_dump --schema-only` of both equal. The order of columns is not drift, so a pair that differs
in nothing else is equal enough.

| PostgreSQL | pairs that differ | equal | equal enough | pairs that do not differ | called drift |
|---|---|---|---|---|---|
"""


class Outcome(msgspec.Struct, frozen=True):
    """One line of results; other fields are not read."""

    key: str
    outcome: str


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """What the pairs on one server came to.

    Args:
        differing: How many pairs differ.
        unchanged: How many do not.
        others: Pair → outcome, of those that did not end as `pass` or `noop_ok`.
    """

    differing: int
    unchanged: int
    others: dict[str, str]


def keep_pairs(major: int, results: Path) -> None:
    """Keep what a run came to; `results` holds a JSON object per line with `key` and `outcome`."""
    lines = [msgspec.json.decode(line, type=Outcome) for line in results.read_bytes().splitlines()]
    ran = [line for line in lines if line.outcome not in _SKIPPED]
    pairs = Pairs(
        differing=sum(line.outcome not in _UNCHANGED for line in ran),
        unchanged=sum(line.outcome in _UNCHANGED for line in ran),
        others={
            line.key: line.outcome
            for line in sorted(ran, key=lambda line: line.key)
            if line.outcome not in {"pass", "noop_ok"}
        },
    )
    _file(major).write_bytes(msgspec.json.format(msgspec.json.encode(pairs), indent=1) + b"\n")


def read_pairs(major: int) -> Pairs:
    """Read what was kept."""
    return msgspec.json.decode(_file(major).read_bytes(), type=Pairs)


def render_pairs() -> Iterator[str]:
    """Give the page's lines about the pairs."""
    kept = {major: read_pairs(major) for major in SERVERS}
    yield from _HEAD.splitlines()
    for major, pairs in kept.items():
        count = Counter(pairs.others.values())
        failing = sum(number for outcome, number in count.items() if outcome != "noop_fp")
        equal = pairs.differing - failing
        enough = equal + count["pass_colorder"]
        shares = f"{_share(equal, pairs.differing)} | {_share(enough, pairs.differing)}"
        yield f"| {major} | {pairs.differing} | {shares} | {pairs.unchanged} | {count['noop_fp']} |"
    yield ""
    yield "| pair | on | outcome | reason |"
    yield "|---|---|---|---|"
    for key in sorted({key for pairs in kept.values() for key in pairs.others}):
        on = [str(major) for major, pairs in kept.items() if key in pairs.others]
        said = sorted({_SAYS[pairs.others[key]] for pairs in kept.values() if key in pairs.others})
        yield f"| {key.replace('|', ' ')} | {', '.join(on)} | {'; '.join(said)} | {_reason(key, said)} |"


def _reason(key: str, said: list[str]) -> str:
    if said == [_SAYS["pass_colorder"]]:
        return PAIR_REASONS.get(key, "columns are added at the end")
    return PAIR_REASONS[key]


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.1f} %)"


def _file(major: int) -> Path:
    return Path(__file__).with_name(f"pairs-{major}.json")
