"""Whether ADD COLUMN writes a table anew: it does where each row gets a value of its own (ALTER TABLE, Notes)."""

from __future__ import annotations

import re

from shared.kinds.context import Context
from shared.kinds.names import qualified
from shared.schema.identity import QualifiedName
from shared.schema.relations import Column
from shared.schema.routines import Routine
from shared.schema.types import DomainType

_CALL = re.compile(r"""'(?:[^']|'')*'|((?:"(?:[^"]|"")*"|[^\W\d][\w$]*)(?:\.(?:"(?:[^"]|"")*"|[^\W\d][\w$]*))?)\(""")
_VOLATILE = frozenset(
    {
        "clock_timestamp", "currval", "gen_random_uuid", "lastval", "nextval", "pg_advisory_lock", "query_to_xml",
        "random", "random_normal", "setseed", "setval", "timeofday", "uuidv4", "uuidv7",
    }
)  # fmt: skip
"""Functions of PostgreSQL's own that a default may call and that give each row another value (pg_proc, provolatile)."""
_LASTING = ("IMMUTABLE", "STABLE")


def writes_rows_anew(column: Column, context: Context) -> bool:
    """Say whether adding the column writes every row: for a volatile default, or a domain with something to check."""
    return _is_volatile(column, context) or _has_checks(column, context)


def _is_volatile(column: Column, context: Context) -> bool:
    """Look for calls in the default. A function that is not known here, such as an extension's, may be volatile."""
    routines = [context.desired.find(Routine, below) for below in context.desired.references[column.identity]]
    lasting = {
        _plain(qualified(routine))
        for routine in routines
        if routine is not None and any(f" {word}" in routine.definition for word in _LASTING)
    }
    for name in _CALL.findall(column.default):
        plain = _plain(name)
        if plain in _VOLATILE or ("." in plain and plain not in lasting):
            return True
    return False


def _plain(name: str) -> str:
    """Leave out the quotes, which PostgreSQL writes only around names that need them."""
    return "".join(char for char in name if char != '"')


def _has_checks(column: Column, context: Context) -> bool:
    for below in context.desired.references[column.identity]:
        domain = context.desired.find(DomainType, below)
        if domain is not None:
            checked = context.desired.children[QualifiedName(domain.namespace, domain.name)]
            return domain.not_null or bool(checked)
    return False
