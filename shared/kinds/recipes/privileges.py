"""GRANT and REVOKE: from one access control list to another, PostgreSQL's defaults included (ddl-priv.html)."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

import msgspec

from shared.kinds.context import Context
from shared.kinds.database_roles import DATABASE_OWNER, acting_as, quote_role, resolve_roles
from shared.kinds.lookup import facts_of, relations
from shared.kinds.naming import grant_designation
from shared.kinds.recipes.initial_privileges import known_grants
from shared.kinds.side import Side
from shared.kinds.step import Role, Step
from shared.schema.facets import DefaultPrivileges, Grant, Owner, Privileges
from shared.schema.identity import ObjectId, QualifiedName
from shared.sql import quote_identifier, quote_qualified

_MAINTAIN = 170000
_TABLE = ("DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE")
_ALL = {
    "TABLE": _TABLE,
    "SEQUENCE": ("SELECT", "UPDATE", "USAGE"),
    "ROUTINE": ("EXECUTE",),
    "SCHEMA": ("CREATE", "USAGE"),
    "TYPE": ("USAGE",),
    "LANGUAGE": ("USAGE",),
    "FOREIGN DATA WRAPPER": ("USAGE",),
    "FOREIGN SERVER": ("USAGE",),
    "LARGE OBJECTS": ("SELECT", "UPDATE"),
}
_PUBLIC = {"ROUTINE": ("EXECUTE",), "TYPE": ("USAGE",), "LANGUAGE": ("USAGE",)}
_PUBLIC_NAMESPACE = ObjectId(kind="namespace", name="public")
_TIGHT_PUBLIC = 150000  # since v15 PUBLIC cannot create in `public`
OWNER = "{owner}"


def _all(object_type: str, server_version: int) -> tuple[str, ...]:
    extra = ("MAINTAIN",) if object_type == "TABLE" and server_version >= _MAINTAIN else ()
    return tuple(sorted((*_ALL[object_type], *extra)))


def default_grants(object_type: str, server_version: int) -> tuple[Grant, ...]:
    """Give what PostgreSQL grants on a fresh object: everything to its owner, and little to PUBLIC."""
    grants = [Grant(grantee=OWNER, privileges=_all(object_type, server_version))]
    if object_type in _PUBLIC:
        grants.append(Grant(grantee="public", privileges=_PUBLIC[object_type]))
    return tuple(grants)


class _Hold(NamedTuple):
    """Whose privileges these are, and who gave them; the owner is an empty grantor."""

    grantee: str
    grantor: str


class _Acl:
    """An access control list as (grantee, grantor) → (privileges, grantable ones)."""

    def __init__(self, grants: Iterable[Grant]) -> None:
        self.held = {
            _Hold(grant.grantee, grant.grantor): (set(grant.privileges) | set(grant.grantable), set(grant.grantable))
            for grant in grants
        }

    def of(self, hold: _Hold) -> tuple[set[str], set[str]]:
        return self.held.get(hold, (set(), set()))

    def depth(self, hold: _Hold) -> int:
        """Count the hands that a privilege went through before this grantor's."""
        depth, grantors = 0, {hold.grantor}
        while "" not in grantors and depth < len(self.held):
            grantors = {
                above.grantor for above, (_, option) in self.held.items() if above.grantee in grantors and option
            }
            depth += 1
        return depth


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What GRANT and REVOKE are about.

    Args:
        on: `ON TABLE "n"."t"`, or `ON TABLES` for default privileges.
        owner: SQL of the role `{owner}` stands for.
        head: What stands before REVOKE and GRANT, for default privileges.
        columns: ` ("c")` for a column's privileges.
    """

    on: str
    owner: str
    head: str = ""
    columns: str = ""


def change_grants(
    target: Target, desired: Iterable[Grant], observed: Iterable[Grant], certain: Iterable[Grant] | None = None
) -> list[Step]:
    """Give the REVOKEs and GRANTs, per grantee, that lead from one list to the other.

    Args:
        target: What they are about.
        desired: Where to.
        observed: Where from: what may be held.
        certain: What is held for certain, where that is less.
    """
    wanted, present = tuple(desired), tuple(observed)
    own, had = _by_the_owner(wanted), _by_the_owner(present)
    if set(wanted) - set(own) == set(present) - set(had):
        return _change(target, wanted, present, certain)
    # Whatever others gave is given anew, for whatever they were given may come by another way now.
    sure = None if certain is None else _by_the_owner(certain)
    return _change(target, had, present, None) + _change(target, own, had, sure) + _change(target, wanted, own, None)


def _by_the_owner(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    return tuple(grant for grant in grants if not grant.grantor)


def _change(
    target: Target, desired: Iterable[Grant], observed: Iterable[Grant], certain: Iterable[Grant] | None
) -> list[Step]:
    wanted, present = _Acl(desired), _Acl(observed)
    sure = present if certain is None else _Acl(certain)
    revokes: list[tuple[int, Step]] = []
    grants: list[tuple[int, Step]] = []
    for hold in sorted(wanted.held.keys() | present.held.keys(), key=lambda hold: (hold.grantee != OWNER, hold)):
        role = target.owner if hold.grantee == OWNER else quote_role(hold.grantee)
        (want, want_option), (have, have_option), (held, held_option) = (
            acl.of(hold) for acl in (wanted, present, sure)
        )
        for gone, option in ((have - want, ""), ((have_option - want_option) & want, "GRANT OPTION FOR ")):
            if gone:
                sql = f"{target.head}REVOKE {option}{_spelled(gone, target)} {target.on} FROM {role}"
                revokes.append((-present.depth(hold), _by(hold.grantor, sql)))
        for new, option in ((want - held - want_option, ""), (want_option - held_option, " WITH GRANT OPTION")):
            if new:
                sql = f"{target.head}GRANT {_spelled(new, target)} {target.on} TO {role}{option}"
                grants.append((wanted.depth(hold), _by(hold.grantor, sql)))
    # What was given on ends before that by which it was given, and comes after it.
    return [step for _, step in (*sorted(revokes, key=itemgetter(0)), *sorted(grants, key=itemgetter(0)))]


def _by(grantor: str, sql: str) -> Step:
    return Step(Role.SET, acting_as(grantor, sql) if grantor else resolve_roles(sql))


def _spelled(privileges: set[str], target: Target) -> str:
    return ", ".join(f"{privilege}{target.columns}" for privilege in sorted(privileges))


def _target(carrier: ObjectId, context: Context) -> Target:
    owner = _owner(carrier, context)
    if carrier.kind == "column":
        table = quote_qualified(QualifiedName(carrier.namespace, carrier.parent))
        return Target(on=f"ON TABLE {table}", owner=owner, columns=f" ({quote_identifier(carrier.name)})")
    return Target(on=f"ON {facts_of(carrier.kind).granted_as} {grant_designation(carrier)}", owner=owner)


def _owner(carrier: ObjectId, context: Context) -> str:
    """Name the owner as it is after the plan; the role that runs it where owners are not compared."""
    for side in (context.desired, context.observed):
        owner = owner_on(side, carrier)
        if owner is not None:
            return quote_role(owner.role)
    return "CURRENT_USER"


def owner_on(side: Side, carrier: ObjectId) -> Owner | None:
    """Give the owner of an object, of a column that of its relation; None where owners are not compared.

    Args:
        side: Where.
        carrier: The object.
    """
    kinds = relations() if carrier.kind == "column" else (carrier.kind,)
    for kind in kinds:
        name = carrier.parent if carrier.kind == "column" else carrier.name
        signature = "" if carrier.kind == "column" else carrier.signature
        owner = side.find(
            Owner, ObjectId(kind="owner", namespace=carrier.namespace, name=name, signature=signature, of=kind)
        )
        if owner is not None:
            return owner
    return None


def _under_new_owner(carrier: ObjectId, grants: Iterable[Grant], context: Context) -> list[Grant]:
    """Give the grants as they are once the plan has changed the owner: what the new one had or gave is the owner's.

    OWNER TO puts the new owner's name in the place of the old one's and joins what is then alike (aclnewowner).
    """
    owner, before = owner_on(context.desired, carrier), owner_on(context.observed, carrier)
    stays = before is not None and owner is not None and before.role == owner.role and carrier not in context.creates
    if owner is None or stays:
        return list(grants)
    return _merged(
        [
            msgspec.structs.replace(
                grant,
                grantee=OWNER if grant.grantee == owner.role else grant.grantee,
                grantor="" if grant.grantor == owner.role else grant.grantor,
            )
            for grant in grants
        ]
    )


def built_in_grants(carrier: ObjectId, context: Context) -> tuple[Grant, ...]:
    """Give what PostgreSQL grants on an object when nobody has said anything."""
    if carrier.kind == "column":
        return ()
    if carrier == _PUBLIC_NAMESPACE:
        first = ("USAGE",) if context.observed.server_version >= _TIGHT_PUBLIC else ("CREATE", "USAGE")
        return (Grant(grantee=OWNER, privileges=("CREATE", "USAGE")), Grant(grantee="public", privileges=first))
    return default_grants(facts_of(carrier.kind).granted_as, context.observed.server_version)


def may_use(role: str, carrier: ObjectId, privilege: str, side: Side) -> bool:
    """Say whether a grant that is known lets a role use an object; memberships and superusers are not known here.

    Args:
        role: Who.
        carrier: The object.
        privilege: `SELECT`, `EXECUTE`, ….
        side: The schema that it is in.
    """
    name = msgspec.structs.replace(carrier, kind="privileges", of=carrier.kind)
    facet = side.find(Privileges, name)
    grants = default_grants(facts_of(carrier.kind).granted_as, side.server_version) if facet is None else facet.grants
    return any(privilege in grant.privileges for grant in grants if grant.grantee in ("public", role))


def may_be_granted(carrier: ObjectId, context: Context) -> bool:
    """Say whether default privileges may give a created object more or less than PostgreSQL's own."""
    return bool(facts_of(carrier.kind).granted_as) and bool(_applicable(carrier, context))


