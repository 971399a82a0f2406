"""What resources of a template declare: SQL in their properties, and objects that some types make of plain properties.

`Generic::Database::Schema` and `Custom::PostgreSQL…` are third-party types; what they do is from their public sources
(iann0036/cfn-types, binxio/cfn-postgresql-user-provider). `Custom::AWS` is the AwsCustomResource of the CDK.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import msgspec

from coordinator.iac.cloudformation.document import Mapping, Node, Scalar, Sequence
from coordinator.iac.cloudformation.template import NO_VALUE, Template
from coordinator.iac.expressions.values import Value, located_with_holes
from coordinator.iac.located_text import HOLE, LocatedText, Span
from coordinator.iac.reading import Gap
from coordinator.iac.sql.connections import Destination
from coordinator.iac.sql.properties import holds_ddl, is_sql_property, refusal
from coordinator.iac.sql.statements import in_file
from shared.schema.schema import MayDeclare, Origin
from shared.sql import quote_identifier, quote_literal

_CUSTOM_NAMES = frozenset({"statement", "query", "queries", "script", "sqlquery", "sqlqueries", "commands"})
"""Further names of properties that hold SQL in custom resources, compared without case."""

_TALKS_OF_DATABASES = re.compile(r"sql|postgres|database|schema|migrat|flyway|liquibase|\bdb|aurora", re.IGNORECASE)
_SQL_IN_PROGRAM = re.compile(
    r"\bpsql\s+(?:[-\"'$]|postgres)|\b(?:CREATE|ALTER)\s+(?:TABLE|SCHEMA|TYPE|VIEW|MATERIALIZED|UNIQUE|INDEX|EXTENSION|FUNCTION)\b",
    re.IGNORECASE,
)
_OTHER_DATABASES = re.compile(r"AWS::(?:Athena|Glue|Redshift|RedshiftServerless|Timestream|KinesisAnalytics)")
"""Types whose SQL is none of PostgreSQL's."""

_TALK = frozenset({"description", "groupdescription", "tags", "comment"})
"""Names of properties that people read, compared without case."""

_DATABASE_TYPES = frozenset({"AWS::RDS::DBInstance", "AWS::RDS::DBCluster"})
_SQL_OF_CALL = re.compile(r'"sql"\s*:\s*"')
_ANYTHING = MayDeclare()
_AFTER_DEPLOYMENT = "known only after deployment"


class ResourceText(msgspec.Struct, frozen=True, eq=False):
    """SQL that a resource holds or comes to, the line for what no span covers, and where it is sent."""

    text: LocatedText
    line: int
    destination: Destination = Destination()
    idempotent: bool = False


