"""`tenancy-foreign-key-without-tenant`: a foreign key lets a row refer to another tenant's."""

from __future__ import annotations

from collections.abc import Iterator

from shared.findings.tenancy.case import TenancyCase
from shared.findings.tenancy.rule import AT_RISK, Fault, TenancyRule


def _judge(case: TenancyCase) -> Iterator[Fault]:
    column = case.tenancy.column
    for table in case.marked:
        for key in case.foreign_keys(table):
            pairs = zip(key.columns, key.referenced_columns, strict=False)
            if case.is_marked(key.references) and (column, column) not in pairs:
                message = (
                    f"{key.identity} ({', '.join(key.columns)}) refers to {key.references} without {column}: a row may "
                    "refer to one of another tenant, for PostgreSQL checks foreign keys past row-level security."
                )
                yield Fault(AT_RISK, key.identity, message, table.identity)


RULE = TenancyRule(
    id="tenancy-foreign-key-without-tenant", title="A foreign key may lead to another tenant", judge=_judge
)
