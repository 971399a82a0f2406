"""Which scratch server is used: the one that is named, else this machine's of the tenants' major, or the wheel's."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from coordinator.cli.diff import command as diff
from coordinator.cli.doctor import command as doctor
from coordinator.settings.load import load_settings
from shared.analysis import scratch_server as choice
from shared.analysis.scratch_server import scratch_server, started_server
from shared.embedded import installations
from shared.embedded.installations import SCRATCH_VARIABLE, installation_of
from shared.embedded.postgres import EmbeddedPostgres, EmbeddedPostgresError, wheel_binaries

CONFIGURATION = """
[spec]
source = "desired.sql"
[[fleet.tenants]]
tenant = "acme"
host = "main"
database = "acme"
[hosts.main]
address = "db.example"
user = "scanner"
[scratch]
dsn = "postgresql://configured/postgres"
"""


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (SCRATCH_VARIABLE, installations.BINARIES_VARIABLE):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """The folders of programs that a server was started of; none is."""
    found: list[Path | None] = []

    class Fake(EmbeddedPostgres):
        def start(self):
            found.append(self._wanted)
            return self

    monkeypatch.setattr(choice, "EmbeddedPostgres", Fake)
    return found


def installation(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for program in ("initdb", "postgres"):
        (folder / program).touch()
    return folder


def test_the_environment_names_a_server_and_none_is_started(postgres, started, monkeypatch):
    monkeypatch.setenv(SCRATCH_VARIABLE, postgres.dsn())

    async def answered() -> int:
        async with scratch_server(None) as scratch, scratch.database() as database:
            return await database.connection.fetchval("SELECT 1")

    assert asyncio.run(answered()) == 1
    assert started == []


def test_this_machines_own_installation_of_the_tenants_major_comes_before_the_wheel(started, monkeypatch, tmp_path):
    own = installation(tmp_path / "postgresql" / "16" / "bin")
    monkeypatch.setattr(installations, "_PLACES", (str(tmp_path / "postgresql" / "{major}" / "bin"),))
    monkeypatch.setattr("shutil.which", lambda _: None)
    for major in (16, 15, 0):
        started_server(major=major)
    assert started == [own, None, None]


def test_programs_that_are_named_come_before_all(started, tmp_path):
    named = installation(tmp_path / "mine")
    started_server(str(named), 16)
    assert started == [named]


def test_a_folder_without_the_programs_is_refused_in_words(tmp_path):
    with pytest.raises(EmbeddedPostgresError, match="expected a folder with initdb and postgres"):
        started_server(str(tmp_path))


def test_the_major_of_the_configuration_is_found_on_each_machine_or_refused_in_words(started, monkeypatch, tmp_path):
    own = installation(tmp_path / "postgresql" / "16" / "bin")
    (own / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 16.4 (Debian 16.4-1)'\n")
    (own / "postgres").chmod(0o755)
    monkeypatch.setattr(installations, "_PLACES", (str(tmp_path / "postgresql" / "{major}" / "bin"),))
    monkeypatch.setattr("shutil.which", lambda _: None)
    started_server(wanted=16)
    started_server(wanted=18)
    assert started == [own, wheel_binaries()]
    with pytest.raises(EmbeddedPostgresError, match=r"this machine has no server programs of PostgreSQL 15: install"):
        started_server(wanted=15)


def test_the_wheels_own_programs_are_an_installation_that_works(tmp_path):
    with started_server(str(wheel_binaries())) as server:
        assert server.socket_dir.exists()


def test_pg_config_names_an_installation_in_an_unusual_place(monkeypatch, tmp_path):
    own = installation(tmp_path / "odd")
    program = tmp_path / "pg_config"
    program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "PostgreSQL 16.4" || echo {own}\n')
    program.chmod(0o755)
    monkeypatch.setattr(installations, "_PLACES", ())
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert installation_of(16) == own
    assert installation_of(15) is None


def test_the_option_counts_more_than_the_environment_and_that_more_than_the_configuration(tmp_path, monkeypatch):
    (tmp_path / "fleetdrift.toml").write_text(CONFIGURATION)
    path = tmp_path / "fleetdrift.toml"
    assert "configured" in load_settings(path, {}).scratch_dsn.reveal()
    environment = {SCRATCH_VARIABLE: "postgresql://named/postgres"}
    assert "named" in load_settings(path, environment).scratch_dsn.reveal()
    monkeypatch.setenv(SCRATCH_VARIABLE, "postgresql://named/postgres")
    for name in ("a.sql", "b.sql"):
        (tmp_path / name).write_text("CREATE TABLE t (a int);")
    CliRunner().invoke(diff, [str(tmp_path / "a.sql"), str(tmp_path / "b.sql"), "--scratch", "postgresql://option/x"])
    assert os.environ[SCRATCH_VARIABLE] == "postgresql://option/x"


def test_an_extension_that_nobody_has_names_the_way_out(tmp_path):
    (tmp_path / "a.sql").write_text("CREATE EXTENSION no_such_extension;")
    done = CliRunner().invoke(diff, [str(tmp_path / "a.sql"), str(tmp_path / "a.sql")])
    assert "--scratch" in str(done.exception)


def test_doctor_says_what_is_real_what_stands_in_and_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = dict(line[6:].partition(": ")[::2] for line in CliRunner().invoke(doctor, []).output.splitlines())
    assert lines["scratch server"].startswith("PostgreSQL 18")
    stand_ins = lines["stand-ins (real names and types, hollow bodies)"].split(", ")
    assert {"pg_partman", "pgcrypto", "postgis", "postgres_fdw", "uuid-ossp"} <= set(stand_ins)
    assert "hstore" in lines["extensions of its own"]
    assert lines["missing"] == "timescaledb"
    assert lines["ICU collations"].startswith("missing")


def test_doctor_finds_no_stand_in_on_a_server_that_has_none(postgres, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(doctor, ["--scratch", postgres.dsn()]).output
    assert "hollow bodies): none" in said
    assert "pgcrypto" in said.partition("missing: ")[2]
