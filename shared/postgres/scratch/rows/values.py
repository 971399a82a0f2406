"""Which values of a type are tried: ordinary ones first, then the longest and the most extreme that it has.

Values are texts as PostgreSQL's input functions read them. Nothing here is random: equal schemas get equal rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from shared.sql import quote_element

LONGEST_TEXT = 10_000
"""Characters of the longest text that is tried where a type allows longer ones."""
_LONG_TEXT = 300
"""Characters of a long text of a type without a limit."""
_MAX_VALUES = 40
"""Values of one column: as many as rows of one table. Of an enum with more labels the first so many are tried."""
_MAX_NESTED = 6
"""Values of a type within an array, a range or a composite type."""
_MAX_NESTED_TYPES = 4
"""Types within types; those deeper are NULL."""
_HEADER = 4
"""What PostgreSQL adds to a length or a precision in `atttypmod` (VARHDRSZ)."""


class TypeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One type, as the catalogs of the copy have it.

    Args:
        spelling: `format_type` without a modifier.
        form: `pg_type.typtype`: b, c, d, e, p, r or m.
        category: `pg_type.typcategory`.
        element: Of an array.
        base: Of a domain, with `modifier` for it.
        modifier: Of a domain's base type; -1 for none.
        not_null: A domain that refuses NULL.
        labels: Of an enum.
        attributes: Of a composite type: types and modifiers.
        checks: Of a domain, as PostgreSQL deparses them.
    """

    spelling: str
    form: str
    category: str
    element: int | None = None
    base: int | None = None
    modifier: int = -1
    not_null: bool = False
    labels: tuple[str, ...] = ()
    attributes: tuple[tuple[int, int], ...] = ()
    checks: tuple[str, ...] = ()


_WORDS = ("a", "", "42", "Zürich 漢字 😀", "a@example.org", "2000-01-01", "https://example.org/", "A1", 'it\'s "q" \\')
_DATES = ("2000-01-01", "1970-01-01", "0001-01-01", "9999-12-31", "infinity")
_MOMENTS = ("2000-01-01 12:34:56.789123", "1970-01-01 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999")
_KNOWN: Mapping[str, tuple[str, ...]] = {
    "boolean": ("true", "false"),
    "real": ("0.1", "0", "-1.5", "3.4e38", "-3.4e38", "1e-37", "NaN"),
    "double precision": ("0.1", "0", "-1.5", "1.7e308", "-1.7e308", "1e-300", "NaN"),
    "money": ("1.23", "0", "-92233720368547758.08", "92233720368547758.07"),
    "text": (*_WORDS, "x" * _LONG_TEXT),
    "name": ("a", "", "x" * 63),
    '"char"': ("a", "z"),
    "bytea": ("\\x61", "\\x", "\\x00ff" + "ab" * 100),
    "uuid": (
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ),
    "json": ('{"a": 1}', "null", "[]", '"text"', "42", '{"a": {"b": ["é", 1.50, null]}}'),
    "jsonb": ('{"a": 1}', "null", "[]", '"text"', "42", '{"a": {"b": ["é", 1.50, null]}}'),
    "xml": ("<a/>", "text"),
    "date": _DATES,
    "timestamp without time zone": (*_MOMENTS, "infinity"),
    "timestamp with time zone": (*(f"{moment}+00" for moment in _MOMENTS), "infinity"),
    "time without time zone": ("12:34:56.789123", "00:00:00", "24:00:00"),
    "time with time zone": ("12:34:56.789123+02", "00:00:00+00", "24:00:00-15"),
    "interval": ("1 day 02:03:04.567891", "00:00:00", "-178000000 years", "178000000 years"),
    "inet": ("192.0.2.1", "192.0.2.1/24", "2001:db8::1"),
    "cidr": ("192.0.2.0/24", "2001:db8::/32"),
    "macaddr": ("08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"),
    "macaddr8": ("08:00:2b:01:02:03:04:05", "ff:ff:ff:ff:ff:ff:ff:ff"),
    "point": ("(0,0)", "(1.5,-1e10)"),
    "line": ("{1,2,3}",),
    "lseg": ("[(0,0),(1,1)]",),
    "box": ("(1,1),(0,0)",),
    "path": ("((0,0),(1,1),(2,0))", "[(0,0),(1,1)]"),
    "polygon": ("((0,0),(1,1),(2,0))",),
    "circle": ("<(0,0),1>",),
    "tsvector": ("'a':1 'b':2", ""),
    "tsquery": ("'a' & 'b'", ""),
    "oid": ("0", "4294967295"),
    "pg_lsn": ("0/0", "FFFFFFFF/FFFFFFFF"),
}
_OF_FORM: Mapping[str, tuple[str, ...]] = {"r": ("empty", "(,)", "[,)"), "m": ("{}", "{(,)}")}
"""Ranges and multiranges, by `pg_type.typtype`."""
_OTHERS = ("a", "0", "1", "{}", "", "2000-01-01", "[1,2,3]", "POINT(0 0)", "(0,0)", "a=>1", "1.0.0")
"""Tried for types that are not known here: those of extensions."""


