"""What the checker says of the corpus's services, beside what PostgreSQL makes of one drift of each kind."""

from __future__ import annotations

import asyncio

import pytest

from coordinator.services.rust_files import read_service as read_contract
from coordinator.settings.model import ContractTable
from tests.corpus.calls import Service, services
from tests.corpus.kinds import KINDS
from tests.corpus.score import Score, bench, sample

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
def test_the_checker_says_what_postgresql_does(service):
    async def run() -> Score:
        score = Score()
        async with bench(service) as made:
            for mutation in sample(made.mutations, 1):
                await made.meet(mutation, score)
        return score

    score = asyncio.run(run())
    assert score.broken > 50
    assert score.missed == []
    assert score.wrong == []
