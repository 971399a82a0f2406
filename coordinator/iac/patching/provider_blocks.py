"""Edits resources of the PostgreSQL provider (cyrilgdn/postgresql), which declare one object each."""

from __future__ import annotations

import re
from collections.abc import Iterable

from coordinator.iac.patching.atlas_blocks import Attributes, aligned, quoted
from coordinator.iac.patching.hcl_blocks import blocks_of, without
from coordinator.iac.patching.held_text import CannotEditError, Edit
from shared.schema.database import Extension, Namespace
from shared.schema.model import SchemaObject
from shared.schema.schema import Origin

_COPIED = ("provider", "database")
"""Attributes that a new resource has like its neighbour."""


def without_resource(file: str, content: str, origin: Origin) -> Edit:
    """Take the resource away that declares an object.

    Raises:
        CannotEditError: When no resource begins at its line, or it stands for several.
    """
    found = [each for each in blocks_of(file, content) if each.kind == "resource" and each.line == origin.line]
    if len(found) != 1:
        raise CannotEditError(f"no resource begins at {origin}")
    if found[0].attributes.keys() & {"for_each", "count"}:
        raise CannotEditError(f"the resource at {origin} stands for several objects")
    return without(found[0])


def new_resource(item: SchemaObject, contents: dict[str, str]) -> tuple[str, Edit] | None:
    """Add a resource behind the last one of its type; None where there is none, or for another kind of object.

    Args:
        item: What it declares.
        contents: The files that declare resources.
    """
    kind, attributes = _resource(item)
    blocks = [each for file, content in contents.items() for each in blocks_of(file, content)]
    alike = [each for each in blocks if each.kind == "resource" and each.labels[:1] == (kind,)]
    if not kind or not alike:
        return None
    last = alike[-1]
    attributes += [
        (name, last.text(name)) for name in _COPIED if name in last.attributes and "each." not in last.text(name)
    ]
    name = _label(item.name, (each.labels[-1] for each in alike))
    body = "".join(f"  {line}\n" for line in aligned(attributes))
    return last.file, Edit(last.end, last.end, f'\n\nresource "{kind}" "{name}" {{\n{body}}}')


def _resource(item: SchemaObject) -> tuple[str, Attributes]:
    match item:
        case Namespace():
            return "postgresql_schema", [("name", quoted(item.name))]
        case Extension():
            return "postgresql_extension", [("name", quoted(item.name))]
        case _:
            return "", []


def _label(name: str, taken: Iterable[str]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    label = plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"
    known = set(taken)
    return next(each for each in (label, *(f"{label}_{n}" for n in range(2, len(known) + 3))) if each not in known)