class ResourceReader:
    """Reads the resources of one template; what it cannot read becomes a gap.

    Args:
        template: The template.
        prefix: What stands before logical ids in addresses: that of the stack it is nested in.
    """

    def __init__(self, template: Template, prefix: str = "") -> None:
        self.template = template
        self.gaps: list[Gap] = []
        self._prefix = prefix

    def address(self, name: str) -> str:
        """Return the address of a resource."""
        return f"{self._prefix}{name}"

    def texts(self, name: str, resource: Mapping) -> list[ResourceText]:
        """Return the SQL of a resource, in order.

        Raises:
            SourceError: With file and line, for a misused function.
        """
        properties = resource.items.get("Properties")
        condition = resource.items.get("Condition")
        held = True
        if condition is not None and self.template.name(condition):  # an empty one is none, as in AWS's own samples
            found = self.template.condition_holds(condition, self.template.name(condition))
            if found is False or not isinstance(properties, Mapping):
                return []
            held = found is True
        if not isinstance(properties, Mapping):
            return []
        before = len(self.gaps)
        texts = list(self._texts(name, resource_type(resource), properties, resource))
        if not held and (texts or len(self.gaps) > before):
            del self.gaps[before:]
            self.report(name, resource, f"whether it is made is {_AFTER_DEPLOYMENT}")
            return []
        return texts

    def report(self, name: str, node: Node, reason: str, may: MayDeclare = _ANYTHING) -> None:
        """Note that something of a resource was not read."""
        missing = sorted(set(self.template.missing))
        if missing and _AFTER_DEPLOYMENT in reason:
            reason += f"; parameters without a value: {', '.join(missing)}"
        at = Origin(node.file or self.template.file, node.line)
        self.gaps.append(Gap(address=self.address(name), at=at, reason=reason, may=may))

    def _texts(self, name: str, type_: str, properties: Mapping, resource: Mapping) -> Iterator[ResourceText]:
        if type_ == "Generic::Database::Schema":
            yield from self._generic_schema(name, properties)
            return
        if type_ == "Custom::AWS":
            yield from self._sdk_call(name, properties)
            return
        if type_ in _OBJECTS:
            yield from _OBJECTS[type_](self, name, properties)
            return
        if _OTHER_DATABASES.match(type_):
            return
        custom = type_.startswith("Custom::") or type_ == "AWS::CloudFormation::CustomResource"
        before = len(self.gaps)
        found = list(self._properties(name, "", properties, custom=custom))
        yield from found
        if found or len(self.gaps) > before:
            return
        if custom and _TALKS_OF_DATABASES.search(type_.removeprefix("Custom::") + " " + name):
            self.report(name, resource, f"what {type_} does is not known: none of its properties holds SQL")
        elif not custom and (node := _program(properties)) is not None:
            self.report(name, node, "a program or script in it holds SQL; whether it is run cannot be known")

    def _properties(self, name: str, key: str, node: Node, *, custom: bool) -> Iterator[ResourceText]:
        """Return the texts of properties that are read as SQL."""
        if is_sql_property(key) or (custom and key.lower() in _CUSTOM_NAMES):
            yield from self._sql(name, key, node)
        elif isinstance(node, Mapping):
            for inner, item in node.items.items():
                yield from self._properties(name, inner, item, custom=custom)
        elif isinstance(node, Sequence):
            for item in node.items:
                yield from self._properties(name, key, item, custom=custom)

    def _sql(self, name: str, key: str, node: Node, database: str = "") -> Iterator[ResourceText]:
        value = self.template.value(node)
        for text in value.raw if isinstance(value.raw, tuple) else (value,):
            if text is NO_VALUE or text.is_null:
                continue
            found = located_with_holes(text)
            if found is None or not found.text.replace(HOLE, "").strip():
                if not text.is_known:
                    self.report(name, node, f"the SQL of {key} is {_AFTER_DEPLOYMENT}")
            elif holds_ddl(found.text) or (is_sql_property(key) and _SQL_IN_PROGRAM.search(found.text)):
                yield ResourceText(found, node.line, Destination(database=database))
            elif _SQL_IN_PROGRAM.search(found.text):
                self.report(name, node, f"{key} holds SQL among other things")
            elif error := refusal(key, found.text, in_file(found.text, self.template.file)):
                why = f"a part of it is {_AFTER_DEPLOYMENT}" if HOLE in found.text else error.message
                self.report(name, node, f"{key} holds no SQL that can be read: {why}")

    def _sdk_call(self, name: str, properties: Mapping) -> Iterator[ResourceText]:
        """`Custom::AWS`: the call that is made on creation, an object or the JSON of one."""
        node = properties.items.get("Create") or properties.items.get("Update")
        if node is None:
            return
        call = self.template.value(node)
        place = located_with_holes(call)
        if place is not None:
            try:
                plain = json.loads(place.text, strict=False)
            except ValueError:
                if "executeStatement" in place.text:
                    self.report(name, node, f"its call is {_AFTER_DEPLOYMENT}")
                return
        else:
            plain = _plain(call)
        if not isinstance(plain, dict) or "executestatement" not in str(plain.get("action", "")).lower():
            return
        parameters = plain.get("parameters")
        sql = parameters.get("sql") if isinstance(parameters, dict) else None
        if not isinstance(sql, str) or sql == HOLE:
            self.report(name, node, f"its statement is {_AFTER_DEPLOYMENT}")
        elif holds_ddl(sql):
            database = parameters.get("database") if isinstance(parameters, dict) else None
            at = _place_of_sql(node, place, Origin(node.file or self.template.file, node.line))
            spans = (Span(0, at.file, at.line, advances=False),)
            destination = Destination(database=database if isinstance(database, str) and HOLE not in database else "")
            yield ResourceText(LocatedText(sql, spans), at.line, destination)

    def _generic_schema(self, name: str, properties: Mapping) -> Iterator[ResourceText]:
        if "SQL" in properties.items:  # in the order in which its handler runs them
            yield from self._sql(name, "SQL", properties.items["SQL"], "postgres")
        if "Users" in properties.items:
            may = MayDeclare(kinds=("role", "privileges"))
            self.report(name, properties.items["Users"], "users and their grants are not read", may)
        for database in _mappings(properties.items.get("Databases")):
            named = self._text(name, database, "Name")
            for extension in _sequence(database.items.get("Extensions")):
                if (text := self._known(name, extension, "an extension")) is not None:
                    yield _made(f"CREATE EXTENSION IF NOT EXISTS {quote_identifier(text)}", extension, named or "")
            for table in _mappings(database.items.get("Tables")):
                yield from self._generic_table(name, table, named or "")
            if "SQL" in database.items:
                yield from self._sql(name, "SQL", database.items["SQL"], named or "")

    def _generic_table(self, name: str, table: Mapping, database: str) -> Iterator[ResourceText]:
        named = self._text(name, table, "Name")
        key = table.items.get("PrimaryKey")
        columns = list(_mappings(table.items.get("Columns")))
        written = [self._column(name, column, key=False) for column in columns]
        if isinstance(key, Mapping):
            written.insert(0, self._column(name, key, key=True))
        if named is None or None in written:
            return
        # Its handler writes names without quotes, so PostgreSQL folds them to lower case.
        listed = ", ".join(column for column in written if column)
        yield _made(f"CREATE TABLE IF NOT EXISTS {named} ({listed})", table, database)

    def _column(self, name: str, column: Mapping, *, key: bool) -> str | None:
        named, type_ = self._text(name, column, "Name"), self._text(name, column, "Type")
        default = self._text(name, column, "Default") if "Default" in column.items else ""
        nullable = self._text(name, column, "Nullable") if "Nullable" in column.items else "false"
        if named is None or type_ is None or default is None or nullable is None:
            return None
        suffix = " PRIMARY KEY" if key else "" if nullable == "true" else " NOT NULL"
        return f"{named} {type_}{suffix}" + (f" DEFAULT {default}" if default else "")

    def _text(self, name: str, node: Mapping, key: str) -> str | None:
        inner = node.items.get(key)
        return self._known(name, inner, key) if inner is not None else None

    def _known(self, name: str, node: Node, what: str) -> str | None:
        """Return a text that is known whole; None otherwise, which is reported."""
        value = self.template.text(node)
        if isinstance(value.raw, str):
            return value.raw
        self.report(name, node, f"{what} is {_AFTER_DEPLOYMENT}")
        return None

    def _postgresql_schema(self, name: str, properties: Mapping) -> Iterator[ResourceText]:
        if (schema := self._text(name, properties, "Schema")) is not None:
            sql = f"CREATE SCHEMA IF NOT EXISTS {quote_identifier(schema)}"
            yield _made(sql, properties, self._database(properties), idempotent=True)

    def _postgresql_extension(self, name: str, properties: Mapping) -> Iterator[ResourceText]:
        if (extension := self._text(name, properties, "Extension")) is not None:
            sql = f"CREATE EXTENSION IF NOT EXISTS {quote_identifier(extension)}"
            schema = self._text(name, properties, "Schema") if "Schema" in properties.items else None
            version = self._text(name, properties, "Version") if "Version" in properties.items else None
            sql += f" SCHEMA {quote_identifier(schema)}" if schema else ""
            sql += f" VERSION {quote_literal(version)}" if version else ""
            yield _made(sql, properties, self._database(properties), idempotent=True)

    def _postgresql_role(self, name: str, properties: Mapping) -> Iterator[ResourceText]:
        may = MayDeclare(kinds=("role", "privileges"))
        self.report(name, properties, "roles and their grants are not read", may)
        yield from ()

    def _database(self, properties: Mapping) -> str:
        connection = properties.items.get("Database")
        if not isinstance(connection, Mapping):
            return ""
        node = connection.items.get("DBName") or connection.items.get("Database")
        value = self.template.value(node) if node is not None else None
        return value.raw if value is not None and isinstance(value.raw, str) else ""


