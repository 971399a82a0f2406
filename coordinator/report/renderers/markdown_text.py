"""Text in GitHub's Markdown: what comes from a tenant opens no markup, no link and mentions nobody."""

from __future__ import annotations

import re

from coordinator.report.renderers.visible import visible, visible_lines

_SPECIAL = re.compile(
    r"""
    [\\`*\[\]|<>&~$@#]          # emphasis, code, links, cells, HTML, strike-through, mathematics, mentions, issues
    | (?<![^\W_])_ | _(?![^\W_])  # emphasis; an underscore inside a word is none
    | :(?=[\w/+-])               # URLs and emoji
    | (?<=www)\.                 # URLs without a scheme
    """,
    re.VERBOSE | re.IGNORECASE,
)


def escape(text: str) -> str:
    """Escape what Markdown, HTML or GitHub (mentions, mathematics, emoji) would not show as text."""
    return _SPECIAL.sub(_escaped, visible(text))


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    # A backslash does not keep GitHub from reading HTML, mentions, issue numbers and addresses; an entity does.
    return f"&#{ord(character)};" if character in "<>&@#$:." else "\\" + character


def code(text: str) -> str:
    """Put one line into a code span whose fence is longer than any in the text.

    Not for tables: there `|` ends a cell even in code.
    """
    shown = visible(text)
    fence = "`" * (_longest_run(shown) + 1)
    # A blank inside either end is taken off again, unless there is nothing else in the span (CommonMark, code spans).
    pad = " " if not shown or (shown.strip() and {shown[0], shown[-1]} & {"`", " "}) else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def block(text: str, language: str = "") -> str:
    """Put lines into a fenced block that the text cannot close."""
    shown = visible_lines(text).rstrip("\n")
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def row(*cells: str) -> str:
    """Write a row of a table.

    Args:
        cells: Markdown, of names escaped: a `|` that is not would end its cell.
    """
    return f"| {' | '.join(cells)} |"


def collapsed(summary: str, content: str) -> str:
    """Put paragraphs behind a line that opens them.

    Args:
        summary: Words of ours: Markdown is not read in this line.
        content: Markdown.
    """
    return f"<details><summary>{summary}</summary>\n\n{content}\n\n</details>"


def paragraphs(*parts: str) -> str:
    """Put those parts that are not empty one below the other."""
    return "\n\n".join(part for part in parts if part)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
