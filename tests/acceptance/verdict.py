"""The verdict on a scan that was disturbed: its report beside that of a scan to which nothing happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import asyncpg

from coordinator.fleet.target_runs import TargetResults, load_snapshots
from coordinator.report.judged import TenantOutcome
from coordinator.report.model import ScanReport
from coordinator.store.store import Store
from shared.hosts import Secret
from shared.schema.schema import Snapshot
from shared.targets import Failure, FailureKind, Observation
from tests import reports

Results = Mapping[str, Observation | Failure]


def report_on(results: Results, snapshots: Iterable[Snapshot]) -> ScanReport:
    """Make a scan's report, which refuses a tenant that is there twice and counts that do not sum to the fleet."""
    spec = reports.demo_spec()
    analyses = {
        each.fingerprint: reports.analysis_of(each.fingerprint, spec, each.schema.objects) for each in snapshots
    }
    outcomes = [
        TenantOutcome(tenant=tenant, failure=read)
        if isinstance(read, Failure)
        else TenantOutcome(tenant=tenant, fingerprint=read.fingerprint, versions=read.versions)
        for tenant, read in results.items()
    ]
    return reports.report_of(spec, outcomes, analyses)


async def stored_report(store: Store, results: Results) -> ScanReport:
    """Make the report of a scan with the snapshots that it kept."""
    found = {read.fingerprint for read in results.values() if isinstance(read, Observation)}
    return report_on(results, (await load_snapshots(store, sorted(found))).values())


async def assert_nothing_lost(
    dsn: str,
    outcome: TargetResults,
    undisturbed: Mapping[str, Observation],
    lost: Mapping[str, FailureKind] | None = None,
) -> None:
    """Hold a scan that was disturbed against one that was not.

    Every tenant has exactly one outcome in the store and one status in the report, the counts sum to the fleet, and the
    report's content hash is that of the undisturbed scan.

    Args:
        dsn: Of the store.
        outcome: Of the disturbed scan.
        undisturbed: What reading each tenant gave when nothing happened, with its snapshot.
        lost: Tenants that could really not be read, and how they failed; those that are not in `undisturbed` besides.
    """
    failed = {tenant: read for tenant, read in outcome.results.items() if isinstance(read, Failure)}
    assert {tenant: read.kind for tenant, read in failed.items()} == (lost or {}), failed
    async with Store.open(Secret(dsn)) as store:
        report = await stored_report(store, outcome.results)
    connection = await asyncpg.connect(dsn)
    kept = await connection.fetch("SELECT tenant FROM fleetdrift.ledger_outcomes WHERE scan = $1", outcome.scan)
    await connection.close()
    fleet = sorted({**undisturbed, **failed})
    assert sorted(row["tenant"] for row in kept) == fleet
    assert [result.tenant for result in report.body.tenants] == fleet
    assert sum(count for _, count in report.body.counts) == len(fleet)
    snapshots = {read.fingerprint: read.snapshot for read in undisturbed.values() if read.snapshot is not None}
    needed = {read.fingerprint for tenant, read in undisturbed.items() if tenant not in failed}
    expected = report_on({**undisturbed, **failed}, [snapshots[name] for name in sorted(needed)])
    assert report.content_hash == expected.content_hash
