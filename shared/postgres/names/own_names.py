"""What is called after one tenant: its namespace, its roles, its name in literals. Equal tenants differ in no more."""

from __future__ import annotations

import msgspec

from shared.schema.profile import Profile
from shared.targets import Target

PLACEHOLDER = "{tenant}"
_ROLE = "{role}"  # where a role is called exactly as its tenant: the namespace's placeholder is taken


class OwnNames(msgspec.Struct, frozen=True, kw_only=True):
    """The names that placeholders stand for.

    Args:
        namespace: The tenant's namespace, `{tenant}` in schemas and plans; empty where the tenant is a whole database.
        literal: What `{tenant}` says in text literals and comments; empty where those are left alone.
        roles: (name, placeholder) of each role of its own.
    """

    namespace: str = ""
    literal: str = ""
    roles: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.namespace or self.literal or self.roles)


def own_names(target: Target, profile: Profile) -> OwnNames:
    """Give a tenant's own names as `[compare]` describes them."""
    return _names(profile, target.namespace, target.namespace or target.tenant, target.tenant, target.database)


def declared_names(profile: Profile, *, namespaced: bool) -> OwnNames:
    """Give the names that a declaration uses which speaks of every tenant at once: the placeholders themselves."""
    return _names(profile, PLACEHOLDER if namespaced else "", PLACEHOLDER, PLACEHOLDER, "{database}")


def _names(profile: Profile, namespace: str, literal: str, tenant: str, database: str) -> OwnNames:
    roles: dict[str, str] = {}
    for pattern in profile.roles:
        name = pattern.replace("{tenant}", tenant).replace("{database}", database).replace("{namespace}", namespace)
        roles.setdefault(name, _ROLE if pattern == PLACEHOLDER else pattern)
    return OwnNames(namespace=namespace, literal=literal if profile.literals else "", roles=tuple(roles.items()))
