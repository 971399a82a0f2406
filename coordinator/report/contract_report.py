"""What `fleetdrift contracts check` found: verdicts on services, and how much of them was read."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from shared.contracts.contract import Confidence, Contract, Verdict, VerdictStatus
from shared.contracts.coverage import Coverage

Place = tuple[str, str, int]
"""A service, a file of it and a line of that, from 1."""


class ContractReport(msgspec.Struct, frozen=True, kw_only=True):
    """The verdicts on some services, new ones first, and the coverage behind them.

    Args:
        verdicts: On all services.
        coverage: What was read of them, and what was not.
        static_because: Why PostgreSQL could not be asked, so that the verdicts are static; empty where it was, or where
            nobody wanted it to be.
        lines: What stands in Rust at the places of the verdicts, as far as it was looked up.
    """

    verdicts: tuple[Verdict, ...]
    coverage: Coverage
    static_because: str = ""
    lines: Mapping[Place, str] = {}

    @property
    def new(self) -> tuple[Verdict, ...]:
        """Give the verdicts that the declared schema does not earn as well."""
        return tuple(verdict for verdict in self.verdicts if not verdict.declared_too)

    @property
    def breaks(self) -> bool:
        """Whether something is violated or at risk that the declared schema keeps."""
        return any(verdict.status.counts for verdict in self.new)


class _Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict in JSON: the names of its fields are for ever."""

    status: VerdictStatus
    rule: str
    service: str
    file: str
    line: int
    column: int
    end_line: int
    query: str
    reason: str
    sqlstate: str
    declared_too: bool
    confidence: Confidence
    fix: str
    declared_at: tuple[str, ...]


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """A query or a mapping in JSON."""

    service: str
    file: str
    line: int
    driver: str
    form: str = ""
    name: str = ""
    text: str = ""


def contract_json(report: ContractReport) -> str:
    """Write a report as JSON."""
    shown = [
        _Shown(
            status=verdict.status,
            rule=verdict.rule,
            service=verdict.service,
            file=verdict.file,
            line=verdict.line,
            column=verdict.column,
            end_line=verdict.end_line,
            query=verdict.subject,
            reason=verdict.reason,
            sqlstate=verdict.sqlstate,
            declared_too=verdict.declared_too,
            confidence=verdict.confidence,
            fix=verdict.fix,
            declared_at=tuple(map(str, verdict.declared_at)),
        )
        for verdict in report.verdicts
    ]
    because = {"static_because": report.static_because} if report.static_because else {}
    return _json({"verdicts": shown, "coverage": report.coverage, **because})


def listing_json(contracts: tuple[Contract, ...], coverage: Coverage) -> str:
    """Write what was found in services as JSON."""
    queries = [
        _Place(
            service=contract.service,
            file=query.file,
            line=query.line,
            driver=query.driver,
            form=query.macro,
            text=query.sql,
        )
        for contract in contracts
        for query in contract.queries
        if query.in_source
    ]
    mappings = [
        _Place(service=contract.service, file=mapping.file, line=mapping.line, driver=mapping.driver, name=mapping.name)
        for contract in contracts
        for mapping in contract.mappings
    ]
    return _json({"coverage": coverage, "queries": queries, "mappings": mappings})


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
