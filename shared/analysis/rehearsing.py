"""Spell a schema by the scratch server alone, and play a plan through on a copy: for `fingerprint` and `apply`."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.diff.well_known import without_tool_objects
from shared.postgres.scratch import (
    MaterialiseError,
    ScratchServer,
    Spelt,
    materialise,
    read_again,
    run_plan,
    spell,
)
from shared.remediation.kept_facts import KeptFacts
from shared.remediation.plan import Statement
from shared.schema.canonical import schema_hash
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
    return await spell(scratch, standing if profile.spelling else in_one_spelling(standing), profile)


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


async def play_through(
    scratch: ScratchServer, base: Snapshot, stages: Iterable[Iterable[Statement]], profile: Profile
) -> tuple[Snapshot, ...]:
    """Run the stages of a plan on a copy of a schema.

    Args:
        scratch: Where the copy is made.
        base: The schema the plan was made for, with its surroundings.
        stages: The statements of each stage.
        profile: Which facets are read.

    Returns:
        What was read after each stage.

    Raises:
        MaterialiseError: When the copy cannot be made.
        ScratchError: When a statement fails.
    """
    passed: list[Snapshot] = []
    facts: KeptFacts = {}
    async with scratch.database() as copy:
        await materialise(copy, base)
        for statements in stages:
            await run_plan(copy, statements, facts)
            passed.append(await read_again(copy, profile, base))
    return tuple(passed)
