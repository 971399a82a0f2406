"""What nobody reads is said: in the report and in the metrics, never passed over in silence."""

from __future__ import annotations

from coordinator.daemon.metrics import FleetMetrics, MetricsPage
from shared.schema.schema import Unmodelled

HIDDEN = """
CREATE TABLE public.only_here (a int);
CREATE FUNCTION pg_catalog.hidden() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
"""
FOUND = "DROP FUNCTION pg_catalog.hidden(); DROP TABLE public.only_here;"


def test_a_function_hidden_in_the_catalog_is_counted(fleet):
    assert fleet.check().body.unmodelled == ()
    fleet.alter("tenant-003", HIDDEN)
    try:
        report = fleet.check()
    finally:
        fleet.alter("tenant-003", FOUND)
    assert report.body.unmodelled == (Unmodelled("pg_proc", 1),)
    metrics = FleetMetrics(report.body.fleet)
    metrics.leads(True)
    metrics.scan_reported(report)
    [line] = [
        line
        for line in MetricsPage(metrics).write().decode().splitlines()
        if line.startswith("fleetdrift_unmodelled_objects{")
    ]
    assert line.endswith(" 1.0")
