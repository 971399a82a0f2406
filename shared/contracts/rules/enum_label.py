"""`contract-enum-label`: a Rust enum and the PostgreSQL enum it is stored as do not have the same labels."""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.case import Case
from shared.contracts.contract import RustEnum, Verdict, VerdictStatus
from shared.contracts.drivers.postgres_types import DRIVERS
from shared.contracts.rule import ContractRule
from shared.schema.types import EnumType

_ID = "contract-enum-label"


def _judge(case: Case) -> Iterator[Verdict]:
    for enum in case.contract.enums:
        here = case.relations.enum(enum.type_name)
        there = case.declared_relations.enum(enum.type_name) if case.declared_relations else None
        if here is not None:
            yield from _labels(case, enum, here, there)
        elif there is not None:
            yield case.verdict(enum, _ID, f"the type {enum.type_name} does not exist here", sqlstate="42704")


def _labels(case: Case, enum: RustEnum, here: EnumType, there: EnumType | None) -> Iterator[Verdict]:
    for label in enum.labels:
        if label not in here.labels:
            reason = f"{enum.name} is written as {label!r}, a label that {enum.type_name} lacks"
            yield case.verdict(enum, _ID, reason, sqlstate="22P02")
    for label in here.labels:
        if label in enum.labels:
            continue
        reason = f"{enum.type_name} has the label {label!r}, which {enum.name} does not decode"
        # Where the declared type has it too, the service may well never read it: its author knew.
        known = there is None or label in there.labels
        if enum.exact:
            reason = f"{reason}: the driver refuses every value of an enum with other labels"
            yield case.verdict(enum, _ID, reason)
        elif enum.driver not in DRIVERS or _is_read(case, enum):
            yield case.verdict(enum, _ID, reason, status=VerdictStatus.UNVERIFIED if known else VerdictStatus.AT_RISK)


def _is_read(case: Case, enum: RustEnum) -> bool:
    """Say whether some row is read into an enum: what is only written meets no label of others."""
    return any(
        case.enum_of(field.type, query.file) == enum for query in case.contract.queries for field in query.fields
    )


RULE = ContractRule(id=_ID, title="A Rust enum and its PostgreSQL enum differ", judge=_judge)
