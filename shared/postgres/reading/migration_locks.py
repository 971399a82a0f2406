"""The advisory locks that migration tools hold while they are at work, as their public sources number them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

_SQLX_FACTOR = 0x3D32AD9E
_GOLANG_MIGRATE_FACTOR = 1486364155
_GOLANG_MIGRATE_TABLE = "schema_migrations"
_GOOSE_NUMBERS = (5887940537704921958, 4097083626)  # CRC-64 and, in later releases, CRC-32 of "goose"
_PRISMA_NUMBER = 72707369
_ATLAS_LOCK_NAME = b"atlas_migrate_execute"
_FLYWAY_NUMBER = int.from_bytes(b"Flyway")
"""Flyway adds the Java hash of its table, a signed number of 32 bits."""


def _sqlx(database: str, _namespace: str) -> Iterator[int]:
    yield _SQLX_FACTOR * zlib.crc32(database.encode())


def _golang_migrate(database: str, namespace: str) -> Iterator[int]:
    for text in (database, f"{namespace}\0{_GOLANG_MIGRATE_TABLE}\0{database}"):
        yield zlib.crc32(text.encode()) * _GOLANG_MIGRATE_FACTOR & 0xFFFFFFFF


def _goose(_database: str, _namespace: str) -> Iterator[int]:
    yield from _GOOSE_NUMBERS


def _prisma(_database: str, _namespace: str) -> Iterator[int]:
    yield _PRISMA_NUMBER


def _atlas(_database: str, _namespace: str) -> Iterator[int]:
    """Give FNV-1 with 32 bits of the lock's name."""
    number = 0x811C9DC5
    for byte in _ATLAS_LOCK_NAME:
        number = number * 0x01000193 & 0xFFFFFFFF ^ byte
    yield number


LOCKS: Mapping[str, Callable[[str, str], Iterator[int]]] = MappingProxyType(
    {"sqlx": _sqlx, "golang-migrate": _golang_migrate, "goose": _goose, "prisma": _prisma, "atlas": _atlas}
)
"""By tool: the numbers that its lock may have in a database and a namespace. diesel, refinery and dbmate take none."""


def holder(number: int, database: str, namespace: str) -> str:
    """Name the migration tool that takes a lock of this number; empty for anybody else's.

    Args:
        number: Of a lock that is held.
        database: Where it is held.
        namespace: Where the tool keeps its table.
    """
    if abs(number - _FLYWAY_NUMBER) <= 2**31:
        return "flyway"
    return next((tool for tool, numbers in LOCKS.items() if number in numbers(database, namespace)), "")
