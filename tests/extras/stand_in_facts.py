"""Read the facts of real extensions: `python -m tests.extras.stand_in_facts /usr/lib/postgresql/15/bin PACKAGE NAME …`.

They are written to `shared/embedded/stand_ins`. PACKAGE is what the file will name as its source, with its version.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.stand_ins.facts import ExtensionFacts, Modifiers

_HERE = Path(__file__).parent
_WORDS = (_HERE / "stand_in_words.sql").read_text()
_QUERY = (_HERE / "stand_in_facts.sql").read_text()
_PATH = """
SELECT set_config(
    'search_path', string_agg(quote_ident(extnamespace::regnamespace::text), ', ' ORDER BY extname <> $1), false
)
FROM pg_extension WHERE extname = $1 OR extname = ANY (ARRAY(
    SELECT unnest(requires)::text FROM pg_available_extension_versions WHERE name = $1
))
"""
_PARTS = ("namespaces", "types", "relations", "routines", "operators", "classes", "casts")
_SHAPES = (
    "Geometry", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection",
    "CircularString", "CompoundCurve", "CurvePolygon", "MultiCurve", "MultiSurface", "PolyhedralSurface", "Triangle",
    "Tin",
)  # fmt: skip
_WORDS_OF_SHAPES = tuple(shape + more for shape in _SHAPES for more in ("", "Z", "M", "ZM"))
MODIFIERS = {
    "geometry": Modifiers(words=_WORDS_OF_SHAPES, defaults=("Geometry", ""), plain="Geometry"),
    "geography": Modifiers(words=_WORDS_OF_SHAPES, defaults=("Geometry", "4326")),
    "hll": Modifiers(defaults=("11", "5", "-1", "1")),
}
"""How types spell `(…)` after their names: no catalog says that. Each is tried on the real type by a test."""
_SORTS = frozenset({"base", "enum", "composite", "domain", "table", "view", "sequence"})
_PRELOADED = ("pg_cron", "pgaudit")
"""Libraries that refuse to be used unless the server loads them when it starts."""


async def read_facts(dsn: str, extension: str, source: str) -> ExtensionFacts:
    """Create an extension in a database that has no other, read its members, and drop it.

    Raises:
        ValueError: When it has members that a stand-in cannot have.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(_WORDS)
        await connection.execute(f'CREATE EXTENSION "{extension}" CASCADE')
        await connection.execute(_PATH.replace("$1", f"'{extension}'"))
        row = dict(await connection.fetchrow(_QUERY, extension))
        for made in await connection.fetch("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'"):
            await connection.execute(f'DROP EXTENSION IF EXISTS "{made[0]}" CASCADE')
    finally:
        await connection.close()
    if others := row.pop("others"):
        raise ValueError(f"{extension} has members in {', '.join(others)}, which no stand-in can have")
    parts = {part: msgspec.json.decode(row.pop(part)) for part in _PARTS}
    if odd := [made["name"] for made in (*parts["types"], *parts["relations"]) if made["sort"] not in _SORTS]:
        raise ValueError(f"{extension} has {', '.join(odd)}, of a sort that no stand-in can have")
    for made in parts["types"]:
        if made["name"] in MODIFIERS and made["modifier_input"]:
            made["modifiers"] = msgspec.to_builtins(MODIFIERS[made["name"]])
    return msgspec.convert({**row, **parts, "source": source}, ExtensionFacts)


def _written(facts: ExtensionFacts) -> str:
    """Write each member on a line of its own."""
    document = _without_defaults(facts)
    return "{\n" + ",\n".join(_lines(document)) + "\n}\n"


def _without_defaults(value: Any) -> Any:
    """Leave out what is like the default: `omit_defaults` compares texts by identity."""
    match value:
        case msgspec.Struct():
            fields = ((field, getattr(value, field.name)) for field in msgspec.structs.fields(value))
            return {field.name: _without_defaults(held) for field, held in fields if held != field.default}
        case tuple():
            return [_without_defaults(item) for item in value]
    return value


def _lines(document: dict[str, Any]) -> Iterator[str]:
    for name, value in document.items():
        if name in _PARTS:
            yield f' "{name}": [\n' + ",\n".join(f"  {_json(member)}" for member in value) + "\n ]"
        else:
            yield f' "{name}": {_json(value)}'


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def preloaded(binaries: Path) -> tuple[str, ...]:
    """Give the setting that loads the libraries of an installation which must be there when the server starts."""
    library = binaries.parent / "lib"
    loaded = ",".join(name for name in _PRELOADED if (library / f"{name}.so").exists())
    return (f"shared_preload_libraries={loaded}",)


def main(binaries: str, package: str, *extensions: str) -> None:
    """Write the facts of some extensions."""
    with EmbeddedPostgres(Path(binaries), in_memory=True, settings=preloaded(Path(binaries))) as server:
        for extension in extensions:
            facts = asyncio.run(read_facts(server.dsn(), extension, package))
            (_HERE.parents[1] / "shared" / "embedded" / "stand_ins" / f"{extension}.json").write_text(_written(facts))


if __name__ == "__main__":
    main(*sys.argv[1:])
