"""Run one scan from declaration to report: the five steps of the execution log, in order.

A FleetReader reads the tenants and analyses their shapes; everything else happens here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from coordinator.fleet.maintenance import read_outside_maintenance
from coordinator.fleet.reader import FleetReader, OnProgress, ReadResult
from coordinator.inventory import Choice, Inventory
from coordinator.inventory.roles import RolesRead, read_roles
from coordinator.inventory.shrink import refuse_shrunk
from coordinator.report.assemble import assemble_body
from coordinator.report.contract_counts import count_queries
from coordinator.report.exit_code import scan_status
from coordinator.report.judged import Judged, TenantOutcome
from coordinator.report.model import DeclarationSummary, Patch, ReportBody, ScanReport, StepResult
from coordinator.report.tenancy import Accepted, TenancyAccount
from coordinator.scan.analysed import AnalysedSpec, Analyser, DeclaredSpec, seen_of
from coordinator.scan.compiled import compiled
from coordinator.scan.execution_log import ExecutionLog
from coordinator.scan.keeping import declaring_of, kept_drifts, patches_of
from coordinator.scan.listing import list_fleet
from coordinator.scan.tenancy_baseline import read_baseline
from coordinator.scan.wanted import DeclaredTable, Wanted, table_for, wanted_by
from coordinator.services.rust_files import load_contracts
from coordinator.settings.maintenance import Closed
from coordinator.settings.model import Settings
from shared.analysis.analysis import Analysis
from shared.contracts.contract import Contract, VerdictStatus
from shared.contracts.coverage import silent_drivers, unread_places
from shared.diff.changes import SchemaDiff
from shared.diff.undeclared import incomplete_because
from shared.postgres.scratch import ScratchServer
from shared.schema.canonical import content_hash, schema_hash
from shared.schema.schema import Snapshot, Spec, told
from shared.targets import Failure, Observation, Target

OnListed = Callable[[Inventory], Awaitable[None]]
"""Called with the fleet as it is listed, before any of its tenants is read."""


OnDeclared = Callable[[Sequence[Spec]], Awaitable[None]]
"""Called with what is declared for the tenants of the scan."""


async def tell_nobody(_: Inventory | Sequence[Spec]) -> None:
    """Nothing is kept of the fleet."""


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration declares: the compiled specs, the contracts, the fleet and the roles of services.

    The inventory has the tenants that the scan is for; `left_out` is how many of the fleet it is not for.
    """

    specs: tuple[DeclaredSpec, ...]
    contracts: tuple[Contract, ...]
    inventory: Inventory
    left_out: int
    tables: tuple[DeclaredTable, ...]
    accepted: tuple[Accepted, ...]
    roles: RolesRead

    def places(self) -> dict[str, int]:
        """Say of each tenant which of the specs it is compared with."""
        return {tenant: place for place, each in enumerate(self.specs) for tenant in each.wanted.tenants}


