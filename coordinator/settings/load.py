"""Read fleetdrift.toml and the environment into Settings. An error is one sentence that names the file and the key."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from coordinator.settings.fleets import SettingsDocument, document_of_each
from coordinator.settings.hosts import resolve_hosts
from coordinator.settings.model import Settings, SettingsFile, SpecTable
from coordinator.settings.resolve import resolve_database, resolve_keys, resolve_optional, resolve_redis
from coordinator.settings.serve import ServeTable
from coordinator.settings.sinks import resolve_sinks
from coordinator.settings.store import StoreTable
from coordinator.settings.table import SecretReference
from shared.embedded.installations import SCRATCH_VARIABLE
from shared.findings.ignore import unknown_kind
from shared.hosts import Secret, is_loopback

ENVIRONMENT_PREFIX = "FLEETDRIFT_"
_MAX_BYTES = 16 * 1024 * 1024


class SettingsError(Exception):
    """The configuration cannot be used; the message is one sentence with file and key."""


def load_settings(path: Path, environment: Mapping[str, str] | None = None, fleet: str = "") -> Settings:
    """Read the configuration of one fleet.

    Args:
        path: fleetdrift.toml.
        environment: Defaults to the process's own. `FLEETDRIFT_SECTION_KEY` overrides a plain key of a table.
        fleet: Its name; may be left out where the file declares a single one.

    Raises:
        SettingsError: As `load_fleets`, and when there is no such fleet, or several and none is named.
    """
    return _chosen(load_fleets(path, environment), path, fleet)


def _chosen(found: Sequence[Settings], path: Path, fleet: str) -> Settings:
    chosen = [settings for settings in found if fleet in {"", settings.file.fleet.name}]
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(settings.file.fleet.name for settings in found)
    if fleet:
        raise SettingsError(f"{path}: there is no fleet {fleet!r}; expected one of {names}")
    raise SettingsError(f"{path}: declares the fleets {names}: name one with --fleet or FLEETDRIFT_FLEET")


def load_worker_settings(
    path: Path, environment: Mapping[str, str] | None = None, fleet: str = ""
) -> tuple[Settings, ...]:
    """Read what a worker uses of the configuration of each fleet: no secret of the store, the API or of notices.

    Args:
        path: fleetdrift.toml, the same as the coordinator's.
        environment: Defaults to the process's own.
        fleet: Name of the only one that is wanted; by default all.

    Raises:
        SettingsError: See `load_settings`.
    """
    env = os.environ if environment is None else environment
    found = _load(path, env, _for_a_worker)
    return (_chosen(found, path, fleet),) if fleet else found


def load_fleets(path: Path, environment: Mapping[str, str] | None = None) -> tuple[Settings, ...]:
    """Read the configuration file, override it from the environment, check it, and find its secrets.

    Args:
        path: fleetdrift.toml.
        environment: Defaults to the process's own. `FLEETDRIFT_SECTION_KEY` overrides a plain key of a table.

    Returns:
        The configuration of each fleet, in the order of the file.

    Raises:
        SettingsError: For a file that cannot be read, is no TOML, has an unknown or a wrong value, or names a secret
            that is not there.
    """
    return _load(path, os.environ if environment is None else environment, _whole)


def _whole(file: SettingsFile) -> SettingsFile:
    return file


def _for_a_worker(file: SettingsFile) -> SettingsFile:
    """Leave out the tables with secrets that no worker uses."""
    return msgspec.structs.replace(file, store=StoreTable(), serve=ServeTable(), notify=())


def _load(path: Path, env: Mapping[str, str], part: Callable[[SettingsFile], SettingsFile]) -> tuple[Settings, ...]:
    """Read the configuration of each fleet, and find the secrets of that part of it which is used."""
    document = _read(path)
    _refuse_unknown(document, SettingsDocument, "", path)
    try:
        documents = document_of_each(document)
    except ValueError as error:
        raise SettingsError(f"{path}: {error}") from None
    files = [part(_file_of(name, alone, env, path)) for name, alone in documents.items()]
    try:
        return _with_secrets(files, path, env)
    except ValueError as error:
        raise SettingsError(f"{path}: {error}") from None


def _file_of(name: str, document: dict[str, Any], env: Mapping[str, str], path: Path) -> SettingsFile:
    """Check the document of one fleet; of several, the error names which."""
    where = f"{path}: fleets.{name}" if name else str(path)
    file = _validate(_apply_environment(document, env, path, several=bool(name)), where)
    _check_inventory(file, where)
    for place, rule in enumerate(file.ignore):
        if problem := unknown_kind(rule):
            raise SettingsError(f"{where}: ignore[{place}].{problem}")
    return file


def _with_secrets(files: Sequence[SettingsFile], path: Path, env: Mapping[str, str]) -> tuple[Settings, ...]:
    """Find the secrets: those that all fleets share once, for a command that prints one may ask somebody."""
    file, root = files[0], path.parent
    shared = Settings(
        root=str(path.resolve().parent),
        file=file,
        hosts=resolve_hosts(file.hosts, root, env),
        redis_url=resolve_redis(file.redis.url, "redis.url", root, env),
        redis_keys=resolve_keys(file.redis.key, "redis.key", root, env),
        store_dsn=resolve_database(file.store.dsn, "store.dsn", root, env),
        scratch_dsn=resolve_database(_scratch(file, env), "scratch.dsn", root, env),
        api_token=resolve_optional(file.serve.token, "serve.token", root, env),
    )
    return tuple(
        msgspec.structs.replace(shared, file=each, sinks=resolve_sinks(each.notify, root, env)) for each in files
    )


def _scratch(file: SettingsFile, env: Mapping[str, str]) -> str | SecretReference:
    return SecretReference(env=SCRATCH_VARIABLE) if env.get(SCRATCH_VARIABLE) else file.scratch.dsn


def refuse_open_api(settings: Settings, *, has_tokens: bool) -> None:
    """Insist that somebody can be recognised when other machines can reach the HTTP API.

    Args:
        settings: The configuration.
        has_tokens: Whether the store has tokens (`fleetdrift tokens create`).

    Raises:
        SettingsError: When `serve.address` is beyond loopback, and nobody could ever be let in.
    """
    address = settings.file.serve.address
    recognises = has_tokens or settings.api_token is not None or settings.file.serve.names_users
    if not recognises and not is_loopback(address):
        raise SettingsError(
            f"serve.address is {address!r}, which other machines can reach, and there is no token: make one with "
            '`fleetdrift tokens create`, give one as serve.token = { env = "NAME" }, or listen on 127.0.0.1'
        )


def refuse_open_queue(settings: Settings) -> None:
    """Insist on a key when other machines can reach the queue: who can write to it can make workers connect to hosts.

    Raises:
        SettingsError: When `redis.url` is beyond loopback and there is no `redis.key`.
    """
    url = settings.redis_url
    if url is None or settings.redis_keys or is_loopback(_redis_host(url)):
        return
    raise SettingsError(
        "redis.url leads to another machine, and there is no redis.key: give coordinator and workers the same one, as "
        'key = { file = "redis.key" } (`openssl rand -hex 32` makes one), so that nobody else on that Redis is believed'
    )


def _redis_host(url: Secret) -> str:
    """Give the host of a Redis; the file of a unix socket begins with a slash."""
    parts = urlsplit(url.reveal())
    return parts.path if parts.scheme == "unix" else parts.hostname or "localhost"


def required(secret: Secret | None, key: str) -> Secret:
    """Give an address that only some commands need, or refuse to go on without it.

    Raises:
        SettingsError: When the configuration does not give it.
    """
    if secret is None:
        raise SettingsError(f"this command needs {key} in the configuration")
    return secret


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    if len(text) > _MAX_BYTES:
        raise SettingsError(f"{path}: is larger than {_MAX_BYTES // 1024 // 1024} MB")
    try:
        return tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"{path}: is not valid TOML: {error}") from None


def _apply_environment(
    document: dict[str, Any], env: Mapping[str, str], path: Path, *, several: bool
) -> dict[str, Any]:
    """Override keys by the variables FLEETDRIFT_SECTION_KEY, for tables that are not lists.

    Args:
        document: Of one fleet; is changed.
        env: The environment.
        path: For messages.
        several: There are other fleets: what says who is in this one cannot be said of all.
    """
    for section, table in _tables(SettingsFile).items():
        for key, kind in _fields(table).items():
            variable = f"{ENVIRONMENT_PREFIX}{section}_{key}".upper()
            if variable not in env:
                continue
            if several and section == "fleet":
                raise SettingsError(f"{path}: {variable} is set, and the file declares several fleets: unset it")
            if not isinstance(document.setdefault(section, {}), dict):
                raise SettingsError(f"{path}: {variable} is set, so {section} must be a table, and it is none")
            # An address that may hold a password becomes a reference to the variable: it never enters the document.
            secret = _struct_of(kind) is SecretReference
            document[section][key] = {"env": variable} if secret else _plain_value(env[variable], kind)
    return document


def _plain_value(text: str, kind: Any) -> object:
    if kind is bool or kind == "bool":
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)
    origin = typing.get_origin(kind)
    base = typing.get_args(kind)[0] if origin is typing.Annotated else kind
    if base in (int, float):
        return (
            float(text)
            if base is float and re.fullmatch(r"\d+(\.\d+)?", text)
            else int(text)
            if text.isdigit()
            else text
        )
    return text


def _tables(struct: type[msgspec.Struct]) -> dict[str, type[msgspec.Struct]]:
    hints = typing.get_type_hints(struct, include_extras=True)
    named = {"spec": SpecTable}  # a table or a list of them
    return named | {name: kind for name, kind in hints.items() if _is_table(kind)}


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _fields(struct: type[msgspec.Struct]) -> dict[str, Any]:
    return typing.get_type_hints(struct, include_extras=True)


def _validate(document: dict[str, Any], where: str) -> SettingsFile:
    try:
        return msgspec.convert(document, SettingsFile)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{where}: {_readable(str(error))}") from None


def _readable(message: str) -> str:
    """Turn msgspec's `… - at `$.scan.lease`` into `scan.lease: …`."""
    text, _, where = message.partition(" - at `$")
    key = where.rstrip("`").lstrip(".")
    return f"{key}: {text}" if key else text


