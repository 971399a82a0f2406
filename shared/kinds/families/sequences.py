"""Sequences."""

from __future__ import annotations

from shared.kinds import belonging, existence, names, oids, references, slots
from shared.kinds.edges.sequences import SEQUENCE_EDGES
from shared.kinds.facts import (
    EVERY_FACET,
    NO_WORDS,
    NONE,
    ColumnType,
    Declaring,
    Form,
    Holds,
    KeptAs,
    Reads,
    no_references,
)
from shared.kinds.recipes import sequences as sequences_recipes
from shared.kinds.record import Kind
from shared.schema.relations import Sequence

SEQUENCE = Kind(
    model=Sequence,
    rank=160,
    keyword="SEQUENCE",
    designation=names.qualified,
    granted_as="SEQUENCE",
    grant_designation=names.qualified,
    carries=EVERY_FACET,
    slots=slots.as_relation,
    holds=Holds.NOTHING,
    references=no_references,
    planned_apart=references.sequence_apart,
    comes_with=belonging.with_owner,
    queries=((0, "sequence.sql"),),
    not_hashed=frozenset({"owned_by_column", "owned_by_table"}),
    hashed_too=(
        "raw_owner",
        "raw_owner_column",
    ),
    roles_in=NONE,
    data_in=NONE,
    prose_in=NONE,
    declared_by=(Declaring("CreateSeqStmt", Form.RELATION, key="sequence"),),
    tool_marks=NO_WORDS,
    counts_with_table=True,
    told_by_difference=False,
    exists=existence.SEQUENCE,
    kept_as=KeptAs("pg_class", oids.relation),
    compared_fact=NO_WORDS,
    column_type=ColumnType.NO,
    reads=Reads.NOTHING,
    stands_in_defaults=True,
    stands_in_bodies=True,
    overloaded=False,
    holds_data=True,
    loses_when_rebuilt=False,
    made_at_once=False,
    dropped_late=False,
    acts_on_later=False,
    alter_keeps_references=False,
    drop_takes_functions=False,
    rank_of=None,
    create=sequences_recipes.create_sequence,
    drop=sequences_recipes.drop_sequence,
    alter=sequences_recipes.alter_sequence,
    release=sequences_recipes.release_sequence,
    begin=None,
    finish=sequences_recipes.own,
    finish_needs=sequences_recipes.own_needs,
    loosen=None,
    disturbs=None,
    discard=None,
    made_with=belonging.sequence_made_with,
    dropped_with=belonging.sequence_goes_with,
    edges=SEQUENCE_EDGES,
)

KINDS = (SEQUENCE,)
