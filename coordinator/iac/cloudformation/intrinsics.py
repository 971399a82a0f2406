"""CloudFormation's intrinsic functions, evaluated from the template alone; what only AWS knows is unknown."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from coordinator.iac.cloudformation.document import Mapping, Node, Sequence, kind_of
from coordinator.iac.cloudformation.template import INTRINSICS, Template
from coordinator.iac.expressions.functions.json_text import encode
from coordinator.iac.expressions.numbers import format_number
from coordinator.iac.expressions.types import DYNAMIC, STRING, friendly
from coordinator.iac.expressions.values import (
    NO_MARKS,
    Unknown,
    Value,
    boolean,
    is_wholly_known,
    part_of,
    string,
    tuple_of,
    unknown_of,
)
from coordinator.iac.located_text import HOLE, Span

_VARIABLE = re.compile(r"\$\{(!?)([^${}]+)\}")
MAX_TEXT_CHARACTERS = 16 * 1024 * 1024
"""Characters of a text put together."""


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
        value = template.attribute(*name.split(".", 1))
    else:
        value = template.reference(node, name)
    place = part_of(text, match.start(), match.end()).spans[:1]
    fixed = tuple(Span(0, span.file, span.line, advances=False) for span in place)
    return value if not isinstance(value.raw, str) else Value(STRING, value.raw, value.marks, fixed)


def concatenated(template: Template, node: Node, pieces: list[Value]) -> Value:
    """Join strings, keeping where each comes from; what is not known leaves a `HOLE`."""
    spans: list[Span] = []
    texts: list[str] = []
    length = 0
    for piece in pieces:
        text = piece.raw if isinstance(piece.raw, str) else None if piece.is_known else piece.partly or HOLE
        if text is None:
            template.fail(node, "only strings can be put together")
        spans.extend(Span(span.offset + length, span.file, span.line, span.advances) for span in piece.spans)
        texts.append(text)
        length += len(text)
        if length > MAX_TEXT_CHARACTERS:
            template.fail(node, f"the text is longer than {MAX_TEXT_CHARACTERS} characters")
    joined = "".join(texts)
    if all(piece.is_known for piece in pieces):
        return string(joined, tuple(spans))
    return Value(STRING, Unknown.NOT_NULL, NO_MARKS, tuple(spans), partly=joined)


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
    last = arguments[-1]
    default = last.items.get("DefaultValue") if len(arguments) > 3 and isinstance(last, Mapping) else None  # noqa: PLR2004  # as above
    return template.find_in_map(node, [template.text(argument) for argument in arguments[:3]], default)


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


def _get_att(template: Template, node: Node) -> Value:
    if isinstance(node, Sequence):
        parts = [template.text(item) for item in node.items]
        if not all(isinstance(part.raw, str) for part in parts) or len(parts) < 2:  # noqa: PLR2004  # resource, attribute
            return unknown_of(DYNAMIC)
        return template.attribute(parts[0].raw, ".".join(part.raw for part in parts[1:]))
    name, _, attribute = template.name(node).partition(".")
    return template.attribute(name, attribute)


def _import_value(template: Template, node: Node) -> Value:
    name = template.text(node)
    return template.given(name.raw) if isinstance(name.raw, str) else unknown_of(STRING)


INTRINSICS.update(
    {
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
        "Fn::GetAtt": _get_att,
        "Fn::ImportValue": _import_value,
        "Fn::GetAZs": _unknown,
        "Fn::Cidr": _unknown,
        "Fn::Transform": _unknown,
    }
)
