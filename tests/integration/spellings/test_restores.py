"""A database that was restored from a dump is the same database, however often, whoever it is compared with."""

# ruff: noqa: E501  # SQL reads better on one line

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from coordinator.compare import sources as schema_source
from coordinator.compare.sources import Comparison, compare_sources
from shared.diff.changes import Missing
from shared.schema.profile import EVERYTHING, Profile
from tests.integration.spellings.same import SAME

HERE = Path(__file__).parent
RICH = (HERE / "rich.sql").read_text() + (HERE / "extensions.sql").read_text()
# What PostgreSQL writes of these changes with each restore until nothing changes.
RESPELT = """
CREATE TABLE respelt (a varchar(9) CHECK (a IN ('x', 'y')), b char(2) CHECK (b NOT IN ('p', 'q')),
    c varchar[] CHECK (c <@ ARRAY['x', 'y']::varchar[]));
CREATE INDEX respelt_index ON respelt (a) WHERE a IN ('x', 'y');
CREATE VIEW respelt_view AS SELECT a IN ('x', 'y') AS known, CASE WHEN a IN ('x', 'z') THEN b END AS other FROM respelt;
ALTER TABLE respelt ENABLE ROW LEVEL SECURITY;
CREATE POLICY respelt_policy ON respelt USING (a IN ('x', 'y')) WITH CHECK (a NOT IN ('z', 'w'));
CREATE DOMAIN respelt_domain AS varchar(5) CHECK (value IN ('x', 'y'));
CREATE FUNCTION respelt_trigger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER respelt BEFORE INSERT ON respelt FOR EACH ROW WHEN (new.a IN ('x', 'y')) EXECUTE FUNCTION respelt_trigger();
"""


@pytest.fixture(scope="module")
def databases(tenants) -> dict[str, str]:
    """The URLs of a database, of what was restored from it, and of what was restored from that."""
    first = tenants.create(RICH + RESPELT)
    second = tenants.restored(first)
    return {"dumped": first, "restored": second, "restored twice": tenants.restored(second)}


@pytest.fixture
def compare(monkeypatch, scratch):
    """`fleetdrift diff`, with the scratch server that runs already."""

    @contextlib.asynccontextmanager
    async def running(_dsn, **_):
        yield scratch

    monkeypatch.setattr(schema_source, "scratch_server", running)

    def run(desired: str, observed: str, *, everything: bool) -> Comparison:
        profile = EVERYTHING if everything else Profile()
        return asyncio.run(compare_sources(desired, observed, profile, destructive=everything))

    return run


@pytest.mark.parametrize("everything", [False, True], ids=["default", "all"])
@pytest.mark.parametrize(
    ("desired", "observed"), [("dumped", "restored"), ("dumped", "restored twice"), ("restored twice", "restored")]
)
def test_a_restored_database_differs_in_nothing(compare, databases, desired, observed, everything):
    comparison = compare(databases[desired], databases[observed], everything=everything)
    assert comparison.diff.changes == ()
    assert comparison.plan.statements == ()


@pytest.mark.parametrize("observed", ["dumped", "restored", "restored twice"])
def test_a_restored_database_is_what_its_files_declare(compare, databases, tmp_path, observed):
    (tmp_path / "schema.sql").write_text(RICH + RESPELT)
    assert compare(str(tmp_path), databases[observed], everything=False).diff.changes == ()


def test_what_is_real_is_still_drift_beside_what_was_respelt(compare, databases, tenants):
    changed = tenants.restored(databases["restored"])
    tenants.run(
        changed,
        "ALTER TABLE respelt DROP CONSTRAINT respelt_a_check, ADD CONSTRAINT respelt_a_check CHECK (a IN ('x', 'z'))",
    )
    tenants.run(changed, "DROP VIEW updatable")
    diff = compare(databases["dumped"], changed, everything=False).diff
    assert [str(change.identity) for change in diff.changes if not isinstance(change, Missing)] == [
        "constraint public.respelt.respelt_a_check"
    ]
    assert "view public.updatable" in [str(change.identity) for change in diff.changes]


def test_files_that_spell_one_schema_are_in_sync(compare, tmp_path):
    for number, name in enumerate(("one", "two")):
        scripts = (said[min(number, len(said) - 1)] for said in SAME.values())
        (tmp_path / f"{name}.sql").write_text(
            ";\n".join(f"CREATE SCHEMA s{i}; SET search_path = s{i}; {script}" for i, script in enumerate(scripts))
        )
    assert compare(str(tmp_path / "one.sql"), str(tmp_path / "two.sql"), everything=False).diff.changes == ()
