"""A schema source, as the command line names it: a file, a folder, an IaC root, a database, a saved snapshot.

`read_source` gives what it holds, `compare_sources` has two of them analysed.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from coordinator.iac.assignment import Assignment
from shared.analysis.pipeline import analyse
from shared.analysis.rehearsing import Shape, shape_of
from shared.analysis.request import AnalysisRequest, SpeltBy
from shared.analysis.scratch_server import LazyScratchServer, scratch_server
from shared.diff.changes import SchemaDiff
from shared.diff.undeclared import open_carriers
from shared.formats import SNAPSHOT, FormatError, decode_json, label_of
from shared.kinds.context import Recipe
from shared.postgres.scratch import compile_known
from shared.postgres.url import may_hold_secret
from shared.remediation.plan import Plan
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot, Spec, SpecSource, told
from shared.targets import Limits

_URL_SCHEMES = ("postgresql://", "postgres://")


class SourceReadError(Exception):
    """A schema source cannot be read; the message is one sentence."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Two sources compared: what `diff --output json` prints.

    Args:
        diff: The first against the second.
        plan: The way from the second to the first.
        unread: What of the declarations could not be read, as sentences.
        unverified: Why the second could only be compared as it was read; absent where the scratch server has spelt it.
    """

    diff: SchemaDiff
    plan: Plan
    unverified: str = ""
    unread: tuple[str, ...] = ()


class _Source(msgspec.Struct, frozen=True):
    """What a source holds, and who has spelt it: the scratch server, or the server it was read from."""

    spec: Spec
    compiled: bool = False
    live: bool = False

    def unread(self, profile: Profile) -> tuple[str, ...]:
        """Say in sentences what could not be read of it, as far as it is compared."""
        return unread_of(self.spec, profile)


def unread_of(spec: Spec, profile: Profile) -> tuple[str, ...]:
    """Say in sentences what of a declaration could not be read, as far as it is compared.

    Args:
        spec: What was read of it.
        profile: Which facets count.
    """
    return tuple(map(told, open_carriers(spec.source.unread, profile)))


@contextlib.asynccontextmanager
async def lazy_scratch() -> AsyncIterator[LazyScratchServer]:
    """Give a scratch server that starts when something first needs it: two live databases may not."""
    async with LazyScratchServer(lambda major: scratch_server(None, major=major)) as scratch:
        yield scratch


class ReadSource(msgspec.Struct, frozen=True):
    """The schema that a source holds, and what of the source could not be read, as sentences."""

    snapshot: Snapshot
    unread: tuple[str, ...] = ()


async def read_source(source: str, profile: Profile, given: tuple[Assignment, ...] = ()) -> ReadSource:
    """Read the schema a source holds, as its server spells it; a declaration is spelt by the scratch server.

    Args:
        source: Path or `postgresql://` URL.
        profile: Which facets count.
        given: Values of variables, for a declaration.

    Raises:
        SourceReadError: For a path that is not there or a snapshot that is none. Errors of the source itself
            (SourceError, SpecError, TargetError) pass through.
    """
    async with lazy_scratch() as scratch:
        found = await _read(source, profile, scratch, given)
        return ReadSource(found.spec.snapshot, found.unread(profile))


async def read_spec(source: str, profile: Profile, scratch: LazyScratchServer) -> Spec:
    """Read the schema a source holds and where it declares it, on a scratch server that is there; see `read_source`."""
    return (await _read(source, profile, scratch)).spec


async def shape_of_source(
    source: str, profile: Profile, given: tuple[Assignment, ...] = ()
) -> tuple[Shape, tuple[str, ...]]:
    """Give the schema hash by which a scan names the schema of a source, and what of it could not be read.

    Args:
        source: Path or `postgresql://` URL.
        profile: Which facets count.
        given: Values of variables, for a declaration.

    Raises:
        SourceReadError: See `read_source`.
    """
    async with lazy_scratch() as scratch:
        found = await _read(source, profile, scratch, given)
        return await shape_of(scratch, found.spec.snapshot, profile), found.unread(profile)


async def compare_sources(
    desired: str,
    observed: str,
    profile: Profile,
    *,
    destructive: bool,
    recipe: Recipe = Recipe.SHORT,
    given: tuple[Assignment, ...] = (),
) -> Comparison:
    """Compare two sources, as a scan compares a declaration with a tenant.

    Args:
        desired: What should be.
        observed: What is.
        profile: Which facets count.
        destructive: Plan what loses data too.
        recipe: How the plan does what writes every row of a table anew.
        given: Values of variables, for declarations.

    Raises:
        SourceReadError: See `read_source`.
        MaterialiseError: When `desired` is a database or a snapshot that cannot be rebuilt on the scratch server.
    """
    async with lazy_scratch() as scratch:
        if desired.startswith(_URL_SCHEMES):
            wanted = await _read(desired, profile, scratch, given)
            found = await _read(observed, profile, scratch, given)
        else:  # a database says first which scratch server suits
            found = await _read(observed, profile, scratch, given)
            wanted = await _read(desired, profile, scratch, given)
        request = AnalysisRequest(
            spec=wanted.spec,
            snapshot=found.spec.snapshot,
            profile=profile,
            desired_spelt_by=_spelt_by(wanted, found),
            destructive=destructive,
            recipe=recipe,
            guarded=found.live,
        )
        analysis = await analyse(scratch, request)
        unread = wanted.unread(profile) + found.unread(profile)
        return Comparison(diff=analysis.diff, plan=analysis.plan, unverified=analysis.unverified, unread=unread)


def _spelt_by(wanted: _Source, found: _Source) -> SpeltBy:
    if wanted.compiled:
        return SpeltBy.SCRATCH
    majors = {source.spec.snapshot.server_version // 10000 for source in (wanted, found)}
    return SpeltBy.SAME_MAJOR if wanted.live and found.live and len(majors) == 1 else SpeltBy.OWN_SERVER


async def _read(
    source: str, profile: Profile, scratch: LazyScratchServer, given: tuple[Assignment, ...] = ()
) -> _Source:
    if source.startswith(_URL_SCHEMES):
        read = await _read_database(source, profile)
        scratch.prefer(read.server_version)
        return _Source(_undeclared(read), live=True)
    path = _existing(source)
    if path.suffix == ".json":
        saved = _read_saved(path)
        if saved is not None:
            return _Source(_undeclared(saved))
    from coordinator.iac.load import read_declaration  # lazy: its grammar is slow to import
    from coordinator.iac.reading import spec_source

    declared = spec_source(read_declaration(path, given))
    return _Source(await compile_known(scratch, declared, profile), compiled=True)


def _undeclared(snapshot: Snapshot) -> Spec:
    return Spec(snapshot=snapshot, source=SpecSource(declarations=()))


def _existing(source: str) -> Path:
    path = Path(source)
    if not path.exists():
        if may_hold_secret(source):  # a connection string of another kind, say: not repeated
            raise SourceReadError(
                "one of the sources (not shown: it may hold a password) is no file, no directory and no URL of a "
                "database, which begins with postgresql://"
            )
        raise SourceReadError(f"{source}: there is no such file or directory")
    return path


async def _read_database(url: str, profile: Profile) -> Snapshot:
    from workers.isolated.readers import Readers  # lazy: cold start

    async with Readers(Limits()) as readers:
        return await readers.snapshot(url, profile)


def _read_saved(path: Path) -> Snapshot | None:
    """Read a saved snapshot; None when the JSON is something else (a CloudFormation template, say).

    Raises:
        SourceReadError: When it names another format, or is damaged.
    """
    content = path.read_bytes()
    if not label_of(content) and b'"server_version"' not in content:
        return None
    try:
        return decode_json(SNAPSHOT, content, Snapshot)
    except FormatError as error:
        raise SourceReadError(f"{path}: {error}") from None
