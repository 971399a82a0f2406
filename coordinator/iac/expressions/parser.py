"""Expressions of Terraform's language, by recursive descent over the text itself.

Written for this project because the evaluator needs what no parser on PyPI gives (docs/decisions/301): templates parsed
in place, strip markers, splats that nest, line ends that mean what they mean, and bounds on hostile input.
"""

from __future__ import annotations

import re

from coordinator.iac.expressions import syntax
from coordinator.iac.expressions.numbers import parse_number
from coordinator.iac.expressions.syntax import Expression
from coordinator.iac.expressions.templates import TemplateScanner, parse_heredoc, parse_quoted
from coordinator.iac.expressions.values import FALSE, NULL, TRUE, number, string
from shared.schema.schema import Origin

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_LEGACY_INDEX = re.compile(r"\d+")
_HEREDOC = re.compile(r"<<-?[^\W\d][\w-]*[ \t]*\r?\n")
_PRECEDENCE = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
_LEVELS = {operator: level for level, operators in enumerate(_PRECEDENCE) for operator in operators}
_OPERATOR = re.compile(r"\|\||&&|==|!=|<=|>=|<(?!<)|>|\+|-|\*|/|%(?!\{)")
_KEYWORDS = {"true": TRUE, "false": FALSE, "null": NULL}


