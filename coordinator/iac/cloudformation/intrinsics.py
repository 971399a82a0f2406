"""Evaluates CloudFormation's intrinsic functions from the template alone; what only AWS knows is unknown."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from collections.abc import Mapping as MappingType
from typing import NoReturn

from coordinator.iac.cloudformation.document import Mapping, Node, Scalar, Sequence, kind_of
from coordinator.iac.expressions.functions.json_text import encode
from coordinator.iac.expressions.numbers import format_number
from coordinator.iac.expressions.types import DYNAMIC, STRING, friendly
from coordinator.iac.expressions.values import (
    NULL,
    Value,
    boolean,
    is_wholly_known,
    object_value,
    part_of,
    string,
    tuple_of,
    unknown_of,
)
from coordinator.iac.located_text import Span
from coordinator.iac.source import SourceError

_VARIABLE = re.compile(r"\$\{(!?)([^${}]+)\}")
MAX_TEXT_CHARACTERS = 16 * 1024 * 1024
MAX_NODES_EVALUATED = 500_000
"""Limits of one template: characters of a text put together, and nodes evaluated."""

NO_VALUE = Value(DYNAMIC, None, frozenset({"no value"}))
"""`AWS::NoValue`: the property is left out."""


class Template:
    """A parsed template with values for its parameters.

    Args:
        root: The document.
        file: How messages call it.
        given: Values of parameters.

    Raises:
        SourceError: For a document that is no template.
    """

    def __init__(self, root: Node, file: str, given: MappingType[str, object]) -> None:
        self.file = file
        if not isinstance(root, Mapping):
            raise SourceError(file, root.line, f"expected a template, a mapping with Resources; got {kind_of(root)}")
        self.parameters = self._section(root, "Parameters")
        self.resources = self._section(root, "Resources")
        self.outputs = self._section(root, "Outputs")
        self._mappings = self._section(root, "Mappings")
        self._conditions = self._section(root, "Conditions")
        self._given = given
        self._running: list[str] = []
        self._steps = 0
        for name in given:
            if name not in self.parameters:
                raise SourceError(file, 0, f"no parameter {name!r} is declared by the template")

    def _section(self, root: Mapping, name: str) -> dict[str, Node]:
        node = root.items.get(name)
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.fail(node, f"{name}: expected a mapping, got {kind_of(node)}")
        return node.items

    def fail(self, node: Node, message: str) -> NoReturn:
        """Refuse the template at a node."""
        raise SourceError(self.file, node.line, message)

    def value(self, node: Node) -> Value:
        """Evaluate a node.

        Raises:
            SourceError: For a misused function, an undeclared name, or a parameter without a value.
        """
        self._steps += 1
        if self._steps > MAX_NODES_EVALUATED:
            self.fail(node, f"evaluating this template takes more than {MAX_NODES_EVALUATED} steps")
        match node:
            case Scalar(value=value):
                return NULL if value is None else value
            case Sequence(items=items):
                found = [self.value(item) for item in items]
                return tuple_of(item for item in found if item is not NO_VALUE)
            case Mapping(items=entries) if len(entries) == 1:
                name, argument = next(iter(entries.items()))
                function = _FUNCTIONS.get(name)
                if function is not None:
                    return function(self, argument)
                if name.startswith("Fn::"):
                    return unknown_of(DYNAMIC)
                return self._object(node)
            case Mapping():
                return self._object(node)

    def _object(self, node: Mapping) -> Value:
        found = {name: self.value(item) for name, item in node.items.items()}
        return object_value({name: item for name, item in found.items() if item is not NO_VALUE})

    def text(self, node: Node) -> Value:
        """Evaluate a node that must be a string."""
        value = self.value(node)
        if value.is_known and not isinstance(value.raw, (str, bool)):
            self.fail(node, f"expected a string, got {friendly(value.type)}")
        if isinstance(value.raw, bool):
            return string("true" if value.raw else "false")
        return value

    def arguments_of(self, node: Node, wanted: int | None, name: str) -> tuple[Node, ...]:
        """Return a function's arguments, which must be a list of `wanted` items."""
        if not isinstance(node, Sequence) or (wanted is not None and len(node.items) != wanted):
            self.fail(node, f"{name}: expected a list{f' of {wanted} items' if wanted else ''}, got {kind_of(node)}")
        return node.items

    def name(self, node: Node) -> str:
        """Return a literal name."""
        if not isinstance(node, Scalar) or node.value is None or not isinstance(node.value.raw, str):
            self.fail(node, f"expected a literal name, got {kind_of(node)}")
        return node.value.raw

    def reference(self, node: Node, name: str) -> Value:  # noqa: RET503  # `fail` does not return
        """`Ref`: a parameter's value; a resource's is known only after it was made."""
        if name in self.parameters:
            return self._parameter(node, name)
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.resources or name.startswith("AWS::"):
            return unknown_of(STRING)
        self.fail(node, f"{name!r} is neither a parameter nor a resource of this template")

    def _parameter(self, node: Node, name: str) -> Value:
        declared = self.parameters[name]
        entries = declared.items if isinstance(declared, Mapping) else {}
        kind = entries.get("Type")
        type_ = self.name(kind) if kind is not None else "String"
        if name in self._given:
            raw = self._given[name]
            value = string(raw if isinstance(raw, str) else str(raw).lower() if isinstance(raw, bool) else str(raw))
        elif "Default" in entries:
            value = self.text(entries["Default"])
        else:
            self.fail(node, f"the parameter {name!r} has no value and no default; set it in [spec.variables]")
        if type_.startswith("AWS::SSM::Parameter::Value"):
            return unknown_of(STRING)
        if type_ == "CommaDelimitedList" or type_.startswith("List<"):
            return tuple_of(string(item.strip()) for item in value.raw.split(","))
        return value

    def condition_holds(self, node: Node, name: str) -> bool | None:
        """Evaluate a named condition; None when it is not known.

        Raises:
            SourceError: For an undeclared condition, or one that needs itself.
        """
        declared = self._conditions.get(name)
        if declared is None:
            self.fail(node, f"there is no condition {name!r}")
        if name in self._running:
            self.fail(node, f"the condition {name!r} needs itself")
        self._running.append(name)
        try:
            return self.as_condition(declared)
        finally:
            self._running.pop()

    def as_condition(self, node: Node) -> bool | None:  # noqa: RET503  # `fail` does not return
        """Evaluate a condition's expression."""
        value = self.value(node)
        if not value.is_known:
            return None
        if isinstance(value.raw, bool):
            return value.raw
        if value.raw in {"true", "false"}:
            return bool(value.raw == "true")
        self.fail(node, f"expected a condition that is true or false, got {friendly(value.type)}")

    def find_in_map(self, node: Node, keys: list[Value]) -> Value:
        """`Fn::FindInMap`."""
        if any(not key.is_known for key in keys):
            return unknown_of(DYNAMIC)
        found: Node = Mapping(node.line, self._mappings)
        for key in keys:
            if not isinstance(found, Mapping) or key.raw not in found.items:
                self.fail(node, f"Fn::FindInMap finds no {'/'.join(str(item.raw) for item in keys)}")
            found = found.items[key.raw]
        return self.value(found)


