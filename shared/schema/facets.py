"""What is said about objects: owner, privileges, comment, security label. Each is compared only by choice."""

from __future__ import annotations

import msgspec

from shared.schema.base import Facet, SignedObject

DATABASE_OWNER = "{database_owner}"
"""Stands for the role that owns the database, in `Owner.role`, `Grant.grantee` and the name of default privileges: it
owns what nobody gave away, and is called differently in every tenant and on the scratch server. SQL has to look it up
(`pg_database.datdba` of `current_database()`), never to quote it."""

CURRENT_USER = "{current_user}"
"""Stands for the role that ran a declaration, where it says CURRENT_USER of a policy or a user mapping: it is called
differently in every tenant and on the scratch server. SQL says CURRENT_USER."""


class Owner(Facet, frozen=True, kw_only=True):
    """The role that owns an object, or `DATABASE_OWNER`."""

    role: str


class Comment(Facet, frozen=True, kw_only=True):
    """`COMMENT ON`."""

    text: str


class SecurityLabel(Facet, frozen=True, kw_only=True):
    """`SECURITY LABEL`; the labels as (provider, label)."""

    labels: tuple[tuple[str, str], ...] = ()


class Grant(msgspec.Struct, frozen=True, order=True, kw_only=True, omit_defaults=True):
    """What one role may do. The owner's own entry carries the grantee `{owner}`."""

    grantee: str  # "public" for everyone
    privileges: tuple[str, ...] = ()
    grantable: tuple[str, ...] = ()
    grantor: str = ""  # who gave it on; empty for the owner


class Privileges(Facet, frozen=True, kw_only=True):
    """The grants on an object, or on one column (`of="column"`), where they are not PostgreSQL's default.

    What initdb or an extension has made carries grants of theirs (`pg_init_privs`), which differ between versions. Of
    such an object (`beside_initial`) `grants` says only what was granted beside them, `revoked` what was taken from
    them.
    """

    grants: tuple[Grant, ...] = ()
    revoked: tuple[Grant, ...] = ()
    beside_initial: bool = False


class DefaultPrivileges(SignedObject, frozen=True, kw_only=True):
    """`ALTER DEFAULT PRIVILEGES`; `name` is the role, `signature` the object type, `namespace` the IN SCHEMA."""

    grants: tuple[Grant, ...] = ()
