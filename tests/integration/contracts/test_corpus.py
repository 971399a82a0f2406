"""What the checker says of the corpus's services, beside what PostgreSQL makes of one drift of each kind."""

from __future__ import annotations

import asyncio

import pytest

from coordinator.services.rust_files import read_service as read_contract
from coordinator.settings.model import ContractTable
from tests.corpus.calls import Service, services
from tests.corpus.kinds import KINDS
from tests.corpus.score import Score, Tier, bench, sample

SERVICES = services()


def named(service: Service) -> str:
    return service.name


def test_the_corpus_is_as_large_as_it_says():
    assert sum(len(service.calls) for service in SERVICES) >= 200
    assert len(KINDS) >= 25


@pytest.mark.parametrize("service", SERVICES, ids=named)
def test_every_call_of_the_corpus_is_found_where_it_stands(service):
    table = ContractTable(service=service.name, path=str(service.folder))
    contract = read_contract(service.folder, table)
    assert contract.unread == ()
    places = {(each.file, each.line) for each in contract.queries} | {
        (each.file, each.line) for each in contract.mappings
    }
    unseen = [
        call.name
        for call in service.calls
        if not any(
            file == found and line in lines for file, lines in map(service.lines_of, call.at) for found, line in places
        )
    ]
    assert unseen == []


@pytest.mark.parametrize("service", SERVICES, ids=named)
def test_both_tiers_say_what_postgresql_does(service):
    async def run() -> dict[Tier, Score]:
        scores = {tier: Score() for tier in Tier}
        async with bench(service) as made:
            for mutation in sample(made.mutations, 1):
                await made.meet(mutation, scores)
        return scores

    for tier, score in asyncio.run(run()).items():
        assert score.broken > 50
        assert (tier, score.missed) == (tier, [])
        assert (tier, score.wrong) == (tier, [])


@pytest.mark.parametrize(("found", "right", "below"), [(49, 100, False), (48, 100, True), (50, 98, True)])
def test_a_tier_below_its_bars_fails_the_benchmark(found, right, below):
    score = Score(broken=50, broken_found=found, claims=100, claims_right=right)
    assert score.below(Tier.STATIC) is below
