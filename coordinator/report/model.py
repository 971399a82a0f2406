"""What a scan says.

The body is a pure function of what was read: same fleet, same bytes. Times live in the envelope.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

import msgspec

from coordinator.report.sighting import FirstSeen
from shared.contracts.contract import Verdict
from shared.diff.changes import SchemaDiff
from shared.findings.finding import Finding
from shared.formats import REPORT
from shared.remediation.plan import Plan
from shared.schema.identity import ObjectId
from shared.schema.schema import SchemaVersion, Unmodelled
from shared.targets import Failure


class TenantStatus(StrEnum):
    """A partition: every tenant of the fleet has exactly one, and unknown is never green."""

    IN_SYNC = "in_sync"
    DRIFTED = "drifted"
    PENDING = "pending"
    UNVERIFIED = "unverified"
    UNREACHABLE = "unreachable"
    ERROR = "error"
    STALE = "stale"
    NEVER_SCANNED = "never_scanned"
    EXCLUDED = "excluded"


SelectionText = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
SelectionTexts = Annotated[tuple[SelectionText, ...], msgspec.Meta(max_length=10_000)]


class Selection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which tenants of a fleet a scan is for: those that fit all that is said; what is not said leaves nobody out.

    Args:
        tenants: Names, or patterns of shell wildcards as `eu-*`; one of them fits.
        labels: A pattern for the value of each label; all of them fit.
        statuses: Where they are known to stand, as `fleetdrift tenants` shows it; one of these.
        changed_since: They stand elsewhere than at this moment, or came into the fleet since.
    """

    tenants: SelectionTexts = ()
    labels: dict[SelectionText, SelectionText] = msgspec.field(default_factory=dict)
    statuses: tuple[TenantStatus, ...] = ()
    changed_since: Annotated[dt.datetime, msgspec.Meta(tz=True)] | None = None

    @property
    def sentence(self) -> str:
        """Say which those are: `tenants eu-*; label tier=gold`."""
        parts = [f"tenants {', '.join(self.tenants)}"] if self.tenants else []
        parts += [f"label {name}={value}" for name, value in sorted(self.labels.items())]
        parts += [f"status {' or '.join(self.statuses)}"] if self.statuses else []
        parts += [f"changed since {self.changed_since.isoformat()}"] if self.changed_since else []
        return "; ".join(parts)


class TenantResult(msgspec.Struct, frozen=True, order=True, kw_only=True, omit_defaults=True):
    """One tenant of one scan.

    Args:
        tenant: Name.
        status: Where it stands.
        shape: Schema hash, when it was read.
        group: Id of the drift group, when it has one.
        versions: What its migration tables said.
        failure: Why it could not be read.
        rollout: Id of the rollout that it waits in, when it is pending.
    """

    tenant: str
    status: TenantStatus
    shape: str = ""
    group: str = ""
    rollout: str = ""
    versions: tuple[SchemaVersion, ...] = ()
    failure: Failure | None = None


