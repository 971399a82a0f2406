"""Storage parameters and OPTIONS lists: from one set of `name=value` to another."""

from __future__ import annotations

from collections.abc import Iterable

from shared.sql import quote_identifier, quote_literal

_DOCUMENTED = (
    "fillfactor", "deduplicate_items", "buffering", "fastupdate", "gin_pending_list_limit", "pages_per_range",
    "autosummarize",
)  # fmt: skip
"""Parameters in the order CREATE INDEX documents them, in which people write them and dumps then show them."""


def as_documented(options: Iterable[str]) -> list[str]:
    """Put `name=value` options in the order people write them, which is no part of the schema."""
    places = {name: place for place, name in enumerate(_DOCUMENTED)}
    return sorted(options, key=lambda option: (places.get(option.partition("=")[0], len(places)), option))


def storage_parameters(options: tuple[str, ...]) -> str:
    """Spell reloptions (`fillfactor=70`, `toast.x=y`) as a WITH list."""
    pairs = _pairs(tuple(as_documented(options)))
    return ", ".join(f"{_parameter_name(name)} = {quote_literal(value)}" for name, value in pairs)


def _pairs(options: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (option.partition("=") for option in options)]


def _parameter_name(name: str) -> str:
    return ".".join(quote_identifier(part) for part in name.split(".", 1))


def change_parameters(desired: tuple[str, ...], observed: tuple[str, ...]) -> list[str]:
    """Give the SET (…) and RESET (…) that lead from one set of reloptions to the other."""
    wanted, present = dict(_pairs(desired)), dict(_pairs(observed))
    changed = tuple(f"{name}={value}" for name, value in wanted.items() if present.get(name) != value)
    gone = sorted(present.keys() - wanted.keys())
    actions = [f"SET ({storage_parameters(changed)})"] if changed else []
    return actions + ([f"RESET ({', '.join(_parameter_name(name) for name in gone)})"] if gone else [])


def change_options(desired: tuple[str, ...], observed: tuple[str, ...]) -> str:
    """Spell the ADD, SET and DROP that lead from one OPTIONS list to the other."""
    wanted, present = dict(_pairs(desired)), dict(_pairs(observed))
    actions = [f"DROP {quote_identifier(name)}" for name in sorted(present.keys() - wanted.keys())]
    for name, value in wanted.items():
        if name not in present:
            actions.append(f"ADD {quote_identifier(name)} {quote_literal(value)}")
        elif present[name] != value:
            actions.append(f"SET {quote_identifier(name)} {quote_literal(value)}")
    return ", ".join(actions)
