"""What of two schemas is compared, and what is left out: pure, and the same for every command."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import msgspec

from shared.diff.changes import Altered, Change, SchemaDiff, Unverified
from shared.diff.compare import diff_schemas
from shared.diff.filling import filled_as
from shared.diff.partitions import with_partitions, without_following_partitions
from shared.diff.undeclared import needed_by_what_stays, set_aside, with_set_aside
from shared.diff.well_known import PARTITIONS, LeftOut, left_out, tool_objects, without_tool_objects
from shared.diff.whoever import as_made_by_somebody
from shared.postgres.scratch.unbuilt import Unbuilt, by_object
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile
from shared.schema.relations import Constraint
from shared.schema.schema import Carrier, Schema, Snapshot
from shared.schema.spelling import in_one_spelling

_DEPARSED = frozenset(
    {"columns", "default", "definition", "partition_bound", "partition_key", "predicate", "using", "with_check"}
)
"""Fields that hold text which PostgreSQL writes: it may write another one after a dump and restore."""

MAX_TOOLS = 3
"""Beyond so many tools in one database `views` tries only none and all of them: each view costs a rebuilt database."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two schemas side by side.

    Args:
        desired: The declared schema.
        whole: The observed schema; what tools keep for themselves is left out where the profile says so.
        observed: The same without the partitions that only follow their parent, where the profile says so.
        diff: The desired schema against `observed`.
        unbuilt: What the scratch server could not rebuild of either, with what depends on it: compared as it was read.
            Where it differs it is unverified, for the difference may be one of spelling.
        kept: What of the observed schema the declaration may declare where it could not be read: it stays.
        needed: What is unexpected and stays all the same, because something kept needs it.
        on_copies: The same two as the scratch server spells them, where these are compared as they were read.
        unspelt: Why the scratch server cannot spell them, where it was asked; empty otherwise.
    """

    desired: Snapshot
    whole: Snapshot
    observed: Snapshot
    diff: SchemaDiff
    unbuilt: tuple[Unbuilt, ...] = ()
    kept: frozenset[ObjectId] = frozenset()
    needed: tuple[Unverified, ...] = ()
    on_copies: Comparison | None = None
    unspelt: str = ""

    @property
    def goal(self) -> Snapshot:
        """Where a plan leads: the declared schema with the partitions that were left out and what was kept."""
        desired = _as_in_the_tenant(self.desired, self.observed)
        stays = self.kept | {each.identity for each in self.needed}
        return with_set_aside(with_partitions(desired, self.whole, self.observed), self.whole, stays)

    @property
    def planned(self) -> SchemaDiff:
        """What a plan changes: not what stays because something needs it, unexpected though it is."""
        needed = {each.identity: each for each in self.needed}
        return SchemaDiff(tuple(needed.get(change.identity, change) for change in self.diff.changes))


def with_unread(comparison: Comparison, unread: tuple[Carrier, ...]) -> Comparison:
    """Give a comparison in which what an unread place may declare or alter is unverified, and stays.

    Args:
        comparison: With a declaration as far as it was read.
        unread: What of it could not be read.
    """
    diff = set_aside(comparison.diff, unread)
    before = {change.identity for change in comparison.diff.changes if isinstance(change, Unverified)}
    kept = frozenset(each.identity for each in diff.changes if isinstance(each, Unverified)) - before
    if not kept:
        return comparison
    needed = needed_by_what_stays(diff, kept, comparison.whole)
    return msgspec.structs.replace(comparison, diff=diff, kept=kept, needed=needed)


def _as_in_the_tenant(desired: Snapshot, observed: Snapshot) -> Snapshot:
    """Give the declared schema with what a declaration leaves to whoever runs it as the tenant has it."""
    return as_made_by_somebody(filled_as(desired, observed), observed)


def compare(desired: Snapshot, whole: Snapshot, profile: Profile, unbuilt: tuple[Unbuilt, ...] = ()) -> Comparison:
    """Compare two schemas that one PostgreSQL has spelt, but for what it could not rebuild."""
    observed = whole if profile.partitions else without_following_partitions(whole, desired.schema)
    diff = _with_unverified(diff_schemas(_as_in_the_tenant(desired, observed).schema, observed.schema), unbuilt)
    return Comparison(desired=desired, whole=whole, observed=observed, diff=diff, unbuilt=unbuilt)


def compare_shapes(desired: Snapshot, observed: Snapshot) -> SchemaDiff:
    """Compare two shapes of a fleet as they are kept: one spelling of PostgreSQL's, with placeholders for own names.

    Args:
        desired: The one.
        observed: The other.
    """
    return diff_schemas(desired.schema, observed.schema)


def _with_unverified(diff: SchemaDiff, unbuilt: tuple[Unbuilt, ...]) -> SchemaDiff:
    """Call unverified what differs and was not spelt by one server. To be there needs no spelling."""
    reasons = by_object(unbuilt)
    return SchemaDiff(
        tuple(
            Unverified(change.identity, reasons[change.identity])
            if isinstance(change, Altered) and change.identity in reasons
            else change
            for change in diff.changes
        )
    )


def compare_as_read(desired: Snapshot, observed: Snapshot, profile: Profile) -> Comparison:
    """Compare two schemas before the scratch server has seen the observed one.

    Args:
        desired: The declared schema.
        observed: As it was read: with what tools keep for themselves.
        profile: Which facets are compared.
    """
    whole = observed if profile.tools else without_tool_objects(observed, desired.schema)
    if not profile.spelling:
        desired, whole = in_one_spelling(desired), in_one_spelling(whole)
    return compare(desired, msgspec.structs.replace(whole, surroundings=desired.surroundings), profile)


def views(snapshot: Snapshot) -> Iterator[Snapshot]:
    """Give every schema that may have been compared with a declaration that is not at hand, the likeliest first.

    What a tool keeps for itself is left out unless the declaration declares it, so there is a view for each set of
    tools that are declared. A plan says only by its hashes which one it was made for.
    """
    owners = tool_objects(snapshot, Schema())
    tools = sorted(set(owners.values()))
    declared = [kept for count in range(len(tools) + 1) for kept in itertools.combinations(tools, count)]
    if len(tools) > MAX_TOOLS:
        declared = [(), tuple(tools)]
    for kept in declared:
        objects = (item for item in snapshot.schema if owners.get(item.identity) in kept)
        yield without_tool_objects(snapshot, Schema(tuple(objects)))


def count_left_out(comparison: Comparison, read: Snapshot, profile: Profile) -> tuple[LeftOut, ...]:
    """Count what was not compared: nothing is left out silently.

    Args:
        comparison: What was compared.
        read: The observed schema as it was read.
        profile: Which facets were compared.
    """
    of_tools = () if profile.tools else left_out(tool_objects(read, comparison.desired.schema))
    partitions = _tables(comparison.whole) - _tables(comparison.observed)
    return tuple(sorted(of_tools + ((LeftOut(PARTITIONS, partitions),) if partitions else ())))


def _tables(snapshot: Snapshot) -> int:
    return sum(item.kind == "table" for item in snapshot.schema)


def _may_be_spelling(change: Change) -> bool:
    """Say whether a change may be two spellings of one thing. The text of a routine is its author's, never respelt."""
    return isinstance(change, Altered) and change.identity.kind != "routine" and not _DEPARSED.isdisjoint(change.fields)


