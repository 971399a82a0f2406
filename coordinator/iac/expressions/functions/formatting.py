"""`format` and `formatlist`: Go's verbs over Terraform's values."""

from __future__ import annotations

import re
from fractions import Fraction

import msgspec

from coordinator.iac.expressions.convert import ConversionError, convert
from coordinator.iac.expressions.functions import json_text
from coordinator.iac.expressions.functions.registry import ANY_OR_NULL, FunctionError, function
from coordinator.iac.expressions.functions.strings import graphemes
from coordinator.iac.expressions.numbers import format_number
from coordinator.iac.expressions.types import BOOL, DYNAMIC, NUMBER, STRING, Collection, TupleType
from coordinator.iac.expressions.values import Value, list_value, null_of, string

_VERB = re.compile(
    r"%(?P<flags>[-+ #0]*)(?P<width>\d*)(?:\.(?P<precision>\d*))?(?:\[(?P<index>\d+)\])?(?P<verb>.)", re.DOTALL
)
_INDEXED = re.compile(
    r"%(?P<flags>[-+ #0]*)\[(?P<index>\d+)\](?P<width>\d*)(?:\.(?P<precision>\d*))?(?P<verb>.)", re.DOTALL
)
MAX_WIDTH = 10_000
"""The largest width and precision of a verb."""


class _Verb(msgspec.Struct, frozen=True):
    """One verb with its flags."""

    verb: str
    flags: str
    width: int
    precision: int | None


@function("format", STRING, variadic=ANY_OR_NULL, returns=STRING)
def _format(template: Value, *arguments: Value) -> Value:
    if _undecided(arguments):
        return null_of(STRING)
    return string(_formatted(template.raw, list(arguments)))


@function("formatlist", STRING, variadic=ANY_OR_NULL, returns=Collection("list", STRING))
def _formatlist(template: Value, *arguments: Value) -> Value:
    if _undecided(arguments):
        return null_of(Collection("list", STRING))
    length: int | None = None
    for argument in arguments:
        if _is_list(argument):
            if length is not None and length != len(argument.raw):
                raise FunctionError(f"the lists have different lengths: {length} and {len(argument.raw)}")
            length = len(argument.raw)
    rows = [
        string(_formatted(template.raw, [a.raw[i] if _is_list(a) else a for a in arguments]))
        for i in range(1 if length is None else length)
    ]
    return list_value(STRING, rows)


def _undecided(arguments: tuple[Value, ...]) -> bool:
    """An untyped null makes Terraform give up on the call: the result is null, whatever the verb."""
    return any(argument.is_null and argument.type == DYNAMIC for argument in arguments)


def _is_list(value: Value) -> bool:
    return not value.is_null and (
        isinstance(value.type, TupleType) or (isinstance(value.type, Collection) and value.type.kind != "map")
    )


def _formatted(template: str, arguments: list[Value]) -> str:
    out: list[str] = []
    position = used = following = 0
    while (start := template.find("%", position)) >= 0:
        out.append(template[position:start])
        if template.startswith("%%", start):
            out.append("%")
            position = start + 2
            continue
        match = _INDEXED.match(template, start) or _VERB.match(template, start)
        if match is None:
            raise FunctionError("unterminated format verb at the end of the string")
        if match["index"]:
            following = int(match["index"]) - 1
        if not 0 <= following < len(arguments):
            raise FunctionError(f"not enough arguments for {match.group()!r} at {start}: need index {following + 1}")
        out.append(_verb(_parsed(match), arguments[following], match.group()))
        following += 1
        used = max(used, following)
        position = match.end()
    out.append(template[position:])
    if used < len(arguments):
        raise FunctionError(f"too many arguments; only {used} used by format string")
    return "".join(out)


def _parsed(match: re.Match[str]) -> _Verb:
    width = int(match["width"] or 0)
    precision = None if match["precision"] is None else int(match["precision"] or 0)
    if width > MAX_WIDTH or (precision or 0) > MAX_WIDTH:
        raise FunctionError(f"the width is larger than {MAX_WIDTH}")
    return _Verb(match["verb"], match["flags"], width, precision)


def _verb(verb: _Verb, value: Value, shown: str) -> str:  # one return for each case
    if verb.verb == "v":
        return _padded(verb, _default(verb, value))
    if value.is_null:
        raise FunctionError(f"unsupported value for {shown!r}: null value cannot be formatted")
    try:
        match verb.verb:
            case "t":
                return str(convert(convert(value, BOOL), STRING).raw)
            case "s":
                return _padded(verb, _cut(verb, convert(value, STRING).raw))
            case "q":
                return _padded(verb, json_text.quote(_cut(verb, convert(value, STRING).raw), escape_html=False))
            case "b" | "d" | "o" | "x" | "X":
                return _integer(verb, convert(value, NUMBER).raw)
            case "e" | "E" | "f" | "F" | "g" | "G":
                return _float(verb, convert(value, NUMBER).raw)
    except ConversionError as error:
        raise FunctionError(f"unsupported value for {shown!r}: {error}") from None
    raise FunctionError(f"unrecognized format character {verb.verb!r}")


