"""Look up the tables of a snapshot, and their columns, constraints and policies, by the names a service uses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from shared.contracts.statement import canonical_column, canonical_expression
from shared.contracts.updatable_views import behind
from shared.schema.facets import Owner
from shared.schema.identity import QualifiedName
from shared.schema.relations import Column, Constraint, Index, Policy, Rule, Table, Trigger, View, ViewColumn
from shared.schema.schema import Snapshot
from shared.schema.types import CompositeType, DomainConstraint, DomainType, EnumType

_BEFORE = re.compile(r" (?:BEFORE|INSTEAD OF) ([A-Z ]+?)(?: OF .*)? ON ")
_SUFFIXES = (" NO INHERIT", " NOT VALID", " NOT ENFORCED")


class Relations:
    """The tables of a snapshot with their columns, constraints, indexes, triggers and policies.

    Args:
        snapshot: The shape.
        search_path: Where unqualified names are looked up.
    """

    def __init__(self, snapshot: Snapshot, search_path: tuple[str, ...]) -> None:
        self._search_path = search_path
        self.tables: dict[QualifiedName, Table] = {}
        self._columns: dict[QualifiedName, dict[str, Column]] = defaultdict(dict)
        self._constraints: dict[QualifiedName, list[Constraint]] = defaultdict(list)
        self._indexes: dict[QualifiedName, list[Index]] = defaultdict(list)
        self._hooks: dict[QualifiedName, list[Trigger | Rule]] = defaultdict(list)
        self._policies: dict[QualifiedName, dict[str, Policy]] = defaultdict(dict)
        self._views: dict[QualifiedName, View] = {}
        self._views_with_defaults: set[QualifiedName] = set()
        self._owners: dict[QualifiedName, str] = {}
        self._types: dict[QualifiedName, EnumType | CompositeType] = {}
        self._domains: dict[QualifiedName, DomainType] = {}
        self._domain_checks: dict[QualifiedName, list[DomainConstraint]] = defaultdict(list)
        self._orders = {QualifiedName(o.namespace, o.relation): o.columns for o in snapshot.column_order}
        for item in snapshot.schema:
            self._add(item)

    def _add(self, item: object) -> None:
        match item:
            case Table():
                self.tables[QualifiedName(item.namespace, item.name)] = item
            case Column():
                self._columns[QualifiedName(item.namespace, item.parent)][item.name] = item
            case Constraint():
                self._constraints[QualifiedName(item.namespace, item.parent)].append(item)
            case Index():
                self._indexes[QualifiedName(item.namespace, item.table)].append(item)
            case Trigger() | Rule():
                self._hooks[QualifiedName(item.namespace, item.parent)].append(item)
            case Policy():
                self._policies[QualifiedName(item.namespace, item.parent)][item.name] = item
            case View():
                self._views[QualifiedName(item.namespace, item.name)] = item
            case ViewColumn(default=str(default)) if default:
                self._views_with_defaults.add(QualifiedName(item.namespace, item.parent))
            case Owner(of="table"):
                self._owners[QualifiedName(item.namespace, item.name)] = item.role
            case _:
                self._add_type(item)

    def _add_type(self, item: object) -> None:
        match item:
            case EnumType() | CompositeType():
                self._types[QualifiedName(item.namespace, item.name)] = item
            case DomainType():
                self._domains[QualifiedName(item.namespace, item.name)] = item
            case DomainConstraint():
                self._domain_checks[QualifiedName(item.namespace, item.parent)].append(item)
            case _:
                pass  # no rule asks for it

    def table(self, name: QualifiedName) -> QualifiedName | None:
        """Give the table a statement means by a name, or None: there is none, or it is a view."""
        if name.namespace:
            return name if name in self.tables else None
        for namespace in self._search_path:
            found = QualifiedName(namespace, name.name)
            if found in self.tables:
                return found
            if found in self._columns:
                return None  # a foreign table comes first
        return None

    def target(self, name: QualifiedName, event: str) -> tuple[QualifiedName, Mapping[str, str]] | None:
        """Give the table that rows written to a name go to, and its column for each of the name's; None for no table.

        Triggers and rules between them may do anything, so then there is none either.

        Args:
            name: Of a table or a view, as the statement says it.
            event: What fires triggers: `INSERT` or `UPDATE`.
        """
        table = self.table(name)
        if table is not None:
            return (
                None
                if self.rewrites_rows(table, event)
                else (table, {column: column for column in self._columns[table]})
            )
        view = self._view(name)
        found = behind(self._views[view].definition) if view and not self.rewrites_rows(view, event) else None
        inner = self.target(found.relation, event) if found and found.relation != name else None
        if found is None or inner is None or view in self._views_with_defaults:
            return None
        table, columns = inner
        return table, {name: columns[column] for name, column in found.columns.items() if column in columns}

    def _view(self, name: QualifiedName) -> QualifiedName | None:
        paths = [name] if name.namespace else [QualifiedName(each, name.name) for each in self._search_path]
        return next((found for found in paths if found in self._views), None)

    def view(self, name: QualifiedName) -> View | None:
        """Give the view that a statement means by a name, if it is one."""
        found = None if self.table(name) else self._view(name)
        return self._views[found] if found else None

    def columns(self, table: QualifiedName) -> dict[str, Column]:
        """Give the columns of a table by name."""
        return self._columns.get(table, {})

    def column_order(self, table: QualifiedName) -> tuple[str, ...]:
        """Give the columns of a table in their order; empty when the snapshot does not say."""
        return self._orders.get(table, ())

    def rewrites_rows(self, table: QualifiedName, event: str) -> bool:
        """Say whether a trigger or rule may change what a statement writes by INSERT or UPDATE."""
        return any(
            isinstance(hook, Rule) or event in _events_before(hook.definition)
            for hook in self._hooks.get(table, ())
            if hook.enabled != "disabled"
        )

    def checks(self, table: QualifiedName) -> Iterator[tuple[Constraint, str]]:
        """Give the enforced CHECK constraints of a table with their bare expressions."""
        for constraint in self._constraints.get(table, ()):
            expression = _checked(constraint)
            if expression:
                yield constraint, expression

    def domain_of(self, column: Column) -> QualifiedName | None:
        """Give the domain that is a column's type; None for another type."""
        spelt = ((name, {name.name, f"{name.namespace}.{name.name}"}) for name in self._domains)
        return next((name for name, spellings in spelt if column.type in spellings), None)

    def domain_checks(self, domain: QualifiedName) -> Iterator[tuple[str, str, str]]:
        """Give (name, expression over `VALUE`, base type) of the CHECK constraints of a domain."""
        for constraint in self._domain_checks.get(domain, ()):
            expression = _checked(constraint)
            if expression:
                yield constraint.name, expression, self._domains[domain].base_type

    def unique_keys(self, table: QualifiedName) -> dict[frozenset[str], str]:
        """Give the full unique keys of a table (canonical expressions) with the name of what enforces each."""
        found: dict[frozenset[str], str] = {}
        for constraint in self._constraints.get(table, ()):
            if constraint.type in {"primary_key", "unique"} and constraint.index_valid:
                found[frozenset(canonical_column(column) for column in constraint.columns)] = constraint.name
        for index in self._indexes.get(table, ()):
            if index.unique and index.valid and not index.predicate:
                key = frozenset(canonical_expression(column) for column in index.columns)
                if "" not in key:
                    found[key] = index.name
        return found

    def deferrable_keys(self, table: QualifiedName) -> dict[frozenset[str], str]:
        """Give the unique keys of a table that are checked late, with the name of the constraint."""
        return {
            frozenset(canonical_column(column) for column in constraint.columns): constraint.name
            for constraint in self._constraints.get(table, ())
            if constraint.type in {"primary_key", "unique"} and " DEFERRABLE" in constraint.definition
        }

    def foreign_keys(self, table: QualifiedName) -> Iterator[Constraint]:
        """Give the foreign keys of a table."""
        return (c for c in self._constraints.get(table, ()) if c.type == "foreign_key")

    def policies(self, table: QualifiedName) -> dict[str, Policy]:
        """Give the row-level security policies of a table by name."""
        return self._policies.get(table, {})

    def policies_for(self, table: QualifiedName, command: str, role: str) -> list[Policy]:
        """Give the policies that apply to a command of a role; without a role, those of every role."""
        return [
            policy
            for _, policy in sorted(self.policies(table).items())
            if policy.command in {"all", command} and (not role or {"public", role}.intersection(policy.roles))
        ]

    def owner(self, table: QualifiedName) -> str:
        """Give the role that owns a table; empty when the snapshot does not say."""
        return self._owners.get(table, "")

    def enum(self, name: str) -> EnumType | None:
        """Give the enum a Rust `type_name` means: folded like an identifier, looked up on the search path."""
        found = self._type(name)
        return found if isinstance(found, EnumType) else None

    def composite(self, name: str) -> CompositeType | None:
        """Give the composite type that a name means, as `enum` does."""
        found = self._type(name)
        return found if isinstance(found, CompositeType) else None

    def _type(self, name: str) -> EnumType | CompositeType | None:
        parts = [part[1:-1] if part.startswith('"') else part.lower() for part in name.split(".")]
        namespaces: Iterable[str] = parts[:1] if len(parts) > 1 else self._search_path
        return next((self._types[k] for n in namespaces if (k := QualifiedName(n, parts[-1])) in self._types), None)

    def domain_default(self, column: Column) -> bool:
        """Say whether a column's type is a domain with a default of its own."""
        domain = self.domain_of(column)
        return domain is not None and bool(self._domains[domain].default)


def _events_before(definition: str) -> str:
    """Give the events before which a trigger runs, as `pg_get_triggerdef` lists them; nothing where it runs after."""
    found = _BEFORE.search(definition)
    return found[1] if found else ""


def _checked(constraint: Constraint | DomainConstraint) -> str:
    """Give the bare expression of a CHECK constraint that is enforced; empty for another constraint."""
    definition = constraint.definition
    if constraint.type != "check" or " NOT ENFORCED" in definition[-30:]:
        return ""
    for suffix in _SUFFIXES * 2:
        definition = definition.removesuffix(suffix)
    return definition.removeprefix("CHECK ") if definition.startswith("CHECK (") and definition.endswith(")") else ""
