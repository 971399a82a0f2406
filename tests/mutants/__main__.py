"""`python -m tests.mutants`: make each named mistake in a copy of the project, and see a unit test fail of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.mutants.named import MUTANTS

ROOT = Path(__file__).parents[2]
COPIED = ("coordinator", "workers", "shared", "tests", "deploy", "docs", "pyproject.toml")
TESTS_FAILED = 1
"""What pytest ends with when it ran the tests and some failed; anything else is no verdict (pytest, exit codes)."""


def main() -> int:
    """Try every mutant; 0 when each of them made a test fail."""
    with tempfile.TemporaryDirectory(prefix="fleetdrift-mutants-") as folder:
        place = Path(folder)
        for name in COPIED:
            _copy(ROOT / name, place / name)
        everything = sorted({test for mutant in MUTANTS for test in mutant.tests})
        if outcome := _run(place, everything):
            print(f"the tests do not pass without any mutant: pytest ended with {outcome}")
            return 1
        survivors = [mutant for mutant in MUTANTS if not _dies(place, mutant)]
    print(f"{len(MUTANTS) - len(survivors)} of {len(MUTANTS)} mutants made a test fail")
    return 1 if survivors else 0


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def _dies(place: Path, mutant: Mutant) -> bool:
    file = place / mutant.file
    right = file.read_text()
    file.write_text(mutant.apply(right))
    try:
        outcome = _run(place, mutant.tests)
    finally:
        file.write_text(right)
    verdict = {TESTS_FAILED: "noticed", 0: "SURVIVED"}.get(outcome, f"BROKEN (pytest ended with {outcome})")
    print(f"{verdict}: {mutant.name} ({mutant.file})", flush=True)
    return outcome == TESTS_FAILED


def _run(place: Path, tests: Iterable[str]) -> int:
    # No bytecode: a file that is changed twice within a second and keeps its size would be taken from the cache.
    environment = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    argv = [sys.executable, "-m", "pytest", "-n", "0", "-x", "--no-header", *tests]
    return subprocess.run(argv, cwd=place, env=environment, stdout=subprocess.DEVNULL, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
