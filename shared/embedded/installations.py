"""PostgreSQL installations of this machine: where packages put them, and the one that `pg_config` speaks of."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

SCRATCH_VARIABLE = "FLEETDRIFT_SCRATCH"
"""Environment variable with the URL of a scratch server to use; `--scratch` sets it."""
BINARIES_VARIABLE = "FLEETDRIFT_SCRATCH_BINARIES"
"""Environment variable with the folder of programs of a scratch server to start."""

_PLACES = (
    "/usr/lib/postgresql/{major}/bin",  # Debian, Ubuntu, and apt.postgresql.org
    "/usr/pgsql-{major}/bin",  # yum.postgresql.org
    "/opt/homebrew/opt/postgresql@{major}/bin",
    "/usr/local/opt/postgresql@{major}/bin",
)
_PROGRAMS = ("initdb", "postgres")
_ASK_SECONDS = 5.0


def is_installation(binaries: Path) -> bool:
    """Say whether a folder has the programs that a server needs."""
    return all((binaries / program).is_file() for program in _PROGRAMS)


def installation_of(major: int) -> Path | None:
    """Give the folder of programs of a PostgreSQL of this major; None where this machine has none."""
    return next((folder for folder in _candidates(major) if is_installation(folder)), None)


def major_of_programs(binaries: Path) -> int:
    """Give the major version of the server in a folder of programs, as it says it; 0 where it does not run."""
    words = _said(binaries / "postgres", "--version").split()
    number = next((word for word in words if word[:1].isdigit()), "0")
    return int(re.match(r"\d+", number).group())  # type: ignore[union-attr]  # it begins with a digit


def _candidates(major: int) -> Iterator[Path]:
    for place in _PLACES:
        yield Path(place.format(major=major))
    if f"PostgreSQL {major}." in _asked("--version"):
        yield Path(_asked("--bindir").strip())


def _asked(what: str) -> str:
    program = shutil.which("pg_config")
    return _said(Path(program), what) if program else ""


def _said(program: Path, what: str) -> str:
    try:
        return subprocess.run([program, what], capture_output=True, text=True, check=False, timeout=_ASK_SECONDS).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
