"""Where the files that declare objects lie in their repository: origins name them relative to their source only."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from coordinator.iac.per_tenant import TENANT
from coordinator.report.declaring_paths import PathsOf
from coordinator.services.repository import folder_in_repository


class DeclaringSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source of declarations, and what can be said of its tenants by their names.

    Args:
        path: Of the file or folder; `{tenant}` in it stands for a tenant's name.
        tenants: Patterns of the names of the tenants that it may be for; empty: all.
        sure: A tenant with such a name is this source's. Otherwise its host, database or labels decide, which no report
            has.
    """

    path: Path
    tenants: tuple[str, ...] = ()
    sure: bool = True

    def may_be_for(self, tenant: str) -> bool:
        """Say whether the tenant's name fits."""
        return not self.tenants or any(fnmatch.fnmatchcase(tenant, pattern) for pattern in self.tenants)

    def folder_for(self, tenant: str) -> Path:
        """Give the folder that the files of origins are relative to."""
        path = Path(str(self.path).replace(TENANT, tenant))
        return (path if path.is_dir() else path.parent).resolve()


class SourceFolders(msgspec.Struct, frozen=True):
    """The folders that some tenants' declarations may lie in.

    Args:
        base: What paths are relative to where a folder is in no repository.
        folders: Absolute, sorted.
    """

    base: Path
    folders: tuple[Path, ...]

    def paths_of(self, file: str) -> tuple[str, ...]:
        """Give the path of an origin's file in its repository; several where several sources have such a file."""
        folders = self.folders
        if len(folders) > 1:
            folders = tuple(folder for folder in folders if (folder / file).is_file()) or folders
        return tuple(sorted({self._path(folder, file) for folder in folders}))

    def _path(self, folder: Path, file: str) -> str:
        inside = folder_in_repository(folder)
        if inside is None:
            return Path(os.path.relpath(folder / file, self.base)).as_posix()
        return Path(os.path.normpath(Path(inside, file))).as_posix()  # an origin may begin with ".."


class DeclaredFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The sources of a fleet, in the order in which they are asked whom they are for.

    Args:
        base: What paths are relative to where a source is in no repository.
        sources: Of each `[spec]` table.
    """

    base: Path = Path()
    sources: tuple[DeclaringSource, ...]

    def paths_for(self, tenants: Iterable[str]) -> PathsOf:
        """Find the folders in which the declarations of tenants may lie, and give what names the files in them."""
        found = {folder for tenant in tenants for folder in self._folders(tenant)}
        return SourceFolders(self.base.resolve(), tuple(sorted(found))).paths_of

    def _folders(self, tenant: str) -> Iterator[Path]:
        for source in self.sources:
            if source.may_be_for(tenant):
                yield source.folder_for(tenant)
                if source.sure:
                    return
