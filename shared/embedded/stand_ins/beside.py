"""Stand-ins for a server before v18, which looks for extensions in one folder only: that of its installation.

PostgreSQL finds its files by the place of its program. So the program is copied to a place of its own, beside which
everything else is links to the installation, and the folder of extensions has the stand-ins too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Container
from pathlib import Path

from shared.embedded.stand_ins.files import INSTEAD, LACKING

_BESIDE = "beside"
_PROGRAM = "program"
_INSTALLED = "installed"
_ASK_SECONDS = 5.0


def place_beside(binaries: Path, folder: Path) -> None:
    """Make the place; nothing where the installation does not say where its files are, or a file cannot be written.

    Args:
        binaries: Folder of `postgres` and `pg_config`.
        folder: Where `write_stand_ins` has written.
    """
    home = folder / _BESIDE
    try:
        programs, shared, library = _folders(binaries)
        program = _under(home, programs) / "postgres"
        for made in (program.parent, _under(home, library).parent, _under(home, shared) / "extension"):
            made.mkdir(parents=True, exist_ok=True)
        shutil.copy2(binaries / "postgres", program)
        _under(home, library).symlink_to(library)
        for found in shared.iterdir():
            if found.name != "extension":
                (_under(home, shared) / found.name).symlink_to(found)
        _link_extensions(folder, shared / "extension", _under(home, shared) / "extension")
        (home / _INSTALLED).write_text(_state(shared / "extension"))
        (home / _PROGRAM).symlink_to(os.path.relpath(program, home))
    except (OSError, ValueError, subprocess.SubprocessError):
        shutil.rmtree(home, ignore_errors=True)


def keep_up(binaries: Path, folder: Path) -> None:
    """Make the place anew where extensions of the installation have come or gone since it was made."""
    home = folder / _BESIDE
    if not (home / _PROGRAM).exists():
        return
    known = (home / _INSTALLED).read_text()
    if known != _state(Path(known.partition("\n")[0])):
        shutil.rmtree(home)
        place_beside(binaries, folder)


def program_beside(folder: Path) -> Path | None:
    """Give the program of a server that finds the stand-ins; None where there is none."""
    found = folder / _BESIDE / _PROGRAM
    return found.resolve() if found.exists() else None


def _state(extensions: Path) -> str:
    """Say where extensions are installed, and when one came or went last."""
    changed = extensions.stat().st_mtime_ns if extensions.exists() else 0
    return f"{extensions}\n{changed}"


def _folders(binaries: Path) -> tuple[Path, Path, Path]:
    asked = [str(binaries / "pg_config"), "--bindir", "--sharedir", "--pkglibdir"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=_ASK_SECONDS)
    programs, shared, library = map(Path, done.stdout.splitlines())
    return programs, shared, library


def _under(home: Path, folder: Path) -> Path:
    return home / folder.relative_to(folder.anchor)


def _link_extensions(stand_ins: Path, real: Path, into: Path) -> None:
    instead, lacking = stand_ins / INSTEAD / "extension", stand_ins / LACKING / "extension"
    # What is ours is copied with the cluster, so the links must not say where it was.
    _link(instead, into, relative=True)
    _link(real, into, without=_names(instead))
    _link(lacking, into, without=_names(real), relative=True)


def _names(folder: Path) -> frozenset[str]:
    return frozenset(found.stem for found in folder.glob("*.control"))


def _link(source: Path, into: Path, *, without: Container[str] = (), relative: bool = False) -> None:
    for found in source.iterdir():
        if found.name.removesuffix(".control").partition("--")[0] not in without:
            (into / found.name).symlink_to(os.path.relpath(found, into) if relative else found)
