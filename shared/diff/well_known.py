"""What well-known tools put into a database for themselves: not drift, unless somebody declares it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase

import msgspec

from shared.diff.tools import TOOLS, Tool
from shared.kinds import RECORDS
from shared.schema.base import Facet
from shared.schema.database import Extension
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Index, Sequence
from shared.schema.schema import Schema, Snapshot

EXTENSIONS = "extensions"
"""Whose it is what lives where only an extension lives."""

_NOBODYS = frozenset({"public", "{tenant}"})
"""Namespaces that no extension brings."""

_SHARD = re.compile(r"(?P<table>.+?)(?:_[0-9a-f]{8})?_(?P<shard>[0-9]{6,})\Z")
_FIRST_SHARD = 102008
"""Citus names a shard after its table and a number of a sequence that begins here, as `events_102027`; a long name is
cut and gets a hash in between (docs.citusdata.com, Citus Tables and Views: Shard table)."""


class LeftOut(msgspec.Struct, frozen=True, order=True):
    """How many objects of one tool, or partitions, were left out; a table counts once with all that hangs on it."""

    tool: str
    objects: int


PARTITIONS = "partitions"
"""Stands for the tool where undeclared partitions were left out, which only follow their parent."""


def without_tool_objects(snapshot: Snapshot, declared: Schema) -> Snapshot:
    """Leave out what tools keep for themselves.

    Args:
        snapshot: What was read.
        declared: The other side; what it declares stays.

    Returns:
        The snapshot, or the same one when there is nothing to leave out. Facts about what was left out go too.
    """
    return _without(snapshot, tool_objects(snapshot, declared).keys())


def without_tables(snapshot: Snapshot, names: AbstractSet[str]) -> Snapshot:
    """Leave out tables by name, in whatever namespace, with what hangs on them.

    Args:
        snapshot: What was read.
        names: Of the tables.
    """
    tables = {(each.namespace, each.name) for each in snapshot.schema if each.kind == "table" and each.name in names}
    gone = {item.identity for item in snapshot.schema if _relation(item) in tables}
    gone |= {item.identity for item in snapshot.schema if isinstance(item, Facet) and item.carrier in gone}
    return _without(snapshot, gone)


def _without(snapshot: Snapshot, gone: AbstractSet[ObjectId]) -> Snapshot:
    if not gone:
        return snapshot
    relations = {(identity.namespace, identity.name) for identity in gone if identity.kind == "table"}
    return msgspec.structs.replace(
        snapshot,
        schema=Schema(tuple(item for item in snapshot.schema if item.identity not in gone)),
        column_order=tuple(each for each in snapshot.column_order if (each.namespace, each.relation) not in relations),
        dependencies=tuple(
            each for each in snapshot.dependencies if gone.isdisjoint((each.dependent, each.referenced))
        ),
    )


def tool_objects(snapshot: Snapshot, declared: Schema) -> Mapping[ObjectId, str]:
    """Say, of each object that a tool keeps for itself, whose it is.

    An extension's own namespace is not read, being its member; what it, or a job of its, makes there later (chunks of
    a hypertable, downloaded maps) is the extension's business too.

    Args:
        snapshot: What was read.
        declared: The other side; what it declares is nobody's but the user's.
    """
    by_choice = {item.identity for item in declared}
    seen = _Seen(snapshot, by_choice)
    found = {
        item.identity: owner
        for item in snapshot.schema
        if item.identity not in by_choice and (owner := seen.owner_of(item))
    }
    found |= seen.emptied(found)
    found |= {
        item.identity: found[item.carrier]
        for item in snapshot.schema
        if isinstance(item, Facet) and item.identity not in by_choice and item.carrier in found
    }
    return found


def left_out(owners: Mapping[ObjectId, str]) -> tuple[LeftOut, ...]:
    """Count what was left out, by tool, sorted."""
    counts = Counter(
        tool for identity, tool in owners.items() if not RECORDS[identity.kind].counts_with_table and not identity.of
    )
    return tuple(LeftOut(tool, count) for tool, count in sorted(counts.items()))


class _Seen:
    """What has to be known of a snapshot as a whole before anything in it can be given to a tool."""

    def __init__(self, snapshot: Snapshot, by_choice: AbstractSet[ObjectId]) -> None:
        self._snapshot = snapshot
        self._columns: dict[tuple[str, str], set[str]] = defaultdict(set)
        for each in snapshot.schema:
            if isinstance(each, Column):
                self._columns[each.namespace, each.parent].add(each.name)
        self._tables = {(each.namespace, each.name) for each in snapshot.schema if each.kind == "table"}
        self._installed = {each.name: each.installed_in for each in snapshot.schema if isinstance(each, Extension)}
        self._read = _NOBODYS | {each.name for each in snapshot.schema if each.kind == "namespace"}
        self._by_choice = by_choice
        self.made = {name: tool.name for tool in TOOLS for name in tool.namespaces if self._is_made_by(tool, name)}
        self._owners = {
            (namespace, name): owner
            for namespace, name in self._tables
            if ObjectId(kind="table", namespace=namespace, name=name) not in by_choice
            and (owner := self._owner_of_table(namespace, name))
        }

    def owner_of(self, item: SchemaObject) -> str:
        """Name the tool whose object this is, or nobody."""
        if item.namespace in self.made:
            return self.made[item.namespace]
        if item.namespace and item.namespace not in self._read:
            return EXTENSIONS
        return self._owners.get(_relation(item), "") or self._by_name(item)

    def emptied(self, found: Mapping[ObjectId, str]) -> Mapping[ObjectId, str]:
        """Name the tools' namespaces that hold nothing but what is left out."""
        shells = {name: tool.name for tool in TOOLS for name in tool.shells} | self.made
        full = {each.namespace for each in self._snapshot.schema if each.identity not in found}
        return {
            each.identity: shells[each.name]
            for each in self._snapshot.schema
            if each.kind == "namespace" and each.name in shells.keys() - full and each.identity not in self._by_choice
        }

    def _is_made_by(self, tool: Tool, namespace: str) -> bool:
        if not tool.proof:
            return ObjectId(kind="namespace", name=namespace) not in self._by_choice
        tables = (name for place, name in self._tables if place == namespace)
        triggers = (each.name for each in self._snapshot.schema if each.kind == "event_trigger")
        return any(fnmatchcase(name, mark) for name in (*tables, *triggers) for mark in tool.proof)

    def _owner_of_table(self, namespace: str, name: str) -> str:
        for tool in TOOLS:
            for table in tool.tables:
                if table.name == name and table.columns in (frozenset(), self._columns[namespace, name]):
                    return tool.name
        if name.startswith("template_") and self._installed.get("pg_partman") == namespace:
            return "pg_partman"
        return "citus" if "citus" in self._installed and self._is_shard(namespace, name) else ""

    def _is_shard(self, namespace: str, name: str) -> bool:
        found = _SHARD.match(name)
        if found is None or int(found["shard"]) < _FIRST_SHARD:
            return False
        whole = name.rpartition("_")[0]
        return (namespace, whole) in self._tables or any(
            place == namespace and table.startswith(found["table"]) and table != name for place, table in self._tables
        )

    def _by_name(self, item: SchemaObject) -> str:
        marks = RECORDS[item.kind].tool_marks
        if not marks:
            return ""
        for tool in TOOLS:
            if any(fnmatchcase(item.name, mark) for mark in getattr(tool, marks)) and self._may_be(tool, item):
                return tool.name
        return ""

    def _may_be(self, tool: Tool, item: SchemaObject) -> bool:
        """Extensions are a tool's only where the tool has shown itself by a namespace of its own."""
        return item.kind != "extension" or tool.name in self.made.values()


def _relation(item: SchemaObject) -> tuple[str, str]:
    """Name the table that an object is or hangs on."""
    if isinstance(item, Index):
        return item.namespace, item.table
    if isinstance(item, Sequence):
        owner = item.owned_by_table
        return (owner.namespace, owner.name) if owner else (item.namespace, "")
    carrier = item.of if isinstance(item, Facet) else item.kind
    return item.namespace, getattr(item, "parent", "") or (item.name if carrier == "table" else "")
