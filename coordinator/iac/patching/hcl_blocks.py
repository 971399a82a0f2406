"""Finds the blocks of an HCL file by python-hcl2's tree, with their places, to be edited."""

from __future__ import annotations

from typing import Any

import msgspec

from coordinator.iac.hcl.structure import tree_of
from coordinator.iac.patching.held_text import CannotEditError, Edit


class HclBlock(msgspec.Struct, frozen=True, eq=False):
    """A block of a file: its words, its place, and what stands within."""

    file: str
    content: str
    kind: str
    labels: tuple[str, ...]
    start: int
    end: int
    attributes: dict[str, tuple[int, int]]
    inner: tuple[HclBlock, ...]

    def text(self, attribute: str) -> str:
        """Return the expression of an attribute; empty when it has none."""
        start, end = self.attributes.get(attribute, (0, 0))
        return self.content[start:end]

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.content.count("\n", 0, self.start) + 1


def without(block: HclBlock) -> Edit:
    """Take a block away with its lines, and one blank line next to it."""
    start = block.content.rfind("\n", 0, block.start) + 1
    end = block.content.find("\n", block.end - 1) + 1 or len(block.content)
    if not block.content[:start].strip() or block.content[:start].endswith("\n\n"):
        end += block.content[end : end + 1] == "\n"
    return Edit(start, end, "")


def blocks_of(file: str, content: str) -> list[HclBlock]:
    """Return the blocks of a file.

    Raises:
        CannotEditError: When python-hcl2 cannot read it.
    """
    tree = tree_of(content)
    if tree is None:
        raise CannotEditError(f"python-hcl2 cannot read {file}")
    body = next(node for node in tree.children if node.data == "body")
    return [_block(node, file, content) for node in body.children if getattr(node, "data", "") == "block"]


def _block(node: Any, file: str, content: str) -> HclBlock:
    words = [child for child in node.children if getattr(child, "data", "") in {"identifier", "string"}]
    body = next(child for child in node.children if getattr(child, "data", "") == "body")
    texts = [content[word.meta.start_pos : word.meta.end_pos] for word in words]
    attributes = {
        str(child.children[0].children[0]): (child.children[2].meta.start_pos, child.children[2].meta.end_pos)
        for child in body.children
        if getattr(child, "data", "") == "attribute"
    }
    inner = tuple(_block(child, file, content) for child in body.children if getattr(child, "data", "") == "block")
    labels = tuple(text.strip('"') for text in texts[1:])
    return HclBlock(file, content, texts[0], labels, node.meta.start_pos, node.meta.end_pos, attributes, inner)