_OBJECTS: dict[str, Callable[[ResourceReader, str, Mapping], Iterator[ResourceText]]] = {
    "Custom::PostgreSQLSchema": ResourceReader._postgresql_schema,  # noqa: SLF001  # the class's own table
    "Custom::PostgreSQLExtension": ResourceReader._postgresql_extension,  # noqa: SLF001  # as above
    "Custom::PostgreSQLUser": ResourceReader._postgresql_role,  # noqa: SLF001  # as above
    "Custom::PostgreSQLRoleGrant": ResourceReader._postgresql_role,  # noqa: SLF001  # as above
    "Custom::PostgreSQL": ResourceReader._postgresql_role,  # noqa: SLF001  # as above
}
"""Types that make objects of plain properties."""


def resource_type(resource: Mapping) -> str:
    """Return a resource's type; empty when it has none."""
    node = resource.items.get("Type")
    value = node.value if isinstance(node, Scalar) else None
    return value.raw if value is not None and isinstance(value.raw, str) else ""


def declared_database(template: Template, resource: Mapping) -> str:
    """Return the database that an RDS instance or cluster for PostgreSQL begins with; empty for anything else."""
    properties = resource.items.get("Properties")
    if resource_type(resource) not in _DATABASE_TYPES or not isinstance(properties, Mapping):
        return ""
    engine = _raw(template, properties.items.get("Engine"))
    if "postgres" not in engine:
        return ""
    return _raw(template, properties.items.get("DBName") or properties.items.get("DatabaseName"))


