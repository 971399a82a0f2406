"""Names of what a plan makes on its way and removes again."""

from __future__ import annotations

from shared.schema.identity import ObjectId

_NAME_BYTES = 60  # within NAMEDATALEN - 1, which is 63


def not_null_check(column: ObjectId) -> ObjectId:
    """Name the check that lets SET NOT NULL go without reading the table under its lock.

    Args:
        column: Of a table.
    """
    name = f"fleetdrift_not_null_{column.name}".encode()[:_NAME_BYTES].decode(errors="ignore")
    return ObjectId(kind="constraint", namespace=column.namespace, parent=column.parent, name=name)


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