def _is_said_for_good(change: Change, desired: Mapping[ObjectId, SchemaObject]) -> bool:
    """Say whether a change is a check whose desired words PostgreSQL keeps when they are restored, unlike the other's.

    Only a check is written anew for its words: that reads no table under a strong lock, and leaves no gap.
    """
    if not isinstance(change, Altered) or not isinstance(change.desired, Constraint):
        return False
    return change.fields == ("definition",) and desired.get(change.identity) == change.desired


def without_respelled(as_read: SchemaDiff, as_spelt: Comparison, profile: Profile) -> SchemaDiff:
    """Drop the changes that may be spelling and are gone once one server has spelt both sides.

    Args:
        as_read: Between two schemas as two servers spell them; what stays keeps this spelling.
        as_spelt: The same two, as one server spells them, or cannot.
        profile: Whether spelling counts.
    """
    told = {change.identity: change for change in as_spelt.diff.changes}
    desired = as_spelt.desired.schema.by_identity() if profile.spelling else {}
    kept: list[Change] = []
    for change in as_read.changes:
        after = told.get(change.identity)
        if not _may_be_spelling(change):
            kept.append(change)
        elif after is not None:
            kept.append(after if isinstance(after, Unverified) else change)
        elif _is_said_for_good(change, desired):
            kept.append(change)
    return SchemaDiff(tuple(kept))
