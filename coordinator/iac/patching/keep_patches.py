"""Writes patches of the declaring files after which the database, as it is now, is what they declare, proven."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from coordinator.iac.expressions.files import repository_root
from coordinator.iac.patching.drafts import Draft, Drafts
from coordinator.iac.patching.held_text import CannotEditError
from coordinator.iac.patching.second_reader import differs_elsewhere
from coordinator.iac.patching.unified_diff import unified_diff
from coordinator.iac.reading import Reading, spec_source
from coordinator.iac.source import SourceError, as_if_edited, read_text
from coordinator.report.model import Patch
from shared.analysis.wanted import Wanted, still_different, wanted_of
from shared.diff.changes import Missing, SchemaDiff
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot, Spec, SpecSource

MAX_KEPT_CHANGES = 500
"""Differences that one patch keeps; a longer one would not be read by people."""

_MAX_NAMED = 3


class RefusedError(Exception):
    """PostgreSQL refuses a declaration; the message says which statement, and why."""


class Declaring(msgspec.Struct, frozen=True, kw_only=True):
    """Where a declaration comes from, so that it can be read and compiled again after an edit.

    Args:
        path: The source that was loaded; the origins' files are relative to it.
        read: Reads it.
        choose: Gives what it declares for the tenants that are meant.
        compile: Compiles what was read, or raises RefusedError.
        profile: Which facets are compared.
    """

    path: Path
    read: Callable[[], Reading]
    compile: Callable[[SpecSource], Awaitable[Spec]]
    profile: Profile = Profile()
    choose: Callable[[Reading], SpecSource] = spec_source

    @property
    def folder(self) -> Path:
        """What the files of origins are relative to."""
        return (self.path if self.path.is_dir() else self.path.parent).resolve()


async def keep_patches(
    diff: SchemaDiff, spec: Spec, declaring: Declaring, observed: Snapshot | None = None
) -> tuple[Patch, ...]:
    """Write the patch that makes the declaration say what the database has: all differences of the group, or none.

    Args:
        diff: Desired against observed.
        spec: The desired side.
        declaring: Where that comes from.
        observed: The database, where it is at hand.

    Returns:
        One patch that was applied to the declaration, evaluated and compiled, and came to the observed schema; or one
        without a diff, whose reason says why there is none, and whose block says what to add by hand, and where.
    """
    if not diff.changes:
        return ()
    if len(diff.changes) > MAX_KEPT_CHANGES:
        return (_unpatched(f"there are more than {MAX_KEPT_CHANGES} differences, too many for one patch"),)
    wanted = wanted_of(diff, spec, observed, declaring.profile)
    if not wanted.changes:
        return (_unpatched("nothing of it can be declared", left=wanted.left),)
    drafts = Drafts(wanted, spec, declaring.read(), declaring.folder)
    reasons: list[str] = []
    for draft in drafts.all():
        if isinstance(draft, CannotEditError):
            reasons.append(str(draft))
            continue
        reason = _check_text(draft) or await _check_meaning(draft, wanted, spec, declaring)
        if not reason:
            return (_patch(draft, wanted, declaring),)
        reasons.append(reason)
    return (_by_hand(reasons[0], wanted, spec),)


def _check_text(draft: Draft) -> str:
    """Say what is wrong with the edited texts to a second reader; nothing where they differ at the edits only."""
    for path, edits in draft.edits.items():
        reason = differs_elsewhere(path, read_text(path, path.name), draft.files[path], edits)
        if reason:
            return reason
    return ""


async def _check_meaning(draft: Draft, wanted: Wanted, spec: Spec, declaring: Declaring) -> str:
    """Say what is wrong with the declaration after the edits; nothing where it comes to the schema that is wanted."""
    try:
        with as_if_edited({path: text.encode("utf-8", "surrogatepass") for path, text in draft.files.items()}):
            source = declaring.choose(declaring.read())
    except SourceError as error:
        return f"the edited files could not be read: {error}"
    try:
        made = await declaring.compile(source)
    except RefusedError as error:
        return f"PostgreSQL would refuse the edited declaration: {error}"
    unread = {each.reason for each in made.source.unread} - {each.reason for each in spec.source.unread}
    if unread or len(made.source.unread) > len(spec.source.unread):
        return f"less of the edited declaration could be read: {min(unread, default='')}"
    left = still_different(wanted, made)
    if left:
        return f"the edited declaration would still differ in {', '.join(map(str, left[:_MAX_NAMED]))}"
    return ""


def _patch(draft: Draft, wanted: Wanted, declaring: Declaring) -> Patch:
    top = repository_root(declaring.folder)
    parts: list[str] = []
    files: list[str] = []
    for path in sorted(draft.files):
        name = Path(os.path.relpath(path, top)).as_posix()
        before = read_text(path, name) if path.exists() else None
        if before != draft.files[path]:
            parts.append(unified_diff(name, before, draft.files[path]))
            files.append(name)
    return Patch(
        summary=f"{' and '.join(files)} {_summary(wanted)}",
        diff="".join(parts),
        notes=(*wanted.left, *_notes(draft, top)),
    )


def _summary(wanted: Wanted) -> str:
    gone = [str(each.identity) for each in wanted.changes if isinstance(each, Missing)]
    said = [str(each.identity) for each in wanted.changes if not isinstance(each, Missing)]
    parts = [f"declares {_named(said)}"] if said else []
    parts += [f"no longer declares {_named(gone)}"] if gone else []
    return " and ".join(parts)


def _named(names: list[str]) -> str:
    shown = ", ".join(names[:_MAX_NAMED])
    return shown if len(names) <= _MAX_NAMED else f"{shown} and {len(names) - _MAX_NAMED} more"


def _notes(draft: Draft, top: Path) -> tuple[str, ...]:
    if draft.migration is None:
        return ()
    name = Path(os.path.relpath(draft.migration, top)).as_posix()
    return (f"{name} will be run on every tenant; where the drift is there already, mark it as applied instead",)


def _unpatched(reason: str, *, block: str = "", left: tuple[str, ...] = ()) -> Patch:
    return Patch(summary=f"no patch: {reason}", diff="", block=block, notes=left)


def _by_hand(reason: str, wanted: Wanted, spec: Spec) -> Patch:
    """Give what would have to be added by hand, and say where."""
    origins = {entry.identity: entry.origin for entry in spec.origins}
    places = [
        origins[identity]
        for change in wanted.changes
        for identity in origins
        if identity == change.identity or identity.name == change.identity.parent
    ]
    last = max(places, default=spec.source.declarations[-1].origin if spec.source.declarations else None)
    where = f"; to keep it, declare behind {last} what this block says" if last is not None else ""
    block = "".join(f"{step.sql};\n" for step in wanted.steps)
    return _unpatched(f"{reason}{where}", block=block, left=wanted.left)
