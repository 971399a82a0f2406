"""Writes the dashboards: `python -m deploy.grafana.code.build`."""

from __future__ import annotations

from pathlib import Path

from deploy.grafana.code import contracts_and_rollouts, fleet_overview, scan_operations
from deploy.grafana.code.panels import dashboard_json

FOLDER = Path(__file__).parents[1] / "dashboards"


def dashboards() -> dict[str, str]:
    """Give each dashboard by the name of its file."""
    return {
        "fleet-overview.json": dashboard_json(
            "fleetdrift-overview",
            "Fleet overview",
            "How the fleet stands: tenants by status, drift, the worst changes.",
            fleet_overview.PANELS,
        ),
        "scan-operations.json": dashboard_json(
            "fleetdrift-scans",
            "Scan operations",
            "Whether scans are done, how fast, and what keeps them from it.",
            scan_operations.PANELS,
        ),
        "contracts-and-rollouts.json": dashboard_json(
            "fleetdrift-contracts",
            "Contracts and rollouts",
            "What breaks for services, how far a rollout is, and what plans endanger.",
            contracts_and_rollouts.PANELS,
        ),
    }


if __name__ == "__main__":
    for name, text in dashboards().items():
        (FOLDER / name).write_text(text)