def _ref(template: Template, node: Node) -> Value:
    return template.reference(node, template.name(node))


def _sub(template: Template, node: Node) -> Value:
    extra: dict[str, Node] = {}
    if isinstance(node, Sequence):
        text_node, names = template.arguments_of(node, 2, "Fn::Sub")
        if not isinstance(names, Mapping):
            template.fail(names, f"Fn::Sub: expected a mapping of names as its second argument, got {kind_of(names)}")
        extra = names.items
    else:
        text_node = node
    text = template.text(text_node)
    if not text.is_known:
        return text
    pieces: list[Value] = []
    position = 0
    for match in _VARIABLE.finditer(text.raw):
        pieces.append(part_of(text, position, match.start()))
        pieces.append(_substituted(template, node, text, match, extra))
        position = match.end()
    pieces.append(part_of(text, position, len(text.raw)))
    return concatenated(template, node, pieces)


def _substituted(template: Template, node: Node, text: Value, match: re.Match[str], extra: dict[str, Node]) -> Value:
    name = match.group(2).strip()
    if match.group(1):  # ${!literal}
        return string("${" + match.group(2) + "}")
    if name in extra:
        value = template.text(extra[name])
    elif "." in name and not name.startswith("AWS::"):
        value = unknown_of(STRING)  # an attribute of a resource
    else:
        value = template.reference(node, name)
    place = part_of(text, match.start(), match.end()).spans[:1]
    fixed = tuple(Span(0, span.file, span.line, advances=False) for span in place)
    return value if not isinstance(value.raw, str) else Value(STRING, value.raw, value.marks, fixed)


def concatenated(template: Template, node: Node, pieces: list[Value]) -> Value:
    """Join strings, keeping where each comes from."""
    if any(not piece.is_known for piece in pieces):
        return unknown_of(STRING)
    spans: list[Span] = []
    length = 0
    for piece in pieces:
        if not isinstance(piece.raw, str):
            template.fail(node, "only strings can be put together")
        spans.extend(Span(span.offset + length, span.file, span.line, span.advances) for span in piece.spans)
        length += len(piece.raw)
        if length > MAX_TEXT_CHARACTERS:
            template.fail(node, f"the text is longer than {MAX_TEXT_CHARACTERS} characters")
    return string("".join(piece.raw for piece in pieces), tuple(spans))


