"""Remember which shapes a scratch server has spelt until nothing changed any more: those need not be rebuilt again."""

from __future__ import annotations

from collections import OrderedDict

from shared.schema.canonical import content_hash
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot

_MAX_KEPT = 256  # 64 digits each; an analysis asks again for the shapes of its own minutes, not of yesterday


class KnownStable:
    """Names of shapes, the latest ones. Only names are kept: the shape is in the hands of whoever asks."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, None] = OrderedDict()

    def has(self, snapshot: Snapshot, profile: Profile) -> bool:
        """Say whether rebuilding a shape and reading it back is known to change nothing."""
        return _name(snapshot, profile) in self._names

    def add(self, snapshot: Snapshot, profile: Profile) -> None:
        """Remember that rebuilding a shape has changed nothing."""
        name = _name(snapshot, profile)
        self._names[name] = None
        self._names.move_to_end(name)
        while len(self._names) > _MAX_KEPT:
            self._names.popitem(last=False)


def _name(snapshot: Snapshot, profile: Profile) -> str:
    """Hash all that a rebuilt copy depends on."""
    parts = (snapshot.schema, snapshot.column_order, snapshot.not_null_names, snapshot.dependencies)
    return content_hash("stable/1", [*parts, snapshot.surroundings, profile])
