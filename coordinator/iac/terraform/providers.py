"""Completes resources as their providers would: attribute types, computed attributes, nested blocks.

The facts are data, in `provider_schemas.toml`.
"""

from __future__ import annotations

import json
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from coordinator.iac.expressions.budget import Budget
from coordinator.iac.expressions.convert import ConversionError, convert
from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.functions.filesystem import read_file
from coordinator.iac.expressions.functions.json_text import from_plain
from coordinator.iac.expressions.operations import MAY_HAVE_MORE_ATTRIBUTES
from coordinator.iac.expressions.parser import parse_expression
from coordinator.iac.expressions.type_expressions import parse_type
from coordinator.iac.expressions.types import DYNAMIC, ObjectType, Type, friendly, object_of
from coordinator.iac.expressions.values import (
    DEFERRED,
    Unknown,
    Value,
    list_value,
    null_of,
    object_value,
    set_value,
    tuple_of,
    unknown_of,
)
from coordinator.iac.hcl.blocks import Block
from coordinator.iac.source import SourceError
from coordinator.iac.terraform.atlas_resources import latest_version, schema_text
from coordinator.iac.terraform.instances import NestedBlocks
from coordinator.iac.terraform.variables import constant_evaluator


class _ProviderSchema(msgspec.Struct, frozen=True, eq=False):
    """One resource type, or one nested block."""

    attributes: dict[str, Type]
    computed: frozenset[str]
    blocks: dict[str, _NestedBlock]
    closed: bool = False  # complete, so that any other argument is a mistake


class _NestedBlock(msgspec.Struct, frozen=True, eq=False):
    """A nested block: `list`, `set` or `single`."""

    nesting: str
    schema: _ProviderSchema


@lru_cache(maxsize=1)
def provider_schemas() -> dict[str, _ProviderSchema]:
    """Read the table of known resource types: `TYPE`, or `data.TYPE`."""
    table = tomllib.loads(Path(__file__).with_name("provider_schemas.toml").read_text("utf-8"))
    return {name: _schema(entry) for name, entry in table.items()}


def _schema(entry: dict[str, Any]) -> _ProviderSchema:
    nothing = constant_evaluator(Files(Path("/nonexistent"), Path("/nonexistent")), Budget())
    attributes: dict[str, Type] = {}
    computed: set[str] = set()
    for name, text in entry.get("attributes", {}).items():
        words = text.split(" computed")
        attributes[name], _ = parse_type(parse_expression(words[0], "provider_schemas.toml"), nothing)
        if len(words) > 1:
            computed.add(name)
    blocks = {
        name: _NestedBlock(inner.get("nesting", "list"), _schema(inner))
        for name, inner in entry.get("blocks", {}).items()
    }
    return _ProviderSchema(attributes, frozenset(computed), blocks, entry.get("closed", False))


def planned_values(
    mode: str,
    attributes: dict[str, Value],
    blocks: dict[str, NestedBlocks],
    block: Block,
    evaluator: Evaluator,
    *,
    tolerant: bool,
) -> Value:
    """Return an instance's object: set attributes converted to their types, all others null or unknown.

    A state that is not here is an error, or, to the tolerant, unknown.

    Raises:
        EvaluationError: When a value does not fit the provider's type.
    """
    type_ = block.labels[0]
    schema = provider_schemas().get(f"data.{type_}" if mode == "data" else type_)
    if schema is None:
        return _without_schema(attributes, blocks)
    values = _completed(schema, attributes, blocks, block)
    if type_ == "terraform_data" and mode == "managed":
        # After apply `output` is `input`: decided here and now, though no plan shows it.
        values["output"] = values["input"].marked(frozenset({DEFERRED}))
        values["id"] = Value(values["id"].type, Unknown.NOT_NULL)
    if mode == "data":
        _read_static(type_, values, evaluator, block, tolerant=tolerant)
    return object_value(values)


def _without_schema(attributes: dict[str, Value], blocks: dict[str, NestedBlocks]) -> Value:
    """An unknown resource type: what is set stands; anything else may be computed, so it is unknown."""
    values = dict(attributes)
    for name, found in blocks.items():
        values[name] = tuple_of(found.values) if found.known else unknown_of(DYNAMIC, nullable=True)
    values.setdefault("id", unknown_of(DYNAMIC, nullable=True))
    made = object_value(values)
    return Value(
        ObjectType(made.type.attributes, MAY_HAVE_MORE_ATTRIBUTES) if isinstance(made.type, ObjectType) else made.type,
        made.raw,
    )


