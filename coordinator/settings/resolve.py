"""Find secrets where the configuration says they are; each becomes a `Secret`, which does not print."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from coordinator.settings.model import ApplyHostTable, Settings
from coordinator.settings.table import SecretReference
from shared.hosts import Host, Secret
from shared.postgres.url import UrlError, parse_url
from shared.signing import MIN_KEY_LENGTH

_COMMAND_TIMEOUT = 15.0  # seconds: a password manager may ask somebody


def resolve_secret(reference: SecretReference, where: str, root: Path, env: Mapping[str, str]) -> Secret:
    """Read one secret.

    Args:
        reference: Where it is.
        where: Key of the configuration, for messages.
        root: Folder relative file names start from.
        env: The environment.

    Raises:
        ValueError: When not exactly one place is named, or nothing is there. The message never holds the secret.
    """
    if [bool(reference.env), bool(reference.file), bool(reference.command)].count(True) != 1:
        raise ValueError(f"{where}: give exactly one of env, file, command")
    if reference.env:
        if not env.get(reference.env):
            raise ValueError(f"{where}: the environment variable {reference.env} is not set")
        return Secret(env[reference.env])
    if reference.file:
        try:
            text = (root / reference.file).read_text().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{where}: the file {reference.file} cannot be read: {type(error).__name__}") from None
        return _not_empty(text, f"{where}: the file {reference.file} is empty")
    return _from_command(reference.command, where)


def _not_empty(text: str, message: str) -> Secret:
    if not text:
        raise ValueError(message)
    return Secret(text)


def _from_command(command: tuple[str, ...], where: str) -> Secret:
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=_COMMAND_TIMEOUT, stdin=subprocess.DEVNULL
        )
        if done.returncode == 0:
            text = done.stdout.decode().rstrip("\r\n")
            return _not_empty(text, f"{where}: the command {command[0]!r} printed nothing")
        reason = f"ended with exit code {done.returncode}"
    except subprocess.TimeoutExpired:
        reason = f"did not end within {_COMMAND_TIMEOUT:.0f} s"
    except (OSError, UnicodeDecodeError) as error:
        reason = f"cannot be run: {type(error).__name__}"
    raise ValueError(f"{where}: the command {command[0]!r} {reason}") from None


def resolve_database(value: str | SecretReference, where: str, root: Path, env: Mapping[str, str]) -> Secret | None:
    """Resolve a URL of a PostgreSQL database, which may hold a password.

    Raises:
        ValueError: As `_resolve_address`, and when it is no such URL. The message holds no part of it.
    """
    found = _resolve_address(value, where, root, env)
    if found is not None:
        try:
            parse_url(found.reveal())
        except UrlError as error:
            raise ValueError(f"{where}: {error}") from None
    return found


def resolve_redis(value: str | SecretReference, where: str, root: Path, env: Mapping[str, str]) -> Secret | None:
    """Resolve a URL of a Redis, which may hold a password.

    Raises:
        ValueError: As `_resolve_address`, and when it is no such URL. The message holds no part of it.
    """
    found = _resolve_address(value, where, root, env)
    if found is not None and not _is_redis_url(found.reveal()):
        raise ValueError(
            f"{where}: is no URL of a Redis: expected redis://, rediss:// or unix://, with @, :, / and % in a password "
            "written as %40, %3A, %2F and %25"
        )
    return found


def resolve_keys(
    value: SecretReference | tuple[SecretReference, ...], where: str, root: Path, env: Mapping[str, str]
) -> tuple[Secret, ...]:
    """Resolve the secrets that sign what travels through Redis.

    Raises:
        ValueError: When a reference leads nowhere, or a secret is too short. The message holds no part of it.
    """
    references = (value,) if isinstance(value, SecretReference) else value
    keys = tuple(resolve_secret(reference, where, root, env) for reference in references)
    if any(len(key.reveal()) < MIN_KEY_LENGTH for key in keys):
        raise ValueError(
            f"{where}: expected at least {MIN_KEY_LENGTH} characters, found fewer: `openssl rand -hex 32` makes a key"
        )
    return keys


def _resolve_address(value: str | SecretReference, where: str, root: Path, env: Mapping[str, str]) -> Secret | None:
    """Resolve an address that may hold a password: written out without one, or as a reference.

    Raises:
        ValueError: When a password stands in the file, or the reference leads nowhere.
    """
    if isinstance(value, SecretReference):
        return resolve_secret(value, where, root, env)
    if not value:
        return None
    try:
        password = urlsplit(value).password
    except ValueError:
        raise ValueError(f"{where}: is not a URL") from None
    if password or "password=" in value:
        raise ValueError(f"{where}: holds a password; use {{ env = … }}, {{ file = … }} or {{ command = … }} instead")
    return Secret(value)


def _is_redis_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return False
    plain = text.isprintable() and " " not in text and text.count("@") <= 1
    return plain and parts.scheme in {"redis", "rediss", "unix"}


def resolve_optional(value: SecretReference | None, where: str, root: Path, env: Mapping[str, str]) -> Secret | None:
    """Resolve a secret that need not be there.

    Raises:
        ValueError: When the reference leads nowhere.
    """
    return None if value is None else resolve_secret(value, where, root, env)


def resolve_writer(settings: Settings, name: str, env: Mapping[str, str]) -> Host:
    """Give a host as `fleetdrift apply` connects to it: with the credential of `[apply.hosts.NAME]`, past a pooler.

    Resolved where it is used, so that no scan needs, holds or asks for a credential that can write.

    Raises:
        ValueError: When there is no such table, it names the scanner's role, or the credential cannot be found.
    """
    reader = settings.hosts[name]
    table: ApplyHostTable | None = settings.file.apply.hosts.get(name)
    if table is None:
        raise ValueError(
            f"there is no [apply.hosts.{name}]: apply needs a role of its own, which may change the schema"
        )
    if table.user == reader.user:
        raise ValueError(f"apply.hosts.{name}.user: is the scanner's role; apply needs one of its own")
    where = f"apply.hosts.{name}.password"
    password = resolve_secret(table.password, where, Path(settings.root), env) if table.password else None
    return msgspec.structs.replace(
        reader,
        user=table.user,
        password=password,
        address=table.address or reader.address,
        port=table.port or reader.port,
    )
