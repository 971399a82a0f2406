"""The change tokens of all namespaces of a database, by one statement: what changes in one moves its own token alone.

A namespace's token stands for its own catalog rows, for those of every namespace from which something of it takes a
name (a foreign key prints the name of the table it refers to, a view that of another's function), and for what belongs
to the database as a whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from shared.postgres.query_files import query_text
from shared.postgres.reading.moment import Moment
from shared.postgres.session import ask

_DATABASE = 0  # the number under which stands what belongs to no namespace


class Namespace(msgspec.Struct, frozen=True):
    """A namespace of a database.

    Args:
        number: Its oid.
        quoted: Its name as PostgreSQL quotes it.
    """

    number: int
    quoted: str


class NamespaceTokens(msgspec.Struct, frozen=True):
    """The change tokens of a database at one moment.

    Args:
        namespaces: By name.
        own: What stands for a namespace's own rows, by number; under 0 for the whole database's.
        rows: How many rows that are.
        references: The other namespaces from which a namespace takes names, by number.
    """

    namespaces: Mapping[str, Namespace]
    own: Mapping[int, str]
    rows: Mapping[int, int]
    references: Mapping[int, frozenset[int]]

    def of(self, name: str) -> str:
        """Give the token of a namespace; one that is not there has a token too, which moves when it comes."""
        namespace = self.namespaces.get(name)
        concerned = self._concerned(namespace.number) if namespace is not None else ()
        parts = [(number, self.own.get(number, "")) for number in (_DATABASE, *concerned)]
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def rows_of(self, name: str) -> int:
        """Count the catalog rows of a namespace."""
        namespace = self.namespaces.get(name)
        return self.rows.get(namespace.number, 0) if namespace is not None else 0

    def _concerned(self, number: int) -> tuple[int, ...]:
        found, waiting = {number}, [number]
        while waiting:
            fresh = self.references.get(waiting.pop(), frozenset()) - found
            found |= fresh
            waiting += fresh
        return tuple(sorted(found))


async def read_namespace_tokens(moment: Moment) -> NamespaceTokens:
    """Read the change tokens of all namespaces; inside the transaction of a moment.

    Raises:
        TargetError, asyncpg.PostgresError: As `ask`.
    """
    connection = moment.connection
    rows = await ask(connection, with_objects(query_text("namespace_tokens.sql")), columns=4)
    own = {int(number): token for number, _, token, _ in rows}
    if any(with_servers == "t" for *_, with_servers in rows):
        [[mappings]] = await ask(connection, query_text("change_token_mappings.sql"), columns=1)
        own[_DATABASE] += " " + mappings
    pairs = await ask(connection, with_objects(query_text("namespace_references.sql")), columns=2)
    references: dict[int, set[int]] = {}
    for number, referenced in pairs:
        references.setdefault(int(number), set()).add(int(referenced))
    names = await connection.fetch(query_text("namespaces.sql"))
    return NamespaceTokens(
        namespaces={row["name"]: Namespace(row["number"], row["quoted"]) for row in names},
        own=own,
        rows={int(number): int(count) for number, count, _, _ in rows},
        references={number: frozenset(found) for number, found in references.items()},
    )


def with_objects(statement: str) -> str:
    """Put before a statement what says to which namespace each object belongs."""
    return "\n".join((query_text("namespaces_prologue.sql"), statement))
