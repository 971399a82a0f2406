"""How much one source may make the evaluator do, and remember."""

from __future__ import annotations

from coordinator.iac.located_text import Span
from coordinator.iac.source import LimitError
from shared.schema.schema import Origin

MAX_SPANS = 20_000
"""Pieces of one text whose places are remembered."""


class Budget:
    """Bounds the work of one source: steps, and bytes of text made."""

    MAX_STEPS = 2_000_000
    MAX_TEXT = 512 * 1024 * 1024
    MAX_STRING = 16 * 1024 * 1024

    def __init__(self) -> None:
        self.steps = 0
        self.text = 0
        self.last = Origin("", 0)

    def spend(self, at: Origin, steps: int = 1, text: int = 0) -> None:
        """Count work done.

        Raises:
            LimitError: When the source asks for too much.
        """
        self.steps += steps
        self.text += text
        self.last = at
        if self.steps > self.MAX_STEPS or self.text > self.MAX_TEXT or text > self.MAX_STRING:
            raise LimitError(at.file, at.line, "this configuration takes too much work to evaluate")


def bounded(spans: list[Span]) -> tuple[Span, ...]:
    """Forget places when there are too many to be of use to anybody."""
    return tuple(spans) if len(spans) <= MAX_SPANS else tuple(spans[:1])
