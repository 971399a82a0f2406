"""One statement of a recipe, and what it endangers."""

from __future__ import annotations

from enum import Enum, StrEnum

import msgspec

from shared.schema.identity import ObjectId


class HazardKind(StrEnum):
    """What a statement can do to a running system."""

    BLOCKS_READS = "blocks_reads"
    BLOCKS_WRITES = "blocks_writes"
    REWRITES_TABLE = "rewrites_table"
    SCANS_TABLE = "scans_table"
    BUILDS_INDEX = "builds_index"
    LOSES_DATA = "loses_data"
    BREAKS_READERS = "breaks_readers"
    RUNS_TENANT_CODE = "runs_tenant_code"
    FAILS_ON_ROWS = "fails_on_rows"


class Hazard(msgspec.Struct, frozen=True, order=True):
    """One danger of one statement, in a sentence."""

    kind: HazardKind
    message: str


class Role(StrEnum):
    """What a statement does to the object it is about (`Statement.object`). Database roles are something else."""

    CREATE = "create"
    """Makes it. Fails when it is there."""
    REPLACE = "replace"
    """Makes it, or puts its new form in the place of the old one."""
    ALTER = "alter"
    """Changes it in a way that may fail, or do more, when it is run again: renames, attaches, adds an option."""
    SET = "set"
    """Gives it a property, whatever the property was. Does nothing more when it is run again."""
    VALIDATE = "validate"
    """Reads all rows to prove a constraint of it. Does nothing more when it is run again."""
    PREPARE = "prepare"
    """Makes something that a later statement turns into the object or removes: an index for a constraint, a check."""
    DROP = "drop"
    """Removes it."""
    DISCARD = "discard"
    """Removes what the plan has set aside for its sake: the former type, once no column uses it."""
    FILL = "fill"
    """Computes its rows, as its owner. Does nothing more when it is run again."""
    LOCK = "lock"
    """Keeps it still until the transaction ends, so that what KEEP notes stays true."""
    KEEP = "keep"
    """Asks for its owner, grants, comments or position before it is dropped: a query whose one value, JSON, whoever
    applies the plan holds and hands to CHECK and RESTORE (`shared.remediation.kept_facts`)."""
    CHECK = "check"
    """Stops the plan where the role that runs it could not give back what KEEP has noted."""
    RESTORE = "restore"
    """Gives it what KEEP has noted, or the position where a sequence goes on."""


KEEPING = frozenset({Role.LOCK, Role.KEEP, Role.CHECK, Role.RESTORE})
"""Roles of statements that change nothing that is declared: they keep what goes with an object."""

REPEATABLE = frozenset({Role.REPLACE, Role.SET, Role.VALIDATE, Role.PREPARE, Role.FILL}) | KEEPING
"""Roles of statements that can be run again: an earlier run leaves nothing that stops them."""


class Step(msgspec.Struct, frozen=True):
    """One statement before the planner has said what it is for.

    Args:
        role: What it does to the object whose recipe gives it.
        sql: Complete, without the trailing semicolon.
        hazards: In any order.
        destructive: True when something is lost that the statement's own kind cannot bring back.
        transactional: False for what PostgreSQL refuses inside a transaction block.
        about: What the statement makes or removes, where that is not the object whose recipe gives it.
    """

    role: Role
    sql: str
    hazards: tuple[Hazard, ...] = ()
    destructive: bool = False
    transactional: bool = True
    about: ObjectId | None = None


class Verdict(Enum):
    """What an alteration can be."""

    REBUILD = "rebuild"  # only DROP and CREATE lead there


REBUILD = Verdict.REBUILD


class Loosened(msgspec.Struct, frozen=True):
    """How an object lets go of what it stands on, and takes hold of it again.

    Args:
        before: Run before the thing below is dropped.
        after: Run when it is back.
    """

    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()


def always_rebuild(desired: object, observed: object, fields: frozenset[str], context: object) -> Verdict:
    """Give the alteration of kinds that have no ALTER worth using."""
    del desired, observed, fields, context
    return REBUILD
