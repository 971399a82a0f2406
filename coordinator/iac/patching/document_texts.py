"""Finds the texts of a YAML or JSON document that hold SQL, with their places in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from coordinator.iac.patching.hcl_texts import without_templates
from coordinator.iac.patching.held_text import HeldText, ListItem, Quotes, Templates

_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_YAML_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "e": "\x1b", "N": "\x85", "L": "\u2028", "P": "\u2029"}
_ESCAPE_DIGITS = {"x": 2, "u": 4, "U": 8}


def json_texts(content: str, templates: Templates = Templates.NONE) -> Iterator[HeldText]:
    """Return the strings of a JSON document that are no keys."""
    for found in _JSON_STRING.finditer(content):
        if content[found.end() :].lstrip()[:1] == ":":
            continue
        before = content[: found.start()].rstrip()
        after = content[found.end() :].lstrip()[:1]
        listed = before.endswith("[") or (
            before.endswith(",") and after in {",", "]"} and _in_list(content, found.start())
        )
        sub = re.search(r'"Fn::Sub"\s*:\s*\Z', content[max(0, found.start() - 40) : found.start()]) is not None
        item = ListItem(found.start(), found.end()) if listed else None
        yield _double_quoted(content, found.start(), found.end(), item, Templates.SUB if sub else templates)


def _in_list(content: str, at: int) -> bool:
    """Return whether the innermost bracket that is open at a place is a list's."""
    outside = _JSON_STRING.sub(lambda found: " " * len(found.group()), content[:at])
    depth = 0
    for sign in reversed(outside):
        if sign in "]}":
            depth += 1
        elif sign in "[{":
            if depth == 0:
                return sign == "["
            depth -= 1
    return False


def yaml_texts(content: str) -> Iterator[HeldText]:
    """Return the scalars of a YAML document that are no keys; none where it cannot be read."""
    try:
        root = yaml.compose(content, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return
    if root is not None:
        yield from _scalars(root, content, listed=False, dash=False, templates=Templates.NONE)


def _scalars(node: Any, content: str, *, listed: bool, dash: bool, templates: Templates) -> Iterator[HeldText]:
    if node.tag == "!Sub":
        templates = Templates.SUB
    if isinstance(node, yaml.ScalarNode):
        item = ListItem(node.start_mark.index, node.end_mark.index, dash) if listed else None
        found = _scalar(node, content, item, templates)
        if found is not None:
            yield found
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            own = Templates.NONE if node.tag != "!Sub" or child is not node.value[0] else Templates.SUB
            yield from _scalars(child, content, listed=node.tag != "!Sub", dash=not node.flow_style, templates=own)
    else:
        for key, child in node.value:
            sub = Templates.SUB if key.value == "Fn::Sub" else Templates.NONE
            yield from _scalars(child, content, listed=False, dash=False, templates=sub)


def _scalar(node: Any, content: str, item: ListItem | None, templates: Templates) -> HeldText | None:
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in {'"', "'"}:
        start = content.index(node.style, start)  # behind a tag
        if item is not None:
            item = ListItem(node.start_mark.index, end, item.dash)
    if node.style == '"':
        return _double_quoted(content, start, end, item, templates)
    if node.style == "'":
        return _single_quoted(content, start, end, item, templates)
    if node.style == "|":
        start = content.index("\n", start) + 1
        sql = content[start:end]
        if templates is Templates.SUB:
            sql = without_templates(sql)
        return HeldText(
            content=content, sql=sql, offsets=range(start, end + 1), templates=templates, dedents=True, item=item
        )
    if node.style is None and node.value == content[end - len(node.value) : end]:
        start = end - len(node.value)
        return HeldText(
            content=content,
            sql=node.value,
            offsets=range(start, end + 1),
            quotes=Quotes.NONE,
            templates=templates,
            item=item,
        )
    return None  # folded: its lines are not those of the text


def _double_quoted(content: str, start: int, end: int, item: ListItem | None, templates: Templates) -> HeldText:
    sql: list[str] = []
    offsets: list[int] = []
    at = start + 1
    while at < end - 1:
        offsets.append(at)
        if content[at] != "\\":
            sql.append(content[at])
            at += 1
            continue
        letter = content[at + 1]
        digits = _ESCAPE_DIGITS.get(letter, 0)
        escaped = content[at + 2 : at + 2 + digits]
        sql.append(chr(int(escaped, 16)) if digits else _YAML_ESCAPES.get(letter, letter))
        at += 2 + digits
    text = "".join(sql)
    if templates is Templates.SUB:
        text = without_templates(text)
    return HeldText(
        content=content, sql=text, offsets=(*offsets, end - 1), quotes=Quotes.DOUBLE, templates=templates, item=item
    )


def _single_quoted(content: str, start: int, end: int, item: ListItem | None, templates: Templates) -> HeldText:
    sql: list[str] = []
    offsets: list[int] = []
    at = start + 1
    while at < end - 1:
        sql.append(content[at])
        offsets.append(at)
        at += 2 if content[at] == "'" else 1
    text = "".join(sql)
    return HeldText(
        content=content, sql=text, offsets=(*offsets, end - 1), quotes=Quotes.SINGLE, templates=templates, item=item
    )
