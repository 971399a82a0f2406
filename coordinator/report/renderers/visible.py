r"""Write characters that do not print as escapes: names from a tenant reach terminals, editors and browsers.

A control character can move a cursor, a direction mark can make a line read backwards, a line break can forge a line
of a report. Each is written as an escape (`\n`, `\x1b`, `\u202e`), so it is seen for what it is and does nothing.
"""

from __future__ import annotations


def visible(text: str) -> str:
    """Escape everything that does not print, line breaks included."""
    return "".join(character if character.isprintable() else escape(character) for character in text)


def visible_lines(text: str) -> str:
    """Escape everything that does not print, but keep the line feeds and tabs of SQL and patches."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else escape(character) for character in text
    )


def escape(character: str) -> str:
    r"""Spell one character as Python would: `\n`, `\x1b`, `\u202e`, `\U000e0041`."""
    return character.encode("unicode_escape").decode("ascii")
