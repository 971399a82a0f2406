"""Finds the SQL that planned resources hold: in properties, migrations folders and commands. Nothing is run."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.functions.json_text import decode
from coordinator.iac.expressions.values import Value, located, located_with_holes, string
from coordinator.iac.located_text import HOLE, LocatedText, Span
from coordinator.iac.reading import Gap
from coordinator.iac.shell.effects import ShellFolder, ShellGap, ShellSql
from coordinator.iac.source import LimitError, SourceError
from coordinator.iac.sql.connections import Destination, destination_of, is_of_another_database, known
from coordinator.iac.sql.folders import SqlFolder, Step, read_folder
from coordinator.iac.sql.properties import holds_ddl, is_sql_property, refusal
from coordinator.iac.terraform.atlas_resources import local_path, schema_variables
from coordinator.iac.terraform.instances import PlannedResource
from coordinator.iac.terraform.known_resources import known_resources
from coordinator.iac.terraform.provider_objects import provider_object
from coordinator.iac.terraform.provider_statements import OnAll, ProviderObject, Unmade
from coordinator.iac.terraform.provisioners import CommandEffect, command_effects
from coordinator.iac.terraform.suspects import Suspect, suspects
from shared.schema.schema import MayDeclare, Origin

_ANYTHING = MayDeclare()
_AFTER_APPLY = "known only after apply"


class SqlText(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """SQL that one resource holds.

    Args:
        text: The SQL, with the places it comes from; a `HOLE` in it stands for what is not known.
        at: Where the attribute or block that holds it stands, for what no span covers.
        resource: The resource that holds it.
        destination: Where it is sent.
        version: The schema version after it was applied, when the resource says so.
        step: The version of a migration tool that it is, if it is one.
        idempotent: True for objects a provider resource declares one by one; declaring one twice is no mistake.
        follows: See `Piece`.
        may: What a statement of it that cannot be read may declare, as far as the resource says so.
        on_all: What it grants on, where it names no objects.
    """

    text: LocatedText
    at: Origin
    resource: PlannedResource
    destination: Destination = Destination()
    version: str = ""
    step: Step | None = None
    idempotent: bool = False
    follows: bool = False
    may: MayDeclare = _ANYTHING
    on_all: OnAll | None = None

    def locate(self, offset: int) -> Origin:
        """Return where a character of the text comes from."""
        return self.text.origin(offset, Origin(self.at.file, self.at.line, self.resource.address))


class SqlExtractor:
    """Reads the SQL of resources; what it cannot read becomes a gap, what may be run by somebody a suspect."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.gaps: list[Gap] = []
        self.suspects: list[Suspect] = []

    def texts(self, resource: PlannedResource) -> list[SqlText]:
        """Return the SQL a resource holds, in order.

        Raises:
            SourceError: When a file it names cannot be read.
        """
        if resource.mode != "managed" and resource.type != "external":
            return []
        before = len(self.gaps)
        found = list(self._texts(resource))
        if resource.doubt and (found or len(self.gaps) > before):
            del self.gaps[before:]
            self._report(resource, resource.block.at, resource.doubt)
            return []
        return found

    def _texts(self, resource: PlannedResource) -> Iterator[SqlText]:
        commands = list(self._commands(resource))
        unread = known_resources().unread.get(resource.type)
        made = provider_object(resource)
        match resource.type:
            case "atlas_migration" | "atlas_schema" if _is_of_another_database(resource):
                return
            case "sql_migrate":
                yield from self._migrations(resource)
            case "sql_migrate_directory" | "atlas_migration":
                yield from self._folder(resource)
            case "atlas_schema":
                yield from self._atlas(resource)
            case _ if isinstance(made, ProviderObject):
                yield self._object(resource, made)
            case _ if isinstance(made, Unmade):
                self._report(resource, resource.block.at, made.reason, made.may or _ANYTHING)
            case _ if unread is not None:
                self._report(resource, resource.block.at, unread.reason, unread.may)
            case "external":
                pass
            case type_ if type_.startswith(known_resources().elsewhere):
                pass
            case _:
                yield from self._properties(resource, commands)
        yield from commands

    def _report(self, resource: PlannedResource, at: Origin, reason: str, may: MayDeclare = _ANYTHING) -> None:
        self.gaps.append(
            Gap(
                address=resource.address,
                at=at,
                reason=reason,
                may=may,
                tenant=resource.tenant_key,
                carrier=resource.carrier_name,
            )
        )

    def _known_string(self, resource: PlannedResource, value: Value | None, what: str) -> str | None:
        """Return a string's text; None when it is not set, or not known yet, which is reported."""
        if value is None or value.is_null:
            return None
        if not value.is_known:
            self._report(resource, resource.block.at, f"{what} is {_AFTER_APPLY}")
            return None
        return value.raw if isinstance(value.raw, str) else None

    def _text(self, resource: PlannedResource, value: Value, at: Origin, what: str) -> LocatedText | None:
        """Return a text of SQL, a `HOLE` in it for what is not known; None when nothing of it is, which is reported."""
        found = located_with_holes(value)
        if found is None and not value.is_null:
            self._report(resource, at, f"{what} is {_AFTER_APPLY}")
        return found

    def _migrations(self, resource: PlannedResource) -> Iterator[SqlText]:
        migrations = resource.values.raw["migration"]
        if not migrations.is_known:
            self._report(resource, resource.block.at, f"its migrations are {_AFTER_APPLY}")
            return
        places = [block for block in resource.block.body.blocks if block.type in {"migration", "dynamic"}]
        destination = destination_of(_holed(resource, "url"))
        for i, migration in enumerate(migrations.raw):
            place = places[i] if len(places) == len(migrations.raw) else resource.block
            at = place.body.attributes["up"].at if "up" in place.body.attributes else place.at
            text = self._text(resource, migration.raw["up"], at, "the SQL of a migration")
            if text is not None:
                yield SqlText(text=text, at=at, resource=resource, destination=destination)

    def _folder(self, resource: PlannedResource) -> Iterator[SqlText]:
        attribute = "dir" if resource.type == "atlas_migration" else "path"
        named = self._known_string(resource, resource.values.raw.get(attribute), "the folder of migrations")
        if named is None:
            if resource.type == "atlas_migration":
                self._report(resource, resource.block.at, "its migrations are not in a local folder")
            return
        at = resource.declared_at(attribute)
        path = local_path(named)
        try:
            folder = read_folder(self.files.locate(path), self.files.base)
        except SourceError as error:
            self._report(resource, at, f"{path!r}: {error.message}" if not error.line else str(error))
            return
        pinned = ""
        if "version" in resource.block.body.attributes and attribute == "dir":
            found = self._known_string(resource, resource.values.raw.get("version"), "its version")
            if found is None:
                return
            pinned = found
        destination = destination_of(_holed(resource, "url"))
        yield from self._steps(resource, folder, at, destination, pinned)

    def _steps(
        self, resource: PlannedResource, folder: SqlFolder, at: Origin, destination: Destination, pinned: str = ""
    ) -> Iterator[SqlText]:
        for lost in folder.unread:
            self._report(resource, at, f"{lost.file}: {lost.reason}")
        for step, file in folder.steps(pinned):
            yield SqlText(
                text=located(string(file.text, (Span(0, file.file, file.line),))),
                at=at,
                resource=resource,
                version=pinned or folder.version,
                step=step,
                destination=destination,
            )

    def _object(self, resource: PlannedResource, made: ProviderObject) -> SqlText:
        database = _holed(resource, "database")
        text = LocatedText(made.sql, (Span(0, resource.block.at.file, resource.block.at.line, advances=False),))
        return SqlText(
            text=text,
            at=resource.block.at,
            resource=resource,
            destination=Destination(database=known(database)),
            idempotent=True,
            follows=resource.type != "postgresql_schema",
            may=made.may,
            on_all=made.on_all,
        )

    def _atlas(self, resource: PlannedResource) -> Iterator[SqlText]:
        hcl = self._known_string(resource, resource.values.raw["hcl"], "its schema")
        if hcl is None:
            return
        if holds_ddl(hcl):  # Atlas accepts schemas in SQL too
            text, at = located(resource.values.raw["hcl"]), resource.declared_at("hcl")
            yield SqlText(text=text, at=at, resource=resource, destination=destination_of(_holed(resource, "url")))
        else:
            yield from self._atlas_hcl(resource)

    def _atlas_hcl(self, resource: PlannedResource) -> Iterator[SqlText]:
        from coordinator.iac.atlas.located import read_located_schema  # lazy: few configurations hold one

        at = resource.declared_at("hcl")
        here = Origin(at.file, at.line, resource.address)
        variables = schema_variables(resource)
        try:
            found = read_located_schema(located(resource.values.raw["hcl"]), here, variables, self.files)
        except LimitError:
            raise
        except SourceError as error:  # Terraform itself does not look into it
            self._report(resource, Origin(error.file, error.line or here.line), error.message)
            return
        for gap in found.gaps:
            self._report(resource, gap.at, f"{gap.address}: {gap.reason}", gap.may)
        destination = destination_of(_holed(resource, "url"))
        for item in found.declarations:
            span = Span(0, item.origin.file, item.origin.line, advances=False)
            yield SqlText(
                text=LocatedText(item.sql, (span,)), at=item.origin, resource=resource, destination=destination
            )

    def _properties(self, resource: PlannedResource, commands: list[SqlText]) -> Iterator[SqlText]:
        written = {*resource.block.body.attributes, *(inner.type for inner in resource.block.body.blocks)}
        written |= {label for inner in resource.block.body.blocks for label in inner.labels}  # dynamic blocks
        named = known_resources().sql.get(resource.type, frozenset())
        destination = destination_of(_holed(resource, "url")).otherwise(
            Destination(database=known(_holed(resource, "database")))
        )
        read: set[str] = set()
        for name, value in resource.values.raw.items() if not commands else ():
            if name not in written:  # computed: it repeats what is written elsewhere
                continue
            at = resource.declared_at(name)
            if resource.type == "aws_lambda_invocation" and name == "input" and isinstance(value.raw, str):
                try:
                    value = decode(value.raw)  # noqa: PLW2901  # the same input, read
                except ValueError:
                    continue
            for found in _sql_strings(name, value, named):
                text = self._text(resource, found, at, "its SQL")
                if text is not None and (holds_ddl(text.text) or name in named):
                    read.add(text.text)
                    yield SqlText(text=text, at=at, resource=resource, destination=destination)
                elif text is not None and self._refused(resource, name, text, at):
                    read.add(text.text)
        self.suspects += [each for each in suspects(resource, written) if each.text.text not in read]

    def _refused(self, resource: PlannedResource, name: str, text: LocatedText, at: Origin) -> bool:
        """Report a text that is meant as SQL and that PostgreSQL's grammar refuses; say whether it is one."""
        error = refusal(name, text.text, lambda offset: text.origin(offset, at))
        if error is not None:
            why = f"a part of it is {_AFTER_APPLY}" if HOLE in text.text else error.message
            self._report(resource, Origin(error.file, error.line), f"{name} holds no SQL that can be read: {why}")
        return error is not None

    def _commands(self, resource: PlannedResource) -> Iterator[SqlText]:
        for found in command_effects(resource, self.files):
            match found.effect:
                case ShellGap(reason=reason, may=may):
                    self._report(resource, found.at, reason, may)
                case ShellSql(doubt=doubt) | ShellFolder(doubt=doubt) if doubt:
                    self._report_doubtful(resource, found)
                case ShellSql(text=text, destination=destination):
                    yield SqlText(text=text, at=found.at, resource=resource, destination=destination)
                case ShellFolder(folder=folder, destination=destination):
                    yield from self._migrations_in(resource, folder, found.at, destination)

    def _report_doubtful(self, resource: PlannedResource, found: CommandEffect) -> None:
        """Report SQL of which it is not known whether it is run, unless it declares nothing."""
        effect = found.effect
        if isinstance(effect, ShellFolder):
            self._report(resource, found.at, effect.doubt, MayDeclare(files=(effect.folder,)))
        elif isinstance(effect, ShellSql) and holds_ddl(effect.text.text):
            self._report(resource, found.at, effect.doubt)

    def _migrations_in(
        self, resource: PlannedResource, path: str, at: Origin, destination: Destination
    ) -> Iterator[SqlText]:
        try:
            folder = read_folder(self.files.locate(path), self.files.base)
        except SourceError as error:
            self._report(resource, at, str(error), MayDeclare(files=(path,)))
            return
        yield from self._steps(resource, folder, at, destination)


def _is_of_another_database(resource: PlannedResource) -> bool:
    return any(is_of_another_database(_holed(resource, name)) for name in ("url", "dev_url"))


def _holed(resource: PlannedResource, attribute: str) -> str:
    """Return the text of an attribute, a `HOLE` in it for what is not known; empty when it is not set."""
    value = resource.values.raw.get(attribute)
    found = located_with_holes(value) if value is not None else None
    return found.text if found is not None else ""


def _sql_strings(name: str, value: Value, named: frozenset[str]) -> Iterator[Value]:
    """Return the strings of a property that is read as SQL, and of those within it."""
    if isinstance(value.raw, dict):
        for key, item in value.raw.items():
            yield from _sql_strings(key, item, named)
    elif isinstance(value.raw, tuple):
        for item in value.raw:
            yield from _sql_strings(name, item, named)
    elif (is_sql_property(name) or name in named) and (isinstance(value.raw, str) or not value.is_known):
        yield value
