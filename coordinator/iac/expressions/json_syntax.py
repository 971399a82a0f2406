"""JSON text as expressions that know their lines: what `.tf.json`, `.tfvars.json` and JSON templates are read with."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from coordinator.iac.expressions import syntax
from coordinator.iac.expressions.numbers import parse_number
from coordinator.iac.expressions.parser import ExpressionParser
from coordinator.iac.expressions.scanner import Scanner
from coordinator.iac.expressions.syntax import Expression, ObjectCons, TupleCons
from coordinator.iac.expressions.templates import parse_template
from coordinator.iac.expressions.values import FALSE, NULL, TRUE, number, string
from shared.schema.schema import Origin

_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SPACE = re.compile(r"[ \t\r\n]*")
_WORDS = {"true": TRUE, "false": FALSE, "null": NULL}


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
        if self.accept("{"):
            return self._object(at.line)
        if self.accept("["):
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
            if self.accept(word):
                return syntax.Literal(at=at, value=constant)
        self.fail("Invalid JSON: a value is required here")

    def _object(self, line: int) -> Expression:
        self.enter(skips_newlines=True)
        items: list[tuple[Expression, Expression]] = []
        while not self.accept("}"):
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
        while not self.accept("]"):
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


def json_attributes(node: Expression, file: str) -> list[tuple[str, Expression]]:
    """Return the properties of a JSON object without comments (`"//"`).

    Raises:
        SourceError: When it is no object.
    """
    if not isinstance(node, ObjectCons):
        Scanner("", file, node.at.line).fail("Incorrect JSON value type: an object is required")
    return [
        (key.value.raw, item) for key, item in node.items if isinstance(key, syntax.Literal) and key.value.raw != "//"
    ]