def _struct_of(kind: Any) -> type[msgspec.Struct] | None:
    """Find the table type in `X`, `X | None`, `tuple[X, ...]`, `dict[str, X]`, `str | X`."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    if typing.get_origin(kind) in (types.UnionType, typing.Union, tuple, dict, typing.Annotated):
        for part in typing.get_args(kind):
            found = _struct_of(part)
            if found is not None:
                return found
    return None


def _refuse_unknown(value: Any, struct: type[msgspec.Struct], where: str, path: Path) -> None:
    """Name the unknown key and the near one, before msgspec says only that it is unknown."""
    if not isinstance(value, dict):
        return
    known = _fields(struct)
    for key, child in value.items():
        place = f"{where}.{key}" if where else key
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known keys: {', '.join(sorted(known))}"
            raise SettingsError(f"{path}: unknown key {place!r}{hint}")
        inner = _struct_of(known[key])
        if inner is None:
            continue
        if isinstance(child, list):
            for number, entry in enumerate(child):
                _refuse_unknown(entry, inner, f"{place}[{number}]", path)
        elif typing.get_origin(known[key]) is dict and isinstance(child, dict):
            for name, entry in child.items():
                _refuse_unknown(entry, inner, f"{place}.{name}", path)
        else:
            _refuse_unknown(child, inner, place, path)


_FLEET_LISTS = ("tenants", "file", "command", "discover", "query", "declared")


def _check_inventory(file: SettingsFile, where: str) -> None:
    fleet = file.fleet
    given = [name for name in _FLEET_LISTS if getattr(fleet, name)]
    if len(given) != 1:
        found = " and ".join(given) or "none"
        raise SettingsError(f"{where}: [fleet] needs exactly one of {', '.join(_FLEET_LISTS)}; found {found}")
    if not file.hosts:
        raise SettingsError(f"{where}: at least one [hosts.NAME] table is needed")
    if fleet.discover is not None and bool(fleet.discover.host) == bool(fleet.discover.hosts):
        raise SettingsError(f"{where}: [fleet.discover] needs exactly one of host, hosts")
    named = {entry.host for entry in fleet.tenants}
    named |= {table.host for table in (fleet.discover, fleet.query, fleet.declared) if table is not None}
    _check_hosts(named - {""}, "[fleet]", file, where)
    _check_hosts(set(file.apply.hosts), "[apply]", file, where)
    _check_hosts({file.sentinel.host} - {""}, "[sentinel]", file, where)
    _check_hosts({host for table in file.specs for host in table.hosts}, "[[spec]]", file, where)


def _check_hosts(named: set[str], table: str, file: SettingsFile, where: str) -> None:
    for host in sorted(named - file.hosts.keys()):
        near = difflib.get_close_matches(host, file.hosts, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise SettingsError(f"{where}: {table} names the host {host!r}, and there is no [hosts.{host}]{hint}")
