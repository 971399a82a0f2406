"""`tenancy-key-without-tenant`: a primary key, unique key or unique index holds across tenants."""

from __future__ import annotations

from collections.abc import Iterator

from shared.findings.tenancy.case import TenancyCase
from shared.findings.tenancy.rule import AT_RISK, Fault, TenancyRule


def _judge(case: TenancyCase) -> Iterator[Fault]:
    for table in case.marked:
        for key in case.keys(table):
            if not case.has_tenant(key.columns):
                message = (
                    f"{key.identity} ({', '.join(key.columns)}) does not contain {case.tenancy.column}: it holds "
                    "across tenants, so one of them is refused what another one has, and learns of it."
                )
                yield Fault(AT_RISK, key.identity, message, table.identity)


RULE = TenancyRule(id="tenancy-key-without-tenant", title="A key holds across tenants", judge=_judge)
