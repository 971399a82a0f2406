"""`[[notify]]` → those who are told, with their secrets. A table that says what cannot be is refused with its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from coordinator.settings.notify import NotifyKind, NotifyTable, Sink
from coordinator.settings.resolve import resolve_optional, resolve_secret
from coordinator.settings.table import SecretReference
from shared.hosts import Secret


def resolve_sinks(tables: tuple[NotifyTable, ...], root: Path, env: Mapping[str, str]) -> tuple[Sink, ...]:
    """Find the secrets of every table.

    Args:
        tables: Of the configuration.
        root: Folder that relative file names start from.
        env: The environment.

    Raises:
        ValueError: When a name comes twice, a table lacks what its kind needs, or a secret is not there.
    """
    names = [table.name for table in tables]
    twice = sorted({name for name in names if names.count(name) > 1 or not name})
    if twice:
        raise ValueError(f"notify: the name {twice[0]!r} must be given to exactly one table")
    return tuple(_sink(number, table, root, env) for number, table in enumerate(tables))


def _sink(number: int, table: NotifyTable, root: Path, env: Mapping[str, str]) -> Sink:
    where = f"notify[{number}]"
    for key, needed in _needs(table):
        if needed != bool(getattr(table, key)):
            raise ValueError(
                f"{where}.{key}: {'is needed' if needed else 'is not known'} where kind is {table.kind.value!r}"
            )
    if table.kind is NotifyKind.EMAIL and not _is_place(table.smtp):
        raise ValueError(f"{where}.smtp: expected HOST:PORT, found {table.smtp!r}")
    if table.user and table.password is None:
        raise ValueError(f"{where}.password: is needed where there is a user")
    return Sink(
        table=table,
        url=_url(table.url, f"{where}.url", root, env),
        key=resolve_optional(table.key, f"{where}.key", root, env),
        password=resolve_optional(table.password, f"{where}.password", root, env),
    )


def _needs(table: NotifyTable) -> Iterator[tuple[str, bool]]:
    """Give (key, whether it must or must not be given)."""
    by_mail = table.kind is NotifyKind.EMAIL
    yield "url", not by_mail
    yield "smtp", by_mail
    yield "sender", by_mail
    yield "to", by_mail
    if table.kind is not NotifyKind.WEBHOOK:
        yield "key", False
    else:
        yield "template", False


def _is_place(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit()


def _url(value: str | SecretReference, where: str, root: Path, env: Mapping[str, str]) -> Secret | None:
    if not value:
        return None
    found = Secret(value) if isinstance(value, str) else resolve_secret(value, where, root, env)
    parts = urlsplit(found.reveal())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{where}: expected a URL that begins with https:// or http://")
    return found
