"""Judge what services expect against a desired and an observed schema: the one place that does."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from shared.analysis.undecided import where_decided
from shared.contracts.causes import with_declared_lines
from shared.contracts.contract import Confidence, Contract, Verdict
from shared.contracts.judge import judge_contract
from shared.contracts.static_facts import describe_statically
from shared.postgres.scratch import ScratchServer
from shared.postgres.scratch.contract_check import search_path_of
from shared.postgres.scratch.contract_memory import ContractMemory, LazyCopy, concerned
from shared.postgres.scratch.unbuilt import Unbuilt, by_object, without
from shared.schema.schema import ObjectOrigin, Snapshot


async def judge_services(
    scratch: ScratchServer,
    contracts: Sequence[Contract],
    desired: Snapshot,
    observed: Snapshot,
    memory: ContractMemory | None = None,
    *,
    unbuilt: tuple[Unbuilt, ...] = (),
    origins: tuple[ObjectOrigin, ...] = (),
) -> tuple[Verdict, ...]:
    """Check every contract on one copy of the observed shape.

    Args:
        scratch: Where the shapes are rebuilt.
        contracts: What the services expect.
        desired: What is declared, as the scratch server spells it.
        observed: What is there.
        memory: What PostgreSQL has said of the contracts before. Keep one per process.
        unbuilt: What of the two cannot be rebuilt. Queries that fail without it are unverified.
        origins: Where the objects of the desired schema are declared.

    Raises:
        MaterialiseError: When one of the two cannot be rebuilt.
    """
    if not contracts:
        return ()
    lacking = by_object(unbuilt)
    desired, observed = without(desired, lacking), without(observed, lacking)
    memory = memory or ContractMemory()
    verdicts: list[Verdict] = []
    async with LazyCopy(scratch, desired) as declared_copy:
        declared = [await memory.declared(contract, declared_copy, desired) for contract in contracts]
    async with LazyCopy(scratch, observed) as copy:
        for contract, baseline in zip(contracts, declared, strict=True):
            verdicts += judge_contract(contract, await memory.observed(contract, copy, observed, baseline), baseline)
    decided = [where_decided(verdict, unbuilt) for verdict in verdicts]
    return with_declared_lines(decided, origins, desired, observed)


def judge_statically(
    contracts: Sequence[Contract], desired: Snapshot, observed: Snapshot, origins: tuple[ObjectOrigin, ...] = ()
) -> tuple[Verdict, ...]:
    """Check every contract without a server, by the same rules: for shapes that cannot be rebuilt.

    Args:
        contracts: What the services expect.
        desired: What is declared.
        observed: What is there.
        origins: Where the objects of the desired schema are declared.

    Returns:
        The verdicts, marked as static: what only PostgreSQL can say (operators and functions of extensions, CHECKs that
        call functions) is not among them.
    """
    verdicts: list[Verdict] = []
    for contract in contracts:
        there = describe_statically(contract, desired, search_path_of(contract, desired), desired)
        asked = concerned(contract, there, observed)
        here = describe_statically(asked, observed, search_path_of(contract, observed), desired)
        verdicts += judge_contract(contract, here, there)
    marked = [msgspec.structs.replace(verdict, confidence=Confidence.STATIC) for verdict in verdicts]
    return with_declared_lines(marked, origins, desired, observed)
