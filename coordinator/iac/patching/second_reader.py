"""Reads an edited file with a reader that shares no code with ours, and holds that it changed at the edits only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from coordinator.iac.hcl.structure import tree_of
from coordinator.iac.patching.held_text import Edit

_HCL = (".tf", ".tofu", ".hcl")


def differs_elsewhere(path: Path, before: str, after: str, edits: Sequence[Edit]) -> str:
    """Say in one sentence where python-hcl2's trees of an HCL file differ outside of the edits; nothing where nowhere.

    Args:
        path: Its name says whether it is such a file.
        before: The file as it is.
        after: The file after the edits.
        edits: Sorted.
    """
    if not path.name.endswith(_HCL):
        return ""
    old, new = tree_of(before), tree_of(after)
    if old is None:
        return ""  # what it cannot read, it cannot judge
    if new is None:
        return f"python-hcl2 cannot read {path.name} after the edit"
    moved = [_moved(edit, edits) for edit in edits]
    kept = list(_outside(old, [(edit.start, edit.end) for edit in edits]))
    found = list(_outside(new, moved))
    if kept != found:
        first = next((a or b for a, b in zip([*kept, None], [*found, None], strict=False) if a != b), None)
        return f"{path.name} would change elsewhere: {first[1] if first is not None else 'at its end'!r}"
    return ""


def _moved(edit: Edit, edits: Sequence[Edit]) -> tuple[int, int]:
    """Return where the text of an edit stands in the edited file."""
    before = sum(len(each.text) - (each.end - each.start) for each in edits if each < edit)
    return edit.start + before, edit.start + before + len(edit.text)


def _outside(tree: Any, spans: list[tuple[int, int]]) -> Iterator[tuple[str, str]]:
    """Give the kind and text of each token that no span touches; a comma may come and go with an item of a list."""
    for token in _tokens(tree):
        start, end = token.start_pos, token.end_pos
        if token.type in {"NL_OR_COMMENT", "COMMA", "DBLQUOTE"} or any(start <= b and a <= end for a, b in spans):
            continue
        yield token.type, str(token)


def _tokens(node: Any) -> Iterator[Any]:
    for child in node.children:
        if hasattr(child, "children"):
            yield from _tokens(child)
        else:
            yield child
