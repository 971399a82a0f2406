"""`tenancy-column-missing`: a table that holds rows of tenants does not say whose they are."""

from __future__ import annotations

from collections.abc import Iterator

from shared.findings.tenancy.case import TenancyCase
from shared.findings.tenancy.rule import VIOLATED, Fault, TenancyRule


def _judge(case: TenancyCase) -> Iterator[Fault]:
    for table in case.tables:
        if case.column(table) is None:
            message = (
                f"{table.identity} has no column {case.tenancy.column}: nothing says whose its rows are, so no policy "
                "and no query can keep tenants apart in it."
            )
            yield Fault(VIOLATED, table.identity, message, table.identity)


RULE = TenancyRule(id="tenancy-column-missing", title="A table has no tenant column", judge=_judge)
