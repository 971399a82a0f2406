"""Reads a source text token by token, and raises errors with file and line."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import NoReturn

from coordinator.iac.source import LimitError, SourceError
from shared.schema.schema import Origin

MAX_DEPTH = 160
"""Levels of nested brackets, blocks and templates. Deeper than any real source, shallower than Python's stack."""

_COMMENT = re.compile(r"(?:#|//)[^\n]*|/\*.*?\*/", re.DOTALL)
IDENTIFIER = re.compile(r"[^\W\d][\w-]*")


class Scanner:
    """Reads one text from left to right. Line ends are skipped or not, as the innermost bracket says.

    Args:
        text: The whole file.
        file: How messages call it.
        first_line: The number of the text's first line.
    """

    def __init__(self, text: str, file: str, first_line: int = 1) -> None:
        self.text = text
        self.file = file
        self.position = 0
        self.depth = 0
        self.first_line = first_line
        self.skips_newlines = [False]

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def line(self, position: int | None = None) -> int:
        """Return the line of a position (default: here)."""
        where = self.position if position is None else position
        return bisect_right(self._line_starts, where) - 1 + self.first_line

    def here(self, position: int | None = None) -> Origin:
        """Return the file and line of a position (default: here)."""
        return Origin(self.file, self.line(position))

    def fail(self, message: str, position: int | None = None) -> NoReturn:
        """Refuse the source at a position (default: here)."""
        raise SourceError(self.file, self.line(position), message)

    def enter(self, *, skips_newlines: bool) -> None:
        """Count an opening bracket; LimitError when it is one too many."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LimitError(self.file, self.line(), f"nested more than {MAX_DEPTH} levels deep")
        self.skips_newlines.append(skips_newlines)

    def leave(self) -> None:
        """Count a closing bracket."""
        self.depth -= 1
        self.skips_newlines.pop()

    def skip_space(self) -> None:
        """Skip blanks and comments, and line ends where they mean nothing."""
        text = self.text
        while self.position < len(text):
            char = text[self.position]
            blank = char in " \t" or (char == "\n" and self.skips_newlines[-1])
            if blank or text.startswith("\r\n", self.position):
                self.position += 1
            elif char in "#/" and (match := _COMMENT.match(text, self.position)):
                self.position = match.end()
            elif text.startswith("/*", self.position):
                self.fail("Unterminated comment: it begins with /* and has no */")
            else:
                return

    def skip_lines(self) -> None:
        """Skip blanks, comments and line ends."""
        self.skips_newlines.append(True)
        self.skip_space()
        self.skips_newlines.pop()

    def peek(self, token: str) -> bool:
        """Return whether a token comes next."""
        self.skip_space()
        return self.text.startswith(token, self.position)

    def accept(self, token: str) -> bool:
        """Skip a token if it comes next, and return whether it did."""
        if self.peek(token):
            self.position += len(token)
            return True
        return False

    def expect(self, token: str, message: str) -> None:
        """Read a token, or refuse."""
        if not self.accept(token):
            self.fail(message)

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read what a pattern matches next, if it does."""
        self.skip_space()
        found = pattern.match(self.text, self.position)
        if found is not None:
            self.position = found.end()
        return found

    def identifier(self) -> str | None:
        """Read a name, if one comes next."""
        found = self.match(IDENTIFIER)
        return None if found is None else found.group()

    def peek_keyword(self, keyword: str) -> bool:
        """Return whether exactly this word comes next."""
        self.skip_space()
        found = IDENTIFIER.match(self.text, self.position)
        return found is not None and found.group() == keyword

    def at_end(self) -> bool:
        """Return whether only blanks are left."""
        self.skip_space()
        return self.position >= len(self.text)
