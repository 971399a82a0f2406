"""Where a PostgreSQL database is and how to get there, whoever says so: a host of the configuration, or a URL."""

from __future__ import annotations

import msgspec

from shared.hosts import SSLMODES, Host, Secret, is_loopback


class TlsFiles(msgspec.Struct, frozen=True, kw_only=True):
    """How a connection is encrypted, in libpq's words (libpq-ssl.html).

    Args:
        sslmode: disable, allow, prefer, require, verify-ca or verify-full.
        sslrootcert: File with the authorities that may have signed the server's certificate; `system` for the system's.
        sslcert: File with our own certificate.
        sslkey: File with its key.
    """

    sslmode: str
    sslrootcert: str = ""
    sslcert: str = ""
    sslkey: str = ""

    def __post_init__(self) -> None:
        """Refuse an unknown mode.

        Raises:
            ValueError: Names the known ones.
        """
        if self.sslmode not in SSLMODES:
            raise ValueError(f"sslmode is not one of {', '.join(SSLMODES)}")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a database is, and as whom to connect to it.

    Args:
        servers: Host name, IP address or folder of a socket, with the port; the first that answers is taken. None means
            this machine's own socket.
        user: Role to connect as; empty for the name of the operating system's user.
        password: Its credential, if it is known here.
        passfile: A password file (libpq-pgpass.html); empty for ~/.pgpass.
        database: Its name; empty for the user's.
        tls: How the connection is encrypted.
        allow_weak_authentication: Give the password, in clear or as MD5, to a server without TLS that asks for it so.
        target_session_attrs: Which of several servers is meant (`read-write`, …); empty for any.
        settings: Settings of the session, by name.
    """

    servers: tuple[tuple[str, int], ...]
    user: str
    database: str
    tls: TlsFiles
    password: Secret | None = None
    passfile: str = ""
    allow_weak_authentication: bool = False
    target_session_attrs: str = ""
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> str:
        """Say where it is, without a credential."""
        return f"{','.join(name for name, _ in self.servers) or 'local socket'}/{self.database}"


def default_sslmode(servers: tuple[tuple[str, int], ...]) -> str:
    """Choose a mode for who chose none: beyond this machine nothing goes in clear."""
    return "prefer" if all(is_loopback(name) for name, _ in servers) else "require"


def place_of(host: Host, database: str) -> Place:
    """Say where a database of a configured host is."""
    servers = ((host.address, host.port),)
    return Place(
        servers=servers,
        user=host.user,
        password=host.password,
        passfile=host.passfile,
        database=database,
        tls=TlsFiles(
            sslmode=host.sslmode or default_sslmode(servers),
            sslrootcert=host.sslrootcert,
            sslcert=host.sslcert,
            sslkey=host.sslkey,
        ),
        allow_weak_authentication=host.allow_weak_authentication,
    )
