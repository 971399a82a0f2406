"""Expands `count`, `for_each` and dynamic blocks, and evaluates the body of each resource instance."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

import msgspec

from coordinator.iac.expressions import operations
from coordinator.iac.expressions.convert import ConversionError, convert
from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.evaluator import Evaluator, Namespace
from coordinator.iac.expressions.functions.json_text import quote
from coordinator.iac.expressions.syntax import Reference, Template, Text
from coordinator.iac.expressions.types import DYNAMIC, NUMBER, STRING, Collection
from coordinator.iac.expressions.values import (
    SENSITIVE,
    Value,
    deep_marks,
    number,
    object_value,
    string,
    tuple_of,
    unknown_of,
)
from coordinator.iac.hcl.blocks import Attribute, Block, Body
from shared.schema.schema import Origin

META_ARGUMENTS = frozenset({"count", "for_each", "depends_on", "provider", "lifecycle"})
MODULE_META_ARGUMENTS = frozenset({"count", "for_each", "depends_on", "providers", "source", "version"})
META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection", "dynamic"})
MAX_INSTANCES = 100_000
"""Instances one resource may have."""

Key = str | int | None


class UnknownKeysError(EvaluationError):
    """A `count` or `for_each` whose value is known only after apply."""


class PlannedResource(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One resource instance.

    Args:
        address: As Terraform writes it: `module.t["acme"].sql_migrate.schema[0]`.
        mode: `managed` or `data`.
        type: `sql_migrate`.
        name: `schema`.
        index: Its key, when it has one.
        module: Address of its module, empty for the root.
        module_keys: String keys of the modules it is in, outermost first.
        values: An object of attributes and nested blocks.
        block: What declares it.
        evaluator: Evaluates more of the block (provisioners), with `self`, `each` and `count` in scope.
        doubt: Why it is not known how many there are of it, or whether any; it stands for all of them then.
    """

    address: str
    mode: str
    type: str
    name: str
    index: Key
    module: str
    module_keys: tuple[str, ...]
    values: Value
    block: Block
    evaluator: Evaluator
    doubt: str = ""

    @property
    def tenant_key(self) -> str:
        """The key that may be a tenant's name: the innermost module's, else its own."""
        keys = self.module_keys
        return keys[-1] if keys else self.index if isinstance(self.index, str) else ""

    @property
    def carrier_name(self) -> str:
        """The address without keys: all instances have the same."""
        return re.sub(r"\[[^\]]*\]", "", self.module) + f"/{self.type}.{self.name}"

    def declared_at(self, attribute: str) -> Origin:
        """Return where an attribute is set, or where the block is when it is not."""
        found = self.block.body.attributes.get(attribute)
        return self.block.at if found is None else found.at


class Lookup:
    """A namespace whose names a function looks up."""

    def __init__(self, find: Callable[[str, Origin], Value | Namespace]) -> None:
        self._find = find

    def attribute(self, name: str, at: Origin) -> Value | Namespace:
        """Look a name up."""
        return self._find(name, at)


def unavailable_namespace(message: str) -> Lookup:
    """Return a namespace, such as `each`, whose use here is an error with this message."""

    def find(_name: str, at: Origin) -> NoReturn:
        raise EvaluationError(at.file, at.line, message)

    return Lookup(find)


