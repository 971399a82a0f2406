"""Metrics of the coordinator itself."""

from __future__ import annotations

from coordinator.daemon.metrics.table import Metric

LEADER = Metric(
    name="leader",
    help="1 for the coordinator that performs the scans, 0 for one that waits for its place.",
    unit="",
)
STORE_UP = Metric(
    name="store_up", help="1 when the store answered the last question, 0 when not.", unit="", absent="it was not asked"
)
REDIS_UP = Metric(
    name="redis_up", help="1 when Redis answered the last question, 0 when not.", unit="", absent="it was not asked"
)
CONFIGURATION = Metric(
    name="configuration_load_success",
    help="1 when the configuration file counts as it is, 0 when it has changed and cannot be used.",
    unit="",
)
SNAPSHOT = Metric(
    name="snapshot_timestamp_seconds",
    help="When what these metrics say of the fleet was last read from the store.",
    unit="seconds",
    absent="it never was, or this coordinator does not lead",
)
SERVING_SINCE = Metric(
    name="serving_since_timestamp_seconds", help="Since when this process serves the fleet.", unit="seconds"
)
EXPOSED = Metric(name="exposed_series", help="Series of this fleet on this page, but these two.", unit="series")
DROPPED = Metric(
    name="dropped_series",
    help="Series of this fleet that are left out, because their metric would have too many.",
    unit="series",
)
BUILD = Metric(name="build_info", help="The version of fleetdrift, as a label.", labels=("version",), unit="")
METRICS = (LEADER, STORE_UP, REDIS_UP, CONFIGURATION, SNAPSHOT, SERVING_SINCE, EXPOSED, DROPPED, BUILD)
