"""`contract-parameter-type`: the service sends a type that the statement does not take here.

tokio-postgres and postgres send a value only as a type that its Rust type maps; the server says which one it wants.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import Query, Verdict, VerdictStatus
from shared.contracts.drivers.postgres_types import DRIVERS, takes, takes_generated
from shared.contracts.facts import UNTOLD, SqlType
from shared.contracts.rule import ContractRule
from shared.contracts.rust_types import Decoding, share_a_rust_type

_ID = "contract-parameter-type"


def _judge(case: Case) -> Iterator[Verdict]:
    for query, facts, declared in case.results():
        if declared is None or not (query.driver in DRIVERS or query.generated):
            continue
        given = (*query.argument_types, *itertools.repeat("", len(facts.parameters)))
        wanted = zip(given, facts.parameters, declared.parameters, strict=False)
        for number, (written, here, there) in enumerate(wanted, start=1):
            if UNTOLD in {here, there} or here == there:
                continue
            what = f"${number} is {here}, declared {there}"
            if query.generated:
                if takes_generated(there, here) is Decoding.FAILS:
                    yield case.verdict(query, _ID, f"{what}, and the service was generated for that")
            elif _sends(case, query, written, there) and not _sends(case, query, written, here):
                yield case.verdict(query, _ID, f"{what}, and the service sends {written}")
            elif not _is_known(case, query, written) and not share_a_rust_type(there, here):
                reason = f"{what}, and what the service sends can hardly be both"
                yield case.verdict(query, _ID, reason, status=VerdictStatus.AT_RISK)


def _is_known(case: Case, query: Query, written: str) -> bool:
    known = case.enum_of(written, query.file) or case.resolve(written, query.file)
    return bool(written) and known is not None


def _sends(case: Case, query: Query, written: str, wanted: SqlType) -> bool:
    enum = case.enum_of(written, query.file)
    if enum is not None:
        return enum.type_name.rpartition(".")[2].strip('"').lower() == wanted.name.lower()
    rust = case.resolve(written, query.file) if written else None
    return rust is not None and takes(rust, wanted) is Decoding.WORKS


RULE = ContractRule(id=_ID, title="The service sends a type that a statement does not take", judge=_judge)
