"""SQL that names the database's owner, whose name is known only where it runs."""

from __future__ import annotations

from shared.kinds.database_roles import DATABASE_OWNER, acting_as, gives_to_database_owner, quote_role, resolve_roles


def test_a_block_that_gives_something_to_the_databases_owner_is_known() -> None:
    assert gives_to_database_owner(resolve_roles(f'ALTER PUBLICATION "p\'q" OWNER TO {quote_role(DATABASE_OWNER)}'))


def test_other_blocks_are_not_taken_for_one() -> None:
    given = resolve_roles(f'ALTER PUBLICATION "p" OWNER TO {quote_role(DATABASE_OWNER)}')
    granted = resolve_roles(f'GRANT SELECT ON "t" TO {quote_role(DATABASE_OWNER)}')
    for sql in (
        granted,
        acting_as(DATABASE_OWNER, "DROP TABLE t"),
        f"{given}; DROP TABLE t",
        "ALTER TABLE t OWNER TO x",
    ):
        assert not gives_to_database_owner(sql)
