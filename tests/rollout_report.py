"""A report in the middle of a rollout: tenants behind, ahead and being migrated, and one that is drifted as well."""

from __future__ import annotations

import msgspec

from coordinator.report.assemble import assemble_body
from coordinator.report.judged import Judged, TenantOutcome, VersionAnalyses
from coordinator.report.model import MigrationStep, ReportBody, ScanReport
from shared.contracts.contract import VerdictStatus
from tests.reports import CREATED_INDEX, EMAIL_INDEX, ON_CONFLICT, ORDERS, TODAY, analysis_of, around, spec_of, version

STEPS = (MigrationStep("1", "orders"), MigrationStep("2", "by_email"), MigrationStep("3", "by_customer"))
AT_ONE, AT_TWO, AT_THREE = (
    spec_of(objects) for objects in (ORDERS, (*ORDERS, EMAIL_INDEX), (*ORDERS, EMAIL_INDEX, CREATED_INDEX))
)
OUTCOMES = (
    TenantOutcome(tenant="ahead", fingerprint="three", versions=version("3"), own_version="3"),
    TenantOutcome(tenant="bare", fingerprint="one", own_version="1"),
    TenantOutcome(tenant="behind-1", fingerprint="one", versions=version("1"), own_version="1"),
    TenantOutcome(tenant="behind-2", fingerprint="one", versions=version("1"), own_version="1"),
    TenantOutcome(tenant="done", fingerprint="two", versions=version("2")),
    TenantOutcome(tenant="moving", fingerprint="one", versions=version("1"), own_version="1", running="sqlx"),
    TenantOutcome(tenant="odd", fingerprint="lacking", versions=version("1"), own_version="1"),
)


def rollout_body(*outcomes: TenantOutcome) -> ReportBody:
    """Assemble outcomes of a fleet whose expected version is the second of three."""
    lacking = ORDERS[:-1]
    fails = msgspec.structs.replace(ON_CONFLICT, status=VerdictStatus.VIOLATED)
    judged = Judged(
        spec=AT_TWO,
        expected_version="2",
        analyses={
            "one": analysis_of("one", AT_TWO, ORDERS, verdicts=(fails,)),
            "two": analysis_of("two", AT_TWO, (*ORDERS, EMAIL_INDEX)),
            "three": analysis_of("three", AT_TWO, (*ORDERS, EMAIL_INDEX, CREATED_INDEX)),
            "lacking": analysis_of("lacking", AT_TWO, lacking, verdicts=(fails,)),
        },
        steps=STEPS,
        versions={
            "1": VersionAnalyses(
                spec=AT_ONE,
                analyses={
                    "one": analysis_of(
                        "one-1", AT_ONE, ORDERS, verdicts=(msgspec.structs.replace(fails, declared_too=True),)
                    ),
                    "lacking": analysis_of("lacking-1", AT_ONE, lacking),
                },
            ),
            "3": VersionAnalyses(
                spec=AT_THREE,
                analyses={"three": analysis_of("three-3", AT_THREE, (*ORDERS, EMAIL_INDEX, CREATED_INDEX))},
            ),
        },
    )
    return assemble_body(fleet="demo", declared=[judged], outcomes=outcomes, today=TODAY)


def in_a_rollout() -> ScanReport:
    """Give the report of all of them."""
    return around(rollout_body(*OUTCOMES))
