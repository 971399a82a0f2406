"""A PostgreSQL server that carries tenants, and the secret to connect to it, which is never printed."""

from __future__ import annotations

import ipaddress

import msgspec


class Secret:
    """A string that does not appear in repr, str, format, JSON or pickles. `reveal()` is the only way to it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the value: call it where the connection is made, and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a secret is not pickled")


SSLMODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
"""How a connection is encrypted and its server checked, weakest first (libpq-ssl.html)."""


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """One server, as `[hosts.NAME]` describes it.

    Args:
        name: The key targets refer to.
        address: Host name, IP address, or the folder of a unix socket (begins with `/`).
        port: TCP port, or the number in the socket's name.
        user: Role to connect as. It needs CONNECT and nothing else.
        password: The credential, or None (trust, peer, certificate).
        sslmode: One of `SSLMODES`; empty for prefer on this machine and require beyond it.
        sslrootcert: File with the authorities that may have signed the server's certificate; `system` for the system's.
        sslcert: File with our own certificate.
        sslkey: File with its key.
        passfile: Password file to look in when there is no password; empty for ~/.pgpass.
        allow_weak_authentication: Give the password, in clear or as MD5, to a server without TLS that asks for it so.
        max_connections: How many connections all scans together may hold to it at once.
        maintenance_database: Where discovery connects to list databases.
    """

    name: str
    address: str
    port: int = 5432
    user: str = "postgres"
    password: Secret | None = None
    sslmode: str = ""
    sslrootcert: str = ""
    sslcert: str = ""
    sslkey: str = ""
    passfile: str = ""
    allow_weak_authentication: bool = False
    max_connections: int = 8
    maintenance_database: str = "postgres"


def is_loopback(address: str) -> bool:
    """Say whether an address leads to this very machine: a unix socket, 127.0.0.1, ::1, localhost."""
    if address.startswith("/") or address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