class Patch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change to the declaring files that keeps what the database has, or the reason why there is none.

    Args:
        summary: What it changes in which files; or why there is no patch.
        diff: A unified diff that `git apply` takes, proven: the patched declaration comes to what the database has.
            Empty where there is no patch.
        block: Where there is no patch: what would have to be declared.
        notes: What the patch does not keep, and what else must be known before it is applied, as sentences.
    """

    summary: str
    diff: str
    block: str = ""
    notes: tuple[str, ...] = ()


class DriftGroup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tenants of one declaration with the same diff, the same contract verdicts and the same version: one story.

    Args:
        id: Content hash of (shape, diff, verdicts, versions), and of the declaration where a fleet has several, first
            16 hex digits.
        tenants: Sorted.
        shape: Schema hash of the observed shape.
        versions: What the migration tables of these tenants said.
        diff: Desired against observed.
        findings: Sorted; the version mismatch is one of them.
        verdicts: Contract verdicts that do not hold.
        plan: The way back.
        patches: The way to keep the drift instead.
        own_version: Version whose declaration the tenants were compared with, where that is not the expected one: the
            one that their migration table claims. Diff, findings and plan lead there.
        newest: The schema of the expected version against the observed one, beside an `own_version`.
        expected_version: The declared version of these tenants, where it is not the same for the whole fleet.
        source: What the configuration calls their declaration, where a fleet has several.
    """

    id: str
    tenants: tuple[str, ...]
    shape: str
    versions: tuple[SchemaVersion, ...] = ()
    diff: SchemaDiff = SchemaDiff()
    findings: tuple[Finding, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    plan: Plan | None = None
    patches: tuple[Patch, ...] = ()
    own_version: str = ""
    newest: SchemaDiff = SchemaDiff()
    expected_version: str = ""
    source: str = ""


class MigrationStep(msgspec.Struct, frozen=True, order=True):
    """One declared version, as the migration tool writes it, and what it is called."""

    version: str
    name: str = ""


class Rollout(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Pending tenants that stand at one place of a rollout: at another declared version, or in the middle of one.

    Args:
        id: Content hash of what follows, first 16 hex digits.
        tenants: Sorted.
        shape: Schema hash of their shape.
        version: The declared version whose schema they have; empty while a migration is running.
        expected: The version that is declared for them.
        lacks: Migrations that they still need, oldest first.
        ahead: Migrations that they have beyond the expected version, oldest first.
        running: Migration tool that is at work there now; empty when none is.
        versions: What their migration tables said.
        verdicts: Queries of services that fail until the rollout has reached them.
    """

    id: str
    tenants: tuple[str, ...]
    shape: str
    version: str
    expected: str
    lacks: tuple[MigrationStep, ...] = ()
    ahead: tuple[MigrationStep, ...] = ()
    running: str = ""
    versions: tuple[SchemaVersion, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


class DeclarationSummary(msgspec.Struct, frozen=True, order=True, kw_only=True, omit_defaults=True):
    """One of several declarations of a fleet.

    Args:
        source: As the configuration calls it.
        spec: Schema hash.
        expected_version: The schema version that its tenants should be at, or empty.
        database: Which of the source's databases it is; empty where the source tells none apart.
        placement: Whether its tenants have a `database` or a `namespace` of their own.
        tenants: How many are compared with it.
    """

    source: str
    spec: str
    expected_version: str = ""
    database: str = ""
    placement: str = ""
    tenants: int


class IgnoredDrift(msgspec.Struct, frozen=True, order=True, kw_only=True, omit_defaults=True):
    """What one ignore rule has left out.

    Args:
        reason: As the rule gives it.
        owner: As the rule gives it.
        until: Its last day.
        objects: What differs and is ignored, sorted.
        tenants: How many tenants it was ignored for.
        kept: Id of the rule, where it is kept in the store; empty for one of the configuration.
    """

    reason: str
    owner: str
    until: dt.date
    objects: tuple[ObjectId, ...]
    tenants: int
    kept: str = ""


class NotCompared(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """What was left out of the comparison because a well-known tool, or time, made it.

    Args:
        tool: Whose it is; `partitions` for those that only follow their parent, `extensions` for what lives with one.
        objects: How many, in the tenant that has most of them.
        tenants: How many tenants have any.
    """

    tool: str
    objects: int
    tenants: int


class DriftSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The headline, computed from the groups; every count is over tenants (two tenants missing one index count two)."""

    missing_indexes: int
    orphaned_constraints: int
    schema_version_mismatches: int
    service_contract_violations: int
    tenant_impact: tuple[str, ...]


class ReportBody(msgspec.Struct, frozen=True, kw_only=True):
    """The deterministic part: hashed.

    Args:
        fleet: Name of the fleet.
        spec: Schema hash of the spec.
        expected_version: Declared schema version, or empty.
        tenants: Sorted by name; exactly the fleet, or those of it that were selected.
        counts: (status, tenants) for every status, in the order of TenantStatus; sums to `tenants`.
        shapes: How many distinct shapes were seen.
        groups: Sorted by id.
        drift_summary: The headline.
        remediation_steps: Statements and explained steps over all groups.
        unchecked: What could not be evaluated or read, as sentences.
        unmodelled: What PostgreSQL has and fleetdrift does not read.
        ignored: What ignore rules have left out, by rule.
        notices: What is worth a word though nothing is wrong: ignore rules that ended or matched nothing.
        not_compared: What tools and time made, by tool.
        service_faults: Contract verdicts that the declared schema earns as well, once for the fleet: they are in no
            tenant's status and in no count.
        tenancy_faults: What the declared schemas earn by the tenancy rules, once for the fleet: in no tenant's status.
        unread_services: Services that depend on a database crate of which nothing was read: the scan is incomplete.
        rollouts: Where the pending tenants stand, sorted by id.
        declarations: What tenants are compared with, where that is not the same for all; sorted.
    """

    fleet: str
    spec: str
    expected_version: str
    tenants: tuple[TenantResult, ...]
    counts: tuple[tuple[TenantStatus, int], ...]
    shapes: int
    groups: tuple[DriftGroup, ...]
    drift_summary: DriftSummary
    remediation_steps: int
    unchecked: tuple[str, ...] = ()
    unmodelled: tuple[Unmodelled, ...] = ()
    ignored: tuple[IgnoredDrift, ...] = ()
    notices: tuple[str, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    service_faults: tuple[Verdict, ...] = ()
    tenancy_faults: tuple[Finding, ...] = ()
    unread_services: tuple[str, ...] = ()
    rollouts: tuple[Rollout, ...] = ()
    declarations: tuple[DeclarationSummary, ...] = ()


class StepResult(StrEnum):
    """How a step ended."""

    OK = "ok"
    DRIFT = "drift"
    FAILED = "failed"
    INCOMPLETE = "incomplete"


class QueryCount(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """Queries of a service that were sent by one driver and came to one result.

    Args:
        service: Name.
        driver: `sqlx`, `tokio-postgres`, ….
        result: The worst that any tenant makes of them, `holds`, `at_risk`, `violated` or `unverified`; `unread` for
            places that were seen and could not be read.
        queries: How many.
    """

    service: str
    driver: str
    result: str
    queries: int


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the execution log.

    Args:
        timestamp: RFC 3339, UTC.
        action: `Parse IaC Definition`, `Introspect Live Schema`, …
        detail: One sentence.
        result: How it ended.
        rows_scanned: Catalog rows read, where rows were read.
        objects: Objects that a declaration declares, where one was read.
        queries: Queries of services by result, where they were checked; sorted.
    """

    timestamp: str
    action: str
    detail: str
    result: StepResult
    rows_scanned: int | None = None
    objects: int | None = None
    queries: tuple[QueryCount, ...] = ()


class ScanStatus(StrEnum):
    """How a scan ended; the exit code follows from it (0, 2, 3, 1)."""

    IN_SYNC = "in_sync"
    DRIFT = "drift"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


class SentinelResult(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a scan found the drift that is planted in the sentinel.

    Args:
        detected: It did.
        reason: Why not, in a sentence; empty when it did.
    """

    detected: bool
    reason: str = ""


class ScanReport(msgspec.Struct, frozen=True, kw_only=True):
    """The envelope: what differs from run to run, around a body that does not.

    Args:
        format: In which it was written; the store may hold older ones.
        execution_id: Unique per run.
        status: How it ended.
        started: RFC 3339, UTC.
        duration: Seconds.
        steps: The execution log.
        content_hash: Hex SHA-256 of the canonical JSON of `body`.
        body: The deterministic part.
        selection: Which tenants it is about; none when it is about the whole fleet.
        not_selected: How many tenants of the fleet it is not about.
        sentinel: Whether the sentinel's drift was found; absent where there is no sentinel.
        first_seen: Since when what is wrong is known, sorted; absent where no memory was asked.
    """

    format: str = REPORT.label
    execution_id: str
    status: ScanStatus
    started: str
    duration: float
    steps: tuple[Step, ...]
    content_hash: str
    body: ReportBody
    selection: Selection | None = None
    not_selected: int = 0
    sentinel: SentinelResult | msgspec.UnsetType = msgspec.UNSET
    first_seen: tuple[FirstSeen, ...] | msgspec.UnsetType = msgspec.UNSET
