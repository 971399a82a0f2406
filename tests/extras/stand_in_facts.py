"""Read the facts of real extensions: `python -m tests.extras.stand_in_facts /usr/lib/postgresql/15/bin PACKAGE NAME …`.

They are written to `shared/embedded/stand_ins`. PACKAGE is what the file will name as its source, with its version.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import asyncpg
import msgspec

from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.stand_ins.facts import ExtensionFacts

_QUERY = (Path(__file__).parent / "stand_in_facts.sql").read_text()
_KEPT = Path(__file__).parents[2] / "shared" / "embedded" / "stand_ins"


async def read_facts(dsn: str, extension: str, source: str) -> ExtensionFacts:
    """Create an extension in an empty database, and read its members.

    Raises:
        ValueError: When it has members that a stand-in cannot have.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(f'CREATE EXTENSION "{extension}"')
        row = dict(await connection.fetchrow(_QUERY, extension))
        await connection.execute(f'DROP EXTENSION "{extension}"')
    finally:
        await connection.close()
    if others := row.pop("others"):
        raise ValueError(f"{extension} has members in {', '.join(others)}, and a stand-in has only functions")
    routines = msgspec.json.decode(row.pop("routines"))
    return msgspec.convert({**row, "source": source, "routines": routines}, ExtensionFacts)


def main(binaries: str, package: str, *extensions: str) -> None:
    """Write the facts of some extensions."""
    with EmbeddedPostgres(Path(binaries), in_memory=True) as server:
        for extension in extensions:
            facts = asyncio.run(read_facts(server.dsn(), extension, package))
            text = msgspec.json.format(msgspec.json.encode(facts), indent=1)
            (_KEPT / f"{extension}.json").write_bytes(text + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
