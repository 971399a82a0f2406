"""The kept facts of each stand-in are those of the real extension, as a real server has it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from shared.embedded.postgres import Cage, EmbeddedPostgres
from shared.embedded.stand_ins.facts import stand_in_facts
from tests.extras.programs import ROOT
from tests.extras.stand_in_facts import MODIFIERS, preloaded, read_facts

pytestmark = pytest.mark.extras
_PLACES = (ROOT / ".venv" / "extras", Path("/"))
_SPELT = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'spelt'::regclass AND attnum = 1"
_WORDS = {
    "geometry": (
        "4326",
        "point",
        "POINTz,4326",
        "geometry",
        "geometry,0",
        "geometry,3857",
        "multilinestring,0",
        "tin,-1",
    ),
    "geography": ("point", "Geometry", "polygon,4267", "PolyhedralSurfaceZM", "multipointm,4326"),
    "hll": ("11", "11,5", "12,4,-1,0"),
}


@pytest.fixture(scope="module")
def real() -> Iterator[EmbeddedPostgres]:
    binaries = [place / "usr" / "lib" / "postgresql" / "15" / "bin" for place in _PLACES]
    shared = [place / "usr" / "share" / "postgresql" / "15" / "extension" / "postgis.control" for place in _PLACES]
    found = [folder for folder, postgis in zip(binaries, shared, strict=True) if postgis.exists()]
    assert found, "a PostgreSQL 15 with PostGIS and the others is needed: sh deploy/install-extras.sh"
    with EmbeddedPostgres(found[0], in_memory=True, settings=preloaded(found[0])) as server:
        yield server


@pytest.mark.parametrize("kept", stand_in_facts(), ids=lambda kept: kept.extension)
def test_the_kept_facts_are_those_of_the_real_extension(real: EmbeddedPostgres, kept):
    assert asyncio.run(read_facts(real.dsn(), kept.extension, kept.source)) == kept


@pytest.mark.parametrize("kind", MODIFIERS)
def test_modifiers_are_spelt_as_the_real_type_spells_them(real: EmbeddedPostgres, kind: str):
    written = (*_WORDS[kind], *MODIFIERS[kind].words)
    with EmbeddedPostgres(in_memory=True, cage=Cage()) as caged:
        assert asyncio.run(_spelt(caged.dsn(), kind, written)) == asyncio.run(_spelt(real.dsn(), kind, written))


async def _spelt(dsn: str, kind: str, written: tuple[str, ...]) -> list[str]:
    """Say how a server spells a column's type, or that it refuses it."""
    connection = await asyncpg.connect(dsn)
    extension = "hll" if kind == "hll" else "postgis"
    await connection.execute(f"CREATE EXTENSION {extension}")
    found = []
    for words in written:
        try:
            await connection.execute(f"CREATE TEMPORARY TABLE spelt (a {kind}({words}))")
        except asyncpg.PostgresError:
            found.append("refused")
        else:
            found.append(await connection.fetchval(_SPELT))
            await connection.execute("DROP TABLE spelt")
    await connection.execute(f"DROP EXTENSION {extension}")
    await connection.close()
    return found
