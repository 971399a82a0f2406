"""Writes and reads the fleet's memory in the store. What is remembered is decided in `coordinator/memory`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from coordinator.memory.model import READ, FleetChange, Remembered, Standing
from coordinator.memory.notices import TELL_NOBODY, NoticeEvent, NoticeRules, notice
from coordinator.memory.remember import remember
from coordinator.memory.skeleton import Envelope, Skeleton, put_together, take_apart
from coordinator.memory.transitions import FleetCounts, Recorded, Transition
from coordinator.report.model import DriftGroup, ReportBody, ScanReport, TenantResult, TenantStatus
from coordinator.settings.notify import NoticeKind
from coordinator.store.connection import query
from coordinator.store.telling import Past, Told, put_notice, tell
from shared.blobs import label_of_blob, name_of, pack, unpack
from shared.formats import (
    ENVELOPE,
    FIRST_REPORT,
    FLEET_CHANGE,
    GROUP,
    REPORT,
    SKELETON,
    STANDING,
    FormatError,
    decode_json,
    encode_json,
)
from shared.targets import Labels

NOT_BEHIND = dt.timedelta()
"""How far the clock of a store is behind that records what is so now."""

_ANALYZE_AFTER_MOVES = 1000
"""Tenants that one report moves, from which on PostgreSQL must be told at once how large the tables are now: the first
scan of a large fleet is followed by questions long before autovacuum comes by."""


async def record(
    connection: Any, scan: str, report: ScanReport, rules: NoticeRules = TELL_NOBODY, behind: dt.timedelta = NOT_BEHIND
) -> Recorded:
    """Keep a report, what the memory takes from it, and what is to be told. The caller has a transaction.

    Done again after a connection was lost, it leaves what doing it once leaves.

    Args:
        connection: To the store.
        scan: Whose report it is.
        report: Of a scan of the whole fleet, or of some tenants: nothing is written about the others then.
        rules: What is worth telling, and to whom.
        behind: How long ago it was, by the clock of the store.
    """
    fleet = report.body.fleet
    remembered = remember(report.body)
    when = await connection.fetchrow(query("lock_fleet"), fleet, behind)
    at: dt.datetime = when["at"]
    before, stood = await _counts(connection, fleet), await connection.fetch(query("status_counts"), fleet)
    places = await _remember_standings(connection, fleet, remembered.standings)
    await _remember_changes(connection, fleet, remembered, places, at)
    moved = await _move_tenants(connection, fleet, remembered, places, when)
    if report.selection is None:
        await _end_whole_scan(connection, report, remembered, at)
    else:
        await connection.execute(query("some_were_scanned"), fleet, at, [name for name, _ in remembered.tenants])
    faults, is_selective = list(remembered.faults), report.selection is not None
    unread = list(report.body.unread_services)
    rows = await connection.fetch(query("count_changes"), fleet, at, faults, is_selective, unread)
    missed = await _sentinel_is_missed(connection, report)
    await _keep_report(connection, scan, report, remembered, at)
    if moved >= _ANALYZE_AFTER_MOVES:
        await connection.execute(query("analyze_memory"))
    recorded = Recorded(
        transitions=tuple(
            Transition(change=row["id"], **{key: row[key] for key in _TRANSITION_COLUMNS}) for row in rows
        ),
        before=before,
        after=await _counts(connection, fleet),
    )
    if missed:
        await put_notice(connection, notice(scan, fleet, at, recorded.after, [missed], part="sentinel"), rules)
    if when["before"] is None:  # the first scan tells nothing: everything is new to it
        return recorded
    past = Past(
        spec=when["spec"],
        suspicious_scan=when["suspicious_scan"],
        suspicious_drifted=when["suspicious_drifted"],
        statuses=tuple((row["status"], row["tenants"]) for row in stood),
    )
    told = Told(fleet=fleet, scan=scan, at=at, spec=report.body.spec, recorded=recorded, past=past)
    return await tell(connection, told, rules)


async def _sentinel_is_missed(connection: Any, report: ScanReport) -> NoticeEvent | None:
    """Say that the sentinel's drift was not found, unless the scan before did not find it either."""
    if report.sentinel is msgspec.UNSET or report.sentinel.detected:
        return None
    row = await connection.fetchrow(query("latest_report"), report.body.fleet)
    if row is not None and label_of_blob(row["document"]) == ENVELOPE.label:
        before = unpack(ENVELOPE, row["document"], Envelope).sentinel
        if before is not msgspec.UNSET and not before.detected:
            return None
    sentence = (
        f"the scan did not find the drift of the sentinel, so it may find no other either: {report.sentinel.reason}"
    )
    return NoticeEvent(kind=NoticeKind.SENTINEL_MISSED, sentence=sentence)