def values_of(types: Mapping[int, TypeFacts], type_: int, modifier: int, depth: int = 0) -> tuple[str, ...]:
    """Give values of a type, the most ordinary one first; some of them may be refused.

    Args:
        types: All that the type is made of.
        type_: Its oid.
        modifier: `atttypmod`, -1 for none.
        depth: How many types this one is within.
    """
    facts = types.get(type_)
    if facts is None or depth > _MAX_NESTED_TYPES:
        return ()
    found = list(dict.fromkeys(_values(types, facts, modifier, depth)))
    return tuple(found[: _MAX_NESTED if depth else _MAX_VALUES])


def _values(types: Mapping[int, TypeFacts], facts: TypeFacts, modifier: int, depth: int) -> Iterable[str]:
    if facts.base is not None:
        return values_of(types, facts.base, facts.modifier if facts.modifier >= 0 else modifier, depth)
    if facts.element is not None:
        return _arrays(values_of(types, facts.element, modifier, depth + 1))
    if facts.attributes:
        return _composites([values_of(types, part, limit, depth + 1) for part, limit in facts.attributes])
    if facts.spelling in _SIZED:
        return _SIZED[facts.spelling](modifier)
    return facts.labels or _KNOWN.get(facts.spelling) or _OF_FORM.get(facts.form, _OTHERS)


def _integers(bits: int) -> Iterator[str]:
    yield from ("1", "0", "2", "-1", str(2**bits - 1), str(-(2**bits)))


def _numeric(modifier: int) -> Iterator[str]:
    """Give numbers; precision and scale are in the modifier (numeric.c, make_numeric_typmod)."""
    if modifier < _HEADER:
        yield from ("1", "0", "-1.5", "0.123456789", "1e30", "-1e30")
        return
    packed = modifier - _HEADER
    precision, scale = (packed >> 16) & 0xFFFF, ((packed & 0x7FF) ^ 1024) - 1024
    yield "0"
    if 0 <= scale <= precision:
        whole, fraction = "9" * (precision - scale), "9" * scale
        largest = (whole or "0") + (f".{fraction}" if fraction else "")
        yield from ("1" if whole else largest, largest, f"-{largest}")


def _characters(modifier: int) -> Iterator[str]:
    if modifier < _HEADER:
        yield from (*_WORDS, "x" * _LONG_TEXT)
        return
    limit = modifier - _HEADER
    yield from (word for word in _WORDS if len(word) <= limit)
    yield "x" * min(limit, LONGEST_TEXT)


def _bits(modifier: int) -> Iterator[str]:
    yield from ("1" * max(modifier, 1), "0" * max(modifier, 1))


def _varying_bits(modifier: int) -> Iterator[str]:
    yield from ("1", "", "10" * (modifier // 2) if modifier > 0 else "10" * 20)


_SIZED: Mapping[str, Callable[[int], Iterable[str]]] = {
    "smallint": lambda _: _integers(15),
    "integer": lambda _: _integers(31),
    "bigint": lambda _: _integers(63),
    "numeric": _numeric,
    "character varying": _characters,
    "character": _characters,
    "bit": _bits,
    "bit varying": _varying_bits,
}
"""Types whose values are computed, most of them of the modifier."""


def _arrays(elements: tuple[str, ...]) -> Iterator[str]:
    quoted = [quote_element(element) for element in elements]
    yield f"{{{','.join(quoted[:2])}}}"
    yield "{}"
    yield from (f"{{{element}}}" for element in quoted[1:])
    yield "{NULL}"


def _composites(parts: list[tuple[str, ...]]) -> Iterator[str]:
    for number in range(max((len(values) for values in parts), default=0)):
        chosen = (values[number % len(values)] if values else None for values in parts)
        yield f"({','.join('' if value is None else quote_element(value) for value in chosen)})"
    yield f"({',' * (len(parts) - 1)})"


def distinct_values(facts: TypeFacts, types: Mapping[int, TypeFacts], count: int) -> tuple[str, ...]:
    """Give so many further values of a type that are not equal to each other, for a unique key; none where it is odd.

    Args:
        facts: The type.
        types: What it may be made of.
        count: How many.
    """
    while facts.base is not None and facts.base in types:
        facts = types[facts.base]
    match facts.spelling:
        case "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "oid" | "money":
            return tuple(str(number) for number in range(3, 3 + count))
        case "text" | "character varying" | "name" | "character":
            return tuple(f"v{number}" for number in range(count))
        case "uuid":
            return tuple(f"00000000-0000-4000-8000-{number:012x}" for number in range(1, 1 + count))
        case "date" | "timestamp without time zone" | "timestamp with time zone":
            return tuple(f"20{number:02}-01-02" for number in range(1, 1 + min(count, 90)))
        case "bytea":
            return tuple(f"\\x{number:04x}" for number in range(1, 1 + count))
        case _:
            return ()
