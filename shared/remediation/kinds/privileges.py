"""GRANT and REVOKE: from one access control list to another, PostgreSQL's defaults included (ddl-priv.html)."""

from __future__ import annotations

from collections.abc import Iterable

from shared.remediation.naming import grant_designation
from shared.remediation.recipe import Context, Recipe, Step, register
from shared.remediation.roles import quote_role, resolve_roles
from shared.remediation.side import Side
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
_OBJECT_TYPES = {
    "table": "TABLE",
    "foreign_table": "TABLE",
    "view": "TABLE",
    "materialized_view": "TABLE",
    "column": "TABLE",
    "sequence": "SEQUENCE",
    "routine": "ROUTINE",
    "aggregate": "ROUTINE",
    "namespace": "SCHEMA",
    "enum_type": "TYPE",
    "domain_type": "TYPE",
    "composite_type": "TYPE",
    "range_type": "TYPE",
    "base_type": "TYPE",
    "language": "LANGUAGE",
    "foreign_data_wrapper": "FOREIGN DATA WRAPPER",
    "foreign_server": "FOREIGN SERVER",
}
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


class _Acl:
    """An access control list as grantee → (privileges, grantable ones)."""

    def __init__(self, grants: Iterable[Grant]) -> None:
        self.held = {
            grant.grantee: (set(grant.privileges) | set(grant.grantable), set(grant.grantable)) for grant in grants
        }

    def of(self, grantee: str) -> tuple[set[str], set[str]]:
        return self.held.get(grantee, (set(), set()))


def change_grants(
    desired: Iterable[Grant],
    observed: Iterable[Grant],
    target: str,
    owner: str,
    verbs: tuple[str, str],
    columns: str = "",
) -> list[str]:
    """Give the REVOKEs and GRANTs, per grantee, that lead from one list to the other.

    Args:
        desired: Where to.
        observed: Where from.
        target: `ON TABLE "n"."t"`, or `ON TABLES` for default privileges.
        owner: SQL of the role `{owner}` stands for.
        verbs: What stands before REVOKE and GRANT, for default privileges.
        columns: `("c")` for a column's privileges.
    """
    wanted, present = _Acl(desired), _Acl(observed)
    revokes, grants = [], []
    for grantee in sorted(wanted.held.keys() | present.held.keys(), key=lambda name: (name != OWNER, name)):
        role = owner if grantee == OWNER else quote_role(grantee)
        (want, want_option), (have, have_option) = wanted.of(grantee), present.of(grantee)
        for gone, option in ((have - want, ""), ((have_option - want_option) & want, "GRANT OPTION FOR ")):
            if gone:
                revokes.append(f"{verbs[0]}REVOKE {option}{_spelled(gone, columns)} {target} FROM {role}")
        for new, option in ((want - have - want_option, ""), (want_option - have_option, " WITH GRANT OPTION")):
            if new:
                grants.append(f"{verbs[1]}GRANT {_spelled(new, columns)} {target} TO {role}{option}")
    return [resolve_roles(sql) for sql in revokes + grants]


def _spelled(privileges: set[str], columns: str) -> str:
    return ", ".join(f"{privilege}{columns}" for privilege in sorted(privileges))


def _steps(facet: Privileges, desired: Iterable[Grant], observed: Iterable[Grant], context: Context) -> list[Step]:
    carrier = facet.carrier
    object_type = _OBJECT_TYPES[carrier.kind]
    if carrier.kind == "column":
        target = f"ON TABLE {quote_qualified(QualifiedName(carrier.namespace, carrier.parent))}"
        columns = f" ({quote_identifier(carrier.name)})"
    else:
        target, columns = f"ON {object_type} {grant_designation(carrier)}", ""
    owner = _owner(carrier, context)
    return [Step(sql) for sql in change_grants(desired, observed, target, owner, ("", ""), columns)]


def _owner(carrier: ObjectId, context: Context) -> str:
    """Name the owner as it is after the plan; the role that runs it where owners are not compared."""
    for side in (context.desired, context.observed):
        owner = _owner_on(side, carrier)
        if owner is not None:
            return quote_role(owner.role)
    return "CURRENT_USER"


def _owner_on(side: Side, carrier: ObjectId) -> Owner | None:
    kinds = ("table", "foreign_table", "view", "materialized_view") if carrier.kind == "column" else (carrier.kind,)
    for kind in kinds:
        name = carrier.parent if carrier.kind == "column" else carrier.name
        signature = "" if carrier.kind == "column" else carrier.signature
        owner = side.find(
            Owner, ObjectId(kind="owner", namespace=carrier.namespace, name=name, signature=signature, of=kind)
        )
        if owner is not None:
            return owner
    return None


def fresh_grants(carrier: ObjectId, context: Context) -> tuple[Grant, ...]:
    """Give what an object has that this plan makes: PostgreSQL's defaults and the observed default privileges."""
    if carrier.kind == "column":
        return ()
    if carrier == _PUBLIC_NAMESPACE:
        first = ("USAGE",) if context.observed.server_version >= _TIGHT_PUBLIC else ("CREATE", "USAGE")
        return (Grant(grantee=OWNER, privileges=("CREATE", "USAGE")), Grant(grantee="public", privileges=first))
    return default_grants(_OBJECT_TYPES[carrier.kind], context.observed.server_version)


def grant_all(facet: Privileges, context: Context) -> list[Step]:
    """From the defaults of a fresh object to what is declared."""
    return _steps(facet, facet.grants, fresh_grants(facet.carrier, context), context)


def revoke_all(facet: Privileges, context: Context) -> list[Step]:
    """Back to PostgreSQL's defaults."""
    return _steps(facet, fresh_grants(facet.carrier, context), facet.grants, context)


def alter_grants(desired: Privileges, observed: Privileges, fields: frozenset[str], context: Context) -> list[Step]:
    """Only what differs."""
    del fields
    return _steps(desired, desired.grants, observed.grants, context)


def _default_steps(facet: DefaultPrivileges, desired: Iterable[Grant], observed: Iterable[Grant]) -> list[Step]:
    within = f" IN SCHEMA {quote_identifier(facet.namespace)}" if facet.namespace else ""
    head = f"ALTER DEFAULT PRIVILEGES FOR ROLE {quote_role(facet.name)}{within} "
    target = f"ON {facet.signature.upper()}"
    owner = quote_role(facet.name)
    return [Step(sql) for sql in change_grants(desired, observed, target, owner, (head, head))]


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
    return _default_steps(facet, facet.grants, _built_in(facet, context))


def drop_default(facet: DefaultPrivileges, context: Context) -> list[Step]:
    """ALTER DEFAULT PRIVILEGES back to PostgreSQL's own."""
    return _default_steps(facet, _built_in(facet, context), facet.grants)


def alter_default(
    desired: DefaultPrivileges, observed: DefaultPrivileges, fields: frozenset[str], context: Context
) -> list[Step]:
    """Only what differs."""
    del fields, context
    return _default_steps(desired, desired.grants, observed.grants)


register(Privileges, Recipe(create=grant_all, drop=revoke_all, alter=alter_grants))
register(DefaultPrivileges, Recipe(create=create_default, drop=drop_default, alter=alter_default))
