"""Say which privileges of a role a schema lacks that the declared one has, without a server."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from shared.contracts.facts import ServerError
from shared.schema.facets import Grant, Owner, Privileges
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import ForeignTable, MaterializedView, Table, View
from shared.schema.schema import Snapshot

_PUBLIC = ("namespace", "", "public")

Right = tuple[str, QualifiedName, str]
"""What is done, with what, and to which column, or which signature a function has; empty for the whole."""


class StaticRights:
    """The privileges of one role in a snapshot.

    Args:
        snapshot: Read with its privileges; else nobody is known to lack any.
        role: As which the service connects.
    """

    def __init__(self, snapshot: Snapshot, role: str) -> None:
        self._role = role
        self._owned: set[tuple[str, str, str]] = set()
        self._granted: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
        self._kinds: dict[tuple[str, str], str] = {}
        self._listed: set[tuple[str, str, str]] = set()
        self.known = False
        for item in snapshot.schema:
            if isinstance(item, Table | View | MaterializedView | ForeignTable):
                self._kinds[item.namespace, item.name] = item.kind
        for item in snapshot.schema:
            if isinstance(item, Owner) and item.role == role:
                self._owned.add(self._key(item.carrier))
            if isinstance(item, Privileges):
                self.known = True
                self._listed.add(self._key(item.carrier))
                self._add(item.carrier, item.grants)
                if item.beside_initial and not any("USAGE" in grant.privileges for grant in item.revoked):
                    self._granted[*self._key(item.carrier), ""].add("USAGE")

    def _add(self, carrier: ObjectId, grants: Iterable[Grant]) -> None:
        column = carrier.name if carrier.kind == "column" else ""
        for grant in grants:
            if grant.grantee in {self._role, "public"}:
                self._granted[*self._key(carrier), column].update(grant.privileges)

    def missing(self, rights: Iterable[Right]) -> Iterator[ServerError]:
        """Give PostgreSQL's refusals for the rights that the role does not have."""
        for verb, what, detail in sorted(rights):
            if verb == "USAGE" and not self._has(("namespace", "", what.name), "USAGE"):
                yield ServerError("42501", f"permission denied for schema {what.name}")
            elif verb == "EXECUTE" and not self._may_execute(what, detail):
                yield ServerError("42501", f"permission denied for function {what.name}")
            elif verb and verb not in {"USAGE", "EXECUTE"} and not self._may(verb, what, detail):
                word = self._kinds[what.namespace, what.name].replace("_", " ")
                yield ServerError("42501", f"permission denied for {word} {what.name}")

    def _may(self, verb: str, relation: QualifiedName, column: str) -> bool:
        kind = self._kinds.get((relation.namespace, relation.name), "")
        key = ("relation", relation.namespace, relation.name)
        if not kind or self._has(key, verb):
            return True
        columns = {name: held for (*of, name), held in self._granted.items() if tuple(of) == key and name}
        if column:
            return verb in columns.get(column, ())
        return any(verb in held for held in columns.values())

    def _may_execute(self, routine: QualifiedName, signature: str) -> bool:
        key = ("routine", routine.namespace, f"{routine.name}({signature})")
        return key not in self._listed or self._has(key, "EXECUTE")  # by default everyone may

    def _has(self, key: tuple[str, str, str], verb: str) -> bool:
        if key == _PUBLIC and key not in self._listed:
            return True  # initdb gives everyone its use
        return key in self._owned or verb in self._granted[*key, ""]

    def _key(self, carrier: ObjectId) -> tuple[str, str, str]:
        """Name what carries privileges; a column's are found under its relation."""
        if carrier.kind == "column":
            return ("relation", carrier.namespace, carrier.parent)
        if self._kinds.get((carrier.namespace, carrier.name)) == carrier.kind:
            return ("relation", carrier.namespace, carrier.name)
        name = f"{carrier.name}({carrier.signature})" if carrier.kind == "routine" else carrier.name
        return (carrier.kind, carrier.namespace, name)
