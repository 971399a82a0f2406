"""What was read of a source: its SQL in pieces, each with whom it speaks of, and what of the source was not read.

`spec_source` makes the one declaration of it that a scan compares with; `iac objects` shows all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from coordinator.iac.source import SourceError, SourceErrorGroup
from coordinator.iac.sql.connections import Destination
from coordinator.iac.sql.folders import Step
from coordinator.iac.tenant_names import NeutralTexts, replace_tenant_name
from shared.schema.schema import Carrier, Coverage, Declaration, MayDeclare, Origin, SpecSource, told


class Piece(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """The declarations of one text, shared by all tenants that carry the same one.

    Args:
        carrier: What carries it, keys left out: pieces of one `for_each` have the same.
        address: What carries it: the resource instance, the logical id; empty for a file as such.
        at: Where that stands.
        declarations: Without the address.
        tenant: Whose it is, empty for what belongs to every tenant.
        destination: Where it is sent.
        idempotent: Objects that a provider declares one by one; declaring one twice is no mistake.
        follows: Its keys are tenants only where another carrier's are: those of grants may be roles.
        step: The version of a migration tool that it is, if it is one.
    """

    carrier: str
    address: str
    at: Origin
    declarations: tuple[Declaration, ...]
    tenant: str = ""
    destination: Destination = Destination()
    idempotent: bool = False
    follows: bool = False
    step: Step | None = None

    def addressed(self) -> Iterator[Declaration]:
        """Give the declarations with the address of what carries them."""
        for item in self.declarations:
            yield Declaration(item.sql, msgspec.structs.replace(item.origin, address=self.address))


class DeclaredTenant(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A tenant that the source itself enumerates, and what it says of it; empty where it says nothing.

    Args:
        tenant: Its name.
        host, database: Where it lives.
        version: The schema version it should be at.
        labels: (name, value) pairs, sorted.
    """

    tenant: str
    host: str = ""
    database: str = ""
    version: str = ""
    labels: tuple[tuple[str, str], ...] = ()


class Reading(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """All that was read of a source.

    Args:
        name: What the source is called in messages.
        pieces: Its SQL, in the order in which it is run.
        carriers: Everything that declares database objects, or may; see `carriers_of`.
        tenants: The tenants it enumerates, sorted.
        expected_version: The schema version tenants should be at, or empty.
        refused: SQL that PostgreSQL's grammar refuses; each is a gap too.
        unchecked: Statements that were left out because they are not about a tenant's schema, as sentences.
    """

    name: str
    pieces: tuple[Piece, ...]
    carriers: tuple[Carrier, ...] = ()
    tenants: tuple[DeclaredTenant, ...] = ()
    expected_version: str = ""
    refused: tuple[SourceError, ...] = ()
    unchecked: tuple[str, ...] = ()


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Something of a carrier that was not read.

    Args:
        address: The carrier.
        at: Where what was not read stands.
        reason: Why.
        may: What it may declare.
        tenant: Whose it is, as in `Piece`.
        carrier: As in `Piece`; empty for what no `for_each` made.
    """

    address: str
    at: Origin
    reason: str
    may: MayDeclare = MayDeclare()
    tenant: str = ""
    carrier: str = ""


def carriers_of(pieces: Iterable[Piece], gaps: Iterable[Gap]) -> tuple[Carrier, ...]:
    """Say of everything that carries SQL how much of it was read.

    Returns:
        One carrier for each that was read whole or not at all, one for each gap of what was read in part; sorted.
    """
    read = {(piece.address or piece.at.file, piece.tenant): piece for piece in pieces}
    found: set[Carrier] = set()
    open_ones: set[tuple[str, str]] = set()
    for gap in gaps:
        key = (gap.address, gap.tenant)
        open_ones.add(key)
        coverage = Coverage.PARTLY if key in read else Coverage.UNREAD
        found.add(
            Carrier(
                address=gap.address,
                origin=msgspec.structs.replace(gap.at, address=""),
                coverage=coverage,
                reason=gap.reason,
                may=gap.may,
                tenant=gap.tenant,
            )
        )
    for key, piece in read.items():
        if key not in open_ones:
            at = msgspec.structs.replace(piece.at, address="")
            found.add(Carrier(address=key[0], origin=at, coverage=Coverage.READ, tenant=key[1]))
    return tuple(sorted(found))


def declarations_of(pieces: Iterable[Piece], tenant: str) -> tuple[Declaration, ...]:
    """Return one tenant's declarations; what several provider resources declare alike comes once."""
    return join_declarations(piece for piece in pieces if piece.tenant in {"", tenant})


def join_declarations(pieces: Iterable[Piece]) -> tuple[Declaration, ...]:
    """Return the declarations of pieces that make one schema; see `joined`."""
    return tuple(declaration for _, own in joined(pieces) for declaration in own)


def joined(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, tuple[Declaration, ...]]]:
    """Return pieces that make one schema, each with what it adds to those before it.

    What several provider resources declare alike comes once, and so does a statement that several carriers take from
    one place: a script that is run on two servers declares one schema.
    """
    seen: dict[tuple[str, str, int], str] = {}
    objects: set[str] = set()
    for piece in pieces:
        own: list[Declaration] = []
        for declaration in piece.addressed():
            at = declaration.origin
            first = seen.setdefault((declaration.sql, at.file, at.line), at.address)
            if first == at.address and not (piece.idempotent and declaration.sql in objects):
                own.append(declaration)
            objects.add(declaration.sql)
        yield piece, tuple(own)


