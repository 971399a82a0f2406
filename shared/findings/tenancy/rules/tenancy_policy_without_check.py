"""`tenancy-policy-without-check`: a policy says which rows are seen, and not which may be written."""

from __future__ import annotations

from collections.abc import Iterator

from shared.findings.tenancy.case import TenancyCase
from shared.findings.tenancy.rule import AT_RISK, Fault, TenancyRule


def _judge(case: TenancyCase) -> Iterator[Fault]:
    if not case.tenancy.setting:
        return
    for table in case.marked:
        for policy in case.policies(table) if table.row_security else ():
            if policy.command in {"all", "update"} and policy.using and not policy.with_check:
                message = (
                    f"{policy.identity} has no WITH CHECK: PostgreSQL checks the rows that are written by USING, so "
                    "whoever lets more rows be read lets them be written into other tenants as well."
                )
                yield Fault(AT_RISK, policy.identity, message, table.identity)


RULE = TenancyRule(id="tenancy-policy-without-check", title="A policy has no WITH CHECK", judge=_judge)
