"""How a fleet keeps the rows of its tenants apart where they share tables: `[tenancy]` of the configuration."""

from __future__ import annotations

from fnmatch import fnmatchcase

import msgspec


class Tenancy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the tenancy rules hold a schema and its services to. Without a column they are off.

    Args:
        column: The column that says whose a row is.
        setting: What policies compare it with: the name of a setting (`app.tenant_id`), or a function that gives the
            tenant (`app.current_tenant()`). Empty where row-level security is not what keeps tenants apart.
        tables: Patterns of the tables that hold rows of tenants, by name or `namespace.name`; empty: all.
        exclude: Patterns of tables that belong to no tenant.

    Raises:
        ValueError: When there is no column and something else is given.
    """

    column: str = ""
    setting: str = ""
    tables: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.column and (self.setting or self.tables or self.exclude):
            raise ValueError('needs column, as column = "tenant_id": without it the tenancy rules are off')

    def concerns(self, namespace: str, name: str) -> bool:
        """Say whether a table holds rows of tenants."""
        if not self.column or _matches(namespace, name, self.exclude):
            return False
        return not self.tables or _matches(namespace, name, self.tables)


def _matches(namespace: str, name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(f"{namespace}.{name}" if "." in pattern else name, pattern) for pattern in patterns)
