"""A tenant's own name in declarations: found, replaced, and told from the keys of a `for_each` over files or tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from shared.schema.schema import Declaration


def spellings(tenant: str) -> tuple[str, ...]:
    """Return a tenant's name, and the name with `_` for `-`."""
    return tuple(dict.fromkeys(name for name in (tenant, tenant.replace("-", "_")) if name))


def replace_tenant_name(sql: str, tenant: str) -> str:
    """Replace a tenant's own name by `{tenant}`, also as part of a name and with `_` for `-`."""
    names = [name for name in spellings(tenant) if name in sql]
    if not names:
        return sql
    spelt = "|".join(map(re.escape, names))
    return re.sub(rf"(?<![A-Za-z0-9])(?:{spelt})(?![A-Za-z0-9])", "{tenant}", sql)


class NeutralTexts:
    """Gives statements with the tenant's name replaced; computed once for texts that do not name it."""

    def __init__(self) -> None:
        self._memo: dict[tuple[int, str], tuple[str, ...]] = {}

    def __call__(self, declarations: tuple[Declaration, ...], tenant: str) -> tuple[str, ...]:
        """Return the texts of the statements."""
        named = any(name in item.sql for name in spellings(tenant) for item in declarations)
        key = (id(declarations), tenant if named else "")
        if key not in self._memo:
            self._memo[key] = tuple(replace_tenant_name(item.sql, key[1]) for item in declarations)
        return self._memo[key]


def keys_are_tenants(said: dict[str, tuple[str, ...]], *, must_equal: bool) -> bool:
    """Say whether the keys of a `for_each` are tenants, by what is declared for each.

    They are when the SQL of all is the same but for the tenant's own name, or at least one statement is in all; keys
    whose SQL has nothing in common are parts of one declaration.

    Args:
        said: The statements of each key, the key's name replaced.
        must_equal: One statement in common is not enough.
    """
    if len(said) == 1:
        return not next(iter(said)).endswith(".sql")
    distinct: list[set[str]] = [set(texts) for texts in set(said.values())]
    if all(texts == distinct[0] for texts in distinct):
        return True
    return not must_equal and bool(_common(distinct))


def _common(distinct: Iterable[set[str]]) -> set[str]:
    return set.intersection(*distinct)
