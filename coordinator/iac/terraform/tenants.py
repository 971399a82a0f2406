"""The tenants that a configuration enumerates: keys of `for_each`, and an output called `tenants`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from coordinator.iac.expressions.numbers import format_number
from coordinator.iac.expressions.values import Value
from coordinator.iac.reading import DeclaredTenant, Piece
from coordinator.iac.tenant_names import NeutralTexts, keys_are_tenants
from coordinator.iac.terraform.instances import PlannedResource
from coordinator.iac.terraform.known_resources import known_resources

OUTPUT = "tenants"
"""The output that says who the tenants are: a map of `{host, database, version, labels}`, or a list of names."""

_MAKES = re.compile(r"\s*create\s+(?:\w+\s+)?(?:table|view)\s+(?:if\s+not\s+exists\s+)?([\w.\"]+)", re.IGNORECASE)


def carriers_over_tenants(pieces: list[Piece]) -> dict[str, bool]:
    """Say of each carrier whether its keys are tenants."""
    neutral_texts = NeutralTexts()
    said: dict[str, dict[str, tuple[str, ...]]] = {}
    places: dict[str, dict[str, set[object]]] = {}
    for piece in pieces:
        keys = said.setdefault(piece.carrier, {})
        keys[piece.tenant] = keys.get(piece.tenant, ()) + neutral_texts(piece.declarations, piece.tenant)
        places.setdefault(piece.carrier, {}).setdefault(piece.tenant, set()).add(piece.destination)
    strict = {piece.carrier for piece in pieces if piece.idempotent}
    followers = {piece.carrier for piece in pieces if piece.follows}
    return {
        carrier: _live_apart(places[carrier])
        or (
            carrier not in followers
            and (
                keys_are_tenants(keys, must_equal=carrier in strict) or _collide(keys.values(), apart=carrier in strict)
            )
        )
        for carrier, keys in said.items()
    }


def _live_apart(places: dict[str, set[object]]) -> bool:
    """Say whether each key has a database of its own: then they are not parts of one schema."""
    if len(places) == 1:
        return False
    found = [place for each in places.values() for place in each if getattr(place, "database", "")]
    return len(found) == len(places) == len(set(found))


def _collide(said: Iterable[tuple[str, ...]], *, apart: bool) -> bool:
    """Say whether two keys make a relation of one name: in one schema they could not."""
    seen: set[str] = set()
    for texts in said if not apart else ():
        made = {found[1].lower() for sql in texts if (found := _MAKES.match(sql))}
        if made & seen:
            return True
        seen |= made
    return False


def declared_tenants(
    keys: Iterable[str], pieces: list[Piece], output: Value | None, resources: Iterable[PlannedResource] = ()
) -> tuple[DeclaredTenant, ...]:
    """Return the tenants, sorted, with what is known of each.

    Args:
        keys: Tenants that are keys of a `for_each`.
        pieces: Their SQL, which says where it is sent.
        output: The value of the output that says who they are.
        resources: All of them: databases that are made by key are those of the tenants of these keys, and where no SQL
            and no output says who the tenants are, the keys are.
    """
    mine: dict[str, list[Piece]] = {key: [] for key in keys}
    for piece in pieces:
        if piece.tenant in mine:
            mine[piece.tenant].append(piece)
    found = {key: _from_pieces(key, own) for key, own in mine.items()}
    databases = _from_databases(resources)
    for name, known in found.items():
        made = databases.get(name, known)
        found[name] = msgspec.structs.replace(
            known, host=known.host or made.host, database=known.database or made.database
        )
    found.update(databases if not found and output is None else {})
    for told in _from_output(output):
        known = found.get(told.tenant, told)
        found[told.tenant] = DeclaredTenant(
            tenant=told.tenant,
            host=told.host or known.host,
            database=told.database or known.database,
            version=told.version or known.version,
            labels=told.labels,
        )
    return tuple(found[name] for name in sorted(found))


def _from_pieces(name: str, pieces: list[Piece]) -> DeclaredTenant:
    hosts = {piece.destination.host for piece in pieces} - {""}
    databases = {piece.destination.database for piece in pieces} - {""}
    return DeclaredTenant(
        tenant=name,
        host=hosts.pop() if len(hosts) == 1 else "",
        database=databases.pop() if len(databases) == 1 else "",
    )


def _from_databases(resources: Iterable[PlannedResource]) -> dict[str, DeclaredTenant]:
    """Give the tenant of each key that has exactly one database made for it."""
    made: dict[str, list[DeclaredTenant]] = {}
    for resource in resources:
        kind = known_resources().databases.get(resource.type)
        if kind is None or resource.mode != "managed" or not resource.tenant_key or resource.doubt:
            continue
        name, host = (_text(resource.values, attribute) for attribute in (kind.name, kind.host))
        made.setdefault(resource.tenant_key, []).append(
            DeclaredTenant(tenant=resource.tenant_key, host=host, database=name)
        )
    return {key: each[0] for key, each in made.items() if len(each) == 1 and each[0].database}


def _from_output(value: Value | None) -> Iterator[DeclaredTenant]:
    if value is None or isinstance(value.raw, str) or not value.is_known:
        return
    if isinstance(value.raw, dict):
        for name, entry in value.raw.items():
            yield _told(name, entry)
    elif isinstance(value.raw, tuple):
        for entry in value.raw:
            if isinstance(entry.raw, str):
                yield DeclaredTenant(tenant=entry.raw)
            elif isinstance(entry.raw, dict) and (name := _text(entry, "tenant") or _text(entry, "name")):
                yield _told(name, entry)


def _told(name: str, entry: Value) -> DeclaredTenant:
    labels = entry.raw.get("labels") if isinstance(entry.raw, dict) else None
    pairs = labels.raw.items() if labels is not None and isinstance(labels.raw, dict) else ()
    return DeclaredTenant(
        tenant=name,
        host=_text(entry, "host"),
        database=_text(entry, "database"),
        version=_text(entry, "version"),
        labels=tuple((key, value.raw) for key, value in pairs if isinstance(value.raw, str)),
    )


def _text(entry: Value, name: str) -> str:
    value = entry.raw.get(name) if isinstance(entry.raw, dict) else None
    if value is None or isinstance(value.raw, bool):
        return ""
    if isinstance(value.raw, str):
        return value.raw
    return format_number(value.raw) if isinstance(value.raw, int) else ""
