"""The functions of the provider that is built into Terraform, `terraform.io/builtin/terraform`.

Source: developer.hashicorp.com/terraform/language/functions/terraform-encode_tfvars and its neighbours.
"""

from __future__ import annotations

from typing import NoReturn

from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.functions.registry import ANY, ANY_OR_NULL, FunctionError, function
from coordinator.iac.expressions.hcl_text import attributes_text, expression_text
from coordinator.iac.expressions.scanner import IDENTIFIER
from coordinator.iac.expressions.syntax import Call
from coordinator.iac.expressions.types import STRING
from coordinator.iac.expressions.values import Value, object_value, string
from coordinator.iac.hcl.native_syntax import parse_body
from coordinator.iac.source import LimitError, SourceError

_ARGUMENT = "<decode_tfvars argument>"


@function("provider::terraform::encode_tfvars", ANY, returns=STRING)
def _encode_tfvars(value: Value) -> Value:
    if not isinstance(value.raw, dict):
        raise FunctionError(
            "invalid value to encode: must be an object whose attribute names will become the encoded variable names"
        )
    for name in value.raw:
        if IDENTIFIER.fullmatch(name) is None:
            raise FunctionError(
                f'invalid variable name "{name}": must be a valid identifier, per Terraform\'s rules for input '
                "variable declarations"
            )
    return string(attributes_text(value.raw))


@function("provider::terraform::encode_expr", ANY_OR_NULL, returns=STRING)
def _encode_expr(value: Value) -> Value:
    return string(expression_text(value))


@function("provider::terraform::decode_tfvars", STRING, reads=True)
def _decode_tfvars(evaluator: Evaluator, text: Value) -> Value:
    constant = Evaluator({}, evaluator.files, evaluator.budget, _no_function)
    try:
        body = parse_body(text.raw, _ARGUMENT)
        if body.blocks:
            raise FunctionError("invalid tfvars content: blocks are not allowed here")
        return object_value({name: constant.value(found.expression) for name, found in body.attributes.items()})
    except LimitError:
        raise
    except SourceError as error:
        raise FunctionError(f"invalid tfvars syntax: {error}") from None


def _no_function(_evaluator: Evaluator, node: Call) -> NoReturn:
    raise EvaluationError(node.at.file, node.at.line, "function calls not allowed")
