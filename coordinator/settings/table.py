"""What every table of fleetdrift.toml is, and where a secret may be."""

from __future__ import annotations

from typing import Annotated

import msgspec

Seconds = Annotated[float, msgspec.Meta(gt=0)]
Rate = Annotated[float, msgspec.Meta(gt=0)]
Share = Annotated[float, msgspec.Meta(gt=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A TOML table: unknown keys are errors."""


class SecretReference(Table, frozen=True, kw_only=True):
    """Where a secret is: exactly one of an environment variable, a file, or a command that prints it."""

    env: str = ""
    file: str = ""
    command: tuple[str, ...] = ()
