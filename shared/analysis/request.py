"""What is asked of an analysis: everything its answer depends on, as data, and the id that names the answer."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from shared.analysis.code_hash import code_hash
from shared.contracts.contract import Contract
from shared.kinds.context import Recipe
from shared.schema.canonical import content_hash
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot, Spec


class SpeltBy(StrEnum):
    """Which PostgreSQL has spelt the desired schema of a request, and so what has still to be spelt again."""

    SCRATCH = "scratch"
    """The scratch server, when it compiled the declaration: only the observed schema is spelt there."""
    OWN_SERVER = "own_server"
    """Another server, which the schema was read from: both schemas are spelt by the scratch server."""
    SAME_MAJOR = "same_major"
    """A server of the same major version as the observed one: the schemas are compared as they were read. The scratch
    server is asked only whether a difference is one of spelling, and where a plan leads."""


class AnalysisRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One question: how does this observed schema differ from the desired one, what breaks, and what brings it back.

    Args:
        spec: The desired schema, and where each object is declared.
        snapshot: The observed schema, as its own server spells it.
        contracts: What the services expect.
        profile: Which facets are compared.
        desired_spelt_by: Whose spelling the desired schema is in.
        destructive: The statements of the plan that lose something are meant to run.
        recipe: How the plan does what writes every row of a table anew.
        guarded: The plan gets a guard for databases that look like the snapshot. Only a snapshot that was read from a
            live server can have one.
    """

    spec: Spec
    snapshot: Snapshot
    contracts: tuple[Contract, ...] = ()
    profile: Profile = Profile()
    desired_spelt_by: SpeltBy = SpeltBy.SCRATCH
    destructive: bool = False
    recipe: Recipe = Recipe.SHORT
    guarded: bool = True

    @property
    def id(self) -> str:
        """Name the analysis by everything it depends on: equal ids, equal analyses.

        Column order counts (`SELECT *` depends on it), what the migration tables say does not. The code that makes the
        analysis counts, and so does the version of the scratch server, which the compiled spec holds.
        """
        return content_hash("analysis/3", [self.schema_id, self.contracts])

    @property
    def schema_id(self) -> str:
        """Name what the analysis says of the two schemas, whatever the services expect: diff, findings, plan, proof."""
        desired, observed = self.spec.snapshot, self.snapshot
        return content_hash(
            "schema analysis/1",
            {
                "code": code_hash(),
                "desired": _facts(desired),
                "scratch": desired.server_version,
                "origins": self.spec.origins,
                "unread": self.spec.source.unread,
                "surroundings": desired.surroundings,
                "observed": _facts(observed),
                "server": observed.server_version // 10000,  # the guard is spelt by it
                "profile": self.profile,
                "options": [self.desired_spelt_by, self.destructive, self.recipe, self.guarded],
            },
        )


def _facts(snapshot: Snapshot) -> tuple[object, ...]:
    return snapshot.schema, snapshot.column_order, snapshot.not_null_names, snapshot.dependencies
