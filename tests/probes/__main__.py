"""`python -m tests.probes`: run the probes one by one and say what each came to."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from pathlib import Path

import msgspec

from tests.probes.bench import Bench, ProgramError
from tests.probes.pack import run_pack
from tests.probes.probe import Probe, read_probes
from tests.probes.run import OK, WAYS, Result, run_probe

_HOME = Path(__file__).parent


async def _run(major: int, probes: list[Probe], jobs: int, *, singly: bool) -> list[Result]:
    results: list[Result] = []
    async with Bench(major) as bench:
        waiting = list(reversed(probes))
        if not singly:
            packed = [probe for probe in probes if not probe.alone]
            pack = await run_pack(bench, packed, "probe_pack")
            for way, name, text in pack.troubles:
                print(f"### {name or 'nobody'} [{way}, packed]\n{text}", flush=True)
            good = {p.name: p for p in packed if p.name in pack.detected - pack.suspects()}
            waiting = [probe for probe in waiting if probe.name not in good]
            results += [
                Result(probe=p.name, about=p.about, detected=True, ways=dict.fromkeys((way for way, _, _ in WAYS), OK))
                for p in good.values()
            ]
            print(f"--- {len(good)} of {len(packed)} converged in the pack; {len(waiting)} are run singly", flush=True)

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


def results_file(major: int) -> Path:
    """Where the results of a whole run are kept."""
    return _HOME / f"results-{major}.json"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", type=int, default=18, help="major version: 14 … 18")
    parser.add_argument("--only", default="", help="regular expression on the probes' names and what they are about")
    parser.add_argument("--singly", action="store_true", help="each probe in databases of its own")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="keep the results of a whole run")
    args = parser.parse_args()
    every = read_probes(args.server)
    chosen = [probe for probe in every if re.search(args.only, f"{probe.file}/{probe.name} {' '.join(probe.about)}")]
    results = asyncio.run(_run(args.server, chosen, args.jobs, singly=args.singly))
    detected = sum(result.detected for result in results)
    converged = sum(result.converged for result in results)
    ways = sum(len(result.ways) for result in results)
    ended = sum(outcome == "ok" for result in results for outcome in result.ways.values())
    print(
        f"PostgreSQL {args.server}: {len(chosen)} probes, {detected} detected, {converged} converged"
        f" ({ended} of {ways} ways), {len(chosen) - len(results)} broken"
    )
    if args.write and not args.only:
        text = msgspec.json.format(msgspec.json.encode(results), indent=1)
        results_file(args.server).write_bytes(text + b"\n")
    return 0 if converged == detected == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
