"""Write verdicts on services, and what was read of them, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from coordinator.report.contract_report import ContractReport, Place
from coordinator.report.renderers.presentation import plural
from coordinator.report.renderers.visible import visible, visible_lines
from shared.contracts.contract import Confidence, Contract, Verdict, VerdictStatus
from shared.contracts.coverage import Coverage

_INDENT = " " * 12  # below the status


def render_check(report: ContractReport) -> str:
    """Write the verdicts: new ones first, the services' own faults behind them, what was not read last."""
    own = tuple(verdict for verdict in report.verdicts if verdict.declared_too)
    lines = [*_headline(report), *_verdicts(report.new, report.lines)]
    if own:
        lines += [
            "",
            "The services' own faults, which the declared schema shows as well:",
            *_verdicts(own, report.lines),
        ]
    return _text([*lines, *_unread(report.coverage)])


def render_listing(contracts: Iterable[Contract], coverage: Coverage) -> str:
    """Write what was found in services: by driver, then place by place."""
    lines = [f"{driver}: {_counts(coverage, driver)}" for driver in coverage.by_driver]
    for contract in contracts:
        for query in contract.queries:
            if query.in_source:
                text = " ".join(query.sql.split())
                lines.append(f"{query.file}:{query.line}: {query.driver} {query.macro}: {visible(text)}")
        lines += [f"{each.file}:{each.line}: {each.driver} mapping {each.name}" for each in contract.mappings]
    return _text([*lines, *_unread(coverage)])


def _counts(coverage: Coverage, driver: str) -> str:
    found = coverage.by_driver[driver]
    counts = [plural(found.queries, "query"), plural(found.mappings, "mapping")]
    if found.unread:
        counts.append(f"{plural(found.unread, 'place')} not read")
    versions = f" (version {', '.join(found.versions)})" if found.versions else ""
    return ", ".join(counts) + versions


def _headline(report: ContractReport) -> Iterator[str]:
    broken = sum(verdict.status.counts for verdict in report.new)
    asked = f"{plural(report.coverage.queries, 'query')} read"
    if report.coverage.unread:
        asked += f", {plural(len(report.coverage.unread), 'place')} not read"
    unknown = sum(verdict.status is VerdictStatus.UNVERIFIED for verdict in report.new)
    what = "breaks" if broken == 1 else "break"
    undecided = f", {unknown:,} not decided" if unknown else ""
    if report.static_because:
        yield f"PostgreSQL could not be asked, so the verdicts are static: {visible(report.static_because)}"
    nothing = "nothing is known to break" if unknown else "nothing breaks"
    said = f"{plural(broken, 'query')} or mapping {what}" if broken else nothing
    yield f"{said}{undecided} ({asked})"


def _verdicts(verdicts: Iterable[Verdict], lines: Mapping[Place, str]) -> Iterator[str]:
    for verdict in verdicts:
        code = f" ({verdict.sqlstate})" if verdict.sqlstate else ""
        how = "  (static)" if verdict.confidence is Confidence.STATIC else ""
        yield ""
        yield f"{verdict.status:<12}{verdict.rule}  {verdict.service} {verdict.file}:{verdict.line}{how}"
        yield f"{_INDENT}{visible(verdict.reason)}{code}"
        rust = lines.get((verdict.service, verdict.file, verdict.line), "")
        if rust:
            yield f"{_INDENT}rust:      {visible(rust)}"
        yield from (f"{_INDENT}declared:  {visible(str(origin))}" for origin in verdict.declared_at)
        if verdict.subject.strip() not in rust:
            yield from (f"{_INDENT}{line}" for line in visible_lines(verdict.subject.strip()).split("\n"))
        if verdict.fix:
            yield f"{_INDENT}works here: {visible(verdict.fix)}"


def _unread(coverage: Coverage) -> Iterator[str]:
    if coverage.unread:
        yield ""
        yield "Not read:"
        yield from (f"  {visible(str(place))}" for place in coverage.unread)


def _text(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines) + "\n"
