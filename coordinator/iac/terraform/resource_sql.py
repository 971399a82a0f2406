"""Finds the SQL that planned resources hold: in properties, migrations folders and psql commands. Nothing is run."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.functions.filesystem import read_file
from coordinator.iac.expressions.functions.json_text import decode
from coordinator.iac.expressions.values import Value, located, string
from coordinator.iac.hcl.blocks import Block
from coordinator.iac.located_text import LocatedText, Span
from coordinator.iac.source import SourceError
from coordinator.iac.sql.folders import read_folder
from coordinator.iac.sql.properties import holds_ddl, is_sql_property
from coordinator.iac.sql.psql_command import PsqlInput, UnreadableCommandError, psql_inputs
from coordinator.iac.terraform.instances import PlannedResource
from shared.schema.schema import Origin
from shared.sql import quote_identifier, quote_literal

_PRIVILEGES = frozenset(
    {"postgresql_role", "postgresql_grant", "postgresql_grant_role", "postgresql_default_privileges"}
)


class SqlText(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """SQL that one resource holds.

    Args:
        text: The SQL, with the places it comes from.
        at: Where the attribute or block that holds it stands, for what no span covers.
        resource: The resource that holds it.
        version: The schema version after it was applied, when the resource says so.
        idempotent: True for objects a provider resource declares one by one; declaring one twice is no mistake.
    """

    text: LocatedText
    at: Origin
    resource: PlannedResource
    version: str = ""
    idempotent: bool = False

    def locate(self, offset: int) -> Origin:
        """Return where a character of the text comes from."""
        return self.text.origin(offset, Origin(self.at.file, self.at.line, self.resource.address))


class SqlExtractor:
    """Reads the SQL of resources; for what it cannot read it adds a sentence to `unchecked`."""

    def __init__(self, files: Files, unchecked: list[str]) -> None:
        self.files = files
        self.unchecked = unchecked

    def texts(self, resource: PlannedResource) -> Iterator[SqlText]:
        """Return the SQL a resource holds, in order.

        Raises:
            SourceError: When a file it names cannot be read.
        """
        if resource.mode != "managed":
            return
        commands = list(self._provisioners(resource))
        match resource.type:
            case "sql_migrate":
                yield from self._migrations(resource)
            case "sql_migrate_directory" | "atlas_migration":
                yield from self._folder(resource)
            case "postgresql_schema" | "postgresql_extension":
                yield from self._object(resource)
            case "postgresql_function":
                self._report_unread(resource, "functions of postgresql_function are not read yet")
            case "atlas_schema":
                yield from self._atlas(resource)
            case type_ if type_ in _PRIVILEGES:
                self._report_unread(resource, "roles and privileges are not read from provider resources")
            case _ if not commands:
                yield from self._properties(resource)
        yield from commands

    def _report_unread(self, resource: PlannedResource, why: str) -> None:
        self.unchecked.append(f"{resource.block.at}: {resource.type}.{resource.name}: {why}")

    def _known_string(self, resource: PlannedResource, value: Value | None, what: str) -> str | None:
        """Return a string's text; None when it is not set, or not known yet, which is added to `unchecked`."""
        if value is None or value.is_null:
            return None
        if not value.is_known:
            self.unchecked.append(f"{resource.block.at}: {resource.address}: {what} is known only after apply")
            return None
        return value.raw if isinstance(value.raw, str) else None

    def _migrations(self, resource: PlannedResource) -> Iterator[SqlText]:
        migrations = resource.values.raw["migration"]
        if not migrations.is_known:
            self.unchecked.append(f"{resource.block.at}: {resource.address}: its migrations are known only after apply")
            return
        places = [block for block in resource.block.body.blocks if block.type in {"migration", "dynamic"}]
        for i, migration in enumerate(migrations.raw):
            place = places[i] if len(places) == len(migrations.raw) else resource.block
            if self._known_string(resource, migration.raw["up"], "the SQL of a migration") is not None:
                at = place.body.attributes["up"].at if "up" in place.body.attributes else place.at
                yield SqlText(text=located(migration.raw["up"]), at=at, resource=resource)

    def _folder(self, resource: PlannedResource) -> Iterator[SqlText]:
        attribute = "dir" if resource.type == "atlas_migration" else "path"
        named = self._known_string(resource, resource.values.raw.get(attribute), "the folder of migrations")
        if named is None:
            if resource.type == "atlas_migration":
                self._report_unread(resource, "its migrations are not in a local folder")
            return
        at = resource.declared_at(attribute)
        path = named.removeprefix("file://").partition("?")[0]
        try:
            folder = read_folder(self.files.locate(path), self.files.base)
        except SourceError as error:
            raise SourceError(
                at.file, at.line, f"{path!r}: {error.message}" if not error.line else str(error)
            ) from None
        pinned = (
            self._known_string(resource, resource.values.raw.get("version"), "its version")
            if attribute == "dir"
            else None
        )
        for file in folder.files:
            text = located(string(file.text, (Span(0, file.file, 1),)))
            yield SqlText(text=text, at=at, resource=resource, version=pinned or folder.version)
            if pinned and file.file.rpartition("/")[2].startswith(pinned):
                break

    def _object(self, resource: PlannedResource) -> Iterator[SqlText]:
        values = resource.values.raw
        name = self._known_string(resource, values["name"], "its name")
        if name is None:
            return
        if resource.type == "postgresql_schema":
            sql = f"CREATE SCHEMA IF NOT EXISTS {quote_identifier(name)}"
        else:
            sql = f"CREATE EXTENSION IF NOT EXISTS {quote_identifier(name)}"
            # What the provider fills in is unknown, and then PostgreSQL's own default is what it will be.
            if isinstance(values["schema"].raw, str):
                sql += f" SCHEMA {quote_identifier(values['schema'].raw)}"
            if isinstance(values["version"].raw, str):
                sql += f" VERSION {quote_literal(values['version'].raw)}"
        yield SqlText(text=located(string(sql)), at=resource.block.at, resource=resource, idempotent=True)

    def _atlas(self, resource: PlannedResource) -> Iterator[SqlText]:
        hcl = self._known_string(resource, resource.values.raw["hcl"], "its schema")
        if hcl is None:
            return
        if holds_ddl(hcl):  # Atlas accepts schemas in SQL too
            yield SqlText(text=located(resource.values.raw["hcl"]), at=resource.declared_at("hcl"), resource=resource)
        else:
            self._report_unread(
                resource, "schemas in Atlas HCL are not read; give the SQL that `atlas schema inspect` prints"
            )

    def _properties(self, resource: PlannedResource) -> Iterator[SqlText]:
        written = {*resource.block.body.attributes, *(inner.type for inner in resource.block.body.blocks)}
        written |= {label for inner in resource.block.body.blocks for label in inner.labels}  # dynamic blocks
        for name, value in resource.values.raw.items():
            if name not in written:  # computed: it repeats what is written elsewhere
                continue
            at = resource.declared_at(name)
            if resource.type == "aws_lambda_invocation" and name == "input" and isinstance(value.raw, str):
                try:
                    value = decode(value.raw)  # noqa: PLW2901  # the same input, read
                except ValueError:
                    continue
            for found in _sql_strings(name, value):
                if not found.is_known:
                    self.unchecked.append(f"{at}: {resource.address}.{name}: its SQL is known only after apply")
                elif holds_ddl(found.raw):
                    yield SqlText(text=located(found), at=at, resource=resource)

    def _provisioners(self, resource: PlannedResource) -> Iterator[SqlText]:
        for block in resource.block.body.blocks:
            if block.type == "provisioner" and block.labels == ("local-exec",):
                yield from self._psql_texts(resource, block)

    def _psql_texts(self, resource: PlannedResource, block: Block) -> Iterator[SqlText]:
        attribute = block.body.attributes.get("command")
        when = block.body.attributes.get("when")
        if attribute is None or (when is not None and getattr(when.expression, "name", "") == "destroy"):
            return
        try:
            command = resource.evaluator.value(attribute.expression)
            if not command.is_known or not isinstance(command.raw, str):
                self.unchecked.append(f"{attribute.at}: {resource.address}: its command is known only after apply")
                return
            inputs = psql_inputs(located(command))
        except (EvaluationError, UnreadableCommandError) as error:
            self.unchecked.append(f"{attribute.at}: {resource.address}: {error}")
            return
        folder = block.body.attributes.get("working_dir")
        base = resource.evaluator.value(folder.expression).raw if folder is not None else "."
        for given in inputs:
            yield SqlText(text=self._input_text(given, str(base), attribute.at), at=attribute.at, resource=resource)

    def _input_text(self, given: PsqlInput, base: str, at: Origin) -> LocatedText:
        if given.sql is not None:
            return given.sql
        try:
            return located(read_file(self.files, f"{base}/{given.file}" if base != "." else given.file))
        except SourceError as error:
            raise SourceError(at.file, at.line, f"psql -f {given.file}: {error.message}") from None


def _sql_strings(name: str, value: Value) -> Iterator[Value]:
    """Return the strings of a property that is read as SQL, and of those within it."""
    if isinstance(value.raw, dict):
        for key, item in value.raw.items():
            yield from _sql_strings(key, item)
    elif isinstance(value.raw, tuple):
        for item in value.raw:
            yield from _sql_strings(name, item)
    elif is_sql_property(name) and (isinstance(value.raw, str) or not value.is_known):
        yield value
