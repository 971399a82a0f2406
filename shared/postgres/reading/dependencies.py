"""Map PostgreSQL's own dependency graph (`pg_depend`) to the objects of the model.

PostgreSQL hangs edges on things the model does not show: a column's default, a view's `_RETURN` rule, an array type, a
table's row type, the index behind a constraint. Each is an internal or automatic part of something that is shown, and
the edge to it says so (catalog-pg-depend.html), so an unknown end is followed until a known one is reached.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from shared.schema.identity import ObjectId
from shared.schema.schema import Dependency, Unmodelled

_OWNED = frozenset("iaPSxe")
_WHOLES = (6104, 2616, 2753)
"""Catalogs whose parts hang on something else as well: an entry of a publication on its table, a loose or optional
member of an operator family on its function or operator (recordDependencyOn in storeProcedures, opclasscmds.c)."""
_PREFERENCE = "iPSae"  # which edge of an unmodelled object leads to its owner
_FIXED = "f"
_HOPS = 6  # operator class entry → class → family …: never longer in practice


class Address(NamedTuple):
    """`pg_depend`'s own way to name something; `part` is a column number or 0."""

    catalog: int
    object: int
    part: int


class Edge(NamedTuple):
    """`dependent` needs `referenced`; `type` is `pg_depend.deptype`.

    Or it is `t`: the dependent is a temporary relation; or `f`: it is an extension that cannot be moved.
    """

    type: str
    dependent: Address
    referenced: Address


def parse_address(text: str) -> Address:
    """Parse "classid:objid:subid"."""
    catalog, item, part = text.split(":")
    return Address(int(catalog), int(item), int(part))


def _whole(address: Address) -> Address:
    """Give the address of what a column is of."""
    return Address(address.catalog, address.object, 0) if address.part else address


class _Owners:
    """Follows unmodelled objects to the modelled object they are part of."""

    def __init__(self, known: Mapping[Address, ObjectId], edges: Sequence[Edge]) -> None:
        self._known = known
        self._up: dict[Address, list[Edge]] = {}
        for edge in edges:
            if edge.type in _OWNED:
                self._up.setdefault(_whole(edge.dependent), []).append(edge)
        for owned in self._up.values():
            owned.sort(key=lambda edge: (edge.referenced.catalog not in _WHOLES, _PREFERENCE.find(edge.type), edge))

    def of(self, address: Address) -> ObjectId | None:
        """Give the modelled object at, or above, an address."""
        for _ in range(_HOPS):
            whole = _whole(address)
            found = self._known.get(address) or self._known.get(whole)
            if found is not None:
                return found
            owned = self._up.get(whole)
            if not owned:
                return None
            address = owned[0].referenced
        return None


def dependencies_of(known: Mapping[Address, ObjectId], edges: Sequence[Edge]) -> tuple[Dependency, ...]:
    """Translate the edges; both ends modelled, different, sorted, free of duplicates."""
    owners = _Owners(known, edges)
    cache: dict[Address, ObjectId | None] = {}

    def owner(address: Address) -> ObjectId | None:
        if address not in cache:
            cache[address] = owners.of(address)
        return cache[address]

    found: set[tuple[ObjectId, ObjectId]] = set()
    for edge in edges:
        if edge.type == _FIXED:
            continue
        dependent, referenced = owner(edge.dependent), owner(edge.referenced)
        if dependent is not None and referenced is not None and dependent != referenced:
            found.add((dependent, referenced))
    return tuple(Dependency(*pair) for pair in sorted(found | set(_structure(known))))


class EdgesByOwner:
    """The edges of many namespaces, from which those of one are taken without looking at all.

    Args:
        edges: Without those that only say something of an extension or of a temporary relation.
    """

    def __init__(self, edges: Sequence[Edge]) -> None:
        self._of: dict[tuple[int, int], list[Edge]] = {}
        self._parts: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for edge in edges:
            self._of.setdefault(edge.dependent[:2], []).append(edge)
            if edge.type in _OWNED:
                self._parts.setdefault(edge.referenced[:2], []).append(edge.dependent[:2])

    def of(self, known: Iterable[Address]) -> tuple[Edge, ...]:
        """Give every edge that can lead to these objects: `dependencies_of` finds the same in them as in all."""
        waiting = list(dict.fromkeys(address[:2] for address in known))
        found = set(waiting)
        edges: list[Edge] = []
        while waiting:
            item = waiting.pop()
            edges += self._of.get(item, ())
            fresh = dict.fromkeys(part for part in self._parts.get(item, ()) if part not in found)
            found |= fresh.keys()
            waiting += fresh
        return tuple(edges)


def _structure(known: Mapping[Address, ObjectId]) -> Iterator[tuple[ObjectId, ObjectId]]:
    # pg_depend does not say that a column needs its table: there a column is a part of it, here an object of its own.
    for address, identity in known.items():
        table = known.get(_whole(address))
        if address.part and table is not None:
            yield identity, table


def fixed_extensions(known: Mapping[Address, ObjectId], edges: Iterable[Edge]) -> tuple[str, ...]:
    """Name the extensions that ALTER EXTENSION … SET SCHEMA cannot move."""
    fixed = {edge.dependent for edge in edges if edge.type == _FIXED}
    return tuple(sorted(known[address].name for address in fixed if address in known))


def unmodelled(known: Mapping[Address, ObjectId], edges: Iterable[Edge]) -> tuple[Unmodelled, ...]:
    """Count, per catalog, the objects that no query read and that are no part of one that was read.

    Temporary relations and what hangs on them come and go with their session: they do not count.
    """
    listed = list(edges)
    temporary = {edge.dependent: ObjectId(kind="temporary") for edge in listed if edge.type == "t"}
    owners = _Owners({**known, **temporary}, listed)
    unread = {_whole(edge.dependent) for edge in listed if edge.type in "na" and owners.of(edge.dependent) is None}
    counts = Counter(CATALOGS.get(address.catalog, f"catalog {address.catalog}") for address in unread)
    return tuple(Unmodelled(catalog, count) for catalog, count in sorted(counts.items()))


CATALOGS = {
    1247: "pg_type",
    1255: "pg_proc",
    1259: "pg_class",
    2604: "pg_attrdef",
    2605: "pg_cast",
    2606: "pg_constraint",
    2607: "pg_conversion",
    2612: "pg_language",
    2615: "pg_namespace",
    2616: "pg_opclass",
    2617: "pg_operator",
    2618: "pg_rewrite",
    2620: "pg_trigger",
    2753: "pg_opfamily",
    2328: "pg_foreign_data_wrapper",
    1417: "pg_foreign_server",
    1418: "pg_user_mapping",
    2601: "pg_am",
    2602: "pg_amop",
    2603: "pg_amproc",
    3079: "pg_extension",
    3256: "pg_policy",
    3381: "pg_statistic_ext",
    3456: "pg_collation",
    3466: "pg_event_trigger",
    3576: "pg_transform",
    3600: "pg_ts_dict",
    3601: "pg_ts_parser",
    3602: "pg_ts_config",
    3764: "pg_ts_template",
    6100: "pg_subscription",
    6104: "pg_publication",
    6106: "pg_publication_rel",
    6237: "pg_publication_namespace",
    826: "pg_default_acl",
}
"""Catalogs by their fixed oid (pg_class.dat, `src/include/catalog`)."""
