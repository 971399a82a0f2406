"""A plan fills a materialized view as its owner; whom nothing that is known lets read the rest, it stays empty."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from shared.diff.changes import Altered
from shared.kinds.step import HazardKind, Role
from shared.remediation.script import render_script
from shared.schema.profile import EVERYTHING
from tests.integration.remediation.conftest import Pair

Load = Callable[[str, str], Pair]

TABLE = "CREATE TABLE t (k int); INSERT INTO t VALUES (1), (2);"
VIEW = "CREATE MATERIALIZED VIEW v AS SELECT k FROM t; ALTER MATERIALIZED VIEW v OWNER TO remedy_reader;"
AFTER = "CREATE INDEX i ON v (k);"
STAYS_EMPTY = "public.v stays empty, and queries of it fail, where its owner may not use public.t"


def _plan_is_run(load: Load, declared: str, before: str) -> tuple[Pair, tuple[str, ...], str]:
    pair = load(TABLE + declared + VIEW + AFTER, TABLE + before)
    pair.profile = EVERYTHING
    plan = pair.plan()
    done = pair.run(render_script(plan))
    assert done.returncode == 0, done.stderr
    (fills,) = (statement for statement in plan.statements if statement.role is Role.FILL)
    hazards = (hazard.message for hazard in fills.hazards if hazard.kind is HazardKind.BREAKS_READERS)
    return pair, tuple(hazards), done.stderr


def test_it_stays_empty_with_a_warning_where_its_owner_may_not_read_the_table(pair: Load) -> None:
    both, hazards, told = _plan_is_run(pair, "", "")
    assert [message.replace('"', "") for message in hazards] == [STAYS_EMPTY]
    assert "WARNING:" in told
    assert "permission denied for table t" in told
    (left,) = both.changes()
    assert (left.identity.name, isinstance(left, Altered) and left.fields) == ("v", ("populated",))


@pytest.mark.parametrize("grant", ["GRANT SELECT ON t TO remedy_reader;", "GRANT SELECT ON t TO PUBLIC;"])
def test_it_is_filled_where_a_grant_of_the_same_plan_lets_its_owner_read(pair: Load, grant: str) -> None:
    both, hazards, _ = _plan_is_run(pair, grant, "")
    assert hazards == ()
    assert both.ask("SELECT count(*) FROM v") == ["2"]


def test_it_is_filled_where_a_membership_lets_its_owner_read(pair: Load) -> None:
    lets = "ALTER TABLE t OWNER TO remedy_lead;"
    both = pair(TABLE + lets + VIEW, TABLE + lets + "GRANT remedy_lead TO remedy_reader;")
    both.profile = EVERYTHING
    plan = both.plan()
    assert STAYS_EMPTY in str(msgspec.to_builtins(plan)).replace('"', "")
    done = both.run(render_script(plan))
    assert (done.returncode, done.stderr) == (0, "")
    assert both.ask("SELECT count(*) FROM v") == ["2"]
    both.run("REVOKE remedy_lead FROM remedy_reader;")


def test_a_function_that_its_owner_may_not_call_is_named(pair: Load) -> None:
    function = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION f() FROM PUBLIC;"
    view = "CREATE MATERIALIZED VIEW v AS SELECT f(); ALTER MATERIALIZED VIEW v OWNER TO remedy_reader;"
    both = pair(function + view, function)
    both.profile = EVERYTHING
    plan = both.plan()
    (fills,) = (statement for statement in plan.statements if statement.role is Role.FILL)
    assert any("may not use public.f()" in hazard.message.replace('"', "") for hazard in fills.hazards)
    done = both.run(render_script(plan))
    assert (done.returncode, "permission denied for function f" in done.stderr) == (0, True)
