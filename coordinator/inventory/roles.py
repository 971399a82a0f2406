"""Asks the servers of a fleet for which services' roles row-level security does not hold: no schema says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from coordinator.settings.maintenance import Closed
from shared.findings.tenancy.case import UnconfinedRole
from shared.hosts import Host
from shared.postgres.failures import TargetError
from shared.postgres.query_files import query_text
from shared.targets import Limits, Target
from workers.isolated.readers import Readers


class _Row(msgspec.Struct, frozen=True):
    role: str
    becomes: str
    superuser: bool


class RolesRead(msgspec.Struct, frozen=True):
    """What the servers said of some roles.

    Args:
        unconfined: Those for which row-level security does not hold, sorted.
        unread: Hosts that could not be asked, each in a sentence.
    """

    unconfined: tuple[UnconfinedRole, ...] = ()
    unread: tuple[str, ...] = ()


async def read_roles(
    roles: Iterable[str], targets: Sequence[Target], hosts: Mapping[str, Host], limits: Limits, closed: Closed
) -> RolesRead:
    """Ask each server on which targets live, in the database of its first one.

    Args:
        roles: As which services connect.
        targets: The fleet.
        hosts: By name.
        limits: Time bounds.
        closed: The hosts in maintenance, which are not asked.
    """
    wanted = frozenset(roles)
    first = {target.host: target.database for target in reversed(targets)} if wanted else {}
    found: dict[tuple[str, str, bool], list[str]] = {}
    unread: list[str] = []
    async with Readers(limits) as readers:
        for name, database in sorted(first.items()):
            if name in closed:
                unread.append(_not_known(name, closed[name].sentence))
                continue
            try:
                rows = await readers.strings(hosts[name], database, query_text("unconfined_roles.sql"))
            except TargetError as error:
                unread.append(_not_known(name, str(error)))
                continue
            for row in (msgspec.json.decode(text, type=_Row) for text in rows):
                if row.role in wanted:
                    found.setdefault((row.role, row.becomes, row.superuser), []).append(name)
    roles_found = (
        UnconfinedRole(role=role, becomes=becomes, superuser=superuser, hosts=tuple(names))
        for (role, becomes, superuser), names in found.items()
    )
    return RolesRead(tuple(sorted(roles_found)), tuple(unread))


def _not_known(host: str, why: str) -> str:
    return f"whether row-level security holds for roles on the host {host} is not known: {why}"
