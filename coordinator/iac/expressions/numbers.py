"""Terraform's numbers: binary floats of 512 bits, so 0.1 + 0.2 prints as 0.3 (Go's `big.Float`, as cty uses it)."""

from __future__ import annotations

import re
from fractions import Fraction

PRECISION = 512
MAX_EXPONENT = 100_000
"""Numbers beyond 10^±MAX_EXPONENT are refused: their digits alone would be a bomb."""

_NUMBER = re.compile(r"([+-]?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?\Z")

Number = int | Fraction


def normalise(value: Number) -> Number:
    """Round to 512 significant bits, half to even; an integral value becomes an int."""
    if isinstance(value, int):
        return value if value.bit_length() <= PRECISION else _round_integer(value)
    if value.denominator == 1:
        return normalise(value.numerator)
    shift = PRECISION - (abs(value.numerator).bit_length() - value.denominator.bit_length())
    mantissa = round(value * Fraction(2) ** shift)
    # One bit too many after an estimate from bit lengths: round once more at the right place.
    excess = abs(mantissa).bit_length() - PRECISION
    if excess > 0:
        shift -= excess
        mantissa = round(value * Fraction(2) ** shift)
    rounded = Fraction(mantissa) / Fraction(2) ** shift
    return rounded.numerator if rounded.denominator == 1 else rounded


def _round_integer(value: int) -> int:
    excess = value.bit_length() - PRECISION
    return round(Fraction(value, 1 << excess)) << excess


def parse_number(text: str) -> Number | None:
    """Read a decimal number; None when the text is none."""
    match = _NUMBER.match(text)
    if match is None or len(text) > MAX_EXPONENT:
        return None
    sign, whole, fraction, exponent = match.groups()
    digits = whole + (fraction or "")
    if exponent and len(exponent) > len(str(MAX_EXPONENT)) + 1:
        return None
    power = int(exponent or 0) - len(fraction or "")
    if abs(power) > MAX_EXPONENT:
        return None
    value = Fraction(int(digits or 0)) * Fraction(10) ** power
    return normalise(-value if sign == "-" else value)


def format_number(value: Number) -> str:
    """Write a number as Terraform does: the shortest decimal that is this number at 512 bits, never an exponent."""
    if isinstance(value, int):
        return str(value) if value.bit_length() <= PRECISION else _shortest_integer(value)
    sign, magnitude = ("-", -value) if value < 0 else ("", value)
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    # The denominator is a power of two, so the last of the 512 bits is worth 2^(exponent + 1 - PRECISION).
    half_step = Fraction(2) ** (exponent - PRECISION)
    places = 1
    while True:
        scaled = round(magnitude * 10**places)
        if abs(Fraction(scaled, 10**places) - magnitude) <= half_step:
            break
        places += 1
    text = str(scaled).rjust(places + 1, "0")
    return f"{sign}{text[:-places]}.{text[-places:]}"


def _shortest_integer(value: int) -> str:
    """Write an integer of more than 512 bits: as few digits as tell it apart, then zeros."""
    sign, magnitude = ("-", -value) if value < 0 else ("", value)
    half_step = 1 << (magnitude.bit_length() - PRECISION - 1)
    length = len(str(magnitude))
    for digits in range(1, length):
        scale = 10 ** (length - digits)
        rounded = round(Fraction(magnitude, scale)) * scale
        if abs(rounded - magnitude) <= half_step:
            return f"{sign}{rounded}"
    return f"{sign}{magnitude}"


def from_float(value: float) -> Number:
    """Convert a 64-bit float, the result of `log` or `pow`, by its shortest decimal."""
    parsed = parse_number(repr(value))
    if parsed is None:
        raise OverflowError("not a finite number")
    return parsed