def _applicable(carrier: ObjectId, context: Context) -> list[DefaultPrivileges]:
    """Default privileges of the database's owner, who runs plans, on this type of object."""
    object_type = facts_of(carrier.kind).granted_as
    return [
        item
        for item in context.observed.default_privileges
        if item.name == DATABASE_OWNER
        and item.namespace in ("", carrier.namespace)
        and _DEFAULT_TYPES[item.signature] == object_type
    ]


def _fresh_grants(carrier: ObjectId, context: Context) -> tuple[list[Grant], list[Grant]]:
    """Give what a created object may have, and what it has for certain."""
    built_in = list(built_in_grants(carrier, context))
    if carrier.kind == "column":
        return [], []
    defaults = _applicable(carrier, context)
    stated = [grant for item in defaults for grant in item.grants]
    if any(not item.namespace for item in defaults):  # it replaces PostgreSQL's own
        kept = _Acl(stated)
        certain = [g for g in built_in if set(g.privileges) <= kept.of(_Hold(g.grantee, g.grantor))[0]]
        return _merged([*built_in, *stated]), certain
    return _merged([*built_in, *stated]), built_in


def _merged(grants: list[Grant]) -> list[Grant]:
    held: dict[_Hold, tuple[set[str], set[str]]] = {}
    for grant in grants:
        privileges, grantable = held.setdefault(_Hold(grant.grantee, grant.grantor), (set(), set()))
        privileges |= set(grant.privileges) | set(grant.grantable)
        grantable |= set(grant.grantable)
    return [
        Grant(**hold._asdict(), privileges=tuple(sorted(privileges - grantable)), grantable=tuple(sorted(grantable)))
        for hold, (privileges, grantable) in held.items()
    ]


