"""Judge what services expect against a desired and an observed schema: the one place that does."""

from __future__ import annotations

from collections.abc import Sequence

from shared.analysis.undecided import where_decided
from shared.contracts.contract import Contract, Verdict
from shared.postgres.scratch import ScratchServer, materialise
from shared.postgres.scratch.contract_baseline import Baselines
from shared.postgres.scratch.contract_check import check_contract
from shared.postgres.scratch.unbuilt import Unbuilt, by_object, without
from shared.schema.schema import Snapshot


async def judge_services(
    scratch: ScratchServer,
    contracts: Sequence[Contract],
    desired: Snapshot,
    observed: Snapshot,
    baselines: Baselines | None = None,
    *,
    unbuilt: tuple[Unbuilt, ...] = (),
) -> tuple[Verdict, ...]:
    """Check every contract on one copy of the observed shape.

    Args:
        scratch: Where the shapes are rebuilt.
        contracts: What the services expect.
        desired: What is declared, as the scratch server spells it.
        observed: What is there.
        baselines: What the declared schema says of the contracts. Keep one per process: it remembers.
        unbuilt: What of the two cannot be rebuilt. Queries that fail without it are unverified.

    Raises:
        MaterialiseError: When one of the two cannot be rebuilt.
    """
    if not contracts:
        return ()
    lacking = by_object(unbuilt)
    desired, observed = without(desired, lacking), without(observed, lacking)
    remembered = baselines or Baselines(scratch)
    declared = [await remembered.of(contract, desired) for contract in contracts]
    verdicts: list[Verdict] = []
    async with scratch.database() as copy:
        await materialise(copy, observed)
        for contract, baseline in zip(contracts, declared, strict=True):
            verdicts += await check_contract(copy, contract, observed, baseline=baseline)
    return tuple(where_decided(verdict, unbuilt) for verdict in verdicts)
