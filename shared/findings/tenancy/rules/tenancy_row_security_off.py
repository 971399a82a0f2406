"""`tenancy-row-security-off`: row-level security of a table with rows of tenants is not on."""

from __future__ import annotations

from collections.abc import Iterator

from shared.findings.tenancy.case import TenancyCase
from shared.findings.tenancy.rule import VIOLATED, Fault, TenancyRule


def _judge(case: TenancyCase) -> Iterator[Fault]:
    if not case.tenancy.setting:
        return
    for table in case.marked:
        if not table.row_security:
            message = (
                f"{table.identity} has no row-level security: "
                "every role that may read it reads the rows of all tenants."
            )
            yield Fault(VIOLATED, table.identity, message, table.identity)


RULE = TenancyRule(id="tenancy-row-security-off", title="Row-level security is not on", judge=_judge)