class ExpressionParser(TemplateScanner):
    """Parses expressions from a position on."""

    def expression(self) -> Expression:
        """Parse one expression: a conditional or what binds tighter."""
        self.enter(skips_newlines=self.skips_newlines[-1])
        self.skip_space()
        at = self.here()
        condition = self._binary(0)
        if not self.accept("?"):
            self.leave()
            return condition
        yes = self.expression()
        self.expect(":", "Missing false expression in conditional: a ':' must follow the true expression")
        no = self.expression()
        self.leave()
        return syntax.Conditional(at=at, condition=condition, yes=yes, no=no)

    def _binary(self, minimum: int) -> Expression:
        left = self._unary()
        while True:
            self.skip_space()
            found = _OPERATOR.match(self.text, self.position)
            level = _LEVELS[found.group()] if found else -1
            if found is None or level < minimum:
                return left
            at = self.here()
            self.position = found.end()
            left = syntax.Binary(at=at, operator=found.group(), left=left, right=self._binary(level + 1))

    def _unary(self) -> Expression:
        self.skip_space()
        at = self.here()
        for operator in ("-", "!"):
            if not self.text.startswith("!=", self.position) and self.accept(operator):
                self.enter(skips_newlines=self.skips_newlines[-1])
                operand = self._unary()
                self.leave()
                return syntax.Unary(at=at, operator=operator, operand=operand)
        return self.traversals(self._term())

    def _term(self) -> Expression:  # noqa: PLR0911  # one return for each case
        self.skip_space()
        at = self.here()
        char = self.text[self.position : self.position + 1]
        match char:
            case '"':
                return parse_quoted(self)
            case "(":
                return self._parentheses(at)
            case "[":
                return self._tuple(at)
            case "{":
                return self._object(at)
            case "<" if _HEREDOC.match(self.text, self.position):
                return parse_heredoc(self)
            case _ if char.isdigit() and char.isascii():
                return self._number(at)
            case _:
                return self._name(at)

    def _number(self, at: Origin) -> Expression:
        found = self.match(_NUMBER)
        value = parse_number(found.group()) if found else None
        if value is None:
            self.fail("Invalid number literal")
        return syntax.Literal(at=at, value=number(value))

    def _name(self, at: Origin) -> Expression:
        name = self.identifier()
        if name is None:
            self.fail("Invalid expression: expected the start of an expression" + self._shown_here())
        while self.text.startswith("::", self.position):
            self.position += 2
            name = f"{name}::{self.identifier() or ''}"
        if self.peek("("):
            return self._call(name, at)
        if name in _KEYWORDS:
            return syntax.Literal(at=at, value=_KEYWORDS[name])
        return syntax.Reference(at=at, name=name)

    def _shown_here(self) -> str:
        self.skip_space()
        rest = self.text[self.position : self.position + 1]
        if not rest:
            return ", found the end of the file"
        return ", found the end of the line" if rest == "\n" else f", found {rest!r}"

    def _call(self, name: str, at: Origin) -> Expression:
        self.expect("(", "expected '('")
        self.enter(skips_newlines=True)
        arguments: list[Expression] = []
        expand = False
        while not self.accept(")"):
            arguments.append(self.expression())
            if self.accept("..."):
                expand = True
                self.expect(")", "Missing closing parenthesis: '...' must end the arguments")
                break
            if self.accept(","):
                continue
            self.expect(")", "Missing argument separator: a comma or ')' must follow each function argument")
            break
        self.leave()
        return syntax.Call(at=at, name=name, arguments=tuple(arguments), expand=expand)

    def _parentheses(self, at: Origin) -> Expression:
        self.accept("(")
        self.enter(skips_newlines=True)
        inner = self.expression()
        self.expect(")", "Unbalanced parentheses: expected a closing parenthesis")
        self.leave()
        return syntax.Parentheses(at=at, inner=inner)

    def _tuple(self, at: Origin) -> Expression:
        self.accept("[")
        self.enter(skips_newlines=True)
        if self.peek_keyword("for"):
            found = self._for(at, "]")
            self.leave()
            return found
        items: list[Expression] = []
        while not self.accept("]"):
            items.append(self.expression())
            if self.accept(","):
                continue
            self.expect("]", "Missing item separator: expected a comma to mark the beginning of the next item")
            break
        self.leave()
        return syntax.TupleCons(at=at, items=tuple(items))

    def _object(self, at: Origin) -> Expression:
        self.accept("{")
        self.enter(skips_newlines=True)
        if self.peek_keyword("for"):
            found = self._for(at, "}")
            self.leave()
            return found
        self.skips_newlines[-1] = False
        items: list[tuple[Expression, Expression]] = []
        while True:
            self.skip_lines()
            if self.accept("}"):
                break
            items.append(self._object_item())
            if self.accept("}"):
                break
            if not self.accept(",") and not self.peek("\n"):
                self.fail("Missing attribute separator: expected a newline or comma to mark the next attribute")
        self.leave()
        return syntax.ObjectCons(at=at, items=tuple(items))

    def _object_item(self) -> tuple[Expression, Expression]:
        at, start = self.here(), self.position
        name = self.identifier()
        if name is not None and (self.peek(":") or (self.peek("=") and not self.peek("=="))):
            key: Expression = syntax.Literal(at=at, value=string(name))
        else:
            self.position = start
            key = self.expression()
        if not self.accept("=") and not self.accept(":"):
            self.fail("Missing attribute value: expected '=' or ':' after the key")
        return key, self.expression()

    def _for(self, at: Origin, closing: str) -> Expression:
        self.identifier()
        value_name = self._bound_name()
        key_name = ""
        if self.accept(","):
            key_name, value_name = value_name, self._bound_name()
        if self.identifier() != "in":
            self.fail("Invalid 'for' expression: the 'in' keyword must follow the names")
        collection = self.expression()
        self.expect(":", "Invalid 'for' expression: a colon must follow the collection")
        value = self.expression()
        key: Expression | None = None
        if self.accept("=>"):
            key, value = value, self.expression()
        if (key is None) != (closing == "]"):
            self.fail("Invalid 'for' expression: '=>' makes an object and needs braces; without it, use brackets")
        grouping = self.accept("...")
        if grouping and key is None:
            self.fail("Invalid 'for' expression: grouping ('...') needs a key")
        condition: Expression | None = None
        if self.peek_keyword("if"):
            self.identifier()
            condition = self.expression()
        self.expect(closing, f"Invalid 'for' expression: expected {closing!r}")
        return syntax.For(
            at=at,
            key_name=key_name,
            value_name=value_name,
            collection=collection,
            key=key,
            value=value,
            condition=condition,
            grouping=grouping,
        )

    def _bound_name(self) -> str:
        name = self.identifier()
        if name is None:
            self.fail("Invalid 'for' expression: expected a name")
        return name

    def traversals(self, of: Expression) -> Expression:
        """Parse the attribute accesses, indexes and splats that follow a term."""
        while True:
            at = self.here()
            if self.peek("...") or self.peek(".."):
                return of
            if self.peek("[*]"):
                self.accept("[*]")
                return self._full_splat(of, at)
            if self.accept(".*"):
                of = self._attribute_splat(of, at)
            elif self.accept("."):
                of = self._dotted(of, at)
            elif self.accept("["):
                self.enter(skips_newlines=True)
                key = self.expression()
                self.expect("]", "Missing close bracket on index")
                self.leave()
                of = syntax.GetIndex(at=at, of=of, key=key)
            else:
                return of

    def _dotted(self, of: Expression, at: Origin) -> Expression:
        digits = _LEGACY_INDEX.match(self.text, self.position)
        if digits is None:
            name = self.identifier()
            if name is None:
                self.fail("Invalid attribute name: a name is required after a dot")
            return syntax.GetAttribute(at=at, of=of, name=name)
        if re.compile(r"\.\d").match(self.text, digits.end()):
            self.fail("Invalid legacy index syntax: use brackets, as in [0][0]")
        self.position = digits.end()
        return syntax.GetIndex(at=at, of=of, key=syntax.Literal(at=at, value=number(int(digits.group()))))

    def _full_splat(self, of: Expression, at: Origin) -> Expression:
        item = syntax.SplatItem(at=at)
        self.enter(skips_newlines=self.skips_newlines[-1])
        each = self.traversals(item)
        self.leave()
        return syntax.Splat(at=at, of=of, item=item, each=each)

    def _attribute_splat(self, of: Expression, at: Origin) -> Expression:
        item = syntax.SplatItem(at=at)
        each: Expression = item
        while self.peek(".") and not self.peek(".."):
            if self.peek(".*"):
                self.fail("Nested splat expression not allowed: use [*] instead")
            self.accept(".")
            each = self._dotted(each, at)
        return syntax.Splat(at=at, of=of, item=item, each=each)


def parse_expression(text: str, file: str, first_line: int = 1) -> Expression:
    """Parse a text that is one expression.

    Raises:
        SourceError: With file and line, when it is not.
    """
    parser = ExpressionParser(text, file, first_line)
    parser.skips_newlines = [True]
    found = parser.expression()
    if not parser.at_end():
        parser.fail("Extra characters after expression")
    return found
