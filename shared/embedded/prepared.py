"""Give a new PostgreSQL cluster: a copy of one that `initdb` made earlier, which takes a tenth of the time.

The first cluster of an installation is kept in the user's cache folder. Only this user can reach what is kept, and no
server ever runs on it, so that SQL of strangers sees copies and nothing else. Where there is no safe cache folder,
`initdb` runs each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from shared.embedded.stand_ins.beside import keep_up, place_beside
from shared.embedded.stand_ins.files import stand_ins_hash, write_stand_ins
from shared.kept_files import cache_folder

STAND_INS = "stand_ins"
"""Folder in a cluster that `extension_control_path` can name: stand-ins for extensions that the server lacks."""
CONTROL_PATH_SINCE = 18
"""First major with `extension_control_path`; servers before it get a program of their own (`stand_ins.beside`)."""
_INITDB_OPTIONS = (
    "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions",
)  # fmt: skip
_CP = "/bin/cp"
_CLUSTERS = "clusters"
_CLUSTER_PREFIX = "cluster-"
_UNUSED_AFTER_SECONDS = 30 * 24 * 3600


class ClusterError(RuntimeError):
    """`initdb` failed; the message holds the end of its words."""


def make_cluster(binaries: Path, data: Path, user: pwd.struct_passwd | None) -> None:
    """Make a cluster with the superuser `postgres`, who needs no password.

    Args:
        binaries: Folder of `initdb`.
        data: Where the cluster is made; it is not there yet, and the folder above it is the user's.
        user: Whom the cluster shall belong to, when we are root.

    Raises:
        ClusterError: When `initdb` fails.
    """
    kept = _kept_cluster(binaries, user)
    if kept is not None and kept.is_dir() and _copied(kept, data):
        keep_up(binaries, data / STAND_INS)
        return
    _initdb(binaries, data, user)
    write_stand_ins(data / STAND_INS)
    if major_of(data) < CONTROL_PATH_SINCE:
        place_beside(binaries, data / STAND_INS)
    if kept is not None:
        _keep(data, kept)


def major_of(data: Path) -> int:
    """Give the major version of a cluster."""
    return int((data / "PG_VERSION").read_text())


def _kept_cluster(binaries: Path, user: pwd.struct_passwd | None) -> Path | None:
    """Name the folder of the cluster that is kept for an installation; None where nothing may be kept."""
    folder = cache_folder(_CLUSTERS)
    if folder is None:
        return None
    built = [(binaries / program).stat() for program in ("initdb", "postgres")]
    facts = [
        str(binaries),
        *_INITDB_OPTIONS,
        stand_ins_hash(),
        *(f"{s.st_ino} {s.st_size} {s.st_mtime_ns}" for s in built),
    ]
    owner = user.pw_uid if user else os.geteuid()
    return folder / f"{_CLUSTER_PREFIX}{owner}-{hashlib.sha256(chr(0).join(facts).encode()).hexdigest()[:24]}"


def _copied(kept: Path, data: Path) -> bool:
    """Copy a cluster with its owner and its permissions; say whether that succeeded, and leave nothing if not."""
    with contextlib.suppress(OSError):
        os.utime(kept)  # it is in use
    if _copy(kept, data):
        return True
    shutil.rmtree(data, ignore_errors=True)
    return False


def _copy(source: Path, target: Path) -> bool:
    # `cp` takes a third of the time of shutil.copytree, which does not keep owners.
    try:
        done = subprocess.run([_CP, "-Rp", str(source), str(target)], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def _keep(data: Path, kept: Path) -> None:
    """Keep a copy of a new cluster. Where several processes do so at the same time, the first one wins."""
    with contextlib.suppress(OSError):
        _remove_unused(kept.parent)
        fresh = Path(tempfile.mkdtemp(prefix="new-", dir=kept.parent))
        try:
            if _copy(data, fresh / "data"):
                (fresh / "data").rename(kept)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _remove_unused(folder: Path) -> None:
    """Remove clusters of installations that are gone, and what a killed process has left."""
    for found in folder.iterdir():
        if found.stat().st_mtime < time.time() - _UNUSED_AFTER_SECONDS:
            shutil.rmtree(found, ignore_errors=True)


def _initdb(binaries: Path, data: Path, user: pwd.struct_passwd | None) -> None:
    argv = [str(binaries / "initdb"), "-D", str(data), *_INITDB_OPTIONS]
    name = user.pw_name if user else None
    done = subprocess.run(argv, user=name, capture_output=True, check=False, cwd="/", text=True)
    if done.returncode:
        raise ClusterError(f"initdb failed: {done.stderr.strip()[-500:]}")