def _default(verb: _Verb, value: Value) -> str:
    if "#" not in verb.flags:
        if value.type == STRING and isinstance(value.raw, str):
            return _cut(verb, value.raw)
        if value.type == NUMBER and value.raw is not None:
            return (
                _general(abs(Fraction(value.raw)), None)
                if value.raw >= 0
                else f"-{_general(abs(Fraction(value.raw)), None)}"
            )
    return json_text.encode(value)


def _cut(verb: _Verb, text: str) -> str:
    return text if verb.precision is None else "".join(graphemes(text)[: verb.precision])


def _padded(verb: _Verb, text: str) -> str:
    missing = verb.width - len(graphemes(text))
    if missing <= 0:
        return text
    if "-" in verb.flags:
        return text + " " * missing
    return ("0" if "0" in verb.flags else " ") * missing + text


def _signed(verb: _Verb, digits: str, *, negative: bool) -> str:
    sign = "-" if negative else "+" if "+" in verb.flags else " " if " " in verb.flags else ""
    if "0" in verb.flags and "-" not in verb.flags:
        digits = digits.rjust(verb.width - len(sign), "0")
    text = sign + digits
    return text.ljust(verb.width) if "-" in verb.flags else text.rjust(verb.width)


def _integer(verb: _Verb, raw: int | Fraction) -> str:
    if not isinstance(raw, int):
        raise ConversionError("an integer is required")
    base = {"b": "b", "d": "d", "o": "o", "x": "x", "X": "X"}[verb.verb]
    digits = format(abs(raw), base)
    if "#" in verb.flags:
        digits = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}.get(verb.verb, "") + digits
    if verb.precision is not None:
        digits = digits.rjust(verb.precision, "0")
    return _signed(verb, digits, negative=raw < 0)


def _float(verb: _Verb, raw: int | Fraction) -> str:
    magnitude = abs(Fraction(raw))
    if verb.verb in "fF":
        digits = _fixed(magnitude, 6 if verb.precision is None else verb.precision)
    elif verb.verb in "eE":
        digits = _exponent(magnitude, 6 if verb.precision is None else verb.precision)
    else:
        digits = _general(magnitude, verb.precision)
    return _signed(verb, digits.upper() if verb.verb in "EG" else digits, negative=raw < 0)


def _fixed(magnitude: Fraction, places: int) -> str:
    scaled = str(round(magnitude * 10**places)).rjust(places + 1, "0")
    return f"{scaled[:-places]}.{scaled[-places:]}" if places else scaled


def _exponent(magnitude: Fraction, places: int) -> str:
    power = _power(magnitude)
    scaled = round(magnitude * Fraction(10) ** (places - power))
    if len(str(scaled)) > places + 1:
        power += 1
        scaled = round(magnitude * Fraction(10) ** (places - power))
    digits = str(scaled).rjust(places + 1, "0")
    mantissa = f"{digits[0]}.{digits[1:]}" if places else digits
    return f"{mantissa}e{'-' if power < 0 else '+'}{abs(power):02}"


def _power(magnitude: Fraction) -> int:
    """The decimal exponent; of the shortest decimal, for 0.0001 lies a hair below itself in binary."""
    if magnitude == 0:
        return 0
    digits = format_number(magnitude.numerator if magnitude.denominator == 1 else magnitude)
    whole, _, rest = digits.partition(".")
    if whole != "0":
        return len(whole) - 1
    return len(rest.lstrip("0")) - len(rest) - 1


def _general(magnitude: Fraction, precision: int | None) -> str:
    """`%g`: with an exponent when it is below -4 or not below the precision; 6 decides for the shortest digits."""
    if precision is None:
        digits = format_number(magnitude.numerator if magnitude.denominator == 1 else magnitude)
        power = _power(magnitude)
        if -4 <= power < 6:  # noqa: PLR2004  # Go's limits for the shortest form
            return digits
        significant = digits.replace(".", "").strip("0") or "0"
        mantissa = significant[0] + (f".{significant[1:]}" if len(significant) > 1 else "")
        return f"{mantissa}e{'-' if power < 0 else '+'}{abs(power):02}"
    precision = precision or 1
    shown = _exponent(magnitude, precision - 1)
    power = int(shown[shown.index("e") + 1 :])
    if -4 <= power < precision:  # noqa: PLR2004  # C's rule
        fixed = _fixed(magnitude, max(0, precision - 1 - power))
        return fixed.rstrip("0").rstrip(".") if "." in fixed else fixed
    mantissa, _, exponent = shown.partition("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{exponent}"
