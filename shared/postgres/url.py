"""Read `postgresql://` URLs, strictly, into places. A complaint about a URL never repeats any part of it.

What asyncpg and libpq make of a malformed URL differs: of `postgresql://u:p@ss@host/db` one takes `ss@host` for the
host and asks a name server for it. Here everything that is not clearly one thing is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from shared.hosts import Secret
from shared.postgres.credential_files import CredentialFileError, read_service
from shared.postgres.place import Place, TlsFiles, default_sslmode

SCHEMES = ("postgresql://", "postgres://")

_SHAPE = re.compile(
    r"(?:postgresql|postgres)://"
    r"(?:(?P<user>[^/?#:@]*)(?::(?P<password>[^/?#:@]*))?@)?"
    r"(?P<hosts>[^/?#@]*)"
    r"(?:/(?P<database>[^/?#]*))?"
    r"(?:\?(?P<query>[^?#]*))?"
)
_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[^:\[\]]*))(?::(?P<port>\d{1,5}))?")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SETTING = re.compile(r"[A-Za-z_][\w.]*")
_YES = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}
_OURS = frozenset(
    {
        "allow_weak_authentication",
        "database",
        "dbname",
        "host",
        "passfile",
        "password",
        "port",
        "service",
        "servicefile",
        "sslcert",
        "sslkey",
        "sslmode",
        "sslrootcert",
        "target_session_attrs",
        "user",
    }
)
"""Parameters that say how to connect; any other is a setting of the session (libpq-connect.html)."""


class UrlError(ValueError):
    """A text is no URL of a PostgreSQL database. The message holds no part of the text."""


def is_url(text: str) -> bool:
    """Say whether a text is meant as a URL of a PostgreSQL database."""
    return text.startswith(SCHEMES)


def may_hold_secret(text: str) -> bool:
    """Say whether a text could be a connection string of some kind, and must not be shown."""
    return any(sign in text for sign in ("://", "@", "=")) or bool(re.search(r"[^/\\]:[^/\\]", text))


def parse_url(text: str, environment: Mapping[str, str] | None = None) -> Place:
    """Read a URL; a service it names fills in what it leaves out, and the environment's PGSSL… what both leave out.

    Args:
        text: `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?NAME=VALUE&…`; each part may be left out.
        environment: For `PGSSLMODE` and `PGSSLROOTCERT`; none by default.

    Raises:
        UrlError: When it is none.
    """
    if not is_url(text):
        raise UrlError("is no URL of a PostgreSQL database: expected postgresql://USER@HOST/DATABASE")
    if not text.isprintable() or " " in text:
        raise UrlError("holds a space or a control character: write it as % and two hexadecimal digits")
    if _ESCAPE.search(text):
        raise UrlError("holds a % that two hexadecimal digits do not follow: write % itself as %25")
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise UrlError(
            "cannot be told apart into user, password, host and database: write @, :, /, ? and # in a password as "
            "%40, %3A, %2F, %3F and %23"
        )
    given = _parameters(found["query"] or "")
    for name, value in (("user", found["user"]), ("password", found["password"]), ("dbname", found["database"])):
        if value:
            given.setdefault(name, _unquoted(value))
    given = _with_service(given)
    return _place(found["hosts"], given, environment or {})


def _parameters(query: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        name, equals, value = part.partition("=")
        if not equals or not _SETTING.fullmatch(name):
            raise UrlError("has a parameter after the ? that is not NAME=VALUE")
        given[name] = _unquoted(value)
    return given


def _unquoted(text: str) -> str:
    try:
        plain = unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise UrlError("holds an escape that is not UTF-8") from None
    if "\0" in plain:
        raise UrlError("holds a zero byte")
    return plain


def _with_service(given: dict[str, str]) -> dict[str, str]:
    if "service" not in given:
        return given
    try:
        return {**read_service(given["service"], given.get("servicefile", "")), **given}
    except CredentialFileError as error:
        raise UrlError(str(error)) from None


def _place(hosts: str, given: dict[str, str], environment: Mapping[str, str]) -> Place:
    servers = _servers(hosts, given)
    sslmode = given.get("sslmode") or environment.get("PGSSLMODE") or default_sslmode(servers)
    weak = _YES.get(given.get("allow_weak_authentication", "false").lower())
    if weak is None:
        raise UrlError("allow_weak_authentication must be true or false")
    try:
        return Place(
            servers=servers,
            user=given.get("user", ""),
            password=Secret(given["password"]) if given.get("password") else None,
            passfile=given.get("passfile", ""),
            database=given.get("dbname") or given.get("database") or "",
            tls=TlsFiles(
                sslmode=sslmode,
                sslrootcert=given.get("sslrootcert") or environment.get("PGSSLROOTCERT", ""),
                sslcert=given.get("sslcert", ""),
                sslkey=given.get("sslkey", ""),
            ),
            allow_weak_authentication=weak,
            target_session_attrs=given.get("target_session_attrs", ""),
            settings=tuple(sorted((name, value) for name, value in given.items() if name not in _OURS)),
        )
    except ValueError as error:
        raise UrlError(str(error)) from None


def _servers(hosts: str, given: dict[str, str]) -> tuple[tuple[str, int], ...]:
    named = hosts or given.get("host", "")
    default = _port(given.get("port", "5432").split(",")[0])
    servers = []
    for part in named.split(",") if named else []:
        text = _unquoted(part)
        if text.startswith("/"):
            servers.append((text, default))
            continue
        found = _HOST.fullmatch(text)
        if found is None or not (found["v6"] or found["name"]):
            raise UrlError("names a host that is no host name, no IP address and no folder of a socket")
        servers.append((found["v6"] or found["name"], _port(found["port"]) if found["port"] else default))
    return tuple(servers)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= 65535):  # noqa: PLR2004  # the largest port
        raise UrlError("names a port that is no number from 1 to 65535")
    return int(text)
