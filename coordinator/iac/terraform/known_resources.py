"""The table of known resource types, `known_resources.toml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from shared.schema.schema import MayDeclare


class UnreadType(msgspec.Struct, frozen=True):
    """A resource type whose objects are not read."""

    reason: str
    kinds: tuple[str, ...] = ()

    @property
    def may(self) -> MayDeclare:
        """What it may declare: a resource that names a kind makes objects of its own."""
        return MayDeclare(kinds=self.kinds, only_new=bool(self.kinds))


class DatabaseType(msgspec.Struct, frozen=True):
    """A resource type that makes a database: the attributes that hold its name and the address of its server."""

    name: str
    host: str = ""


class KnownResources(msgspec.Struct, frozen=True):
    """The whole table."""

    sql: dict[str, frozenset[str]]
    unread: dict[str, UnreadType]
    databases: dict[str, DatabaseType]
    elsewhere: tuple[str, ...]


@lru_cache(maxsize=1)
def known_resources() -> KnownResources:
    """Read the table."""
    return msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=KnownResources)
