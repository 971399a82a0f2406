"""`tenancy-column-nullable`: the tenant column of a table may be NULL."""

from __future__ import annotations

from collections.abc import Iterator

from shared.findings.tenancy.case import TenancyCase
from shared.findings.tenancy.rule import AT_RISK, Fault, TenancyRule


def _judge(case: TenancyCase) -> Iterator[Fault]:
    for table in case.marked:
        column = case.column(table)
        if column is not None and not column.not_null:
            message = (
                f"{column.identity} may be NULL: such a row belongs to no tenant, policies hide it from all of them, "
                "and keys and foreign keys do not hold for it."
            )
            yield Fault(AT_RISK, column.identity, message, table.identity)


RULE = TenancyRule(id="tenancy-column-nullable", title="The tenant column may be NULL", judge=_judge)
