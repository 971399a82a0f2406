"""Which query reads which kind on which server version, and the two statements that are built of them.

A query file selects `address` ("classid:objid:subid", for dependencies) and the fields of its kind's model class by
name; NULL stands for the model's default. One statement gives the rows as lines of JSON, another gives a hash over the
same columns, so what is hashed is what would be read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache

from shared.kinds import RECORDS
from shared.postgres.query_files import query_text
from shared.schema.model import FACETS, KINDS
from shared.schema.profile import Profile

VERSIONS: dict[str, tuple[tuple[int, str], ...]] = {kind: RECORDS[kind].queries for kind in sorted(RECORDS)}
"""Kind → (first `server_version_num`, file), ascending: differences between server versions are rows of its record."""


def query_file(kind: str, server_version: int) -> str:
    """Choose the file that reads a kind on a server."""
    return [file for first, file in VERSIONS[kind] if first <= server_version][-1]


def kinds_of(profile: Profile) -> tuple[str, ...]:
    """Give the kinds that are read under a profile, sorted."""
    wanted = profile.facets()
    return tuple(kind for kind in VERSIONS if kind not in FACETS or kind in wanted)


def _line(kind: str) -> str:
    # The model names the fields, so a query that forgets one fails at once and is not silently half read.
    fields = ", ".join(f"'{name}', q.\"{name}\"" for name in KINDS[kind].__struct_fields__)
    return f"json_strip_nulls(json_build_object('kind', '{kind}', {fields}))::text"


_WHOSE = ", CASE WHEN COALESCE(q.namespace::text, '') = '' THEN q.name::text ELSE q.namespace::text END AS whose"
"""The namespace that an object lies in, or that it is. What lies in none is not read where namespaces are."""


def _rows(kind: str, server_version: int, more: str = "") -> str:
    inner = query_text(query_file(kind, server_version))
    columns = f"'{kind}'::text AS kind, q.address::text AS address, {_line(kind)} AS line{more}"
    return f"SELECT {columns} FROM (\n{inner}\n) AS q"


_LIST_TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|--[^\n]*|[(),]|\nFROM ")
_ENDS_COLUMN = frozenset({",", "\nFROM "})
_ALIAS = re.compile(r'(?:\bAS |\.)"?(\w+)"?\s*$')


def _hashed(kind: str, server_version: int) -> str:
    # A row as text is unambiguous for a fixed number of columns. OFFSET 0 keeps the planner from computing it thrice.
    # Ordered as bytes, because a collation is a database's own.
    record = RECORDS[kind]
    skipped = record.not_hashed
    inner = query_text(query_file(kind, server_version))
    if skipped:
        inner = _without(inner, skipped | {"address"})
    names = [name for name in KINDS[kind].__struct_fields__ if name not in skipped]
    fields = ", ".join(f'q."{name}"' for name in (*names, *record.hashed_too))
    return (
        f"SELECT '{kind}'::text AS kind, count(*) AS rows, COALESCE(sum(length(l.line)), 0) AS bytes,\n"
        "    COALESCE(encode(sha256(string_agg(l.line, '\\x0a'::bytea ORDER BY l.line)), 'hex'), '') AS hash\n"
        f"FROM (SELECT convert_to(ROW({fields})::text, 'UTF8') AS line FROM (\n{inner}\n) AS q OFFSET 0) AS l"
    )


def _without(query: str, names: frozenset[str]) -> str:
    """Leave columns out of a query's outermost SELECT: what nobody asks for need not be parsed either."""
    before, select, listed = query.partition("SELECT\n")
    depth, start = 0, 0
    kept: list[str] = []
    for token in _LIST_TOKEN.finditer(listed):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0 and token[0] in _ENDS_COLUMN:
            column = listed[start : token.start()]
            alias = _ALIAS.search(column)
            if alias is None or alias[1] not in names:
                kept.append(column)
            start = token.end()
            if token[0] != ",":
                break
    return f"{before}{select}{','.join(kept)}\nFROM {listed[start:]}"


@cache
def reading_hash() -> str:
    """Name what this release reads, of all kinds and versions: one that reads otherwise has another."""
    versions = sorted({first for files in VERSIONS.values() for first, _ in files})
    statements = (build(tuple(VERSIONS), first) for first in versions for build in (rows_statement, hash_statement))
    return hashlib.sha256("\0".join(statements).encode()).hexdigest()


@cache
def rows_statement(kinds: tuple[str, ...], server_version: int) -> str:
    """Build the statement that gives (kind, address, line) for these kinds; its parameter $1 is the namespace."""
    return _prologue(kinds, server_version, "scope_one.sql") + _union(_rows(kind, server_version) for kind in kinds)


@cache
def rows_statement_of_many(kinds: tuple[str, ...], server_version: int) -> str:
    """Build the statement that gives (kind, address, line, whose) for these kinds of many namespaces.

    `{wanted}` in it stands for rows of (word, name): each namespace is called by its word, also in `whose`.
    """
    rows = (_rows(kind, server_version, _WHOSE) for kind in kinds)
    statement = _prologue(kinds, server_version, "scope_many.sql") + _union(rows)
    return statement.replace("$1::text", "'many'")


@cache
def hash_statement(kinds: tuple[str, ...], server_version: int) -> str:
    """Build the statement that gives (kind, rows, bytes, hash) for these kinds of the whole database."""
    statement = _prologue(kinds, server_version, "scope_one.sql") + _union(
        _hashed(kind, server_version) for kind in kinds
    )
    return statement.replace("$1::text", "''")


def _prologue(kinds: tuple[str, ...], server_version: int, scope: str) -> str:
    prologue = "\n".join((query_text(scope), query_text("prologue.sql"), ""))
    if not FACETS.intersection(kinds):
        return prologue
    carriers = _union(_carrier(kind, server_version) for kind, record in RECORDS.items() if record.carries)
    return prologue + query_text("carrier.sql").replace("{carriers}", carriers) + "\n"


def _carrier(kind: str, server_version: int) -> str:
    fields = KINDS[kind].__struct_fields__
    parent = "k.parent::text" if "parent" in fields else "''"
    signature = "k.signature::text" if "signature" in fields else "''"
    return (
        f"SELECT k.address::text AS address, '{kind}'::text AS of, k.namespace::text AS namespace, {parent} AS parent, "
        f"k.name::text AS name, {signature} AS signature FROM (\n{query_text(query_file(kind, server_version))}\n) AS k"
    )


def _union(parts: Iterable[str]) -> str:
    return "\nUNION ALL\n".join(f"({part})" for part in parts)
