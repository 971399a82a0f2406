"""Writes out what a template's transforms make of it before anything else: `Fn::ForEach` and `AWS::Include`.

Sources: the user guide on AWS::LanguageExtensions (Fn::ForEach) and on AWS::Include.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import msgspec

from coordinator.iac.cloudformation.document import MAX_NODES, Mapping, Node, Scalar, Sequence, parse_document
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.values import Value, string
from coordinator.iac.source import LimitError, SourceError, decode_text

FOR_EACH = "Fn::ForEach::"
MAX_INCLUDES = 100
"""Files that one template may include."""


class Unexpanded(msgspec.Struct, frozen=True):
    """Something that a transform would have made, and why it could not be written out."""

    address: str
    line: int
    reason: str


class Expansion:
    """Writes out the transforms of one template.

    Args:
        file: How messages call the template.
        files: What it may include.
        evaluate: Evaluates a node, which may name parameters only.
    """

    def __init__(self, file: str, files: Files, evaluate: Callable[[Node], Value]) -> None:
        self.unexpanded: list[Unexpanded] = []
        self._file = file
        self._files = files
        self._evaluate = evaluate
        self._nodes = 0
        self._includes = 0

    def root(self, node: Node) -> Node:
        """Return a template's root with the files that it includes at its top.

        Raises:
            SourceError: See `node`.
        """
        if not isinstance(node, Mapping):
            return node
        found = dict(node.items)
        transform = found.get("Transform")
        several = transform.items if isinstance(transform, Sequence) else (transform,)
        asked = [item for item in (*several, found.pop("Fn::Transform", None)) if item is not None]
        self._report_macros(asked, "Transform")
        for location in map(_included, asked):
            if location is not None:
                found.update(self._included(location, "Transform"))
        return Mapping(node.line, found, node.file)

    def node(self, node: Node, address: str = "") -> Node:
        """Return a node with everything in it written out.

        Raises:
            SourceError: For a loop that is none, or an included file that cannot be read.
        """
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise LimitError(self._file, node.line, f"more than {MAX_NODES} nodes once its transforms are written out")
        match node:
            case Mapping(items=items):
                return Mapping(node.line, self._entries(items, address), node.file)
            case Sequence(items=elements):
                return Sequence(node.line, tuple(self.node(item, address) for item in elements), node.file)
            case Scalar():
                return node

    def _report_macros(self, asked: Iterable[Node], address: str) -> None:
        """Report macros of an account's own: each is a program that may write a template anew."""
        for item in asked:
            name = _macro(item)
            if name and not name.startswith("AWS::"):
                reason = f"what the macro {name} makes of it is not known"
                self.unexpanded.append(Unexpanded(address, item.line, reason))

    def _entries(self, items: dict[str, Node], address: str) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for name, item in items.items():
            inner = f"{address}.{name}" if address else name
            if name.startswith(FOR_EACH):
                found.update(self._repeated(name, item, inner))
            elif name == "Fn::Transform" and (location := _included(item)) is not None:
                found.update(self._included(location, inner.removesuffix(".Fn::Transform")))
            else:
                if name == "Fn::Transform":
                    self._report_macros([item], inner.removesuffix(".Fn::Transform"))
                found[name] = self.node(item, inner)
        return found

    def _repeated(self, name: str, node: Node, address: str) -> dict[str, Node]:
        match node:
            case Sequence(items=(Scalar(value=Value(raw=str(identifier))), collection, Mapping(items=body))):
                pass
            case _:
                reason = f"{name}: expected a list of an identifier, a list of values and what is made of each"
                raise SourceError(self._file, node.line, reason)
        values = self._evaluate(collection)
        items = values.raw if isinstance(values.raw, tuple) else ()
        if not isinstance(values.raw, tuple) or not all(isinstance(item.raw, str) for item in items):
            reason = "its values are known only after deployment"
            self.unexpanded.append(Unexpanded(address, node.line, reason))
            return {}
        found: dict[str, Node] = {}
        for item in items:
            made = {
                _replaced(key, identifier, item.raw): _put(inner, identifier, item.raw) for key, inner in body.items()
            }
            found.update(self._entries(made, address))
        return found

    def _included(self, location: Node, address: str) -> dict[str, Node]:
        value = self._evaluate(location)
        path = value.raw if isinstance(value.raw, str) else ""
        if not path or re.match(r"[a-z0-9+]+://", path, re.IGNORECASE):
            where = "somewhere else" if path else "where only a deployment knows"
            reason = f"what it includes stands {where}"
            self.unexpanded.append(Unexpanded(address, location.line, reason))
            return {}
        self._includes += 1
        if self._includes > MAX_INCLUDES:
            raise LimitError(self._file, location.line, f"includes more than {MAX_INCLUDES} files")
        try:
            shown = self._files.shown(self._files.locate(path))
            text = decode_text(self._files.read(path), shown)
        except SourceError as error:
            raise SourceError(self._file, location.line, f"AWS::Include of {path!r}: {error.message}") from None
        found = _in_file(parse_document(text, shown), shown)
        if not isinstance(found, Mapping):
            raise SourceError(shown, found.line, "expected a mapping to include")
        return self._entries(found.items, address)


def _macro(node: Node) -> str:
    """Return the name of a transform: a text, or that of a mapping with parameters."""
    named = node.items.get("Name") if isinstance(node, Mapping) else node
    match named:
        case Scalar(value=Value(raw=str(name))):
            return name
        case _:
            return ""


def _included(node: Node) -> Node | None:
    """Return the location of an `AWS::Include`."""
    match node:
        case Mapping(
            items={"Name": Scalar(value=Value(raw="AWS::Include")), "Parameters": Mapping(items={"Location": location})}
        ):
            return location
        case _:
            return None


def _in_file(node: Node, file: str) -> Node:
    match node:
        case Mapping(items=items):
            return Mapping(node.line, {name: _in_file(item, file) for name, item in items.items()}, file)
        case Sequence(items=elements):
            return Sequence(node.line, tuple(_in_file(item, file) for item in elements), file)
        case Scalar(value=value):
            return Scalar(node.line, value, file)


def _put(node: Node, identifier: str, item: str) -> Node:
    """Put a loop's item in the place of its identifier."""
    match node:
        case Mapping(items=items) if list(items) == ["Ref"] and _names(items["Ref"], identifier):
            return Scalar(node.line, string(item), node.file)
        case Mapping(items=items):
            made = {_replaced(key, identifier, item): _put(inner, identifier, item) for key, inner in items.items()}
            return Mapping(node.line, made, node.file)
        case Sequence(items=elements):
            return Sequence(node.line, tuple(_put(inner, identifier, item) for inner in elements), node.file)
        case Scalar(value=Value(raw=str(text)) as value) if "{" in text:
            return Scalar(node.line, string(_replaced(text, identifier, item), value.spans), node.file)
        case Scalar():
            return node


def _names(node: Node, identifier: str) -> bool:
    return isinstance(node, Scalar) and node.value is not None and node.value.raw == identifier


def _replaced(text: str, identifier: str, item: str) -> str:
    """Replace `${Identifier}`, and `&{Identifier}` by the item's letters and digits; logical ids hold no others."""
    letters = re.sub(r"[^A-Za-z0-9]", "", item)
    text = text.replace(f"&{{{identifier}}}", letters)
    return text.replace(f"${{{identifier}}}", item)
