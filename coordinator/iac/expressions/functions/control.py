"""Functions that treat their arguments specially: `try`, `can`, `templatefile`, marks, conversions."""

from __future__ import annotations

from collections.abc import Callable

from coordinator.iac.expressions import syntax
from coordinator.iac.expressions.convert import ConversionError, convert
from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.functions.registry import ANY_OR_NULL, FunctionError, function
from coordinator.iac.expressions.parser import ExpressionParser
from coordinator.iac.expressions.scanner import IDENTIFIER
from coordinator.iac.expressions.syntax import Call
from coordinator.iac.expressions.templates import parse_template
from coordinator.iac.expressions.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    Collection,
    Type,
    list_of,
    map_of,
    set_of,
)
from coordinator.iac.expressions.values import (
    SENSITIVE,
    Value,
    boolean,
    deep_marks,
    is_wholly_known,
    null_of,
    unknown_of,
)
from coordinator.iac.source import LimitError, SourceError


def _try(evaluator: Evaluator, node: Call) -> Value:
    failures: list[str] = []
    if not node.arguments:
        raise EvaluationError(node.at.file, node.at.line, "Error in function call: try needs at least one argument")
    for argument in node.arguments:
        try:
            return evaluator.value(argument)
        except LimitError:
            raise
        except EvaluationError as error:
            failures.append(error.message)
    message = "Error in function call: no expression of this try succeeded: " + "; ".join(failures)
    raise EvaluationError(node.at.file, node.at.line, message)


def _can(evaluator: Evaluator, node: Call) -> Value:
    if len(node.arguments) != 1:
        raise EvaluationError(node.at.file, node.at.line, "Error in function call: can takes exactly one argument")
    try:
        found = evaluator.value(node.arguments[0])
    except LimitError:
        raise
    except EvaluationError:
        return boolean(False)  # the value, not a flag
    return boolean(True) if is_wholly_known(found) else unknown_of(BOOL)


def _template_file(evaluator: Evaluator, node: Call) -> Value:
    path, variables = _template_arguments(evaluator, node)
    if not path.is_known:
        return unknown_of(DYNAMIC)
    if evaluator.inside_template:
        raise _refused(node, "cannot be called from inside a template file or string")
    try:
        real = evaluator.files.locate(path.raw)
        text = evaluator.files.read(path.raw).decode("utf-8")
        shown = evaluator.files.shown(real)
    except LimitError:
        raise
    except SourceError as error:
        raise EvaluationError(
            node.at.file, node.at.line, f"Invalid function argument: {node.name}: {error.file} {error.message}"
        ) from None
    except UnicodeDecodeError:
        raise _refused(node, f"{path.raw!r} is not UTF-8 text") from None
    return _rendered(evaluator, node, text, variables, file=shown).marked(path.marks)


def _template_string(evaluator: Evaluator, node: Call) -> Value:
    if len(node.arguments) == 2 and not isinstance(  # noqa: PLR2004  # template and variables
        node.arguments[0], (syntax.GetAttribute, syntax.GetIndex, syntax.Reference)
    ):
        raise EvaluationError(
            node.at.file,
            node.at.line,
            "Invalid function argument: templatestring takes a reference to a value that holds the template",
        )
    template, variables = _template_arguments(evaluator, node)
    if not template.is_known:
        return unknown_of(DYNAMIC)
    if evaluator.inside_template:
        raise _refused(node, "cannot be called from inside a template file or string")
    return _rendered(evaluator, node, template.raw, variables, file=node.at.file, first_line=node.at.line).marked(
        template.marks
    )


def _template_arguments(evaluator: Evaluator, node: Call) -> tuple[Value, Value]:
    if len(node.arguments) != 2 or node.expand:  # noqa: PLR2004  # template and variables
        raise _refused(node, "takes exactly two arguments: the template and its variables")
    source, variables = (evaluator.value(argument) for argument in node.arguments)
    if source.is_null or variables.is_null:
        raise _refused(node, "invalid function argument: must not be null")
    try:
        source = convert(source, STRING)
    except ConversionError as error:
        raise _refused(node, str(error)) from None
    if variables.is_known and not isinstance(variables.raw, dict):
        raise _refused(node, "invalid vars value: must be a map")
    for name in variables.raw if variables.is_known else ():
        if IDENTIFIER.fullmatch(name) is None:
            raise _refused(node, f"invalid template variable name {name!r}: must start with a letter")
    return source, variables


def _rendered(
    evaluator: Evaluator, node: Call, text: str, variables: Value, *, file: str, first_line: int = 1
) -> Value:
    if not variables.is_known:
        return unknown_of(DYNAMIC).marked(variables.marks)
    parser = ExpressionParser(text, file, first_line)
    try:
        template = parse_template(parser)
        inner = Evaluator(dict(variables.raw), evaluator.files, evaluator.budget, evaluator.call, inside_template=True)
        return inner.value(template).marked(variables.marks)
    except LimitError:
        raise
    except SourceError as error:
        raise EvaluationError(
            node.at.file, node.at.line, f"Error in function call: {node.name} failed at {error}"
        ) from None


def _refused(node: Call, why: str) -> EvaluationError:
    return EvaluationError(node.at.file, node.at.line, f"Error in function call: {node.name} {why}")


SPECIAL_FORMS: dict[str, Callable[[Evaluator, Call], Value]] = {
    "try": _try,
    "can": _can,
    "templatefile": _template_file,
    "templatestring": _template_string,
}


@function("sensitive", ANY_OR_NULL, partial=True, keeps_marks=True)
def _sensitive(value: Value) -> Value:
    return value.marked(frozenset({SENSITIVE}))


@function("nonsensitive", ANY_OR_NULL, partial=True, keeps_marks=True)
def _nonsensitive(value: Value) -> Value:
    return value.unmarked().marked(value.marks - {SENSITIVE})


@function("issensitive", ANY_OR_NULL, partial=True, keeps_marks=True)
def _issensitive(value: Value) -> Value:
    return boolean(SENSITIVE in value.marks)


@function("ephemeralasnull", ANY_OR_NULL, partial=True)
def _ephemeral_as_null(value: Value) -> Value:
    return value


def _conversion(name: str, wanted: Type) -> None:
    @function(name, ANY_OR_NULL, returns=wanted, partial=True, keeps_marks=True)
    def converted(value: Value) -> Value:
        if SENSITIVE in deep_marks(value) and isinstance(wanted, Collection) and wanted.kind == "set":
            value = value.marked(frozenset({SENSITIVE}))
        if value.is_null:
            return null_of(wanted)
        try:
            return convert(value, wanted)
        except ConversionError as error:
            raise FunctionError(f"cannot convert: {error}") from None


for _name, _wanted in (
    ("tostring", STRING),
    ("tonumber", NUMBER),
    ("tobool", BOOL),
    ("tolist", list_of(DYNAMIC)),
    ("toset", set_of(DYNAMIC)),
    ("tomap", map_of(DYNAMIC)),
):
    _conversion(_name, _wanted)
