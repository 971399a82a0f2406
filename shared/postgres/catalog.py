"""Which query reads which kind on which server version, and the two statements that are built of them.

A query file selects `address` ("classid:objid:subid", for dependencies) and the fields of its kind's model class by
name; NULL stands for the model's default. One statement gives the rows as lines of JSON, another gives a hash of the
same lines, so what is hashed is what would be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from shared.schema.model import FACETS, KINDS
from shared.schema.profile import Profile

QUERIES = Path(__file__).with_name("queries")
OLDEST_SERVER = 140000
"""`server_version_num` of the oldest major version that is read."""

VERSIONS: dict[str, tuple[tuple[int, str], ...]] = {
    "namespace": ((0, "namespace.sql"),),
    "extension": ((0, "extension.sql"),),
    "table": ((0, "table.sql"),),
    "column": ((0, "column.sql"),),
    "constraint": ((0, "constraint.sql"),),
    "index": ((0, "index.sql"),),
    "sequence": ((0, "sequence.sql"),),
    "view": ((0, "view.sql"),),
    "materialized_view": ((0, "materialized_view.sql"),),
    "enum_type": ((0, "enum_type.sql"),),
}
"""Kind → (first `server_version_num`, file), ascending: differences between server versions are rows here."""


@cache
def query_text(file: str) -> str:
    """Read one query file, without its leading and trailing blank space."""
    return (QUERIES / file).read_text(encoding="utf-8").strip()


def query_file(kind: str, server_version: int) -> str:
    """Choose the file that reads a kind on a server."""
    return [file for first, file in VERSIONS[kind] if first <= server_version][-1]


def kinds_of(profile: Profile) -> tuple[str, ...]:
    """Give the kinds that are read under a profile, sorted."""
    wanted = profile.facets()
    return tuple(sorted(kind for kind in VERSIONS if kind not in FACETS or kind in wanted))


def _line(kind: str) -> str:
    # The model names the fields, so a query that forgets one fails at once and is not silently half read.
    fields = ", ".join(f"'{name}', q.\"{name}\"" for name in KINDS[kind].__struct_fields__)
    return f"json_strip_nulls(json_build_object('kind', '{kind}', {fields}))::text"


def _rows(kind: str, server_version: int) -> str:
    inner = query_text(query_file(kind, server_version))
    return f"SELECT '{kind}'::text AS kind, q.address::text AS address, {_line(kind)} AS line FROM (\n{inner}\n) AS q"


def _hashed(kind: str, server_version: int) -> str:
    # Ordered as bytes of UTF-8, because that is what a reader of the lines can repeat in any database encoding.
    return (
        "SELECT l.kind, count(*)::int8 AS rows, sum(length(l.line))::int8 AS bytes,\n"
        "    encode(sha256(string_agg(l.line, '\\x0a'::bytea ORDER BY l.line)), 'hex') AS hash\n"
        f"FROM (SELECT r.kind, convert_to(r.line, 'UTF8') AS line FROM (\n{_rows(kind, server_version)}\n) AS r) AS l\n"
        "GROUP BY l.kind"
    )


@cache
def rows_statement(kinds: tuple[str, ...], server_version: int) -> str:
    """Build the statement that gives (kind, address, line) for these kinds; its parameter $1 is the namespace."""
    return _union(_rows(kind, server_version) for kind in kinds)


@cache
def hash_statement(kinds: tuple[str, ...], server_version: int) -> str:
    """Build the statement that gives (kind, rows, bytes, hash) for these kinds; its parameter $1 is the namespace."""
    return _union(_hashed(kind, server_version) for kind in kinds)


def _union(parts: Iterable[str]) -> str:
    return query_text("prologue.sql") + "\n" + "\nUNION ALL\n".join(f"({part})" for part in parts)
