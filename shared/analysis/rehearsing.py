"""Spell a schema by the scratch server alone, and play a plan through on a copy: for `fingerprint` and `apply`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

import msgspec

from shared.diff.well_known import without_tool_objects
from shared.postgres.scratch import (
    MaterialiseError,
    ScratchDatabase,
    ScratchError,
    ScratchServer,
    Spelt,
    materialise,
    read_again,
    run_plan,
    spell,
)
from shared.postgres.scratch.again import twice_if_lost
from shared.postgres.scratch.unbuilt import by_object, without
from shared.remediation.kept_facts import KeptFacts
from shared.remediation.plan import Statement
from shared.schema.canonical import schema_hash
from shared.schema.identity import ObjectId
from shared.schema.profile import Profile
from shared.schema.schema import Schema, Snapshot
from shared.schema.spelling import in_one_spelling


async def spell_observed(
    scratch: ScratchServer, snapshot: Snapshot, surroundings: tuple[str, ...], profile: Profile
) -> Spelt:
    """Have the scratch server spell an observed schema, as an analysis does.

    Args:
        scratch: Where it is rebuilt.
        snapshot: As its own server spells it.
        surroundings: What its namespace stands on, by the declaration or the plan.
        profile: Which facets are compared.

    Raises:
        MaterialiseError: When nothing of it can be rebuilt there.
        TargetError: When the scratch server fails.
    """
    standing = msgspec.structs.replace(snapshot, surroundings=surroundings)
    wanted = standing if profile.spelling else in_one_spelling(standing)
    return await twice_if_lost(partial(spell, scratch, wanted, profile))


class Shape(msgspec.Struct, frozen=True):
    """The schema hash by which a scan names a schema.

    Args:
        hash: Of the schema as the scratch server spells it.
        unverified: Why a part of it, or all, is spelt as it was read instead; empty otherwise.
    """

    hash: str
    unverified: str = ""


async def shape_of(scratch: ScratchServer, snapshot: Snapshot, profile: Profile) -> Shape:
    """Name a schema as a scan does, whichever server it was read from.

    Raises:
        TargetError: When the scratch server fails.
    """
    compared = snapshot if profile.tools else without_tool_objects(snapshot, Schema())
    try:
        spelt = await spell_observed(scratch, compared, snapshot.surroundings, profile)
    except MaterialiseError as error:
        as_read = compared if profile.spelling else in_one_spelling(compared)
        return Shape(schema_hash(as_read.schema), str(error))
    reason = spelt.unbuilt[0].reason if spelt.unbuilt else ""
    return Shape(schema_hash(spelt.snapshot.schema), reason)


class UntriedError(Exception):
    """A statement is about what the scratch server cannot rebuild; the message names the object and says why."""


async def play_through(
    scratch: ScratchServer, base: Snapshot, stages: Iterable[Iterable[Statement]], profile: Profile
) -> tuple[Snapshot, ...]:
    """Run the stages of a plan on a copy of a schema; what of it cannot be rebuilt stays as it was read.

    Args:
        scratch: Where the copy is made.
        base: The schema the plan was made for, with its surroundings.
        stages: The statements of each stage.
        profile: Which facets are read.

    Returns:
        What was read after each stage.

    Raises:
        UntriedError: When a statement is about what cannot be rebuilt.
        MaterialiseError: When the copy cannot be made.
        ScratchError: When a statement fails.
    """
    return await twice_if_lost(partial(_play, scratch, base, tuple(map(tuple, stages)), profile))


async def _play(
    scratch: ScratchServer, base: Snapshot, stages: tuple[tuple[Statement, ...], ...], profile: Profile
) -> tuple[Snapshot, ...]:
    unbuilt = by_object((await spell(scratch, base, profile)).unbuilt)
    passed: list[Snapshot] = []
    facts: KeptFacts = {}
    async with scratch.database() as copy:
        await materialise(copy, without(base, unbuilt))
        for statements in stages:
            await _try(copy, statements, facts, unbuilt)
            passed.append(_with_unbuilt(await read_again(copy, profile, base), base, unbuilt))
    return tuple(passed)


async def _try(
    copy: ScratchDatabase, statements: tuple[Statement, ...], facts: KeptFacts, unbuilt: Mapping[ObjectId, str]
) -> None:
    for statement in statements:
        if statement.object in unbuilt:
            raise UntriedError(
                f"the statement for {statement.object} cannot be tried on a scratch copy: {unbuilt[statement.object]}"
            )
    try:
        await run_plan(copy, statements, facts)
    except ScratchError as error:
        if not unbuilt:
            raise
        about, lacking = statements[error.number].object, min(unbuilt)
        raise UntriedError(
            f"the statement for {about} cannot be tried on a scratch copy, which lacks {lacking}: {error}"
        ) from None


def _with_unbuilt(read: Snapshot, base: Snapshot, unbuilt: Mapping[ObjectId, str]) -> Snapshot:
    """Add what no copy has, as the tenant has it."""
    if not unbuilt:
        return read
    as_read = (item for item in base.schema if item.identity in unbuilt)
    edges = {edge for edge in base.dependencies if edge.dependent in unbuilt}
    return msgspec.structs.replace(
        read,
        schema=Schema.of((*read.schema, *as_read)),
        not_null_names=tuple(sorted({*read.not_null_names, *base.not_null_names})),
        dependencies=tuple(sorted({*read.dependencies, *edges})),
    )
