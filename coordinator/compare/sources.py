"""A schema source, as the command line names it: a file, a folder, an IaC root, a database, a saved snapshot.

`read_source` gives what it holds; `compare_sources` puts two of them into one PostgreSQL's spelling and compares them.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from shared.analysis.planning import plan_and_prove
from shared.analysis.scratch_server import scratch_server
from shared.diff.changes import Altered, Change, SchemaDiff
from shared.diff.compare import diff_schemas
from shared.diff.partitions import with_partitions, without_following_partitions
from shared.diff.well_known import without_tool_objects
from shared.postgres.connection import connect_url, translated
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.scratch import MaterialiseError, ScratchServer, compile_spec, spell_until_stable
from shared.remediation.guarding import make_guard
from shared.remediation.plan import Plan
from shared.remediation.planner import plan_remediation
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.schema.spelling import in_one_spelling
from shared.targets import Limits

_SPELT = frozenset(
    {"columns", "default", "definition", "partition_bound", "partition_key", "predicate", "using", "with_check"}
)
"""Fields that hold PostgreSQL's deparse, which is no fixpoint of itself."""

_URL_SCHEMES = ("postgresql://", "postgres://")


class SourceReadError(Exception):
    """A schema source cannot be read; the message is one sentence."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two sources compared: what `diff --output json` prints."""

    diff: SchemaDiff
    plan: Plan


class _Scratch:
    """Starts the scratch server when something first needs it: two live databases may not."""

    def __init__(self, stack: contextlib.AsyncExitStack) -> None:
        self._stack = stack
        self._server: ScratchServer | None = None

    async def get(self) -> ScratchServer:
        if self._server is None:
            self._server = await self._stack.enter_async_context(scratch_server(None))
        return self._server


@contextlib.asynccontextmanager
async def _lazy_scratch() -> AsyncIterator[_Scratch]:
    async with contextlib.AsyncExitStack() as stack:
        yield _Scratch(stack)


async def read_source(source: str, profile: Profile) -> Snapshot:
    """Read the schema a source holds.

    Args:
        source: Path or `postgresql://` URL.
        profile: Which facets count.

    Raises:
        SourceReadError: For a path that is not there or a snapshot that is none. Errors of the source itself
            (SourceError, SpecError, TargetError) pass through.
    """
    async with _lazy_scratch() as scratch:
        return await _read(source, profile, scratch)


async def compare_sources(desired: str, observed: str, profile: Profile, *, destructive: bool) -> Comparison:
    """Compare two sources; where they differ as read, both are spelt by the scratch server first.

    Args:
        desired: What should be.
        observed: What is.
        profile: Which facets count.
        destructive: Plan what loses data too.

    Raises:
        SourceReadError: See `read_source`.
    """
    async with _lazy_scratch() as scratch:
        wanted = await _read(desired, profile, scratch)
        found = read = await _read(observed, profile, scratch)
        if not profile.spelling:
            wanted, found = in_one_spelling(wanted), in_one_spelling(found)
        if not profile.tools:
            found = without_tool_objects(found, wanted.schema)
        diff = _diff(wanted, found, profile)
        both_live = desired.startswith(_URL_SCHEMES) and observed.startswith(_URL_SCHEMES)
        if both_live and wanted.server_version // 10000 == found.server_version // 10000:
            if any(map(_may_be_spelling, diff.changes)):
                diff = await _without_respelled(await scratch.get(), diff, wanted, found, profile)
        elif diff:
            server = await scratch.get()
            wanted = await spell_until_stable(server, wanted, profile)
            found = await spell_until_stable(server, found, profile)
            diff = _diff(wanted, found, profile)
        wanted = with_partitions(wanted, found, _compared(wanted, found, profile))
        if both_live or not diff:
            plan = plan_remediation(wanted, found, diff, destructive=destructive, profile=profile)
        else:  # the scratch server is there already, and both sides are spelt by it
            plan = await plan_and_prove(await scratch.get(), wanted, found, diff, profile, destructive=destructive)
        if observed.startswith(_URL_SCHEMES):
            plan = plan.with_guards(make_guard(read, wanted, diff, plan.statements, profile))
        return Comparison(diff=diff, plan=plan)


def _diff(wanted: Snapshot, found: Snapshot, profile: Profile) -> SchemaDiff:
    return diff_schemas(wanted.schema, _compared(wanted, found, profile).schema)


def _compared(wanted: Snapshot, found: Snapshot, profile: Profile) -> Snapshot:
    """Leave out the partitions that a scan leaves out."""
    return found if profile.partitions else without_following_partitions(found, wanted.schema)


def _may_be_spelling(change: Change) -> bool:
    """Say whether a change may be two spellings of one thing. The text of a routine is the author's, never respelt."""
    return isinstance(change, Altered) and change.identity.kind != "routine" and not _SPELT.isdisjoint(change.fields)


async def _without_respelled(
    server: ScratchServer, diff: SchemaDiff, wanted: Snapshot, found: Snapshot, profile: Profile
) -> SchemaDiff:
    """Drop the changes that vanish when one server has spelt both sides as often (a dump restored, say).

    The rest keeps the live servers' own spelling, which the plan has to match. When a side cannot be rebuilt, every
    change stays.
    """
    try:
        rebuilt = diff_schemas(
            (await spell_until_stable(server, wanted, profile)).schema,
            (await spell_until_stable(server, found, profile)).schema,
        )
    except MaterialiseError:
        return diff
    real = {change.identity for change in rebuilt.changes}
    return SchemaDiff(
        tuple(change for change in diff.changes if not _may_be_spelling(change) or change.identity in real)
    )


async def _read(source: str, profile: Profile, scratch: _Scratch) -> Snapshot:
    if source.startswith(_URL_SCHEMES):
        return await _read_database(source, profile)
    path = _existing(source)
    if path.suffix == ".json":
        saved = _read_saved(path)
        if saved is not None:
            return saved
    from coordinator.iac.load import load_source  # lazy: its grammar is slow to import

    declared = load_source(path)
    return (await compile_spec(await scratch.get(), declared, profile)).snapshot


def _existing(source: str) -> Path:
    path = Path(source)
    if not path.exists():
        raise SourceReadError(f"{source}: there is no such file or directory")
    return path


async def _read_database(url: str, profile: Profile) -> Snapshot:
    connection = await connect_url(url)
    try:
        with translated():
            return await read_snapshot(connection, profile=profile, limits=Limits())
    finally:
        await connection.close(timeout=2)


def _read_saved(path: Path) -> Snapshot | None:
    """Read a saved snapshot; None when the JSON is something else (a CloudFormation template, say)."""
    content = path.read_bytes()
    if b'"server_version"' not in content:
        return None
    try:
        return msgspec.json.decode(content, type=Snapshot)
    except (msgspec.ValidationError, msgspec.DecodeError, ValueError) as error:
        raise SourceReadError(f"{path}: is not a saved snapshot: {error}") from None
