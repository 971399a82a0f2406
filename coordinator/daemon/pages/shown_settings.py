"""The configuration as a page may show it: where a secret is stays, what it is never does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from coordinator.settings.model import SettingsFile
from coordinator.settings.table import SecretReference

NOT_SHOWN = "set, not shown"

_ENTRIES_SHOWN = 20
"""Of a table that may stand any number of times: `[fleet]` may have 100,000 tenants written out."""

_MAY_HOLD_SECRETS = frozenset(
    {"dsn", "url", "key", "token", "password", "template", "variables", "command", "sql", "passfile"}
)
"""Keys whose texts may hold a secret by themselves: it is said that they are set, and where a reference leads."""


class ShownSetting(msgspec.Struct, frozen=True):
    """One key with its value as it may be shown, and whether that is not the default."""

    key: str
    value: str
    is_set: bool


class ShownTable(msgspec.Struct, frozen=True):
    """One table of the configuration."""

    title: str
    settings: tuple[ShownSetting, ...]


def shown_settings(file: SettingsFile) -> list[ShownTable]:
    """Give the tables of a configuration.

    Args:
        file: As validated.
    """
    tables: list[ShownTable] = []
    for field in msgspec.structs.fields(file):
        tables += _tables(field.encode_name, getattr(file, field.name))
    return tables


def _tables(title: str, value: object) -> Iterator[ShownTable]:
    match value:
        case msgspec.Struct():
            yield from _of_struct(title, value)
        case Mapping():
            for name, each in value.items():
                yield from _tables(f"{title}.{name}", each)
        case tuple():
            for number, each in enumerate(value[:_ENTRIES_SHOWN], start=1):
                yield from _tables(f"{title}, {number}", each)
            if len(value) > _ENTRIES_SHOWN:
                yield ShownTable(f"{title}: {len(value) - _ENTRIES_SHOWN:,} more", ())


def _of_struct(title: str, table: msgspec.Struct) -> Iterator[ShownTable]:
    own: list[ShownSetting] = []
    below: list[ShownTable] = []
    for field in msgspec.structs.fields(table):
        value = getattr(table, field.name)
        if _has_tables(value):
            below += _tables(f"{title}.{field.encode_name}", value)
        else:
            own.append(ShownSetting(field.encode_name, _text(field.encode_name, value), _is_set(field, value)))
    yield ShownTable(title, tuple(own))
    yield from below


def _has_tables(value: object) -> bool:
    inner = list(value.values()) if isinstance(value, Mapping) else list(value) if isinstance(value, tuple) else [value]
    return any(isinstance(each, msgspec.Struct) and not isinstance(each, SecretReference) for each in inner)


def _is_set(field: msgspec.structs.FieldInfo, value: object) -> bool:
    default = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
    return bool(value != default)


def _text(key: str, value: object) -> str:
    if value is None or (isinstance(value, str | tuple | Mapping) and not value):
        return "–"
    if isinstance(value, SecretReference):
        return _reference(value)
    if isinstance(value, tuple) and any(isinstance(each, SecretReference) for each in value):
        return ", ".join(_text(key, each) for each in value)
    if key in _MAY_HOLD_SECRETS:
        return NOT_SHOWN
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_plain(each)}" for name, each in value.items())
    return ", ".join(map(_plain, value)) if isinstance(value, tuple) else _plain(value)


def _reference(reference: SecretReference) -> str:
    """Say where a secret is: the name of a variable or a file, and of a command only its program."""
    if reference.env:
        return f"from the environment variable {reference.env}"
    if reference.file:
        return f"from the file {reference.file}"
    return f"printed by {reference.command[0]}" if reference.command else "–"


def _plain(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case _:
            return str(value)
