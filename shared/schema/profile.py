"""What is compared. Facets (owner, privileges, …) and what only some server versions know are off unless asked for."""

from __future__ import annotations

import msgspec


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Which facets are read and compared, `[compare]` in the configuration. Part of every fingerprint.

    Args:
        owners: Who owns each object.
        privileges: Grants, and default privileges.
        comments: `COMMENT ON`.
        security_labels: `SECURITY LABEL`.
        settings: `ALTER DATABASE/ROLE … SET`.
        not_null_names: How NOT NULL constraints are called. Servers before v18 have no such names, and one that
            followed a renamed table, or a LIKE, would make a mixed fleet drift.
        partitions: Partitions that nobody declared, also those that only follow their parent: time makes them.
        tools: What well-known tools keep for themselves: version tables, shards, what replication made.
        spelling: What PostgreSQL keeps as it was written though it means the same: `on` and `true` in storage
            parameters, those that say the default, line ends of bodies, the order of UPDATE OF columns; between two
            live databases, a check in other words.
        literals: A tenant's own name in text literals and comments is a placeholder too: where tenants are made from a
            template that writes it there. The declaration says `{tenant}`.
        roles: Roles that each tenant has of its own, as `{tenant}_app`; `{database}` and `{namespace}` may stand there
            too. They are compared by these names, and plans name each tenant's own.
    """

    owners: bool = False
    privileges: bool = False
    comments: bool = False
    security_labels: bool = False
    settings: bool = False
    not_null_names: bool = False
    partitions: bool = False
    tools: bool = False
    spelling: bool = False
    literals: bool = False
    roles: tuple[str, ...] = ()

    def facets(self) -> frozenset[str]:
        """Give the kinds of facets that are read under this profile."""
        chosen: set[str] = set()
        for wanted, kinds in (
            (self.owners, ("owner",)),
            (self.privileges, ("privileges", "default_privileges")),
            (self.comments, ("comment",)),
            (self.security_labels, ("security_label",)),
            (self.settings, ("database_setting",)),
        ):
            if wanted:
                chosen.update(kinds)
        return frozenset(chosen)

    def label(self) -> str:
        """Name the profile within a fingerprint: two profiles never share one."""
        named = [word for word in ("not_null_names", "literals") if getattr(self, word)]
        return ",".join((*sorted(self.facets()), *named, *(f"role {pattern!r}" for pattern in self.roles)))


EVERYTHING = Profile(
    owners=True,
    privileges=True,
    comments=True,
    security_labels=True,
    settings=True,
    not_null_names=True,
    partitions=True,
    tools=True,
    spelling=True,
)
"""What `--all` compares."""
