"""Edits one declaring file by whole lines. Statements are found by their line numbers; other lines stay as they are.

The same edit serves a `.sql` file, SQL in a heredoc of a `.tf` file, a template, and a block of a YAML template,
because a statement's lines there are the statement's own lines, but for indentation.
"""

from __future__ import annotations

import difflib
import re

import msgspec

from shared.schema.schema import Declaration

_BREAKS_A_PATCH_LINE = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
"""Characters that end a line, or that a patch cannot carry."""


class CannotEditError(Exception):
    """The statement does not stand on whole lines of its own, so it cannot be edited safely; the message says why."""


class _Place(msgspec.Struct, frozen=True):
    """The lines of a statement: first and last, counted from 0."""

    first: int
    last: int


class DeclaringText:
    """A file that is being edited.

    Args:
        file: Its name, for the file type and messages.
        text: What it holds.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.original = text
        self._lines = text.split("\n")
        self._line_end = "\r" if self._lines and self._lines[0].endswith("\r") else ""
        self._inserted: dict[int, list[str]] = {}
        self._removed: set[int] = set()
        self._closed: set[int] = set()

    def _place(self, declaration: Declaration) -> _Place:
        """Find the lines of a statement.

        Raises:
            CannotEditError: When a line is not, but for indentation, a line of the statement.
        """
        said = declaration.sql.split("\n")
        first = declaration.origin.line - 1
        last = first + len(said) - 1
        if first < 0 or last >= len(self._lines):
            raise CannotEditError("the file has changed")
        for i, line in enumerate(said):
            here = self._lines[first + i].strip()
            own = line.strip()
            templated = "${" in here or "%{" in here or "{{" in here
            whole = here == own or (i == len(said) - 1 and self._ends(here, own))
            if not whole and not (templated and i < len(said) - 1) and not self._ends_templated(here, templated):
                raise CannotEditError("the statement does not stand on lines of its own")
        return _Place(first, last)

    def _ends(self, here: str, own: str) -> bool:
        """Return whether a line is the statement's last one, with at most a semicolon and a comment behind it."""
        rest = here.removeprefix(own).strip() if here.startswith(own) else None
        return rest is not None and (rest in {"", ";"} or re.fullmatch(r";?\s*--[^;]*", rest) is not None)

    def _ends_templated(self, here: str, templated: bool) -> bool:
        return templated and here.endswith(";")

    def add_after(self, declaration: Declaration, statements: tuple[str, ...]) -> None:
        """Insert statements below a declaration, each on a line of its own.

        Raises:
            CannotEditError: When the declaration is not laid out in lines.
        """
        place = self._place(declaration)
        if not re.search(r";\s*(?:--[^\n]*)?$", self._lines[place.last].rstrip("\r")):
            self._closed.add(place.last)
        indent = re.match(r"[ \t]*", self._lines[place.first])
        pad = indent.group() if indent is not None else ""
        self._inserted.setdefault(place.last, []).extend(
            f"{pad}{self._escaped(sql)};{self._line_end}" for sql in statements
        )

    def remove(self, declaration: Declaration) -> None:
        """Remove a declaration's lines, and one blank line next to them.

        Raises:
            CannotEditError: When the declaration is not laid out in lines.
        """
        place = self._place(declaration)
        self._removed.update(range(place.first, place.last + 1))
        blank_before = place.first == 0 or not self._lines[place.first - 1].strip()
        after = place.last + 1
        if blank_before and after < len(self._lines) - 1 and not self._lines[after].strip():
            self._removed.add(after)

    def _escaped(self, sql: str) -> str:
        if _BREAKS_A_PATCH_LINE.search(sql):
            raise CannotEditError("a name holds control characters")
        if self.file.endswith((".tf", ".tftpl", ".tmpl", ".tpl")):
            return sql.replace("${", "$${").replace("%{", "%%{")
        if not self.file.endswith(".sql") and ("${" in sql or "\\" in sql):
            raise CannotEditError("a name would be read as a template")
        return sql

    def edited(self) -> str:
        """Return the text after all edits."""
        out: list[str] = []
        for i, line in enumerate(self._lines):
            if i not in self._removed:
                out.append(line.rstrip("\r") + ";" + self._line_end if i in self._closed else line)
            out.extend(self._inserted.get(i, ()))
        return "\n".join(out)


def unified_diff(path: str, before: str, after: str) -> str:
    """Return a patch for `git apply`; empty when the texts are equal.

    Args:
        path: From the repository's root, with `/`.
        before: The text as it is.
        after: The text as it should be.
    """
    old, new = _lines(before), _lines(after)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(old, new, _name("a", path), _name("b", path))
    )


def _lines(text: str) -> list[str]:
    """Cut at line feeds only: other characters that look like line ends to Python are text to git."""
    pieces = text.split("\n")
    lines = [f"{piece}\n" for piece in pieces[:-1]]
    return [*lines, pieces[-1]] if pieces[-1] else lines


def _name(side: str, path: str) -> str:
    full = f"{side}/{path}"
    if re.search(r'["\\\x00-\x1f\x7f]', full):
        escaped = "".join(f"\\{ord(char):03o}" if ord(char) < 32 or char in '"\\\x7f' else char for char in full)  # noqa: PLR2004  # the first printable
        return f'"{escaped}"'
    # git ends a name that holds blanks with a tab, so that it knows where the name ends.
    return f"{full}\t" if " " in full else full
