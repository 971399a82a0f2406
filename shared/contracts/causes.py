"""Find the line of the declaration that a tenant departs from where that breaks a query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from shared.contracts.contract import Verdict
from shared.contracts.footprint import changed_objects, place_of, words_of
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.schema import ObjectOrigin, Origin, Snapshot

_MAX_LINES = 3  # of a declaration: more is no answer to the question where to look


def with_declared_lines(
    verdicts: Sequence[Verdict], origins: Iterable[ObjectOrigin], declared: Snapshot, observed: Snapshot
) -> tuple[Verdict, ...]:
    """Add the declared lines to verdicts of which the tenant is the cause.

    Args:
        verdicts: On one shape.
        origins: Where each object is declared; none where the desired schema is no declaration.
        declared: The desired schema.
        observed: The shape.
    """
    known = {each.identity: each.origin for each in origins}
    if not known:
        return tuple(verdicts)
    lines = _Lines(
        known, {item.identity: place for item in changed_objects(declared, observed) if (place := place_of(item))}
    )
    return tuple(
        verdict if verdict.declared_too else msgspec.structs.replace(verdict, declared_at=lines.behind(verdict))
        for verdict in verdicts
    )


class _Lines:
    """Where the objects that differ are declared.

    Args:
        known: Where each object is declared.
        changed: What differs, with the name by which queries come to it.
    """

    def __init__(self, known: dict[ObjectId, Origin], changed: dict[ObjectId, QualifiedName]) -> None:
        self._known = known
        self._changed = changed
        self._wholes = {
            QualifiedName(identity.namespace, identity.name): origin
            for identity, origin in known.items()
            if not identity.parent
        }

    def behind(self, verdict: Verdict) -> tuple[Origin, ...]:
        """Give the lines for one verdict: of what it names, else of the relations that it names."""
        said = words_of(verdict.subject)
        told = said | words_of(verdict.reason)
        near = {identity: place for identity, place in self._changed.items() if words_of(place.name) <= said}
        named = {identity: place for identity, place in near.items() if words_of(identity.name) <= told}
        found = {self._known.get(identity) or self._wholes.get(place) for identity, place in (named or near).items()}
        return tuple(sorted(origin for origin in found if origin is not None)[:_MAX_LINES])
