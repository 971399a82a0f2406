"""Remember what PostgreSQL says of a service's queries in the declared schema: asked once, compared with each shape."""

from __future__ import annotations

from collections import OrderedDict

from shared.contracts.contract import Contract
from shared.contracts.facts import ShapeFacts
from shared.postgres.scratch.contract_check import describe_contract
from shared.postgres.scratch.rebuild import materialise
from shared.postgres.scratch.server import ScratchServer
from shared.schema.canonical import content_hash
from shared.schema.schema import Snapshot

_MAX_FACTS_KEPT = 64  # a service's facts are a few hundred kilobytes; a fleet has a handful of services


class Baselines:
    """Remembers the facts of declared schemas; give one to everything that judges shapes in this process.

    Args:
        scratch: Where a declared schema is rebuilt to be asked.
    """

    def __init__(self, scratch: ScratchServer) -> None:
        self._scratch = scratch
        self._facts: OrderedDict[str, ShapeFacts] = OrderedDict()

    async def of(self, contract: Contract, declared: Snapshot) -> ShapeFacts:
        """Give the facts of a declared schema, measured at the first call.

        Args:
            contract: What the service expects.
            declared: The declared schema, as the scratch server spells it.

        Raises:
            MaterialiseError: When the declared schema cannot be rebuilt.
        """
        facts_id = content_hash(
            "baseline/1", [contract, declared.schema, declared.column_order, declared.server_version]
        )
        facts = self._facts.get(facts_id)
        if facts is None:
            async with self._scratch.database() as copy:
                await materialise(copy, declared)
                facts = await describe_contract(copy, contract, declared)
            self._facts[facts_id] = facts
        self._facts.move_to_end(facts_id)
        while len(self._facts) > _MAX_FACTS_KEPT:
            self._facts.popitem(last=False)
        return facts
