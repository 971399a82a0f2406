"""A report of a fleet that is declared in several ways: by version, by database, with a namespace of each tenant."""

from __future__ import annotations

from coordinator.report.assemble import assemble_body
from coordinator.report.judged import Judged, TenantOutcome
from coordinator.report.model import DeclarationSummary, ScanReport
from shared.schema.canonical import schema_hash
from tests.reports import CREATED_INDEX, EMAIL_INDEX, ORDERS, TODAY, analysis_of, around, spec_of, version

SPEC = spec_of((*ORDERS, EMAIL_INDEX, CREATED_INDEX))
LACKING = (*ORDERS, CREATED_INDEX)
SOURCES = (
    ("migrations", "20260201", "", "database"),
    ("infra/core", "", "core", "database"),
    ("space.sql", "", "", "namespace"),
)


def declared_in_several_ways() -> ScanReport:
    """Give a report in which two declarations say the same, and one tenant of each lacks the same index."""
    declared = [
        Judged(
            spec=SPEC,
            summary=DeclarationSummary(
                source=source,
                spec=schema_hash(SPEC.schema),
                expected_version=expected,
                database=database,
                placement=placement,
                tenants=3 - place,
            ),
            expected_version=expected,
            analyses={
                "whole": analysis_of("whole", SPEC, (*ORDERS, EMAIL_INDEX, CREATED_INDEX)),
                "lacking": analysis_of("lacking", SPEC, LACKING),
            },
        )
        for place, (source, expected, database, placement) in enumerate(SOURCES)
    ]
    at = version("20260201")
    outcomes = [
        TenantOutcome(tenant="acme", fingerprint="whole", declared=0, versions=at),
        TenantOutcome(tenant="beta", fingerprint="whole", declared=0, versions=at),
        TenantOutcome(tenant="cora", fingerprint="lacking", declared=0, versions=at),
        TenantOutcome(tenant="core-1", fingerprint="whole", declared=1),
        TenantOutcome(tenant="core-2", fingerprint="lacking", declared=1),
        TenantOutcome(tenant="space_a", fingerprint="whole", declared=2),
    ]
    return around(assemble_body(fleet="demo", declared=declared, outcomes=outcomes, today=TODAY))
