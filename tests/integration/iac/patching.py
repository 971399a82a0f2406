"""Repositories in which drift is kept: a declaration in some carrier, drift, the patch, and `git apply`."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec

from coordinator.iac.load import read_declaration
from coordinator.iac.patching.keep_patches import Declaring, RefusedError, keep_patches
from coordinator.iac.reading import spec_source
from coordinator.report.model import Patch
from shared.diff.compare import diff_schemas
from shared.postgres.scratch import ScratchServer, SpecError, compile_spec
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, Spec, SpecSource


class Layout(msgspec.Struct, frozen=True):
    """The files of a repository, and the one that is the source."""

    files: dict[str, str]
    source: str


class Kept(msgspec.Struct, frozen=True):
    """What was found for drift: its patches, what was observed, and what the declaration comes to after them."""

    patches: tuple[Patch, ...]
    observed: Spec
    patched: Spec | None

    @property
    def left(self) -> tuple[str, ...]:
        """What still differs after the patch."""
        assert self.patched is not None
        changes = diff_schemas(self.patched.schema, self.observed.schema).changes
        return tuple(f"{type(change).__name__} {change.identity}" for change in changes)


def git(folder: Path, *arguments: str) -> None:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def repository(folder: Path, layout: Layout) -> Path:
    """Write a repository, and return its source."""
    for file, text in layout.files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="")
    git(folder, "init", "--quiet")
    git(folder, "config", "core.autocrlf", "false")
    return folder / layout.source


async def kept(scratch: ScratchServer, folder: Path, layout: Layout, drift: tuple[str, ...]) -> Kept:
    """Keep drift in a repository: apply the patch, and read and compile what is then declared."""
    source = repository(folder, layout)
    profile = Profile()

    async def compiled(declared: SpecSource) -> Spec:
        try:
            return await compile_spec(scratch, declared, profile)
        except SpecError as error:
            raise RefusedError(str(error)) from None

    declared = spec_source(read_declaration(source))
    spec = await compiled(declared)
    changed = tuple(Declaration(sql, Origin("drift", 1)) for sql in drift)
    observed = await compiled(SpecSource(declarations=declared.declarations + changed))
    declaring = Declaring(path=source, read=lambda: read_declaration(source), compile=compiled, profile=profile)
    diff = diff_schemas(spec.schema, observed.schema)
    assert diff
    patches = await keep_patches(diff, spec, declaring, observed.snapshot)
    if not patches or not patches[0].diff:
        return Kept(patches, observed, None)
    (folder / "keep.diff").write_text(patches[0].diff, "utf-8", newline="", errors="surrogatepass")
    git(folder, "apply", "keep.diff")
    return Kept(patches, observed, await compiled(spec_source(read_declaration(source))))
