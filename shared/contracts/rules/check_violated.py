"""`contract-check-violated`: the constants that a statement writes make a CHECK constraint false, every time.

PostgreSQL itself evaluates the constraint for these constants; nothing is claimed when one of its columns gets a value
that is not in the source.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Verdict
from shared.contracts.facts import CheckProbe
from shared.contracts.rule import ContractRule
from shared.contracts.writes import domain_probes_of, probes_of, table_writes
from shared.schema.identity import QualifiedName

_ID = "contract-check-violated"


def _judge(case: Case) -> Iterator[Verdict]:
    for query, _, _ in case.results():
        for written in table_writes(query, case.relations):
            probes = (*probes_of(written, case.relations), *domain_probes_of(written, case.relations))
            for probe in probes:
                if case.observed.check_fails(probe):
                    yield case.verdict(query, _ID, _reason(case, probe), sqlstate="23514")


def _reason(case: Case, probe: CheckProbe) -> str:
    values = ", ".join(f"{v.column} = {'NULL' if v.value is None else repr(v.value)}" for v in probe.values)
    where = f"the CHECK constraint {probe.constraint} of {probe.table}"
    return f"{values} always violates {where}{_undeclared(case, probe)}: CHECK {probe.expression}"


def _undeclared(case: Case, probe: CheckProbe) -> str:
    if case.declared_relations is None:
        return ""
    holder = QualifiedName(probe.namespace, probe.table)
    names = {constraint.name for constraint, _ in case.declared_relations.checks(holder)}
    names.update(name for name, _, _ in case.declared_relations.domain_checks(holder))
    return "" if probe.constraint in names else ", which nobody declared"


RULE = ContractRule(id=_ID, title="A statement always violates a CHECK constraint", judge=_judge)
