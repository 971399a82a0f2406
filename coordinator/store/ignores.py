"""Keeps the ignore rules that were made while the coordinator runs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from coordinator.access.audit import Deed
from coordinator.store.access import StoreAccess
from coordinator.store.connection import query
from coordinator.store.credentials import write_audit
from shared.findings.ignore import IgnoreRule, KeptIgnoreRule
from shared.formats import IGNORE_RULE, decode_json, encode_json


class KeptIgnore(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of the store.

    Args:
        rule: With its id.
        created: When it was made.
        created_by: By whom.
    """

    rule: KeptIgnoreRule
    created: dt.datetime
    created_by: str


class IgnoreDocument(msgspec.Struct, frozen=True):
    """A rule as the store holds it."""

    rule: IgnoreRule


class Ignores(StoreAccess):
    """The ignore rules of fleets. Every method raises StoreError when the store fails."""

    async def of(self, fleet: str) -> list[KeptIgnore]:
        """Give the rules of a fleet, in the order in which they were made.

        Raises:
            FormatError: When one is in a format that this release does not read.
        """
        return [_kept(row) for row in await self._rows("list_ignores", fleet)]

    async def create(self, fleet: str, rule: KeptIgnoreRule, deed: Deed) -> None:
        """Keep a rule; one of its id that is there already stays as it is.

        Args:
            fleet: Name.
            rule: With its id.
            deed: What is logged.
        """
        document = encode_json(IGNORE_RULE, IgnoreDocument(rule=rule.plain)).decode()
        row = (rule.id, fleet, deed.caller.name, document)

        async def create(connection: Any) -> None:
            async with connection.transaction():
                if await connection.fetch(query("create_ignore"), *row):
                    await write_audit(connection, deed)

        await self._do(create)

    async def delete(self, fleet: str, ignore: str, deed: Deed) -> bool:
        """Forget a rule, and say whether there was one.

        Args:
            fleet: Name.
            ignore: Id.
            deed: What is logged.
        """

        async def delete(connection: Any) -> bool:
            async with connection.transaction():
                gone = await connection.fetch(query("delete_ignore"), fleet, ignore)
                if gone:
                    await write_audit(connection, deed)
                return bool(gone)

        return await self._do(delete)


def _kept(row: Any) -> KeptIgnore:
    document = decode_json(IGNORE_RULE, row["document"], IgnoreDocument)
    rule = KeptIgnoreRule.named(row["id"], document.rule)
    return KeptIgnore(rule=rule, created=row["created"], created_by=row["created_by"])
