"""The settings that are pinned wherever SQL is sent to a tenant, in one place.

A database or a role can have settings of its own (ALTER DATABASE … SET, which its owner may), and they change what SQL
means: where a string ends, which characters a name has, whose operators run, what a deparsed expression looks like.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from shared.sql import quote_literal

_MEANING = (
    ("quote_all_identifiers", "off"),  # first: it changes how a search path is stored
    ("search_path", "pg_catalog, pg_temp"),
    ("TimeZone", "UTC"),
    ("DateStyle", "ISO, MDY"),
    ("IntervalStyle", "postgres"),
    ("bytea_output", "hex"),
    ("extra_float_digits", "1"),
    ("lc_monetary", "C"),
    ("xmlbinary", "base64"),
    ("xmloption", "content"),
    ("standard_conforming_strings", "on"),
    ("row_security", "off"),
)
"""What literals, names and printed values mean; for reading and for writing."""

PINNED = (
    *_MEANING,
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("plan_cache_mode", "auto"),
    # Every query reads whole catalogs. Without statistics the planner believes in one row and loops over catalogs in
    # catalogs: hash joins keep the time linear in the number of objects.
    ("enable_nestloop", "off"),
    ("enable_hashjoin", "on"),
    ("enable_mergejoin", "off"),  # never the better way here, and a tenth of the planning
)
"""For reading catalogs: name, and value as `current_setting` gives it back."""

WRITING = (
    *_MEANING,
    ("client_encoding", "UTF8"),
    ("client_min_messages", "warning"),
    ("escape_string_warning", "off"),
    ("backslash_quote", "safe_encoding"),
    ("array_nulls", "on"),
    ("transform_null_equals", "off"),
    ("lc_numeric", "C"),
    ("lc_time", "C"),
    ("check_function_bodies", "off"),
    ("default_tablespace", ""),
    ("default_table_access_method", "heap"),
    ("synchronize_seqscans", "off"),
    ("idle_in_transaction_session_timeout", "60s"),
)
"""For plans: all that the reader pins about meaning, and all that pg_dump pins besides (`SET` at its head)."""


def setting(values: Iterable[tuple[str, str]], *, scope: Literal["LOCAL", "SESSION"] = "LOCAL") -> tuple[str, ...]:
    """Write the statements that set these settings: for one transaction, or for the session."""
    return tuple(f"SET {scope} {name} = {_value(name, value)}" for name, value in values)


def _value(name: str, value: str) -> str:
    return value if name == "search_path" else quote_literal(value)  # a list of names, not one text
