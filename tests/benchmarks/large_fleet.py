"""A large simulated fleet for the benchmark of the memory: what workers answer, and what a scan reports of it."""

from __future__ import annotations

import random

from coordinator.ledger.batch import ItemOutcome
from coordinator.report.judged import TenantOutcome
from coordinator.report.model import ScanReport
from shared.analysis.analysis import Analysis
from shared.messages import Observed
from shared.schema.relations import Index
from shared.targets import Target
from tests.reports import ORDERS, analysis_of, create_index, report_of, spec_of

SHARE_DRIFTED = 0.15
SHARE_WITH_TWO_CHANGES = 0.3
IN_SYNC = "0"
SEED = 20260301


def _index(number: int) -> Index:
    name = f"orders_part_{number:03}_idx"
    return Index(
        namespace="public",
        name=name,
        table="orders",
        columns=(f"(id % {number + 2})",),
        definition=f"CREATE INDEX {name} ON public.orders USING btree (((id % {number + 2})))",
    )


class LargeFleet:
    """Tenants that lack none, one or two of the declared indexes, and of whom some come to lack others in each scan.

    Args:
        tenants: How many.
        changes: How many indexes are declared, each of which some tenant lacks: so many changes the fleet has.
        hosts: On how many servers the tenants live.
    """

    def __init__(self, tenants: int, changes: int, hosts: int = 20) -> None:
        self._random = random.Random(SEED)
        indexes = [_index(number) for number in range(changes)]
        self._spec = spec_of((*ORDERS, *indexes))
        lacks = [(), *((number,) for number in range(changes)), *((n, (n + 7) % changes) for n in range(changes))]
        self._analyses = {str(key): self._analysis(str(key), indexes, lack) for key, lack in enumerate(lacks)}
        self._changes = changes
        self.targets = [
            Target(tenant=f"tenant-{number:06}", host=f"db-{number % hosts}", database=f"tenant_{number:06}")
            for number in range(tenants)
        ]
        self._stands = [self._anywhere() for _ in self.targets]

    def _analysis(self, key: str, indexes: list[Index], lack: tuple[int, ...]) -> Analysis:
        present = [index for number, index in enumerate(indexes) if number not in lack]
        statements = [create_index(indexes[number]) for number in lack]
        return analysis_of(key, self._spec, (*ORDERS, *present), statements=statements)

    def _drifted(self) -> str:
        two = self._random.random() < SHARE_WITH_TWO_CHANGES
        return str(1 + self._random.randrange(self._changes) + (self._changes if two else 0))

    def _anywhere(self) -> str:
        return self._drifted() if self._random.random() < SHARE_DRIFTED else IN_SYNC

    def move(self, share: float) -> None:
        """Let a share of the tenants stand elsewhere: half of them are put right, as many others come to drift.

        Args:
            share: Of the fleet.
        """
        half = round(share * len(self._stands) / 2)
        drifted = [number for number, stands in enumerate(self._stands) if stands != IN_SYNC]
        in_sync = [number for number, stands in enumerate(self._stands) if stands == IN_SYNC]
        for number in self._random.sample(drifted, half):
            self._stands[number] = IN_SYNC
        for number in self._random.sample(in_sync, half):
            self._stands[number] = self._drifted()

    def answers(self) -> list[ItemOutcome]:
        """Give what workers answer for each tenant."""
        return [
            (target.tenant, Observed(f"{stands:0>64}", 180000, 700))
            for target, stands in zip(self.targets, self._stands, strict=True)
        ]

    def report(self) -> ScanReport:
        """Give the report that a scan makes of these answers."""
        outcomes = [
            TenantOutcome(tenant=target.tenant, fingerprint=stands)
            for target, stands in zip(self.targets, self._stands, strict=True)
        ]
        return report_of(self._spec, outcomes, self._analyses, expected_version="")
