"""`python -m tests.corpus`: print the checker's score on the services of the corpus."""

from __future__ import annotations

import argparse
import asyncio
import time

from tests.corpus.calls import services
from tests.corpus.score import Score, bench, sample


async def _run(only: str, kind: str, of_each: int) -> None:
    for service in services():
        if only not in service.name:
            continue
        score = Score()
        started = time.perf_counter()
        async with bench(service) as made:
            for mutation in sample(made.mutations, of_each):
                if kind in mutation.kind:
                    await made.meet(mutation, score)
        for word, faults in (("missed", score.missed), ("wrong", score.wrong)):
            for fault in faults:
                print(f"{word}: {fault.service}: {fault.kind}: {fault.about}: {fault.place}: {fault.said}")
        seconds = time.perf_counter() - started
        print(f"{service.name}: {len(service.calls)} calls, {score}; {seconds:.0f} s", flush=True)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of a service's name")
    parser.add_argument("--kind", default="", help="part of a kind's name")
    parser.add_argument("--of-each", type=int, default=3, help="drifts of each kind and service; 0 takes all")
    args = parser.parse_args()
    asyncio.run(_run(args.only, args.kind, args.of_each))


if __name__ == "__main__":
    main()
