"""What `fleetdrift diff` prints for two files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")


def test_a_possible_rename_is_offered_as_a_comment_and_never_assumed(tmp_path):
    (tmp_path / "desired.sql").write_text("CREATE TABLE t (id int, surname text);")
    (tmp_path / "observed.sql").write_text("CREATE TABLE t (id int, family_name text);")
    done = subprocess.run(
        [FLEETDRIFT, "diff", "desired.sql", "observed.sql", "--output", "sql"],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    offered = [line for line in done.stdout.splitlines() if "possible rename" in line]
    assert len(offered) == 1
    assert offered[0].startswith("-- ")
    assert "RENAME COLUMN" in offered[0]
    assert 'ADD COLUMN "surname"' in done.stdout
    assert "RENAME" not in "".join(line for line in done.stdout.splitlines() if not line.startswith("--"))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([FLEETDRIFT, *arguments], capture_output=True, text=True, check=False, cwd=folder, timeout=60)


def test_a_saved_snapshot_names_its_format_and_is_a_source_and_another_format_is_refused(tmp_path):
    (tmp_path / "schema.sql").write_text("CREATE TABLE t (id int PRIMARY KEY);")
    saved = run(tmp_path, "snapshot", "schema.sql").stdout
    assert saved.startswith('{"format":"snapshot/1",')
    (tmp_path / "saved.json").write_text(saved)
    (tmp_path / "unnamed.json").write_text(saved.replace('"format":"snapshot/1",', ""))
    (tmp_path / "newer.json").write_text(saved.replace("snapshot/1", "snapshot/2"))
    same = run(tmp_path, "diff", "saved.json", "unnamed.json", "--output", "json")
    assert same.returncode == 0, same.stderr
    assert same.stdout.startswith('{"format":"diff/2","diff":')
    refused = run(tmp_path, "diff", "saved.json", "newer.json")
    assert refused.returncode == 1
    assert refused.stderr == (
        "fleetdrift: newer.json: this snapshot was written in format 2; this release reads format 1: "
        "upgrade fleetdrift\n"
    )
