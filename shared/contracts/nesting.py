"""Leave out what is nested deeper than Rust that people write: everything else here follows brackets by recursion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.contracts.lexer import Token

MAX_DEPTH = 64
"""Brackets, or angle brackets of one type, around a token. Macros may nest 128 deep in rustc, types less."""
TOO_DEEP = f"nested more than {MAX_DEPTH} deep, not read"
_STEPS = {"<": 1, ">": -1, ">>": -2}
_ENDS = frozenset("{};")
_WATCHED = frozenset("([{)]}<>;") | {">>"}


def without_the_deep(tokens: Sequence[Token], closing: Mapping[int, int]) -> tuple[tuple[Token, ...], int]:
    """Leave out the tokens that are nested too deep.

    Args:
        tokens: Of one file.
        closing: Index of the closing bracket by index of the opening one.

    Returns:
        The others, and the line of the first that was left out; 0 when none was.
    """
    cuts = list(_cuts(tokens, closing))
    if not cuts:
        return tuple(tokens), 0
    kept: list[Token] = []
    begin = 0
    for first, end in cuts:
        kept.extend(tokens[begin:first])
        begin = end
    kept.extend(tokens[begin:])
    return tuple(kept), tokens[cuts[0][0]].line


def _cuts(tokens: Sequence[Token], closing: Mapping[int, int]) -> list[tuple[int, int]]:
    """Give (begin, end) of each stretch that is too deep, in order."""
    found: list[tuple[int, int]] = []
    closers: list[int] = []
    angles = beyond = behind = 0
    for index in [index for index, token in enumerate(tokens) if token.text in _WATCHED]:
        if index < behind:
            continue
        text = tokens[index].text
        while closers and closers[-1] <= index:
            closers.pop()
        if index in closing:
            closers.append(closing[index])
            if len(closers) > MAX_DEPTH:
                behind = closers.pop()
                found.append((index + 1, behind))
        if text in _ENDS:
            angles = 0
        elif text in _STEPS:
            angles = max(0, angles + _STEPS[text])
            if angles > MAX_DEPTH and not beyond:
                beyond = index
            elif beyond and angles <= MAX_DEPTH:
                found.append((beyond, index))
                beyond = 0
    return sorted(found)
