"""The declared versions of a schema: what a database has that took the migrations until one of them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from coordinator.iac.reading import Piece, joined
from coordinator.iac.sql.folders import Step
from shared.findings.versions import same_version
from shared.schema.schema import Declaration


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """The versions of one folder of migrations within a declaration.

    Args:
        declarations: All that is declared, in the order in which it runs.
        steps: The versions, oldest first.
        ends: Of each version the number of declarations that have run after it.
        rest: Where what belongs to no version begins again, behind the newest and the repeatable migrations.
    """

    declarations: tuple[Declaration, ...]
    steps: tuple[Step, ...]
    ends: tuple[int, ...]
    rest: int

    def step_of(self, version: str) -> Step | None:
        """Return the declared version that a tool's table or a configuration means; None when there is none."""
        exact = (step for step in self.steps if step.version == version)
        return next(exact, None) or next((step for step in self.steps if same_version(step.version, version)), None)

    def up_to(self, version: str) -> tuple[Declaration, ...]:
        """Return what a database at a version has had run on it, for a `SpecSource` of that version.

        Repeatable migrations are part of the newest version only: what they said before is not declared any more.

        Raises:
            KeyError: For a version that is not declared.
        """
        for step, end in zip(self.steps, self.ends, strict=True):
            if step.version == version:
                newest = step is self.steps[-1]
                return self.declarations if newest else self.declarations[:end] + self.declarations[self.rest :]
        raise KeyError(version)


def ladder_of(pieces: Iterable[Piece]) -> Ladder | None:
    """Return the versions that pieces of one schema go through; None without any, or with those of several folders."""
    made: list[Declaration] = []
    ends: dict[Step, int] = {}
    rest = 0
    last: Step | None = None
    for piece, own in joined(pieces):
        made.extend(own)
        if piece.step is None:
            continue
        rest = len(made)
        if piece.step.version:
            if piece.step in ends and piece.step != last:  # a second folder begins
                return None
            ends[piece.step] = rest
        last = piece.step
    if not ends or len({step.version for step in ends}) < len(ends):
        return None
    return Ladder(declarations=tuple(made), steps=tuple(ends), ends=tuple(ends.values()), rest=rest)
