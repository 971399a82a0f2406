"""A plan: the ordered statements that bring a schema back, the hazards of each, and whether they were seen to work."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from shared.diff.changes import Altered, Change, ChangeKind, Unexpected
from shared.kinds.step import KEEPING, Hazard, Role
from shared.remediation.guard import Guard
from shared.schema.canonical import canonical_json
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Constraint, Index

LOCK_TIMEOUT_MS = 3000
"""How long a statement in a transaction waits for a lock: behind it everybody else waits too."""


class Statement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One DDL statement of a plan.

    Args:
        sql: Complete, without the trailing semicolon.
        object: What it is about.
        change: The difference it removes; never `UNVERIFIED`.
        role: What it does to the object. Left out of JSON where it is `ALTER`, which is also what documents of
            releases that wrote no role are read as.
        summary: What a statement that keeps facts does, in a sentence, for people: its SQL is long.
        hazards: Sorted.
        destructive: True when data or a constraint that nobody declared is lost; shown only behind an option.
        transactional: False for what PostgreSQL refuses inside a transaction (CREATE INDEX CONCURRENTLY).
        lock_timeout_ms: To be set before it.
        statement_timeout_ms: To be set before it; 0 means none.
    """

    sql: str
    object: ObjectId
    change: ChangeKind
    role: Role = Role.ALTER
    summary: str = ""
    hazards: tuple[Hazard, ...] = ()
    destructive: bool = False
    transactional: bool = True
    lock_timeout_ms: int = LOCK_TIMEOUT_MS
    statement_timeout_ms: int = 0

    @property
    def keeps_facts(self) -> bool:
        """Say whether it only notes or gives back what goes with an object, and changes nothing that is declared."""
        return self.role in KEEPING


class Obstacle(msgspec.Struct, frozen=True, order=True):
    """A difference that no statement of a plan removes, and what is in the way.

    Args:
        object: What stays different.
        reason: A clause whose subject is the object: "rests on …, which stays as it is".
    """

    object: ObjectId
    reason: str

    def __str__(self) -> str:
        """Write the sentence for people."""
        return f"{self.object} {self.reason}"


class ProofStatus(StrEnum):
    """Whether the plan was tried on a scratch copy, and with what result."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    NOT_ATTEMPTED = "not_attempted"


class RowStatus(StrEnum):
    """Whether the plan was tried on a copy with generated rows, and with what result."""

    PROVEN = "proven"
    PARTLY = "partly"
    UNPROVEN = "unproven"
    NOT_ATTEMPTED = "not_attempted"
    NOT_NEEDED = "not_needed"


class RowProof(msgspec.Struct, frozen=True):
    """The result of trying a plan on a copy that was filled with generated rows.

    Args:
        status: PROVEN where every statement ran, but on rows that a hazard `fails_on_rows` names, and every value was
            kept but those that a destructive statement takes; PARTLY where that is so for what could be tried;
            NOT_NEEDED where no statement touches a table that has rows.
        reasons: Why it is not proven, or what of it is not; sentences. None where it was not attempted for the reason
            that the proof gives.
        tables: How many tables had rows.
        rows: How many rows there were in all.
    """

    status: RowStatus = RowStatus.NOT_ATTEMPTED
    reasons: tuple[str, ...] = ()
    tables: int = 0
    rows: int = 0


class Proof(msgspec.Struct, frozen=True):
    """The result of trying a plan on scratch copies of the tenant's schema.

    Args:
        status: PROVEN where the copy equalled the spec afterwards. Says nothing of rows: that copy has none.
        reason: Why it is not proven.
        rows: What came of another copy, which had rows.
    """

    status: ProofStatus = ProofStatus.NOT_ATTEMPTED
    reason: str = ""
    rows: RowProof = RowProof()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The way from one observed shape to the spec.

    Args:
        desired: Schema hash of the spec.
        observed: Schema hash of the shape it was made for.
        statements: In the order they must run.
        remaining: Changes the statements do not remove (destructive ones left out, unverified ones).
        obstacles: What is in the way of those among them that are not destructive themselves.
        proof: Whether it was seen to work on the scratch copy.
        guards: What a tenant must look like for it, in any of these spellings; empty where none is known.
        surroundings: What a namespace stands on outside of itself, for whoever rehearses the plan (see `Snapshot`).
    """

    desired: str
    observed: str
    statements: tuple[Statement, ...] = ()
    remaining: tuple[Change, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    proof: Proof = Proof()
    guards: tuple[Guard, ...] = ()
    surroundings: tuple[str, ...] = ()

    def leaves(self, change: Change) -> bool:
        """Say whether a difference may be there when the plan without destructive statements has run.

        What hangs on a table that stays undeclared, or with or without a parent, is a difference with it: parents give.
        So is a part of a parent's index or key that stays.
        """
        i = change.identity
        remaining = {each.identity: each for each in self.remaining}
        if i in remaining or _is_part_of_any(change, remaining):
            return True
        index = getattr(change, "observed", None) or getattr(change, "desired", None)
        on = i.parent or (index.table if isinstance(index, Index) else "")
        match remaining.get(ObjectId(kind="table", namespace=i.namespace, name=on)):
            case Unexpected():
                return isinstance(change, Unexpected)
            case Altered(fields=fields):
                return bool({"partition_of", "inherits"} & set(fields))
            case _:
                return False

    def with_proof(self, proof: Proof) -> Plan:
        """Give this plan with the result of its proof."""
        return msgspec.structs.replace(self, proof=proof)

    def with_guards(self, *guards: Guard) -> Plan:
        """Give this plan with more guards: a fleet spells one schema in several ways, and all may use the plan."""
        return msgspec.structs.replace(self, guards=tuple(sorted({*self.guards, *guards}, key=canonical_json)))


def _is_part_of_any(change: Change, remaining: Mapping[ObjectId, Change]) -> bool:
    """Say whether an undeclared index or key of a partition is a part of its parent's that stays."""
    match change:
        case Unexpected(observed=Index(attached_to=QualifiedName() as above)):
            return ObjectId(kind="index", namespace=above.namespace, name=above.name) in remaining
        case Unexpected(observed=Constraint(partition_child=True) as part):
            kept = (each.observed for each in remaining.values() if isinstance(each, Unexpected | Altered))
            same = (item for item in kept if isinstance(item, Constraint) and item.type == part.type)
            return any((item.columns, item.references) == (part.columns, part.references) for item in same)
        case _:
            return False
