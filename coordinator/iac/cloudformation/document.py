"""Parses a template, YAML or JSON, into a tree in which every node knows its line, within limits."""

from __future__ import annotations

from typing import Any, assert_never

import msgspec
import yaml

from coordinator.iac.expressions import syntax
from coordinator.iac.expressions.json_syntax import parse_json
from coordinator.iac.expressions.numbers import format_number
from coordinator.iac.expressions.values import Value, boolean, string
from coordinator.iac.located_text import Span
from coordinator.iac.source import LimitError, SourceError

MAX_NODES = 200_000
"""Nodes of one template once its aliases are followed."""

MAX_DEPTH = 100
"""Levels of nesting of one template."""

_FUNCTIONS = frozenset(
    {"And", "Base64", "Cidr", "Equals", "FindInMap", "GetAZs", "GetAtt", "If", "ImportValue", "Join", "Length", "Not"}
    | {"Or", "Select", "Split", "Sub", "ToJsonString", "Transform"}
)
_FUNCTIONS_WITHOUT_PREFIX = frozenset({"Ref", "Condition"})


class Scalar(msgspec.Struct, frozen=True, eq=False):
    """A string, bool or null; numbers are strings, as CloudFormation passes them on."""

    line: int
    value: Value | None
    file: str = ""


class Mapping(msgspec.Struct, frozen=True, eq=False):
    """Keys in the order of the text; `file` is where an included one comes from, empty for the template itself."""

    line: int
    items: dict[str, Node]
    file: str = ""


class Sequence(msgspec.Struct, frozen=True, eq=False):
    """A list."""

    line: int
    items: tuple[Node, ...]
    file: str = ""


Node = Scalar | Mapping | Sequence


def kind_of(node: Node) -> str:
    """Name what a node is, for messages."""
    match node:
        case Mapping():
            return "a mapping"
        case Sequence(items=items):
            return f"a list of {len(items)} item{'' if len(items) == 1 else 's'}"
        case Scalar(value=None):
            return "null"
        case Scalar():
            return "a single value"
        case _:
            assert_never(node)


def parse_document(text: str, file: str) -> Node:
    """Parse a template.

    Raises:
        SourceError: With file and line, for bad syntax, unknown tags, duplicate keys, and bombs.
    """
    if file.endswith(".json") or text.lstrip().startswith("{"):
        return _from_json(parse_json(text, file, templates=False), file)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "not YAML"
        raise SourceError(file, mark.line + 1 if mark is not None else 0, f"YAML: {problem}") from None
    except (RecursionError, ValueError):
        raise LimitError(file, 0, "YAML nested too deeply") from None
    if root is None:
        raise SourceError(file, 0, "expected a template, a mapping with Resources; got an empty file")
    return _Builder(file).node(root, 0)


class _Builder:
    """Turns composed YAML nodes into the tree, following aliases within bounds."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._nodes = 0

    def node(self, node: Any, depth: int) -> Node:
        line = node.start_mark.line + 1
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise LimitError(self.file, line, f"more than {MAX_NODES} nodes; do aliases multiply them?")
        if depth > MAX_DEPTH:
            raise LimitError(self.file, line, f"nested more than {MAX_DEPTH} levels deep")
        tag = str(node.tag)
        if tag.startswith("!") and tag != "!":
            return self._short_form(node, tag[1:], line, depth)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, line, depth)
        if isinstance(node, yaml.SequenceNode):
            return Sequence(line, tuple(self.node(item, depth + 1) for item in node.value))
        return Scalar(line, self._scalar(node))

    def _mapping(self, node: Any, line: int, depth: int) -> Mapping:
        items: dict[str, Node] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise SourceError(self.file, key.start_mark.line + 1, "a mapping's key must be a plain string")
            name = str(key.value)
            if name in items:
                raise SourceError(self.file, key.start_mark.line + 1, f"the key {name!r} occurs twice")
            items[name] = self.node(item, depth + 1)
        return Mapping(line, items)

    def _short_form(self, node: Any, name: str, line: int, depth: int) -> Node:
        """`!Sub x` means `{"Fn::Sub": x}`."""
        if name not in _FUNCTIONS | _FUNCTIONS_WITHOUT_PREFIX:
            raise SourceError(self.file, line, f"the tag !{name} is not an intrinsic function")
        if isinstance(node, yaml.MappingNode):
            argument: Node = self._mapping(node, line, depth)
        elif isinstance(node, yaml.SequenceNode):
            argument = Sequence(line, tuple(self.node(item, depth + 1) for item in node.value))
        else:
            argument = Scalar(line, self._text(node))
        return Mapping(line, {name if name in _FUNCTIONS_WITHOUT_PREFIX else f"Fn::{name}": argument})

    def _scalar(self, node: Any) -> Value | None:
        tag = str(node.tag).removeprefix("tag:yaml.org,2002:")
        if tag == "null":
            return None
        if tag == "bool":
            return boolean(str(node.value).lower() in {"true", "yes", "on", "y"})
        return self._text(node)

    def _text(self, node: Any) -> Value:
        """A string that knows its lines: a literal block's text begins on the line after its indicator."""
        block = node.style == "|"
        first = node.start_mark.line + (2 if block else 1)
        return string(str(node.value), (Span(0, self.file, first, advances=block),))


def _from_json(node: syntax.Expression, file: str) -> Node:
    line = node.at.line
    match node:
        case syntax.ObjectCons(items=items):
            found: dict[str, Node] = {}
            for key, item in items:
                name = key.value.raw if isinstance(key, syntax.Literal) else ""
                if name in found:
                    raise SourceError(file, key.at.line, f"the key {name!r} occurs twice")
                found[name] = _from_json(item, file)
            return Mapping(line, found)
        case syntax.TupleCons(items=elements):
            return Sequence(line, tuple(_from_json(item, file) for item in elements))
        case syntax.Literal(value=value):
            return Scalar(line, _json_scalar(value, file, line))
        case _:
            raise SourceError(file, line, "not JSON")


def _json_scalar(value: Value, file: str, line: int) -> Value | None:
    if value.is_null:
        return None
    if isinstance(value.raw, bool):
        return value
    text = value.raw if isinstance(value.raw, str) else format_number(value.raw)
    return string(text, (Span(0, file, line, advances=False),))
