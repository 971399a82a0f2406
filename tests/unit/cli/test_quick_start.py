"""A command loads what it needs, and no more: each run pays for every module that it imports."""

from __future__ import annotations

import subprocess
import sys

_LOADED = "import coordinator.cli.diff, coordinator.report.renderers.diff_text, sys; print(*sys.modules)"


def test_a_comparison_of_two_schemas_loads_nothing_that_judges_services() -> None:
    loaded = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True).stdout.split()
    assert "shared.analysis.pipeline" in loaded
    judging = [name for name in loaded if name.startswith("shared.contracts.") or name == "sqlglot"]
    assert judging == ["shared.contracts.contract"], "only the shape of a verdict, which an analysis has"
