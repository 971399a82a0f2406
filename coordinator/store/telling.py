"""Writes down what is to be told of a scan, in the transaction that records it; `coordinator/notify` sends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec

from coordinator.memory.model import FleetChange
from coordinator.memory.notices import Notice, NoticeEvent, NoticeRules, events_of, notice, suspicion
from coordinator.memory.transitions import FleetCounts, Recorded
from coordinator.settings.notify import NoticeKind
from coordinator.store.connection import query
from shared.formats import FLEET_CHANGE, NOTICE, decode_json, encode_json

_LARGEST_NAMED = 3
"""Changes that the notice of a suspicious scan names."""


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What was known of a fleet before a scan.

    Args:
        spec: What was declared then.
        suspicious_scan: The scan that nobody has confirmed yet; none when there is none.
        suspicious_drifted: How many tenants were known to be drifted before that one.
        statuses: (status, tenants) before this scan.
    """

    spec: str
    suspicious_scan: str | None
    suspicious_drifted: int
    statuses: tuple[tuple[str, int], ...]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A scan that was recorded, with what it has changed: what notices are made of.

    Args:
        fleet: Name.
        scan: Id.
        at: When it was recorded.
        spec: What is declared.
        recorded: What it has changed.
        past: What was known before it.
    """

    fleet: str
    scan: str
    at: dt.datetime
    spec: str
    recorded: Recorded
    past: Past


async def tell(connection: Any, told: Told, rules: NoticeRules) -> Recorded:
    """Write down what a scan has to tell; hold it back where the scan is suspicious.

    A suspicion ends when somebody confirms it, or when a later scan finds the fleet as it was: what was held back then
    was never so, and is not told.

    Args:
        connection: To the store, in a transaction.
        told: The scan.
        rules: What is worth telling, and to whom.

    Returns:
        What the scan has changed, with the suspicion.
    """
    recorded, past = told.recorded, told.past
    earlier = await _earlier_suspicion(connection, told, rules)
    found = events_of(recorded.transitions, await _changes(connection, told), recorded.before, recorded.after, rules)
    events = tuple(
        event for event in found if event.kind is not NoticeKind.RESOLVED or event.change not in earlier.untold
    )
    why = ""
    if past.suspicious_scan is None:
        declared_anew = past.spec not in {"", told.spec}
        why = suspicion(recorded.before, recorded.after, rules, declared_anew=declared_anew)
    if why:
        await _suspect(connection, told, why, events, rules)
    if events:
        changes = [event.change for event in events if event.change]
        await put_notice(connection, _notice(told, events), rules, held=earlier.holds or bool(why), changes=changes)
    return msgspec.structs.replace(recorded, suspicion=why)


class _Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """What an earlier suspicious scan means for this one.

    Args:
        holds: It is suspicious still: what this scan has to tell is held back too.
        untold: Changes that it found, and that were never told because the fleet is as it was before it.
    """

    holds: bool = False
    untold: frozenset[str] = frozenset()


async def _earlier_suspicion(connection: Any, told: Told, rules: NoticeRules) -> _Earlier:
    """See whether an earlier scan is suspicious still; end that when the fleet is as it was before it."""
    if told.past.suspicious_scan is None:
        return _Earlier()
    was = FleetCounts(tenants=told.recorded.after.tenants, drifted=told.past.suspicious_drifted)
    if suspicion(was, told.recorded.after, rules, declared_anew=False):
        return _Earlier(holds=True)
    await connection.fetch(query("end_suspicion"), told.fleet, None)
    rows = await connection.fetch(query("withdraw_notices"), told.fleet)
    return _Earlier(untold=frozenset(change for row in rows for change in row["changes"]))


async def _suspect(connection: Any, told: Told, why: str, events: Sequence[NoticeEvent], rules: NoticeRules) -> None:
    """Keep the statuses before the scan, and tell at once that it is suspicious."""
    statuses = msgspec.json.encode(told.past.statuses).decode()
    drifted = told.recorded.before.drifted
    await connection.execute(query("suspect_scan"), told.fleet, told.scan, why, statuses, drifted)
    largest = sorted(events, key=lambda event: -event.tenants)[:_LARGEST_NAMED]
    named = "; ".join(event.sentence for event in largest)
    sentence = (
        f"scan {told.scan} is suspicious, because {why}. {named}. `fleetdrift scans confirm {told.scan}` if it is so"
    )
    event = NoticeEvent(
        kind=NoticeKind.SUSPICIOUS, sentence=sentence, tenants=told.recorded.after.drifted, before=drifted
    )
    await put_notice(connection, _notice(told, [event], part="suspicious"), rules)


async def _changes(connection: Any, told: Told) -> dict[str, FleetChange]:
    ids = [each.change for each in told.recorded.transitions]
    rows = await connection.fetch(query("changes_by_id"), told.fleet, ids)
    found = [decode_json(FLEET_CHANGE, row["document"], FleetChange) for row in rows]
    return {change.id: change for change in found}


def _notice(told: Told, events: Sequence[NoticeEvent], *, part: str = "scan") -> Notice:
    return notice(told.scan, told.fleet, told.at, told.recorded.after, events, part=part)


async def put_notice(
    connection: Any, what: Notice, rules: NoticeRules, *, held: bool = False, changes: Sequence[str] = ()
) -> None:
    """Write a notice down for every sink; one that is written already stays.

    Args:
        connection: To the store, in a transaction.
        what: The notice.
        rules: Who is told.
        held: It waits until its scan is confirmed.
        changes: Ids of all changes that it is about, also those that it only counts.
    """
    if not rules.sinks:
        return
    row = (what.id, what.fleet, what.scan, held, encode_json(NOTICE, what).decode(), list(rules.sinks), list(changes))
    await connection.execute(query("put_notice"), *row)


async def tell_failure(connection: Any, scan: str, reason: str, rules: NoticeRules) -> None:
    """Write down that a scan failed, unless the one before failed too.

    Args:
        connection: To the store, in a transaction.
        scan: Id.
        reason: Why, in a sentence.
        rules: Who is told.
    """
    row = await connection.fetchrow(query("get_scan"), scan)
    if row is None:
        return
    last = await connection.fetchval(query("last_ended"), row["fleet"], scan)
    if last == "failed":
        return
    counts = FleetCounts(**dict(await connection.fetchrow(query("fleet_counts"), row["fleet"])))
    event = NoticeEvent(kind=NoticeKind.SCAN_FAILED, sentence=f"scan {scan} failed: {reason}")
    await put_notice(connection, notice(scan, row["fleet"], row["finished"], counts, [event], part="failed"), rules)
