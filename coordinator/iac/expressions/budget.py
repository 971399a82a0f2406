"""Limits the work that evaluating one source may take, and the places that one text may remember."""

from __future__ import annotations

from coordinator.iac.located_text import Span
from coordinator.iac.source import LimitError
from shared.schema.schema import Origin

MAX_SPANS = 20_000
"""Pieces of one text whose places are remembered."""


class Budget:
    """Counts the work of evaluating one source: steps, and characters of text made."""

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
            raise LimitError(
                at.file,
                at.line,
                "evaluating this configuration takes too much work: more than "
                f"{self.MAX_STEPS} steps, {self.MAX_TEXT} characters of text, or {self.MAX_STRING} in one string",
            )


def limit_spans(spans: list[Span]) -> tuple[Span, ...]:
    """Return the spans of a text; only the first when there are more than `MAX_SPANS`."""
    return tuple(spans) if len(spans) <= MAX_SPANS else tuple(spans[:1])