async def run_scan(
    settings: Settings,
    scratch: ScratchServer,
    reader: FleetReader,
    on_progress: OnProgress,
    *,
    known_tenants: int = 0,
    known_targets: Sequence[Target] = (),
    choice: Choice | None = None,
    on_listed: OnListed = tell_nobody,
    on_declared: OnDeclared = tell_nobody,
) -> ScanReport:
    """Scan the fleet, or some of its tenants, once.

    Args:
        settings: The configuration.
        scratch: Compiles the specs.
        reader: Reads the tenants and analyses their shapes.
        on_progress: Called as tenants are read.
        known_tenants: How many the fleet had when it was last scanned; 0 when that is not known.
        known_targets: The fleet as it was last listed, for hosts in maintenance that cannot be asked.
        choice: Which tenants are scanned; None for the whole fleet. They are compared as in a scan of all.
        on_listed: Called with the fleet, before any of its tenants is read.
        on_declared: Called with what is declared, at the same time.

    Raises:
        SourceError, SpecError, InventoryError: When the declaration cannot be used. A tenant never raises.
        RustFilesError, SettingsError: When a service, or the baseline of the tenancy rules, cannot be read.
    """
    log = ExecutionLog()
    closed = settings.file.closed_hosts(dt.datetime.now(dt.UTC))
    tables, inventory = await list_fleet(settings, closed, known_targets)
    refuse_shrunk(inventory, known_tenants, settings)
    await on_listed(inventory)
    declared = await _declare(settings, scratch, log, tables, inventory, choice=choice, closed=closed)
    await on_declared([each.spec for each in declared.specs if each.wanted.tenants])
    closed = {**closed, **settings.file.closed_hosts(dt.datetime.now(dt.UTC))}  # a window may have opened since
    results = await read_outside_maintenance(reader, declared.inventory.targets, closed, on_progress)
    _log_results(log, results)
    snapshots = await _snapshots(reader, results)
    analyser = Analyser(scratch, reader, settings.file.compare)
    analysed = [await analyser.analyse(each, _read(each, results), snapshots) for each in declared.specs]
    patches = [
        await _patches(settings, scratch, declared, each, found, results=results, snapshots=snapshots)
        for each, found in zip(declared.specs, analysed, strict=True)
    ]
    body = _assemble(settings, declared, results, list(zip(analysed, patches, strict=True)), snapshots)
    body = _selective(body, declared, choice)
    _log_analyses(log, body, [analysis for each in analysed for analysis in each.analyses.values()], declared.contracts)
    reasons = [
        incomplete_because(each.spec.source, settings.file.compare) for each in declared.specs if each.wanted.tenants
    ]
    reasons += inventory.unread
    return ScanReport(
        execution_id=log.execution_id,
        status=scan_status(body, next(filter(None, reasons), "")),
        started=log.started,
        duration=log.duration,
        steps=log.steps,
        content_hash=content_hash("report/1", body),
        body=body,
        selection=choice.selection if choice else None,
        not_selected=declared.left_out,
    )


async def _declare(
    settings: Settings,
    scratch: ScratchServer,
    log: ExecutionLog,
    tables: tuple[DeclaredTable, ...],
    inventory: Inventory,
    *,
    choice: Choice | None,
    closed: Closed,
) -> Declared:
    accepted = read_baseline(Path(settings.root), settings.file.tenancy.baseline)
    chosen = choice.of(inventory) if choice is not None else inventory
    names = {target.tenant for target in chosen.targets}
    contracts = load_contracts(Path(settings.root), settings.file.contracts, settings.file.tenancy.rules)
    specs: list[DeclaredSpec] = []
    for wanted in wanted_by(tables, inventory.targets, settings.file.compare, contracts):
        spec = await compiled(scratch, wanted.source, settings.file.compare, wanted.names)
        objects = len(spec.schema.objects)
        log.record("Parse IaC Definition", _describe(wanted, spec), StepResult.OK, objects=objects)
        specs.append(DeclaredSpec(wanted=wanted.only(names), spec=spec))
    return Declared(
        specs=tuple(specs),
        contracts=contracts,
        inventory=chosen,
        left_out=len(inventory.targets) - len(chosen.targets),
        tables=tables,
        accepted=accepted,
        roles=await _roles(settings, contracts, chosen, closed),
    )


def _selective(body: ReportBody, declared: Declared, choice: Choice | None) -> ReportBody:
    """Say in a report which tenants it is about, where those are not all."""
    if choice is None:
        return body
    chosen, fleet = len(body.tenants), len(body.tenants) + declared.left_out
    notice = (
        f"this scan was for {chosen:,} of {fleet:,} tenants ({choice.selection.sentence}): it says nothing of others"
    )
    return msgspec.structs.replace(body, notices=(notice, *body.notices))


async def _roles(settings: Settings, contracts: Sequence[Contract], inventory: Inventory, closed: Closed) -> RolesRead:
    """Ask the servers about the roles of services, where row-level security is what keeps tenants apart."""
    if not settings.file.tenancy.setting:
        return RolesRead()
    roles = {contract.role for contract in contracts} - {""}
    return await read_roles(roles, inventory.targets, settings.hosts, settings.file.limits, closed)


