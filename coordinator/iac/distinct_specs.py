"""The distinct declarations of a source: by tenant where tenants are declared differently, and by database."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from coordinator.iac.reading import Piece, Reading, join_declarations
from shared.schema.schema import Carrier, SpecSource


class DistinctSpec(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What one database of one tenant is declared to hold, or of all tenants for which that is the same.

    Args:
        tenants: Whose it is; empty where the source enumerates none.
        database: What it is called; empty where the source does not say.
        source: Its declarations and carriers.
        pieces: Where they come from.
    """

    tenants: tuple[str, ...]
    database: str
    source: SpecSource
    pieces: tuple[Piece, ...]


def distinct_specs(reading: Reading) -> tuple[DistinctSpec, ...]:
    """Return what each database of each tenant is declared to hold, equal ones once.

    Args:
        reading: What was read of a source.
    """
    found: dict[tuple[object, ...], DistinctSpec] = {}
    for tenant in [entry.tenant for entry in reading.tenants] or [""]:
        pieces = tuple(piece for piece in reading.pieces if piece.tenant in {"", tenant})
        for database, own in _by_database(pieces):
            texts = tuple((piece.tenant == "", id(piece.declarations)) for piece in own)
            known = found.get((database, texts))
            tenants = (tenant,) if tenant else ()
            if known is None:
                source = SpecSource(declarations=join_declarations(own), carriers=_carriers(reading, tenant))
                made = DistinctSpec(tenants=tenants, database=database, source=source, pieces=own)
            else:
                made = msgspec.structs.replace(known, tenants=(*known.tenants, *tenants))
            found[database, texts] = made
    return tuple(found.values())


def _carriers(reading: Reading, tenant: str) -> tuple[Carrier, ...]:
    return tuple(entry for entry in reading.carriers if entry.tenant in {"", tenant})


def _by_database(pieces: tuple[Piece, ...]) -> Iterator[tuple[str, tuple[Piece, ...]]]:
    """Part pieces by the database they are sent to.

    What does not say its database goes to the only one that is said; where several are said it stands alone.
    """
    said = sorted({piece.destination.database for piece in pieces} - {""})
    if len(said) <= 1:
        yield (said[0] if said else ""), pieces
        return
    for database in ["", *said]:
        own = tuple(piece for piece in pieces if piece.destination.database == database)
        if own:
            yield database, own
