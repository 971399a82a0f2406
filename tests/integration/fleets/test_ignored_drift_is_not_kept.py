"""The patch of a drift group keeps what is reported as drift, and not what an ignore rule leaves out."""

from __future__ import annotations

from pathlib import Path

from shared.embedded.postgres import EmbeddedPostgres
from tests.integration.fleets.fleet import new_fleet

IGNORE = '[[ignore]]\nkind = "index"\nname = "left_alone"\nreason = "r"\nowner = "o"\nuntil = 2999-01-01\n'


def test_an_ignored_index_is_left_out_of_the_patch_for_the_rest(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    fleet = new_fleet(tmp_path, postgres)
    fleet.write({"schema.sql": "CREATE TABLE t (k int);\n"})
    fleet.create("a", "CREATE TABLE t (k int, more text); CREATE INDEX left_alone ON t (k)")
    fleet.configure(f'[spec]\nsource = "schema.sql"\n{IGNORE}{fleet.tenants("a")}')
    [group] = fleet.check().body.groups
    [patch] = group.patches
    assert patch.summary == "schema.sql declares column public.t.more"
    assert "left_alone" not in patch.diff
