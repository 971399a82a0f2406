"""The table of functions: parameters, result, and how unknown, null and marked arguments are passed."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from coordinator.iac.expressions.types import DYNAMIC, Type
from coordinator.iac.expressions.values import Value


class FunctionError(Exception):
    """Why a call has no value; the message names no file, its caller does."""


class Parameter(msgspec.Struct, frozen=True):
    """One parameter.

    Args:
        type: What an argument is converted to.
        nullable: True when null is a fair argument.
    """

    type: Type
    nullable: bool = False


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """One function of the language.

    Args:
        name: As written in a call.
        parameters: Those every call gives.
        variadic: The type of any number of further arguments.
        returns: The type of the result, for calls whose arguments are not known.
        partial: True when it works on values that hold unknowns; otherwise any unknown makes the result unknown.
        keeps_marks: True when it looks at marks itself.
        run: Computes it; called with the evaluator first when `reads` is True.
        reads: True when it needs the evaluator (files, templates).
    """

    name: str
    parameters: tuple[Parameter, ...]
    variadic: Parameter | None
    returns: Type
    partial: bool
    keeps_marks: bool
    reads: bool
    run: Callable[..., Value]


FUNCTIONS: dict[str, Function] = {}
"""By name; filled by the `function` decorator of the modules beside this one."""

Implementation = Callable[..., Value]


def function(
    name: str,
    *parameters: Type | Parameter,
    variadic: Type | Parameter | None = None,
    returns: Type = DYNAMIC,
    partial: bool = False,
    keeps_marks: bool = False,
    reads: bool = False,
) -> Callable[[Implementation], Implementation]:
    """Register a function under its name (see `Function` for the arguments)."""

    def register(run: Implementation) -> Implementation:
        FUNCTIONS[name] = Function(
            name=name,
            parameters=tuple(_parameter(item) for item in parameters),
            variadic=None if variadic is None else _parameter(variadic),
            returns=returns,
            partial=partial,
            keeps_marks=keeps_marks,
            reads=reads,
            run=run,
        )
        return run

    return register


def _parameter(item: Type | Parameter) -> Parameter:
    return item if isinstance(item, Parameter) else Parameter(item)


ANY = Parameter(DYNAMIC)
ANY_OR_NULL = Parameter(DYNAMIC, nullable=True)
