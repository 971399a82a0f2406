"""Which items of a run are read together: the namespaces of one database share a connection, and are cut as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from shared.targets import MAX_NAMESPACES_TOGETHER, Target


class Groups:
    """The groups of a run. A piece of work is one item that is in no group, or some items of one group.

    Args:
        of: Item → the name of its group; what is not in it is read by itself.
        most: Items of a piece at most.
        beside: Item → what it shares with its neighbours, though it is in no group: some may lie open as one piece.
    """

    def __init__(
        self,
        of: Mapping[str, str] | None = None,
        most: int = MAX_NAMESPACES_TOGETHER,
        beside: Mapping[str, str] | None = None,
    ) -> None:
        self._of = of or {}
        self._beside = beside or {}
        self.most = most

    def of(self, item: str) -> str:
        """Name the group of an item; empty where it is read by itself."""
        return self._of.get(item, "")

    def beside(self, item: str, other: str) -> bool:
        """Say whether two items that are in no group are better read together."""
        shared = self._beside.get(item)
        return shared is not None and shared == self._beside.get(other)

    def side_by_side(self, items: Sequence[str]) -> tuple[str, ...]:
        """Put each group's items side by side, where its first one is."""
        if not self._of:
            return tuple(items)
        places: dict[tuple[str, str], list[str]] = {}
        for item in items:
            group = self.of(item)
            places.setdefault((group, "" if group else item), []).append(item)
        return tuple(item for place in places.values() for item in place)

    def count_pieces(self, items: Iterable[str]) -> int:
        """Count the pieces of work that items are."""
        listed = list(items)
        if not self._of:
            return len(listed)
        sizes = Counter(map(self.of, listed))
        return sizes.pop("", 0) + sum(-(-size // self.most) for size in sizes.values())


ALONE = Groups()
"""Every item is read by itself."""


MIN_NAMESPACES_OF_A_GROUP = 51
"""A database of fewer is cut like any tenants: its workers share it, and what each batch costs it is little."""


def databases_of(targets: Iterable[Target]) -> Groups:
    """Group the namespaces of each database that has many."""
    listed = [target for target in targets if target.namespace]
    sizes = Counter((target.host, target.database) for target in listed)
    large: dict[str, str] = {}
    small: dict[str, str] = {}
    for target in listed:
        many = sizes[target.host, target.database] >= MIN_NAMESPACES_OF_A_GROUP
        (large if many else small)[target.tenant] = target.database
    return Groups(large, beside=small)
