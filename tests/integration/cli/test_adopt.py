"""What `fleetdrift adopt` prints for a diff of files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([FLEETDRIFT, *arguments], capture_output=True, text=True, check=False, cwd=folder, timeout=90)


def test_the_drift_of_a_saved_diff_is_adopted_by_a_patch_that_git_applies(tmp_path):
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / "desired.sql").write_text("CREATE TABLE t (id int);\n\nCREATE INDEX i ON t (id);\n")
    (tmp_path / "observed.sql").write_text("CREATE TABLE t (id int, name text DEFAULT 'x');\n")
    (tmp_path / "diff.json").write_text(run(tmp_path, "diff", "desired.sql", "observed.sql", "--output", "json").stdout)
    done = run(tmp_path, "adopt", "diff.json", "--source", "desired.sql")
    assert done.returncode == 0, done.stderr
    assert "desired.sql declares column public.t.name and no longer declares index public.i" in done.stderr
    (tmp_path / "adopt.diff").write_text(done.stdout)
    subprocess.run(["git", "apply", "adopt.diff"], cwd=tmp_path, check=True)
    assert run(tmp_path, "diff", "desired.sql", "observed.sql").returncode == 0


def test_a_declaration_that_changed_since_it_was_compared_is_refused(tmp_path):
    (tmp_path / "desired.sql").write_text("CREATE TABLE t (id int);\n")
    (tmp_path / "observed.sql").write_text("CREATE TABLE t (id int, name text);\n")
    (tmp_path / "diff.json").write_text(run(tmp_path, "diff", "desired.sql", "observed.sql", "--output", "json").stdout)
    (tmp_path / "desired.sql").write_text("CREATE TABLE t (id bigint);\n")
    done = run(tmp_path, "adopt", "diff.json", "--source", "desired.sql")
    assert done.returncode == 1
    assert "the declaration is not what it was when this was compared" in done.stderr
    assert done.stdout == ""


def test_a_file_that_is_no_report_is_refused_with_what_was_expected(tmp_path):
    (tmp_path / "desired.sql").write_text("CREATE TABLE t (id int);\n")
    done = run(tmp_path, "adopt", "desired.sql", "--source", "desired.sql")
    assert done.returncode == 1
    assert done.stderr == (
        "fleetdrift: desired.sql: expected report.json, or the JSON of `fleetdrift diff`; found neither\n"
    )
