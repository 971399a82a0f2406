"""What a scratch server has of its own, for which it has stand-ins, and what it lacks."""

from __future__ import annotations

import contextlib

import msgspec

from shared.postgres.connection import translated
from shared.postgres.query_files import query_text
from shared.postgres.scratch.errors import ScratchError
from shared.postgres.scratch.rights import EXTENSIONS, REACH_OUT
from shared.postgres.scratch.server import ScratchServer

_ICU = "ICU collations"
_LZ4 = "lz4 compression"
_INSTEAD = {
    _ICU: "missing: their attributes are compared, and another provider sorts in their place",
    _LZ4: "missing: columns are compared, and nothing is compressed",
}
_XML = "CREATE TABLE has_xml (a xml DEFAULT '<a/>')"


class Abilities(msgspec.Struct, frozen=True, kw_only=True):
    """What was found on a scratch server.

    Args:
        version: Of the server, as it says it.
        features: ICU, lz4, XML → whether the build has it.
        real: Extensions that a declaration may name and that are the server's own, sorted.
        stand_ins: Those that are stand-ins, sorted.
        missing: Those that it lacks, sorted. Names that are not listed anywhere are refused on any scratch server.
    """

    version: str
    features: dict[str, bool]
    real: tuple[str, ...]
    stand_ins: tuple[str, ...]
    missing: tuple[str, ...]

    def instead(self, feature: str) -> str:
        """Say what becomes of a feature that the build lacks."""
        return _INSTEAD.get(feature, "missing: what needs it is unverified")


async def abilities_of(scratch: ScratchServer) -> Abilities:
    """Ask a scratch server what it can do.

    Raises:
        TargetError: When it fails.
    """
    async with scratch.database() as database:
        with translated():
            row = await database.connection.fetchrow(query_text("scratch_abilities.sql"))
        assert row is not None
        features = {_ICU: row["icu"], _LZ4: row["lz4"], "XML": False}
        with contextlib.suppress(ScratchError):
            await database.run([_XML])
            features["XML"] = True
    allowed = EXTENSIONS | REACH_OUT.intersection(row["stand_ins"])
    return Abilities(
        version=row["version"],
        features=features,
        real=tuple(sorted(allowed.intersection(row["extensions"]).difference(row["stand_ins"]))),
        stand_ins=tuple(sorted(allowed.intersection(row["stand_ins"]))),
        missing=tuple(sorted(EXTENSIONS.difference(row["extensions"]))),
    )
