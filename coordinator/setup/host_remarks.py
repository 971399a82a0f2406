"""Looks at the servers of a fleet: whether they answer, as whom, how encrypted, and whether their tenants are open."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

import msgspec

from coordinator.setup.remark import Level, Remark, clock_remark
from shared.hosts import Host, is_loopback
from shared.postgres.failures import TargetError
from shared.postgres.query_files import query_text
from shared.targets import Failure, FailureKind, Limits, Target
from workers.isolated.readers import Readers

_NO_LIMIT = -1  # pg_roles.rolconnlimit
_MAX_NAMES_SHOWN = 3
_ADVICE: Mapping[FailureKind, str] = {
    FailureKind.REFUSED: "is address and port right, is the server up, does it listen there, is a firewall between?",
    FailureKind.CONNECT_TIMEOUT: "nothing answers: a firewall, or another address? See [hosts.{host}] address and port",
    FailureKind.AUTHENTICATION: "see user and password of [hosts.{host}], and pg_hba.conf of the server",
    FailureKind.NO_DATABASE: "name a database that exists: [hosts.{host}] maintenance_database",
    FailureKind.PERMISSION: "`fleetdrift role-sql {host}` prints what the role needs",
    FailureKind.UNSAFE_ROLE: "`fleetdrift role-sql {host}` prints a role that may read and nothing else: use that one",
    FailureKind.UNSUPPORTED: "connect to the server itself, not to a pooler of transactions; PostgreSQL 14 or later",
}


class _Facts(msgspec.Struct, frozen=True):
    version: str
    role: str
    encrypted: bool
    now: float
    connections: int
    closed: tuple[str, ...]


async def host_remarks(hosts: Iterable[Host], targets: Iterable[Target], limits: Limits) -> AsyncIterator[Remark]:
    """Look at each host.

    Args:
        hosts: All that are configured.
        targets: The tenants, as far as they could be listed.
        limits: Bounds on time, and whether a role that may do harm is accepted.
    """
    listed = tuple(targets)
    strict, lax = (msgspec.structs.replace(limits, allow_unsafe_role=unsafe) for unsafe in (False, True))
    async with Readers(strict) as readers, Readers(lax) as any_role:
        for host in hosts:
            databases = sorted({target.database for target in listed if target.host == host.name})
            powers = ""
            asked_at = time.time()
            try:
                facts = await _facts(readers, host)
            except TargetError as error:
                if error.failure.kind is not FailureKind.UNSAFE_ROLE:
                    yield _failed(host, f"host {host.name}", error.failure)
                    continue
                powers = error.failure.message
                facts = await _facts(any_role, host)
            skew = facts.now - (asked_at + time.time()) / 2
            role = _role(host, facts, powers, accepted=limits.allow_unsafe_role)
            for remark in _of_facts(host, facts, role, databases):
                yield remark
            yield clock_remark(f"host {host.name}, clock", skew)
            if databases and role.level is not Level.FAIL:
                yield await _of_a_tenant(any_role if powers else readers, host, databases[0])


async def _facts(readers: Readers, host: Host) -> _Facts:
    [text] = await readers.strings(host, host.maintenance_database, query_text("host_facts.sql"))
    return msgspec.json.decode(text, type=_Facts)


def _role(host: Host, facts: _Facts, powers: str, *, accepted: bool) -> Remark:
    """Say what the role may do that reads a host; accepting harm in the configuration does not make it harmless."""
    about, advice = f"host {host.name}, role", _ADVICE[FailureKind.UNSAFE_ROLE].format(host=host.name)
    if not powers:
        found = f"{facts.role!r} is no superuser, copies nothing and passes no policy by"
        return Remark(Level.OK, about, found)
    if not accepted:
        return Remark(Level.FAIL, about, powers, advice)
    held = powers.partition(";")[0]
    found = f"{held}; [limits] allow_unsafe_role accepts it, and what a tenant planted could run with that"
    return Remark(Level.WARN, about, found, advice)


def _of_facts(host: Host, facts: _Facts, role: Remark, databases: list[str]) -> Iterator[Remark]:
    about = f"host {host.name}"
    yield Remark(Level.OK, about, f"answers as PostgreSQL {facts.version}, through no pooler in transaction mode")
    yield role
    yield _encryption(host, f"{about}, TLS", facts)
    if facts.connections != _NO_LIMIT and facts.connections < host.max_connections:
        found = (
            f"the role may hold {facts.connections}, and [hosts.{host.name}] max_connections is {host.max_connections}"
        )
        yield Remark(Level.WARN, f"{about}, connections", found, "raise the one, or lower the other")
    closed = sorted(set(facts.closed).intersection(databases))
    if closed:
        more = f" and {len(closed) - _MAX_NAMES_SHOWN} more" if len(closed) > _MAX_NAMES_SHOWN else ""
        found = f"{facts.role!r} may not connect to {', '.join(map(repr, closed[:_MAX_NAMES_SHOWN]))}{more}"
        advice = _ADVICE[FailureKind.PERMISSION].format(host=host.name)
        yield Remark(Level.FAIL, f"{about}, rights", found, advice)


def _encryption(host: Host, about: str, facts: _Facts) -> Remark:
    if facts.encrypted:
        checked = host.sslmode in {"verify-ca", "verify-full"}
        if checked or is_loopback(host.address):
            return Remark(Level.OK, about, "encrypted")
        advice = f'[hosts.{host.name}] sslmode = "verify-full" with sslrootcert checks it'
        return Remark(Level.WARN, about, "encrypted, and nobody checks who answers", advice)
    if is_loopback(host.address):
        return Remark(Level.OK, about, "not encrypted, and the server is on this machine")
    advice = f'turn on TLS at the server, and set [hosts.{host.name}] sslmode = "verify-full"'
    return Remark(Level.WARN, about, "not encrypted, and the server is on another machine", advice)


async def _of_a_tenant(readers: Readers, host: Host, database: str) -> Remark:
    about = f"host {host.name}, tenants"
    try:
        await readers.strings(host, database, "SELECT current_user::text")
    except TargetError as error:
        return _failed(host, about, error.failure)
    return Remark(Level.OK, about, f"the first of them can be read: the database {database!r}")


def _failed(host: Host, about: str, failure: Failure) -> Remark:
    return Remark(Level.FAIL, about, failure.message, _ADVICE.get(failure.kind, "").format(host=host.name))