def grant_all(facet: Privileges, context: Context) -> list[Step]:
    """From what a fresh object has to what is declared; an old one has PostgreSQL's own."""
    carrier = facet.carrier
    if facet.beside_initial:
        return _change_beside_initial(facet, None, context)
    if carrier in context.creates:
        return grants_after_creation(carrier, facet.grants, context)
    present = _under_new_owner(carrier, built_in_grants(carrier, context), context)
    return change_grants(_target(carrier, context), facet.grants, present)


def grants_after_creation(carrier: ObjectId, desired: Iterable[Grant] | None, context: Context) -> list[Step]:
    """Lead from what default privileges give a created object to the desired grants; PostgreSQL's own without any."""
    possible, certain = (_under_new_owner(carrier, grants, context) for grants in _fresh_grants(carrier, context))
    wanted = built_in_grants(carrier, context) if desired is None else desired
    return change_grants(_target(carrier, context), wanted, possible, certain)


def revoke_all(facet: Privileges, context: Context) -> list[Step]:
    """Back to PostgreSQL's defaults."""
    carrier = facet.carrier
    if facet.beside_initial:
        return _change_beside_initial(None, facet, context)
    built_in = built_in_grants(carrier, context)
    present = _under_new_owner(carrier, facet.grants, context)
    return change_grants(_target(carrier, context), built_in, present) + _columns_again(
        carrier, built_in, present, context
    )


