"""`Kind`: all that is known of one kind of object. The files of `families` hold them; `registry` checks them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.kinds.context import Context
from shared.kinds.facts import Facts
from shared.kinds.ordering import Edges
from shared.kinds.side import Side
from shared.kinds.step import Loosened, Step, Verdict
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject

Make = Callable[[Any, Context], Sequence[Step]]
Alter = Callable[[Any, Any, frozenset[str], Context], Sequence[Step] | Verdict]
Release = Callable[[Any, Any, frozenset[str], Context], Sequence[Step]]
Loosen = Callable[[Any, ObjectId, Context], Loosened | None]
Disturbs = Callable[[Any, Any, frozenset[str], Context], frozenset[str]]


@dataclass(frozen=True, kw_only=True)
class Kind(Facts):
    """Everything about one kind: what is declared of it (`Facts`) and what is done with it. Every field must be given.

    Args:
        rank_of: (identity, object or None) → its rank, where that is not the same for all objects of the kind; or None.
        create: The desired object → steps.
        drop: The observed object → steps.
        alter: (desired, observed, fields) → steps in place, or REBUILD.
        release: (desired, observed, fields) → steps of an alteration that must come before anything is dropped.
        begin: The desired object → steps that must come before what it stands on, which stands on it too (shell types).
        finish: The desired object → steps once everything that hangs on it is there (ATTACH PARTITION, OWNED BY).
        finish_needs: What `finish` waits for.
        loosen: Survive the rebuilding of something below without being rebuilt; None when that is impossible.
        disturbs: Kinds of dependents that PostgreSQL wants out of the way while the object is altered.
        discard: The observed object → steps that end what was set aside.
        made_with: The object in whose statement it is made, or None for a statement of its own.
        dropped_with: Names what takes it along when it is dropped; the first that is dropped does.
        edges: What it knows about order beyond its dependencies.
    """

    rank_of: Callable[[ObjectId, SchemaObject | None], float] | None
    create: Make
    drop: Make
    alter: Alter
    release: Release | None
    begin: Make | None
    finish: Make | None
    finish_needs: Callable[[Any, Context], set[ObjectId]] | None
    loosen: Loosen | None
    disturbs: Disturbs | None
    discard: Make | None
    made_with: Callable[[Any, Context], ObjectId | None]
    dropped_with: Callable[[Any, Side], Iterable[ObjectId]]
    edges: Edges
