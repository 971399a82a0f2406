"""TLS as a real PostgreSQL speaks it: who is believed, who is let in, and what everybody else is told."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.process import unprivileged_user
from shared.hosts import Host
from shared.postgres.connection import TargetError
from shared.postgres.reading.observe import observe
from shared.targets import FailureKind, ReadRequest, Target
from tests.acceptance.hostile.test_tls_failures import Certificates, certificates, openssl
from tests.extras.programs import EXTRAS, free_port

__all__ = ["certificates"]
pytestmark = [pytest.mark.anyio, pytest.mark.extras]

PLACES = (Path("/usr/lib/postgresql/15/bin"), EXTRAS / "lib" / "postgresql" / "15" / "bin")
ADMITTED = """
local all all trust
hostssl all certified 127.0.0.1/32 cert
hostssl all scanner 127.0.0.1/32 trust
"""
ROLES = "CREATE ROLE scanner LOGIN; CREATE ROLE certified LOGIN"
TARGET = Target(tenant="t", host="h", database="postgres")


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def server(certificates: Certificates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """Debian's PostgreSQL 15, which has TLS, with a certificate for localhost."""
    binaries = next((place for place in PLACES if (place / "postgres").exists()), None)
    assert binaries, "PostgreSQL 15 is missing: run sh deploy/install-extras.sh"
    folder = tmp_path_factory.mktemp("served")
    (folder / "hba").write_text(ADMITTED)
    for name in ("server.crt", "server.key", "ca.crt"):
        shutil.copy(certificates.path(name), folder / name)
    (folder / "server.key").chmod(0o600)
    _give_to_the_servers_user(folder)
    settings = (
        "ssl=on", f"hba_file={folder}/hba", f"ssl_cert_file={folder}/server.crt", f"ssl_key_file={folder}/server.key",
        f"ssl_ca_file={folder}/ca.crt",
    )  # fmt: skip
    with EmbeddedPostgres(binaries, in_memory=True, port=free_port(), settings=settings) as running:
        subprocess.run([running.binaries / "psql", "-q", "-c", ROLES, running.dsn()], check=True)
        yield running


def _give_to_the_servers_user(folder: Path) -> None:
    user = unprivileged_user()
    if user is not None:
        for path in (folder, *folder.iterdir()):
            os.chown(path, user.pw_uid, user.pw_gid)
        for parent in folder.parents:
            if parent.owner() == "root" and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o055)


@pytest.fixture(scope="module")
def client(certificates: Certificates) -> dict[str, str]:
    """The certificate of the role `certified`, signed by the server's own authority."""
    folder, key = certificates.folder, ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl(folder, "req", "-new", *key, "-keyout", "client.key", "-out", "client.csr", "-subj", "/CN=certified")
    signed = ("-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2")
    openssl(folder, "x509", "-req", "-in", "client.csr", *signed, "-out", "client.crt")
    (folder / "client.key").chmod(0o600)
    return {"sslcert": certificates.path("client.crt"), "sslkey": certificates.path("client.key")}


async def read(server: EmbeddedPostgres, **changes: str) -> int:
    told: dict[str, Any] = {"name": "h", "address": "localhost", "user": "scanner", "sslmode": "verify-full", **changes}
    return (await observe(Host(port=server.port, **told), TARGET, ReadRequest())).server_version


async def failure(server: EmbeddedPostgres, **changes: str) -> str:
    with pytest.raises(TargetError) as caught:
        await read(server, **changes)
    assert caught.value.failure.kind in (FailureKind.REFUSED, FailureKind.AUTHENTICATION)
    return caught.value.failure.message


@pytest.mark.parametrize("sslmode", ["require", "verify-ca", "verify-full"])
async def test_a_tenant_is_read_through_the_tls_of_a_real_server(server, certificates, sslmode) -> None:
    assert await read(server, sslmode=sslmode, sslrootcert=certificates.path("ca.crt")) >= 150000


async def test_a_client_certificate_is_what_lets_its_role_in(server, certificates, client) -> None:
    root = certificates.path("ca.crt")
    assert await read(server, user="certified", sslrootcert=root, **client) >= 150000
    without = await failure(server, user="certified", sslrootcert=root)
    assert "certificate" in without
    for_another = await failure(server, user="scanner2", sslrootcert=root, **client)
    assert "no pg_hba.conf entry" in for_another


async def test_a_real_server_of_another_name_or_authority_is_not_believed(server, certificates) -> None:
    root = certificates.path("ca.crt")
    other_name = await failure(server, address="127.0.0.1", sslrootcert=root)
    assert other_name.startswith("the server's certificate is for another IP address")
    other_authority = await failure(server, sslrootcert=certificates.path("other.crt"))
    assert other_authority.startswith("the server's certificate is not signed by an authority of sslrootcert")


async def test_a_real_server_that_wants_tls_lets_nobody_in_without(server) -> None:
    assert "no encryption" in await failure(server, sslmode="disable")
