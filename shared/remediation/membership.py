"""Objects that leave an extension or join one: they stay, and ALTER EXTENSION says whose they are.

Members are not read (their extension's version says what they are), so one side of a diff has such an object and the
other has not. Which it is, is a fact beside the schema (`Snapshot.extension_members`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from shared.diff.changes import ChangeKind, Missing, SchemaDiff, Unexpected
from shared.kinds import RECORDS
from shared.kinds.facts import Holds
from shared.kinds.step import Role
from shared.remediation.plan import Statement
from shared.schema.identity import ObjectId
from shared.schema.schema import Dependency, Schema, Snapshot
from shared.sql import quote_identifier, quote_literal

_LEAVE = """BEGIN
IF EXISTS (
    SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
    WHERE d.classid = 'pg_catalog.{catalog}'::pg_catalog.regclass AND d.objid = pg_catalog.{found}({member})
        AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
        AND e.extname = {extension}
) THEN
    {alter};
END IF;
END"""


class Membership(NamedTuple):
    """What a plan does about the members of extensions.

    Args:
        desired: Where the other statements lead: with what joins an extension as it is.
        diff: The changes that the other statements make.
        before: Statements that take objects out of their extensions. Routines are replaced by what follows.
        after: Statements that give objects to an extension, when they are as they shall be.
        hidden: What is missing because an extension has it, and is compared only when it has it no more: a clause.
    """

    desired: Snapshot
    diff: SchemaDiff
    before: tuple[Statement, ...]
    after: tuple[Statement, ...]
    hidden: Mapping[ObjectId, str]


def membership(desired: Snapshot, observed: Snapshot, diff: SchemaDiff) -> Membership:
    """Part what is a matter of membership from the other changes.

    Args:
        desired: Where to.
        observed: Where from.
        diff: Between them.
    """
    there = {member.identity: member.extension for member in observed.extension_members}
    wanted = {member.identity: member.extension for member in desired.extension_members}
    leaving = {c.identity: there[c.identity] for c in diff.changes if isinstance(c, Missing) and c.identity in there}
    joining = {
        c.identity: wanted[c.identity] for c in diff.changes if isinstance(c, Unexpected) and c.identity in wanted
    }
    installed = {identity.name for identity in desired.schema.by_identity() if identity.kind == "extension"}
    leaving = {identity: name for identity, name in leaving.items() if name in installed}
    hidden = {
        identity: f"is a member of extension {name} here, and is compared when it is none: run this, and plan again"
        for identity, name in leaving.items()
        if identity.kind != "routine"
    }
    goal, rest = _with_joining(desired, observed, diff, set(joining))
    before = tuple(_leave(identity, name) for identity, name in sorted(leaving.items()))
    after = tuple(_statement(name, _altering(name, "ADD", identity)) for identity, name in sorted(joining.items()))
    return Membership(goal, rest, before, after, hidden)


def _with_joining(
    desired: Snapshot, observed: Snapshot, diff: SchemaDiff, joining: set[ObjectId]
) -> tuple[Snapshot, SchemaDiff]:
    """Give the desired schema with what joins an extension as it is, and the changes that are left."""
    if not joining:
        return desired, diff
    unexpected = {c.identity: c.observed for c in diff.changes if isinstance(c, Unexpected)}
    kept, more = set(joining), True
    while more:
        found = {i for i, item in unexpected.items() if kept & {*RECORDS[item.kind].comes_with(item)}}
        more = bool(found - kept)
        kept |= found
    objects = {**desired.schema.by_identity(), **{identity: unexpected[identity] for identity in kept}}
    edges = {
        Dependency(edge.dependent, edge.referenced)
        for edge in observed.dependencies
        if {edge.dependent, edge.referenced} & kept and {edge.dependent, edge.referenced} <= objects.keys()
    }
    orders = {(order.namespace, order.relation): order for order in (*observed.column_order, *desired.column_order)}
    goal = msgspec.structs.replace(
        desired,
        schema=Schema.of(objects.values()),
        dependencies=tuple(sorted({*desired.dependencies, *edges})),
        column_order=tuple(sorted(orders.values())),
    )
    return goal, SchemaDiff(tuple(change for change in diff.changes if change.identity not in kept))


def _leave(member: ObjectId, extension: str) -> Statement:
    """Take an object out of an extension, where it is one of its members: tenants that look alike may not have it."""
    record = RECORDS[member.kind]
    if record.holds in (Holds.ROWS, Holds.QUERY) or member.kind == "sequence":
        catalog, found = "pg_class", "to_regclass"
    elif record.overloaded:
        catalog, found = "pg_proc", "to_regprocedure"
    else:
        catalog, found = "pg_type", "to_regtype"
    body = _LEAVE.format(
        catalog=catalog,
        found=found,
        member=quote_literal(record.designation(member)),
        extension=quote_literal(extension),
        alter=_altering(extension, "DROP", member),
    )
    return _statement(extension, f"DO {quote_literal(body)}")


def _altering(extension: str, verb: str, member: ObjectId) -> str:
    record = RECORDS[member.kind]
    return f"ALTER EXTENSION {quote_identifier(extension)} {verb} {record.keyword} {record.designation(member)}"


def _statement(extension: str, sql: str) -> Statement:
    about = ObjectId(kind="extension", name=extension)
    return Statement(sql=sql, object=about, change=ChangeKind.ALTERED, role=Role.SET)
