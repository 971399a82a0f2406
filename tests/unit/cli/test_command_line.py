"""The command line's manners: exit codes, one sentence per error, quick help."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from coordinator.cli.apply import _names
from coordinator.cli.verbs import SECTIONS, VERBS

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([FLEETDRIFT, *arguments], capture_output=True, text=True, check=False, cwd=cwd, timeout=60)


def test_wrong_usage_ends_with_64():
    done = run("no-such-verb")
    assert done.returncode == 64
    assert "No such command 'no-such-verb'" in done.stderr


def test_a_missing_argument_ends_with_64():
    assert run("diff", "only-one").returncode == 64


def test_help_lists_every_verb():
    done = run("--help")
    assert done.returncode == 0
    for title, verbs in SECTIONS.items():
        assert f"\n{title}:\n" in done.stdout
        for name, verb in verbs.items():
            assert re.search(rf"^  {name} +{re.escape(verb.summary)}$", done.stdout, re.MULTILINE), name


def test_help_imports_no_verb():
    listing = "import sys; from coordinator.cli.main import cli; cli(['--help'], standalone_mode=False); "
    done = subprocess.run(
        [sys.executable, "-c", listing + "print(*sys.modules)"], capture_output=True, text=True, check=True, timeout=60
    )
    assert not {verb.module for verb in VERBS.values()} & set(done.stdout.split())


def test_an_error_is_one_sentence_that_names_the_source(tmp_path):
    done = run("fingerprint", "nowhere.sql", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "fleetdrift: nowhere.sql: there is no such file or directory\n"


def test_a_missing_configuration_is_wrong_usage(tmp_path):
    done = run("check", cwd=tmp_path)
    assert done.returncode == 64
    assert "there is no fleetdrift.toml" in done.stderr


@pytest.mark.parametrize("verb", VERBS)
def test_the_module_of_every_verb_holds_its_command(verb):
    assert isinstance(importlib.import_module(VERBS[verb].module).command, click.Command)


def test_a_full_disk_is_no_bug_of_ours():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [FLEETDRIFT, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr == "fleetdrift: the output cannot be written: No space left on device\n"


def test_a_closed_standard_output_ends_no_command(tmp_path):
    (tmp_path / "a.sql").write_text("")
    done = subprocess.run(
        ["sh", "-c", f'"{FLEETDRIFT}" --help >&-; echo $? >&2'],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60,
    )  # fmt: skip
    assert done.stderr == "0\n"


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        (("json:",), "names no file"),
        (("json:.",), "names no file"),
        (("json:a", "csv:./a"), "two --output name"),
        (("json", "csv"), "only one --output can be printed"),
    ],
)
def test_an_output_that_could_not_be_kept_is_refused_before_the_scan(tmp_path, outputs, said):
    done = run("check", *(word for output in outputs for word in ("--output", output)), cwd=tmp_path)
    assert done.returncode == 64
    assert said in done.stderr


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        ("a,b", ["a", "b"]),
        (",a,,", ["a"]),
        ('"O\'Brien, ""the"" shop",b', ['O\'Brien, "the" shop', "b"]),
        ('say "x"', ['say "x"']),
        ('"new\nline"', ["new\nline"]),
        ("", []),
    ],
)
def test_tenants_of_apply_are_split_at_commas_outside_of_quotes(entry, names):
    assert _names(entry) == names
