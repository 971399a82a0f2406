"""ICU collations on a server that was built without ICU: another provider stands in, ICU's attributes are read back.

What PostgreSQL keeps of a collation is its attributes; none is evaluated while a schema is rebuilt without rows.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from shared.postgres.scratch.statements import ParsedStatement
from shared.schema.database import Collation
from shared.schema.identity import QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.schema import Schema, Snapshot
from shared.sql import quote_identifier, quote_literal

STANDS_IN = "(PROVIDER = builtin, LOCALE = 'C.UTF-8')"
_MISSING = re.compile(r'^collation "(?:pg_catalog\.)?([A-Za-z0-9]+(?:-[A-Za-z0-9]+)*-x-icu)" for encoding ')


class IcuCollation(msgspec.Struct, frozen=True):
    """A collation that is to be made in another way.

    Args:
        name: As SQL spells it, quoted.
        sql: The statement that makes the stand-in.
        attributes: What is read back (`Collation.attributes`).
    """

    name: str
    sql: str
    attributes: tuple[str, ...]


def icu_collation(statement: ParsedStatement) -> IcuCollation | None:
    """Give the stand-in for CREATE COLLATION … (PROVIDER = icu); None for any other statement."""
    tree = statement.tree
    if statement.node != "DefineStmt" or tree.get("kind") != "OBJECT_COLLATION":
        return None
    given = {part["DefElem"].get("defname", ""): _word(part["DefElem"]) for part in tree.get("definition", ())}
    if given.get("provider", "").lower() != "icu":
        return None
    name = ".".join(quote_identifier(part["String"]["sval"]) for part in tree["defnames"])
    condition = "IF NOT EXISTS " if tree.get("if_not_exists") else ""
    return IcuCollation(name, f"CREATE COLLATION {condition}{name} {STANDS_IN}", _attributes(given))


def _attributes(given: dict[str, str]) -> tuple[str, ...]:
    """Spell attributes as `collation.sql` does; a locale as a language tag, as servers with ICU do since v16."""
    locale = given.get("locale") or given.get("lc_collate", "")
    tag = locale if "@" in locale else locale.replace("_", "-")
    parts = ["PROVIDER = icu"]
    parts += ["DETERMINISTIC = false"] if given.get("deterministic", "true").lower() in {"false", "off", "0"} else []
    parts.append(f"LOCALE = {quote_literal(tag)}")
    parts += [f"RULES = {quote_literal(given['rules'])}"] if given.get("rules") else []
    return tuple(parts)


def _word(element: dict[str, Any]) -> str:
    """Give the value of an option as text: a word, a string or a truth value."""
    match element.get("arg"):
        case {"String": {"sval": str(text)}}:
            return text
        case {"TypeName": {"names": [*_, {"String": {"sval": str(text)}}]}}:
            return text
        case {"Boolean": value}:
            return str(bool(value.get("boolval"))).lower()
        case {"Integer": value}:
            return str(value.get("ival", 0))
    return ""


def missing_collation(message: str) -> str:
    """Give the name of the collation of ICU's own that a refused statement names; empty for another refusal."""
    found = _MISSING.match(message)
    return found[1] if found else ""


def with_icu(snapshot: Snapshot, made: dict[QualifiedName, tuple[str, ...]]) -> Snapshot:
    """Give a snapshot with the attributes that its stand-in collations stand for."""
    if not made:
        return snapshot

    def real(item: SchemaObject) -> SchemaObject:
        if not isinstance(item, Collation):
            return item
        attributes = made.get(QualifiedName(item.namespace, item.name), item.attributes)
        return msgspec.structs.replace(item, attributes=attributes)

    return msgspec.structs.replace(snapshot, schema=Schema(tuple(map(real, snapshot.schema))))
