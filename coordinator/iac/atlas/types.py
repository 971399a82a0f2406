"""Column types and default values of Atlas HCL, as PostgreSQL writes them."""

from __future__ import annotations

import re

from coordinator.iac.atlas.blocks import BlockReader
from coordinator.iac.atlas.names import address_of
from coordinator.iac.atlas.scope import RAW, WORD
from coordinator.iac.expressions.values import Value
from shared.sql import quote_literal

_SPACED = {
    "character_varying": "character varying",
    "bit_varying": "bit varying",
    "double_precision": "double precision",
    "timestamp_with_time_zone": "timestamp with time zone",
    "timestamp_without_time_zone": "timestamp without time zone",
    "time_with_time_zone": "time with time zone",
    "time_without_time_zone": "time without time zone",
}
"""Words for types whose names have spaces."""

_INTERVAL_FIELDS = frozenset(
    {"year", "month", "day", "hour", "minute", "second", "year_to_month", "day_to_hour", "day_to_minute"}
    | {"day_to_second", "hour_to_minute", "hour_to_second", "minute_to_second"}
)
"""Words that mean an interval of these fields (postgresql.org/docs/current/datatype-datetime.html)."""

_WITHOUT_QUOTES = re.compile(
    r"(?:small|big)?int(?:eger)?\d?|bool(?:ean)?|numeric|decimal|real|double|float\d?|(?:small|big)?serial\d?"
)
"""Types whose defaults are written without quotes."""

_WORD = re.compile(r"([^\W\d]\w*)\s*(\(.*\))?\Z")


def type_of(reader: BlockReader, attribute: str = "type") -> str:
    """Return the type that an attribute names.

    Raises:
        SourceError: When there is none, or it is neither a type nor a reference to one.
    """
    value = reader.value(attribute)
    if value is None:
        reader.refuse(f'{attribute}: expected a type, such as int, varchar(255), enum.status or sql("text[]")')
    return as_type(reader, value, attribute)


def as_type(reader: BlockReader, value: Value, what: str) -> str:
    """Return the type that a value names.

    Raises:
        SourceError: When it names none.
    """
    address = address_of(value)
    if address is not None:
        return address.sql()
    text = reader.as_text(value, what)
    if RAW in value.marks or WORD not in value.marks:
        reader.texts.append(text)
        return text
    return _spelt(text)


def _spelt(text: str) -> str:
    found = _WORD.match(text)
    if found is None:
        return text
    word, arguments = found.group(1), found.group(2) or ""
    if word in _INTERVAL_FIELDS:
        fields = word.replace("_", " ")
        return f"interval {fields}{arguments}" if fields.endswith("second") else f"interval {fields}"
    for suffix in ("_with_time_zone", "_without_time_zone"):  # the precision stands in the middle
        if word.endswith(suffix) and word in _SPACED:
            return f"{word.removesuffix(suffix)}{arguments}{suffix.replace('_', ' ')}"
    return f"{_SPACED.get(word, word)}{arguments}"


def default_of(reader: BlockReader, type_: str, attribute: str = "default") -> str:
    """Return the SQL of a default value; empty when there is none."""
    value = reader.value(attribute)
    if value is None:
        return ""
    text = reader.as_text(value, attribute)
    if RAW in value.marks:
        reader.texts.append(text)
        return f"({text})"
    plain = _WITHOUT_QUOTES.match(type_.lower())
    if plain is not None and "[" not in type_ and not re.match(r"\w", type_[plain.end() :]):
        return text
    return text if _is_quoted(text) else quote_literal(text)


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text.startswith("'") and text.endswith("'")