def alter_grants(desired: Privileges, observed: Privileges, fields: frozenset[str], context: Context) -> list[Step]:
    """Only what differs."""
    del fields
    if desired.beside_initial or observed.beside_initial:
        return _change_beside_initial(desired, observed, context)
    present = _under_new_owner(desired.carrier, observed.grants, context)
    steps = change_grants(_target(desired.carrier, context), desired.grants, present)
    return steps + _columns_again(desired.carrier, desired.grants, present, context)


def _change_beside_initial(desired: Privileges | None, observed: Privileges | None, context: Context) -> list[Step]:
    """Lead to what was granted beside the grants that initdb or the extension made; None is nothing beside them."""
    one = desired or observed
    assert one is not None
    return change_grants(_target(one.carrier, context), *known_grants(desired, observed))


def _columns_again(
    carrier: ObjectId, desired: Iterable[Grant], observed: Iterable[Grant], context: Context
) -> list[Step]:
    """REVOKE on a table takes the same privilege on each of its columns along (REVOKE, Notes): give those again."""
    wanted, present = _Acl(desired), _Acl(observed)
    lost = {hold for hold in present.held if present.of(hold)[0] - wanted.of(hold)[0]}
    steps = []
    for identity in sorted(context.desired.dependents[carrier]):
        facet = context.desired.find(Privileges, identity)
        if facet is None or facet.of != "column" or identity not in context.observed.objects:
            continue
        again = [grant for grant in facet.grants if _Hold(grant.grantee, grant.grantor) in lost]
        steps += change_grants(_target(facet.carrier, context), again, ())
    return steps


def _default_target(facet: DefaultPrivileges) -> Target:
    within = f" IN SCHEMA {quote_identifier(facet.namespace)}" if facet.namespace else ""
    owner = quote_role(facet.name)
    head = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner}{within} "
    return Target(on=f"ON {facet.signature.upper()}", owner=owner, head=head)


_DEFAULT_TYPES = {
    "tables": "TABLE",
    "sequences": "SEQUENCE",
    "functions": "ROUTINE",
    "routines": "ROUTINE",
    "types": "TYPE",
    "schemas": "SCHEMA",
    "large objects": "LARGE OBJECTS",
}


def _built_in(facet: DefaultPrivileges, context: Context) -> tuple[Grant, ...]:
    """Within a schema, default privileges only add; without one they replace PostgreSQL's own."""
    if facet.namespace:
        return ()
    return default_grants(_DEFAULT_TYPES[facet.signature.lower()], context.observed.server_version)


def create_default(facet: DefaultPrivileges, context: Context) -> list[Step]:
    """ALTER DEFAULT PRIVILEGES from PostgreSQL's own."""
    return change_grants(_default_target(facet), facet.grants, _built_in(facet, context))


def drop_default(facet: DefaultPrivileges, context: Context) -> list[Step]:
    """ALTER DEFAULT PRIVILEGES back to PostgreSQL's own."""
    return change_grants(_default_target(facet), _built_in(facet, context), facet.grants)


def alter_default(
    desired: DefaultPrivileges, observed: DefaultPrivileges, fields: frozenset[str], context: Context
) -> list[Step]:
    """Only what differs."""
    del fields, context
    return change_grants(_default_target(desired), desired.grants, observed.grants)
