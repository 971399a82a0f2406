"""`tenancy-foreign-key-cardinality`: a foreign key allows another number of rows than is declared."""

from __future__ import annotations

from collections.abc import Iterator

from shared.findings.tenancy.case import TenancyCase
from shared.findings.tenancy.rule import AT_RISK, Fault, TenancyRule
from shared.schema.relations import Constraint, Table


def _judge(case: TenancyCase) -> Iterator[Fault]:
    if case.declared is None:
        return
    for table in case.tables:
        there = case.declared.table(table)
        expected = {key.name: key for key in case.declared.foreign_keys(there)} if there else {}
        for key in case.foreign_keys(table):
            if there is None or key.name not in expected:
                continue
            declared = (_how_many(case.declared, there, expected[key.name]), _which(case.declared, there, key))
            observed = (_how_many(case, table, key), _which(case, table, key))
            for wanted, found in zip(declared, observed, strict=True):
                if wanted != found:
                    message = f"{key.identity}: declared is that {wanted}, and here {found}."
                    yield Fault(AT_RISK, key.identity, message, table.identity)


def _how_many(case: TenancyCase, table: Table, key: Constraint) -> str:
    columns = set(key.columns)
    unique = any(set(each.columns) <= columns and not getattr(each, "predicate", "") for each in case.keys(table))
    return f"{'at most one row refers' if unique else 'any number of rows refer'} to one and the same"


def _which(case: TenancyCase, table: Table, key: Constraint) -> str:
    known = case.columns(table)
    optional = any(not known[name].not_null for name in key.columns if name in known)
    return f"a row {'may refer to none' if optional else 'always refers to one'}"


RULE = TenancyRule(
    id="tenancy-foreign-key-cardinality", title="A foreign key allows another number of rows", judge=_judge
)
