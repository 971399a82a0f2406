"""Functions on numbers."""

from __future__ import annotations

import math

from coordinator.iac.expressions.convert import ConversionError, convert
from coordinator.iac.expressions.functions.registry import FunctionError, function
from coordinator.iac.expressions.functions.strings import whole
from coordinator.iac.expressions.numbers import Number, from_float
from coordinator.iac.expressions.types import DYNAMIC, NUMBER, list_of
from coordinator.iac.expressions.values import Value, list_value, number

MAX_RANGE = 1024
"""Terraform's own limit on `range`."""


@function("abs", NUMBER, returns=NUMBER)
def _abs(value: Value) -> Value:
    return number(abs(value.raw))


@function("ceil", NUMBER, returns=NUMBER)
def _ceil(value: Value) -> Value:
    return number(math.ceil(value.raw))


@function("floor", NUMBER, returns=NUMBER)
def _floor(value: Value) -> Value:
    return number(math.floor(value.raw))


@function("signum", NUMBER, returns=NUMBER)
def _signum(value: Value) -> Value:
    sign = whole(value)
    return number((sign > 0) - (sign < 0))


@function("min", NUMBER, variadic=NUMBER, returns=NUMBER)
def _min(*values: Value) -> Value:
    return number(min(value.raw for value in values))


@function("max", NUMBER, variadic=NUMBER, returns=NUMBER)
def _max(*values: Value) -> Value:
    return number(max(value.raw for value in values))


def _float(value: Value) -> float:
    try:
        return float(value.raw)
    except OverflowError:
        raise FunctionError("the number is too large") from None


@function("log", NUMBER, NUMBER, returns=NUMBER)
def _log(value: Value, base: Value) -> Value:
    try:
        return number(from_float(math.log(_float(value)) / math.log(_float(base))))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise FunctionError("the logarithm is not a finite number") from None


@function("pow", NUMBER, NUMBER, returns=NUMBER)
def _pow(value: Value, power: Value) -> Value:
    try:
        result = math.pow(_float(value), _float(power))
        return number(int(result) if result.is_integer() else from_float(result))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise FunctionError("the power is not a finite number") from None


@function("sum", list_of(DYNAMIC), returns=NUMBER)
def _sum(values: Value) -> Value:
    if not values.raw:
        raise FunctionError("cannot sum an empty list")
    total: Number = 0
    for item in values.raw:
        try:
            total += convert(item, NUMBER).raw
        except (ConversionError, TypeError):
            raise FunctionError("argument must be list, set, or tuple of number values") from None
    return number(total)


@function("range", NUMBER, variadic=NUMBER, returns=list_of(NUMBER))
def _range(*arguments: Value) -> Value:
    limits = [value.raw for value in arguments]
    match limits:
        case [end]:
            start: Number = 0
            step: Number = 1 if end >= 0 else -1
        case [start, end]:
            step = 1 if start <= end else -1
        case [start, end, step]:
            pass
        case _:
            raise FunctionError("must have one, two, or three arguments")
    if step == 0:
        raise FunctionError("step must not be zero")
    if (end > start and step < 0) or (end < start and step > 0):
        raise FunctionError("the step leads away from the end")
    items: list[Value] = []
    current = start
    while (current < end) if step > 0 else (current > end):
        if len(items) >= MAX_RANGE:
            raise FunctionError(
                f"more than {MAX_RANGE} values were generated; either decrease the difference or the step"
            )
        items.append(number(current))
        current += step
    return list_value(NUMBER, items)