def shown_key(key: Key) -> str:
    """Write an instance key as addresses have it."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f"[{quote(key, escape_html=False)}]"


def expand(body: Body, evaluator: Evaluator) -> list[tuple[Key, Evaluator]]:
    """Return the instance keys of a resource or module call, each with an evaluator that knows its `each` or `count`.

    Raises:
        EvaluationError: When the keys cannot be known, or are no fit keys.
    """
    count, for_each = body.attributes.get("count"), body.attributes.get("for_each")
    if count is not None and for_each is not None:
        raise EvaluationError(
            for_each.at.file, for_each.at.line, 'Invalid combination of "count" and "for_each": only one can be set'
        )
    if count is not None:
        total = _count(evaluator.value(count.expression), count.at)
        return [(i, evaluator.within({"count": object_value({"index": number(i)})})) for i in range(total)]
    if for_each is not None:
        return [
            (key, evaluator.within({"each": object_value({"key": string(key), "value": item})}))
            for key, item in _for_each(evaluator.value(for_each.expression), for_each.at)
        ]
    return [(None, evaluator)]


def some_instance(evaluator: Evaluator) -> Evaluator:
    """Return an evaluator for an instance that stands for all, where it is not known how many there are."""
    each = {"key": unknown_of(STRING), "value": unknown_of(DYNAMIC, nullable=True)}
    return evaluator.within({"each": object_value(each), "count": object_value({"index": unknown_of(NUMBER)})})


def _count(value: Value, at: Origin) -> int:
    problem = "Invalid count argument"
    if value.is_null:
        raise EvaluationError(at.file, at.line, f"{problem}: the given value is null")
    try:
        total = convert(value, NUMBER).raw
    except ConversionError as error:
        raise EvaluationError(at.file, at.line, f"{problem}: {error}") from None
    if not value.is_known:
        raise UnknownKeysError(at.file, at.line, f"{problem}: the value depends on what is known only after apply")
    if not isinstance(total, int) or not 0 <= total <= MAX_INSTANCES:
        raise EvaluationError(at.file, at.line, f"{problem}: a whole number from 0 to {MAX_INSTANCES} is required")
    return total


def _for_each(value: Value, at: Origin) -> list[tuple[str, Value]]:
    problem = "Invalid for_each argument"
    if SENSITIVE in deep_marks(value) and (SENSITIVE in value.marks or isinstance(value.raw, tuple)):
        raise EvaluationError(at.file, at.line, f"{problem}: sensitive values cannot be used as keys")
    if value.is_null:
        raise EvaluationError(at.file, at.line, f"{problem}: the given value is null")
    if not value.is_known:
        raise UnknownKeysError(at.file, at.line, f"{problem}: the keys depend on what is known only after apply")
    if isinstance(value.raw, dict):
        pairs = list(value.raw.items())
    elif isinstance(value.type, Collection) and value.type.kind == "set":
        pairs = [(_set_key(item, at), item) for item in value.raw]
    else:
        raise EvaluationError(at.file, at.line, f"{problem}: a map, or set of strings, is required")
    if len(pairs) > MAX_INSTANCES:
        raise EvaluationError(at.file, at.line, f"{problem}: more than {MAX_INSTANCES} keys")
    return pairs


def _set_key(item: Value, at: Origin) -> str:
    problem = "Invalid for_each set argument"
    if not item.is_known:
        raise UnknownKeysError(at.file, at.line, f"{problem}: the set holds values known only after apply")
    if not isinstance(item.raw, str):
        raise EvaluationError(at.file, at.line, f"{problem}: the set must hold strings, none of them null")
    return item.raw


class NestedBlocks(msgspec.Struct, frozen=True, eq=False):
    """Nested blocks of one type; `known` is False when a dynamic block's collection is not known."""

    values: list[Value]
    known: bool = True


def body_values(body: Body, evaluator: Evaluator) -> tuple[dict[str, Value], dict[str, NestedBlocks]]:
    """Evaluate a body: its attributes, and its nested blocks by type.

    Raises:
        EvaluationError: When an expression has no value.
    """
    attributes = {
        name: evaluator.value(attribute.expression)
        for name, attribute in body.attributes.items()
        if name not in META_ARGUMENTS
    }
    blocks: dict[str, NestedBlocks] = {}
    for block in body.blocks:
        if block.type == "dynamic":
            _dynamic(block, evaluator, blocks)
        elif block.type not in META_BLOCKS:
            blocks.setdefault(block.type, NestedBlocks([])).values.append(_nested(block.body, evaluator))
    return attributes, blocks


def _nested(body: Body, evaluator: Evaluator) -> Value:
    attributes, blocks = body_values(body, evaluator)
    inner = {name: tuple_of(found.values) if found.known else unknown_of(DYNAMIC) for name, found in blocks.items()}
    return object_value({**attributes, **inner})


def _dynamic(block: Block, evaluator: Evaluator, into: dict[str, NestedBlocks]) -> None:
    if len(block.labels) != 1:
        raise EvaluationError(block.at.file, block.at.line, "Invalid dynamic block: it needs exactly one label")
    type_ = block.labels[0]
    attributes = block.body.attributes
    content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
    if "for_each" not in attributes or content is None:
        raise EvaluationError(
            block.at.file, block.at.line, "Missing dynamic content: a dynamic block needs for_each and content"
        )
    iterator = _iterator(attributes.get("iterator"), type_)
    collection = evaluator.value(attributes["for_each"].expression)
    pairs = operations.pairs(collection, attributes["for_each"].at)
    found = into.setdefault(type_, NestedBlocks([]))
    if pairs is None:
        into[type_] = NestedBlocks(found.values, known=False)
        return
    for key, item in pairs:
        inner = evaluator.within({iterator: object_value({"key": key, "value": item})})
        found.values.append(_nested(content.body, inner))


def _iterator(attribute: Attribute | None, default: str) -> str:
    if attribute is None:
        return default
    match attribute.expression:
        case Reference(name=name):
            return name
        case Template(parts=(Text(text=text),)):  # JSON syntax
            return text
        case _:
            raise EvaluationError(
                attribute.at.file, attribute.at.line, "Invalid expression: iterator must be a single name"
            )
