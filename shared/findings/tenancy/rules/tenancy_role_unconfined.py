"""`tenancy-role-unconfined`: row-level security does not hold for the role as which a service connects."""

from __future__ import annotations

from collections.abc import Iterator

from shared.findings.tenancy.case import TenancyCase, UnconfinedRole
from shared.findings.tenancy.rule import VIOLATED, Fault, TenancyRule
from shared.schema.identity import ObjectId


def _judge(case: TenancyCase) -> Iterator[Fault]:
    by_role: dict[str, UnconfinedRole] = {}
    for role in case.roles:  # its own attributes come first, and one way past the policies is enough
        by_role.setdefault(role.role, role)
    for name, role in by_role.items() if case.tenancy.setting else ():
        identity = ObjectId(kind="role", name=name)
        yield Fault(VIOLATED, identity, f"{identity}, as which a service connects, {_why(role)}.", identity)


def _why(role: UnconfinedRole) -> str:
    attribute = "is a superuser" if role.superuser else "has BYPASSRLS"
    what = attribute if role.becomes == role.role else f"may become {role.becomes}, which {attribute}"
    hosts = f"{'hosts' if len(role.hosts) > 1 else 'host'} {', '.join(role.hosts)}"
    return f"{what} on {hosts}: no policy holds for it, and it reads and writes the rows of all tenants"


RULE = TenancyRule(id="tenancy-role-unconfined", title="No policy holds for the role of a service", judge=_judge)
