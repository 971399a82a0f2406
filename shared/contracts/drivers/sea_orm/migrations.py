"""Tell SeaORM's migrations in Rust from what the service says: they declare a schema and are no query of it."""

from __future__ import annotations

from collections.abc import Sequence

from shared.contracts.contract import Unread
from shared.contracts.drivers.sea_orm.entities import DRIVER
from shared.contracts.reading import Reading
from shared.contracts.tokens import Source

_MARKS = frozenset({"MigrationTrait", "DeriveMigrationName", "MigratorTrait"})
_ONE = frozenset({"MigrationTrait"})


def is_migration(source: Source) -> bool:
    """Say whether a file holds migrations, or the list of them."""
    return source.names(_MARKS)


def named_migrations(readings: Sequence[Reading]) -> tuple[Unread, ...]:
    """Name the migrations of a service once, at the first; nothing where it has none.

    Args:
        readings: Every file of the service.
    """
    found = sorted(
        (reading.source.path, token.line)
        for reading in readings
        if reading.source.names(_ONE)
        for index, token in enumerate(reading.tokens)
        if token.text in _ONE and reading.text(index - 1) == "impl"
    )
    if not found:
        return ()
    file, line = found[0]
    what = (
        "a migration in Rust, which is"
        if len(found) == 1
        else f"the first of {len(found)} migrations in Rust, which are"
    )
    reason = f"{what} not read as a declaration"
    return (Unread(file=file, line=line, reason=reason, driver=DRIVER),)