def _join(template: Template, node: Node) -> Value:
    delimiter_node, items_node = template.arguments_of(node, 2, "Fn::Join")
    delimiter, items = template.text(delimiter_node), template.value(items_node)
    if not items.is_known:
        return unknown_of(STRING)
    if not isinstance(items.raw, tuple):
        template.fail(items_node, f"Fn::Join: expected a list to join, got {friendly(items.type)}")
    pieces: list[Value] = []
    for i, item in enumerate(items.raw):
        pieces.extend([delimiter, item] if i else [item])
    return concatenated(template, node, pieces)


def _select(template: Template, node: Node) -> Value:
    index_node, items_node = template.arguments_of(node, 2, "Fn::Select")
    index, items = template.value(index_node), template.value(items_node)
    if not index.is_known or not items.is_known:
        return unknown_of(DYNAMIC)
    if not isinstance(items.raw, tuple) or not str(index.raw).isdigit() or int(index.raw) >= len(items.raw):
        template.fail(node, "Fn::Select: expected an index and a list that has an item of this index")
    found: Value = items.raw[int(index.raw)]
    return found


def _split(template: Template, node: Node) -> Value:
    delimiter_node, text_node = template.arguments_of(node, 2, "Fn::Split")
    delimiter, text = template.text(delimiter_node), template.text(text_node)
    if not delimiter.is_known or not text.is_known or not delimiter.raw:
        return unknown_of(DYNAMIC)
    return tuple_of(string(piece) for piece in text.raw.split(delimiter.raw))


def _base64(template: Template, node: Node) -> Value:
    text = template.text(node)
    return string(base64.b64encode(text.raw.encode()).decode()) if text.is_known else text


def _find_in_map(template: Template, node: Node) -> Value:
    arguments = template.arguments_of(node, None, "Fn::FindInMap")
    if len(arguments) not in {3, 4}:
        template.fail(node, f"Fn::FindInMap: expected three arguments, got {len(arguments)}")
    return template.find_in_map(node, [template.text(argument) for argument in arguments[:3]])


def _if(template: Template, node: Node) -> Value:
    name, yes, no = template.arguments_of(node, 3, "Fn::If")
    held = template.condition_holds(name, template.name(name))
    if held is None:
        return unknown_of(DYNAMIC)
    return template.value(yes if held else no)


def _condition(template: Template, node: Node) -> Value:
    held = template.condition_holds(node, template.name(node))
    return unknown_of(DYNAMIC) if held is None else boolean(held)


def _equals(template: Template, node: Node) -> Value:
    one, other = (template.value(item) for item in template.arguments_of(node, 2, "Fn::Equals"))
    if not is_wholly_known(one) or not is_wholly_known(other):
        return unknown_of(DYNAMIC)
    return boolean(_plain(one) == _plain(other))


def _plain(value: Value) -> str:
    if isinstance(value.raw, str):
        return value.raw
    return format_number(value.raw) if isinstance(value.raw, int) and not isinstance(value.raw, bool) else encode(value)


def _all_of(name: str, decide: Callable[[list[bool | None]], bool | None]) -> Callable[[Template, Node], Value]:
    def run(template: Template, node: Node) -> Value:
        held = decide([template.as_condition(item) for item in template.arguments_of(node, None, name)])
        return unknown_of(DYNAMIC) if held is None else boolean(held)

    return run


def _and(held: list[bool | None]) -> bool | None:
    return False if False in held else None if None in held else True


def _or(held: list[bool | None]) -> bool | None:
    return True if True in held else None if None in held else False


def _not(held: list[bool | None]) -> bool | None:
    return None if len(held) != 1 or held[0] is None else not held[0]


def _to_json(template: Template, node: Node) -> Value:
    value = template.value(node)
    return string(encode(value, escape_html=False)) if is_wholly_known(value) else unknown_of(STRING)


def _length(template: Template, node: Node) -> Value:
    value = template.value(node)
    return string(str(len(value.raw))) if isinstance(value.raw, tuple) else unknown_of(STRING)


def _unknown(_template: Template, _node: Node) -> Value:
    return unknown_of(DYNAMIC)


_FUNCTIONS: dict[str, Callable[[Template, Node], Value]] = {
    "Ref": _ref,
    "Condition": _condition,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Base64": _base64,
    "Fn::FindInMap": _find_in_map,
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::And": _all_of("Fn::And", _and),
    "Fn::Or": _all_of("Fn::Or", _or),
    "Fn::Not": _all_of("Fn::Not", _not),
    "Fn::ToJsonString": _to_json,
    "Fn::Length": _length,
    "Fn::GetAtt": _unknown,
    "Fn::ImportValue": _unknown,
    "Fn::GetAZs": _unknown,
    "Fn::Cidr": _unknown,
    "Fn::Transform": _unknown,
}
