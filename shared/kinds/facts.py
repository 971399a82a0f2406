"""The declared half of what is known of one kind: names, SQL, reading, wording. `record.Kind` adds what is done.

It stands below everything that a recipe needs, so that the indexes of a plan's sides can ask it. No field has a
default: what a kind does not have is said with one of the words for nothing below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

import msgspec

from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject

Slot = tuple[str, ...]
"""A place that one object at a time can take: `("relation", namespace, name)`."""

Designation = Callable[[ObjectId], str]

NONE: frozenset[str] = frozenset()
"""No field, no facet: thought about, and there is none."""

NO_WORDS = ""
"""SQL has no words for it."""

COMMENT_ONLY = frozenset({"comment"})
OWNER_AND_COMMENT = frozenset({"owner", "comment"})
EVERY_FACET = frozenset({"owner", "privileges", "comment", "security_label"})


class Holds(Enum):
    """What can hang under an object's name, with that name as `parent`."""

    NOTHING = "nothing"
    ROWS = "rows"  # a table or foreign table: columns, constraints, triggers, …
    QUERY = "query"  # a view or materialized view: columns, rules, triggers, indexes
    ATTRIBUTES = "attributes"  # a composite type
    CHECKS = "checks"  # a domain


class ColumnType(Enum):
    """Whether columns can be of an object's type, and what becomes of their values when it is made again."""

    NO = "no type"
    CONVERTED = "converted"  # the columns are converted and keep their values
    LOST = "lost"  # the columns are made again too


class Reads(Enum):
    """How an object that reads a column stands to a change of the column's type (ALTER TABLE, SET DATA TYPE)."""

    NOTHING = "nothing"
    COLUMN = "column"  # PostgreSQL wants it out of the way
    COLUMN_AND_TYPE = "column and type"  # and it is made again where the type itself is


class Form(Enum):
    """How a statement of PostgreSQL's grammar names the object that it makes (`parsenodes.h`)."""

    RELATION = "relation"  # a RangeVar under `key`
    NAMES = "names"  # a list of strings under `key`
    NAME = "name"  # one string under `key`
    PART = "part"  # one string under `key`, of the RangeVar under `relation`
    DEFINED = "defined"  # DefineStmt, whose `kind` is `key`
    SAID_OF = "said of"  # it says something of another object
    READ_APART = "read apart"  # `shared.kinds.declared` has a function for this statement


class Declaring(msgspec.Struct, frozen=True):
    """One statement that makes objects of a kind.

    Args:
        node: Name of the parse node, `ViewStmt`.
        form: How it names the object.
        key: Where the name stands in the node.
        relation: Where the relation stands, for a part of one.
    """

    node: str
    form: Form
    key: str = ""
    relation: str = ""


