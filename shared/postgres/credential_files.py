"""Read libpq's files of credentials: password files and service files (libpq-pgpass.html, libpq-pgservice.html)."""

from __future__ import annotations

import configparser
import os
import re
import stat
from pathlib import Path

from shared.hosts import Secret

_FIELD = re.compile(r"((?:\\.|[^\\:])*)(?::|$)")
_FIELDS = 5  # host, port, database, user, password


class CredentialFileError(ValueError):
    """A file of credentials cannot be used; the message names it and holds nothing of it."""


def read_password(file: str, server: tuple[str, int], database: str, user: str) -> Secret | None:
    """Look a password up.

    Args:
        file: The password file; empty for PGPASSFILE or ~/.pgpass, which need not be there.
        server: Host name (or folder of a socket) and port.
        database: Name of the database.
        user: Role.

    Returns:
        The password of the first line that fits, or None.

    Raises:
        CredentialFileError: When the file was named and is not there, or others may read it.
    """
    text = _text(file)
    host = "localhost" if server[0].startswith("/") else server[0]
    wanted = (host, str(server[1]), database, user)
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        fields = [re.sub(r"\\(.)", r"\1", field) for field in _FIELD.findall(line)[: _FIELDS - 1]]
        if len(fields) == _FIELDS - 1 and all(raw in ("*", value) for raw, value in zip(fields, wanted, strict=True)):
            rest = line[sum(len(field) + 1 for field in _FIELD.findall(line)[: _FIELDS - 1]) :]
            return Secret(re.sub(r"\\(.)", r"\1", rest))
    return None


def _text(file: str) -> str:
    path = Path(file or os.environ.get("PGPASSFILE") or "~/.pgpass").expanduser()
    try:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise CredentialFileError(f"the password file {path} can be read by others: chmod 600 {path}")
        return path.read_text()
    except FileNotFoundError:
        if file:
            raise CredentialFileError(f"there is no password file {path}") from None
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise CredentialFileError(f"the password file {path} cannot be read: {type(error).__name__}") from None


def read_service(name: str, file: str) -> dict[str, str]:
    """Read the parameters of a service.

    Args:
        name: Its section.
        file: The service file; empty for PGSERVICEFILE or ~/.pg_service.conf.

    Raises:
        CredentialFileError: When the file cannot be read or has no such section.
    """
    path = Path(file or os.environ.get("PGSERVICEFILE") or "~/.pg_service.conf").expanduser()
    # No interpolation: a password may hold a %. Comments begin a line, as libpq has it.
    parser = configparser.ConfigParser(
        interpolation=None, delimiters=("=",), comment_prefixes=("#",), strict=False, default_section=""
    )
    try:
        parser.read_string(path.read_text())
    except FileNotFoundError:
        raise CredentialFileError(f"there is no service file {path}") from None
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise CredentialFileError(f"the service file {path} cannot be read: {type(error).__name__}") from None
    if not parser.has_section(name):
        raise CredentialFileError(f"the service file {path} has no section [{name}]")
    return dict(parser.items(name))
