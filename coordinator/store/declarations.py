"""Keeps what was declared when a fleet was last scanned: its objects, where each stands, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from coordinator.store.access import StoreAccess
from coordinator.store.connection import query
from shared.blobs import pack, unpack
from shared.formats import SPEC
from shared.schema.canonical import schema_hash
from shared.schema.schema import Spec

_KIND = f"declared {SPEC.label}"
"""Of the blobs, named by the schema: a declaration that moved to other lines takes the place of the one before."""


class Declarations(StoreAccess):
    """The declarations of fleets by schema hash. Every method raises StoreError when the store fails."""

    async def keep(self, specs: Iterable[Spec]) -> None:
        """Keep declarations; each takes the place of one that made the same schema."""
        blobs = {schema_hash(spec.schema): pack(SPEC, spec) for spec in specs}

        async def keep(connection: Any) -> None:
            async with connection.transaction():
                await connection.execute(query("drop_blobs"), _KIND, list(blobs))
                await connection.execute(query("put_blobs"), _KIND, list(blobs), list(blobs.values()))

        await self._do(keep)

    async def load(self, schema: str) -> Spec | None:
        """Give the declaration that makes a schema; nothing when it is not kept.

        Args:
            schema: Schema hash.

        Raises:
            FormatError: When it is in a format that this release does not read.
        """
        for row in await self._rows("get_blobs", _KIND, [schema]):
            return unpack(SPEC, row["data"], Spec)
        return None
