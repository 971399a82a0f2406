"""Each failure of TLS and of a file of credentials is a sentence that says what to do."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import msgspec
import pytest

from shared.hosts import Host, Secret
from shared.postgres.connection import TargetError, connect_url
from shared.postgres.opening import open_connection
from shared.postgres.place import place_of
from tests.fake_server import READY, fake_server

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Certificates(msgspec.Struct, frozen=True):
    """A folder with an authority (ca), another (other), a server's certificate for localhost, and an expired one."""

    folder: Path

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def serving(self, name: str, *, client_authority: str = "") -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = ssl.TLSVersion.TLSv1_2  # a refused client learns of it within the handshake
        context.load_cert_chain(self.folder / f"{name}.crt", self.folder / f"{name}.key")
        if client_authority:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.folder / f"{client_authority}.crt")
        return context


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Certificates:
    folder = tmp_path_factory.mktemp("tls")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for authority in ("ca", "other"):
        openssl(
            folder, "req", "-x509", *key, "-keyout", f"{authority}.key", "-out", f"{authority}.crt",
            "-subj", f"/CN={authority}", "-days", "2",
        )  # fmt: skip
    (folder / "names").write_text("subjectAltName=DNS:localhost")
    for name, days in (("server", "2"), ("expired", "-1")):
        openssl(folder, "req", "-new", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", "/CN=localhost")
        openssl(
            folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", days, "-extfile", "names", "-out", f"{name}.crt",
        )  # fmt: skip
    (folder / "empty.crt").write_text("")
    return Certificates(folder)


async def connect(port: int, **changes):
    host = Host(**{"name": "h", "address": "localhost", "port": port, "user": "u", "password": Secret("x"), **changes})
    return await open_connection(place_of(host, "db"), seconds=3)


async def failure(port: int, **changes) -> str:
    with pytest.raises(TargetError) as caught:
        await connect(port, **changes)
    return str(caught.value)


@pytest.mark.parametrize("sslmode", ["verify-ca", "verify-full", "require"])
async def test_a_server_that_the_named_authority_signed_is_believed(certificates, sslmode):
    async with fake_server(READY, tls=certificates.serving("server")) as server:
        connection = await connect(server.port, sslmode=sslmode, sslrootcert=certificates.path("ca.crt"))
        connection.terminate()


@pytest.mark.parametrize(
    ("serving", "changes", "said"),
    [
        (
            "server",
            {"sslrootcert": "other.crt"},
            "the server's certificate is not signed by an authority of sslrootcert",
        ),
        ("expired", {"sslrootcert": "ca.crt"}, "the server's certificate has expired: renew it on the server"),
        (
            "server",
            {"sslrootcert": "ca.crt", "address": "127.0.0.1"},
            "the server's certificate is for another IP address",
        ),
        ("server", {"sslrootcert": "none.crt"}, "none.crt cannot be read: No such file or directory"),
        ("server", {"sslrootcert": "empty.crt"}, "empty.crt holds no certificate (expected PEM)"),
        ("server", {"sslrootcert": "ca.crt", "sslcert": "none.crt"}, "sslcert: there is no file "),
        (
            "server",
            {"sslrootcert": "ca.crt", "sslcert": "server.crt", "sslkey": "ca.key"},
            " are no pair",
        ),
    ],
    ids=["another authority", "expired", "another name", "no file", "no certificate", "no sslcert", "another key"],
)
async def test_what_is_wrong_with_a_certificate_is_said(certificates, serving, changes, said):
    files = {name: certificates.path(file) for name, file in changes.items() if name != "address"}
    async with fake_server(READY, tls=certificates.serving(serving)) as server:
        message = await failure(server.port, **{"sslmode": "verify-full", **changes, **files})
    assert said in message


@pytest.mark.parametrize("sslmode", ["verify-ca", "verify-full"])
async def test_verifying_without_an_authority_says_which_setting_is_missing(
    certificates, sslmode, monkeypatch, tmp_path
):
    monkeypatch.setenv("HOME", str(tmp_path))
    async with fake_server(READY, tls=certificates.serving("server")) as server:
        message = await failure(server.port, sslmode=sslmode)
        with pytest.raises(TargetError, match=f"^localhost/db: {sslmode} needs the certificate of the authority"):
            await connect_url(f"postgresql://u@localhost:{server.port}/db?sslmode={sslmode}")
    assert message == (
        f"{sslmode} needs the certificate of the authority that signed the server's: name its file as sslrootcert, or "
        '"system" for the authorities that this machine trusts'
    )


async def test_the_system_s_authorities_may_be_named(certificates):
    async with fake_server(READY, tls=certificates.serving("server")) as server:
        message = await failure(server.port, sslmode="verify-full", sslrootcert="system")
    assert message.startswith("the server's certificate is not signed by an authority")


async def test_a_server_without_tls_is_said_to_have_none():
    async with fake_server(READY) as server:
        assert (await failure(server.port, sslmode="require")).startswith(
            "the server offers no TLS, and sslmode is require"
        )


async def test_a_client_s_certificate_is_shown_where_the_server_wants_one(certificates):
    tls = certificates.serving("server", client_authority="ca")
    own = {"sslcert": certificates.path("server.crt"), "sslkey": certificates.path("server.key")}
    async with fake_server(READY, tls=tls) as server:
        connection = await connect(server.port, sslmode="require", **own)
        connection.terminate()
        with pytest.raises(ConnectionError):  # without it
            await connect(server.port, sslmode="require")


async def test_a_password_file_that_others_read_is_refused(tmp_path):
    file = tmp_path / "passwords"
    file.write_text("*:*:*:*:canary-7c1f")
    file.chmod(0o644)
    async with fake_server(READY) as server:
        message = await failure(server.port, password=None, passfile=str(file))
    assert message == f"the password file {file} can be read by others: chmod 600 {file}"
