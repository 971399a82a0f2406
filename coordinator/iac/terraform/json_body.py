"""Terraform's JSON syntax (`.tf.json`, `.tfvars.json`): the same tree as the native syntax gives."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from coordinator.iac.expressions import syntax
from coordinator.iac.expressions.numbers import parse_number
from coordinator.iac.expressions.parser import ExpressionParser
from coordinator.iac.expressions.scanner import Scanner
from coordinator.iac.expressions.syntax import Attribute, Block, Body, Expression, ObjectCons, TupleCons
from coordinator.iac.expressions.templates import parse_template
from coordinator.iac.expressions.values import FALSE, NULL, TRUE, number, string
from shared.schema.schema import Origin

_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SPACE = re.compile(r"[ \t\r\n]*")
_WORDS = {"true": TRUE, "false": FALSE, "null": NULL}

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


class _JsonParser(Scanner):
    """JSON with places. Strings become templates (`templates`), or plain text in `.tfvars.json`."""

    def __init__(self, text: str, file: str, *, templates: bool) -> None:
        super().__init__(text, file)
        self.templates = templates

    def skip_space(self) -> None:
        """Skip what JSON calls white space."""
        found = _SPACE.match(self.text, self.position)
        self.position = found.end() if found else self.position

    def document(self) -> Expression:
        """Parse the whole text."""
        found = self.element()
        if not self.at_end():
            self.fail("Extra characters after the JSON value")
        return found

    def element(self) -> Expression:  # noqa: RET503  # `fail` does not return
        """Parse one JSON value."""
        self.skip_space()
        at = self.here()
        if self.take("{"):
            return self._object(at.line)
        if self.take("["):
            return self._array(at.line)
        if self.peek('"'):
            return self._text(at.line)
        digits = self.match(_NUMBER)
        if digits is not None:
            value = parse_number(digits.group())
            if value is None:
                self.fail("Invalid JSON number")
            return syntax.Literal(at=at, value=number(value))
        for word, constant in _WORDS.items():
            if self.take(word):
                return syntax.Literal(at=at, value=constant)
        self.fail("Invalid JSON: a value is required here")

    def _object(self, line: int) -> Expression:
        self.enter(skips_newlines=True)
        items: list[tuple[Expression, Expression]] = []
        while not self.take("}"):
            if items:
                self.expect(",", "Invalid JSON: expected a comma between properties")
            self.skip_space()
            at = self.here()
            name = self._string()
            self.expect(":", "Invalid JSON: expected a colon after the property name")
            items.append((self._key(name, at), self.element()))
        self.leave()
        return ObjectCons(at=Origin(self.file, line), items=tuple(items))

    def _key(self, name: str, at: Origin) -> Expression:
        if self.templates and ("${" in name or "%{" in name):
            return parse_template(ExpressionParser(name, self.file, at.line))
        return syntax.Literal(at=at, value=string(name))

    def _array(self, line: int) -> Expression:
        self.enter(skips_newlines=True)
        items: list[Expression] = []
        while not self.take("]"):
            if items:
                self.expect(",", "Invalid JSON: expected a comma between elements")
            items.append(self.element())
        self.leave()
        return TupleCons(at=Origin(self.file, line), items=tuple(items))

    def _string(self) -> str:
        found = self.match(_STRING)
        if found is None:
            self.fail("Invalid JSON: a quoted string is required here")
        try:
            text: str = json.loads(found.group())
        except ValueError:
            self.fail("Invalid JSON string")
        return text

    def _text(self, line: int) -> Expression:
        text = self._string()
        if self.templates:
            return parse_template(ExpressionParser(text, self.file, line))
        return syntax.Literal(at=self.here(), value=string(text))


@lru_cache(maxsize=256)
def parse_json(text: str, file: str, *, templates: bool) -> Expression:
    """Parse a JSON file. Cached by content.

    Raises:
        SourceError: With file and line.
    """
    return _JsonParser(text.removeprefix("\ufeff"), file, templates=templates).document()


def parse_json_body(text: str, file: str) -> Body:
    """Parse a `.tf.json` file.

    Raises:
        SourceError: With file and line.
    """
    return _body(parse_json(text, file, templates=True), file, LABELS)


def json_attributes(node: Expression, file: str) -> list[tuple[str, Expression]]:
    """Give the properties of a JSON object, comments (`"//"`) left out.

    Raises:
        SourceError: When it is no object.
    """
    if not isinstance(node, ObjectCons):
        Scanner("", file, node.at.line).fail("Incorrect JSON value type: an object is required")
    return [
        (key.value.raw, item) for key, item in node.items if isinstance(key, syntax.Literal) and key.value.raw != "//"
    ]


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
