"""What every table of fleetdrift.toml is, and where a secret may be."""

from __future__ import annotations

import msgspec


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A TOML table: unknown keys are errors."""


class SecretReference(Table, frozen=True, kw_only=True):
    """Where a secret is: exactly one of an environment variable, a file, or a command that prints it."""

    env: str = ""
    file: str = ""
    command: tuple[str, ...] = ()
