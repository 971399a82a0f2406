"""`python -m tests.probes`: run the probes one by one and say what each came to."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from pathlib import Path

from tests.probes.bench import Bench, ProgramError
from tests.probes.coverage import COVERAGE, render_coverage
from tests.probes.kept import keep
from tests.probes.pack import run_pack
from tests.probes.pairs import keep_pairs
from tests.probes.probe import Probe, read_probes
from tests.probes.run import OK, WAYS, Result, run_probe


async def _run(major: int, probes: list[Probe], jobs: int, *, singly: bool, packed_only: bool) -> list[Result]:
    results: list[Result] = []
    async with Bench(major) as bench:
        waiting = list(reversed(probes))
        if not singly:
            packed = [probe for probe in probes if not probe.alone]
            pack = await run_pack(bench, packed, "probe_pack")
            for way, name, text in pack.troubles:
                print(f"### {name or 'nobody'} [{way}, packed]\n{text}", flush=True)
            for probe in packed:
                if probe.name not in pack.detected:
                    print(f"### {probe.name} is not seen as {probe.about} (packed)", flush=True)
            by_name: dict[str, dict[str, str]] = {}
            for way, name, text in reversed(pack.troubles):
                by_name.setdefault(name, {})[way] = text
            results += [
                Result(
                    probe=p.name,
                    about=p.about,
                    detected=p.name in pack.detected,
                    ways=dict.fromkeys((way for way, _, _ in WAYS), OK) | by_name.get(p.name, {}),
                )
                for p in packed
            ]
            again = {p.name for p in probes if p.alone}
            if not packed_only:
                again |= {p.probe for p in results if not (p.detected and p.converged)}
            results = [result for result in results if result.probe not in again]
            waiting = [probe for probe in waiting if probe.name in again]
            print(f"--- {len(packed)} in the pack; {len(waiting)} are run singly", flush=True)

        async def work(slot: str) -> None:
            while waiting:
                probe = waiting.pop()
                try:
                    result = await run_probe(bench, probe, slot, report=lambda text: print(text, flush=True))
                except ProgramError as error:
                    print(f"### {probe.name} is no probe\n{error}", flush=True)
                    continue
                results.append(result)
                if not result.detected:
                    print(f"### {probe.name} is not seen as {probe.about}", flush=True)

        await asyncio.gather(*(work(f"probe_{number}") for number in range(jobs)))
    return sorted(results, key=lambda result: result.probe)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", type=int, default=18, help="major version: 14 … 18")
    parser.add_argument("--only", default="", help="regular expression on the probes' names and what they are about")
    parser.add_argument("--singly", action="store_true", help="each probe in databases of its own")
    parser.add_argument("--packed", action="store_true", help="nothing singly but what cannot share a database")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="keep the results of a whole run")
    parser.add_argument("--keep-pairs", type=Path, help="keep the results of the pairs of public schemas, of --server")
    parser.add_argument("--write-coverage", action="store_true", help="write docs/coverage.md from the kept results")
    args = parser.parse_args()
    if args.keep_pairs:
        keep_pairs(args.server, args.keep_pairs)
        return 0
    if args.write_coverage:
        COVERAGE.write_text(render_coverage())
        return 0
    every = read_probes(args.server)
    chosen = [probe for probe in every if re.search(args.only, f"{probe.file}/{probe.name} {' '.join(probe.about)}")]
    results = asyncio.run(_run(args.server, chosen, args.jobs, singly=args.singly, packed_only=args.packed))
    detected = sum(result.detected for result in results)
    converged = sum(result.converged for result in results)
    ways = sum(len(result.ways) for result in results)
    ended = sum(outcome == "ok" for result in results for outcome in result.ways.values())
    print(
        f"PostgreSQL {args.server}: {len(chosen)} probes, {detected} detected, {converged} converged"
        f" ({ended} of {ways} ways), {len(chosen) - len(results)} broken"
    )
    if args.write and not args.only:
        keep(args.server, every, results)
    return 0 if converged == detected == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