def spec_source(reading: Reading, tenant: str = "") -> SpecSource:
    """Make the one declaration that all tenants are compared with, or that of one of them.

    Args:
        reading: What was read.
        tenant: Whose declarations are wanted, where tenants' differ.

    Raises:
        SourceError: When SQL was refused, nothing was read, or tenants differ and none was chosen.
    """
    refuse_refused(reading)
    tenants = tuple(entry.tenant for entry in reading.tenants)
    if tenant and tenant not in tenants:
        raise SourceError(reading.name, 0, f"declares no tenant {tenant!r}; it declares {_first_few(tenants)}")
    chosen = tenant or (tenants[0] if tenants else "")
    source = checked_source(
        reading,
        [piece for piece in reading.pieces if piece.tenant in {"", chosen}],
        [entry for entry in reading.carriers if not tenant or entry.tenant in {"", tenant}],
    )
    if not tenant:
        refuse_different_tenants(reading)
    return source


def refuse_refused(reading: Reading) -> None:
    """Raise SourceError when PostgreSQL's grammar refused some of the SQL."""
    if reading.refused:
        raise reading.refused[0] if len(reading.refused) == 1 else SourceErrorGroup(reading.refused)


def checked_source(reading: Reading, pieces: Iterable[Piece], carriers: Iterable[Carrier]) -> SpecSource:
    """Make a declaration of some pieces and carriers of a reading.

    Raises:
        SourceError: When they declare nothing, and not because nothing was to be declared.
    """
    source = SpecSource(
        declarations=join_declarations(pieces),
        expected_version=reading.expected_version,
        tenants=tuple(entry.tenant for entry in reading.tenants),
        unchecked=reading.unchecked,
        carriers=tuple(carriers),
    )
    if not source.declarations and (source.unread or source.unchecked or not reading.pieces):
        why = [*map(told, source.unread), *reading.unchecked]
        reason = "declares no SQL that can be read" + (f" ({why[0]})" if why else "")
        raise SourceError(reading.name, 0, reason)
    return source


def _first_few(tenants: tuple[str, ...]) -> str:
    shown = ", ".join(tenants[:5]) or "none"
    return shown if len(tenants) <= 5 else f"{shown} and {len(tenants) - 5} more"  # noqa: PLR2004  # as above


def refuse_different_tenants(reading: Reading, asked: str = "") -> None:
    """Raise SourceError when two tenants are declared differently, so that no one declaration is that of all.

    Args:
        reading: What was read.
        asked: A tenant that the source does not enumerate, and for which one of its declarations is sought.
    """
    neutral_texts = NeutralTexts()
    pieces, tenants = reading.pieces, tuple(entry.tenant for entry in reading.tenants)
    by_tenant: dict[str, list[tuple[str, ...]]] = {tenant: [] for tenant in tenants}
    for piece in pieces:
        if piece.tenant:
            by_tenant[piece.tenant].append(neutral_texts(piece.declarations, piece.tenant))
    for tenant in tenants[1:]:
        if by_tenant[tenant] != by_tenant[tenants[0]]:
            pair = [declarations_of(pieces, name) for name in (tenants[0], tenant)]
            _refuse_difference(pair[0], pair[1], tenants[0], tenant, asked)


def _refuse_difference(
    first: tuple[Declaration, ...], own: tuple[Declaration, ...], one: str, other: str, asked: str
) -> None:
    expected = [replace_tenant_name(declaration.sql, one) for declaration in first]
    said = [replace_tenant_name(declaration.sql, other) for declaration in own]
    if said == expected:  # the same statements, carried in other portions
        return
    pairs = enumerate(zip(said, expected, strict=False))
    i = next((i for i, (a, b) in pairs if a != b), min(len(said), len(expected)))
    at = (own[i : i + 1] or first[i : i + 1])[0].origin
    which = f"and nothing is declared for {asked!r}" if asked else "choose one tenant"
    raise SourceError(at.file, at.line, f"tenants {one!r} and {other!r} are declared differently from here on; {which}")
