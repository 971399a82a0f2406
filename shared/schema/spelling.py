"""What PostgreSQL keeps as somebody wrote it, though it means the same: one spelling of it.

Storage parameters are kept as text (`on`, `true`; also where they say the default), bodies with their line ends, a
trigger's UPDATE OF columns in their order, and `DEFAULT NULL` where the type has a length. `[compare] spelling`
compares them as they are written.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

import msgspec

from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Index, MaterializedView, Table, Trigger, View
from shared.schema.routines import Routine
from shared.schema.schema import Schema, Snapshot

_BOOLEANS = frozenset({
    "autosummarize", "autovacuum_enabled", "deduplicate_items", "fastupdate", "security_barrier", "security_invoker",
    "toast.autovacuum_enabled", "toast.vacuum_truncate", "user_catalog_table", "vacuum_truncate",
})  # fmt: skip
"""Parameters that are read as booleans (PostgreSQL: sql-createtable, sql-createindex, sql-createview)."""

_WORDS = {
    **dict.fromkeys(("true", "on", "yes", "1", "t", "y"), "true"),
    **dict.fromkeys(("false", "off", "no", "0", "f", "n"), "false"),
}
_DEFAULTS = frozenset({"autovacuum_enabled=true", "security_barrier=false", "security_invoker=false"}) | {
    "user_catalog_table=false"
}
_INDEX_DEFAULTS = {
    "btree": frozenset({"fillfactor=90", "deduplicate_items=true"}),
    "gist": frozenset({"fillfactor=90", "buffering=auto"}),
    "spgist": frozenset({"fillfactor=80"}),
    "hash": frozenset({"fillfactor=75"}),
    "gin": frozenset({"fastupdate=true"}),
    "brin": frozenset({"pages_per_range=128", "autosummarize=false"}),
}
"""What each access method does without being told (same pages)."""

_NULL = re.compile(r"NULL::[a-z ]+|NULL::\"bit\"")
_LENGTH = re.compile(r"(?:character|character varying|bit|bit varying|numeric|timestamp|time|interval)\b.*\(")
"""A length or precision makes a call of a constant NULL, which PostgreSQL keeps as a default; else it keeps none.

A domain's column is another matter: there NULL stands instead of the domain's own default.
"""

_COLUMN = r'(?:"(?:[^"]|"")*"|\w+)'
_UPDATE_OF = re.compile(
    rf"(?P<head>CREATE (?:CONSTRAINT )?TRIGGER {_COLUMN} [A-Z ]*?UPDATE OF )(?P<columns>{_COLUMN}(?:, {_COLUMN})*)"
)


def in_one_spelling(snapshot: Snapshot) -> Snapshot:
    """Spell what means the same alike.

    Returns:
        The snapshot, or the same one where nothing is spelt in another way.
    """
    spelt = tuple(map(_spelt, snapshot.schema))
    if all(new is old for new, old in zip(spelt, snapshot.schema, strict=True)):
        return snapshot
    return msgspec.structs.replace(snapshot, schema=Schema(spelt))


def _spelt(item: SchemaObject) -> SchemaObject:
    match item:
        case Table() | MaterializedView():
            return _with_options(item, _options(item.options, _DEFAULTS | {"fillfactor=100"}))
        case View():
            return _with_options(item, _options(item.options, _DEFAULTS))
        case Index():
            options = _options(item.options, _INDEX_DEFAULTS.get(item.method, frozenset()))
            definition = _with_clause(item.definition, item.options, options)
            return _with_options(msgspec.structs.replace(item, definition=definition), options, item)
        case Column(default=default, type=kind, generated="") if _NULL.fullmatch(default) and _LENGTH.match(kind):
            return msgspec.structs.replace(item, default="")
        case Trigger() | Routine():
            return _with_definition(item)
        case _:
            return item


def _with_definition(item: Trigger | Routine) -> SchemaObject:
    if isinstance(item, Trigger):
        return _changed(item, _UPDATE_OF.sub(_sorted_columns, item.definition, count=1))
    return _changed(item, item.definition.replace("\r\n", "\n"))


def _changed(item: Trigger | Routine, definition: str) -> SchemaObject:
    return item if definition == item.definition else msgspec.structs.replace(item, definition=definition)


def _with_options(
    item: Table | View | MaterializedView | Index, options: tuple[str, ...], original: Index | None = None
) -> SchemaObject:
    known = original or item
    return known if options == known.options else msgspec.structs.replace(item, options=options)


def _options(options: Iterable[str], defaults: frozenset[str]) -> tuple[str, ...]:
    return tuple(option for option in map(_option, options) if option not in defaults)


def _option(option: str) -> str:
    name, _, value = option.partition("=")
    return f"{name}={_WORDS.get(value.lower(), value)}" if name in _BOOLEANS else option


def _sorted_columns(found: re.Match[str]) -> str:
    return found["head"] + ", ".join(sorted(re.findall(_COLUMN, found["columns"])))


def _with_clause(definition: str, before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """Write the WITH clause of an index anew; PostgreSQL quotes a value there when it is no plain word."""
    if before == after:
        return definition
    for quoted in itertools.product((False, True), repeat=len(before)):
        clause = _clause(before, quoted)
        head, found, tail = definition.rpartition(clause)
        if found:
            return head + (_clause(after, (True,) * len(after)) if after else "") + tail
    return definition


def _clause(options: Iterable[str], quoted: Iterable[bool]) -> str:
    said = []
    for option, quote in zip(options, quoted, strict=True):
        name, _, value = option.partition("=")
        said.append(f"{name}='{value}'" if quote else f"{name}={value}")
    return f" WITH ({', '.join(said)})"
