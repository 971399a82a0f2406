"""Reads files of values for sources that are not Terraform's: parameters of templates, variables of Atlas schemas."""

from __future__ import annotations

from pathlib import Path

from coordinator.iac.cloudformation.document import Mapping, Node, Scalar, Sequence, parse_document
from coordinator.iac.expressions.budget import Budget
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.functions import call
from coordinator.iac.expressions.functions.json_text import encode
from coordinator.iac.expressions.values import Value
from coordinator.iac.hcl.native_syntax import parse_body
from coordinator.iac.source import SourceError, read_text


def read_values(path: Path) -> dict[str, object]:
    """Read a file of values.

    Args:
        path: JSON or YAML, a mapping or a list of `ParameterKey` and `ParameterValue` as the AWS command line takes it,
            also below `Parameters`; or lines of `name = value`, as in `.tfvars`.

    Raises:
        SourceError: With file and line, for what is none of these.
    """
    text = read_text(path, path.name)
    if path.suffix in {".json", ".yaml", ".yml"}:
        return _parameters(parse_document(text, path.name), path.name)
    evaluator = Evaluator({}, Files(path.parent), Budget(), call)
    attributes = parse_body(text, path.name).attributes
    return {name: _plain(evaluator.value(attribute.expression)) for name, attribute in attributes.items()}


def _parameters(node: Node, file: str) -> dict[str, object]:
    match node:
        case Mapping(items={"Parameters": Mapping() | Sequence() as inner}):
            return _parameters(inner, file)
        case Mapping(items=items):
            return {name: _text(item, file) for name, item in items.items()}
        case Sequence(items=elements):
            found: dict[str, object] = {}
            for item in elements:
                entries = item.items if isinstance(item, Mapping) else {}
                if "ParameterKey" not in entries or "ParameterValue" not in entries:
                    raise SourceError(file, item.line, "expected a mapping with ParameterKey and ParameterValue")
                found[_text(entries["ParameterKey"], file)] = _text(entries["ParameterValue"], file)
            return found
        case Scalar():
            raise SourceError(file, node.line, "expected a mapping of names to values, or a list of parameters")


def _text(node: Node, file: str) -> str:
    if isinstance(node, Scalar) and node.value is not None:
        return str(_plain(node.value))
    if isinstance(node, Sequence):
        return ",".join(_text(item, file) for item in node.items)
    raise SourceError(file, node.line, "expected a single value, or a list of them")


def _plain(value: Value) -> str:
    return value.raw if isinstance(value.raw, str) else encode(value)
