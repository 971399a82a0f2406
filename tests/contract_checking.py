"""Judge a contract on a scratch database that a test has filled."""

from __future__ import annotations

from shared.contracts.contract import Contract, Verdict
from shared.contracts.facts import ShapeFacts
from shared.contracts.judge import judge_contract
from shared.postgres.scratch.contract_check import describe_contract
from shared.postgres.scratch.contract_memory import concerned
from shared.postgres.scratch.database import ScratchDatabase
from shared.schema.schema import Snapshot


async def check_contract(
    copy: ScratchDatabase, contract: Contract, snapshot: Snapshot, *, baseline: ShapeFacts | None = None
) -> tuple[Verdict, ...]:
    """Give the verdicts on a contract in the shape that a scratch database holds."""
    asked = concerned(contract, baseline, snapshot) if baseline else contract
    return judge_contract(contract, await describe_contract(copy, asked, snapshot, baseline=baseline), baseline)
