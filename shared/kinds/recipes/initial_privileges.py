"""What was granted and revoked since initdb or an extension made an object: the rest of its grants is not known here.

`pg_init_privs` (catalogs, "pg_init_privs") says what they granted, which is another thing on every version.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared.schema.facets import Grant, Privileges

_Atom = tuple[str, str, str, bool]
"""Grantee, grantor, privilege, and whether it may be given on."""


def known_grants(desired: Privileges | None, observed: Privileges | None) -> tuple[list[Grant], list[Grant]]:
    """Give as much of both sides' grants as a plan between them has to know; None is what it was made with.

    Returns:
        The desired and the observed grants, without those of the beginning that neither side has revoked.
    """
    initial = _atoms(desired.revoked if desired else ()) | _atoms(observed.revoked if observed else ())
    return _grants_of(desired, initial), _grants_of(observed, initial)


def _grants_of(facet: Privileges | None, initial: frozenset[_Atom]) -> list[Grant]:
    if facet is None:
        return _joined(initial)
    return _joined(_atoms(facet.grants) | (initial - _atoms(facet.revoked)))


def _atoms(grants: Iterable[Grant]) -> frozenset[_Atom]:
    return frozenset(
        (grant.grantee, grant.grantor, privilege, option)
        for grant in grants
        for privileges, option in ((grant.privileges, False), (grant.grantable, True))
        for privilege in privileges
    )


def _joined(atoms: frozenset[_Atom]) -> list[Grant]:
    def held(grantee: str, grantor: str, *, grantable: bool) -> tuple[str, ...]:
        hold = (grantee, grantor, grantable)
        return tuple(sorted(name for one, other, name, option in atoms if (one, other, option) == hold))

    return [
        Grant(
            grantee=grantee,
            grantor=grantor,
            privileges=held(grantee, grantor, grantable=False),
            grantable=held(grantee, grantor, grantable=True),
        )
        for grantee, grantor in sorted({(grantee, grantor) for grantee, grantor, _, _ in atoms})
    ]
