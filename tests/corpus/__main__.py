"""`python -m tests.corpus`: print the checker's score on the services of the corpus; fail below the bars."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter

from tests.corpus.calls import Service, services
from tests.corpus.score import BARS, Score, Tier, bench, sample


async def _run(only: str, kind: str, of_each: int) -> dict[Tier, Score]:
    totals = {tier: Score() for tier in Tier}
    for service in services():
        if only in service.name:
            for tier, score in (await _of(service, kind, of_each)).items():
                totals[tier].add(score)
    return totals


async def _of(service: Service, kind: str, of_each: int) -> dict[Tier, Score]:
    scores = {tier: Score() for tier in Tier}
    started = time.perf_counter()
    async with bench(service) as made:
        for mutation in sample(made.mutations, of_each):
            if kind in mutation.kind:
                await made.meet(mutation, scores)
    print(f"{service.name}: {len(service.calls)} calls; {time.perf_counter() - started:.0f} s", flush=True)
    return scores


def _show(tier: Tier, score: Score) -> None:
    for word, faults in (("missed", score.missed), ("wrong", score.wrong)):
        for fault in faults:
            print(f"{tier}: {word}: {fault.service}: {fault.kind}: {fault.about}: {fault.place}: {fault.said}")
        if faults:
            kinds = Counter(fault.kind for fault in faults)
            print(f"{tier}: {word} by kind: {', '.join(f'{kind} {number}' for kind, number in kinds.most_common())}")
    recall, precision = BARS[tier]
    verdict = "BELOW the bars" if score.below(tier) else "meets the bars"
    print(f"{tier} tier: {score}; {verdict} of {recall:.2f} and {precision:.2f}", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Read the arguments and run; 1 where a tier is below its bars.

    Every pair of a call and a drift that PostgreSQL, with rows, shows to break counts, for both tiers alike.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of a service's name")
    parser.add_argument("--kind", default="", help="part of a kind's name")
    parser.add_argument("--of-each", type=int, default=3, help="drifts of each kind and service; 0 takes all")
    args = parser.parse_args(arguments)
    totals = asyncio.run(_run(args.only, args.kind, args.of_each))
    for tier, score in totals.items():
        _show(tier, score)
    return int(any(score.below(tier) for tier, score in totals.items()))


if __name__ == "__main__":
    sys.exit(main())
