"""Names of what a plan makes on its way and removes again."""

from __future__ import annotations

from shared.schema.identity import ObjectId, QualifiedName

_NAME_BYTES = 60  # within NAMEDATALEN - 1, which is 63


def not_null_check(column: ObjectId) -> ObjectId:
    """Name the check that lets SET NOT NULL go without reading the table under its lock.

    Args:
        column: Of a table.
    """
    name = f"fleetdrift_not_null_{column.name}".encode()[:_NAME_BYTES].decode(errors="ignore")
    return ObjectId(kind="constraint", namespace=column.namespace, parent=column.parent, name=name)


_BOUND = "fleetdrift_bound_"


def bound_check(on: QualifiedName, partition: str) -> ObjectId:
    """Name the check that lets a partition come or go without a reading of rows under its lock.

    Args:
        on: The partition, or the default one beside it.
        partition: Name of the partition.
    """
    name = (_BOUND + partition).encode()[:_NAME_BYTES].decode(errors="ignore")
    return ObjectId(kind="constraint", namespace=on.namespace, parent=on.name, name=name)


_SECOND = "fleetdrift_new_"
_LAST = "~"
"""BEFORE triggers fire in the order of their names: the one that copies must see what the others have made."""


def _second(column: ObjectId) -> str:
    return (_SECOND + column.name).encode()[:_NAME_BYTES].decode(errors="ignore")


def copied_column(column: ObjectId) -> ObjectId:
    """Name the column that takes the place of another once it has all of its values."""
    return ObjectId(kind="column", namespace=column.namespace, parent=column.parent, name=_second(column))


def copying_trigger(column: ObjectId) -> ObjectId:
    """Name the trigger that writes to the second column what is written to the first."""
    return ObjectId(kind="trigger", namespace=column.namespace, parent=column.parent, name=_LAST + _second(column))


def equality_check(column: ObjectId) -> ObjectId:
    """Name the check that both columns are equal in every row."""
    return ObjectId(kind="constraint", namespace=column.namespace, parent=column.parent, name=_second(column))


def is_interim(identity: ObjectId) -> bool:
    """Say whether a plan makes something on its way and removes it again."""
    begins = {"constraint": (_BOUND, _SECOND), "column": (_SECOND,), "trigger": (_LAST + _SECOND,)}
    return is_beside(identity) or identity.name.startswith(begins.get(identity.kind, ("\0",)))


_ASIDE = "fleetdrift_aside_"
_FULL_NAME_BYTES = 63  # NAMEDATALEN - 1


def aside_name(name: str) -> str:
    """Give the name that something waits under until nothing uses it; cut to PostgreSQL's limit at a character."""
    return (_ASIDE + name).encode()[:_FULL_NAME_BYTES].decode(errors="ignore")


_BESIDE = "fleetdrift_new_"


def beside(item: ObjectId) -> ObjectId:
    """Name the index that is built beside the one, or beside the key, whose place it takes.

    Args:
        item: An index or a constraint.
    """
    name = (_BESIDE + item.name).encode()[:_FULL_NAME_BYTES].decode(errors="ignore")
    return ObjectId(kind="index", namespace=item.namespace, name=name)


def is_beside(identity: ObjectId) -> bool:
    """Say whether something is an index that was built beside another."""
    return identity.kind == "index" and identity.name.startswith(_BESIDE)
