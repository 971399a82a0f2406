"""`tenancy-row-security-not-forced`: row-level security does not hold for the owner of a table."""

from __future__ import annotations

from collections.abc import Iterator

from shared.findings.tenancy.case import TenancyCase
from shared.findings.tenancy.rule import AT_RISK, Fault, TenancyRule


def _judge(case: TenancyCase) -> Iterator[Fault]:
    if not case.tenancy.setting:
        return
    for table in case.marked:
        if table.row_security and not table.force_row_security:
            message = (
                f"row-level security of {table.identity} is not forced: its owner, and every view and function that "
                "runs with the owner's rights, reads the rows of all tenants."
            )
            yield Fault(AT_RISK, table.identity, message, table.identity)


RULE = TenancyRule(id="tenancy-row-security-not-forced", title="Row-level security is not forced", judge=_judge)
