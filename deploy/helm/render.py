"""Writes deploy/kubernetes/ from the chart: `make manifests`. Needs the wheels of requirements/charts.lock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import helm_python

HERE = Path(__file__).parent
CHART = HERE / "fleetdrift"
MANIFESTS = HERE.parent / "kubernetes"
NAME = "fleetdrift"
"""Of the release and of the namespace that the manifests are for."""

FILES: Mapping[str, Mapping[str, Any]] = {
    "fleetdrift.yaml": {},
    "monitoring.yaml": {"podMonitor": {"enabled": True}, "prometheusRule": {"enabled": True}},
}
"""Each file of manifests, with the values that differ from the chart's; the second holds what the first has not."""

OF_HELM = re.compile(r"^ +(app\.kubernetes\.io/managed-by: Helm|helm\.sh/chart: )")
"""Labels that say who manages an object, and that would not be true of a plain manifest."""

HEAD = """# Rendered from the chart in deploy/helm/fleetdrift by `make manifests`: change that, not this.
# For the namespace fleetdrift.
"""


def rendered(values: Mapping[str, Any]) -> dict[str, str]:
    """Render the chart.

    Args:
        values: What differs from the chart's own values.

    Returns:
        The text of each template that says something, by its path.
    """
    with helm_python.Chart.load(str(CHART)) as chart:
        found = chart.render(dict(values), name=NAME, namespace=NAME)
    return {path: text for path, text in found.items() if path.endswith(".yaml") and text.strip()}


def manifests() -> dict[str, str]:
    """Give the text of each file of plain manifests."""
    base = rendered({})
    files = {}
    for name, values in FILES.items():
        templates = base if not values else {p: t for p, t in rendered(values).items() if p not in base}
        parts = [text.strip().removeprefix("---\n") for _, text in sorted(templates.items())]
        lines = "\n---\n".join(parts).splitlines()
        files[name] = HEAD + "---\n" + "\n".join(line for line in lines if not OF_HELM.search(line)) + "\n"
    return files


def main() -> None:
    """Write the files."""
    MANIFESTS.mkdir(exist_ok=True)
    for name, text in manifests().items():
        (MANIFESTS / name).write_text(text)


if __name__ == "__main__":
    main()
