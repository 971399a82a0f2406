"""What belongs to the database, not to a table: namespaces, extensions, text search, foreign data, publications."""

from __future__ import annotations

from shared.schema.base import Object, SignedObject


class Namespace(Object, frozen=True, kw_only=True):
    """A PostgreSQL schema. `name` is its name; it lives in no namespace itself."""


class Extension(Object, frozen=True, kw_only=True):
    """An installed extension. Its members are not drift and are not read.

    `version` is empty when it is the one its server installs by default: servers bring different ones.
    """

    version: str = ""
    installed_in: str = ""


class EventTrigger(Object, frozen=True, kw_only=True):
    """An event trigger."""

    event: str
    function: str
    tags: tuple[str, ...] = ()
    enabled: str = "origin"


class Collation(Object, frozen=True, kw_only=True):
    """A collation of the user's."""

    attributes: tuple[str, ...] = ()


class Conversion(Object, frozen=True, kw_only=True):
    """An encoding conversion."""

    source: str
    destination: str
    function: str
    default: bool = False


class TextSearchParser(Object, frozen=True, kw_only=True):
    """A text search parser."""

    attributes: tuple[str, ...] = ()


class TextSearchTemplate(Object, frozen=True, kw_only=True):
    """A text search template."""

    attributes: tuple[str, ...] = ()


class TextSearchDictionary(Object, frozen=True, kw_only=True):
    """A text search dictionary."""

    template: str
    options: str = ""


class TextSearchConfiguration(Object, frozen=True, kw_only=True):
    """A text search configuration; `mappings` are "token=dictionary,dictionary", sorted by token."""

    parser: str
    mappings: tuple[str, ...] = ()


class AccessMethod(Object, frozen=True, kw_only=True):
    """A table or index access method."""

    type: str
    handler: str


class ForeignDataWrapper(Object, frozen=True, kw_only=True):
    """A foreign data wrapper."""

    handler: str = ""
    validator: str = ""
    options: tuple[str, ...] = ()


class ForeignServer(Object, frozen=True, kw_only=True):
    """A foreign server. Option values that can be secrets are redacted before they leave the server."""

    wrapper: str
    type: str = ""
    version: str = ""
    options: tuple[str, ...] = ()


class UserMapping(SignedObject, frozen=True, kw_only=True):
    """A user mapping; `name` is the server, `signature` the role. Of options the names are read, and the user."""

    options: tuple[str, ...] = ()


class Publication(Object, frozen=True, kw_only=True):
    """A logical replication publication."""

    all_tables: bool = False
    operations: tuple[str, ...] = ("insert", "update", "delete", "truncate")
    via_partition_root: bool = False
    generated_columns: str = ""
    tables: tuple[str, ...] = ()  # deparsed "TABLE ONLY x (columns) WHERE (…)" entries, sorted
    namespaces: tuple[str, ...] = ()


class Subscription(Object, frozen=True, kw_only=True):
    """A logical replication subscription. The connection string is a secret and is not read."""

    publications: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    enabled: bool = True


class DatabaseSetting(SignedObject, frozen=True, kw_only=True):
    """`ALTER DATABASE/ROLE … SET`; `signature` is the role, or empty. Compared by choice."""

    value: str = ""
