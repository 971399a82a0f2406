"""What is worth telling people when a scan is over: what has become different, never what is still as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from coordinator.memory.model import ChangeSubject, FleetChange
from coordinator.memory.transitions import FleetCounts, Transition
from coordinator.settings.notify import NoticeKind
from shared.findings.finding import Severity

_MAX_EVENTS_TOLD = 50
"""Events of one notice that are told one by one; of the others it says how many there are."""


class NoticeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a notice: something that has become different in the fleet with a scan.

    Args:
        kind: What.
        sentence: The same for people.
        severity: Of the change; ERROR where it is about none.
        change: Id of the change; empty where it is about none.
        object: What the change is about.
        tenants: How many tenants have it now.
        before: How many had it before.
    """

    kind: NoticeKind
    sentence: str
    severity: Severity = Severity.ERROR
    change: str = ""
    object: str = ""
    tenants: int = 0
    before: int = 0


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """The message that is sent when a scan is over: what has become different in the fleet.

    Args:
        id: Names it: a notice that is sent twice has the same.
        fleet: Name.
        scan: Id of the scan.
        at: When it was recorded.
        tenants: How many the fleet has.
        drifted: How many of them are known to be drifted.
        unread: How many of them the last try did not read: whether those have drifted since, nobody knows.
        events: The worst first.
        more: Events beyond those.
    """

    id: str
    fleet: str
    scan: str
    at: dt.datetime
    tenants: int
    drifted: int
    events: tuple[NoticeEvent, ...]
    more: int = 0
    unread: int = 0


class NoticeRules(msgspec.Struct, frozen=True, kw_only=True):
    """When something is worth telling, and to whom.

    Args:
        sinks: Names of those who are told.
        spread: Share of the fleet beyond which a change that spreads is told again.
        suspicious: Share of the fleet of which a single scan may find that it has drifted; a larger one is suspicious.
    """

    sinks: tuple[str, ...] = ()
    spread: float = 0.1
    suspicious: float = 0.2


TELL_NOBODY = NoticeRules()
"""What becomes different is remembered, and nobody is told."""


def suspicion(before: FleetCounts, after: FleetCounts, rules: NoticeRules, *, declared_anew: bool) -> str:
    """Say in a sentence why a scan's result is more than is likely; empty when it is not.

    Args:
        before: The fleet before the scan.
        after: The fleet as the scan found it.
        rules: The share that is likely.
        declared_anew: What is declared is not what it was.
    """
    drifted = after.drifted - before.drifted
    if drifted < MIN_SUSPICIOUS_TENANTS or drifted <= rules.suspicious * after.tenants:
        return ""
    declared = ", and what is declared has changed since" if declared_anew else ""
    return (
        f"{drifted:,} of {after.tenants:,} tenants have drifted since the scan before{declared}: "
        f"more than {rules.suspicious:.0%} of the fleet"
    )


MIN_SUSPICIOUS_TENANTS = 3
"""Tenants that drift at once below which nothing is suspicious: in a fleet of three, one is a third."""


def events_of(
    transitions: Sequence[Transition],
    changes: Mapping[str, FleetChange],
    before: FleetCounts,
    after: FleetCounts,
    rules: NoticeRules,
) -> tuple[NoticeEvent, ...]:
    """Say what has become different with a scan.

    Args:
        transitions: What became of changes.
        changes: Those, by id.
        before: The fleet before the scan.
        after: The fleet as the scan found it.
        rules: When something is worth telling.

    Returns:
        The worst first, of equal ones those of most tenants.
    """
    found = [event for each in transitions for event in _of_change(each, changes[each.change], after, rules)]
    found += _of_tenants(before, after)
    order = list(Severity)
    return tuple(sorted(found, key=lambda event: (order.index(event.severity), -event.tenants, event.change)))


def _of_change(each: Transition, change: FleetChange, after: FleetCounts, rules: NoticeRules) -> Iterator[NoticeEvent]:
    match each:
        case Transition(is_open=False, was_open=True, is_new=False):
            yield _event(NoticeKind.RESOLVED, each, change, "no tenant has it any more")
        case Transition(is_open=True, is_new=True):
            kind = NoticeKind.BROKEN if change.subject is ChangeSubject.CONTRACT else NoticeKind.NEW
            yield _event(kind, each, change, _tenants(each.tenants))
        case Transition(is_open=True, was_open=False):
            yield _event(NoticeKind.BACK, each, change, f"it is back, in {_tenants(each.tenants)}")
        case Transition(is_open=True) if each.before <= rules.spread * after.tenants < each.tenants:
            yield _event(NoticeKind.SPREADING, each, change, f"from {each.before:,} to {_tenants(each.tenants)}")
        case _:
            return


def _event(kind: NoticeKind, each: Transition, change: FleetChange, said: str) -> NoticeEvent:
    what = change.message.removesuffix(".") or f"{change.kind} {change.object}"
    return NoticeEvent(
        kind=kind,
        sentence=f"{what}: {said}",
        severity=change.severity,
        change=change.id,
        object=change.object,
        tenants=each.tenants,
        before=each.before,
    )


def _of_tenants(before: FleetCounts, after: FleetCounts) -> Iterator[NoticeEvent]:
    unread, earlier = after.unread - after.in_maintenance, before.unread - before.in_maintenance
    more = unread - earlier
    if more > 0:
        yield NoticeEvent(
            kind=NoticeKind.UNREACHABLE,
            sentence=f"{_tenants(more)} could be read before and cannot be read now; {unread:,} in all",
            tenants=unread,
            before=earlier,
        )


def _tenants(count: int) -> str:
    return f"{count:,} tenant" if count == 1 else f"{count:,} tenants"


def notice(
    scan: str, fleet: str, at: dt.datetime, after: FleetCounts, events: Sequence[NoticeEvent], *, part: str = "scan"
) -> Notice:
    """Make a notice of events.

    Args:
        scan: Id.
        fleet: Name.
        at: When the scan was recorded.
        after: The fleet as the scan found it.
        events: The worst first.
        part: Tells several notices of one scan apart.
    """
    return Notice(
        id=f"{scan}:{part}",
        fleet=fleet,
        scan=scan,
        at=at,
        tenants=after.tenants,
        drifted=after.drifted,
        unread=after.unread,
        events=tuple(events[:_MAX_EVENTS_TOLD]),
        more=max(0, len(events) - _MAX_EVENTS_TOLD),
    )


def sample_notice(fleet: str, scan: str, at: dt.datetime) -> Notice:
    """Make a notice that says it is a test.

    Args:
        fleet: Name.
        scan: An id that no scan has.
        at: When.
    """
    event = NoticeEvent(
        kind=NoticeKind.NEW, sentence="this is a test: nothing has become different", severity=Severity.INFO
    )
    return notice(scan, fleet, at, FleetCounts(), [event], part="test")
