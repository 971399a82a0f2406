"""What is compared. Facets (owner, privileges, …) are off unless asked for."""

from __future__ import annotations

import msgspec


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Which facets are read and compared, `[compare]` in the configuration. Part of every fingerprint."""

    owners: bool = False
    privileges: bool = False
    comments: bool = False
    security_labels: bool = False
    settings: bool = False

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


EVERYTHING = Profile(owners=True, privileges=True, comments=True, security_labels=True, settings=True)
"""What `--all` compares."""
