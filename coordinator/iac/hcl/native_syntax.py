"""Parses the attributes and blocks of a `.tf` or `.tfvars` file. A content is parsed once per process."""

from __future__ import annotations

from functools import lru_cache

from coordinator.iac.expressions.parser import ExpressionParser
from coordinator.iac.expressions.syntax import Template, Text
from coordinator.iac.hcl.blocks import Attribute, Block, Body


class BodyParser(ExpressionParser):
    """Parses attributes and blocks."""

    def body(self, *, closed: bool) -> Body:
        """Parse up to the closing brace (`closed`), or to the end of the file."""
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        while True:
            self.skip_lines()
            if closed and self.accept("}"):
                break
            if self.at_end():
                if closed:
                    self.fail("Unclosed configuration block: there is no closing brace for this block")
                break
            self._item(attributes, blocks)
        return Body(attributes=attributes, blocks=tuple(blocks))

    def _item(self, attributes: dict[str, Attribute], blocks: list[Block]) -> None:
        at = self.here()
        name = self.identifier()
        if name is None:
            self.fail("Argument or block definition required: an argument or block definition is required here")
        if self.peek("=") and not self.peek("=="):
            self.accept("=")
            if name in attributes:
                self.fail(f"Attribute redefined: the argument {name!r} was already set at {attributes[name].at}")
            attributes[name] = Attribute(at=at, name=name, expression=self.expression())
            self._line_ends("argument")
            return
        labels = self._labels()
        if not self.accept("{"):
            self.fail(f"Invalid block definition: {name!r} needs '=' for an argument, or '{{' for a block")
        self.enter(skips_newlines=False)
        blocks.append(Block(at=at, type=name, labels=labels, body=self._block_body()))
        self.leave()
        self._line_ends("block definition")

    def _block_body(self) -> Body:
        if not self.peek("\n") and not self.peek("}") and not self.at_end():
            attributes: dict[str, Attribute] = {}
            blocks: list[Block] = []
            self._single_line(attributes, blocks)
            return Body(attributes=attributes, blocks=tuple(blocks))
        return self.body(closed=True)

    def _single_line(self, attributes: dict[str, Attribute], blocks: list[Block]) -> None:
        """`type { name = value }`: at most one argument, and the closing brace on the same line."""
        at = self.here()
        name = self.identifier()
        if name is None:
            self.fail("Invalid block definition: expected an argument or the closing brace")
        if not self.peek("="):
            self.fail("Invalid single-line block: only one argument can stand on the line of its block")
        self.accept("=")
        attributes[name] = Attribute(at=at, name=name, expression=self.expression())
        if blocks or not self.accept("}"):
            self.fail(
                "Invalid single-argument block definition: "
                "the closing brace must follow on the same line, or the argument must begin a line of its own"
            )

    def _labels(self) -> tuple[str, ...]:
        labels: list[str] = []
        while True:
            if self.peek('"'):
                labels.append(self._quoted_label())
                continue
            word = self.identifier()
            if word is None:
                return tuple(labels)
            labels.append(word)

    def _quoted_label(self) -> str:
        template = self._template()
        if any(not isinstance(part, Text) for part in template.parts):
            self.fail("Invalid string literal: template sequences are not allowed in a block label")
        return "".join(part.text for part in template.parts if isinstance(part, Text))

    def _template(self) -> Template:
        found = self._term()
        if not isinstance(found, Template):
            self.fail("Invalid block label")
        return found

    def _line_ends(self, after: str) -> None:
        if self.position < len(self.text) and not self.peek("\n") and not self.at_end():
            self.fail(f"Missing newline after {after}: an {after} must end its line")


@lru_cache(maxsize=1024)
def parse_body(text: str, file: str) -> Body:
    """Parse a whole file. Cached by content.

    Raises:
        SourceError: With file and line, for a syntax error or too much nesting.
    """
    parser = BodyParser(text.removeprefix("\ufeff"), file)
    return parser.body(closed=False)
