"""What blocks of a schema are called, and what refers to them: `table.users.column.id`."""

from __future__ import annotations

import msgspec

from coordinator.iac.expressions.values import Value, object_value, string, tuple_of
from coordinator.iac.hcl.blocks import Block
from shared.sql import quote_identifier

_ADDRESS = "__address"
"""Attribute of a block's value that says which block it is."""


class Address(msgspec.Struct, frozen=True, order=True):
    """Which object of the schema is meant.

    Args:
        kind: The block's type: `table`, `enum`, …
        namespace: The PostgreSQL schema, as the `schema` attribute says; empty for what has none.
        name: Its name.
        column: The column, when one of a table or view is meant.
    """

    kind: str
    namespace: str
    name: str
    column: str = ""

    def __str__(self) -> str:
        parts = [self.kind, self.namespace, self.name, *(["column", self.column] if self.column else [])]
        return ".".join(part for part in parts if part)

    @property
    def owner(self) -> Address:
        """The table or view, when a column is meant; else itself."""
        return Address(self.kind, self.namespace, self.name)

    def sql(self) -> str:
        """Quote the object's name, the column left out."""
        bare = quote_identifier(self.name)
        return f"{quote_identifier(self.namespace)}.{bare}" if self.namespace else bare


def label(block: Block) -> str:
    """Return the name that a block's labels give; the first of two is only a qualifier."""
    return block.labels[-1] if block.labels else ""


def value_of(address: Address, columns: tuple[str, ...] = ()) -> Value:
    """Return what a reference to an object evaluates to."""
    found = {"name": string(address.column or address.name), _ADDRESS: _parts(address)}
    if address.namespace and not address.column:
        found["schema"] = string(address.namespace)
    if columns:
        found["column"] = columns_value(address, columns)
    return object_value(found)


def columns_value(address: Address, columns: tuple[str, ...]) -> Value:
    """Return what `column` means within a table."""
    inner = {name: value_of(Address(address.kind, address.namespace, address.name, name)) for name in columns}
    return object_value(inner)


def _parts(address: Address) -> Value:
    return tuple_of(string(part) for part in (address.kind, address.namespace, address.name, address.column))


def address_of(value: Value) -> Address | None:
    """Return which object a value refers to; None when it is no reference."""
    parts = value.raw.get(_ADDRESS) if isinstance(value.raw, dict) else None
    if parts is None:
        return None
    kind, namespace, name, column = (part.raw for part in parts.raw)
    return Address(kind, namespace, name, column)
