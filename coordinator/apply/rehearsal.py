"""The plan, played through on a scratch copy before any tenant sees it: which states it passes, and where it ends.

A tenant whose schema is one of these states may be worked on, from that stage on; any other has been changed by
somebody else. Both are spelt by the scratch server, so a fleet of several server versions needs one plan.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from coordinator.apply.admission import Admitted, ApplyRefusedError
from shared.analysis.comparing import views
from shared.analysis.rehearsing import UntriedError, play_through, spell_observed
from shared.analysis.replanning import find_foreign_statement
from shared.postgres.scratch import MaterialiseError, ScratchError, ScratchServer
from shared.postgres.writing.apply import built_alone, invalid_indexes, without_indexes
from shared.remediation.stages import Stage, cut_stages
from shared.schema.canonical import schema_hash
from shared.schema.database import Extension
from shared.schema.identity import QualifiedName
from shared.schema.profile import Profile
from shared.schema.schema import Schema, Snapshot


class Ready(msgspec.Struct, frozen=True):
    """The plan can run from this stage on, once what a failed try left behind is gone."""

    stage: int
    leftovers: tuple[QualifiedName, ...] = ()


class Finished(msgspec.Struct, frozen=True):
    """The plan has nothing left to do."""


class UnexpectedState(msgspec.Struct, frozen=True):
    """The plan was not made for this. `reason` ends a sentence that begins with the tenant's name."""

    reason: str


TenantState = Ready | Finished | UnexpectedState
_MAX_SQL_SHOWN = 120  # characters of a statement in a message
_CHANGED = UnexpectedState("has changed since the plan was made: scan it again")


class Rehearsal:
    """Judges where a schema stands on the way of a plan.

    Args:
        admitted: What runs.
        scratch: Where it is played through.
        profile: Which facets are compared.
    """

    def __init__(self, admitted: Admitted, scratch: ScratchServer, profile: Profile) -> None:
        self.stages: tuple[Stage, ...] = cut_stages(admitted.statements)
        self._admitted = admitted
        self.tenant_code_refused = admitted.tenant_code_refused
        self._scratch = scratch
        self._profile = profile
        self._spelt: dict[str, Snapshot] = {}
        self._passed: list[Snapshot] = []
        self._may_be_left = built_alone(self.stages)

    @property
    def played(self) -> bool:
        """Whether the states between are known."""
        return bool(self._passed)

    async def spelt_by_scratch(self, snapshot: Snapshot) -> Snapshot:
        """Have the scratch server spell a schema; the same schema once.

        Raises:
            MaterialiseError: When it cannot be rebuilt there.
        """
        shape = schema_hash(snapshot.schema)
        if shape not in self._spelt:
            surroundings = self._admitted.plan.surroundings
            spelt = await spell_observed(self._scratch, snapshot, surroundings, self._profile)
            self._spelt[shape] = spelt.snapshot
        return self._spelt[shape]

    async def spelt(self, snapshot: Snapshot) -> Snapshot:
        """Have the scratch server spell a schema, or give it as it is where that cannot be."""
        try:
            return await self.spelt_by_scratch(snapshot)
        except MaterialiseError:
            return snapshot

    async def base_in(self, snapshot: Snapshot) -> Snapshot | None:
        """Give the schema the plan was made for, spelt by the scratch server, when this is it; else None."""
        for view in views(snapshot):
            if await self._is(view, self._admitted.plan.observed):
                return await self.spelt(view)
        return None

    async def play(self, base: Snapshot) -> bool:
        """Play the plan through, stage by stage.

        Args:
            base: What `base_in` gave.

        Returns:
            Whether it leads to the declared schema; a plan that leaves something out need not.

        Raises:
            ApplyRefusedError: When a statement fails, or is none that planning again would make.
        """
        start = msgspec.structs.replace(base, surroundings=self._admitted.plan.surroundings)
        stages = [stage.statements for stage in self.stages]
        try:
            passed = await play_through(self._scratch, start, stages, self._profile)
        except UntriedError as error:
            raise ApplyRefusedError(str(error)) from None
        except (MaterialiseError, ScratchError) as error:
            raise ApplyRefusedError(f"the plan fails on a scratch copy: {error}") from None
        self._passed = [base, *passed]
        if self._admitted.complete and not await self._is(self._passed[-1], self._admitted.plan.desired):
            return False
        await self._refuse_foreign_statements(start, self._passed[-1])
        return True

    async def _refuse_foreign_statements(self, start: Snapshot, end: Snapshot) -> None:
        """Plan again: a file that somebody wrote into is no reason to run what is written there."""
        chosen = self._admitted.statements
        foreign = await find_foreign_statement(self._scratch, chosen, start, end, self._profile)
        if foreign is not None:
            raise ApplyRefusedError(
                f"planning again, from the schema that was read, does not make the statement for {foreign.object}: "
                f"{_beginning(foreign.sql)}"
            )

    async def _is(self, snapshot: Snapshot, wanted: str) -> bool:
        spelt = snapshot if schema_hash(snapshot.schema) == wanted else await self.spelt(snapshot)
        return schema_hash(spelt.schema) == wanted

    async def state_of(self, snapshot: Snapshot, *, stages_noted: int = 0) -> TenantState:
        """Say where a tenant stands.

        Args:
            snapshot: As its own server spells it.
            stages_noted: How many stages the progress file says have taken effect: decides between equal states.
        """
        found: TenantState = _CHANGED
        for view in views(snapshot):
            found = await self._state_of(view, stages_noted)
            if not isinstance(found, UnexpectedState):
                break
        return found

    async def _state_of(self, snapshot: Snapshot, stages_noted: int) -> TenantState:
        if await self._is(snapshot, self._admitted.plan.desired):
            return Finished()
        if await self._is(snapshot, self._admitted.plan.observed):
            return Ready(0)
        if not self.played:
            return _CHANGED
        try:
            return await self._on_the_way(snapshot, stages_noted)
        except MaterialiseError as error:
            return UnexpectedState(f"cannot be compared: {error}")

    async def _on_the_way(self, snapshot: Snapshot, stages_noted: int) -> TenantState:
        leftovers = invalid_indexes(snapshot, self._may_be_left)
        for left in ((), leftovers) if leftovers else ((),):
            stage = await self._stage_of(without_indexes(snapshot, left), stages_noted)
            if stage is not None:
                done = stage == len(self.stages) and not left
                return Finished() if done else Ready(stage, left)
        return _CHANGED

    async def _stage_of(self, snapshot: Snapshot, stages_noted: int) -> int | None:
        here = _state(await self.spelt_by_scratch(snapshot))
        equal = [n for n, passed in enumerate(self._passed) if _state(await self.spelt_by_scratch(passed)) == here]
        return _choose(equal, stages_noted)


def _beginning(sql: str) -> str:
    line = " ".join(sql.split())
    return line if len(line) <= _MAX_SQL_SHOWN else f"{line[:_MAX_SQL_SHOWN]}…"


def _choose(equal: Sequence[int], stages_noted: int) -> int | None:
    """Of several equal states take the last one that is known to have been reached, else the first."""
    reached = [stage for stage in equal if stage <= stages_noted]
    return reached[-1] if reached else equal[0] if equal else None


def _state(snapshot: Snapshot) -> str:
    """Hash a schema without the versions of extensions, which the scratch server has of its own."""
    objects = (
        msgspec.structs.replace(item, version="") if isinstance(item, Extension) else item for item in snapshot.schema
    )
    return schema_hash(Schema(tuple(objects)))
