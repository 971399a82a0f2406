"""Counts the queries of services by what becomes of them in the fleet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from coordinator.report.model import QueryCount, ReportBody
from shared.contracts.contract import Contract, VerdictStatus

_WORST_FIRST = (VerdictStatus.VIOLATED, VerdictStatus.AT_RISK, VerdictStatus.UNVERIFIED, VerdictStatus.HOLDS)
_UNREAD = "unread"

_Place = tuple[str, str, int]
"""Service, file and line of a query."""


def count_queries(contracts: Sequence[Contract], body: ReportBody) -> tuple[QueryCount, ...]:
    """Count queries by service, driver and the worst that any tenant, or the declared schema, makes of them.

    Args:
        contracts: Of the services.
        body: Has the verdicts.
    """
    worst: dict[_Place, VerdictStatus] = {}
    for verdict in (*(verdict for group in body.groups for verdict in group.verdicts), *body.service_faults):
        place = verdict.service, verdict.file, verdict.line
        worst[place] = min(worst.get(place, VerdictStatus.HOLDS), verdict.status, key=_WORST_FIRST.index)
    counted: Counter[tuple[str, str, str]] = Counter()
    for contract in contracts:
        for query in contract.queries:
            status = worst.get((contract.service, query.file, query.line), VerdictStatus.HOLDS)
            counted[contract.service, query.driver, status.value] += 1
        counted.update((contract.service, place.driver, _UNREAD) for place in contract.unread if place.driver)
    return tuple(
        QueryCount(service=service, driver=driver, result=result, queries=count)
        for (service, driver, result), count in sorted(counted.items())
    )