class KeptAs(msgspec.Struct, frozen=True):
    """How the facts of an object that is dropped and made again are found.

    Args:
        catalog: Where the object is, `pg_class`.
        oid: Gives SQL for its oid, NULL where it is not there.
    """

    catalog: str
    oid: Callable[[ObjectId], str]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is declared of one kind. Every field must be given.

    Args:
        model: The model class; its tag is the name of the kind.
        rank: Where it stands among statements that no dependency orders: roughly as pg_dump writes kinds.
        keyword: What DROP, COMMENT ON and OWNER TO call it: `TABLE`.
        designation: Spells what stands after the keyword: `"n"."f"(integer)`.
        granted_as: What GRANT calls it, or `NO_WORDS` where nothing can be granted on it.
        grant_designation: Spells what stands after that.
        carries: Kinds of facets that can be said about it.
        slots: Names the places that it takes, which must be free before.
        holds: What can hang under its name.
        references: Names what it cannot be without beside its namespace, whatever `pg_depend` says. What does not exist
            is harmless.
        planned_apart: Says that planning orders it and what it stands on by rules of its own, not by `pg_depend`.
        comes_with: Names what it comes and goes with, so that a report tells of that alone.
        queries: (first `server_version_num`, file under `shared/postgres/queries`), ascending.
        not_hashed: Fields that repeat another one, or that a cheaper column of the query stands for.
        hashed_too: Those columns, which no field has.
        roles_in: Fields, nested ones too, that hold names of roles.
        data_in: Fields whose text is neither a name nor SQL.
        prose_in: Fields that people write; the tenant's name is replaced there only when that is asked for.
        declared_by: Statements that make it.
        tool_marks: Field of a `Tool` that names objects of this kind, or `NO_WORDS`.
        counts_with_table: Whether reports count it with its table and not beside it.
        told_by_difference: Whether its definition is too long for a sentence, which shows where the two sides part.
        exists: SQL condition that it is there, to be filled with literals; None where none is worth asking.
        kept_as: How its facts are found when it is dropped and made again; None where nothing is kept.
        compared_fact: For a facet: which kept fact a plan that compares it takes care of itself; else `NO_WORDS`.
        column_type: Whether columns can be of its type.
        reads: Whether it is in the way when the type of a column that it reads changes.
        stands_in_defaults: Whether a column's default can name it, and is dropped and set again around its rebuilding.
        stands_in_bodies: Whether the body of a routine can name it, of which `pg_depend` says nothing.
        overloaded: Whether others may have its name, so that a call could mean either while both are there.
        holds_data: Whether what destroys it destroys values, and so comes last in a plan.
        loses_when_rebuilt: Whether DROP loses something even when CREATE follows.
        made_at_once: Whether CREATE takes one statement and waits for no reading of a table.
        dropped_late: Whether a rebuilding drops it as late as it can.
        acts_on_later: Whether it changes what happens to everything that is made after it.
        alter_keeps_references: Whether ALTER never changes what it stands on.
        drop_takes_functions: Whether DROP says CASCADE for the functions that need it and that it needs.
    """

    model: type[SchemaObject]
    rank: int
    keyword: str
    designation: Designation
    granted_as: str
    grant_designation: Designation
    carries: frozenset[str]
    slots: Callable[[Any], tuple[Slot, ...]]
    holds: Holds
    references: Callable[[Any], Iterable[ObjectId]]
    planned_apart: Callable[[Any, SchemaObject], bool]
    comes_with: Callable[[Any], Iterable[ObjectId]]
    queries: tuple[tuple[int, str], ...]
    not_hashed: frozenset[str]
    hashed_too: tuple[str, ...]
    roles_in: frozenset[str]
    data_in: frozenset[str]
    prose_in: frozenset[str]
    declared_by: tuple[Declaring, ...]
    tool_marks: str
    counts_with_table: bool
    told_by_difference: bool
    exists: str | None
    kept_as: KeptAs | None
    compared_fact: str
    column_type: ColumnType
    reads: Reads
    stands_in_defaults: bool
    stands_in_bodies: bool
    overloaded: bool
    holds_data: bool
    loses_when_rebuilt: bool
    made_at_once: bool
    dropped_late: bool
    acts_on_later: bool
    alter_keeps_references: bool
    drop_takes_functions: bool

    @property
    def tag(self) -> str:
        """The name of the kind: `"table"`."""
        return str(self.model.__struct_config__.tag)


def no_slots(item: object) -> tuple[Slot, ...]:
    """Say that an object takes no place that another kind could want."""
    del item
    return ()


def no_references(item: object) -> Iterator[ObjectId]:
    """Say that an object needs nothing but its namespace and what `pg_depend` tells."""
    del item
    yield from ()


def comes_alone(item: object) -> Iterator[ObjectId]:
    """Say that an object is a change of its own, whatever else differs."""
    del item
    yield from ()


def never_apart(item: object, referenced: SchemaObject) -> bool:
    """Say that planning goes by `pg_depend` alone."""
    del item, referenced
    return False