async def record_inventory(
    connection: Any, fleet: str, labels: Mapping[str, Labels], behind: dt.timedelta = NOT_BEHIND
) -> None:
    """Keep who is in a fleet: whoever is new to it was never scanned. The caller has a transaction.

    Args:
        connection: To the store.
        fleet: Name.
        labels: (name, value) pairs of every tenant that is to be read.
        behind: How long ago it was, by the clock of the store.
    """
    when = await connection.fetchrow(query("lock_fleet"), fleet, behind)
    never = Standing(result=TenantResult(tenant="", status=TenantStatus.NEVER_SCANNED))
    place = (await _remember_standings(connection, fleet, [never]))[never.digest]
    texts = [msgspec.json.encode(dict(pairs)).decode() for pairs in labels.values()]
    await connection.execute("SET LOCAL enable_nestloop = off")  # no statistics know how long these arrays are
    await connection.execute(query("remember_inventory"), fleet, list(labels), texts, place, when["at"])
    await connection.execute("SET LOCAL enable_nestloop = on")


async def _move_tenants(connection: Any, fleet: str, remembered: Remembered, places: dict[str, int], when: Any) -> int:
    """Write where each tenant stands now; say how many stand elsewhere than before."""
    names = [tenant for tenant, _ in remembered.tenants]
    standings = [places[remembered.standings[place].digest] for _, place in remembered.tenants]
    await connection.execute("SET LOCAL enable_nestloop = off")  # no statistics know how long these arrays are
    moved = await connection.execute(query("move_tenants"), fleet, names, standings, when["at"], when["before"])
    await connection.execute("SET LOCAL enable_nestloop = on")
    return int(moved.split()[-1])


async def _end_whole_scan(connection: Any, report: ScanReport, remembered: Remembered, at: dt.datetime) -> None:
    """Note that the whole fleet was scanned; whoever is not in the report has left it."""
    names = [tenant for tenant, _ in remembered.tenants]
    await connection.execute("SET LOCAL enable_nestloop = off")  # as above
    await connection.execute(query("take_leave_of_tenants"), report.body.fleet, names, at)
    await connection.execute("SET LOCAL enable_nestloop = on")
    await connection.execute(query("fleet_was_scanned"), report.body.fleet, at, report.body.spec)


async def _counts(connection: Any, fleet: str) -> FleetCounts:
    return FleetCounts(**dict(await connection.fetchrow(query("fleet_counts"), fleet)))


_TRANSITION_COLUMNS = ("is_new", "was_open", "is_open", "before", "tenants")


async def _remember_standings(connection: Any, fleet: str, standings: Sequence[Standing]) -> dict[str, int]:
    """Keep the standings that are new; give the number of each by its digest."""
    rows = [(standing.digest, standing.result) for standing in standings]
    digests = [digest for digest, _ in rows]
    decides = [standing.decides for standing in standings]
    await connection.execute(
        query("remember_standings"),
        fleet,
        digests,
        [row.status.value for _, row in rows],
        [row.shape for _, row in rows],
        [row.group for _, row in rows],
        decides,
        [row.status in READ for _, row in rows],
        [encode_json(STANDING, row).decode() for _, row in rows],
    )
    found = await connection.fetch(query("find_standings"), fleet, digests)
    return {row["digest"]: row["standing"] for row in found}