def _describe(wanted: Wanted, spec: Spec) -> str:
    version = f", schema version {wanted.expected_version}" if wanted.expected_version else ""
    statements = len(wanted.source.declarations)
    return f"{wanted.where} declares {len(spec.schema.objects)} objects in {statements} statements{version}"


def _log_results(log: ExecutionLog, results: Mapping[str, ReadResult]) -> None:
    failed = sum(isinstance(result, Failure) for result in results.values())
    rows = sum(result.rows_scanned for result in results.values() if not isinstance(result, Failure))
    distinct = {result.fingerprint for result in results.values() if not isinstance(result, Failure)}
    detail = f"read {len(results) - failed} of {len(results)} tenants: {len(distinct)} distinct fingerprints"
    step = StepResult.INCOMPLETE if failed else StepResult.OK
    log.record("Introspect Live Schema", detail, step, rows_scanned=rows)


async def _snapshots(reader: FleetReader, results: Mapping[str, ReadResult]) -> Mapping[str, Snapshot]:
    """Load the snapshot of each distinct fingerprint that was read."""
    found = {result.fingerprint for result in results.values() if not isinstance(result, Failure)}
    return await reader.snapshots(sorted(found))


def _read(declared: DeclaredSpec, results: Mapping[str, ReadResult]) -> list[Observation]:
    """Give what was read of the tenants of one declaration."""
    return [result for tenant in declared.wanted.tenants if isinstance(result := results[tenant], Observation)]


def _assemble(
    settings: Settings,
    declared: Declared,
    results: Mapping[str, ReadResult],
    analysed: Sequence[tuple[AnalysedSpec, Mapping[SchemaDiff, tuple[Patch, ...]]]],
    snapshots: Mapping[str, Snapshot],
) -> ReportBody:
    sources = [each.spec.source for each in declared.specs if each.wanted.tenants]
    unchecked = {sentence for source in sources for sentence in (*source.unchecked, *map(told, source.unread))}
    return assemble_body(
        fleet=settings.file.fleet.name,
        declared=[
            _judged(settings, each, *found, snapshots) for each, found in zip(declared.specs, analysed, strict=True)
        ],
        outcomes=_outcomes(declared, results, [found for found, _ in analysed]),
        unchecked=unchecked.union(
            _unread(declared.contracts), _without_tenants(declared), declared.roles.unread, declared.inventory.unread
        ),
        unmodelled=[entry for snapshot in snapshots.values() for entry in snapshot.unmodelled],
        unread_services=[
            contract.service
            for contract in declared.contracts
            if any(silent_drivers(contract)) or _meets_nobody(contract, declared)
        ],
        ignores=settings.file.ignore,
        tenancy=TenancyAccount(settings.file.tenancy, declared.accepted, declared.roles.unconfined),
        today=dt.datetime.now(dt.UTC).date(),
    )


async def _patches(
    settings: Settings,
    scratch: ScratchServer,
    declared: Declared,
    spec: DeclaredSpec,
    found: AnalysedSpec,
    *,
    results: Mapping[str, ReadResult],
    snapshots: Mapping[str, Snapshot],
) -> Mapping[SchemaDiff, tuple[Patch, ...]]:
    """Write the patches that keep the drift of the tenants of one declaration; a rollout is none."""
    if not spec.wanted.tenants:
        return {}
    first = next(target for target in declared.inventory.targets if target.tenant == spec.wanted.tenants[0])
    declaring = declaring_of(settings, scratch, table_for(first, declared.tables), first, spec.wanted.names)
    targets = {target.tenant: target for target in declared.inventory.targets}
    read = (
        (targets[tenant], result)
        for tenant in spec.wanted.tenants
        if isinstance(result := results[tenant], Observation) and seen_of(result) not in found.ladders.own_versions
    )
    drifts = kept_drifts(found.analyses, read, settings.file.ignore, dt.datetime.now(dt.UTC).date())
    return await patches_of(declaring, spec.spec, drifts, snapshots)


