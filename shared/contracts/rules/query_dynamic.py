"""`contract-query-dynamic`: the SQL of a query is not in the source, so nothing can be said of it."""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Verdict, VerdictStatus
from shared.contracts.rule import ContractRule

_ID = "contract-query-dynamic"


def _judge(case: Case) -> Iterator[Verdict]:
    for opaque in case.contract.unread:
        if not opaque.macro:
            continue  # a file: the report names it
        yield Verdict(
            service=case.contract.service,
            file=opaque.file,
            line=opaque.line,
            subject=opaque.macro,
            status=VerdictStatus.UNVERIFIED,
            rule=_ID,
            reason=opaque.reason,
            root=case.contract.root,
        )


RULE = ContractRule(id=_ID, title="A query is made at run time", judge=_judge)
