"""Calls functions: counts and converts arguments, and carries unknown and marked values through."""

from __future__ import annotations

from coordinator.iac.expressions.convert import ConversionError, convert
from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.functions.control import SPECIAL_FORMS
from coordinator.iac.expressions.functions.registry import FUNCTIONS, Function, FunctionError, Parameter
from coordinator.iac.expressions.syntax import Call
from coordinator.iac.expressions.types import BOOL, DYNAMIC
from coordinator.iac.expressions.values import (
    NO_MARKS,
    Value,
    deep_marks,
    is_wholly_known,
    strip_marks,
    unknown_of,
)
from coordinator.iac.source import LimitError, SourceError


def is_known(name: str) -> bool:
    """Say whether there is a function of this name here."""
    return name in FUNCTIONS


def call(evaluator: Evaluator, node: Call) -> Value:
    """Evaluate a function call.

    Raises:
        EvaluationError: Unknown function, unsuitable arguments, or a function that failed.
    """
    name = node.name.removeprefix("core::")
    special = SPECIAL_FORMS.get(name)
    if special is not None:
        return special(evaluator, node)
    function = FUNCTIONS.get(name)
    if function is None:
        raise _unknown(node)
    try:
        result = _apply(function, _arguments(evaluator, node), evaluator)
    except FunctionError as error:
        message = f"Error in function call: call to function {node.name!r} failed: {error}"
        raise EvaluationError(node.at.file, node.at.line, message) from None
    except EvaluationError:
        raise
    except LimitError:
        raise
    except SourceError as error:
        # A file that cannot be read: say so at the call, which is what somebody has to change.
        where = f"{error.file}: " if error.file else ""
        message = f"Invalid function argument: {node.name}: {where}{error.message}"
        raise EvaluationError(node.at.file, node.at.line, message) from None
    if isinstance(result.raw, str):
        evaluator.budget.spend(node.at, text=len(result.raw))
    elif isinstance(result.raw, (tuple, dict)):
        evaluator.budget.spend(node.at, steps=len(result.raw))
    return result


def _unknown(node: Call) -> EvaluationError:
    at = node.at
    if node.name.startswith("provider::"):
        return EvaluationError(at.file, at.line, f"Unknown provider function: {node.name!r} needs its provider to run")
    return EvaluationError(at.file, at.line, f"Call to unknown function: there is no function named {node.name!r}")


def _arguments(evaluator: Evaluator, node: Call) -> list[Value]:
    values = [evaluator.value(argument) for argument in node.arguments]
    if not node.expand:
        return values
    last = values.pop()
    if last.is_null or (last.is_known and not isinstance(last.raw, tuple)):
        raise FunctionError("Invalid expanding argument value: the value before '...' must be a list, set or tuple")
    if not last.is_known:
        return [*values, unknown_of(DYNAMIC, nullable=True).marked(last.marks)]
    return [*values, *(item.marked(last.marks) for item in last.raw)]


def _apply(function: Function, arguments: list[Value], evaluator: Evaluator) -> Value:
    wanted = _parameters(function, len(arguments))
    converted = [
        _argument(value, parameter, position)
        for position, (value, parameter) in enumerate(zip(arguments, wanted, strict=True), start=1)
    ]
    marks = NO_MARKS
    if function.partial and not function.keeps_marks and function.returns != BOOL:
        # These only move elements about; each keeps its own marks.
        marks = marks.union(*(value.marks for value in converted))
    elif not function.keeps_marks:
        marks = marks.union(*(deep_marks(value) for value in converted))
        converted = [strip_marks(value) if deep_marks(value) else value for value in converted]
    known = all(value.is_known if function.partial else is_wholly_known(value) for value in converted)
    if not known and not function.keeps_marks:
        return unknown_of(function.returns).marked(marks)
    result = function.run(evaluator, *converted) if function.reads else function.run(*converted)
    return result.marked(marks)


def _parameters(function: Function, given: int) -> list[Parameter]:
    fixed = len(function.parameters)
    if given < fixed:
        raise FunctionError(f"not enough function arguments: {fixed} expected, {given} given")
    if given > fixed and function.variadic is None:
        raise FunctionError(f"too many function arguments: {fixed} expected, {given} given")
    further = [function.variadic] * (given - fixed) if function.variadic is not None else []
    return [*function.parameters, *further]


def _argument(value: Value, parameter: Parameter, position: int) -> Value:
    if value.is_null and not parameter.nullable:
        raise FunctionError(f"invalid value for argument {position}: it must not be null")
    try:
        return convert(value, parameter.type)
    except ConversionError as error:
        raise FunctionError(f"invalid value for argument {position}: {error}") from None
