"""Finds the texts of an HCL file that hold SQL: quoted strings and heredocs, by python-hcl2's tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from coordinator.iac.hcl.structure import tree_of
from coordinator.iac.patching.held_text import HeldText, ListItem, Quotes, Templates

_SEQUENCE = re.compile(r"\$\$\{|%%\{|[$%]\{")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def hcl_texts(content: str) -> Iterator[HeldText]:
    """Return the quoted strings and heredocs of a file; none where python-hcl2 cannot read it."""
    tree = tree_of(content)
    if tree is not None:
        yield from _texts(tree, content, None)


def _texts(node: Any, content: str, parent: Any) -> Iterator[HeldText]:
    kind = getattr(node, "data", None)
    if kind is None:
        return
    if kind == "string":
        yield _quoted(node, content, parent)
    elif kind in {"heredoc_template", "heredoc_template_trim"}:
        yield _heredoc(node, content, dedents=kind == "heredoc_template_trim")
        return
    inside = "list" if kind == "tuple" else parent if kind == "expr_term" else None
    for child in node.children:
        yield from _texts(child, content, inside)


def _quoted(node: Any, content: str, parent: Any) -> HeldText:
    sql: list[str] = []
    offsets: list[int] = []
    start, end = node.meta.start_pos, node.meta.end_pos
    at = start + 1
    while at < end - 1:
        width, text = _character(content, at, end - 1)
        sql.append(text)
        offsets += [at] * len(text) if len(text) == 1 else range(at, at + len(text))
        at += width
    item = ListItem(start, end) if parent == "list" else None
    return HeldText(
        content=content,
        sql="".join(sql),
        offsets=(*offsets, end - 1),
        quotes=Quotes.DOUBLE,
        templates=Templates.HCL,
        item=item,
    )


def _character(content: str, at: int, end: int) -> tuple[int, str]:
    """Return how many characters of the file stand for what text, which is as long, or one character."""
    if content[at] == "\\":
        letter = content[at + 1]
        if letter in "uU":
            width = 6 if letter == "u" else 10
            return width, chr(int(content[at + 2 : at + width], 16))
        return 2, _ESCAPES.get(letter, letter)
    found = _SEQUENCE.match(content, at)
    if found is None:
        return 1, content[at]
    if len(found.group()) == 3:  # noqa: PLR2004  # an escaped `${` or `%{`, whose first sign is for the escape
        return 3, found.group()[1:]
    width = _template_end(content, at, end) - at
    return width, ("_" if content[at] == "$" else " ") * width


def _template_end(content: str, at: int, end: int) -> int:
    """Return the place behind a template sequence that begins at `at`; braces and strings within are passed over."""
    depth = 0
    for mark in re.compile(r'"(?:[^"\\]|\\.)*"|[{}]').finditer(content, at, end):
        depth += {"{": 1, "}": -1}.get(mark.group(), 0)
        if depth == 0 and mark.group() == "}":
            return mark.end()
    return end


def _heredoc(node: Any, content: str, *, dedents: bool) -> HeldText:
    whole = content[node.meta.start_pos : node.meta.end_pos].rstrip()
    start = node.meta.start_pos + whole.find("\n") + 1
    end = node.meta.start_pos + whole.rfind("\n") + 1
    return HeldText(
        content=content,
        sql=without_templates(content[start:end]),
        offsets=range(start, end + 1),
        templates=Templates.HCL,
        dedents=dedents,
    )


def without_templates(text: str) -> str:
    """Replace the template sequences of a text by as many letters, or blanks where they put nothing in."""
    out: list[str] = []
    at = 0
    while at < len(text):
        found = _SEQUENCE.search(text, at)
        if found is None:
            out.append(text[at:])
            break
        out.append(text[at : found.start()])
        if len(found.group()) == 3:  # noqa: PLR2004  # as above
            out.append(f" {found.group()[1:]}")
            at = found.end()
            continue
        at = _template_end(text, found.start(), len(text))
        filler = "_" if found.group() == "${" else " "
        out.append(re.sub(r"[^\n]", filler, text[found.start() : at]))
    return "".join(out)
