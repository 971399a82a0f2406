"""What Prometheus is told: a module for each family of metrics; `catalogue` lists all, `fleet_metrics` renders them."""

from coordinator.daemon.metrics.exposition import MetricsPage
from coordinator.daemon.metrics.fleet_metrics import FleetMetrics

__all__ = ["FleetMetrics", "MetricsPage"]
