"""Run one scan from declaration to report: the five steps of the execution log, in order.

A FleetReader reads the tenants and analyses their shapes; everything else happens here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from coordinator.fleet.reader import FleetReader, OnProgress, ReadResult
from coordinator.iac.load import load_source
from coordinator.iac.patching.keep_patches import keep_patches
from coordinator.inventory import Inventory, load_targets
from coordinator.report.assemble import TenantOutcome, assemble_body
from coordinator.report.exit_code import scan_status
from coordinator.report.model import ReportBody, ScanReport, StepResult
from coordinator.scan.execution_log import ExecutionLog
from coordinator.services.rust_files import load_contracts
from coordinator.settings.model import Settings
from shared.analysis.analysis import Analysis
from shared.contracts.contract import Contract, VerdictStatus
from shared.contracts.coverage import silent_drivers, unread_places
from shared.diff.undeclared import incomplete_because
from shared.postgres.names.own_names import PLACEHOLDER, OwnNames, declared_names, own_names
from shared.postgres.scratch import ScratchServer, compile_known
from shared.schema.canonical import content_hash
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot, Spec, SpecSource, Unmodelled, told
from shared.targets import Failure


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration declares: the compiled spec, the contracts, and the fleet."""

    spec: Spec
    expected_version: str
    contracts: tuple[Contract, ...]
    inventory: Inventory


async def run_scan(
    settings: Settings, scratch: ScratchServer, reader: FleetReader, on_progress: OnProgress
) -> ScanReport:
    """Scan the fleet once.

    Args:
        settings: The configuration.
        scratch: Compiles the spec.
        reader: Reads the tenants and analyses their shapes.
        on_progress: Called as tenants are read.

    Raises:
        SourceError, SpecError, InventoryError: When the declaration cannot be used. A tenant never raises.
    """
    log = ExecutionLog()
    declared = await _declare(settings, scratch, log)
    results = await reader.read(declared.inventory.targets, on_progress)
    _log_results(log, results)
    snapshots = await _snapshots(reader, results)
    analyses = await reader.analyse(declared.spec, snapshots, declared.contracts)
    unmodelled = [entry for snapshot in snapshots.values() for entry in snapshot.unmodelled]
    body = _assemble(settings, declared, results, analyses, unmodelled)
    _log_analyses(log, body, analyses, declared.contracts)
    return ScanReport(
        execution_id=log.execution_id,
        status=scan_status(body, incomplete_because(declared.spec.source, settings.file.compare)),
        started=log.started,
        duration=log.duration,
        steps=log.steps,
        content_hash=content_hash("report/1", body),
        body=body,
    )


async def _declare(settings: Settings, scratch: ScratchServer, log: ExecutionLog) -> Declared:
    file = settings.file
    root = Path(settings.root, file.spec.source)
    source = load_source(root, variables=file.spec.variables)
    inventory = await load_targets(settings, source)
    names = _declared_names(source, inventory, file.compare)
    spec = await compile_known(scratch, source, file.compare, namespace=names.namespace, own=names)
    expected = file.spec.expected_version or source.expected_version
    log.record("Parse IaC Definition", _describe(file.spec.source, source, spec, expected), StepResult.OK)
    return Declared(
        spec=spec,
        expected_version=expected,
        contracts=load_contracts(Path(settings.root), file.contracts),
        inventory=inventory,
    )


def _declared_names(source: SpecSource, inventory: Inventory, profile: Profile) -> OwnNames:
    """Give the names of the tenant in the declaration: placeholders, or its own where `for_each` made it."""
    spoken_of = next((target for target in inventory.targets if target.tenant in source.tenants[:1]), None)
    if spoken_of is None or any(PLACEHOLDER in declaration.sql for declaration in source.declarations):
        return declared_names(profile, namespaced=any(target.namespace for target in inventory.targets))
    return own_names(spoken_of, profile)


def _describe(where: str, source: SpecSource, spec: Spec, expected: str) -> str:
    version = f", schema version {expected}" if expected else ""
    return f"{where} declares {len(spec.schema.objects)} objects in {len(source.declarations)} statements{version}"


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


def _assemble(
    settings: Settings,
    declared: Declared,
    results: Mapping[str, ReadResult],
    analyses: Mapping[str, Analysis],
    unmodelled: Sequence[Unmodelled],
) -> ReportBody:
    root = Path(settings.root, settings.file.spec.source)
    return assemble_body(
        fleet=settings.file.fleet.name,
        spec=declared.spec,
        expected_version=declared.expected_version,
        outcomes=_outcomes(declared.inventory, results),
        analyses=analyses,
        patches={key: keep_patches(analysis.diff, declared.spec, root) for key, analysis in analyses.items()},
        unchecked=declared.spec.source.unchecked
        + tuple(map(told, declared.spec.source.unread))
        + tuple(_unread(declared.contracts)),
        unmodelled=unmodelled,
        unread_services=[contract.service for contract in declared.contracts if any(silent_drivers(contract))],
        ignores=settings.file.ignore,
        today=dt.datetime.now(dt.UTC).date(),
        incomplete=incomplete_because(declared.spec.source, settings.file.compare),
    )


def _unread(contracts: Sequence[Contract]) -> Iterator[str]:
    """Say what of the services was seen and could not be read: queries by their verdict, files and drivers here."""
    for contract in contracts:
        yield from (f"{contract.service}: {place}" for place in unread_places(contract) if not place.macro)


def _outcomes(inventory: Inventory, results: Mapping[str, ReadResult]) -> tuple[TenantOutcome, ...]:
    outcomes = [TenantOutcome(tenant=tenant, excluded=True) for tenant in inventory.excluded]
    for target in inventory.targets:
        match results[target.tenant]:
            case Failure() as failure:
                outcomes.append(TenantOutcome(tenant=target.tenant, failure=failure, labels=target.labels))
            case observation:
                outcomes.append(
                    TenantOutcome(
                        tenant=target.tenant,
                        versions=observation.versions,
                        fingerprint=observation.fingerprint,
                        labels=target.labels,
                    )
                )
    return tuple(outcomes)


def _log_analyses(
    log: ExecutionLog, body: ReportBody, analyses: Mapping[str, Analysis], contracts: Sequence[Contract]
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
    undecided = sum(v.status is VerdictStatus.UNVERIFIED for a in analyses.values() for v in a.verdicts)
    log.record(
        "Validate Rust Service Contracts",
        f"{queries} queries of {len(contracts)} services against {body.shapes} shapes: "
        f"{broken} violations, {undecided} undecided",
        StepResult.DRIFT if broken else StepResult.OK,
    )
    proofs = [analysis.plan.proof.status.value for analysis in analyses.values() if analysis.plan.statements]
    counted = ", ".join(f"{proofs.count(status)} {status}" for status in sorted(set(proofs))) or "nothing to do"
    log.record("Generate Remediation", f"{body.remediation_steps} steps; plans: {counted}", drifted)
