"""`contract-composite-type`: a Rust struct and the composite type it is stored as do not have the same attributes.

postgres-derive compares the number and the names of the attributes before it sends or reads one.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import RustComposite, Verdict, VerdictStatus
from shared.contracts.rule import ContractRule
from shared.schema.types import CompositeType

_ID = "contract-composite-type"


def _judge(case: Case) -> Iterator[Verdict]:
    for composite in case.contract.composites:
        here = case.relations.composite(composite.type_name)
        there = case.declared_relations.composite(composite.type_name) if case.declared_relations else None
        if here is not None:
            yield from _attributes(case, composite, here, there)
        elif there is not None:
            yield case.verdict(composite, _ID, f"the type {composite.type_name} does not exist here", sqlstate="42704")


def _attributes(
    case: Case, composite: RustComposite, here: CompositeType, there: CompositeType | None
) -> Iterator[Verdict]:
    wanted = sorted(field.name for field in composite.fields)
    found = sorted(attribute.name for attribute in here.attributes)
    if wanted != found:
        reason = (
            f"{composite.type_name} has the attributes {', '.join(found)}, and {composite.name} {', '.join(wanted)}"
        )
        yield case.verdict(composite, _ID, reason)
        return
    declared = {attribute.name: attribute.type for attribute in there.attributes} if there else {}
    for attribute in here.attributes:
        if declared.get(attribute.name, attribute.type) != attribute.type:
            reason = (
                f"{composite.type_name}.{attribute.name} is {attribute.type}, declared {declared[attribute.name]}, "
                f"and whether {composite.name} takes it cannot be told"
            )
            yield case.verdict(composite, _ID, reason, status=VerdictStatus.UNVERIFIED)


RULE = ContractRule(id=_ID, title="A Rust struct and its composite type differ", judge=_judge)
