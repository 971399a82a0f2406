"""The syntax tree of Terraform's expressions and templates."""

from __future__ import annotations

import msgspec

from coordinator.iac.expressions.values import Value
from shared.schema.schema import Origin


class Node(msgspec.Struct, frozen=True, eq=False, kw_only=True, gc=True):
    """Where a piece of syntax begins."""

    at: Origin


class Literal(Node, frozen=True, eq=False, kw_only=True):
    """A constant: number, bool, null."""

    value: Value


class Reference(Node, frozen=True, eq=False, kw_only=True):
    """The first name of a traversal: `var`, `each`, `aws_db_instance`."""

    name: str


class GetAttribute(Node, frozen=True, eq=False, kw_only=True):
    """`of.name`."""

    of: Expression
    name: str


class GetIndex(Node, frozen=True, eq=False, kw_only=True):
    """`of[key]`, or the legacy `of.0`."""

    of: Expression
    key: Expression


class Splat(Node, frozen=True, eq=False, kw_only=True):
    """`of[*]…` or `of.*…`: `each` is evaluated with every element as its `SplatItem`."""

    of: Expression
    item: SplatItem
    each: Expression


class SplatItem(Node, frozen=True, eq=False, kw_only=True):
    """The element a splat is at."""


class Unary(Node, frozen=True, eq=False, kw_only=True):
    """`-x`, `!x`."""

    operator: str
    operand: Expression


class Binary(Node, frozen=True, eq=False, kw_only=True):
    """`left operator right`."""

    operator: str
    left: Expression
    right: Expression


class Conditional(Node, frozen=True, eq=False, kw_only=True):
    """`condition ? yes : no`."""

    condition: Expression
    yes: Expression
    no: Expression


class Call(Node, frozen=True, eq=False, kw_only=True):
    """`name(arguments)`; `expand` when the last argument ends in `...`."""

    name: str
    arguments: tuple[Expression, ...]
    expand: bool = False


class TupleCons(Node, frozen=True, eq=False, kw_only=True):
    """`[…]`."""

    items: tuple[Expression, ...]


class ObjectCons(Node, frozen=True, eq=False, kw_only=True):
    """`{…}`; a bare name as key is a Literal."""

    items: tuple[tuple[Expression, Expression], ...]


class For(Node, frozen=True, eq=False, kw_only=True):
    """`[for …]`, or with `key` `{for …}`; `grouping` is the `...` after the value."""

    key_name: str
    value_name: str
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    grouping: bool = False


class Parentheses(Node, frozen=True, eq=False, kw_only=True):
    """`(inner)`: tells `{(x) = 1}` from `{x = 1}`."""

    inner: Expression


class Text(Node, frozen=True, eq=False, kw_only=True):
    """Literal text of a template; `advances` when its lines are lines of the file."""

    text: str
    advances: bool = True


class TemplateIf(Node, frozen=True, eq=False, kw_only=True):
    """`%{ if }…%{ else }…%{ endif }`."""

    condition: Expression
    yes: tuple[TemplatePart, ...]
    no: tuple[TemplatePart, ...]


class TemplateFor(Node, frozen=True, eq=False, kw_only=True):
    """`%{ for }…%{ endfor }`."""

    key_name: str
    value_name: str
    collection: Expression
    parts: tuple[TemplatePart, ...]


class Template(Node, frozen=True, eq=False, kw_only=True):
    """A quoted string, a heredoc or a template file."""

    parts: tuple[TemplatePart, ...]


Expression = (
    Literal
    | Reference
    | GetAttribute
    | GetIndex
    | Splat
    | SplatItem
    | Unary
    | Binary
    | Conditional
    | Call
    | TupleCons
    | ObjectCons
    | For
    | Parentheses
    | Template
)
TemplatePart = Text | TemplateIf | TemplateFor | Expression


def constant_text(expression: Expression) -> str | None:
    """Return the text of a string without interpolation; None for any other expression."""
    if isinstance(expression, Template) and all(isinstance(part, Text) for part in expression.parts):
        return "".join(part.text for part in expression.parts if isinstance(part, Text))
    return None
