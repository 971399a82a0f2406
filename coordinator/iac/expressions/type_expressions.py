"""Type constraints: `map(object({ name = string, tags = optional(list(string), []) }))`."""

from __future__ import annotations

from typing import NoReturn

from coordinator.iac.expressions import syntax
from coordinator.iac.expressions.convert import ConversionError, convert
from coordinator.iac.expressions.defaults import Defaults, apply_defaults
from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.parser import parse_expression
from coordinator.iac.expressions.syntax import Expression, constant_text
from coordinator.iac.expressions.types import BOOL, DYNAMIC, NUMBER, STRING, Collection, TupleType, Type, object_of
from coordinator.iac.expressions.values import Value

_PRIMITIVES = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": DYNAMIC}
_NO_DEFAULTS = Defaults({}, {})


def parse_type(node: Expression, constants: Evaluator) -> tuple[Type, Defaults]:  # noqa: RET503  # `_fail` does not return
    """Read a type constraint and the defaults of its optional attributes.

    Args:
        node: The expression after `type =`.
        constants: Evaluates the defaults, which may refer to nothing.

    Raises:
        EvaluationError: When it is no type.
    """
    quoted = constant_text(node)
    if quoted is not None:
        if not node.at.file.endswith(".json"):
            _fail(node, "Invalid quoted type constraints: Terraform 0.11 and earlier required quotes; remove them")
        node = parse_expression(quoted, node.at.file, node.at.line)
    match node:
        case syntax.Parentheses(inner=inner):
            return parse_type(inner, constants)
        case syntax.Reference(name="list" | "map" | "set" as kind):
            return Collection(kind, DYNAMIC), _NO_DEFAULTS
        case syntax.Reference(name=name) if name in _PRIMITIVES:
            return _PRIMITIVES[name], _NO_DEFAULTS
        case syntax.Call(name="list" | "map" | "set" as kind, arguments=(inner,)):
            element, defaults = parse_type(inner, constants)
            return Collection(kind, element), Defaults({}, {"": defaults}) if defaults else _NO_DEFAULTS
        case syntax.Call(name="tuple", arguments=(syntax.TupleCons(items=items),)):
            parsed = [parse_type(item, constants) for item in items]
            children = {str(i): defaults for i, (_, defaults) in enumerate(parsed) if defaults}
            return TupleType(tuple(type_ for type_, _ in parsed)), Defaults({}, children)
        case syntax.Call(name="object", arguments=(syntax.ObjectCons() as attributes,)):
            return _object(attributes, constants)
        case _:
            _fail(node, "Invalid type specification: this is not a type constraint")


def _object(node: syntax.ObjectCons, constants: Evaluator) -> tuple[Type, Defaults]:
    attributes: dict[str, Type] = {}
    optional: set[str] = set()
    defaults: dict[str, Value] = {}
    children: dict[str, Defaults] = {}
    for key_node, type_node in node.items:
        name = constants.value(key_node).raw if isinstance(key_node, (syntax.Literal, syntax.Template)) else None
        if not isinstance(name, str):
            _fail(key_node, "Invalid type specification: an attribute name is required")
        inner: Expression = type_node
        default: Expression | None = None
        if isinstance(type_node, syntax.Call) and type_node.name == "optional":
            if not 1 <= len(type_node.arguments) <= 2:  # noqa: PLR2004  # type, default
                _fail(type_node, "Invalid type specification: optional takes a type and at most one default")
            inner = type_node.arguments[0]
            default = type_node.arguments[1] if len(type_node.arguments) > 1 else None
            optional.add(name)
        attributes[name], nested = parse_type(inner, constants)
        if nested:
            children[name] = nested
        if default is not None:
            defaults[name] = _default(default, attributes[name], nested, constants)
    return object_of(attributes, frozenset(optional)), Defaults(defaults, children)


def _default(node: Expression, type_: Type, nested: Defaults, constants: Evaluator) -> Value:
    value = constants.value(node)
    try:
        return convert(apply_defaults(value, nested), type_)
    except ConversionError as error:
        _fail(node, f"Invalid default value for optional attribute: {error}")


def _fail(node: Expression, message: str) -> NoReturn:
    raise EvaluationError(node.at.file, node.at.line, message)
