"""Run every benchmark, one after the other, each in a process of its own so that none sees another's memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

WITH_A_TARGET_OF_ITS_OWN = frozenset({"bench_dispatch", "bench_fleet", "bench_memory"})
"""Benchmarks that take longer than three minutes, and what they run as a part of theirs."""


def main() -> int:
    """Run them; the exit code is the first that is not 0."""
    code = 0
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        if path.stem in WITH_A_TARGET_OF_ITS_OWN:
            continue
        print(f"== {path.stem}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"tests.benchmarks.{path.stem}"], check=False)
        code = code or done.returncode
    return code


if __name__ == "__main__":
    sys.exit(main())
