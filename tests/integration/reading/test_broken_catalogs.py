"""A catalog that PostgreSQL itself cannot deparse is told as what it is."""

from __future__ import annotations

import asyncpg
import pytest

from shared.postgres.reading.introspect import read_snapshot

_BROKEN = """
CREATE TABLE entries (amount int);
CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER note BEFORE UPDATE ON entries FOR EACH ROW WHEN (new.amount > 0) EXECUTE FUNCTION noted();
SET allow_system_table_mods = on;
UPDATE pg_trigger SET tgqual = (SELECT prosqlbody FROM pg_proc WHERE oid = 'one'::regproc) WHERE tgname = 'note'
"""


def test_a_deparse_that_always_fails_is_not_called_busy(databases):
    with pytest.raises(asyncpg.InternalServerError, match="unrecognized node type"):
        databases.use(_BROKEN, read_snapshot)
