"""Loads schemas in Atlas HCL from files, and from folders of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from coordinator.iac.atlas.schema import AtlasSchema, SourceText, read_schema
from coordinator.iac.expressions.files import Files
from coordinator.iac.source import SourceError, read_text


def load_atlas_schema(path: Path, inputs: Mapping[str, object]) -> AtlasSchema:
    """Read a schema in Atlas HCL: one file, or all `.hcl` files of a folder, which are one schema.

    Args:
        path: The file or folder.
        inputs: Values of its variables.

    Raises:
        SourceError: With file and line, when it cannot be read at all.
    """
    root = path if path.is_dir() else path.parent
    paths = sorted(path.glob("**/*.hcl")) if path.is_dir() else [path]
    if not paths:
        raise SourceError(path.name, 0, "this folder holds no .hcl file")
    names = [found.relative_to(root).as_posix() for found in paths]
    texts = tuple(SourceText(read_text(found, name), name) for found, name in zip(paths, names, strict=True))
    return read_schema(texts, inputs, Files(root))
