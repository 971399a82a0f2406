"""What is wrong, each thing once, with its tenants: over all drift groups, and against an earlier report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

import msgspec

from coordinator.report.model import DriftGroup, ReportBody, TenantStatus
from shared.contracts.contract import Verdict, VerdictStatus
from shared.findings.finding import Finding, Severity

_READ = frozenset({TenantStatus.IN_SYNC, TenantStatus.DRIFTED, TenantStatus.PENDING, TenantStatus.UNVERIFIED})


_OWN_NAMESPACE = "{tenant}"
"""Stands for the namespace of a tenant that has one of its own, where a tenant with a database has `public`."""
_PUBLIC = "public"


class RolledUp(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, whatever else its tenants have.

    Args:
        severity: How bad.
        rule: The rule's id.
        object: What it is about.
        message: One sentence.
        tenants: Who has it, sorted.
        group: Id of the drift group that has it in most tenants; empty while none is chosen.
    """

    severity: Severity
    rule: str
    object: str
    message: str
    tenants: tuple[str, ...]
    group: str = ""


def roll_up(body: ReportBody) -> tuple[RolledUp, ...]:
    """Give everything that is wrong in a report: the worst first, of equal ones those of most tenants.

    What tenants with a namespace and tenants with a database of their own lack is one thing, called as those with a
    database have it.
    """
    tenants: defaultdict[RolledUp, set[str]] = defaultdict(set)
    spelt: dict[RolledUp, RolledUp] = {}
    largest: dict[RolledUp, str] = {}
    for group in sorted(body.groups, key=lambda group: -len(group.tenants)):
        for wrong in wrong_in(group):
            same = as_with_a_database(wrong)
            tenants[same].update(group.tenants)
            spelt[same] = wrong if spelt.get(same, wrong) == wrong else same
            largest.setdefault(same, group.id)
    found = [
        msgspec.structs.replace(spelt[same], tenants=tuple(sorted(having)), group=largest[same])
        for same, having in tenants.items()
    ]
    return tuple(sorted(found, key=_worst_first))


def new_since(body: ReportBody, before: ReportBody) -> tuple[RolledUp, ...]:
    """Give what is wrong in tenants that did not have it in an earlier report, with those tenants alone.

    A tenant that the earlier report does not say anything about counts as one that did not have it.

    Args:
        body: The report.
        before: The earlier one.
    """
    return _beyond(body, before)


def gone_since(body: ReportBody, before: ReportBody) -> tuple[RolledUp, ...]:
    """Give what an earlier report found in tenants that were read now and do not have it any more.

    Args:
        body: The report.
        before: The earlier one.
    """
    read = {result.tenant for result in body.tenants if result.status in _READ}
    beyond = (
        msgspec.structs.replace(wrong, tenants=tuple(tenant for tenant in wrong.tenants if tenant in read))
        for wrong in _beyond(before, body)
    )
    return tuple(sorted((wrong for wrong in beyond if wrong.tenants), key=_worst_first))


def _beyond(body: ReportBody, other: ReportBody) -> tuple[RolledUp, ...]:
    known = {_identity(wrong): set(wrong.tenants) for wrong in roll_up(other)}
    found = (
        msgspec.structs.replace(
            wrong, tenants=tuple(tenant for tenant in wrong.tenants if tenant not in known.get(_identity(wrong), ()))
        )
        for wrong in roll_up(body)
    )
    return tuple(sorted((wrong for wrong in found if wrong.tenants), key=_worst_first))


def wrong_in(group: DriftGroup) -> Iterator[RolledUp]:
    """Give what is wrong in a drift group, without its tenants."""
    breaking = (verdict for verdict in group.verdicts if verdict.status.counts)
    return chain(map(of_finding, group.findings), map(of_verdict, breaking))


def of_finding(finding: Finding) -> RolledUp:
    """Name what a finding says, without its tenants."""
    return RolledUp(
        severity=finding.severity, rule=finding.rule, object=str(finding.object), message=finding.message, tenants=()
    )


def of_verdict(verdict: Verdict) -> RolledUp:
    """Name what a verdict on a service says, without its tenants."""
    return RolledUp(
        severity=Severity.ERROR if verdict.status is VerdictStatus.VIOLATED else Severity.WARNING,
        rule=verdict.rule,
        object=f"{verdict.service}: {verdict.file}:{verdict.line}",
        message=verdict.reason,
        tenants=(),
    )


def _identity(wrong: RolledUp) -> RolledUp:
    return as_with_a_database(msgspec.structs.replace(wrong, tenants=(), group=""))


def as_with_a_database(wrong: RolledUp) -> RolledUp:
    """Spell what is wrong as tenants with a database of their own have it: in `public`."""

    def plain(text: str) -> str:
        return text.replace(f'"{_OWN_NAMESPACE}"', _PUBLIC).replace(_OWN_NAMESPACE, _PUBLIC)

    return msgspec.structs.replace(wrong, object=plain(wrong.object), message=plain(wrong.message))


def _worst_first(wrong: RolledUp) -> tuple[int, int, str, str]:
    return list(Severity).index(wrong.severity), -len(wrong.tenants), wrong.object, wrong.message
