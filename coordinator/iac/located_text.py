"""Text that remembers which file and line each of its parts came from, so that messages can name the place."""

from __future__ import annotations

import msgspec

from shared.schema.schema import Origin

HOLE = "\ue000"
"""Stands in a text for what is not known of it: a character of Unicode's private use area, which no source contains."""


class Span(msgspec.Struct, frozen=True):
    """From `offset` on, a string's text stands in `file`, its first line at `line`.

    `advances` is False for text that an expression made: all of it belongs to that one line.
    """

    offset: int
    file: str
    line: int
    advances: bool = True


class LocatedText(msgspec.Struct, frozen=True):
    """A text and the places of its parts.

    Args:
        text: The whole text.
        spans: Where it comes from, sorted by offset; empty when that is not known.
    """

    text: str
    spans: tuple[Span, ...] = ()

    def part(self, start: int, end: int) -> LocatedText:
        """Return the characters from `start` to before `end`, with their places."""
        before = [span for span in self.spans if span.offset <= start]
        inside = [span for span in self.spans if start < span.offset < end]
        spans: list[Span] = []
        if before:
            last = before[-1]
            skipped = self.text.count("\n", last.offset, start) if last.advances else 0
            spans.append(Span(0, last.file, last.line + skipped, last.advances))
        spans.extend(Span(span.offset - start, span.file, span.line, span.advances) for span in inside)
        return LocatedText(self.text[start:end], tuple(spans))

    def origin(self, offset: int, otherwise: Origin) -> Origin:
        """Return the file and line of a character.

        Args:
            offset: Which character.
            otherwise: The answer when no span covers it; its address is part of every answer.
        """
        known = [span for span in self.spans if span.offset <= offset]
        if not known:
            return otherwise
        span = known[-1]
        line = span.line + (self.text.count("\n", span.offset, offset) if span.advances else 0)
        return Origin(span.file, line, otherwise.address)
