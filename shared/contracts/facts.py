"""What PostgreSQL says of a contract's queries in one shape: asked in `shared/postgres`, judged by the rules."""

from __future__ import annotations

import msgspec

from shared.contracts.contract import Query, QueryKey, Verdict
from shared.contracts.nullability import TreeCatalog
from shared.schema.schema import Snapshot


class SqlType(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """A PostgreSQL type by its catalog name (`pg_catalog.int8`); for an array, that of its elements."""

    namespace: str
    name: str
    array: bool = False

    def __str__(self) -> str:
        bare = self.name if self.namespace in {"pg_catalog", "public"} else f"{self.namespace}.{self.name}"
        return f"{bare}[]" if self.array else bare


UNTOLD = SqlType("", "")
"""The type of what is computed, where no server was asked."""


class ServerError(msgspec.Struct, frozen=True, omit_defaults=True):
    """PostgreSQL's answer to a statement it refuses.

    Args:
        sqlstate: Its code.
        message: Its words, without the severity.
        hint: Its advice, if any.
        planning: True when the statement could be prepared, and only planning it failed.
        statement: Which of a script's, from 0.
        conditional: The statement stands in a block that may not come to it.
    """

    sqlstate: str
    message: str
    hint: str = ""
    planning: bool = False
    statement: int = 0
    conditional: bool = False


class ColumnOrigin(msgspec.Struct, frozen=True, order=True):
    """The table column a result column is (`resorigtbl`, `resorigcol`), not merely computed from."""

    namespace: str
    table: str
    column: str


class ResultColumn(msgspec.Struct, frozen=True, omit_defaults=True):
    """One column of a query's result. All but name and type are only read where the shape gives NULLs of its own.

    Args:
        origin: The table column it is.
        became_nullable: It can be NULL here, and cannot in the declared shape.
        null_source: The table column whose NULL it is; None for one that an outer join makes.
    """

    name: str
    type: SqlType
    origin: ColumnOrigin | None = None
    became_nullable: bool = False
    null_source: ColumnOrigin | None = None


class QueryFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What PostgreSQL answered to PREPARE and EXPLAIN of one statement.

    Args:
        key: What was asked; see `Query.key`.
        error: Why PostgreSQL refuses to prepare or plan it.
        parameters: Types of `$1`, `$2`, …
        columns: The result; empty for a statement that returns nothing.
        typed: True when the types that the driver sends were used.
        failed: Which statements of a script are refused, from 0.
        presumed: Why PostgreSQL refuses a statement that it takes, when each argument whose type the source does not
            show is sent as the declared schema takes it.
    """

    key: QueryKey
    error: ServerError | None = None
    parameters: tuple[SqlType, ...] = ()
    columns: tuple[ResultColumn, ...] = ()
    typed: bool = False
    failed: tuple[int, ...] = ()
    presumed: ServerError | None = None

    @property
    def sql(self) -> str:
        """Give the statement."""
        return self.key[0]

    @property
    def compiled(self) -> bool:
        """Whether the arguments have the types that the declared schema gave them at compile time."""
        return self.key[1]


class CheckValue(msgspec.Struct, frozen=True, order=True):
    """A column's value in a check probe; None is NULL."""

    column: str
    type: str
    value: str | None


class CheckProbe(msgspec.Struct, frozen=True, order=True):
    """A CHECK constraint and constants for every column it mentions: PostgreSQL says whether it would hold."""

    namespace: str
    table: str
    constraint: str
    expression: str
    values: tuple[CheckValue, ...]


class CheckFact(msgspec.Struct, frozen=True):
    """The answer to a probe: `holds` is False only when the server said so."""

    probe: CheckProbe
    holds: bool


class ShapeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the rules need to know of a contract's queries in one shape.

    Args:
        snapshot: The shape.
        search_path: Namespaces in which the service's unqualified names are looked up.
        queries: Sorted by key.
        checks: Answers to the probes.
        catalog: What tells which columns can be NULL; None for a shape that was not asked.
        own_verdicts: Of a declared schema, what the rules say of the contract there, whatever a tenant has; None where
            they were not asked.
    """

    snapshot: Snapshot
    search_path: tuple[str, ...]
    queries: tuple[QueryFacts, ...] = ()
    checks: tuple[CheckFact, ...] = ()
    catalog: TreeCatalog | None = None
    own_verdicts: tuple[Verdict, ...] | None = None


class Facts:
    """Looks up what PostgreSQL said of a query or a check in one shape."""

    def __init__(self, shape: ShapeFacts) -> None:
        self._queries = {facts.key: facts for facts in shape.queries}
        self._checks = {fact.probe: fact.holds for fact in shape.checks}

    def of(self, query: Query) -> QueryFacts | None:
        """Give what the server said of a query."""
        return self._queries.get(query.key)

    def check_fails(self, probe: CheckProbe) -> bool:
        """Say whether the server found the constraint false for these values."""
        return self._checks.get(probe) is False
