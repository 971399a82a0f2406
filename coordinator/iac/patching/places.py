"""Finds declared statements in the files they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from coordinator.iac.patching.document_texts import json_texts, yaml_texts
from coordinator.iac.patching.hcl_texts import hcl_texts, without_templates
from coordinator.iac.patching.held_text import CannotEditError, HeldStatement, HeldText, Templates
from coordinator.iac.source import SourceError, read_text
from shared.schema.schema import Declaration

_HCL = (".tf", ".tofu", ".hcl")
_TEMPLATE_FILES = (".tftpl", ".tmpl", ".tpl")
_YAML = (".yaml", ".yml", ".template")


class Place(msgspec.Struct, frozen=True, eq=False):
    """Where a statement stands.

    Args:
        file: Relative to the source, as origins name it.
        text: The text that holds it.
        statement: The statement in that text.
    """

    file: str
    text: HeldText
    statement: HeldStatement


class Places:
    """Finds statements in the files of a source; each file is read once.

    Args:
        folder: What the origins' files are relative to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._contents: dict[str, str] = {}
        self._texts: dict[str, tuple[HeldText, ...]] = {}

    def content(self, file: str) -> str:
        """Return what a file holds.

        Raises:
            CannotEditError: When it cannot be read.
        """
        if file not in self._contents:
            try:
                self._contents[file] = read_text(self.folder / file, file)
            except SourceError as error:
                raise CannotEditError(str(error)) from None
        return self._contents[file]

    def of(self, declaration: Declaration) -> Place:
        """Find a declared statement.

        Raises:
            CannotEditError: When it is not in its file as it was read, or not exactly once.
        """
        file = declaration.origin.file
        if file not in self._texts:
            self._texts[file] = tuple(_texts(file, self.content(file)))
        for search in (_said, _templated):
            found = [(text, at) for text in self._texts[file] for at in search(text, declaration)]
            if len(found) > 1:
                raise CannotEditError("its statement stands there more than once")
            if found:
                return Place(file, *found[0])
        raise CannotEditError("its statement does not stand in the file as it was read")

    def alike(self, place: Place) -> list[Place]:
        """Return all places of the same statement in texts of the file: tenants of a map may each have their own."""
        said = _squeezed(place.text.sql[place.statement.start : place.statement.end])
        return [
            Place(place.file, text, at)
            for text in self._texts[place.file]
            if text.quotes is place.text.quotes
            for at in text.statements()
            if _squeezed(text.sql[at.start : at.end]) == said
        ]


def _texts(file: str, content: str) -> Iterator[HeldText]:
    if file.endswith(_HCL):
        yield from hcl_texts(content)
    elif file.endswith(".json"):
        yield from json_texts(content, Templates.HCL if file.endswith((".tf.json", ".tofu.json")) else Templates.NONE)
    elif file.endswith(_YAML):
        yield from json_texts(content) if content.lstrip().startswith("{") else yaml_texts(content)
    else:
        templates = Templates.HCL if file.endswith(_TEMPLATE_FILES) else Templates.NONE
        sql = without_templates(content) if templates is Templates.HCL else content
        yield HeldText(content=content, sql=sql, offsets=range(len(content) + 1), templates=templates)


def _said(text: HeldText, declaration: Declaration) -> Iterator[HeldStatement]:
    """Find a statement by its words, at its line; a text whose lines are not the file's has one line."""
    pattern = re.compile(r"\s+".join(map(re.escape, declaration.sql.split())))
    start = _line_start(text, declaration.origin.line)
    if start is None:
        return
    for found in pattern.finditer(text.sql, start):
        if text.line(found.start()) != declaration.origin.line and text.line(0) != declaration.origin.line:
            return
        yield HeldStatement(found.start(), found.end())


def _templated(text: HeldText, declaration: Declaration) -> Iterator[HeldStatement]:
    """Find a statement into which a template puts something, by the line on which it begins."""
    start = _line_start(text, declaration.origin.line)
    if start is None or "_" not in text.sql:
        return
    first = declaration.sql.split(maxsplit=1)[0]
    for found in text.statements():
        same_line = text.line(found.start) == declaration.origin.line
        if same_line and text.sql.startswith(first, found.start) and "__" in text.sql[found.start : found.end]:
            yield found


def _line_start(text: HeldText, line: int) -> int | None:
    """Return the offset in a text's SQL where a line of the file begins; None when it is none of the text's."""
    first, last = text.line(0), text.line(len(text.sql))
    if not first <= line <= last:
        return None
    at = 0
    for _ in range(line - first):
        following = text.sql.find("\n", at)
        if following < 0:  # its lines are not those of the file
            return 0
        at = following + 1
    return at


def _squeezed(sql: str) -> str:
    return " ".join(sql.split())