def _judged(
    settings: Settings,
    declared: DeclaredSpec,
    found: AnalysedSpec,
    patches: Mapping[SchemaDiff, tuple[Patch, ...]],
    snapshots: Mapping[str, Snapshot],
) -> Judged:
    wanted = declared.wanted
    summary = DeclarationSummary(
        source=wanted.where,
        spec=schema_hash(declared.spec.schema),
        expected_version=wanted.expected_version,
        database=wanted.database,
        placement=wanted.placement.value,
        tenants=len(wanted.tenants),
    )
    return Judged(
        spec=declared.spec,
        summary=summary,
        expected_version=wanted.expected_version,
        analyses=found.analyses,
        patches=patches,
        incomplete=incomplete_because(declared.spec.source, settings.file.compare),
        steps=wanted.steps,
        snapshots=snapshots,
        versions=found.ladders.versions,
    )


def _unread(contracts: Sequence[Contract]) -> Iterator[str]:
    """Say what of the services was seen and could not be read: queries by their verdict, files and drivers here."""
    for contract in contracts:
        yield from (f"{contract.service}: {place}" for place in unread_places(contract) if not place.macro)


def _meets_nobody(contract: Contract, declared: Declared) -> bool:
    return bool(contract.database) and not any(contract in each.wanted.contracts for each in declared.specs)


def _without_tenants(declared: Declared) -> Iterator[str]:
    """Name the services that no tenant was checked for, because the database of none is theirs."""
    for contract in declared.contracts:
        if _meets_nobody(contract, declared):
            yield (
                f"{contract.service}: nothing was checked: no tenant has a database that matches {contract.database!r},"
                " which [[contracts]] gives as its database"
            )


def _outcomes(
    declared: Declared, results: Mapping[str, ReadResult], analysed: Sequence[AnalysedSpec]
) -> Iterator[TenantOutcome]:
    yield from (TenantOutcome(tenant=tenant, excluded=True) for tenant in declared.inventory.excluded)
    places = declared.places()
    for target in declared.inventory.targets:
        place = places[target.tenant]
        yield _outcome(target, results[target.tenant], place, analysed[place])


def _outcome(target: Target, result: ReadResult, place: int, found: AnalysedSpec) -> TenantOutcome:
    if isinstance(result, Failure):
        return TenantOutcome(tenant=target.tenant, failure=result, labels=target.labels, declared=place)
    return TenantOutcome(
        tenant=target.tenant,
        versions=result.versions,
        fingerprint=result.fingerprint,
        labels=target.labels,
        declared=place,
        running=result.running,
        own_version=found.ladders.own_versions.get(seen_of(result), ""),
    )


def _log_analyses(
    log: ExecutionLog, body: ReportBody, analyses: Sequence[Analysis], contracts: Sequence[Contract]
) -> None:
    """Record the three steps that are done per distinct shape."""
    summary = body.drift_summary
    drifted = StepResult.DRIFT if body.groups else StepResult.OK
    log.record(
        "Compute Deterministic Diff",
        f"{body.shapes} shapes, {len(body.groups)} drift groups, {len(summary.tenant_impact)} tenants affected",
        drifted,
    )
    queries = sum(len(contract.queries) for contract in contracts)
    broken = summary.service_contract_violations
    undecided = sum(v.status is VerdictStatus.UNVERIFIED for a in analyses for v in a.verdicts)
    log.record(
        "Validate Rust Service Contracts",
        f"{queries} queries of {len(contracts)} services against {body.shapes} shapes: "
        f"{broken} violations, {undecided} undecided",
        StepResult.DRIFT if broken else StepResult.OK,
        queries=count_queries(contracts, body),
    )
    proofs = [analysis.plan.proof.status.value for analysis in analyses if analysis.plan.statements]
    counted = ", ".join(f"{proofs.count(status)} {status}" for status in sorted(set(proofs))) or "nothing to do"
    log.record("Generate Remediation", f"{body.remediation_steps} steps; plans: {counted}", drifted)
