"""Password files and service files of libpq, and what `[hosts.X]` makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.settings.load import SettingsError, load_settings
from shared.hosts import Host
from shared.postgres.credential_files import CredentialFileError, read_password

FILE = r"""
# comment:*:*:*:no
db-1:5432:app:scanner:first
db-1:*:*:scanner:with\:colon\\
localhost:5432:app:*:socket
[\:\:1]:5432:*:*:never
*:*:other:*:last
"""
SETTINGS = """
[fleet]
tenants = [{{ tenant = "a" }}]
[spec]
source = "sql"
[hosts.main]
{}
"""


def load(tmp_path: Path, table: str) -> Host:
    path = tmp_path / "fleetdrift.toml"
    path.write_text(SETTINGS.format(table))
    return load_settings(path, {}).hosts["main"]


@pytest.fixture
def passwords(tmp_path) -> str:
    path = tmp_path / "pgpass"
    path.write_text(FILE)
    path.chmod(0o600)
    return str(path)


@pytest.mark.parametrize(
    ("server", "database", "user", "password"),
    [
        (("db-1", 5432), "app", "scanner", "first"),
        (("db-1", 5433), "app", "scanner", "with:colon\\"),
        (("/run/postgresql", 5432), "app", "anybody", "socket"),
        (("db-9", 1), "other", "x", "last"),
        (("db-9", 1), "app", "x", None),
    ],
)
def test_the_first_line_that_fits_gives_the_password(passwords, server, database, user, password):
    found = read_password(passwords, server, database, user)
    assert (found.reveal() if found else None) == password


def test_a_password_file_that_was_named_must_be_there(tmp_path):
    with pytest.raises(CredentialFileError, match=r"^there is no password file .*/none$"):
        read_password(str(tmp_path / "none"), ("h", 1), "d", "u")


def test_a_service_says_what_the_table_leaves_out(tmp_path):
    (tmp_path / "services").write_text(
        "[eu]\nhost=db.internal\nport=5433\nuser=reader\npassword=100%=sure\nsslmode=verify-full\nsslrootcert=ca.crt\n"
    )
    host = load(tmp_path, 'service = "eu"\nservicefile = "services"\nuser = "scanner"\nsslkey = "own.key"')
    assert (host.address, host.port, host.user) == ("db.internal", 5433, "scanner")
    assert host.password is not None
    assert host.password.reveal() == "100%=sure"
    assert (host.sslmode, host.sslrootcert) == ("verify-full", str(tmp_path / "ca.crt"))
    assert host.sslkey == str(tmp_path / "own.key")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            'service = "us"\nservicefile = "services"',
            r"hosts\.main\.service: the service file .* has no section \[us\]",
        ),
        ('service = "eu"\nservicefile = "none"', r"hosts\.main\.service: there is no service file .*/none"),
        ('address = "db"\nsslmode = "full"', r"hosts\.main\.sslmode: expected one of disable, allow, prefer, require"),
        ("port = 5432", r"hosts\.main\.address: expected a host name, an IP address, or the folder"),
    ],
)
def test_what_cannot_be_used_is_named_by_its_key(tmp_path, table, message):
    (tmp_path / "services").write_text("[eu]\nhost=db\n")
    with pytest.raises(SettingsError, match=message):
        load(tmp_path, table)


def test_the_authorities_of_the_system_are_no_file(tmp_path):
    assert load(tmp_path, 'address = "db"\nsslrootcert = "system"').sslrootcert == "system"
