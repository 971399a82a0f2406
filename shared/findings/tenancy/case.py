"""What a tenancy rule judges: the tables of one schema that hold rows of tenants, and the declared ones beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from shared.diff.well_known import tool_objects
from shared.schema.identity import QualifiedName
from shared.schema.relations import Column, Constraint, Index, Policy, Table
from shared.schema.routines import Routine
from shared.schema.schema import Schema, Snapshot
from shared.schema.tenancy import Tenancy
from shared.sql import quote_identifier


class UnconfinedRole(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A role for which row-level security does not hold.

    Args:
        role: Its name.
        becomes: The superuser or role with BYPASSRLS that it is, or may become by SET ROLE.
        superuser: That one is a superuser.
        hosts: Where, sorted.
    """

    role: str
    becomes: str
    superuser: bool
    hosts: tuple[str, ...]


class TenancyCase:
    """One schema as the tenancy rules see it.

    Args:
        tenancy: What it is held to.
        snapshot: The schema. Partitions are left out, which are as their parent is, and what tools keep for themselves.
        declared: The declared schema, for what may not change; None when this is the declared one.
        roles: Those of services for which row-level security does not hold, each first by what it is itself.
    """

    def __init__(
        self,
        tenancy: Tenancy,
        snapshot: Snapshot,
        declared: TenancyCase | None = None,
        roles: Iterable[UnconfinedRole] = (),
    ) -> None:
        self.tenancy = tenancy
        self.declared = declared
        self.roles = tuple(sorted(roles, key=lambda role: (role.role, role.becomes != role.role, role)))
        self._tables: dict[QualifiedName, Table] = {}
        self._columns: dict[QualifiedName, dict[str, Column]] = defaultdict(dict)
        self._constraints: dict[QualifiedName, list[Constraint]] = defaultdict(list)
        self._indexes: dict[QualifiedName, list[Index]] = defaultdict(list)
        self._policies: dict[QualifiedName, list[Policy]] = defaultdict(list)
        self.routines: dict[str, list[Routine]] = defaultdict(list)
        tools = tool_objects(snapshot, Schema())
        for item in snapshot.schema:
            if item.identity not in tools:
                self._add(item)

    def _add(self, item: object) -> None:
        match item:
            case Table() if item.partition_of is None and self.tenancy.concerns(item.namespace, item.name):
                self._tables[QualifiedName(item.namespace, item.name)] = item
            case Column():
                self._columns[QualifiedName(item.namespace, item.parent)][item.name] = item
            case Constraint():
                self._constraints[QualifiedName(item.namespace, item.parent)].append(item)
            case Index():
                self._indexes[QualifiedName(item.namespace, item.table)].append(item)
            case Policy():
                self._policies[QualifiedName(item.namespace, item.parent)].append(item)
            case Routine():
                self.routines[item.name].append(item)
            case _:
                pass  # no rule asks for it

    @property
    def tables(self) -> tuple[Table, ...]:
        """Give the tables that hold rows of tenants, sorted."""
        return tuple(table for _, table in sorted(self._tables.items()))

    @property
    def marked(self) -> tuple[Table, ...]:
        """Give those of the tables that have the tenant column: what else may be asked of the others?"""
        return tuple(table for table in self.tables if self.column(table) is not None)

    def is_marked(self, name: QualifiedName | None) -> bool:
        """Say whether a name is that of a table with rows of tenants and the tenant column."""
        return name in self._tables and self.tenancy.column in self._columns[name] if name else False

    def column(self, table: Table) -> Column | None:
        """Give the tenant column of a table."""
        return self._columns[_name(table)].get(self.tenancy.column)

    def columns(self, table: Table) -> dict[str, Column]:
        """Give the columns of a table by name."""
        return self._columns[_name(table)]

    def foreign_keys(self, table: Table) -> tuple[Constraint, ...]:
        """Give the foreign keys of a table, sorted by name."""
        return self._constraints_of(table, "foreign_key")

    def keys(self, table: Table) -> tuple[Constraint | Index, ...]:
        """Give the primary and unique keys of a table, and its unique indexes, sorted."""
        indexes = (index for index in self._indexes[_name(table)] if index.unique and index.attached_to is None)
        return (
            *self._constraints_of(table, "primary_key", "unique"),
            *sorted(indexes, key=lambda index: index.name),
        )

    def _constraints_of(self, table: Table, *types: str) -> tuple[Constraint, ...]:
        found = (each for each in self._constraints[_name(table)] if each.type in types)
        return tuple(sorted(found, key=lambda constraint: constraint.name))

    def policies(self, table: Table) -> tuple[Policy, ...]:
        """Give the policies of a table, sorted by name."""
        return tuple(sorted(self._policies[_name(table)], key=lambda policy: policy.name))

    def has_tenant(self, columns: tuple[str, ...]) -> bool:
        """Say whether the tenant column is among the columns of a key, which an index spells as SQL does."""
        column = self.tenancy.column
        return not {column, quote_identifier(column)}.isdisjoint(columns)

    def table(self, table: Table) -> Table | None:
        """Give the table of the same name that holds rows of tenants here."""
        return self._tables.get(_name(table))


def _name(table: Table) -> QualifiedName:
    return QualifiedName(table.namespace, table.name)
