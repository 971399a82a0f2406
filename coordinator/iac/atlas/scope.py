"""What names mean in Atlas HCL: variables, locals, blocks, and bare words, which are types and settings.

A bare word (`varchar`, `CASCADE`) and a type with arguments (`varchar(255)`) evaluate to strings marked `WORD`,
`sql("…")` to one marked `RAW`.
"""

from __future__ import annotations

from collections.abc import Mapping

from coordinator.iac.expressions.budget import Budget
from coordinator.iac.expressions.convert import ConversionError, convert
from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.evaluator import Evaluator, Namespace
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.functions import call as call_function
from coordinator.iac.expressions.functions.control import SPECIAL_FORMS
from coordinator.iac.expressions.functions.json_text import from_plain
from coordinator.iac.expressions.functions.registry import FUNCTIONS
from coordinator.iac.expressions.parser import parse_expression
from coordinator.iac.expressions.syntax import Call, Expression, Reference
from coordinator.iac.expressions.type_expressions import parse_type
from coordinator.iac.expressions.types import DYNAMIC, NUMBER, STRING, Primitive, Type
from coordinator.iac.expressions.values import Unknown, Value, object_value, string, unknown_of
from coordinator.iac.hcl.blocks import Attribute, Block
from coordinator.iac.source import SourceError
from shared.schema.schema import Origin

WORD = "word"
RAW = "sql"

_TYPES_CALLED_LIKE_FUNCTIONS = frozenset({"timestamp", "time"})
_RUN_BY_ATLAS = frozenset({"getenv", "print"})
"""Functions whose answer depends on where Atlas runs."""


def call(evaluator: Evaluator, node: Call) -> Value:
    """Evaluate `sql("…")`, a type with arguments, or one of the functions that Atlas shares with Terraform.

    Raises:
        EvaluationError: See `functions.call`.
    """
    if node.name == "sql" and len(node.arguments) == 1:
        return evaluator.value(node.arguments[0]).marked(frozenset({RAW}))
    if node.name in _RUN_BY_ATLAS:
        return unknown_of(STRING)
    known = node.name in FUNCTIONS or node.name in SPECIAL_FORMS
    if known and node.name not in _TYPES_CALLED_LIKE_FUNCTIONS:
        return call_function(evaluator, node)
    arguments = [evaluator.value(argument) for argument in node.arguments]
    try:
        shown = [convert(argument, STRING) for argument in arguments]
    except ConversionError as error:
        raise EvaluationError(node.at.file, node.at.line, f"the type {node.name}(…): {error}") from None
    if not all(isinstance(argument.raw, str) for argument in shown):
        return unknown_of(STRING)
    return Value(STRING, f"{node.name}({', '.join(argument.raw for argument in shown)})", frozenset({WORD}))


class _Words:
    """Bare names that nothing else explains."""

    def attribute(self, name: str, at: Origin) -> Value:  # noqa: ARG002  # as every Namespace
        """Return the word itself."""
        return Value(STRING, name, frozenset({WORD}))


class _Locals:
    """`local.NAME`, evaluated when it is asked for."""

    def __init__(self, attributes: Mapping[str, Attribute]) -> None:
        self._attributes = attributes
        self._values: dict[str, Value] = {}
        self._running: list[str] = []
        self.evaluator: Evaluator | None = None

    def attribute(self, name: str, at: Origin) -> Value:
        """Look a local value up."""
        declared = self._attributes.get(name)
        if declared is None or self.evaluator is None:
            raise EvaluationError(at.file, at.line, f"there is no local value {name!r}")
        if name in self._running:
            raise EvaluationError(at.file, at.line, f"the local value {name!r} needs itself")
        if name not in self._values:
            self._running.append(name)
            try:
                self._values[name] = self.evaluator.value(declared.expression)
            finally:
                self._running.pop()
        return self._values[name]


class _Unknowns:
    """`data.TYPE.NAME`: what only Atlas finds out."""

    def attribute(self, name: str, at: Origin) -> Value:  # noqa: ARG002  # as every Namespace
        """Return that it is not known."""
        return unknown_of(DYNAMIC, nullable=True)


def document_scope(blocks: tuple[Block, ...], inputs: Mapping[str, object], files: Files, budget: Budget) -> Evaluator:
    """Return an evaluator that knows a document's variables and locals, and takes other names for words.

    Args:
        blocks: The document's blocks.
        inputs: Values of its variables; those without one and without a default are unknown.
        files: What `file()` may read.
        budget: The work that may be spent.

    Raises:
        SourceError: With file and line, for an input that does not have its variable's type.
    """
    attributes = {
        name: attribute
        for block in blocks
        if block.type == "locals"
        for name, attribute in block.body.attributes.items()
    }
    local = _Locals(attributes)
    scope: dict[str, Value | Namespace] = {"": _Words(), "local": local, "data": _Unknowns(), "atlas": _Unknowns()}
    evaluator = Evaluator(scope, files, budget, call)
    variables = [block for block in blocks if block.type == "variable" and block.labels]
    scope["var"] = object_value({block.labels[0]: _variable(block, inputs, evaluator) for block in variables})
    local.evaluator = evaluator
    return evaluator


def _variable(block: Block, inputs: Mapping[str, object], evaluator: Evaluator) -> Value:
    name, attributes = block.labels[0], block.body.attributes
    type_ = _type(attributes["type"].expression, evaluator) if "type" in attributes else DYNAMIC
    try:
        if isinstance(inputs.get(name), Unknown):
            return unknown_of(type_, nullable=True)
        if name in inputs:
            return convert(_given(inputs[name], type_, evaluator), type_)
        if "default" in attributes:
            return convert(evaluator.value(attributes["default"].expression), type_)
    except (ConversionError, ValueError) as error:
        raise SourceError(block.at.file, block.at.line, f"the variable {name!r}: {error}") from None
    return unknown_of(type_, nullable=True)


def _type(node: Expression, evaluator: Evaluator) -> Type:
    if isinstance(node, Reference) and node.name == "int":
        return NUMBER
    return parse_type(node, evaluator)[0]


def _given(value: object, type_: Type, evaluator: Evaluator) -> Value:
    if not isinstance(value, str):
        return from_plain(value)
    return string(value) if isinstance(type_, Primitive) else evaluator.value(parse_expression(value, "variable"))
