"""DETACH PARTITION … CONCURRENTLY, which PostgreSQL does in two transactions: it may be broken off between them."""

from __future__ import annotations

from shared.kinds.step import Role
from shared.remediation.plan import Statement
from shared.schema.identity import QualifiedName
from shared.sql import quote_literal, quote_qualified

_CONCURRENTLY = " CONCURRENTLY"


def detaches_alone(statement: Statement) -> bool:
    """Say whether a statement detaches a partition outside of transactions."""
    return statement.role is Role.ALTER and not statement.transactional


def finishing_sql(statement: Statement) -> str:
    """Write what finishes a detaching that was broken off; the first statement is refused then."""
    return f"{statement.sql.removesuffix(_CONCURRENTLY)} FINALIZE"


def is_partition_sql(statement: Statement, *, pending: bool = False) -> str:
    """Write the SQL condition that it is a partition still, or one whose detaching was broken off."""
    name = QualifiedName(statement.object.namespace, statement.object.name)
    found = (
        "EXISTS (SELECT FROM pg_catalog.pg_inherits i "
        f"WHERE i.inhrelid = pg_catalog.to_regclass({quote_literal(quote_qualified(name))})"
    )
    return f"{found} AND i.inhdetachpending)" if pending else f"{found})"