async def _remember_changes(
    connection: Any, fleet: str, remembered: Remembered, places: dict[str, int], at: dt.datetime
) -> None:
    changes: Sequence[FleetChange] = remembered.changes
    await connection.execute(
        query("remember_changes"),
        fleet,
        [change.id for change in changes],
        [change.subject.value for change in changes],
        [change.kind for change in changes],
        [change.object_kind for change in changes],
        [change.object for change in changes],
        [change.severity.value for change in changes],
        [encode_json(FLEET_CHANGE, change).decode() for change in changes],
        at,
    )
    links = [(places[standing.digest], change) for standing in remembered.standings for change in standing.changes]
    await connection.execute(
        query("remember_what_standings_have"), fleet, [place for place, _ in links], [change for _, change in links]
    )


async def _keep_report(connection: Any, scan: str, report: ScanReport, remembered: Remembered, at: dt.datetime) -> None:
    """Keep what reports share under its hash, and of this one what it does not share."""
    skeleton, groups = take_apart(report, remembered)
    name, body = name_of(SKELETON, skeleton), report.body
    await connection.execute(query("put_blobs"), SKELETON.label, [name], [pack(SKELETON, skeleton)])
    await connection.execute(
        query("put_blobs"), GROUP.label, list(groups), [pack(GROUP, group) for group in groups.values()]
    )
    document = pack(ENVELOPE, Envelope.of(report))
    row = (scan, body.fleet, report.status.value, report.content_hash, document, name, at, report.selection is not None)
    await connection.execute(query("put_report"), *row)
    await connection.execute(query("put_skeleton_groups"), name, list(groups))
    ids, names = [key for key, _ in skeleton.groups], [name for _, name in skeleton.groups]
    await connection.execute(query("remember_groups"), body.fleet, ids, names)


async def load_report(connection: Any, row: Any) -> ScanReport:
    """Make a report again from a row of `fleetdrift.reports`.

    Raises:
        FormatError: When it is in a format that this release does not read, or is not remembered as a whole.
    """
    document: bytes = row["document"]
    match label_of_blob(document):
        case ENVELOPE.label:
            envelope = unpack(ENVELOPE, document, Envelope)
            return await _rebuild(connection, row, await _skeleton(connection, row["skeleton"], envelope), envelope)
        case SKELETON.label:  # of a release that kept each report by itself
            skeleton = unpack(SKELETON, document, Skeleton)
            return await _rebuild(connection, row, skeleton, Envelope.of(skeleton.report))
        case FIRST_REPORT.label:
            return msgspec.structs.replace(unpack(FIRST_REPORT, document, ScanReport), format=FIRST_REPORT.label)
        case _:
            return unpack(REPORT, document, ScanReport)


async def load_body(connection: Any, row: Any) -> ReportBody:
    """Give the body of a report without its tenants and groups, where they are kept apart: that costs no time.

    Raises:
        FormatError: As `load_report`.
    """
    document: bytes = row["document"]
    match label_of_blob(document):
        case ENVELOPE.label:
            skeleton = await _skeleton(connection, row["skeleton"], unpack(ENVELOPE, document, Envelope))
        case SKELETON.label:
            skeleton = unpack(SKELETON, document, Skeleton)
        case _:
            return (await load_report(connection, row)).body
    return skeleton.report.body


async def _skeleton(connection: Any, name: str, envelope: Envelope) -> Skeleton:
    blob = await connection.fetchrow(query("get_blobs"), SKELETON.label, [name])
    if blob is None:
        raise FormatError(
            f"the report of the scan begun at {envelope.started} cannot be made again: the store does not remember it"
        )
    return unpack(SKELETON, blob["data"], Skeleton)


async def _rebuild(connection: Any, row: Any, skeleton: Skeleton, envelope: Envelope) -> ScanReport:
    blobs = await connection.fetch(query("get_blobs"), GROUP.label, [name for _, name in skeleton.groups])
    groups = {blob["name"]: unpack(GROUP, blob["data"], DriftGroup) for blob in blobs}
    stood = await connection.fetch(query("report_rows"), row["fleet"], row["finished"], skeleton.selected)
    found = await connection.fetch(query("load_standings"), sorted({each["standing"] for each in stood}))
    standings = {
        each["standing"]: (decode_json(STANDING, each["document"], TenantResult), each["digest"]) for each in found
    }
    rows = []
    for each in stood:
        result, digest = standings[each["standing"]]
        rows.append((msgspec.structs.replace(result, tenant=each["tenant"]), digest))
    return put_together(skeleton, envelope, groups, rows)
