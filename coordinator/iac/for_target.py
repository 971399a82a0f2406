"""Finds what one target is declared to hold among all that a source declares: by its tenant and its database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from coordinator.iac.ladder import Ladder, ladder_of
from coordinator.iac.reading import (
    DeclaredTenant,
    Piece,
    Reading,
    checked_source,
    refuse_different_tenants,
    refuse_refused,
)
from coordinator.iac.source import SourceError
from coordinator.iac.tenant_names import NeutralTexts
from shared.schema.schema import Carrier, Coverage, SpecSource


class Share(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What a source declares for one tenant, or for every tenant that is declared alike.

    Args:
        tenant: Whose names the statements use; empty where the source enumerates no tenants.
        database: Which of several databases; empty where the source tells none apart.
        pieces: The SQL, in the order in which it is run.
        source: The same as declarations, with what could not be read.
    """

    tenant: str
    database: str
    pieces: tuple[Piece, ...]
    source: SpecSource

    def ladder(self) -> Ladder | None:
        """Give the declared versions; None where nothing has versions."""
        return ladder_of(self.pieces)


class Shares:
    """The distinct shares of one source. Targets that are declared alike get the very same one.

    Args:
        reading: What was read of the source.

    Raises:
        SourceError: When PostgreSQL's grammar refuses some of its SQL.
    """

    def __init__(self, reading: Reading) -> None:
        refuse_refused(reading)
        self._reading = reading
        self.tenants = {entry.tenant: entry for entry in reading.tenants}
        self._pieces: defaultdict[str, list[tuple[int, Piece]]] = defaultdict(list)
        for place, piece in enumerate(reading.pieces):
            self._pieces[piece.tenant].append((place, piece))
        self._unread: defaultdict[str, list[Carrier]] = defaultdict(list)
        for carrier in reading.carriers:
            self._unread[carrier.tenant].append(carrier)
        self._neutral = NeutralTexts()
        self._alike: dict[tuple[object, ...], Share] = {}
        self._compared = False

    def of(self, tenant: str, database: str, *, wanted: str = "", namespaced: bool = False) -> Share:
        """Return what a target is declared to hold.

        Args:
            tenant: Of the target.
            database: Of the target.
            wanted: Which of the source's databases is meant; empty: the one called as the target's.
            namespaced: The target is a namespace: it shares with no target that is a database.

        Raises:
            SourceError: When nothing is declared for it, or the source does not say which of its declarations is meant.
        """
        spoken_of = tenant if tenant in self.tenants else self._any_tenant(tenant)
        pieces, chosen = self._in_database(self._of_tenant(spoken_of), tenant, database, wanted)
        carriers = self._carriers(spoken_of, chosen)
        key = (namespaced, self._texts(pieces, spoken_of), _open(carriers))
        if key not in self._alike:
            source = checked_source(self._reading, pieces, carriers)
            self._alike[key] = Share(tenant=spoken_of, database=chosen, pieces=pieces, source=source)
        return self._alike[key]

    def declared(self, tenant: str) -> DeclaredTenant:
        """Return what the source says of a tenant."""
        return self.tenants.get(tenant, DeclaredTenant(tenant=tenant))

    def _any_tenant(self, asked: str) -> str:
        """Return whose declaration stands for that of a tenant that the source does not enumerate."""
        if not self._compared:
            refuse_different_tenants(self._reading, asked)
            self._compared = True
        return next(iter(self.tenants), "")

    def _of_tenant(self, tenant: str) -> tuple[Piece, ...]:
        own = self._pieces[tenant] if tenant else []
        return tuple(piece for _, piece in sorted([*self._pieces[""], *own], key=lambda entry: entry[0]))

    def _in_database(
        self, pieces: tuple[Piece, ...], tenant: str, database: str, wanted: str
    ) -> tuple[tuple[Piece, ...], str]:
        """Keep the pieces that are sent to one database, where the source tells several apart."""
        said = sorted({piece.destination.database for piece in pieces} - {""})
        name = wanted or database
        if len(said) <= 1 and not (wanted and said and wanted not in said):
            return pieces, ""
        if name in said:
            return tuple(piece for piece in pieces if piece.destination.database == name), name
        unsaid = tuple(piece for piece in pieces if not piece.destination.database)
        if unsaid and not wanted:
            return unsaid, ""
        shown = ", ".join(said)
        raise SourceError(
            self._reading.name,
            0,
            f"declares the databases {shown}, and the tenant {tenant!r} lives in {name!r}: say in [[spec]] "
            f"`database` which of them is meant for it",
        )

    def _carriers(self, tenant: str, database: str) -> tuple[Carrier, ...]:
        own = self._unread[tenant] if tenant else []
        return tuple(
            carrier
            for carrier in sorted([*self._unread[""], *own])
            if not (database and carrier.may.databases and database not in carrier.may.databases)
        )

    def _texts(self, pieces: Iterable[Piece], tenant: str) -> tuple[str, ...]:
        """Return the statements with the tenant's own name replaced: tenants declared alike have equal ones."""
        return tuple(
            text for piece in pieces for text in self._neutral(piece.declarations, tenant if piece.tenant else "")
        )


def _open(carriers: Iterable[Carrier]) -> int:
    return sum(carrier.coverage is not Coverage.READ for carrier in carriers)
