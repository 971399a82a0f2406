"""The bytes of everything that is kept or sent, and the structure behind them.

A test that fails here says: what other releases wrote, or read, has changed. Decide first whether bytes written before are
still read as they were meant; if not, raise the version in shared/formats.py (CONTRIBUTING, "Releasing" has the steps).
Only then rewrite the files: `make schemas`, or pytest with --update.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from coordinator.access.audit import Action, AuditEntry
from coordinator.access.caller import Via
from coordinator.apply.journal import Event, Opened, Staged
from coordinator.compare.sources import Comparison
from coordinator.ledger.batch import FinalOutcome
from coordinator.records.documents import AuditPage, ChangesPage, GroupDocument, GroupsList, ScansPage, TenantsPage, WorkersList, WorkerView
from coordinator.records.ignores import IgnoresList, shown_ignores
from coordinator.records.stored import summary_of
from coordinator.memory.model import ChangeLife, FleetChange
from coordinator.memory.notices import Notice, sample_notice
from coordinator.memory.remember import remember
from coordinator.memory.skeleton import Envelope, Skeleton, take_apart
from coordinator.memory.views import ChangeView, FleetHistory, FleetMoment, FleetStatus, StayView, TenantHistory, TenantView
from coordinator.report.model import DriftGroup, ScanReport, TenantResult, TenantStatus
from coordinator.report.renderers.json import ReportDocument
from coordinator.store.backup import BackupTable, Manifest
from coordinator.setup.remark import Level, Remark, RemarksList
from coordinator.store.records import ScanRecord, ScanState
from coordinator.store.ignores import IgnoreDocument
from shared import formats
from shared.analysis.analysis import Analysis
from shared.blobs import pack, unpack
from shared.contracts.contract import Contract, Query
from shared.findings.ignore import IgnoreRule
from shared.formats import Format, FormatError, decode_json, encode_json
from shared.hosts import Secret
from shared.messages import (
    ANALYSE_SHAPE,
    SCAN_BATCH,
    Analysed,
    Answer,
    AnswerSet,
    DeferReason,
    Deferred,
    Failed,
    Keys,
    Observed,
    Piece,
    Place,
    Presence,
    ScanBatch,
    ShapeJob,
    decode_answers,
    decode_scan_batch,
    decode_shape_job,
    encode_answers,
    encode_message,
    sign_piece,
    verify_message,
)
from shared.schema.canonical import canonical_json
from shared.schema.profile import EVERYTHING
from shared.schema.schema import SchemaVersion, Snapshot, Spec
from shared.signing import KeyRing, Purpose
from shared.targets import Failure, FailureKind, Sighting, Target
from tests import reports
from workers.sightings import _Kept

HERE = Path(__file__).parent
SCHEMAS = HERE.parents[2] / "docs" / "schemas"
FIXTURE = HERE.parents[1] / "fixtures" / "state-before-versions" / "store.sql"

Golden = Callable[[Path, str], None]

KEYS = Keys("fleet", KeyRing([Secret("0123456789abcdef" * 2)]))
STREAM = KEYS.answers("run", 1)
DEMO = reports.demo()
SPEC = reports.demo_spec()
ANALYSIS = reports.demo_analyses(SPEC)["a"]
REMEMBERED = remember(DEMO.body)
WHEN = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SKELETON, GROUPS = take_apart(DEMO, REMEMBERED)
OBSERVED = Observed("ab" * 32, 180001, 12, (SchemaVersion("sqlx", "7", dirty=True),))
FAILED = Failed(Failure(FailureKind.BUSY, "locked"))
BATCH = ScanBatch(
    run="11e7b21e-74a8-4d99-965f-69ac06bbf5dd",
    epoch=2,
    batch="2-1",
    attempt=3,
    host="h",
    places=(Place("t", "d"), Place("u", "d", "n")),
    connections=4,
    careful=True,
    profile=EVERYTHING,
)
JOB = ShapeJob(
    run="9d59c957-5d1d-4a8e-9f57-3f7c5d1d1c57",
    epoch=1,
    batch="0-1",
    attempt=1,
    analysis="a" * 64,
    spec="b" * 64,
    snapshot="c" * 64,
    contracts="d" * 64,
)
ANSWERS = AnswerSet(
    batch="2-1",
    worker="w",
    number=7,
    answers=(
        Answer("t", OBSERVED),
        Answer("u", FAILED),
        Answer("v", Deferred(DeferReason.TIME)),
        Answer("a" * 64, Analysed("a" * 64)),
    ),
)
CONTRACTS = (
    Contract(service="orders", queries=(Query(file="a.rs", line=3, macro="query!", sql="SELECT total FROM orders"),)),
)

BLOBS: dict[Format, tuple[Any, Any]] = {
    formats.SNAPSHOT: (SPEC.snapshot, Snapshot),
    formats.SPEC: (SPEC, Spec),
    formats.CONTRACTS: (CONTRACTS, tuple[Contract, ...]),
    formats.ANALYSIS: (ANALYSIS, Analysis),
    formats.REPORT: (DEMO, ScanReport),
    formats.SKELETON: (SKELETON, Skeleton),
    formats.ENVELOPE: (Envelope.of(DEMO), Envelope),
    formats.GROUP: (next(iter(GROUPS.values())), DriftGroup),
}

IGNORE = IgnoreRule(reason="known", owner="ada", until=dt.date(2027, 1, 31), kind="index", labels={"tier": "gold"})

TEXTS: dict[str, str | bytes] = {
    "scan_batch.json": encode_message(KEYS, BATCH),
    "shape_job.json": encode_message(KEYS, JOB),
    "piece.json": sign_piece(KEYS, STREAM, Piece(host="h", places=(Place("t", "d", "n"), Place("u", "d", "m")))),
    "answers.json": encode_answers(KEYS, STREAM, ANSWERS),
    "signed.txt": KEYS.ring.sign(Purpose.ANALYSIS, ("a" * 64,), b"bytes"),
    "presence.json": msgspec.json.encode(Presence("host-1@fleet", 2, formats.PROTOCOL, KEYS.ring.ids)),
    "sighting.json": msgspec.json.encode(_Kept(formats.SIGHTING.version, 2e9, Sighting("scope", "token", "ab" * 32, 87))),
    "ledger_target.json": msgspec.json.encode(
        Target(tenant="t", host="h", database="d", namespace="n", labels=(("tier", "gold"),))
    ),
    "ignore_rule.json": encode_json(formats.IGNORE_RULE, IgnoreDocument(rule=IGNORE)),
    "standing.json": encode_json(formats.STANDING, REMEMBERED.standings[0].result),
    "store_backup.json": encode_json(
        formats.STORE_BACKUP,
        Manifest(
            migration=7,
            release="1.0.0",
            taken=WHEN,
            tables=(BackupTable(name="fleets", columns=("fleet", "scanned"), rows=1, sha256="ab" * 32),),
        ),
    ),
    "fleet_change.json": encode_json(formats.FLEET_CHANGE, REMEMBERED.changes[0]),
    "ledger_outcomes.json": msgspec.json.encode([OBSERVED, FAILED]),
    "progress.jsonl": b"\n".join(
        msgspec.json.encode(event)
        for event in (
            Opened(at="2026-03-01T12:00:00.000Z", format=formats.PROGRESS.label, plan="p"),
            Staged(at="2026-03-01T12:00:01.000Z", tenant="t", stage=0),
        )
    ),
}

STRUCTURES = (
    FleetChange,
    TenantResult,
    Skeleton,
    Envelope,
    ScanBatch,
    Piece,
    ShapeJob,
    AnswerSet,
    Presence,
    _Kept,
    Target,
    FinalOutcome,
    Event,
    Spec,
    tuple[Contract, ...],
    Analysis,
    ScanReport,
    Manifest,
)
"""What only fleetdrift reads. A later field with a default shows here, where the bytes of an example would not."""

PUBLISHED: dict[Format, Any] = {
    formats.REPORT: ReportDocument,
    formats.DIFF: Comparison,
    formats.SNAPSHOT: Snapshot,
    formats.FLEET_STATUS: FleetStatus,
    formats.FLEET_HISTORY: FleetHistory,
    formats.TENANTS_PAGE: TenantsPage,
    formats.TENANT_HISTORY: TenantHistory,
    formats.CHANGES_PAGE: ChangesPage,
    formats.SCANS_PAGE: ScansPage,
    formats.SCAN_DOCUMENT: ScanRecord,
    formats.GROUPS_LIST: GroupsList,
    formats.GROUP_DOCUMENT: GroupDocument,
    formats.WORKERS_LIST: WorkersList,
    formats.AUDIT_PAGE: AuditPage,
    formats.IGNORES_LIST: IgnoresList,
    formats.REMARKS_LIST: RemarksList,
    formats.NOTICE: Notice,
}
"""What other programs read: its JSON Schema is in docs/schemas/."""


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_sent_or_kept_as_text_is_these_bytes(name: str, golden: Golden) -> None:
    text = TEXTS[name]
    golden(HERE / name, (text if isinstance(text, str) else text.decode()) + "\n")


@pytest.mark.parametrize("form", BLOBS, ids=lambda form: form.name)
def test_a_blob_is_a_line_that_names_its_format_and_compressed_json(form: Format, golden: Golden) -> None:
    value, kind = BLOBS[form]
    blob = pack(form, value)
    head, _, body = blob.partition(b"\n")
    golden(HERE / f"{form.name}.blob.txt", f"{head.decode()}\n{zlib.decompress(body).decode()}\n")
    assert unpack(form, blob, kind) == value


@pytest.mark.parametrize("form", BLOBS, ids=lambda form: form.name)
def test_bytes_that_were_written_before_still_mean_what_they_meant(form: Format) -> None:
    value, kind = BLOBS[form]
    head, _, text = (HERE / f"{form.name}.blob.txt").read_text().partition("\n")
    assert unpack(form, head.encode() + b"\n" + zlib.compress(text.encode()), kind) == value


def test_a_report_that_was_kept_before_formats_had_versions_is_still_read() -> None:
    """The store's migration puts the label before the bytes; tests/integration/engine does so in a real store.

    The guards of its plans were of another form and are left out: no plan of a former release is applied.
    """
    [kept] = re.findall(r"INSERT INTO fleetdrift\.reports VALUES .*'\\x([0-9a-f]+)'", FIXTURE.read_text())
    blob = bytes.fromhex(kept)
    report = unpack(formats.FIRST_REPORT, b"fleetdrift report/1\n" + blob, ScanReport)
    written = json.loads(zlib.decompress(blob))["body"]
    read = json.loads(canonical_json(report.body))
    fields = ("service_faults", "tenancy_faults", "unread_services", "rollouts", "declarations")
    assert [read.pop(field) for field in fields] == [[]] * len(fields)  # fields of later releases
    for group in read["groups"]:
        assert group["plan"]["proof"].pop("rows")["status"] == "not_attempted"  # fields of later releases
        assert group["plan"].pop("obstacles") == []
    for body in (written, read):
        for group in body["groups"]:
            for guard in group["plan"]["guards"]:
                guard.clear()
    assert read == written


def test_messages_and_answers_that_were_written_before_still_mean_what_they_meant() -> None:
    batch, job, answers = ((HERE / name).read_text()[:-1] for name in ("scan_batch.json", "shape_job.json", "answers.json"))
    assert decode_scan_batch(verify_message(KEYS, SCAN_BATCH, batch)) == BATCH
    assert decode_shape_job(verify_message(KEYS, ANALYSE_SHAPE, job)) == JOB
    assert decode_answers(KEYS, STREAM, answers.encode()) == ANSWERS


def test_a_structure_changes_only_with_somebody_who_thinks_of_its_version(golden: Golden) -> None:
    """Those that are part of what is published are in docs/schemas/ already."""
    published = {name for form in PUBLISHED for name in _published(form)["$defs"]}
    _, components = msgspec.json.schema_components(STRUCTURES)
    own = {name: _without_prose(part) for name, part in components.items() if name not in published}
    golden(HERE / "structures.json", _pretty(own))


@pytest.mark.parametrize("form", PUBLISHED, ids=lambda form: form.name)
def test_the_published_schema_is_that_of_the_code(form: Format, golden: Golden) -> None:
    golden(SCHEMAS / f"{form.name}.json", _pretty(_published(form)))


@pytest.mark.parametrize("form", PUBLISHED, ids=lambda form: form.name)
def test_a_document_that_names_its_format_is_read_and_one_without_a_name_is_of_version_1(form: Format) -> None:
    kind = PUBLISHED[form]
    value = VALUES[form]()
    text = msgspec.json.encode(value) if form is formats.REPORT else encode_json(form, value)
    assert text.startswith(b'{"format":"%s",' % form.label.encode())
    assert decode_json(form, text, kind) == value
    bare = text.replace(b'"format":"%s",' % form.label.encode(), b"", 1)
    if form.version == 1:
        assert decode_json(form, bare, kind) == value
    else:
        with pytest.raises(FormatError, match=f"this {form.title} was written in format 1; this release reads format 2"):
            decode_json(form, bare, kind)


def _report_document() -> ReportDocument:
    from coordinator.report.renderers.json import document

    return document(DEMO)


def _tenant() -> TenantView:
    return TenantView(tenant="a", status=TenantStatus.UNREACHABLE, since=WHEN, failure=FAILED.failure, last_good=WHEN)


def _change() -> ChangeView:
    return ChangeView(
        change=REMEMBERED.changes[0],
        first_seen=WHEN,
        last_seen=WHEN,
        resolved=None,
        flaps=0,
        tenants=1,
        most_tenants=2,
    )


def _scan() -> ScanRecord:
    return ScanRecord(
        scan="s", fleet="demo", state=ScanState.RUNNING, requested=WHEN, finished=None, epoch=1, tenants=3, answered=2
    )


def _history() -> TenantHistory:
    life = ChangeLife(change=REMEMBERED.changes[0].id, first_seen=WHEN, resolved=None)
    stay = StayView(since=WHEN, until=None, result=REMEMBERED.standings[0].result)
    return TenantHistory(now=_tenant(), stays=(stay,), changes=((REMEMBERED.changes[0], life),))


def _worker() -> WorkerView:
    return WorkerView(worker="w-1", slots=8, protocol=2, problem="")


def _ignores() -> IgnoresList:
    rule = IgnoreRule(reason="a test", owner="ada", until=WHEN.date(), name="orders_*")
    return IgnoresList(fleet="demo", ignores=shown_ignores([rule], [], WHEN.date()))


def _done() -> AuditEntry:
    done: dict[str, Any] = {"action": Action.SCAN_CANCELLED, "subject": "s", "detail": "wrong branch"}
    who: dict[str, Any] = {"who": "ci", "via": Via.TOKEN, "address": "192.0.2.7", "fleet": "demo"}
    return AuditEntry(id=7, at=WHEN, **done, **who)


def _status() -> FleetStatus:
    return FleetStatus(
        fleet="demo",
        scanned=WHEN,
        oldest_good=None,
        tenants=((TenantStatus.STALE, 3),),
        changes=(("error", 1),),
        new=1,
        resolved=0,
    )


def _fleet_history() -> FleetHistory:
    moment = FleetMoment(at=WHEN, tenants=((TenantStatus.DRIFTED, 2),), new=1, resolved=0)
    return FleetHistory(fleet="demo", since=WHEN, moments=(moment,))


VALUES: dict[Format, Callable[[], Any]] = {
    formats.REPORT: _report_document,
    formats.DIFF: lambda: Comparison(diff=ANALYSIS.diff, plan=ANALYSIS.plan),
    formats.SNAPSHOT: lambda: SPEC.snapshot,
    formats.FLEET_STATUS: _status,
    formats.FLEET_HISTORY: _fleet_history,
    formats.TENANTS_PAGE: lambda: TenantsPage(fleet="demo", tenants=(_tenant(),), after="a"),
    formats.TENANT_HISTORY: _history,
    formats.CHANGES_PAGE: lambda: ChangesPage(fleet="demo", changes=(_change(),), after=None),
    formats.SCANS_PAGE: lambda: ScansPage(fleet="demo", scans=(_scan(),), after=None),
    formats.SCAN_DOCUMENT: _scan,
    formats.NOTICE: lambda: sample_notice("demo", "s", WHEN),
    formats.WORKERS_LIST: lambda: WorkersList(fleet="demo", workers=(_worker(),), slots=8, waiting=0),
    formats.GROUPS_LIST: lambda: GroupsList(fleet="demo", groups=(summary_of(DEMO.body.groups[0], 1),)),
    formats.GROUP_DOCUMENT: lambda: GroupDocument(fleet="demo", tenants=1, group=DEMO.body.groups[0]),
    formats.REMARKS_LIST: lambda: RemarksList((Remark(Level.FAIL, "Redis", "does not answer", "start it"),)),
    formats.IGNORES_LIST: _ignores,
    formats.AUDIT_PAGE: lambda: AuditPage(fleet="demo", entries=(_done(),), after="7"),
}


def test_every_format_is_pinned_here() -> None:
    named = {value for value in vars(formats).values() if isinstance(value, Format)}
    pinned = {*BLOBS, *PUBLISHED} | {form for form in named if any(name.startswith(form.name) for name in TEXTS)}
    assert named - {formats.FIRST_REPORT} == pinned


def _pretty(schema: object) -> str:
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _published(form: Format) -> dict[str, Any]:
    """Give the JSON Schema of a document, without prose: docstrings may be reworded at will."""
    schema = _without_prose(msgspec.json.schema(PUBLISHED[form]))
    top = schema["$defs"][PUBLISHED[form].__name__]
    top["properties"]["format"] = {"const": form.label}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"fleetdrift {form.title}, format {form.version}",
        **schema,
    }


def _without_prose(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: _without_prose(value)
            for key, value in node.items()
            if not (key == "description" and isinstance(value, str))
        }
    return [_without_prose(each) for each in node] if isinstance(node, list) else node
