"""Where grants stand among the SQL of a configuration, and what those are about that name no objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coordinator.iac.reading import Gap, Piece
from coordinator.iac.sql.statements import in_file, split_statements
from coordinator.iac.terraform.resource_sql import SqlText
from shared.kinds import RECORDS
from shared.kinds.declared import declared
from shared.schema.schema import MayDeclare

_GRANT = "postgresql_grant"


def in_order(texts: list[SqlText]) -> list[SqlText]:
    """Put grants of the PostgreSQL provider behind everything else.

    A grant seldom refers to what it is about, and the provider grants again on whatever has come to be there since: in
    the end it has reached all, in whatever order things were made.
    """
    return sorted(texts, key=lambda text: text.resource.type == _GRANT)


def grants_on_nothing(texts: Iterable[SqlText], pieces: list[Piece]) -> Iterator[Gap]:
    """Give a gap for each grant on all objects of a namespace for which none is declared: it is about those of others.

    Args:
        texts: What was read.
        pieces: Its statements.
    """
    open_ones = [text for text in texts if text.on_all is not None]
    made = set(_made(pieces)) if open_ones else set()
    for text in open_ones:
        about = text.on_all
        assert about is not None
        if not any((kind, namespace) in made for kind in about.kinds for namespace in (about.namespace, "")):
            yield Gap(
                address=text.resource.address,
                at=text.at,
                reason=f"it grants on every {about.kinds[0]} of {about.namespace!r}, and none is declared there",
                may=MayDeclare(kinds=("privileges",), namespaces=(about.namespace,)),
                tenant=text.resource.tenant_key,
                carrier=text.resource.carrier_name,
            )


def _made(pieces: Iterable[Piece]) -> Iterator[tuple[str, str]]:
    """Give kind and namespace of what statements make, as they name it."""
    for sql in {item.sql for piece in pieces for item in piece.declarations}:
        for statement in split_statements(sql, in_file(sql, "")):
            if not statement.node:  # newer than the grammar: it may make anything
                yield from ((kind, "") for kind in RECORDS)
            for each in declared(statement.node, statement.tree):
                yield from ((kind, each.namespace) for kind in each.kinds)
