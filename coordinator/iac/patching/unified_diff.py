"""Writes the unified diff between two states of files, for `git apply`."""

from __future__ import annotations

import difflib
import re


def unified_diff(path: str, before: str | None, after: str) -> str:
    """Return a patch of one file; empty when the texts are equal.

    Args:
        path: From the repository's root, with `/`.
        before: The text as it is; None for a file that is to be made.
        after: The text as it should be.
    """
    old, new = _lines(before or ""), _lines(after)
    # Of a new file git wants the mode, and no name before.
    head = f"diff --git {_name('a', path)} {_name('b', path)}\nnew file mode 100644\n" if before is None else ""
    left = "/dev/null" if before is None else _name("a", path)
    return head + "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(old, new, left, _name("b", path))
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
