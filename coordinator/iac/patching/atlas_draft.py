"""Drafts of patches for schemas in Atlas HCL: blocks are added, removed and altered; other blocks stay as they are."""

from __future__ import annotations

from collections.abc import Iterator

from coordinator.iac.patching.atlas_blocks import (
    Attributes,
    check_expression,
    column_attributes,
    part_block,
    query,
    quoted,
    values,
    whole_block,
)
from coordinator.iac.patching.hcl_blocks import HclBlock, blocks_of, without
from coordinator.iac.patching.held_text import CannotEditError, Edit
from shared.analysis.wanted import Wanted
from shared.diff.changes import Altered, Missing, Unexpected
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Index, View
from shared.schema.types import EnumType


def atlas_edits(wanted: Wanted, contents: dict[str, str]) -> dict[str, list[Edit]]:
    """Return the edits of schema files after which they may say what is wanted.

    Args:
        wanted: What is to be declared.
        contents: The files.

    Raises:
        CannotEditError: For a difference that is not written as a block, or whose block is not found.
    """
    blocks = [each for file, content in contents.items() for each in blocks_of(file, content)]
    found: dict[str, list[Edit]] = {}
    tables = {change.identity for change in wanted.changes if change.identity.kind == "table"}
    for change in wanted.changes:
        if not _table_of(change.identity, _item(change)) & {(each.namespace, each.name) for each in tables}:
            for block, edit in _edits(change, wanted, blocks):
                found.setdefault(block.file, []).append(edit)
    return found


def _item(change: Missing | Unexpected | Altered) -> SchemaObject:
    return change.desired if isinstance(change, Missing) else change.observed


def _table_of(identity: ObjectId, item: SchemaObject) -> set[tuple[str, str]]:
    """Name the table in whose block something stands; nothing for what has a block of its own."""
    table = item.table if isinstance(item, Index) else identity.parent
    return {(identity.namespace, table)} if table else set()


def _edits(
    change: Missing | Unexpected | Altered, wanted: Wanted, blocks: list[HclBlock]
) -> Iterator[tuple[HclBlock, Edit]]:
    item = _item(change)
    tables = _table_of(change.identity, item)
    holder = _find(blocks, "table", next(iter(tables))[1]) if tables else None
    match change:
        case Unexpected() if holder is not None:
            yield holder, _inserted(holder, part_block(item, "  "), _kind(item))
        case Unexpected():
            last = blocks[-1]
            schema = next((text for each in reversed(blocks) if (text := each.text("schema"))), "schema.public")
            text = whole_block(item, _parts(item, wanted), schema)
            yield last, Edit(last.end, last.end, f"\n\n{text}")
        case Missing():
            block = _find(holder.inner if holder is not None else blocks, _kind(item), item.name)
            yield block, without(block)
        case Altered():
            block = _find(holder.inner if holder is not None else blocks, _kind(item), item.name)
            yield from _altered(block, item)


def _altered(block: HclBlock, item: SchemaObject) -> Iterator[tuple[HclBlock, Edit]]:
    match item:
        case Column():
            yield from _set(block, column_attributes(item), ("type", "null", "default"))
        case Constraint(type="check"):
            yield from _set(block, [("expr", quoted(check_expression(item)))], ("expr",))
        case EnumType():
            yield from _set(block, [("values", values(item))], ("values",))
        case View():
            yield from _set(block, [("as", query(item))], ("as",))
        case _:
            text = part_block(item, "  ")
            yield block, Edit(block.start, block.end, text.lstrip())


def _set(block: HclBlock, attributes: Attributes, names: tuple[str, ...]) -> Iterator[tuple[HclBlock, Edit]]:
    """Give attributes of a block these values; those of `names` without one go."""
    wanted = dict(attributes)
    for name in names:
        place = block.attributes.get(name)
        if name not in wanted:
            if place is not None:
                start = block.content.rfind("\n", 0, place[0]) + 1
                yield block, Edit(start, block.content.find("\n", place[1]) + 1, "")
        elif place is None:
            if (name, wanted[name]) != ("null", "false"):  # false unless it is said
                last = max((end for _, end in block.attributes.values()), default=block.start)
                yield block, Edit(last, last, f"\n    {name} = {wanted[name]}")
        elif not (name == "null" and block.text(name) == wanted[name]):
            yield block, Edit(*place, wanted[name])


def _parts(item: SchemaObject, wanted: Wanted) -> list[SchemaObject]:
    """Return what hangs on a new table, as its CREATE TABLE has it: columns in their order, then the rest."""
    order = "".join(wanted.whole.get(item.identity, ()))
    found = [
        each
        for each in wanted.schema
        if (item.namespace, item.name) in _table_of(each.identity, each) and not each.identity.of
    ]
    return sorted(found, key=lambda each: (each.kind != "column", order.find(f'"{each.name}"'), each.name))


def _kind(item: SchemaObject) -> str:
    """Return the word with which a block of an object begins."""
    if isinstance(item, Constraint):
        return item.type
    return "enum" if isinstance(item, EnumType) else str(item.kind)


def _find(blocks: list[HclBlock] | tuple[HclBlock, ...], kind: str, name: str) -> HclBlock:
    found = [each for each in blocks if each.kind == kind and each.labels[-1:] == (name,)]
    if len(found) != 1:
        raise CannotEditError(f"expected one block {kind} {name!r}, found {len(found)}")
    return found[0]


def _inserted(holder: HclBlock, text: str, kind: str) -> Edit:
    """Put a block within another: behind the last of its kind, else at the end."""
    alike = [each.end for each in holder.inner if each.kind == kind]
    place = max(alike) if alike else holder.content.rfind("\n", 0, holder.end - 1)
    return Edit(place, place, f"\n{text}")