def _raw(template: Template, node: Node | None) -> str:
    value = template.value(node) if node is not None else None
    return value.raw if value is not None and isinstance(value.raw, str) else ""


def _made(sql: str, node: Node, database: str, *, idempotent: bool = False) -> ResourceText:
    return ResourceText(LocatedText(sql), node.line, Destination(database=database), idempotent)


def _place_of_sql(call: Node, text: LocatedText | None, otherwise: Origin) -> Origin:
    """Say where the statement of a call begins: within its JSON text, or among its properties."""
    if text is not None:
        found = _SQL_OF_CALL.search(text.text)
        return text.origin(found.end(), otherwise) if found is not None else otherwise
    parameters = call.items.get("parameters") if isinstance(call, Mapping) else None
    sql = parameters.items.get("sql") if isinstance(parameters, Mapping) else None
    return Origin(otherwise.file, sql.line) if sql is not None else otherwise


def _sequence(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else ()


def _mappings(node: Node | None) -> Iterator[Mapping]:
    for item in _sequence(node):
        if isinstance(item, Mapping):
            yield item


def _program(node: Node) -> Node | None:
    """Find a text that holds SQL, or a command that runs some, in properties that are no SQL properties."""
    match node:
        case Mapping(items=items):
            inner = (item for name, item in items.items() if name.lower() not in _TALK)
            return next((found for item in inner if (found := _program(item)) is not None), None)
        case Sequence(items=elements):
            return next((found for item in elements if (found := _program(item)) is not None), None)
        case Scalar(value=Value(raw=str(text))) if _SQL_IN_PROGRAM.search(text):
            return node
        case Scalar():
            return None


def _plain(value: Value) -> object:
    if isinstance(value.raw, dict):
        return {key: _plain(item) for key, item in value.raw.items()}
    if isinstance(value.raw, tuple):
        return [_plain(item) for item in value.raw]
    found = located_with_holes(value)
    return found.text if found is not None else HOLE if not value.is_known else value.raw
