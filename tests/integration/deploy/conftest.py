"""The demo's fleet as the compose file's own scripts make it, for the tests of what is deployed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from shared.embedded.postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    """What make-secrets.sh writes, in a folder of the test's own."""
    home = tmp_path_factory.mktemp("compose")
    (home / "secrets").mkdir()
    shutil.copy(ROOT / "deploy/compose/make-secrets.sh", home)
    subprocess.run(["sh", home / "make-secrets.sh"], check=True)
    return home / "secrets"


@pytest.fixture(scope="module")
def compose_postgres(secrets):
    """A server filled as the postgres image's entrypoint fills it: psql runs init.sql as the superuser."""
    folder = ROOT / "deploy/compose/postgres"
    with EmbeddedPostgres() as server:
        done = psql(
            server, "postgres", "--file", str(folder / "init.sql"),
            SECRETS=str(secrets), TENANT_SQL=str(folder / "tenant.sql"),
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        yield server


def psql(server: EmbeddedPostgres, database: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [server.binaries / "psql", "--no-psqlrc", "--quiet", "-At", "--dbname", server.dsn(database),
         "--set", "ON_ERROR_STOP=1", *arguments],
        capture_output=True, check=False, text=True, env={"PATH": os.environ["PATH"], **environment},
    )  # fmt: skip


def write_configuration(folder: Path, server: EmbeddedPostgres, secrets: Path, **replaced: str) -> Path:
    """Write the compose file's configuration for servers of this machine; give the file."""
    text = (ROOT / "deploy/compose/fleetdrift.toml").read_text()
    replaced = {"/run/secrets": str(secrets), 'address = "postgres"': f'address = "{server.socket_dir}"'} | replaced
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, new)
    (folder / "fleetdrift.toml").write_text(text)
    (folder / "fleet").symlink_to(ROOT / "coordinator/demo/fleet")
    return folder / "fleetdrift.toml"


@pytest.fixture
def fleet_folder(compose_postgres, secrets, tmp_path):
    """A folder with the configuration and the declaration of the demo's fleet, of which two tenants have drifted."""
    write_configuration(tmp_path, compose_postgres, secrets)
    return tmp_path
