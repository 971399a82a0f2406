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
