"""Reads a schema whose text stands within another file: a heredoc of Terraform, a property of a template."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from coordinator.iac.atlas.schema import AtlasSchema, SourceText, read_schema
from coordinator.iac.expressions.files import Files
from coordinator.iac.located_text import LocatedText
from coordinator.iac.source import SourceError
from shared.schema.schema import Declaration, Origin

_WITHIN = "\0schema"
"""What the text is called while it is read; no file can have this name."""


def read_located_schema(
    text: LocatedText, otherwise: Origin, inputs: Mapping[str, object], files: Files
) -> AtlasSchema:
    """Read a schema, and name the places of its statements in the file that holds the text.

    Args:
        text: The schema in Atlas HCL.
        otherwise: The place of what no span covers; its address is part of every place.
        inputs: Values of its variables.
        files: What `file()` may read.

    Raises:
        SourceError: With the holding file and line.
    """
    starts = [0, *(i + 1 for i, char in enumerate(text.text) if char == "\n")]

    def moved(origin: Origin) -> Origin:
        if origin.file != _WITHIN:
            return Origin(origin.file, origin.line, otherwise.address)
        return text.origin(starts[min(origin.line, len(starts)) - 1], otherwise)

    try:
        found = read_schema((SourceText(text.text, _WITHIN),), inputs, files)
    except SourceError as error:
        if error.file != _WITHIN:
            raise
        at = moved(Origin(_WITHIN, max(error.line, 1)))
        raise type(error)(at.file, at.line, error.message) from None
    declarations = tuple(Declaration(item.sql, moved(item.origin)) for item in found.declarations)
    gaps = tuple(msgspec.structs.replace(gap, at=moved(gap.at)) for gap in found.gaps)
    return AtlasSchema(declarations, gaps)
