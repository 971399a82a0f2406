"""The syntax tree around expressions: bodies of attributes and blocks, as every syntax of HCL gives them."""

from __future__ import annotations

import msgspec

from coordinator.iac.expressions.syntax import Expression, Node


class Attribute(Node, frozen=True, eq=False, kw_only=True):
    """`name = expression`."""

    name: str
    expression: Expression


class Block(Node, frozen=True, eq=False, kw_only=True):
    """`type "label" { … }`."""

    type: str
    labels: tuple[str, ...]
    body: Body


class Body(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What stands between braces, or in a file."""

    attributes: dict[str, Attribute]
    blocks: tuple[Block, ...]
