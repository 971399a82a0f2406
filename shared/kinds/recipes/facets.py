"""Owners, comments, security labels and settings."""

from __future__ import annotations

import re

from shared.kinds.context import Context
from shared.kinds.database_roles import DATABASE_OWNER, quote_role, resolve_roles
from shared.kinds.hazards import blocks_all
from shared.kinds.lookup import facts_of
from shared.kinds.naming import designation, spell
from shared.kinds.step import Role, Step
from shared.schema.database import DatabaseSetting
from shared.schema.facets import Comment, Owner, SecurityLabel
from shared.schema.identity import ObjectId
from shared.sql import quote_identifier, quote_literal

_PUBLIC = ObjectId(kind="namespace", name="public")
_DATABASE_OWNER_ROLE = 150000  # since v15 `public` belongs to the role pg_database_owner


def set_owner(owner: Owner, context: Context) -> list[Step]:
    """ALTER … OWNER TO."""
    role = quote_role(owner.role)
    if owner.carrier == _PUBLIC and context.observed.server_version >= _DATABASE_OWNER_ROLE:
        role = quote_identifier("pg_database_owner") if owner.role == DATABASE_OWNER else role
    kept_as = facts_of(owner.carrier.kind).kept_as
    is_relation = kept_as is not None and kept_as.catalog == "pg_class"
    hazards = (blocks_all(designation(owner.carrier)),) if is_relation else ()
    return [Step(Role.SET, resolve_roles(f"ALTER {spell(owner.carrier)} OWNER TO {role}"), hazards)]


def drop_owner(owner: Owner, context: Context) -> list[Step]:
    """An owner goes only with what it owns."""
    del owner, context
    return []


def alter_owner(desired: Owner, observed: Owner, fields: frozenset[str], context: Context) -> list[Step]:
    """ALTER … OWNER TO."""
    del observed, fields
    return set_owner(desired, context)


def set_comment(comment: Comment, context: Context) -> list[Step]:
    """COMMENT ON."""
    del context
    return [Step(Role.SET, f"COMMENT ON {spell(comment.carrier)} IS {quote_literal(comment.text)}")]


def drop_comment(comment: Comment, context: Context) -> list[Step]:
    """COMMENT ON … IS NULL."""
    del context
    return [Step(Role.SET, f"COMMENT ON {spell(comment.carrier)} IS NULL")]


def alter_comment(desired: Comment, observed: Comment, fields: frozenset[str], context: Context) -> list[Step]:
    """COMMENT ON."""
    del observed, fields
    return set_comment(desired, context)


def set_labels(label: SecurityLabel, context: Context) -> list[Step]:
    """SECURITY LABEL, one for each provider."""
    del context
    return [
        Step(
            Role.SET,
            f"SECURITY LABEL FOR {quote_identifier(provider)} ON {spell(label.carrier)} IS {quote_literal(text)}",
        )
        for provider, text in label.labels
    ]


def drop_labels(label: SecurityLabel, context: Context) -> list[Step]:
    """SECURITY LABEL … IS NULL."""
    del context
    return [
        Step(Role.SET, f"SECURITY LABEL FOR {quote_identifier(provider)} ON {spell(label.carrier)} IS NULL")
        for provider, _ in label.labels
    ]


def alter_labels(
    desired: SecurityLabel, observed: SecurityLabel, fields: frozenset[str], context: Context
) -> list[Step]:
    """Take labels of vanished providers away, set the others."""
    del fields
    providers = {provider for provider, _ in desired.labels}
    gone = SecurityLabel(
        name=observed.name,
        namespace=observed.namespace,
        of=observed.of,
        parent=observed.parent,
        signature=observed.signature,
        labels=tuple(label for label in observed.labels if label[0] not in providers),
    )
    return drop_labels(gone, context) + set_labels(desired, context)


_LISTS = frozenset(
    {
        "search_path",
        "temp_tablespaces",
        "local_preload_libraries",
        "session_preload_libraries",
        "shared_preload_libraries",
        "unix_socket_directories",
    }
)
"""Settings with GUC_LIST_QUOTE (guc_tables.c); pg_dump keeps the same list."""

_ELEMENT = re.compile(r'"((?:[^"]|"")*)"|([^",\s]+)')


def _setting_head(setting: DatabaseSetting) -> str:
    # ALTER DATABASE wants the name itself, and a plan is for many databases.
    if setting.signature:
        return f"ALTER ROLE {quote_identifier(setting.signature)} IN DATABASE %I"
    return "ALTER DATABASE %I"


def _setting(setting: DatabaseSetting, action: str) -> list[Step]:
    template = quote_literal(
        f"{_setting_head(setting)} {action}".replace("%I", "\0").replace("%", "%%").replace("\0", "%I")
    )
    body = f"BEGIN EXECUTE pg_catalog.format({template}, pg_catalog.current_database()); END"
    return [Step(Role.SET, f"DO {quote_literal(body)}")]


def set_setting(setting: DatabaseSetting, context: Context) -> list[Step]:
    """ALTER DATABASE or ROLE … SET."""
    del context
    name = ".".join(quote_identifier(part) for part in setting.name.split("."))
    return _setting(setting, f"SET {name} TO {_value(setting)}")


def _value(setting: DatabaseSetting) -> str:
    """A list of names is kept as one text of quoted elements, and must be written as several."""
    if setting.name not in _LISTS:
        return quote_literal(setting.value)
    elements = _ELEMENT.findall(setting.value)
    return (
        ", ".join(quote_literal(quoted.replace('""', '"') if quoted else plain) for quoted, plain in elements) or "''"
    )


def drop_setting(setting: DatabaseSetting, context: Context) -> list[Step]:
    """ALTER DATABASE or ROLE … RESET."""
    del context
    name = ".".join(quote_identifier(part) for part in setting.name.split("."))
    return _setting(setting, f"RESET {name}")


def alter_setting(
    desired: DatabaseSetting, observed: DatabaseSetting, fields: frozenset[str], context: Context
) -> list[Step]:
    """ALTER DATABASE or ROLE … SET."""
    del observed, fields
    return set_setting(desired, context)
