"""Loads schemas in Atlas HCL, folders of them, and Atlas project files, as a `Reading`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from coordinator.iac.atlas.project import CHOSEN_ENVIRONMENT, Environment, SchemaSource, is_project, read_project
from coordinator.iac.atlas.schema import AtlasSchema, SourceText, read_schema
from coordinator.iac.expressions.files import Files
from coordinator.iac.file_names import ATLAS_PROJECT
from coordinator.iac.hcl.structure import parse_structure
from coordinator.iac.reading import DeclaredTenant, Piece, Reading, carriers_of
from coordinator.iac.reading import Gap as CarrierGap
from coordinator.iac.source import SourceError, read_text
from coordinator.iac.sql.folders import SqlFolder, read_folder
from coordinator.iac.sql.migration_files import SqlFile
from coordinator.iac.sql.partial import Loss, read_statements
from coordinator.iac.sql.statements import in_file
from shared.schema.schema import Declaration, Origin


def read_atlas(path: Path, inputs: Mapping[str, object]) -> Reading:
    """Read a schema in Atlas HCL, a folder of `.hcl` files (which are one schema), or a project file.

    Args:
        path: The file or folder; of a folder with an `atlas.hcl` that is read.
        inputs: Values of variables; `atlas.env` chooses an environment of a project.

    Raises:
        SourceError: With file and line, when it cannot be read at all.
    """
    project = path / ATLAS_PROJECT if path.is_dir() else path
    if project.is_file():
        text = read_text(project, project.name)
        if is_project(parse_structure(text, project.name).blocks):
            return _read_project(project, text, inputs)
    files = Files(path if path.is_dir() else path.parent)
    reader = _SourceReader(files)
    found = reader.schema("" if path.is_dir() else path.name, inputs)
    return reader.reading(path.name, (Piece(carrier="", address="", at=Origin(path.name, 1), declarations=found),))


class _SourceReader:
    """Reads what environments apply; what they have in common once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.gaps: list[CarrierGap] = []
        self.refused: list[SourceError] = []
        self.unchecked: list[str] = []
        self.version = ""

    def reading(self, name: str, pieces: tuple[Piece, ...], tenants: tuple[DeclaredTenant, ...] = ()) -> Reading:
        """Return all that was read."""
        return Reading(
            name=name,
            pieces=pieces,
            carriers=carriers_of(pieces, self.gaps),
            tenants=tenants,
            expected_version=self.version,
            refused=tuple(self.refused),
            unchecked=tuple(dict.fromkeys(self.unchecked)),
        )

    def declarations(self, source: SchemaSource) -> tuple[Declaration, ...]:
        """Return what a source of an environment declares."""
        if not source.path:
            self.gaps.append(CarrierGap(address=source.at.file, at=source.at, reason=source.reason))
            return ()
        try:
            real = self._files.locate(source.path)
            if source.migrations:
                folder = read_folder(real, self._files.base)
                self.version = folder.version
                return self._sql(folder)
            if real.is_dir() and any(real.glob("**/*.sql")):
                return self._sql(read_folder(real, self._files.base))
            if real.suffix == ".sql":
                shown = self._files.shown(real)
                return self._sql(SqlFolder(always=(SqlFile(shown, read_text(real, shown)),)))
            return self.schema(source.path, dict(source.inputs))
        except SourceError as error:
            if error.line:
                raise
            reason = f"{source.path}: {error.message}"
            self.gaps.append(CarrierGap(address=source.at.file, at=source.at, reason=reason))
            return ()

    def _sql(self, folder: SqlFolder) -> tuple[Declaration, ...]:
        made: list[Declaration] = []
        for _, file in folder.steps():
            found, losses = read_statements(
                file.text, in_file(file.text, file.file, first_line=file.line), self.unchecked
            )
            made += found
            for loss in losses:
                self._lost(loss)
        return tuple(made)

    def _lost(self, loss: Loss) -> None:
        self.gaps.append(CarrierGap(address=loss.at.file, at=loss.at, reason=loss.reason, may=loss.may))
        if loss.error is not None:
            self.refused.append(loss.error)

    def schema(self, path: str, inputs: Mapping[str, object]) -> tuple[Declaration, ...]:
        """Return what schema files in Atlas HCL declare."""
        real = self._files.locate(path)
        paths = sorted(real.glob("**/*.hcl")) if real.is_dir() else [real]
        if not paths:
            raise SourceError(path, 0, "this folder holds no .hcl file")
        names = [self._files.shown(found) for found in paths]
        texts = tuple(SourceText(read_text(found, name), name) for found, name in zip(paths, names, strict=True))
        found = read_schema(texts, inputs, self._files)
        self.gaps += carrier_gaps(found)
        return found.declarations


def carrier_gaps(found: AtlasSchema) -> Iterator[CarrierGap]:
    """Return the gaps of a schema as those of a source: each block is a carrier of its own."""
    for gap in found.gaps:
        yield CarrierGap(address=gap.address, at=gap.at, reason=gap.reason, may=gap.may)


def _read_project(path: Path, text: str, inputs: Mapping[str, object]) -> Reading:
    reader = _SourceReader(Files(path.parent))
    environments = read_project(text, path.name, inputs, Files(path.parent))
    _refuse_different(environments, path.name)
    pieces: list[Piece] = []
    known: dict[SchemaSource, tuple[Declaration, ...]] = {}
    for environment in environments:
        for source in environment.sources:
            key = msgspec.structs.replace(source, at=Origin(path.name, 0))
            if key not in known:
                known[key] = reader.declarations(source)
            pieces.append(
                Piece(
                    carrier=path.name,
                    address="",
                    at=source.at,
                    declarations=known[key],
                    tenant=environment.tenant,
                    destination=environment.destination,
                )
            )
    named = {environment.tenant: environment.destination for environment in environments if environment.tenant}
    tenants = tuple(
        DeclaredTenant(tenant=tenant, host=destination.host, database=destination.database)
        for tenant, destination in sorted(named.items())
    )
    if not tenants:  # all environments declare the same: it is said once
        pieces = list({id(piece.declarations): piece for piece in reversed(pieces)}.values())[::-1]
    return reader.reading(path.name, tuple(pieces), tenants)


def _refuse_different(environments: tuple[Environment, ...], file: str) -> None:
    """Raise SourceError when environments apply different schemas, so that one has to be chosen."""
    said = {
        tuple(msgspec.structs.replace(source, at=Origin(file, 0)) for source in environment.sources): environment
        for environment in environments
    }
    if len(said) > 1:
        first, other, *_ = said.values()
        reason = (
            f"the environments {first.name!r} and {other.name!r} apply different schemas; choose one with the variable "
            f"{CHOSEN_ENVIRONMENT!r}"
        )
        raise SourceError(file, other.at.line, reason)
