"""A month in the life of a demo fleet, told by real scans whose results are recorded as of the day they belong to.

Of 300 tenants on two servers, some are changed by hand on several days, one server is lost, and a new version of the
schema is on its way to all when the demo begins to serve.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import msgspec

from coordinator.demo.folder import NEXT_VERSION, add_next_migration, next_migration
from coordinator.demo.tenants import note_migration, run_in_tenants, tenant_names
from shared.embedded.postgres import EmbeddedPostgres

TENANTS = 300
TENANTS_NEAR = 264
"""Tenants on the server that stays; the others live on the one that is lost."""


class Deed(msgspec.Struct, frozen=True):
    """SQL that somebody ran by hand in some tenants of the demo.

    Args:
        tenants: Their numbers, from 1.
        statements: What was run in each.
    """

    tenants: tuple[int, ...]
    statements: tuple[str, ...]


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """What happened between two scans, and when the second one was.

    Args:
        ago: How long before the demo begins to serve.
        purpose: What the scan is said to be for.
        deeds: What was done to tenants.
        merges: A new version of the schema was merged into the declaration.
        loses: The second server was lost.
        reaches: The new version has been rolled out to the tenants up to this number.
    """

    ago: dt.timedelta
    purpose: str
    deeds: tuple[Deed, ...] = ()
    merges: bool = False
    loses: bool = False
    reaches: int = 0


def _every(step: int, first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1, step))


_NOTE_IS_SHORT = "ALTER TABLE order_items ADD CONSTRAINT order_items_note_check CHECK (length(note) < 500)"
_HISTORY_INDEX = "CREATE INDEX orders_customer_created_idx ON orders (customer_id, created_at DESC)"
_WITHOUT_HISTORY_INDEX = _every(4, 139, 231)

CHAPTERS = (
    Chapter(ago=dt.timedelta(days=30), purpose="the first scan"),
    Chapter(
        ago=dt.timedelta(days=21),
        purpose="after the incident of tenant-136",
        deeds=(Deed(_every(7, 136, 255), (_NOTE_IS_SHORT,)),),
    ),
    Chapter(
        ago=dt.timedelta(days=12),
        purpose="after the maintenance window",
        deeds=(
            Deed(_WITHOUT_HISTORY_INDEX, ("DROP INDEX orders_customer_created_idx",)),
            Deed(_every(9, 5, 23), ("CREATE TABLE orders_copy AS SELECT * FROM orders",)),
        ),
    ),
    Chapter(
        ago=dt.timedelta(days=5),
        purpose="some indexes are back",
        deeds=(
            Deed(_WITHOUT_HISTORY_INDEX[14:], (_HISTORY_INDEX,)),
            Deed(_every(9, 5, 23), ("DROP TABLE orders_copy",)),
            Deed(_every(11, 30, 96), ("ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'open'",)),
        ),
    ),
    Chapter(ago=dt.timedelta(days=3), purpose="the server west does not answer", loses=True),
    Chapter(ago=dt.timedelta(days=2), purpose=f"version {NEXT_VERSION} is merged", merges=True, reaches=20),
    Chapter(ago=dt.timedelta(hours=27), purpose="the rollout goes on", reaches=80),
    Chapter(
        ago=dt.timedelta(hours=5),
        purpose="half-way",
        reaches=132,
        deeds=(Deed(_every(13, 8, 112), ("DROP INDEX customers_email_lower_idx",)),),
    ),
    Chapter(
        ago=dt.timedelta(hours=1),
        purpose="before lunch",
        deeds=(Deed((41, 42), ("CREATE TABLE export_for_finance (customer_id bigint, total_cents bigint)",)),),
    ),
)
"""Oldest first."""


class StoryFleet(msgspec.Struct, frozen=True):
    """Where the story happens.

    Args:
        folder: The demo's folder, with the declaration.
        near: The server that stays.
        far: The one that is lost.
    """

    folder: Path
    near: EmbeddedPostgres
    far: EmbeddedPostgres

    def tenants_of(self, numbers: Iterable[int]) -> tuple[tuple[EmbeddedPostgres, str], ...]:
        """Give the server and the database of tenants."""
        names = tenant_names(TENANTS)
        return tuple((self.near if number <= TENANTS_NEAR else self.far, names[number - 1]) for number in numbers)

    async def live_through(self, chapter: Chapter, migrated: int) -> None:
        """Let happen what a chapter tells.

        Args:
            chapter: Which.
            migrated: The number of tenants that the rollout had reached before it.
        """
        if chapter.loses:
            await asyncio.to_thread(self.far.stop)
        if chapter.merges:
            add_next_migration(self.folder)
        if chapter.reaches:
            migration = (next_migration(self.folder).read_text(), note_migration(NEXT_VERSION))
            await run_in_tenants(self.tenants_of(range(migrated + 1, chapter.reaches + 1)), migration)
        for deed in chapter.deeds:
            await run_in_tenants(self.tenants_of(deed.tenants), deed.statements)


async def tell_story(
    fleet: StoryFleet,
    scan: Callable[[dt.timedelta, str], Awaitable[object]],
    on_progress: Callable[[int], None],
) -> None:
    """Let the month pass, and scan after each chapter.

    Args:
        fleet: Every tenant of it is as declared.
        scan: Scans the fleet, and records the result as of so long ago; told what the scan is for.
        on_progress: Called with the number of chapters that are over.
    """
    migrated = 0
    for number, chapter in enumerate(CHAPTERS, start=1):
        await fleet.live_through(chapter, migrated)
        migrated = chapter.reaches or migrated
        await scan(chapter.ago, chapter.purpose)
        on_progress(number)
