"""Reports the tests render, built the way a scan builds them: through judge and assemble_body."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from coordinator.report.assemble import assemble_body
from coordinator.report.exit_code import scan_status
from coordinator.report.judged import Judged, TenantOutcome
from coordinator.report.model import Patch, ReportBody, ScanReport, Step, StepResult
from coordinator.report.renderers.json import ReportDocument
from shared.analysis.analysis import Analysis
from shared.contracts.contract import Verdict, VerdictStatus
from shared.diff.changes import ChangeKind, SchemaDiff
from shared.diff.compare import diff_schemas
from shared.findings.ignore import IgnoreRule
from shared.findings.judge import judge
from shared.formats import REPORT, decode_json
from shared.kinds.step import Hazard, HazardKind
from shared.remediation.plan import Plan, Proof, ProofStatus, Statement
from shared.schema.canonical import content_hash, schema_hash
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Index, Table
from shared.schema.routines import Routine
from shared.schema.schema import (
    Declaration,
    ObjectOrigin,
    Origin,
    Schema,
    SchemaVersion,
    Snapshot,
    Spec,
    SpecSource,
    Unmodelled,
)
from shared.targets import Failure, FailureKind

STARTED = "2026-03-01T12:00:00Z"
TODAY = dt.date(2026, 3, 1)

ORDERS: tuple[SchemaObject, ...] = (
    Table(namespace="public", name="customers"),
    Column(namespace="public", parent="customers", name="email", type="text", not_null=True),
    Table(namespace="public", name="orders"),
    Column(namespace="public", parent="orders", name="id", type="bigint", not_null=True, identity_mode="always"),
    Column(namespace="public", parent="orders", name="status", type="text", not_null=True, default="'new'::text"),
    Column(namespace="public", parent="orders", name="created_at", type="timestamp with time zone", default="now()"),
)
EMAIL_INDEX = Index(
    namespace="public",
    name="customers_email_lower_idx",
    table="customers",
    unique=True,
    columns=("lower(email)",),
    definition="CREATE UNIQUE INDEX customers_email_lower_idx ON public.customers USING btree (lower(email))",
)
CREATED_INDEX = Index(
    namespace="public",
    name="orders_customer_created_idx",
    table="orders",
    columns=("customer_id", "created_at DESC"),
    definition="CREATE INDEX orders_customer_created_idx ON public.orders USING btree (customer_id, created_at DESC)",
)
LEGACY_CHECK = Constraint(
    namespace="public",
    parent="orders",
    name="orders_status_legacy_check",
    type="check",
    definition="CHECK (status = ANY (ARRAY['new'::text, 'paid'::text]))",
    columns=("status",),
)
ON_CONFLICT = Verdict(
    service="orders",
    root="services/orders",
    file="src/customers.rs",
    line=31,
    column=5,
    end_line=37,
    subject=(
        "INSERT INTO customers (email, name) VALUES ($1, $2)\n"
        "ON CONFLICT (lower(email)) DO UPDATE SET name = excluded.name"
    ),
    status=VerdictStatus.VIOLATED,
    rule="contract-query-invalid",
    reason="there is no unique or exclusion constraint matching the ON CONFLICT specification",
    sqlstate="42P10",
)
REFUND = Verdict(
    service="orders",
    root="services/orders",
    file="src/orders.rs",
    line=58,
    subject="UPDATE orders SET status = 'refunded' WHERE id = $1",
    status=VerdictStatus.VIOLATED,
    rule="contract-check-violated",
    reason="status = 'refunded' always violates the check constraint \"orders_status_legacy_check\"",
)
KEEP_CHECK = Patch(
    summary="declare the constraint orders_status_legacy_check in sql/002_orders.sql",
    diff=(
        "--- a/sql/002_orders.sql\n"
        "+++ b/sql/002_orders.sql\n"
        "@@ -3,3 +3,5 @@\n"
        "     status text NOT NULL DEFAULT 'new',\n"
        "     created_at timestamptz DEFAULT now()\n"
        " );\n"
        "+ALTER TABLE orders ADD CONSTRAINT orders_status_legacy_check\n"
        "+    CHECK (status IN ('new', 'paid'));\n"
    ),
)
EXPECTED_VERSION = "20260201"
PROVEN = Proof(ProofStatus.PROVEN)


def snapshot_of(objects: Sequence[SchemaObject]) -> Snapshot:
    return Snapshot(schema=Schema.of(objects), server_version=180000, fingerprint="00")


def spec_of(objects: Sequence[SchemaObject], origins: Mapping[ObjectId, Origin] | None = None) -> Spec:
    entries = tuple(ObjectOrigin(identity, origin) for identity, origin in sorted((origins or {}).items()))
    source = SpecSource(declarations=(Declaration("SELECT 1", Origin("sql/001.sql", 1)),))
    return Spec(snapshot=snapshot_of(objects), source=source, origins=entries)


def demo_spec() -> Spec:
    return spec_of(
        (*ORDERS, EMAIL_INDEX, CREATED_INDEX),
        {
            ORDERS[0].identity: Origin("sql/001_customers.sql", 1, 'sql_migrate.schema["tenant-001"]'),
            ORDERS[2].identity: Origin("sql/002_orders.sql", 1),
            EMAIL_INDEX.identity: Origin("sql/001_customers.sql", 6),
            CREATED_INDEX.identity: Origin("sql/002_orders.sql", 8),
        },
    )


def analysis_of(
    key: str,
    spec: Spec,
    observed: Sequence[SchemaObject],
    *,
    statements: Sequence[Statement] = (),
    verdicts: Sequence[Verdict] = (),
    proof: Proof = PROVEN,
    unverified: str = "",
    diff: SchemaDiff | None = None,
) -> Analysis:
    shape = schema_hash(Schema.of(observed))
    found = diff_schemas(spec.schema, Schema.of(observed)) if diff is None else diff
    destroyed = {statement.object for statement in statements if statement.destructive}
    plan = Plan(
        desired=schema_hash(spec.schema),
        observed=shape,
        statements=tuple(statements),
        remaining=tuple(change for change in found.changes if change.identity in destroyed),
        proof=proof,
    )
    return Analysis(
        id=key,
        shape=shape,
        diff=found,
        findings=judge(found, spec),
        verdicts=tuple(verdicts),
        plan=plan,
        unverified=unverified,
    )


def create_index(index: Index) -> Statement:
    return Statement(
        sql=index.definition.replace("INDEX ", "INDEX CONCURRENTLY "),
        object=index.identity,
        change=ChangeKind.MISSING,
        hazards=(Hazard(HazardKind.BUILDS_INDEX, f"reads the whole table {index.table} twice; writes go on"),),
        transactional=False,
    )


def drop_check() -> Statement:
    return Statement(
        sql='ALTER TABLE "public"."orders" DROP CONSTRAINT "orders_status_legacy_check"',
        object=LEGACY_CHECK.identity,
        change=ChangeKind.UNEXPECTED,
        hazards=(Hazard(HazardKind.BLOCKS_READS, "takes an ACCESS EXCLUSIVE lock on orders, for an instant"),),
        destructive=True,
    )


def demo_analyses(spec: Spec) -> dict[str, Analysis]:
    return {
        "a": analysis_of(
            "a",
            spec,
            ORDERS,
            statements=(create_index(EMAIL_INDEX), create_index(CREATED_INDEX)),
            verdicts=(ON_CONFLICT,),
        ),
        "b": analysis_of(
            "b",
            spec,
            (*ORDERS, EMAIL_INDEX, CREATED_INDEX, LEGACY_CHECK),
            statements=(drop_check(),),
            verdicts=(REFUND,),
        ),
        "c": analysis_of("c", spec, (*ORDERS, EMAIL_INDEX, CREATED_INDEX)),
    }


def version(number: str, *, dirty: bool = False) -> tuple[SchemaVersion, ...]:
    return (SchemaVersion("sqlx", number, dirty),)


def demo_outcomes() -> tuple[TenantOutcome, ...]:
    return (
        TenantOutcome(tenant="tenant-001", fingerprint="a", versions=version(EXPECTED_VERSION)),
        TenantOutcome(tenant="tenant-002", fingerprint="b", versions=version("20260115")),
        TenantOutcome(tenant="tenant-003", fingerprint="c", versions=version(EXPECTED_VERSION)),
    )


def demo() -> ScanReport:
    spec = demo_spec()
    return report_of(spec, demo_outcomes(), demo_analyses(spec), patches={"b": (KEEP_CHECK,)})


def many_groups() -> ScanReport:
    """Tenants that lack one index or another, alone and with other drift: more groups than stand in full."""
    spec = demo_spec()
    analyses = demo_analyses(spec)
    left = {"e": (CREATED_INDEX,), "m": (EMAIL_INDEX,), "em": (), "ok": (EMAIL_INDEX, CREATED_INDEX)}
    hand_made = Column(namespace="public", parent="orders", name="note", type="text")
    for key, present in left.items():
        analyses[f"{key}+"] = analysis_of(f"{key}+", spec, (*ORDERS, *present, hand_made))
        analyses[key] = analysis_of(key, spec, (*ORDERS, *present))
    outcomes = [
        TenantOutcome(tenant=f"tenant-{number:03}", fingerprint=key, versions=version(EXPECTED_VERSION))
        for number, key in enumerate((*left, *left, *(f"{key}+" for key in left)), start=1)
    ]
    return report_of(spec, outcomes, analyses)


def in_sync() -> ScanReport:
    spec = demo_spec()
    outcomes = [
        TenantOutcome(tenant=f"tenant-{number:03}", fingerprint="c", versions=version(EXPECTED_VERSION))
        for number in range(1, 4)
    ]
    return report_of(spec, outcomes, demo_analyses(spec))


def partly_read() -> ScanReport:
    """A larger fleet, in which every status that a scan can give occurs."""
    spec = demo_spec()
    analyses = demo_analyses(spec)
    analyses["d"] = analysis_of(
        "d", spec, ORDERS, unverified='type "geometry" does not exist', proof=Proof(ProofStatus.UNPROVEN, "not rebuilt")
    )
    outcomes = [
        TenantOutcome(tenant=f"tenant-{number:03}", fingerprint="abcc"[number % 4], versions=version(EXPECTED_VERSION))
        for number in range(60)
    ]
    failures = {
        "tenant-900": Failure(FailureKind.REFUSED, "connection refused by db-7.internal:5432"),
        "tenant-901": Failure(FailureKind.AUTHENTICATION, 'password authentication failed for user "scanner"'),
        "tenant-902": Failure(FailureKind.BUSY, "a lock on public.orders was not granted within 2 s"),
    }
    outcomes += [TenantOutcome(tenant=tenant, failure=failure) for tenant, failure in failures.items()]
    outcomes += [
        TenantOutcome(tenant="tenant-903", excluded=True),
        TenantOutcome(tenant="tenant-904", fingerprint="d", versions=version(EXPECTED_VERSION)),
        TenantOutcome(tenant="tenant-905", fingerprint="c"),
        TenantOutcome(tenant="tenant-906", fingerprint="c", versions=version(EXPECTED_VERSION, dirty=True)),
    ]
    return report_of(
        spec,
        outcomes,
        analyses,
        patches={"a": (Patch(summary="forget the indexes", diff="--- a/x.sql\n+++ b/x.sql\n"),), "b": (KEEP_CHECK,)},
        unchecked=('main.tf:12: the module "registry.example/db" is not on this machine',),
        unmodelled=(Unmodelled("pg_largeobject_metadata", 3),),
    )


def ignored() -> ScanReport:
    """Drift that somebody lives with: one rule that is used, one that has ended, one that matches nothing."""
    spec = demo_spec()
    rules = (
        IgnoreRule(kind="index", name="orders_*", reason="built at night", owner="ada", until=dt.date(2026, 6, 1)),
        IgnoreRule(kind="constraint", reason="until the import is over", owner="bob", until=dt.date(2026, 2, 28)),
        IgnoreRule(kind="view", tenant="canary-*", reason="an experiment", owner="ada", until=dt.date(2026, 6, 1)),
    )
    return report_of(spec, demo_outcomes(), demo_analyses(spec), ignores=rules)


def altered() -> ScanReport:
    """Differences within objects, a plan that was not proven, and a query that no schema would satisfy."""
    routine = Routine(
        namespace="public",
        name="vat",
        signature="bigint",
        definition="CREATE FUNCTION public.vat(bigint)\n RETURNS bigint\nAS $function$SELECT $1 * 19 / 100$function$",
        result="bigint",
    )
    column = Column(namespace="public", parent="orders", name="total", type="bigint", not_null=True)
    desired = (*ORDERS, column, routine)
    observed = (
        *ORDERS,
        msgspec.structs.replace(column, type="integer", not_null=False),
        msgspec.structs.replace(routine, definition=routine.definition.replace("19", "7")),
    )
    spec = spec_of(desired, {ORDERS[2].identity: Origin("sql/002_orders.sql", 1)})
    statement = Statement(
        sql='ALTER TABLE "public"."orders" ALTER COLUMN "total" TYPE bigint',
        object=column.identity,
        change=ChangeKind.ALTERED,
        hazards=(
            Hazard(HazardKind.BLOCKS_READS, "takes an ACCESS EXCLUSIVE lock on orders"),
            Hazard(HazardKind.REWRITES_TABLE, "writes every row of orders anew"),
        ),
        statement_timeout_ms=600_000,
    )
    analysis = analysis_of(
        "a",
        spec,
        observed,
        statements=(statement,),
        verdicts=(
            msgspec.structs.replace(REFUND, declared_too=True),
            msgspec.structs.replace(
                REFUND,
                line=70,
                status=VerdictStatus.UNVERIFIED,
                rule="contract-query-invalid",
                reason="the text is built at run time",
            ),
        ),
        proof=Proof(ProofStatus.UNPROVEN, "function public.vat(bigint) is still different"),
    )
    outcomes = [TenantOutcome(tenant=f"tenant-{number}", fingerprint="a") for number in (1, 2)]
    return report_of(spec, outcomes, {"a": analysis}, expected_version="")


def report_of(
    spec: Spec,
    outcomes: Sequence[TenantOutcome],
    analyses: Mapping[str, Analysis],
    *,
    fleet: str = "demo",
    expected_version: str = EXPECTED_VERSION,
    patches: Mapping[str, tuple[Patch, ...]] | None = None,
    unchecked: Sequence[str] = (),
    unmodelled: Sequence[Unmodelled] = (),
    ignores: Sequence[IgnoreRule] = (),
) -> ScanReport:
    judged = Judged(
        spec=spec,
        expected_version=expected_version,
        analyses=analyses,
        patches={analyses[key].diff: each for key, each in (patches or {}).items()},
    )
    body = assemble_body(
        fleet=fleet,
        declared=[judged],
        outcomes=outcomes,
        unchecked=unchecked,
        unmodelled=unmodelled,
        ignores=ignores,
        today=TODAY,
    )
    return around(body)


def around(body: ReportBody) -> ScanReport:
    """Put an envelope around a body."""
    steps = (
        Step(
            timestamp=STARTED,
            action="Introspect Live Schema",
            detail="read 3 of 3 tenants: 3 distinct fingerprints",
            result=StepResult.OK,
            rows_scanned=87,
        ),
    )
    return ScanReport(
        execution_id="0190f2a4-0000-7000-8000-000000000001",
        status=scan_status(body),
        started=STARTED,
        duration=1.25,
        steps=steps,
        content_hash=content_hash("report/1", body),
        body=body,
    )


def read_json(text: str | bytes) -> ScanReport:
    """Read a JSON document back, as a program would that knows all of its fields."""
    read = decode_json(REPORT, text, ReportDocument)
    return ScanReport(
        format=read.format,
        execution_id=read.execution_id,
        status=read.status,
        started=read.started,
        duration=read.duration,
        steps=read.steps,
        content_hash=read.content_hash,
        body=read.report,
        selection=read.selection,
        not_selected=read.not_selected,
        first_seen=read.first_seen,
    )
