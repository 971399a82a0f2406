"""Terraform's JSON syntax (`.tf.json`): the same attributes and blocks as the native syntax gives."""

from __future__ import annotations

from coordinator.iac.expressions import syntax
from coordinator.iac.expressions.json_syntax import json_attributes, parse_json
from coordinator.iac.expressions.syntax import Expression, TupleCons
from coordinator.iac.hcl.blocks import Attribute, Block, Body

LABELS = {
    "variable": 1,
    "output": 1,
    "module": 1,
    "provider": 1,
    "check": 1,
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "locals": 0,
    "terraform": 0,
    "moved": 0,
    "import": 0,
    "removed": 0,
}
"""Block types of a module, and how many labels each has."""

_INNER = {
    "variable": {"validation": 0},
    "output": {"precondition": 0},
    "resource": {"provisioner": 1, "lifecycle": 0, "connection": 0, "dynamic": 1},
    "data": {"lifecycle": 0, "dynamic": 1},
    "lifecycle": {"precondition": 0, "postcondition": 0},
    "dynamic": {"content": 0},
    "content": {"dynamic": 1},
}


def parse_json_body(text: str, file: str) -> Body:
    """Parse a `.tf.json` file.

    Raises:
        SourceError: With file and line.
    """
    return _body(parse_json(text, file, templates=True), file, LABELS)


def _body(node: Expression, file: str, blocks: dict[str, int]) -> Body:
    attributes: dict[str, Attribute] = {}
    found: list[Block] = []
    objects = node.items if isinstance(node, TupleCons) else (node,)
    for entry in objects:
        for name, item in json_attributes(entry, file):
            if name in blocks:
                found.extend(_blocks(name, (), item, file, blocks[name]))
            else:
                attributes[name] = Attribute(at=item.at, name=name, expression=item)
    return Body(attributes=attributes, blocks=tuple(found))


def _blocks(type_: str, labels: tuple[str, ...], node: Expression, file: str, missing: int) -> list[Block]:
    """Unfold the labels of a block: `{"resource": {"type": {"name": {…}}}}`; a list repeats a level."""
    entries = node.items if isinstance(node, TupleCons) else (node,)
    found: list[Block] = []
    for entry in entries:
        if missing:
            for label, inner in json_attributes(entry, file):
                found.extend(_blocks(type_, (*labels, label), inner, file, missing - 1))
        elif not (isinstance(entry, syntax.Literal) and entry.value.is_null):
            body = _body(entry, file, _INNER.get(type_, {}))
            found.append(Block(at=entry.at, type=type_, labels=labels, body=body))
    return found
