"""How an object of a schema is named: by kind and by PostgreSQL's own keys, never by a dotted string."""

from __future__ import annotations

import msgspec


class QualifiedName(msgspec.Struct, frozen=True, order=True, gc=False):
    """The name of an object that lives in a namespace (`pg_class`, `pg_type`, …: unique within it).

    Args:
        namespace: The PostgreSQL schema; empty for what lives outside namespaces.
        name: The bare name, as the catalog stores it: unquoted, any character.
    """

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}.{self.name}" if self.namespace else self.name


class ObjectId(msgspec.Struct, frozen=True, order=True, omit_defaults=True, gc=False):
    """What makes an object the same object on both sides of a diff.

    Args:
        kind: The tag of the model class, `"table"` for example.
        namespace: The PostgreSQL schema the object lives in, or empty.
        parent: The relation or type that owns the name (a column's table, a policy's table, a domain).
        name: The bare name.
        signature: Identity arguments of a routine, operand types of an operator, the two types of a cast.
        of: For a facet (comment, owner, privileges, …): the kind of the object that carries it.
    """

    kind: str
    namespace: str = ""
    parent: str = ""
    name: str = ""
    signature: str = ""
    of: str = ""

    def __str__(self) -> str:
        """Readable form for people: `index public.orders_by_day`. Not quoted, not for SQL."""
        dotted = ".".join(part for part in (self.namespace, self.parent, self.name) if part)
        text = f"{dotted}({self.signature})" if self.signature else dotted
        return f"{self.kind} of {self.of} {text}" if self.of else f"{self.kind.replace('_', ' ')} {text}"