def _completed(
    schema: _ProviderSchema, attributes: dict[str, Value], blocks: dict[str, NestedBlocks], block: Block
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, given in attributes.items():
        if schema.closed and name not in schema.attributes:
            at = block.body.attributes[name].at
            raise EvaluationError(at.file, at.line, f"Unsupported argument: there is no argument {name!r} here")
        if name in schema.blocks:  # JSON syntax, and attributes-as-blocks
            continue
        values[name] = _converted(given, schema.attributes.get(name, DYNAMIC), name, block)
    for name, type_ in schema.attributes.items():
        if name not in values or (values[name].is_null and name in schema.computed):
            values[name] = unknown_of(type_, nullable=True) if name in schema.computed else null_of(type_)
    for name, nested in schema.blocks.items():
        found = blocks.get(name) or _from_attribute(attributes.get(name))
        values[name] = _nested(nested, found, block)
    for name, found in blocks.items():
        if name not in schema.blocks:
            values[name] = tuple_of(found.values)
    return values


def _converted(given: Value, type_: Type, name: str, block: Block) -> Value:
    try:
        return convert(given, type_)
    except ConversionError as error:
        attribute = block.body.attributes.get(name)
        at = block.at if attribute is None else attribute.at
        raise EvaluationError(
            at.file, at.line, f"Incorrect attribute value type: inappropriate value for attribute {name!r}: {error}"
        ) from None


def _from_attribute(value: Value | None) -> NestedBlocks:
    if value is None or value.is_null:
        return NestedBlocks([])
    if not value.is_known:
        return NestedBlocks([], known=False)
    return NestedBlocks(list(value.raw) if isinstance(value.raw, tuple) else [value])


def _nested(nested: _NestedBlock, found: NestedBlocks, block: Block) -> Value:
    if not found.known:
        return unknown_of(DYNAMIC)
    items = [_nested_object(nested.schema, item, block) for item in found.values]
    if nested.nesting == "single":
        return items[0] if items else null_of(DYNAMIC)
    element = items[0].type if items else object_of(nested.schema.attributes)
    if nested.nesting == "set":
        return set_value(element, items)
    return list_value(element, items)


def _nested_object(schema: _ProviderSchema, item: Value, block: Block) -> Value:
    if not isinstance(item.raw, dict):
        reason = f"Incorrect attribute value type: expected the attributes of a block, got {friendly(item.type)}"
        raise EvaluationError(block.at.file, block.at.line, reason)
    raw: dict[str, Value] = item.raw
    attributes = {name: value for name, value in raw.items() if name not in schema.blocks}
    blocks = {name: _from_attribute(value) for name, value in raw.items() if name in schema.blocks}
    return object_value(_completed(schema, attributes, blocks, block))


def _read_static(type_: str, values: dict[str, Value], evaluator: Evaluator, block: Block, *, tolerant: bool) -> None:
    """Fill in what a data source only repeats from the configuration or its files."""
    if type_ == "atlas_schema" and isinstance(values["src"].raw, str):
        inline = "://" not in values["src"].raw.partition("\n")[0]
        values["hcl"] = values["src"] if inline else schema_text(values["src"].raw, evaluator.files)
    if type_ == "atlas_migration" and isinstance(values["dir"].raw, str):
        values["latest"] = latest_version(values["dir"].raw, evaluator.files)
    if type_ == "local_file" and isinstance(values["filename"].raw, str):
        values["content"] = read_file(evaluator.files, values["filename"].raw)
    if type_ == "terraform_remote_state":
        values["outputs"] = _remote_outputs(values, evaluator, block, tolerant=tolerant)


def _remote_outputs(values: dict[str, Value], evaluator: Evaluator, block: Block, *, tolerant: bool) -> Value:
    """Return the outputs of a local state file over their `defaults`; those of other backends are unknown."""
    config = values["config"].raw
    path = config.get("path") if isinstance(config, dict) else None
    if values["backend"].raw != "local" or path is None or not isinstance(path.raw, str):
        return unknown_of(DYNAMIC)
    try:
        state = json.loads(evaluator.files.read(path.raw))
        defaults = values["defaults"].raw if isinstance(values["defaults"].raw, dict) else {}
        outputs = {name: from_plain(output["value"]) for name, output in state["outputs"].items()}
        return object_value({**defaults, **outputs})
    except (ValueError, KeyError, TypeError, AttributeError):
        reason = f"Unable to read remote state: {path.raw!r} is no Terraform state"
    except SourceError as error:
        if tolerant:
            return values["defaults"] if isinstance(values["defaults"].raw, dict) else unknown_of(DYNAMIC)
        reason = f"Unable to read remote state: {error.message}"
    raise EvaluationError(block.at.file, block.at.line, reason)
